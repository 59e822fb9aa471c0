"""What the pages of some contexts load, and by which imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ._copies import moved
from ._diagnostics import Diagnostic
from ._grammar import join
from ._graph import Graph, Target
from ._ownership import check_ownership
from ._package import Package
from ._reach import reach
from ._selection import Selection, check_contexts, select
from ._settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    #: A file: the namespace of its package, and its public path.
    Node: TypeAlias = tuple[str, str]


class Reached:
    """The packages of a site, seen from the pages of some contexts.

    :param packages: all packages of the site, sorted by namespace.
    :param settings: the site's configuration.
    :param contexts: the contexts, united.
    :param modules: the only specifiers to begin with; None for all of the contexts.
    :param graph: the module graph of the packages, if there is one.
    :raises UnknownContextError: for a context that no package and no configuration knows.
    :raises MissingModuleError: for one of `modules` that the contexts do not have.
    """

    def __init__(
        self,
        packages: Sequence[Package],
        settings: Settings,
        contexts: Sequence[str],
        modules: Sequence[str] | None = None,
        graph: Graph | None = None,
    ) -> None:
        check_contexts(packages, contexts, settings.contexts)
        self.diagnostics: list[Diagnostic] = []
        if any(package.provider for package in packages):
            from ._objects import in_contexts

            packages = [in_contexts(package, contexts, self.diagnostics) for package in packages]
            check_ownership(packages)
            graph = None
        self.contexts = sorted(set(contexts))
        self.settings = settings
        self.packages = {package.namespace: package for package in packages}
        self.graph = graph or Graph(packages, settings, moved)
        self._selected = select(packages, contexts, None, settings.contexts)
        enabled = {selection.package.namespace for selection in self._selected}
        if modules is not None:
            # The site's own entries, and what it shares, are in every map.
            always = {*settings.imports, *self.graph.shared.copies}
            modules = [name for name in modules if name not in always]
            self._selected = select(packages, contexts, modules, settings.contexts)
        #: Everything that can be loaded, by package.
        self.selections: list[Selection]
        self.selections, found = reach(self.graph, self._selected, self.contexts, enabled)
        self.diagnostics += found

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The entries of the contexts, and the files that they stand for."""
        for selection in self._selected:
            for specifier, entry in selection.imports.items():
                target = self.graph.public(selection.package, specifier, entry)
                yield from ((specifier, node) for node in self._nodes(target))
        for target in self.graph.site_targets():
            yield from ((target.name, node) for node in self._nodes(target))

    def edges(self, node: Node) -> Iterator[tuple[str, list[Node] | None]]:
        """What a file imports, statically or dynamically, and the files that this leads to.

        :returns: each import as it is written; with None where it leads to nothing, and with no
            file where it leads to a URL, or somewhere that the site knows.
        """
        package = self.packages[node[0]]
        module = package.manifest["modules"].get(node[1], {})
        for edge in dict.fromkeys((*module.get("imports", ()), *module.get("dynamic", ()))):
            if edge.startswith("."):
                yield edge, [self._node(package, join(node[1], edge) or "")]
            elif (target := self.graph.target(package, edge)) is None:
                is_said = self.graph.is_excused(package, edge) or self.graph.is_barred(package, edge)
                yield edge, [] if is_said else None
            else:
                yield edge, self._nodes(target)

    def _nodes(self, target: Target) -> list[Node]:
        """The file that something stands for, or all files of a folder; none for a URL."""
        owner, path = target.owner, target.path
        if owner is None or path is None:
            return []
        paths = [path]
        if path.endswith("/"):
            paths = [name for name in owner.manifest["modules"] if name.startswith(path)]
        return [self._node(owner, found) for found in paths]

    def _node(self, package: Package, path: str) -> Node:
        path = self.graph.moved.get(path, path)
        return self.graph.shipper(package, path).namespace, path
