"""From an environment to packages: metadata, entry points, source trees, and where files lie."""
