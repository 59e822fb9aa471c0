"""What loading a module makes a browser fetch."""

from __future__ import annotations

from collections.abc import Callable, Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._sections import Sections


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


def imported_as_written(import_map: Sections, url: str) -> list[str]:
    """What a module imports, by `depcache`, as URLs that are written in a map whose page is not known."""
    edges: Iterable[str] = import_map.depcache.get(url, ())
    imports, scopes = import_map.imports, import_map.scopes
    if import_map.boundaries:
        from ._boundaries import covering

        tables = [scopes[scope] for scope in covering(url) if scope in scopes]
        edges = (next((names[edge] for names in tables if edge in names), None) or edge for edge in edges)
    edges = (imports.get(edge) or edge for edge in edges)
    # What only a scope maps can stand here beside another host; its URL is not to be had without a page.
    return [edge for edge in edges if edge.startswith(("/", "./", "../")) or "//" in edge]
