"""JavaScript, read from its text: the imports of a module, and whether it is CommonJS."""
