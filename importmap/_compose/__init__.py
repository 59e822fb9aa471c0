"""From what pages reach to one `ImportMap` with final URLs, and the registry that remembers it."""
