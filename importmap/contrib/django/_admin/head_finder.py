"""Finding the place where the head of an HTML document begins.

This is the tokenizer of the HTML Standard (13.2.5), as far as a document needs it before its head has
content. It reads tags with attributes, comments, and what browsers take for comments. Elements whose text
has rules of its own, such as `title` and `script`, are in the head already. A "<![CDATA[" before the head
begins a comment.

Each byte of the document is looked at once, in order, and leads from one state to the next.
"""

from __future__ import annotations

import re

#: What the standard calls whitespace; a carriage return is a line feed to a tokenizer (13.2.3.5).
_SPACE = b"\t\n\f\r "
_LETTERS = bytes(range(ord("A"), ord("Z") + 1)) + bytes(range(ord("a"), ord("z") + 1))

# The states, by their names in the standard. Three of them are events: a token is complete, the document has
# text, a token has begun. Where the standard reconsumes a character, the row of the other state is repeated.
(
    _COMPLETE,
    _TEXT,
    _TAG_OPEN,
    _DATA,
    _END_TAG_OPEN,
    _TAG_NAME,
    _BEFORE_ATTRIBUTE_NAME,
    _ATTRIBUTE_NAME,
    _AFTER_ATTRIBUTE_NAME,
    _BEFORE_ATTRIBUTE_VALUE,
    _DOUBLE_QUOTED,
    _SINGLE_QUOTED,
    _UNQUOTED,
    _AFTER_QUOTED,
    _SELF_CLOSING,
    _BOGUS_COMMENT,
    _MARKUP_DECLARATION_OPEN,
    _MARKUP_DECLARATION_DASH,
    _COMMENT_START,
    _COMMENT_START_DASH,
    _COMMENT,
    _COMMENT_END_DASH,
    _COMMENT_END,
    _COMMENT_END_BANG,
    _FIRST_BYTE,
    _SECOND_BYTE_OF_MARK,
    _THIRD_BYTE_OF_MARK,
) = range(27)
_LAST_EVENT = _TAG_OPEN


def _row(otherwise: int, moves: dict[bytes, int]) -> bytes:
    """Return what each byte leads to in one state."""
    row = bytearray([otherwise]) * 256
    for characters, state in moves.items():
        for character in characters:
            row[character] = state
    return bytes(row)


#: By state and byte: the next state.
_ROWS = {
    # 13.2.5.1: here only whitespace can come before the head; all other text is in the body.
    _DATA: _row(_TEXT, {_SPACE: _DATA, b"<": _TAG_OPEN}),
    # 13.2.5.6: "<" before anything else is text.
    _TAG_OPEN: _row(
        _TEXT,
        {_LETTERS: _TAG_NAME, b"/": _END_TAG_OPEN, b"!": _MARKUP_DECLARATION_OPEN, b"?": _BOGUS_COMMENT},
    ),
    # 13.2.5.7: "</>" is nothing at all.
    _END_TAG_OPEN: _row(_BOGUS_COMMENT, {_LETTERS: _TAG_NAME, b">": _COMPLETE}),
    # 13.2.5.8
    _TAG_NAME: _row(_TAG_NAME, {_SPACE: _BEFORE_ATTRIBUTE_NAME, b"/": _SELF_CLOSING, b">": _COMPLETE}),
    # 13.2.5.32: a name can begin with "=".
    _BEFORE_ATTRIBUTE_NAME: _row(
        _ATTRIBUTE_NAME, {_SPACE: _BEFORE_ATTRIBUTE_NAME, b"/": _SELF_CLOSING, b">": _COMPLETE}
    ),
    # 13.2.5.33
    _ATTRIBUTE_NAME: _row(
        _ATTRIBUTE_NAME,
        {_SPACE: _AFTER_ATTRIBUTE_NAME, b"/": _SELF_CLOSING, b"=": _BEFORE_ATTRIBUTE_VALUE, b">": _COMPLETE},
    ),
    # 13.2.5.34
    _AFTER_ATTRIBUTE_NAME: _row(
        _ATTRIBUTE_NAME,
        {_SPACE: _AFTER_ATTRIBUTE_NAME, b"/": _SELF_CLOSING, b"=": _BEFORE_ATTRIBUTE_VALUE, b">": _COMPLETE},
    ),
    # 13.2.5.35
    _BEFORE_ATTRIBUTE_VALUE: _row(
        _UNQUOTED,
        {_SPACE: _BEFORE_ATTRIBUTE_VALUE, b'"': _DOUBLE_QUOTED, b"'": _SINGLE_QUOTED, b">": _COMPLETE},
    ),
    # 13.2.5.36 and 13.2.5.37
    _DOUBLE_QUOTED: _row(_DOUBLE_QUOTED, {b'"': _AFTER_QUOTED}),
    _SINGLE_QUOTED: _row(_SINGLE_QUOTED, {b"'": _AFTER_QUOTED}),
    # 13.2.5.38: a slash belongs to the value.
    _UNQUOTED: _row(_UNQUOTED, {_SPACE: _BEFORE_ATTRIBUTE_NAME, b">": _COMPLETE}),
    # 13.2.5.39
    _AFTER_QUOTED: _row(
        _ATTRIBUTE_NAME, {_SPACE: _BEFORE_ATTRIBUTE_NAME, b"/": _SELF_CLOSING, b">": _COMPLETE}
    ),
    # 13.2.5.40
    _SELF_CLOSING: _row(
        _ATTRIBUTE_NAME, {_SPACE: _BEFORE_ATTRIBUTE_NAME, b"/": _SELF_CLOSING, b">": _COMPLETE}
    ),
    # 13.2.5.41; a doctype ends at the first ">", too, even within quotes (13.2.5.59 and 13.2.5.65).
    _BOGUS_COMMENT: _row(_BOGUS_COMMENT, {b">": _COMPLETE}),
    # 13.2.5.42
    _MARKUP_DECLARATION_OPEN: _row(_BOGUS_COMMENT, {b"-": _MARKUP_DECLARATION_DASH, b">": _COMPLETE}),
    _MARKUP_DECLARATION_DASH: _row(_BOGUS_COMMENT, {b"-": _COMMENT_START, b">": _COMPLETE}),
    # 13.2.5.43 and 13.2.5.44: "<!-->" and "<!--->" are comments.
    _COMMENT_START: _row(_COMMENT, {b"-": _COMMENT_START_DASH, b">": _COMPLETE}),
    _COMMENT_START_DASH: _row(_COMMENT, {b"-": _COMMENT_END, b">": _COMPLETE}),
    # 13.2.5.45; those for a "<!--" in a comment (13.2.5.46 to 13.2.5.49) report errors and lead to the same.
    _COMMENT: _row(_COMMENT, {b"-": _COMMENT_END_DASH}),
    # 13.2.5.50
    _COMMENT_END_DASH: _row(_COMMENT, {b"-": _COMMENT_END}),
    # 13.2.5.51
    _COMMENT_END: _row(_COMMENT, {b"-": _COMMENT_END, b"!": _COMMENT_END_BANG, b">": _COMPLETE}),
    # 13.2.5.52: "--!>" ends a comment.
    _COMMENT_END_BANG: _row(_COMMENT, {b"-": _COMMENT_END_DASH, b">": _COMPLETE}),
    # Encoding Standard, 6.1 "decode": a document can begin with the byte order mark of UTF-8.
    _FIRST_BYTE: _row(_TEXT, {_SPACE: _DATA, b"<": _TAG_OPEN, b"\xef": _SECOND_BYTE_OF_MARK}),
    _SECOND_BYTE_OF_MARK: _row(_TEXT, {b"\xbb": _THIRD_BYTE_OF_MARK}),
    _THIRD_BYTE_OF_MARK: _row(_TEXT, {b"\xbf": _DATA}),
}
_TAG = re.compile(rb"<(/?)([A-Za-z][^\t\n\f\r />]*)")
_DOCTYPE = re.compile(rb"<!doctype", re.IGNORECASE)
_CHARSET = re.compile(rb"charset[\t\n\f\r ]*=", re.IGNORECASE)
#: 13.2.6.4.3: the end tags that begin a head.
_HEARD = (b"head", b"body", b"html", b"br")


