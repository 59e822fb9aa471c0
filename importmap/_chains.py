"""Who imports a module: the ways that lead to it from the entries of a page."""

from __future__ import annotations

from collections.abc import Iterator

from ._reached import Reached

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._reached import Node


def chains(reached: Reached, word: str, wanted: set[Node]) -> list[list[str]]:
    """The shortest way to each file that imports something.

    :param word: the specifier, as it may be written in code.
    :param wanted: the files that it stands for.
    :returns: each a specifier of an entry, the files from there, and the import as it is written.
    """
    source: dict[Node, Node | str] = {}
    for specifier, node in reached.entries():
        source.setdefault(node, specifier)
    found = []
    queue = list(source)
    for node in queue:
        for edge, targets in reached.edges(node):
            new = [target for target in targets or () if target not in source]
            source.update(dict.fromkeys(new, node))
            queue += new
            if (edge == word and not wanted) or not wanted.isdisjoint(targets or ()):
                found.append([*_way(source, node), edge])
    return found


def _way(source: dict[Node, Node | str], node: Node) -> Iterator[str]:
    files = []
    step: Node | str = node
    while not isinstance(step, str):
        files.append(step[1])
        step = source[step]
    return iter([step, *reversed(files)])
