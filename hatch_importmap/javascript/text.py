"""What the text of a JavaScript module says without a tree: strings, attributes, imports next to an error.

No pattern has two ways to match the same text, so none takes long to fail.
"""

from __future__ import annotations

import re
from typing import Literal


def _pattern(text: bytes) -> re.Pattern[bytes]:
    """A space stands for white space and comments, N for a name, S for a string, T for a template."""
    return re.compile(re.sub(rb"[ NST]", lambda match: _PARTS[match[0]], text))


_PARTS = {
    b" ": rb"(?:\s|//[^\r\n]*(?=[\r\n]|\Z)|/\*(?:[^*]|\*(?!/))*\*/)*",
    b"N": rb"[\w$\x80-\xff]+(?![\w$\x80-\xff])",
    b"S": rb"""(?:"(?:[^"\\\r\n]|\\(?s:.))*"|'(?:[^'\\\r\n]|\\(?s:.))*')""",
    b"T": rb"`(?:[^`\\$]|\\(?s:.)|\$(?!\{))*`",
}
_PAIR = _pattern(rb" (N|S) : (S) ,?")
_STATIC_ATTRIBUTES = _pattern(rb" (?:with|assert) \{((?: (?:N|S) : S ,?)*) \}")
_DYNAMIC_ATTRIBUTES = _pattern(rb" \{ (?:with|assert|'with'|\"with\") : \{((?: (?:N|S) : S ,?)*) \}")
_IMPORT = _pattern(
    rb"(?<![.\w$])(?:"
    rb"export (?:\*(?: as (?:N|S))?|\{(?: (?:N|S|,))* \}) from (?P<export>S)"
    rb"|import (?:(?: (?:(?!(?:import|export)(?![\w$]))N|S|[*{},]))+? from )?(?P<import>S)"
    rb"|import (?:\. N )?\( (?P<dynamic>S|T) [,)])"
)
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\r\n|[\n\r\u2028\u2029])|(.))", re.DOTALL
)
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}


def decode_literal(literal: bytes) -> str:
    """The value of a string or of a template without substitution, from its source with the quotes.

    A half of a surrogate pair stays as it is; an escape that JavaScript does not know keeps its character.
    """
    text = literal[1:-1].decode(errors="replace")
    if literal[:1] == b"`":
        text = re.sub(r"\r\n?", "\n", text)
    if "\\" not in text:
        return text
    units = _ESCAPE.sub(_character, text).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "surrogatepass")


def _character(escape: re.Match[str]) -> str:
    braced, four, two, line_end, other = escape.groups()
    if digits := braced or four or two:
        code = int(digits, 16)
        return chr(code) if code <= 0x10FFFF else escape[0]
    return "" if line_end else _SIMPLE.get(other, other)


def static_type(source: bytes, offset: int) -> str | None:
    """The attribute `type` of an import whose specifier ends at an offset."""
    return _type(_STATIC_ATTRIBUTES.match(source, offset))


def dynamic_type(source: bytes, offset: int) -> str | None:
    """The attribute `type` in the second argument of `import()`, which begins at an offset."""
    return _type(_DYNAMIC_ATTRIBUTES.match(source, offset))


def _type(attributes: re.Match[bytes] | None) -> str | None:
    if attributes is None:
        return None
    for name, value in _PAIR.findall(attributes[1]):
        if name == b"type" or (name[:1] in b"\"'" and decode_literal(name) == "type"):
            return decode_literal(value)
    return None


def find_import(source: bytes, offset: int) -> tuple[Literal["static", "dynamic"], int, int] | None:
    """The import that begins at an offset: its kind, and where the literal begins and ends."""
    match = _IMPORT.match(source, offset)
    if match is None:
        return None
    group = match.lastgroup or ""
    return "dynamic" if group == "dynamic" else "static", *match.span(group)