class HeadFinder:
    """Finds where markup can be the first thing in the head of a document.

    That is behind the tag ``<head>``. Without the tag it is before the first token that begins a head.

    :param keeps_charset: whether a ``<meta charset>`` that is first in the head stays before the place.
        Browsers look for it in the first 1,024 bytes, where no header says the charset.
    """

    #: Where the markup goes, as far as is known.
    place: int | None = None
    #: Whether there was a doctype, ``<html>`` or ``<head>``: no fragment of a page has them.
    is_document: bool = False

    def __init__(self, *, keeps_charset: bool = False) -> None:
        self._keeps_charset = keeps_charset
        self._state = _FIRST_BYTE
        self._seen = 0
        self._start = 0
        self._is_found = False

    def look(self, document: bytes) -> bool:
        """Return whether it is known by now where the head begins, or that there is none to find.

        :param document: the document as far as it has come; it begins with what was there before.
        """
        state = self._state
        for index in range(self._seen, len(document)):
            if self._is_found:
                break
            before, state = state, _ROWS[state][document[index]]
            if state > _LAST_EVENT:
                continue
            if state == _TAG_OPEN:
                self._start = index
            elif state == _TEXT:
                self._text(self._start if before == _TAG_OPEN else index)
            else:
                self._token(document, index + 1)
                state = _DATA
        self._state, self._seen = state, len(document)
        return self._is_found

    def _token(self, document: bytes, end: int) -> None:
        """Do with a token as the insertion modes do in which a document begins.

        They are "initial", "before html" and "before head" (13.2.6.4.1 to 13.2.6.4.3). In each of them
        comments, doctypes and most end tags begin nothing.
        """
        tag = _TAG.match(document, self._start)
        if tag is None:
            self.is_document = self.is_document or _DOCTYPE.match(document, self._start) is not None
            return
        is_end, name = bool(tag[1]), tag[2].lower()
        if self.place is None:
            if is_end and name not in _HEARD:
                return
            if not is_end and name == b"html":
                self.is_document = True
                return
            is_head = not is_end and name == b"head"
            self.is_document = self.is_document or is_head
            self._begin(end if is_head else self._start)
            if is_head or self._is_found:
                return
        if not is_end and name == b"meta" and _CHARSET.search(document, self._start, end):
            self.place = end
        self._is_found = True

    def _text(self, index: int) -> None:
        if self.place is None:
            self._begin(index)
        self._is_found = True

    def _begin(self, place: int) -> None:
        """Remember where the head begins. There is nothing to find in what is a fragment of a page."""
        if self.is_document:
            self.place = place
        self._is_found = not (self.is_document and self._keeps_charset)
