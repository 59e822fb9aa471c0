"""Drawings in the languages of Graphviz and of Mermaid. Neither's syntax is left to what packages say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._drawing import Box, Drawing

#: Cannot be seen, and has no width.
WORD_JOINER = "\N{WORD JOINER}"


def to_dot(drawing: Drawing) -> str:
    """The drawing in Graphviz's language."""
    return "\n".join(_dot(drawing)) + "\n"


def to_mermaid(drawing: Drawing) -> str:
    """The drawing as a flowchart of Mermaid."""
    return "\n".join(_mermaid(drawing)) + "\n"


def _dot(drawing: Drawing) -> Iterator[str]:
    yield "digraph importmap {"
    yield "  graph [rankdir=LR fontname=sans]"
    yield "  node [shape=box style=filled fontname=sans fontsize=11]"
    for number, (label, boxes) in enumerate(drawing.clusters()):
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={_dot_quoted(label)}"
        yield from map(_dot_node, boxes)
        yield "  }"
    for source, target, is_static in drawing.imports():
        yield f"  {source} -> {target}" + ("" if is_static else " [style=dashed]")
    yield "}"


def _dot_node(box: Box) -> str:
    side = f"{2.5 * box.scale:.2f}"
    width = " penwidth=2.5" * box.is_entry
    label = _dot_quoted(*box.lines)
    return f'    {box.name} [label={label} width={side} height={side} fillcolor="{box.colour}"{width}]'


def _dot_quoted(*lines: str) -> str:
    # A label also has escapes and character references.
    escaped = (line.replace("\\", r"\\").replace('"', r"\"").replace("&", "&amp;") for line in lines)
    return '"' + r"\n".join(escaped) + '"'


def _mermaid(drawing: Drawing) -> Iterator[str]:
    yield "flowchart LR"
    clusters = list(drawing.clusters())
    for number, (label, boxes) in enumerate(clusters):
        yield f"  subgraph p{number}[{_mermaid_quoted(label)}]"
        yield from (f"    {box.name}[{_mermaid_quoted(*box.lines)}]" for box in boxes)
        yield "  end"
    for source, target, is_static in drawing.imports():
        yield f"  {source} {'-->' if is_static else '-.->'} {target}"
    for _, boxes in clusters:
        for box in boxes:
            style = f"fill:{box.colour},color:#000,font-size:{11 + 25 * box.scale:.0f}px"
            yield f"  style {box.name} {style}{',stroke-width:3px' * box.is_entry}"


def _mermaid_quoted(*lines: str) -> str:
    # A label is Markdown and HTML as well, in which `www.` makes a link.
    escaped = (re.sub(r"[^A-Za-z0-9 /.-]|(?<=[Ww])\.", _reference, line) for line in lines)
    return '"' + "<br>".join(escaped) + '"'


def _reference(found: re.Match[str]) -> str:
    # Even so, these begin icons, formulas, line ends and references, if what follows is not kept apart.
    joiner = f"#{ord(WORD_JOINER)};" if found[0] in ":$\\ﬂ¶" else ""
    return f"#{ord(found[0])};{joiner}"
