"""The shared ground of all folders: values, diagnostics, the grammar of names and paths, tables, files."""
