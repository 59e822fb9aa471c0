"""What loading a module makes a browser fetch."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def breadth_first(start: Iterable[str], edges: Callable[[str], Iterable[str]]) -> list[str]:
    """Everything that can be reached, each once, the nearest first.

    :param start: where to begin, in order.
    :param edges: what lies one step away.
    """
    found = dict.fromkeys(start)
    queue = list(found)
    for node in queue:
        new = [edge for edge in edges(node) if edge not in found]
        found.update(dict.fromkeys(new))
        queue.extend(dict.fromkeys(new))
    return queue
