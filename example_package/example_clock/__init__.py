"""The modules are in `static/`; a library with Python code of its own would have it here."""
