"""One import map from the selected entries of all packages.

Law: what an entry means never depends on the contexts asked for, so that
``load(X) | load(Y) == load(X + Y)``. Everything shared between packages is therefore
decided over all packages of the site.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ._dependencies import dependencies
from ._diagnostics import Diagnostic, did_you_mean
from ._grammar import owns
from ._graph import Graph
from ._integrity import ServedIntegrity
from ._map import ImportMap
from ._package import Package
from ._selection import Selection, entries_in
from ._settings import Settings, is_url
from ._site_conflicts import check_site_entries, check_urls
from ._third_party import Copy, absent_modules
from ._url_keys import plain_key, relative_keys
from ._urls import Urls, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._manifest import Entry


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
        self._moved: Mapping[str, str] = {}
        self._users: dict[str, set[str]] = {}
        for package in packages:
            for top in {path.partition("/")[0] for path in package.manifest["modules"]}:
                self._users.setdefault(top, set()).add(package.distribution)
        check_site_entries(packages, settings)
        check_urls(packages, self._urls)

    def compose(
        self, selections: Sequence[Selection], contexts: Sequence[str], graph: Graph
    ) -> tuple[ImportMap, list[Diagnostic]]:
        """The map of some selections, and what was found on the way.

        :param contexts: the contexts that the selections were made for, a label.
        :param graph: what imports in the code of the packages stand for.
        """
        self._moved = graph.moved
        imports: dict[str, str | None] = {}
        integrity: dict[str, str] = {}
        scopes: dict[str, dict[str, str | None]] = {}
        diagnostics: list[Diagnostic] = []
        scoped: dict[str, dict[str, str | None]] = {}
        for selection in selections:
            owner = selection.package.distribution
            for specifier, entry in selection.imports.items():
                url = self._address(selection, specifier, entry, diagnostics)
                if url is not None:
                    imports[specifier] = url
                    imports.update(self._moved_below(specifier, entry))
                    if "url" in entry:
                        integrity[url] = entry["integrity"]
            unserved = [path for path in selection.paths if self._urls.get(path) is None]
            diagnostics += [self._urls.problems[path].replace(distribution=owner) for path in unserved]
            imports.update(relative_keys(selection, self._urls, self._moved, diagnostics))
            names = scoped[selection.package.namespace] = self._names(selection, contexts, graph, diagnostics)
            for scope, path in self._scopes(selection):
                for name in selection.names[path]:
                    if name in names:
                        scopes.setdefault(scope, {})[name] = names[name]
        for name, copy in graph.shared.copies.items():
            url = self._copy(copy, name, diagnostics)
            if url is not None:
                imports[name] = url
        for name, target in self._settings.imports.items():
            url = self._target(target, diagnostics)
            if url is not None:
                imports[name] = url
                imports.update({} if name in self._settings.overrides else self._own_keys(target))
        self._override(imports, diagnostics)
        targets = {**self._settings.imports, **self._settings.overrides}
        used = (target for name, target in targets.items() if name in imports)
        own = [target for target in used if target is not None and not is_url(target)]
        integrity.update(self._integrity.of(selections, own, diagnostics))
        depcache = dependencies(selections, graph, self._urls, imports, scoped)
        composed = ImportMap(imports, scopes, integrity, depcache, contexts=contexts)
        # What two entries lead to is said once.
        return composed, list(dict.fromkeys(diagnostics))

    # Addresses

    def _address(
        self, selection: Selection, specifier: str, entry: Entry, diagnostics: list[Diagnostic]
    ) -> str | None:
        """Where a specifier of a package leads; None, and a diagnostic, if nowhere."""
        if "url" in entry:
            return entry["url"]
        path = entry["path"]
        if path.endswith("/"):
            return self._prefix(selection, specifier, path, diagnostics)
        path = self._moved.get(path, path)
        url = self._urls.get(path)
        if url is None:
            owner = selection.package.distribution
            diagnostics.append(self._urls.problems[path].replace(distribution=owner))
        return url

    def _prefix(
        self, selection: Selection, specifier: str, path: str, diagnostics: list[Diagnostic]
    ) -> str | None:
        """The address of a prefix specifier: what the URLs of all files below it begin with."""
        tops = {
            self._urls.folder(name)
            for name in selection.package.manifest["modules"]
            if name.startswith(path) and self._urls.get(name) is not None
        }
        if len(tops) == 1 and (top := tops.pop()) is not None:
            return top + encode(path[path.index("/") + 1 :])
        message = f"the files of {specifier!r} have no common URL; the prefix is left out, its files stay."
        diagnostics.append(
            Diagnostic("IM209", "warning", message, distribution=selection.package.distribution)
        )
        return None

    def _moved_below(self, prefix: str, entry: Entry) -> dict[str, str | None]:
        """Names for the files below a prefix in whose place an equal one is loaded."""
        start = entry.get("path", "")
        if not start.endswith("/"):
            return {}
        moved = (path for path in self._moved if path.startswith(start))
        return {prefix + path[len(start) :]: self._urls.get(self._moved[path]) for path in moved}

    # Scopes

    def _names(
        self, selection: Selection, contexts: Sequence[str], graph: Graph, diagnostics: list[Diagnostic]
    ) -> dict[str, str | None]:
        """The private and third-party specifiers that the selected modules of a package import."""
        package = selection.package
        diagnostics += graph.borrowed(package)[1]
        if not graph.is_known(package):
            diagnostics += absent_modules(
                package,
                self._packages,
                lambda owner: entries_in(owner, contexts, self._settings.contexts),
            )
        wanted = sorted({name for names in selection.names.values() for name in names})
        copies = {name: graph.scoped_copy(package, name) for name in wanted}
        urls = {name: self._copy(copy, name, diagnostics) for name, copy in copies.items()}
        return {name: url for name, url in urls.items() if url is not None}

    def _copy(self, copy: Copy, specifier: str, diagnostics: list[Diagnostic]) -> str | None:
        return self._address(Selection(copy.package, {}), specifier, {"path": copy.path}, diagnostics)

    def _scopes(self, selection: Selection) -> Iterator[tuple[str, str]]:
        """The scope of each module: its folder's URL prefix, else its own URL.

        A prefix only if the package alone uses the top folder and all its URLs keep it.

        :returns: each scope, and the module that it is for.
        """
        prefixes: dict[str, set[str | None]] = {}
        for path in selection.package.manifest["modules"]:
            if self._urls.get(path) is not None:
                prefixes.setdefault(path.partition("/")[0], set()).add(self._urls.folder(path))
        for path in selection.names:
            top = path.partition("/")[0]
            url = self._urls.get(path)
            if url is not None:
                [prefix, *others] = prefixes[top]
                # Nobody knows all the files of a callable: another context may bring more.
                alone = selection.package.provider is None and len(self._users[top]) == 1
                yield prefix if prefix is not None and alone and not others else url, path

    # The site's own decisions

    def _own_keys(self, target: str) -> dict[str, str | None]:
        """The URL key of a file that the site itself maps to."""
        return {} if is_url(target) else plain_key(target, self._urls, self._moved)

    def _target(self, target: str, diagnostics: list[Diagnostic]) -> str | None:
        if is_url(target):
            return encode(target)
        target = self._moved.get(target, target)
        url = self._urls.get(target)
        if url is None:
            diagnostics.append(self._urls.problems[target])
        return url

    def _override(self, imports: dict[str, str | None], diagnostics: list[Diagnostic]) -> None:
        if not self._settings.overrides:
            return
        known = {name for package in self._packages for name in package.manifest["imports"]}
        for name, target in self._settings.overrides.items():
            if name not in imports and name not in known and not self._may_have(name):
                message = f"overrides: no package has {name!r}.{did_you_mean(name, sorted(known))}"
                diagnostics.append(Diagnostic("IM204", "warning", message))
            elif name in imports:
                url = None if target is None else self._target(target, diagnostics)
                if url is None and target is not None:
                    del imports[name]
                    continue
                imports[name] = url
                imports.update({} if target is None else self._own_keys(target))
                said = "blocks it" if url is None else f"maps it to {url!r}"
                diagnostics.append(Diagnostic("IM206", "info", f"the site overrides {name!r}: it {said}."))

    def _may_have(self, specifier: str) -> bool:
        """Whether a callable may bring a specifier in some context."""
        return any(package.provider and owns(package.namespace, specifier) for package in self._packages)
