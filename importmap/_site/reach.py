"""The files that the pages of some contexts can load, and by which imports: one walk over the graph."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from importmap._base.diagnostics import Diagnostic
from importmap._manifest.package import Package

from .equal_copies import united
from .graph import Graph
from .ownership import check_ownership
from .packages import Packages
from .selection import Selection, check_contexts, select
from .targets import File, Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._manifest.document import Entry

#: How many steps all ways to a module have together at most: in a chain they add up to a square.
_STEPS = 10_000

#: How much of a long chain a message shows, at each end.
_ENDS = 20
#: What an author writes to be let in, of a package and of the site.
_REQUIRES = '[tool.importmap.requires]\n"{}" = "*"'
_IGNORE = '[tool.importmap]\nignore = ["{}"]'


class Reached:
    """A site, as the pages of some contexts see it.

    :param graph: the graph of the site.
    :param contexts: the contexts, united.
    :param modules: the only specifiers to begin with; None for all of the contexts.
    :raises UnknownContextError: for a context that no package and no configuration knows.
    :raises MissingModuleError: for one of `modules` that the contexts do not have.
    """

    def __init__(self, graph: Graph, contexts: Sequence[str], modules: Sequence[str] | None = None) -> None:
        settings = graph.settings
        check_contexts(graph.packages, contexts, settings.contexts)
        self.diagnostics: list[Diagnostic] = []
        self.contexts = sorted(set(contexts))
        self.settings = settings
        self.graph = _in_contexts(graph, contexts, self.diagnostics)
        self.packages = self.graph.packages
        selected = select(self.packages, contexts, None, settings.contexts)
        enabled = {selection.package.namespace for selection in selected}
        if modules is not None:
            # The site's own entries, and what it shares, are in every map.
            always = {*settings.imports, *self.graph.shared.copies}
            modules = [name for name in modules if name not in always]
            selected = select(self.packages, contexts, modules, settings.contexts)
        self._selected = selected
        walk = reach(self.graph, selected, self.contexts, enabled)
        self._sources = walk.sources
        #: Everything that can be loaded, by package.
        self.selections = walk.selections()
        self.diagnostics += walk.diagnostics

    def entries(self) -> list[tuple[str, File]]:
        """Return the entries of the contexts, each with every file that it leads to."""
        targets = [
            self.graph.outside(specifier) for selection in self._selected for specifier in selection.imports
        ]
        return [(target.key, file) for target in (*targets, *self.graph.roots()) for file in target.files]

    def importers(self, is_wanted: Callable[[str, Target], bool]) -> list[list[str]]:
        """Return the shortest way to each import of something.

        :param is_wanted: decides by an import as it is written, and by where it leads.
        :returns: the specifier of an entry, the public paths from there, and the import as it is written.
            The ways with the fewest steps come first. If all ways together have too many steps to be read,
            the last ones are left out.
        """
        imports = {
            (file, specifier): None
            for file in self._sources
            for specifier, _, target in self.graph.imports(file)
            if is_wanted(specifier, target)
        }
        ways: list[list[str]] = []
        left = _STEPS
        for file, specifier in imports:
            ways.append([*_chain(self._sources, file), specifier])
            left -= len(ways[-1])
            if left < 0:
                break
        return ways


def _in_contexts(graph: Graph, contexts: Sequence[str], diagnostics: list[Diagnostic]) -> Graph:
    """Return a graph that has the entries of some contexts, where callables decide about entries.

    :raises ConflictError: if two distributions claim the same names or paths.
    """
    if not any(package.provider for package in graph.packages):
        return graph
    from importmap._discovery.python_entries import in_contexts

    packages = Packages(in_contexts(package, contexts, diagnostics) for package in graph.packages)
    check_ownership(packages)
    plain = Graph(packages, graph.settings)
    return united(plain) if graph.is_united else plain


def _chain(sources: dict[File, File | str], file: File) -> list[str]:
    """Return the way from an entry to a file: the entry's specifier, and public paths."""
    way: list[str] = []
    source: File | str = file
    while not isinstance(source, str):
        way.append(source.path)
        source = sources[source]
    return [source, *reversed(way)]


def _shown(chain: Sequence[str]) -> str:
    """Return a chain for a message; of a long one its two ends."""
    more = len(chain) - 2 * _ENDS
    if more > 1:
        chain = [*chain[:_ENDS], f"… {more} more …", *chain[-_ENDS:]]
    return " > ".join(chain)


def reach(
    graph: Graph, selections: Iterable[Selection], contexts: Sequence[str], enabled: Container[str]
) -> _Walk:
    """Follow all imports from some entries.

    :param graph: the graph of the site.
    :param selections: the entries to begin with.
    :param contexts: the contexts, for messages.
    :param enabled: the namespaces of the packages that have entries in the contexts.
    """
    walk = _Walk(graph, contexts, enabled)
    walk.run(selections)
    return walk


