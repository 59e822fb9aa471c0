r"""Texts from outside, made fit for terminals, logs and annotations.

A terminal obeys control characters, and so does a reader of logs. Format characters change the order of a
line, or hide a part of it. Here each of them becomes an escape that everybody can see, such as ``\x1b``.
"""

from __future__ import annotations


def printable(text: str) -> str:
    r"""Return one line that prints as it is read.

    Each character that `str.isprintable` refuses becomes an escape. These are control and format characters,
    line ends, white space but the plain space, lone surrogates and unassigned characters. Any other text is
    returned unchanged.
    """
    if text.isprintable():
        return text
    return "".join([each if each.isprintable() else _escape(each) for each in text])


def printable_lines(text: str) -> str:
    """Return a text whose lines are printable. Its line feeds stay."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(text: str) -> str:
    """Return a JSON text of the same value in printable ASCII and line feeds, for any terminal."""
    import re

    return re.sub(r"[^ -~\n]", lambda match: _json_escape(match[0]), text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
