"""The decisions of one site, and the imports of its code: settings, ownership, selection, module graph."""
