"""The document that one distribution ships: its format, its check, and the `Package` that carries it."""
