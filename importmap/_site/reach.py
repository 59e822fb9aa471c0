"""What the pages of some contexts load, and by which imports.

Follows imports over all packages of a site.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import join
from importmap._manifest.package import Package

from .equal_copies import moved
from .graph import Graph, Target
from .ownership import check_ownership
from .selection import Selection, check_contexts, select
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from importmap._manifest.document import Entry

    #: A file: the namespace of its package, and its public path.
    Node: TypeAlias = tuple[str, str]


def reach(
    graph: Graph, selections: Sequence[Selection], contexts: Sequence[str], enabled: Container[str]
) -> tuple[list[Selection], list[Diagnostic]]:
    """The selections with everything that their modules import, statically or dynamically.

    The site's own entries are in every map, and so is what they import.

    :param graph: the module graph of the site.
    :param selections: the entries to begin with.
    :param contexts: the contexts, for messages.
    :param enabled: the namespaces of the packages that have entries in the contexts.
    :returns: selections, sorted by namespace; and what is imported and not there, there in other
        contexts only, or barred from who imports it.
    """
    walk = _Walk(graph, contexts, enabled)
    for selection in selections:
        walk.start(selection)
    for target in graph.site_targets():
        walk.visit_target(target, target.name)
    walk.run()
    return walk.selections(), walk.diagnostics


#: What an author writes to be let in, of a package and of the site.
_REQUIRES = '[tool.importmap.requires]\n"{}" = "*"'
_IGNORE = '[tool.importmap]\nignore = ["{}"]'


class _Walk:
    def __init__(self, graph: Graph, contexts: Sequence[str], enabled: Container[str]) -> None:
        self._graph = graph
        self._moved = graph.moved
        self._contexts = contexts
        self._enabled = enabled
        self._packages: dict[str, Package] = {}
        self._imports: dict[str, dict[str, Entry]] = {}
        #: The entries that the modules of an isolated package import, each with its owner.
        self._entries: dict[str, dict[str, tuple[Package, Entry]]] = {}
        #: Each file that is reached, and from where: another one, or the specifier of an entry.
        self._from: dict[Node, Node | str] = {}
        self._queue: list[Node] = []
        self._names: dict[Node, set[str]] = {}
        #: What has been followed: many modules of a package have the same imports.
        self._followed: set[Target] = set()
        #: What has been reported to come from a package that is not enabled.
        self._elsewhere: set[str] = set()
        self.diagnostics: list[Diagnostic] = []

    def start(self, selection: Selection) -> None:
        """Begin with the entries of a package."""
        package = selection.package
        self._touch(package)
        for specifier, entry in selection.imports.items():
            self._imports[package.namespace][specifier] = entry
            self.visit_target(self._graph.public(package, specifier, entry), specifier)

    def visit_target(self, target: Target, source: Node | str) -> None:
        """Note that what a specifier stands for is reached."""
        if target.owner is not None and target.path is not None:
            self.visit(target.owner, target.path, source)

    def visit(self, package: Package, path: str, source: Node | str) -> None:
        """Note that a file is reached, or all files of a folder."""
        if path.endswith("/"):
            for name in package.manifest["modules"]:
                if name.startswith(path):
                    self._visit_file(package, name, source)
        else:
            self._visit_file(package, path, source)

    def _visit_file(self, package: Package, path: str, source: Node | str) -> None:
        found = self._moved.get(path, path)
        owner = self._graph.shipper(package, found)
        node = (owner.namespace, found)
        if node not in self._from:
            self._touch(owner)
            self._from[node] = source
            self._queue.append(node)

    def run(self) -> None:
        """Follow all imports."""
        for node in self._queue:
            package = self._packages[node[0]]
            module = package.manifest["modules"].get(node[1], {})
            for edge in (*module.get("imports", ()), *module.get("dynamic", ())):
                if edge.startswith("."):
                    path = join(node[1], edge)
                    if path is not None:
                        self._visit_file(package, path, node)
                else:
                    self._follow(package, node, edge)

    def selections(self) -> list[Selection]:
        """What was reached, by package."""
        paths: dict[str, list[str]] = {namespace: [] for namespace in self._packages}
        for namespace, path in self._from:
            paths[namespace].append(path)
        names: dict[str, dict[str, frozenset[str]]] = {namespace: {} for namespace in self._packages}
        for (namespace, path), found in self._names.items():
            names[namespace][path] = frozenset(found)
        for namespace, package in self._packages.items():
            if not self._graph.is_known(package):
                names[namespace] = dict.fromkeys(paths[namespace], frozenset(self._graph.scoped(package)))
        return [
            Selection(
                package,
                self._imports[namespace],
                tuple(sorted(paths[namespace])),
                names[namespace],
                self._entries[namespace],
            )
            for namespace, package in sorted(self._packages.items())
        ]

    def _touch(self, package: Package) -> None:
        if package.namespace in self._packages:
            return
        self._packages[package.namespace] = package
        self._imports[package.namespace] = {}
        self._entries[package.namespace] = {}
        if not self._graph.is_known(package):
            # Nobody knows what its modules import: whatever they may.
            for name, copy in self._graph.scoped(package).items():
                self.visit(copy.package, copy.path, name)

    def _follow(self, package: Package, node: Node, specifier: str) -> None:
        target = self._graph.target(package, specifier)
        if target is None:
            self._report_nothing(package, node, specifier)
            return
        # A file below a prefix gets its own name as well: a prefix cannot lead to hashed URLs.
        exact = target.name if target.path is None else specifier
        if target.is_scoped:
            self._names.setdefault(node, set()).update((target.name, exact))
        elif target.entry is not None and self._graph.isolates:
            # It is for this package alone.
            self._names.setdefault(node, set()).add(exact)
        if target in self._followed:
            return
        self._followed.add(target)
        if not target.is_scoped and target.entry is not None:
            owner = self._graph.owner(specifier) or package
            self._touch(owner)
            self._report_elsewhere(owner, target, node)
            if self._graph.isolates:
                self._entries[package.namespace][exact] = owner, _below(target.entry, target.path)
            else:
                imports = self._imports[owner.namespace]
                imports.setdefault(target.name, target.entry)
                if exact not in imports:
                    imports[exact] = _below(target.entry, target.path)
        self.visit_target(target, node)

    def _report_nothing(self, package: Package, node: Node, specifier: str) -> None:
        """An import that leads nowhere, or where the package may not go."""
        if self._graph.is_barred(package, specifier):
            owner = self._graph.owner(specifier)
            whose = "the site" if owner is None else owner.distribution
            chain = " > ".join([*self._chain(node), specifier])
            message = f"imports {specifier!r} of {whose}, which this package does not require: {chain}."
            hint = _IGNORE.format(specifier) if owner is None else _REQUIRES.format(owner.namespace)
            self._note("IM240", message, package, node[1], hint, severity="error")
        elif not self._graph.is_excused(package, specifier):
            self._note("IM216", f"imports {specifier!r}, which nothing provides.", package, node[1])

    def _report_elsewhere(self, owner: Package, target: Target, node: Node) -> None:
        """A module of a package that has nothing in these contexts, once."""
        if owner.namespace in self._enabled or target.name in self._elsewhere:
            return
        self._elsewhere.add(target.name)
        chain = " > ".join([*self._chain(node), target.name])
        contexts = ", ".join(map(repr, self._contexts))
        message = f"{target.name!r} is imported in {contexts}, where this package is not enabled: {chain}."
        enable = {context: {"enable": [owner.distribution]} for context in self._contexts}
        hint = f"importmap.configure(contexts={enable!r})"
        self._note("IM215", message, owner, hint=hint)

    def _chain(self, node: Node) -> Iterator[str]:
        """The way from an entry to a file."""
        way: list[str] = []
        source: Node | str = node
        while not isinstance(source, str):
            way.append(source[1])
            source = self._from[source]
        return iter([source, *reversed(way)])

    def _note(
        self,
        code: str,
        message: str,
        package: Package,
        place: str = "",
        hint: str = "",
        *,
        severity: str = "warning",
    ) -> None:
        self.diagnostics.append(
            Diagnostic(code, severity, message, distribution=package.distribution, place=place, hint=hint)
        )


def _below(entry: Entry, path: str | None) -> Entry:
    """The entry of a file that a specifier below `entry` stands for."""
    return entry if path is None else {**entry, "path": path}


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
            from importmap._discovery.python_entries import in_contexts

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
