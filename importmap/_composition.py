"""One import map from the selected entries of all packages.

Law: what an entry means never depends on the contexts asked for, so that
``load(X) | load(Y) == load(X + Y)``. Everything shared between packages is therefore
decided over all packages of the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from ._diagnostics import Diagnostic, did_you_mean
from ._errors import ConflictError
from ._grammar import owns
from ._map import ImportMap
from ._ownership import conflict
from ._package import Package
from ._selection import Selection, entries_in
from ._settings import Settings, is_url
from ._third_party import Copy, own_copies, required_copies
from ._urls import Urls, comparable, directory, encode

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
        self._users: dict[str, set[str]] = {}
        for package in packages:
            for top in {path.partition("/")[0] for path in package.manifest["modules"]}:
                self._users.setdefault(top, set()).add(package.distribution)
        self._check_site_entries()
        self._check_urls()

    def compose(
        self, selections: Iterable[Selection], contexts: Sequence[str]
    ) -> tuple[ImportMap, list[Diagnostic]]:
        """The map of some selections, and what was found on the way.

        :param contexts: the contexts that the selections were made for, a label.
        """
        imports: dict[str, str | None] = {}
        integrity: dict[str, str] = {}
        scopes: dict[str, dict[str, str | None]] = {}
        diagnostics: list[Diagnostic] = []
        for selection in selections:
            for specifier, entry in selection.imports.items():
                url = self._address(selection, specifier, entry, diagnostics)
                if url is not None:
                    imports[specifier] = url
                    if "url" in entry:
                        integrity[url] = entry["integrity"]
            paths = list(_paths(selection))
            imports.update(self._relative_keys(paths))
            names = self._names(selection, contexts, diagnostics)
            for scope, taken in self._scopes(selection, paths) if names else ():
                free = {name: url for name, url in names.items() if name not in taken}
                scopes.setdefault(scope, {}).update(free)
        for name, target in self._settings.imports.items():
            url = self._target(target, diagnostics)
            if url is not None:
                imports[name] = url
                imports.update(self._relative_keys([] if is_url(target) else [target]))
        self._override(imports, diagnostics)
        return ImportMap(imports, scopes, integrity, contexts=contexts), diagnostics

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

    def _relative_keys(self, paths: Iterable[str]) -> dict[str, str | None]:
        """URL keys that lead relative imports of plain file names to final URLs.

        Only for URLs that keep the folders of the public path: there a key belongs to
        one file of one package.
        """
        keys: dict[str, str | None] = {}
        for path in paths:
            url = self._urls.get(path)
            if url is not None and not url.endswith(path) and self._urls.folder(path) is not None:
                plain = directory(url) + encode(path[path.rfind("/") + 1 :])
                if plain != url:
                    keys[plain] = url
        return keys

    # Scopes

    def _names(
        self, selection: Selection, contexts: Sequence[str], diagnostics: list[Diagnostic]
    ) -> dict[str, str | None]:
        """The private and third-party specifiers of a package."""
        manifest = selection.package.manifest
        names: dict[str, str | None] = {}
        if not (manifest["private"] or manifest["vendored"] or manifest["requires"]):
            return names
        for specifier, entry in manifest["private"].items():
            names[specifier] = self._address(selection, specifier, entry, diagnostics)
        provided = list(self._settings.imports)
        copies, found = required_copies(
            selection.package,
            self._packages,
            provided,
            lambda owner: entries_in(owner, contexts, self._settings.contexts),
        )
        diagnostics += found
        for specifier, copy in {**own_copies(selection.package), **copies}.items():
            names[specifier] = self._copy(copy, specifier, diagnostics)
        return {specifier: url for specifier, url in names.items() if url is not None}

    def _copy(self, copy: Copy, specifier: str, diagnostics: list[Diagnostic]) -> str | None:
        return self._address(Selection(copy.package, {}), specifier, {"path": copy.path}, diagnostics)

    def _scopes(self, selection: Selection, paths: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
        """The scopes that are a package's own: its folder's URL prefix, else its modules' URLs.

        A prefix only if the package alone uses the top folder and all its URLs keep it.

        :returns: each scope, and the names that another package has taken in it.
        """
        prefixes: dict[str, set[str | None]] = {}
        for path in selection.package.manifest["modules"]:
            if self._urls.get(path) is not None:
                prefixes.setdefault(path.partition("/")[0], set()).add(self._urls.folder(path))
        for path in paths:
            top = path.partition("/")[0]
            url = self._urls.get(path)
            if url is not None:
                [prefix, *others] = prefixes[top]
                # Nobody knows all the files of a callable: another context may bring more.
                alone = selection.package.provider is None and len(self._users[top]) == 1
                if prefix is not None and alone and not others:
                    yield prefix, set()
                else:
                    yield url, self._taken(selection.package, path)

    def _taken(self, package: Package, path: str) -> set[str]:
        """The names that packages before this one map for a file that they ship as well."""
        before = takewhile(lambda other: other.namespace != package.namespace, self._packages)
        same = [other.manifest for other in before if path in other.manifest["modules"]]
        return {
            name
            for manifest in same
            for section in ("private", "vendored", "requires")
            for name in manifest[section]
        }

    # The site's own decisions

    def _check_site_entries(self) -> None:
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
            for name, target in self._settings.imports.items()
            for package in self._packages
            if owns(package.namespace, name.rstrip("/"))
        ]
        if conflicts:
            raise ConflictError(*conflicts)

    def _check_urls(self) -> None:
        """A map has one integrity for each URL: a package may not give that of another's file."""
        urls = {
            entry["url"]: package
            for package in self._packages
            for entry in package.manifest["imports"].values()
            if "url" in entry
        }
        if not urls:
            return
        owners = {
            comparable(url): (owner, path)
            for owner in self._packages
            for path in owner.manifest["modules"]
            if (url := self._urls.get(path)) is not None
        }
        conflicts = [
            conflict(
                "IM202",
                owned[0],
                package,
                f"{package.distribution} maps to {url!r}, which is the URL of {owned[1]!r} here.",
            )
            for url, package in urls.items()
            if (owned := owners.get(comparable(url))) is not None and owned[0] is not package
        ]
        if conflicts:
            raise ConflictError(*conflicts)

    def _target(self, target: str, diagnostics: list[Diagnostic]) -> str | None:
        if is_url(target):
            return encode(target)
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
                imports.update(self._relative_keys([] if target is None or is_url(target) else [target]))
                said = "blocks it" if url is None else f"maps it to {url!r}"
                diagnostics.append(Diagnostic("IM206", "info", f"the site overrides {name!r}: it {said}."))

    def _may_have(self, specifier: str) -> bool:
        """Whether a callable may bring a specifier in some context."""
        return any(package.provider and owns(package.namespace, specifier) for package in self._packages)


def _paths(selection: Selection) -> Iterator[str]:
    """The files of the selected entries, and of what only the package's own modules may import."""
    manifest = selection.package.manifest
    entries = [*selection.imports.values(), *manifest["private"].values(), *manifest["vendored"].values()]
    for path in dict.fromkeys(entry["path"] for entry in entries if "path" in entry):
        if path.endswith("/"):
            yield from (name for name in manifest["modules"] if name.startswith(path))
        else:
            yield path
