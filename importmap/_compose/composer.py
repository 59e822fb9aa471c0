"""One import map from the selected entries of all packages.

Law: what an entry means never depends on the contexts asked for, so that
``load(X) | load(Y) == load(X + Y)``. Everything shared between packages is therefore
decided over all packages of the site. So is what a site's own entries may not take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from importmap._base.diagnostics import ConflictError, Diagnostic
from importmap._base.grammar import owns
from importmap._base.suggest import did_you_mean
from importmap._manifest.package import Package
from importmap._map.import_map import ImportMap
from importmap._site.graph import Graph
from importmap._site.ownership import conflict
from importmap._site.selection import Selection, entries_in
from importmap._site.settings import Settings, is_url
from importmap._site.third_party import absent_modules

from .addresses import Addresses, relative_keys
from .depcache import dependencies
from .integrity import ServedIntegrity
from .scopes import Scopes
from .urls import Urls, comparable


def check_site_entries(packages: Sequence[Package], settings: Settings) -> None:
    """The site's own entries take no name that a package owns. :raises ConflictError: if they do."""
    conflicts = [
        Diagnostic(
            "IM203",
            "error",
            f"the site's own entry {name!r} takes a name of this distribution.",
            distribution=package.distribution,
            hint=f"importmap.configure(overrides={{{name!r}: {target!r}}})"
            if name in package.manifest["imports"]
            else "choose a name that no distribution owns",
        )
        for name, target in settings.imports.items()
        for package in packages
        if owns(package.namespace, name.rstrip("/"))
    ]
    conflicts += [
        Diagnostic(
            "IM203",
            "error",
            f"shared: {name!r} is a name of this distribution, whose modules are no copies.",
            distribution=package.distribution,
        )
        for name in settings.shared
        for package in packages
        if owns(package.namespace, name.rstrip("/"))
    ]
    if conflicts:
        raise ConflictError(*conflicts)