class _Walk:
    """Everything that modules import, statically or dynamically, breadth first.

    The site's own entries are in every map, and so is all that they import.

    The parameters are those of `reach`.
    """

    def __init__(self, graph: Graph, contexts: Sequence[str], enabled: Container[str]) -> None:
        self._graph = graph
        self._contexts = contexts
        self._enabled = enabled
        #: Each file that is reached, and from where: another file, or the specifier of an entry.
        self.sources: dict[File, File | str] = {}
        #: Imports that lead nowhere, to what only other contexts have, or where the importer may not go.
        self.diagnostics: list[Diagnostic] = []
        #: The public entries that are reached, by namespace and specifier.
        self._entries: dict[str, dict[str, Entry]] = {}
        self._queue: list[File] = []
        #: The targets that have been reported to come from a package that is not enabled.
        self._elsewhere: set[str] = set()

    def run(self, selections: Iterable[Selection]) -> None:
        """Begin with some entries, and with those of the site, and follow all imports."""
        for selection in selections:
            self._touch(selection.package)
            for specifier, entry in selection.imports.items():
                self._entries[selection.package.namespace][specifier] = entry
                self._visit(self._graph.outside(specifier), specifier)
                self._visit_overridden(selection.package, specifier)
        for target in self._graph.roots():
            self._visit(target, target.key)
        self._follow_all()

    def selections(self) -> list[Selection]:
        """Return all that was reached, by package."""
        files: dict[str, list[File]] = {namespace: [] for namespace in self._entries}
        for file in self.sources:
            files[file.package.namespace].append(file)
        return [
            Selection(package, self._entries[package.namespace], sorted(files[package.namespace], key=_path))
            for package in self._graph.packages
            if package.namespace in files
        ]

    def _follow_all(self) -> None:
        # Many modules have the same imports, and each file is visited once.
        followed: set[Target] = set()
        for file in self._queue:
            for specifier, _, target in self._graph.imports(file):
                if target in followed:
                    continue
                if target.leads_nowhere:
                    self._report_nothing(file, specifier, target)
                    continue
                followed.add(target)
                owner = None if target.entry is None else self._graph.packages.owner(target.name)
                if target.entry is not None and owner is not None:
                    self._take_in(file, target, target.entry, owner)
                self._visit(target, file)

    def _visit(self, target: Target, source: File | str) -> None:
        for file in target.files:
            if file not in self.sources:
                self._touch(file.package)
                self.sources[file] = source
                self._queue.append(file)

    def _visit_overridden(self, owner: Package, specifier: str) -> None:
        """Note that all is reached to which the site leads the names below a prefix."""
        for target in self._graph.overridden_below(owner, specifier):
            self._visit(target, target.key)

    def _touch(self, package: Package) -> None:
        if package.namespace in self._entries:
            return
        self._entries[package.namespace] = {}
        if not self._graph.packages.says_imports(package):
            # Nobody knows what its modules import: whatever they may.
            for name in self._graph.scoped(package):
                self._visit(self._graph.target(package, name), name)

    def _take_in(self, file: File, target: Target, entry: Entry, owner: Package) -> None:
        """Take in the public entry that an import leads to; the contexts need not have it."""
        self._touch(owner)
        self._report_elsewhere(file, target, owner)
        if not self._graph.isolates:
            entries = self._entries[owner.namespace]
            for name in target.names:
                below: Entry = entry if name == target.key else {**entry, "path": target.path or ""}
                entries.setdefault(name, below)
            self._visit_overridden(owner, target.key)

    def _report_nothing(self, file: File, specifier: str, target: Target) -> None:
        """Report an import that leads nowhere, or where the package may not go."""
        package = file.package
        if target.rule == "barred":
            owner = self._graph.packages.owner(specifier)
            whose = "the site" if owner is None else owner.distribution
            chain = _shown([*_chain(self.sources, file), specifier])
            message = f"imports {specifier!r} of {whose}, which this package does not require: {chain}."
            hint = _IGNORE.format(specifier) if owner is None else _REQUIRES.format(owner.namespace)
            self._note("IM240", message, package, file.path, hint, severity="error")
        elif not self._graph.is_excused(package, specifier):
            self._note("IM216", f"imports {specifier!r}, which nothing provides.", package, file.path)

    def _report_elsewhere(self, file: File, target: Target, owner: Package) -> None:
        """Report a module of a package that has nothing in these contexts, once."""
        if owner.namespace in self._enabled or target.key in self._elsewhere:
            return
        self._elsewhere.add(target.key)
        chain = _shown([*_chain(self.sources, file), target.key])
        contexts = ", ".join(map(repr, self._contexts))
        message = f"{target.key!r} is imported in {contexts}, where this package is not enabled: {chain}."
        enable = {context: {"enable": [owner.distribution]} for context in self._contexts}
        hint = f"importmap.configure(contexts={enable!r})"
        self._note("IM215", message, owner, hint=hint)

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


def _path(file: File) -> str:
    return file.path
