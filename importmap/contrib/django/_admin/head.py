"""Putting markup first into the head of an HTML document, which may come in pieces."""

from __future__ import annotations

import re
from collections.abc import Callable

#: The start tag of a head, outside comments; a comment without an end is as long as the document.
_HEAD = re.compile(
    rb"""<!--.*?(?:-->|\Z) | (<head (?: [\s/] (?: [^"'>] | "[^"]*" | '[^']*' )* )? >)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_DOCUMENT = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
#: How much of a document in pieces may stand before its head.
_LIMIT = 16 * 1024


def _is_document(content: bytes) -> bool:
    """Whether HTML is a page, and not a fragment of one."""
    return _DOCUMENT.search(content) is not None


def _with_markup(content: bytes, markup: bytes) -> bytes | None:
    """A document with markup as the first thing in its head; None if it has no head."""
    for match in _HEAD.finditer(content):
        if match[1]:
            return content[: match.end()] + markup + content[match.end() :]
    return None


class Insertion:
    """Puts markup into the head of one document.

    Its pieces are held back until the head has begun, but not beyond a limit.

    :param markup: what to put there.
    :param no_head: called if the document turns out to have no head.
    """

    def __init__(self, markup: bytes, no_head: Callable[[], None]) -> None:
        self._markup = markup
        self._no_head = no_head
        self._held = b""
        self._passes = False

    def feed(self, piece: bytes) -> bytes:
        """What to send on when a piece has come."""
        if self._passes:
            return piece
        self._held += piece
        document = _with_markup(self._held, self._markup)
        if document is None:
            return self.rest() if len(self._held) > _LIMIT else b""
        self._held, self._passes = b"", True
        return document

    def rest(self) -> bytes:
        """What to send on when there are no more pieces."""
        held, self._held, self._passes = self._held, b"", True
        if _is_document(held):
            self._no_head()
        return held
