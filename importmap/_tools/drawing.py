"""The module graph of some pages as a drawing, in the languages of Graphviz and of Mermaid.

Both programs lay the graph out. Text from packages cannot change the syntax of either language.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator, Sequence
from math import sqrt

from importmap._base.diagnostics import ManifestError
from importmap._base.printable import printable
from importmap._base.value import Immutable
from importmap._compose.site import Site
from importmap._discovery.sources import AllSources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from importmap._site.reach import Reached
    from importmap._site.targets import File

    #: The names of two boxes, and whether the import is static.
    Edge: TypeAlias = tuple[str, str, bool]


class Box(Immutable):
    """One module.

    :param name: letters and digits, other ones for each box.
    :param lines: its label: the specifiers of entries, else the public path; then its size.
    :param scale: from 0 to 1, so that areas are to each other as bytes.
    :param colour: that of the contexts whose pages load it, as ``#rrggbb``.
    :param is_entry: whether it is an entry of one of them.
    """

    __slots__ = ("colour", "is_entry", "lines", "name", "scale")

    colour: str
    is_entry: bool
    lines: tuple[str, ...]
    name: str
    scale: float

    def __init__(
        self, *, name: str, lines: Sequence[str], scale: float = 0, colour: str, is_entry: bool = False
    ) -> None:
        self._set(
            name=name, lines=tuple(map(printable, lines)), scale=scale, colour=colour, is_entry=is_entry
        )


class Drawing:
    """What is to be drawn, in an order that depends on the packages alone.

    :param site: the packages.
    :param contexts: the contexts; none for all that are known.
    :raises UnknownContextError: for a context that no package and no configuration knows.
    """

    def __init__(self, site: Site, contexts: Sequence[str] = ()) -> None:
        contexts = list(dict.fromkeys(contexts or site.contexts))
        self._reached = site.reached(contexts)
        #: What was found on the way.
        self.diagnostics = [*site.diagnostics, *self._reached.diagnostics]
        by_context = {context: set(_paths(site.reached([context]))) for context in contexts}
        loaded = {
            path: tuple(context for context in contexts if path in by_context[context])
            for path in _paths(self._reached)
        }
        #: The name of the box of each file, by public path.
        self._names = {path: f"n{number}" for number, path in enumerate(loaded)}
        groups = sorted(set(loaded.values()))
        self._colours = {group: _colour(number, len(groups)) for number, group in enumerate(groups)}
        self._loaded = loaded

    def clusters(self) -> Iterator[tuple[str, list[Box]]]:
        """The packages that have modules, each with its label; and last what the colours mean."""
        names: dict[File, list[str]] = {}
        for specifier, file in self._reached.entries():
            # A prefix is no name of a file.
            names.setdefault(file, []).extend([] if specifier.endswith("/") else [specifier])
        sources = AllSources()
        sizes = {file: _size(file, sources) for file in self._files()}
        largest = max(sizes.values(), default=0) or 1
        for selection in self._reached.selections:
            package = selection.package
            boxes = [
                Box(
                    name=self._names[file.path],
                    lines=[*(sorted(names.get(file, ())) or [file.path]), _bytes(sizes[file])],
                    scale=sqrt(sizes[file] / largest),
                    colour=self._colours[self._loaded[file.path]],
                    is_entry=file in names,
                )
                for file in selection.files
            ]
            if boxes:
                yield printable(f"{package.distribution} {package.version}".rstrip()), boxes
        legend = [
            Box(name=f"c{number}", lines=[", ".join(group)], colour=colour)
            for number, (group, colour) in enumerate(self._colours.items())
        ]
        if legend:
            yield "contexts", legend

    def imports(self) -> Iterator[Edge]:
        """Which module imports which, each once; static if any of its imports is."""
        for file in self._files():
            source = self._names[file.path]
            targets: dict[str, bool] = {}
            for _, is_static, target in self._reached.graph.imports(file):
                for imported in target.files:
                    name = self._names[imported.path]
                    targets[name] = targets.get(name, False) or is_static
            yield from ((source, name, is_static) for name, is_static in targets.items())

    def _files(self) -> Iterator[File]:
        """Yield the files that pages load, by package."""
        return (file for selection in self._reached.selections for file in selection.files)


def _paths(reached: Reached) -> list[str]:
    """Return the public paths of the files that pages load, by package."""
    return [path for selection in reached.selections for path in selection.paths]


def _size(file: File, sources: AllSources) -> int:
    """Return the bytes of a module; 0 where nobody knows."""
    size = file.module.get("size")
    if size is None:
        try:
            size = len(sources.of(file.package).read(file.path)[1])
        except ManifestError:
            # `importmap check` says so.
            return 0
    return size


def _bytes(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _colour(number: int, count: int) -> str:
    """One of some light colours, all different."""
    parts = colorsys.hls_to_rgb(0.55 + number / count, 0.82, 0.7)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


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


def _reference(match: re.Match[str]) -> str:
    # Even so, these begin icons, formulas, line ends and references, if what follows is not kept apart.
    joiner = f"#{ord(WORD_JOINER)};" if match[0] in ":$\\ﬂ¶" else ""
    return f"#{ord(match[0])};{joiner}"
