"""One import map from the selected entries of all packages.

Law: what an entry means never depends on the contexts asked for, so that
``load(X) | load(Y) == load(X + Y)``. Everything shared between packages is therefore
decided over all packages of the site. So is what a site's own entries may not take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from importmap._base.diagnostics import ConflictError, Diagnostic
from importmap._base.suggest import did_you_mean
from importmap._manifest.package import Package
from importmap._map.import_map import ImportMap
from importmap._site.graph import Graph
from importmap._site.ownership import conflict
from importmap._site.packages import Packages
from importmap._site.selection import Selection, entries_in
from importmap._site.settings import Settings, is_url
from importmap._site.targets import File, Target
from importmap._site.third_party import absent_modules

from .addresses import Addresses
from .collected import outdated
from .depcache import Depcache
from .integrity import ServedIntegrity
from .scopes import Scopes
from .url_keys import UrlKeys
from .urls import Urls, comparable


def check_site_entries(packages: Packages, settings: Settings) -> None:
    """The site's own entries take no name that a package owns. :raises ConflictError: if they do."""
    conflicts = [
        Diagnostic(
            "IM203",
            "error",
            f"the site's own entry {name!r} takes a name of this distribution.",
            distribution=package.distribution,
            hint=f"importmap.configure(overrides={{{name!r}: {target!r}}})"
            if name in package.entries
            else "choose a name that no distribution owns",
        )
        for name, target in settings.imports.items()
        if (package := packages.owner(name)) is not None
    ]
    conflicts += [
        Diagnostic(
            "IM203",
            "error",
            f"shared: {name!r} is a name of this distribution, whose modules are no copies.",
            distribution=package.distribution,
        )
        for name in settings.shared
        if (package := packages.owner(name)) is not None
    ]
    if conflicts:
        raise ConflictError(*conflicts)


def check_urls(packages: Packages, urls: Urls) -> None:
    """A map has one integrity for each URL: no package gives that of another's file.

    :raises ConflictError: if one does.
    """
    mapped = {
        entry["url"]: package for package in packages for entry in package.entries.values() if "url" in entry
    }
    if not mapped:
        return
    owners = {
        comparable(url): (owner, path)
        for owner in packages
        for path in owner.modules
        if (url := urls.get(path)) is not None
    }
    conflicts = [
        conflict(
            "IM202",
            owned[0],
            package,
            f"{package.distribution} maps to {url!r}, which is the URL of {owned[1]!r} here.",
        )
        for url, package in mapped.items()
        if (owned := owners.get(comparable(url))) is not None and owned[0] is not package
    ]
    if conflicts:
        raise ConflictError(*conflicts)


class Composer:
    """Composes maps for one set of installed packages.

    :param packages: all packages of the site.
    :param settings: the site's configuration.
    :raises ConflictError: if the site's own entries take names that a package owns, or a
        package decides what another's file must be.
    """

    def __init__(self, packages: Packages, settings: Settings) -> None:
        self._settings = settings
        self._urls = Urls(settings.static)
        self._integrity = ServedIntegrity(settings, self._urls)
        self._scopes = Scopes(packages, self._urls)
        check_site_entries(packages, settings)
        check_urls(packages, self._urls)

    def compose(
        self, selections: Sequence[Selection], contexts: Sequence[str], graph: Graph
    ) -> tuple[ImportMap, list[Diagnostic]]:
        """The map of some selections, and what was found on the way.

        :param contexts: the contexts that the selections were made for, a label.
        :param graph: where imports in the code of the packages lead.
        """
        draft = _Draft(graph, contexts, self._urls, self._scopes)
        for selection in selections:
            draft.add(selection)
        draft.add_decisions()
        targets = {**self._settings.imports, **self._settings.overrides}
        used = (target for name, target in targets.items() if name in draft.imports)
        own = [target for target in used if target is not None and not is_url(target)]
        integrity = {
            **draft.addresses.integrity,
            **self._integrity.of(selections, own, draft.diagnostics),
        }
        composed = ImportMap(
            draft.imports,
            draft.scopes,
            integrity,
            draft.depcache(selections),
            contexts=contexts,
            boundaries=draft.boundaries,
        )
        draft.diagnostics += outdated(selections, self._settings.static, self._urls)
        # What two entries lead to is said once.
        return composed, list(dict.fromkeys(draft.diagnostics))


