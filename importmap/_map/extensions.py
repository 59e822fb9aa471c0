"""What the proposal "Import map extensions" asks of a map and of the modules that it is for.

The rules that resolution follows are in `_resolve`, those of maps that come later in `_merge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from importmap._base.diagnostics import Diagnostic, ResolutionError
from importmap._base.public import public

from . import url as urls
from .import_map import ImportMap, breadth_first
from .normalize import absolute, normalize
from .resolve import Index, mapped_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    #: URL of a module -> the specifiers that it imports; the form of `depcache`.
    Graph = Mapping[str, Iterable[str]]


@public
def check_isolation(import_map: ImportMap, graph: Graph | None = None) -> list[Diagnostic]:
    """Every import that breaks out of a scope, and every URL that a scope maps ("Isolated Scopes").

    Takes the scopes for isolated, whether the map says so or not.

    :param import_map: a map that knows its `base_url`.
    :param graph: URL of a module -> the specifiers that it imports; the map's `depcache` if
        it is left out.
    :raises ResolutionError: for a module whose URL is none.
    :raises ValueError: if the map does not know where it stands.
    """
    index, edges = _read(import_map, graph, isolated=True)
    problems = mapped_urls(index.normalized)
    for module, specifiers in sorted(edges.items()):
        for specifier in specifiers:
            try:
                index.resolve(specifier, module)
            except ResolutionError as error:
                problems += [problem for problem in error.diagnostics if problem.code == "IM315"]
    return problems


@public
def worker_imports(
    import_map: ImportMap, entry: str, graph: Graph | None = None
) -> dict[str, dict[str, str]]:
    """What the modules of a worker would need, as no browser gives import maps to workers.

    :param import_map: a map that knows its `base_url`.
    :param entry: URL of the worker's script.
    :param graph: URL of a module -> the specifiers that it imports; the map's `depcache` if
        it is left out.
    :returns: URL of a module -> specifier -> the URL that has to stand in its place, for all
        modules that the script imports; what works as it stands is left out. The form of
        `scopes`. Empty if the worker needs nothing.
    :raises ResolutionError: for an import that fails in a page, too, and for a module whose URL is none.
    :raises ValueError: if the map does not know where it stands.
    """
    index, edges = _read(import_map, graph, isolated=import_map.isolated_scopes)
    start = index.resolve(entry, index.base_url)
    needed = {}

    def imported(module: str) -> list[str]:
        resolved = {specifier: index.resolve(specifier, module) for specifier in edges.get(module, ())}
        alone = {specifier: urls.parse_specifier(specifier, module) for specifier in resolved}
        if changed := {name: url for name, url in sorted(resolved.items()) if alone[name] != url}:
            needed[module] = changed
        return list(resolved.values())

    breadth_first([start], imported)
    return needed


def _read(
    import_map: ImportMap, graph: Graph | None, *, isolated: bool
) -> tuple[Index, dict[str, tuple[str, ...]]]:
    """A map and a module graph, normalised."""
    base_url = import_map.base_url
    if base_url is None:
        raise ValueError("the map does not know where it stands: with_base_url() tells it")
    edges = import_map.depcache if graph is None else graph
    normalized = normalize({**import_map.to_dict(), "integrity": {}, "depcache": {}}, base_url, [])
    modules = {absolute(url, normalized.base): tuple(names) for url, names in edges.items()}
    return Index(normalized, base_url, isolated=isolated), modules
