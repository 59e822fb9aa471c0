"""The graph of a site: where each import of each file leads. Nothing else follows an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import Below, join, match, owns
from importmap._manifest.package import Package

from .packages import Copy, Packages
from .settings import Settings, is_url
from .targets import File, Target
from .third_party import Shared, required_copies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from importmap._manifest.document import Entry

    from .targets import Rule

    #: One import of a file: as it is written, whether it is static, and where it leads.
    Import: TypeAlias = tuple[str, bool, Target]

_NOTHING = Target("nothing")


class Graph:
    """The targets of all imports in a site's packages, the same in all contexts.

    :param packages: all packages of the site.
    :param settings: the site's configuration.
    :param equal: the files that an equal copy replaces, each with that copy. None makes a graph in
        which each package has its own files.
    :param shared: the modules that the site shares, if these are not those that it has configured.
    """

    def __init__(
        self,
        packages: Packages,
        settings: Settings,
        equal: Mapping[File, File] | None = None,
        *,
        shared: Shared | None = None,
    ) -> None:
        self.packages = packages
        self.settings = settings
        self.is_united = equal is not None
        self.equal = equal or {}
        #: Whether a package's modules get only what the package has and requires.
        self.isolates = settings.isolate
        #: The third-party modules that the site shares; they are in every map.
        self.shared = shared or Shared(packages, settings.shared)
        self._borrowed: dict[str, tuple[dict[str, Copy], list[Diagnostic]]] = {}
        self._scoped: dict[str, dict[str, Copy]] = {}
        self._boundaries: dict[str, frozenset[str]] = {}
        self._ignored: dict[str, Below] = {}
        self._missed: dict[str, Below] = {}
        self._imports: dict[File, list[Import]] = {}
        #: Where names lead in the code of each package, and in page scripts.
        self._inside: dict[str, dict[str, Target]] = {package.namespace: {} for package in packages}
        self._outside: dict[str, Target] = {}
        #: Where relative imports lead, by the public path that they ask for.
        self._relative: dict[str, Target] = {**packages.by_path}
        for file, copy in self.equal.items():
            self._relative[file.path] = Target("relative", path=file.path, files=(copy,))

    # Imports

    def imports(self, file: File) -> list[Import]:
        """Return the imports of a file: the static ones, then the dynamic ones, as the manifest has them."""
        imports = self._imports.get(file)
        if imports is None:
            module, package, path = file.module, file.package, file.path
            folder = path[: path.rfind("/") + 1]
            inside, relative = self._inside[package.namespace], self._relative
            imports = self._imports[file] = []
            static, dynamic = module.get("imports", ()), module.get("dynamic", ())
            for number, specifier in enumerate(chain(static, dynamic)):
                if specifier[0] == ".":
                    # Most imports lead to a file beside this one, where nothing has to be joined.
                    target = relative.get(folder + specifier[2:]) or self.at(join(path, specifier) or "")
                else:
                    target = inside.get(specifier) or self.target(package, specifier)
                imports.append((specifier, number < len(static), target))
        return imports

    def target(self, package: Package, specifier: str) -> Target:
        """Return where a bare specifier in the code of a package leads.

        The order is that of browsers: the scope of the package, then `imports`. An isolated package
        is barred from all that is neither its own nor required.
        """
        inside = self._inside[package.namespace]
        target = inside.get(specifier)
        if target is None:
            scoped = self.scoped(package)
            key = match(specifier, scoped)
            if key is not None:
                target = self._at("scope", key, specifier, scoped[key].package, scoped[key].path)
            else:
                target = self.outside(specifier)
                if self.isolates and not target.leads_nowhere and not self._may_have(package, specifier):
                    target = Target("barred", specifier, specifier)
            inside[specifier] = target
        return target

    def outside(self, specifier: str) -> Target:
        """Return where a bare specifier leads by `imports`: in page scripts, and outside of all scopes."""
        target = self._outside.get(specifier)
        if target is None:
            target = self._outside[specifier] = self._in_imports(specifier, self.settings.overrides)
        return target

    def at(self, path: str) -> Target:
        """Return where relative imports lead that ask for a public path.

        Checked manifests have such imports of their own files only. Others lead nowhere.
        """
        return self._relative.get(path, _NOTHING)

    def files(self, package: Package, path: str) -> Sequence[File]:
        """Return the files that are loaded for a file or folder of a package."""
        files = self.packages.files(package, path)
        return [self.equal.get(file, file) for file in files] if self.equal else files

    # What stands in `imports`

    def decision(self, name: str) -> Target:
        """Return where the site leads one of its own entries, or a name that it overrides."""
        return self._site(name, name, self.settings.overrides)

    def declared(self, name: str) -> Target:
        """Return where a name would lead by `imports` if the site overrode none."""
        return self._in_imports(name, {})

    def roots(self) -> list[Target]:
        """Return where the site's own entries and its shared modules lead; they are in every map."""
        return [*map(self.decision, self.settings.imports), *map(self.outside, self.shared.copies)]

    def _in_imports(self, specifier: str, overrides: Mapping[str, str | None]) -> Target:
        owner, settings = self.packages.owner(specifier), self.settings
        entries: Mapping[str, Entry] = {} if owner is None else owner.entries
        key = match(specifier, entries)
        if owner is not None and key is not None:
            return self._below_entry(owner, key, specifier, overrides)
        if (key := match(specifier, settings.imports)) is not None:
            return self._site(key, specifier, overrides)
        if (key := match(specifier, self.shared.copies)) is None:
            return _NOTHING
        if key in overrides:
            return self._site(key, specifier, overrides)
        copy = self.shared.copies[key]
        return self._at("shared", key, specifier, copy.package, copy.path)

    def _below_entry(
        self, owner: Package, key: str, specifier: str, overrides: Mapping[str, str | None]
    ) -> Target:
        """Return where the public entry `key` leads a specifier, which may lie below it."""
        entry = owner.entries[key]
        if key in overrides:
            target = self._site(key, specifier, overrides, entry)
        elif "url" in entry:
            target = Target("public", key, key, owner, url=entry["url"], entry=entry)
        else:
            target = self._at("public", key, specifier, owner, entry["path"], entry=entry)
        # A file below a prefix has a name of its own, so the site can override that.
        if specifier != key and specifier in overrides and not target.leads_nowhere:
            return self._site(specifier, specifier, overrides, entry)
        return target

    def overridden_below(self, owner: Package, prefix: str) -> list[Target]:
        """Return where those names lead that a package maps by a prefix, and that the site overrides."""
        if not prefix.endswith("/"):
            # Most entries are names of one file.
            return []
        names = [name for name in self.settings.overrides if name != prefix]
        targets = [self.outside(name) for name in names if match(name, owner.entries) == prefix]
        return [target for target in targets if not target.leads_nowhere]

    def _site(
        self, key: str, name: str, overrides: Mapping[str, str | None], entry: Entry | None = None
    ) -> Target:
        address = overrides[key] if key in overrides else self.settings.imports[key]
        return self._decided(key, name, address, entry)

    def _decided(self, key: str, name: str, address: str | None, entry: Entry | None = None) -> Target:
        """Return where the site leads a name: to a URL, to a file, or nowhere."""
        if address is None or is_url(address):
            url = None if address is None else address + name[len(key) :]
            return Target("site", key, name, url=url, entry=entry)
        # A prefix can only lead to a URL, so this is a file, and perhaps no package's.
        file = self.packages.file(address)
        if file is None:
            return Target("site", key, name, path=address, entry=entry)
        files = self.files(file.package, address)
        return Target("site", key, name, file.package, address, files=files, entry=entry)

    def _at(
        self, rule: Rule, key: str, name: str, package: Package, path: str, *, entry: Entry | None = None
    ) -> Target:
        """Return where a package leads a name: to the file or folder of the key, or below that folder."""
        if name != key:
            path += name[len(key) :]
            if not path.endswith("/") and self.packages.file(path) is None:
                # No file is there; people who ask for it are told so.
                return Target("nothing", key, name, package, path)
        is_decided = entry is not None and path.endswith("/") and self.settings.overrides
        files = self._not_overridden(package, path, name) if is_decided else self.files(package, path)
        return Target(rule, key, name, package, path, files=files, entry=entry)

    def _not_overridden(self, owner: Package, folder: str, prefix: str) -> Sequence[File]:
        """Return the files that are loaded for a public prefix: the site may override names below it."""
        entries, overrides = owner.entries, self.settings.overrides
        return [
            self.equal.get(file, file)
            for file in self.packages.files(owner, folder)
            if (name := prefix + file.path[len(folder) :]) not in overrides or name in entries
        ]

    def _may_have(self, package: Package, specifier: str) -> bool:
        return any(owns(name, specifier.rstrip("/")) for name in self.boundary(package))

    # What a package sees

    def borrowed(self, package: Package) -> tuple[dict[str, Copy], list[Diagnostic]]:
        """Return the third-party modules that a package gets from others; see `required_copies`."""
        borrowed = self._borrowed.get(package.namespace)
        if borrowed is None:
            provided = {*self.settings.imports, *self.shared.names_for(package)}
            borrowed = required_copies(package, self.packages, provided)
            self._borrowed[package.namespace] = borrowed
        return borrowed

    def scoped(self, package: Package) -> Mapping[str, Copy]:
        """Return the names that only a package's own modules see, each with the file or folder it means."""
        scoped = self._scoped.get(package.namespace)
        if scoped is None:
            scoped = {name: Copy(package, entry["path"], "") for name, entry in package.private.items()}
            scoped.update(self.borrowed(package)[0])
            scoped.update(self.packages.copies(package))
            for name in self.shared.names_for(package):
                scoped.pop(name, None)
            self._scoped[package.namespace] = scoped
        return scoped

    def scope_names(self, file: File) -> list[str]:
        """Return the names that the scope of a file needs: those that it imports, or all that it may."""
        scoped = self.scoped(file.package)
        if not self.packages.says_imports(file.package):
            return list(scoped)
        names: list[str] = []
        if not (scoped or self.isolates):
            return names
        for _, _, target in self.imports(file):
            if target.rule == "scope":
                names += target.names
            elif self.isolates and target.entry is not None:
                # It is for this package alone.
                names.append(target.names[-1])
        return names

    def boundary(self, package: Package) -> frozenset[str]:
        """Return the names of `imports` that an isolated package may import, with all below each.

        They are its own names, those that it requires, and those that it leaves to the site.
        """
        boundary = self._boundaries.get(package.namespace)
        if boundary is None:
            left = (name for name in package.ignore if self.packages.owner(name) is None)
            names = (package.namespace, *package.requires, *self.shared.names_for(package), *left)
            boundary = frozenset(name.rstrip("/") for name in names)
            self._boundaries[package.namespace] = boundary
        return boundary

    def is_ignored(self, package: Package, specifier: str) -> bool:
        """Tell whether a package leaves a specifier to the site."""
        ignored = self._ignored.get(package.namespace)
        if ignored is None:
            ignored = self._ignored[package.namespace] = Below(package.ignore)
        return specifier in ignored

    def is_missed(self, package: Package, specifier: str) -> bool:
        """Tell whether a package requires a specifier, or a name above it, that is not installed."""
        missed = self._missed.get(package.namespace)
        if missed is None:
            missed = self._missed[package.namespace] = Below(
                name
                for name in package.requires
                if self.packages.owner(name) is None
                and name not in self.scoped(package)
                and name not in self.settings.imports
                and name not in self.shared.copies
            )
        return specifier in missed

    def is_excused(self, package: Package, specifier: str) -> bool:
        """Tell whether a package leaves a specifier to the site, or it is missed as a required one."""
        return self.is_ignored(package, specifier) or self.is_missed(package, specifier)

    def hidden(self, package: Package) -> list[str]:
        """Return the names of the site that a package does not see: it has modules of its own for them."""
        names = (*self.settings.imports, *self.shared.copies)
        return [name for name in names if self.target(package, name).rule == "scope"]