class _Draft:
    """The sections of one map while they grow.

    :param graph: where names lead.
    :param contexts: the contexts of the map.
    :param urls: the final URLs.
    :param scopes: which scope each module is in.
    """

    def __init__(self, graph: Graph, contexts: Sequence[str], urls: Urls, scopes: Scopes) -> None:
        self._graph = graph
        self._contexts = contexts
        self._urls = urls
        self._scopes = scopes
        self._url_keys = UrlKeys(graph, urls)
        #: The URL keys of each package, by namespace.
        self._keys: dict[str, dict[str, str | None]] = {}
        self.addresses = Addresses(graph, urls)
        self.diagnostics = self.addresses.diagnostics
        self.imports: dict[str, str | None] = {}
        self.scopes: dict[str, dict[str, str | None]] = {}
        self.boundaries: dict[str, list[str]] = {}

    def add(self, selection: Selection) -> None:
        """Add the selected part of a package: its entries, its URL keys, and its scopes."""
        package, graph = selection.package, self._graph
        for specifier in selection.imports:
            target = graph.outside(specifier)
            self._map(target)
            self.imports.update(self.addresses.below(target))
            for overridden in graph.overridden_below(package, specifier):
                self._map(overridden)
        unserved = [file.path for file in selection.files if self._urls.get(file.path) is None]
        owner = package.distribution
        self.diagnostics += [self._urls.problems[path].replace(distribution=owner) for path in unserved]
        keys = self._keys[package.namespace] = self._url_keys.of(selection, self.diagnostics)
        wanted = {file: graph.scope_names(file) for file in selection.files}
        names = self._names(package, wanted.values())
        if graph.isolates:
            # Most sites never need it.
            from .isolation import isolated_scopes, not_isolated

            tables = isolated_scopes(
                selection, self._scopes, graph, self._url_keys, wanted=wanted, names=names, keys=keys
            )
            self.scopes.update(tables)
            self.boundaries.update(dict.fromkeys(tables, sorted(graph.boundary(package))))
            self.diagnostics += not_isolated(package)
        elif names:
            self._add_scopes(wanted, names)
        if not graph.isolates or package.provider is not None:
            self.imports.update(keys)

    def add_decisions(self) -> None:
        """Add the site's own entries, the modules that it shares, and its word on all that it overrides."""
        own = self._graph.settings.imports
        for target in self._graph.roots():
            if target.key in own:
                address = self.addresses.of(self._graph.declared(target.key)) or own[target.key]
                message = f"the site maps a name of its own, {target.key!r}, to {address!r}."
                self.diagnostics.append(Diagnostic("IM227", "info", message))
            self._map(target)
        for name, decided in self._graph.settings.overrides.items():
            self._report_override(name, decided)

    def depcache(self, selections: Sequence[Selection]) -> dict[str, list[str]]:
        """The URL of each selected file, and the URLs of what it imports statically."""
        depcache = Depcache(self._graph, self._urls, self.addresses, imports=self.imports, keys=self._keys)
        return depcache.of(file for selection in selections for file in selection.files)

    def _map(self, target: Target) -> None:
        """Map a name in `imports`, if it has an address or is blocked."""
        url = self.addresses.of(target)
        if url is not None or target.is_blocked:
            self.imports[target.name] = url
            self.imports.update(self._url_keys.of_target(target))

    def _names(self, package: Package, wanted: Iterable[Iterable[str]]) -> dict[str, str | None]:
        """Where the names lead that the selected modules of a package find in their scopes.

        :param wanted: the names that the scope of each module needs.
        """
        graph = self._graph
        self.diagnostics += graph.borrowed(package)[1]
        if not graph.packages.says_imports(package):
            contexts, site = self._contexts, graph.settings.contexts
            self.diagnostics += absent_modules(
                package, graph.packages, lambda owner: entries_in(owner, contexts, site)
            )
        names: dict[str, str | None] = {}
        hidden = graph.hidden(package) if graph.isolates else ()
        for name in sorted({*hidden, *chain.from_iterable(wanted)}):
            target = graph.target(package, name)
            url = self.addresses.of(target)
            if url is not None or target.is_blocked:
                names[name] = url
        return names

    def _add_scopes(self, wanted: Mapping[File, Iterable[str]], names: Mapping[str, str | None]) -> None:
        """Add the scope of each module, with the names that it imports."""
        for file, own in wanted.items():
            scope = self._scopes.of(file)
            table = {name: names[name] for name in own if name in names}
            if scope is not None and table:
                self.scopes.setdefault(scope, {}).update(table)

    def _report_override(self, name: str, address: str | None) -> None:
        """Say where an override leads a name, or that there is no such name."""
        graph = self._graph
        if graph.outside(name).leads_nowhere and not self._may_have(name):
            known = sorted({each for package in graph.packages for each in package.entries})
            message = f"overrides: no package has {name!r}.{did_you_mean(name, known)}"
            self.diagnostics.append(Diagnostic("IM204", "warning", message))
            return
        url = None
        if address is not None:
            # Pages that do not have the name can do without the file.
            addresses = self.addresses if name in self.imports else Addresses(graph, self._urls)
            url = addresses.of(graph.decision(name))
        done = "blocks it" if address is None else f"maps it to {url or address!r}"
        self.diagnostics.append(Diagnostic("IM206", "info", f"the site overrides {name!r}: it {done}."))

    def _may_have(self, specifier: str) -> bool:
        """Whether a callable may bring a specifier in some context."""
        owner = self._graph.packages.owner(specifier)
        return owner is not None and owner.provider is not None
