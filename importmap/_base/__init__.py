"""What every other folder uses: values, diagnostics, the grammar of names and paths, tables, files."""
