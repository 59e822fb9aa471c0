"""What is wrong with a page: raised while a site is worked on, and in the log otherwise."""

from __future__ import annotations

import logging

from django.conf import settings

from importmap import Diagnostic, ImportMapError
from importmap._render import Html

_NOTHING = Html("")
_logged: set[str] = set()


def failed(error: ImportMapError) -> Html:
    """In DEBUG the error; otherwise a line in the log, and nothing on the page."""
    if settings.DEBUG:
        raise error
    if str(error) not in _logged:
        _logged.add(str(error))
        for found in error.diagnostics:
            logging.getLogger("importmap").error("%s %s", found.code, found)
    return _NOTHING


def note(found: Diagnostic) -> None:
    """Log what others have got wrong: once for each place, whatever else changes from page to page."""
    key = f"{found.code} {found.place or found.message}"
    if key not in _logged:
        _logged.add(key)
        level = getattr(logging, found.severity.upper())
        logging.getLogger("importmap").log(level, "%s %s", found.code, found)
