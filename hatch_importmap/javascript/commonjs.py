"""The first sign that a JavaScript file is a CommonJS module, which no browser loads as an ES module."""

from __future__ import annotations

import re

from tree_sitter import Node

_NAME = re.compile(rb"(?<![\w$.])(?:require|module|exports)(?![\w$])")
_DECLARATIONS = {"variable_declarator", "function_declaration", "generator_function_declaration",
                 "class_declaration"}  # fmt: skip


def find_commonjs(source: bytes, root: Node) -> int | None:
    """The offset of the first `require("x")`, `module.exports` or `exports.x =`, or None.

    A guess that knows no scopes: what some declaration of the file names, wherever it stands, and
    what a function around the place has as a parameter, is not CommonJS's. That spares the files of
    bundlers, which bring `require` and `module` of their own. UMD is CommonJS here: it exports
    nothing to a module that imports it.
    """
    declared: set[bytes] = set()
    first: dict[bytes, int] = {}
    for match in _NAME.finditer(source):
        name = match[0]
        node = root.descendant_for_byte_range(*match.span())
        parent = node and node.parent
        if node is None or parent is None or node.type != "identifier":
            continue
        if parent.type in _DECLARATIONS and parent.child_by_field_name("name") == node:
            declared.add(name)
        elif name not in first and _is_use(name, node, parent) and not _is_parameter(name, parent):
            first[name] = node.start_byte
    return min((offset for name, offset in first.items() if name not in declared), default=None)


def _is_use(name: bytes, node: Node, parent: Node) -> bool:
    if name == b"require":
        arguments = parent.child_by_field_name("arguments")
        return (
            parent.child_by_field_name("function") == node
            and arguments is not None
            and [child.type for child in arguments.named_children] == ["string"]
        )
    field = parent.child_by_field_name("property") or parent.child_by_field_name("index")
    if field is None or parent.child_by_field_name("object") != node:
        return False
    if name == b"module":
        return field.text == b"exports"
    around = parent.parent
    return (
        around is not None
        and around.type == "assignment_expression"
        and around.child_by_field_name("left") == parent
    )


def _is_parameter(name: bytes, node: Node | None) -> bool:
    pattern = re.compile(rb"(?<![\w$.])%s(?![\w$])" % name)
    while node is not None:
        for field in ("parameters", "parameter"):
            parameters = node.child_by_field_name(field)
            if parameters is not None and pattern.search(parameters.text or b""):
                return True
        node = node.parent
    return False
