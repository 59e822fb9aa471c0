"""The modules are in `static/`; `widgets` is for Django."""
