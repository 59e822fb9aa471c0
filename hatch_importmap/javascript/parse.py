"""What a JavaScript module imports, read from its syntax tree.

The tree is asked only about the places where ``import`` or ``export`` is written, which costs a
small part of what parsing costs; walking all of it from Python would cost more than parsing.
Where the tree has an error, the text decides (`_javascript_text`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import Literal, TypeAlias

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from .commonjs import find_commonjs
from .text import decode_literal, dynamic_type, find_import, static_type

_LANGUAGE = Language(tree_sitter_javascript.language())
_LINE_END = re.compile(r"\r\n?|\n")
# `import` or `export`, begun at what they share: `re` finds one fixed text several times faster than two.
_KEYWORD = re.compile(rb"port(?<=(?<![\w$])(?:im|ex)port)(?![\w$])")
# Code from text can have any imports.
_CODE_FROM_TEXT = re.compile(rb"(?<![\w$])(?:eval|Function)\s*(?:\?\.\s*)?\)*\s*[(`]")
_OWN_URL = re.compile(rb"(?<![\w$.])(?:class|function|var|let|const)\s+URL(?![\w$])")
# Characters of these are no code, even next to an error.
_TEXT = {"comment", "html_comment", "hash_bang_line", "string", "string_fragment", "escape_sequence",
         "template_string", "regex", "regex_pattern", "jsx_text"}  # fmt: skip

ImportKind: TypeAlias = Literal["static", "dynamic", "resolve", "asset"]


@dataclass(frozen=True)
class Import:
    """Another file that a module names by a literal.

    :param specifier: the string's value.
    :param kind: ``"static"`` also for re-exports, ``"dynamic"`` for ``import("x")``, ``"resolve"`` for
        ``import.meta.resolve("x")``, ``"asset"`` for ``new URL("./x", import.meta.url)``.
    :param line: of the literal, from 1; lines end as editors count them (LF, CRLF, CR).
    :param column: of the literal's quote, from 1, in characters.
    :param type: the import attribute, such as ``"json"``.
    """

    specifier: str
    kind: ImportKind
    line: int
    column: int
    type: str | None = None


@dataclass(frozen=True)
class Remark:
    """Something that the scan cannot follow.

    :param kind: ``"syntax"`` for what does not parse, ``"dynamic"`` for an ``import()`` of anything but
        a literal, ``"commonjs"`` for the first sign that the file is no ES module.
    """

    kind: Literal["syntax", "dynamic", "commonjs"]
    line: int
    column: int


@dataclass(frozen=True)
class Scan:
    """Both in the order of the source.

    :param is_known: whether the imports are all that the module can load. If the module computes names,
        or uses `import.meta` or `eval` otherwise, nobody knows.
    """

    imports: tuple[Import, ...] = ()
    remarks: tuple[Remark, ...] = ()
    is_known: bool = True


def scan_javascript(source: bytes) -> Scan:
    """Read a module as a browser does: as UTF-8, without the byte order mark; what is not UTF-8 is replaced.

    Never fails. Only processes make several scans faster: the parser holds the global interpreter lock.
    """
    source = source.removeprefix(b"\xef\xbb\xbf")
    try:
        source.decode()
    except UnicodeDecodeError:
        source = source.decode(errors="replace").encode()
    root = Parser(_LANGUAGE).parse(source).root_node
    module = _Module(source, root)
    # A tree with an error can give one string to two statements.
    located: list[_Located] = list(dict(module.imports()).items())
    if root.has_error:
        located += [(offset, Remark("syntax", 0, 0)) for offset in _errors(root)]
    if not module.is_module and (offset := find_commonjs(source, root)) is not None:
        located.append((offset, Remark("commonjs", 0, 0)))
    return replace(_placed(source, located), is_known=module.is_known and not root.has_error)


#: At an offset in bytes; the line and the column come last.
_Located: TypeAlias = "tuple[int, Import | Remark]"


class _Module:
    def __init__(self, source: bytes, root: Node) -> None:
        self.source = source
        self.root = root
        #: Whether something was found that only an ES module has; final after `imports`.
        self.is_module = False
        #: Whether the imports are all that it can load; final after `imports`.
        self.is_known = _CODE_FROM_TEXT.search(source) is None

    def imports(self) -> Iterator[_Located]:
        for match in _KEYWORD.finditer(self.source):
            offset = match.end() - len(b"import")
            node = self.root.descendant_for_byte_range(offset, match.end())
            parent = node and node.parent
            if node is not None and parent is not None and parent.type == "import":  # a named one, in a call
                node, parent = parent, parent.parent
            located = None if node is None or parent is None else self._at_keyword(offset, node, parent)
            if located is not None:
                yield located

    def _at_keyword(self, offset: int, node: Node, parent: Node) -> _Located | None:
        """What a keyword imports."""
        located = self._import(parent) if node.type in ("import", "export") else None
        if located is None and _is_wreck(node, parent):
            return self._recovered(offset)
        return located

    def _import(self, parent: Node) -> _Located | None:
        """What the node around a keyword imports."""
        if parent.type in ("import_statement", "export_statement"):
            self.is_module = True
            literal = parent.child_by_field_name("source")
            if literal is None:
                return None
            return self._literal("static", literal, static_type(self.source, literal.end_byte))
        if parent.type == "call_expression":
            arguments = _arguments(parent)
            if not arguments or not _is_literal(arguments[0]):
                self.is_known = False
                return parent.start_byte, Remark("dynamic", 0, 0)
            attribute = dynamic_type(self.source, arguments[1].start_byte) if arguments[1:] else None
            return self._literal("dynamic", arguments[0], attribute)
        if parent.type == "meta_property":
            self.is_module = True
            located = self._of_import_meta(parent)
            self.is_known &= located is not None
            return located
        return None

    def _of_import_meta(self, meta: Node) -> _Located | None:
        member = meta.parent
        around = member and member.parent
        if member is None or around is None or member.type != "member_expression":
            return None
        name = self._text(member.child_by_field_name("property"))
        if name == b"resolve" and around.type == "call_expression":
            arguments = _arguments(around)
            if arguments and _is_literal(arguments[0]):
                return self._literal("resolve", arguments[0])
        elif name == b"url" and around.type == "arguments" and self._is_new_url(around.parent):
            first, *others = _without_comments(around)
            if others == [member] and _is_literal(first):
                return self._literal("asset", first)
        return None

    def _is_new_url(self, node: Node | None) -> bool:
        return (
            node is not None
            and node.type == "new_expression"
            and self._text(node.child_by_field_name("constructor")) == b"URL"
            and not self._has_own_url
        )

    @cached_property
    def _has_own_url(self) -> bool:
        """Whether the module has a `URL` of its own; looked for once, as all of the text is read for it."""
        return _OWN_URL.search(self.source) is not None

    def _recovered(self, offset: int) -> _Located | None:
        """An import that stands whole in the text, whatever the tree made of it."""
        statement = find_import(self.source, offset)
        if statement is None:
            return None
        kind, start, end = statement
        self.is_module |= kind == "static"
        specifier = decode_literal(self.source[start:end])
        attribute = static_type(self.source, end) if kind == "static" else None
        return start, Import(specifier, kind, 0, 0, attribute)

    def _literal(self, kind: ImportKind, node: Node, attribute: str | None = None) -> _Located:
        return node.start_byte, Import(decode_literal(self._text(node)), kind, 0, 0, attribute)

    def _text(self, node: Node | None) -> bytes:
        return b"" if node is None else self.source[node.start_byte : node.end_byte]


def _arguments(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return _without_comments(arguments) if arguments is not None else []


def _without_comments(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment"]


def _is_literal(node: Node) -> bool:
    """Whether it is a string, or a template that inserts nothing."""
    if node.type == "template_string":
        return all(child.type != "template_substitution" for child in node.named_children)
    return node.type == "string"


def _is_wreck(node: Node, parent: Node) -> bool:
    """Whether a keyword is one of the pieces that the parser could not put together."""
    if node.type in _TEXT:
        return False
    return node.is_error or parent.is_error or (parent.type == "export_statement" and parent.has_error)


def _errors(root: Node) -> Iterator[int]:
    """Where the first error is, in each run of top-level statements with errors."""
    before = False
    for node in [root] if root.is_error else root.children:
        if node.has_error and not before:
            yield _first_error(node)
        before = node.has_error


def _first_error(node: Node) -> int:
    """The offset of the innermost error on the way to the first one."""
    offset = node.start_byte
    cursor = node.walk()
    while cursor.goto_first_child():
        while (child := cursor.node) is not None and not child.has_error:
            if not cursor.goto_next_sibling():
                return offset
        offset = offset if child is None else child.start_byte
    return offset


def _placed(source: bytes, located: list[_Located]) -> Scan:
    """Everything in the order of the source, with lines and columns counted in one pass over it.

    A line has one syntax error at most; the others are consequences of the first, as a rule.
    """
    imports: list[Import] = []
    remarks: list[Remark] = []
    at, line, column, bad_line = 0, 1, 1, 0
    for offset, value in sorted(located, key=itemgetter(0)):
        *ended, rest = _LINE_END.split(source[at:offset].decode(errors="replace"))
        at, line, column = offset, line + len(ended), len(rest) + (1 if ended else column)
        placed = replace(value, line=line, column=column)
        if isinstance(placed, Import):
            imports.append(placed)
        elif placed.kind != "syntax" or line != bad_line:
            remarks.append(placed)
            bad_line = line if placed.kind == "syntax" else bad_line
    return Scan(tuple(imports), tuple(remarks))
