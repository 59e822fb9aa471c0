"""The command line: one file for each command, without logic of its own."""
