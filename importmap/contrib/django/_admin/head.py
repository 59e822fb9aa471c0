"""Putting markup first into the head of an HTML document, which may come in pieces."""

from __future__ import annotations

from collections.abc import Callable

from .head_finder import HeadFinder

#: How much of a document in pieces may stand before its head.
_LIMIT = 16 * 1024


class Insertion:
    """Puts markup into the head of one document.

    Its pieces are held back until the head has begun, but not beyond a limit. A fragment of a document stays
    as it is.

    :param markup: what to put there.
    :param no_head: called if the document turns out to have no head.
    :param keeps_charset: see `HeadFinder`.
    """

    def __init__(self, markup: bytes, no_head: Callable[[], None], *, keeps_charset: bool = False) -> None:
        self._markup = markup
        self._no_head = no_head
        self._finder = HeadFinder(keeps_charset=keeps_charset)
        self._held = b""
        self._passes = False

    def feed(self, piece: bytes) -> bytes:
        """Return what to send on when a piece has come."""
        if self._passes:
            return piece
        self._held += piece
        is_known = self._finder.look(self._held)
        return self.rest() if is_known or len(self._held) > _LIMIT else b""

    def rest(self) -> bytes:
        """Return what to send on when there are no more pieces."""
        if self._passes:
            return b""
        held, place = self._held, self._finder.place
        self._held, self._passes = b"", True
        if place is not None:
            return held[:place] + self._markup + held[place:]
        if self._finder.is_document:
            self._no_head()
        return held
