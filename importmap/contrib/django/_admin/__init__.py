"""The map on the pages of Django's admin, whatever theme it has."""
