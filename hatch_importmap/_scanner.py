"""The scanner of JavaScript, asked once for each content: a source tree is read again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._javascript import Scan

#: What was found in this process, by digest.
_scans: dict[str, Scan] = {}
_MOST_SCANS = 20_000


class ScannerError(Exception):
    """The scanner cannot be used; the text says why."""


def scan_once(digest: str, content: bytes) -> Scan:
    """The imports of a module.

    :param digest: the digest of the content.
    :raises ScannerError: if what it needs is not installed.
    """
    found = _scans.get(digest)
    if found is None:
        if len(_scans) >= _MOST_SCANS:
            _scans.clear()
        found = _scans[digest] = _scanner()(content)
    return found


def _scanner() -> Callable[[bytes], Scan]:
    # Nothing else needs the packages, which are slow to import.
    try:
        from ._javascript import scan_javascript
    # A grammar that the parser is too old or too new for is no ImportError.
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        message = f"tree-sitter and tree-sitter-javascript, which read imports, cannot be used: {error}."
        raise ScannerError(message) from error
    return scan_javascript
