"""What one site decides and what its code imports: settings, ownership, selection, the module graph."""