def check_urls(packages: Sequence[Package], urls: Urls) -> None:
    """A map has one integrity for each URL: no package gives that of another's file.

    :raises ConflictError: if one does.
    """
    mapped = {
        entry["url"]: package
        for package in packages
        for entry in package.manifest["imports"].values()
        if "url" in entry
    }
    if not mapped:
        return
    owners = {
        comparable(url): (owner, path)
        for owner in packages
        for path in owner.manifest["modules"]
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

    :param packages: all packages of the site, sorted by namespace.
    :param settings: the site's configuration.
    :raises ConflictError: if the site's own entries take names that a package owns, or a
        package decides what another's file must be.
    """

    def __init__(self, packages: Sequence[Package], settings: Settings) -> None:
        self._packages = packages
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
        :param graph: what imports in the code of the packages stand for.
        """
        addresses = Addresses(self._urls, graph.moved)
        diagnostics = addresses.diagnostics
        imports: dict[str, str | None] = {}
        scopes: dict[str, dict[str, str | None]] = {}
        boundaries: dict[str, list[str]] = {}
        scoped: dict[str, dict[str, str | None]] = {}
        for selection in selections:
            package = selection.package
            for specifier, entry in selection.imports.items():
                url = addresses.of_entry(package, specifier, entry)
                if url is not None:
                    imports[specifier] = url
                    imports.update(addresses.moved_below(specifier, entry))
            unserved = [path for path in selection.paths if self._urls.get(path) is None]
            owner = package.distribution
            diagnostics += [self._urls.problems[path].replace(distribution=owner) for path in unserved]
            keys = relative_keys(selection, self._urls, graph.moved, diagnostics)
            names = self._names(selection, contexts, graph, addresses)
            scoped[package.namespace] = {**keys, **names}
            if graph.isolates:
                # Most sites never need it.
                from .isolation import isolated_scopes, not_isolated

                tables = isolated_scopes(selection, self._scopes, graph, names=names, keys=keys)
                scopes.update(tables)
                boundaries.update(dict.fromkeys(tables, sorted(graph.boundary(package))))
                diagnostics += not_isolated(package)
            else:
                for scope, name in self._scoped_names(selection):
                    if name in names:
                        scopes.setdefault(scope, {})[name] = names[name]
            if not graph.isolates or package.provider is not None:
                imports.update(keys)
        for name, copy in graph.shared.copies.items():
            url = addresses.of_file(copy.package, name, copy.path)
            if url is not None:
                imports[name] = url
        for name, target in self._settings.imports.items():
            url = addresses.of_target(target)
            message = f"the site maps a name of its own, {name!r}, to {url or target!r}."
            diagnostics.append(Diagnostic("IM227", "info", message))
            if url is not None:
                imports[name] = url
                imports.update({} if name in self._settings.overrides else addresses.keys_of_target(target))
        self._override(imports, addresses, graph.moved)
        targets = {**self._settings.imports, **self._settings.overrides}
        used = (target for name, target in targets.items() if name in imports)
        own = [target for target in used if target is not None and not is_url(target)]
        integrity = {**addresses.integrity, **self._integrity.of(selections, own, diagnostics)}
        depcache = dependencies(selections, graph, self._urls, imports, scoped)
        composed = ImportMap(imports, scopes, integrity, depcache, contexts=contexts, boundaries=boundaries)
        # What two entries lead to is said once.
        return composed, list(dict.fromkeys(diagnostics))

    def _names(
        self, selection: Selection, contexts: Sequence[str], graph: Graph, addresses: Addresses
    ) -> dict[str, str | None]:
        """What the names lead to that the selected modules of a package find in their scopes."""
        package = selection.package
        addresses.diagnostics += graph.borrowed(package)[1]
        if not graph.is_known(package):
            addresses.diagnostics += absent_modules(
                package,
                self._packages,
                lambda owner: entries_in(owner, contexts, self._settings.contexts),
            )
        names: dict[str, str | None] = {}
        wanted = {name for names in selection.names.values() for name in names}
        for name in sorted(wanted.union(graph.hidden(package) if graph.isolates else ())):
            url = None
            if name not in selection.entries:
                copy = graph.scoped_copy(package, name)
                url = addresses.of_file(copy.package, name, copy.path)
            elif name not in self._settings.overrides:
                owner, entry = selection.entries[name]
                url = addresses.of_entry(owner, name, entry)
            elif (target := self._settings.overrides[name]) is not None:
                url = addresses.of_target(target)
            else:
                names[name] = None
            if url is not None:
                names[name] = url
        return names

    def _scoped_names(self, selection: Selection) -> Iterator[tuple[str, str]]:
        """The scope of each module, and the names that it imports."""
        for path, names in selection.names.items():
            scope = self._scopes.of(selection.package, path)
            if scope is not None:
                yield from ((scope, name) for name in names)

    # The site's own decisions

    def _override(
        self, imports: dict[str, str | None], addresses: Addresses, moved: Mapping[str, str]
    ) -> None:
        if not self._settings.overrides:
            return
        known = {name for package in self._packages for name in package.manifest["imports"]}
        for name, target in self._settings.overrides.items():
            if name not in imports and name not in known and not self._may_have(name):
                message = f"overrides: no package has {name!r}.{did_you_mean(name, sorted(known))}"
                addresses.diagnostics.append(Diagnostic("IM204", "warning", message))
                continue
            # Pages that do not have the name can do without the file.
            place = addresses if name in imports else Addresses(self._urls, moved)
            url = None if target is None else place.of_target(target)
            said = "blocks it" if target is None else f"maps it to {url or target!r}"
            message = f"the site overrides {name!r}: it {said}."
            addresses.diagnostics.append(Diagnostic("IM206", "info", message))
            if name in imports and url is None and target is not None:
                del imports[name]
            elif name in imports:
                imports[name] = url
                imports.update({} if target is None else addresses.keys_of_target(target))

    def _may_have(self, specifier: str) -> bool:
        """Whether a callable may bring a specifier in some context."""
        return any(package.provider and owns(package.namespace, specifier) for package in self._packages)
