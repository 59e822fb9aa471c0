"""The module graph of a site: what an import in a package's code stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import owns, top
from importmap._manifest.package import Package

from .settings import Settings, is_url
from .third_party import Copy, Shared, own_copies, required_copies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from importmap._manifest.document import Entry

    _T = TypeVar("_T")


class Target:
    """What a bare specifier in a package's code stands for.

    :param name: the key that maps it: the specifier itself, or a prefix of it.
    :param owner: the package whose file it is; None where it is none's.
    :param path: the public path; None for a URL, and for what the site blocks.
    :param entry: the public entry of `owner`; None for what the importing package's scope
        maps, and for what the site maps.
    """

    __slots__ = ("entry", "is_scoped", "name", "owner", "path")

    def __init__(
        self,
        name: str,
        owner: Package | None,
        path: str | None,
        entry: Entry | None = None,
        *,
        is_scoped: bool = False,
    ) -> None:
        self.name = name
        self.owner = owner
        self.path = path
        self.entry = entry
        self.is_scoped = is_scoped


class Graph:
    """The packages of a site and what their imports stand for; the same in all contexts.

    :param packages: all packages of the site, sorted by namespace.
    :param settings: the site's configuration.
    :param moved: finds the files in whose place an equal copy is loaded; None if there are none.
    :param shared: what the site shares, if that is not what it has configured.
    """

    def __init__(
        self,
        packages: Sequence[Package],
        settings: Settings,
        moved: Callable[[Graph], Mapping[str, str]] | None = None,
        *,
        shared: Shared | None = None,
    ) -> None:
        self.packages = packages
        self.static = settings.static
        #: Whether a package's modules get only what the package has and requires.
        self.isolates = settings.isolate
        self._find_moved = moved
        self._moved: Mapping[str, str] | None = None
        self._settings = settings
        #: The third-party modules that the site shares; they are in every map.
        self.shared = shared or Shared(packages, settings.shared)
        self._owners = {package.namespace: package for package in packages}
        self._borrowed: dict[str, tuple[dict[str, Copy], list[Diagnostic]]] = {}
        self._scoped: dict[str, dict[str, Copy]] = {}
        self._targets: dict[tuple[str, str], Target | None] = {}
        self._boundaries: dict[str, frozenset[str]] = {}
        self._known: dict[str, bool] = {}
        #: The package that a file counts as: the first of those that ship it.
        self._shippers: dict[str, Package] = {}
        # One that says what its modules import, if there is one.
        for package in sorted(packages, key=self.is_known, reverse=True):
            for path in package.manifest["modules"]:
                self._shippers.setdefault(path, package)

    def owner(self, specifier: str) -> Package | None:
        """The package that owns a specifier."""
        return self._owners.get(top(specifier))

    def borrowed(self, package: Package) -> tuple[dict[str, Copy], list[Diagnostic]]:
        """The copies of third-party modules that a package gets from others; see `required_copies`."""
        if package.namespace not in self._borrowed:
            provided = {*self._settings.imports, *self.shared.names_for(package)}
            found = required_copies(package, self.packages, provided)
            self._borrowed[package.namespace] = found
        return self._borrowed[package.namespace]

    def is_known(self, package: Package) -> bool:
        """Whether a manifest says what modules import; one that was made by hand may not."""
        known = self._known.get(package.namespace)
        if known is None:
            modules = package.manifest["modules"].values()
            known = any("imports" in module or "dynamic" in module for module in modules)
            self._known[package.namespace] = known
        return known

    def scoped(self, package: Package) -> Mapping[str, Copy]:
        """The names that only a package's own modules see, and what they stand for."""
        found = self._scoped.get(package.namespace)
        if found is None:
            private = package.manifest["private"].items()
            found = {name: Copy(package, entry["path"], "") for name, entry in private}
            found.update(self.borrowed(package)[0])
            found.update(own_copies(package))
            for name in self.shared.names_for(package):
                found.pop(name, None)
            self._scoped[package.namespace] = found
        return found

    def scoped_copy(self, package: Package, name: str) -> Copy:
        """What a name stands for that is in a package's scope, or below a prefix there."""
        scoped = self.scoped(package)
        if name in scoped:
            return scoped[name]
        [prefix, copy] = lookup(scoped, name) or ("", scoped[name])
        return Copy(copy.package, copy.path + name[len(prefix) :], copy.version)

    def target(self, package: Package, specifier: str) -> Target | None:
        """What a bare specifier in the code of a package stands for; None if nothing provides it.

        The order is that of browsers: the scope of the package, then `imports`. Where packages are
        isolated, nothing provides what is barred from the package.
        """
        key = (package.namespace, specifier)
        target = self._targets.get(key)
        if target is None and key not in self._targets:
            found = self._find(package, specifier)
            target = self._targets[key] = None if self._bars(package, specifier, found) else found
        return target

    def is_barred(self, package: Package, specifier: str) -> bool:
        """Whether a bare specifier would stand for something, if the isolated package had required it."""
        return self.isolates and self._bars(package, specifier, self._find(package, specifier))

    def boundary(self, package: Package) -> frozenset[str]:
        """The names of `imports` that an isolated package may import, with all below each.

        Its own, those that it requires, and those that it leaves to the site.
        """
        found = self._boundaries.get(package.namespace)
        if found is None:
            manifest = package.manifest
            left = (name for name in manifest["ignore"] if self.owner(name) is None)
            names = (package.namespace, *manifest["requires"], *self.shared.names_for(package), *left)
            found = self._boundaries[package.namespace] = frozenset(name.rstrip("/") for name in names)
        return found

    def shipper(self, package: Package, path: str) -> Package:
        """The package that a file of a package counts as, in all contexts: two may ship the same one."""
        return self._shippers.get(path, package)

    @property
    def moved(self) -> Mapping[str, str]:
        """The files in whose place an equal copy is loaded, in all contexts."""
        if self._moved is None:
            # Files are read only if somebody wants to know.
            self._moved = self._find_moved(self) if self._find_moved else {}
        return self._moved

    def site_targets(self) -> list[Target]:
        """What the site's own entries and its shared modules stand for; they are in every map."""
        own = [self.file(name, target) for name, target in self._settings.imports.items()]
        shared = self.shared.copies.items()
        return [*own, *(Target(name, copy.package, copy.path) for name, copy in shared)]

    def file(self, name: str, target: str) -> Target:
        """What the site maps a name to, or what overrides that: a public path, or a URL."""
        final = self._settings.overrides.get(name, target)
        if final is None or is_url(final):
            return Target(name, None, None)
        return Target(name, self._shippers.get(final), final)

    def public(self, owner: Package, name: str, entry: Entry) -> Target:
        """What a public entry of a package stands for, unless the site overrides it."""
        if name in self._settings.overrides:
            replaced = self.file(name, "")
            return Target(name, replaced.owner, replaced.path, entry)
        return Target(name, owner, entry.get("path"), entry)

    def is_excused(self, package: Package, specifier: str) -> bool:
        """Whether a package says that the site provides a specifier, or it is missed as a required one."""
        manifest = package.manifest
        missed = [
            name
            for name in manifest["requires"]
            if self.owner(name) is None
            and name not in self.scoped(package)
            and name not in self._settings.imports
            and name not in self.shared.copies
        ]
        return any(owns(name.removesuffix("/"), specifier) for name in (*manifest["ignore"], *missed))

    def hidden(self, package: Package) -> list[str]:
        """The names of the site that a package does not see: it has modules of its own for them."""
        site = (*self._settings.imports, *self.shared.copies)
        return [name for name in site if (found := self.target(package, name)) and found.is_scoped]

    def _bars(self, package: Package, specifier: str, target: Target | None) -> bool:
        """Whether an isolated package may not have what it imports."""
        if target is None or target.is_scoped or not self.isolates:
            return False
        return not any(owns(name, specifier.rstrip("/")) for name in self.boundary(package))

    def _find(self, package: Package, specifier: str) -> Target | None:
        found = lookup(self.scoped(package), specifier)
        if found is not None:
            name, copy = found
            return self._below(Target(name, copy.package, copy.path, is_scoped=True), specifier)
        owner = self.owner(specifier)
        public = None if owner is None else lookup(owner.manifest["imports"], specifier)
        if owner is not None and public is not None:
            return self._below(self.public(owner, *public), specifier)
        site = lookup(self._settings.imports, specifier)
        if site is not None:
            return self._below(self.file(*site), specifier)
        shared = lookup(self.shared.copies, specifier)
        if shared is None:
            return None
        name, copy = shared
        return self._below(Target(name, copy.package, copy.path), specifier)

    def _below(self, target: Target, specifier: str) -> Target | None:
        """What a specifier stands for: a key, or what lies below one; None for a file that is not there."""
        rest = specifier[len(target.name) :]
        if not rest or target.path is None:
            return target
        path, owner = target.path + rest, target.owner
        if owner is not None and not path.endswith("/") and path not in owner.manifest["modules"]:
            # Another package may ship files in the same folder.
            owner = self._shippers.get(path)
            if owner is None:
                return None
        return Target(target.name, owner, path, target.entry, is_scoped=target.is_scoped)


def lookup(table: Mapping[str, _T], specifier: str) -> tuple[str, _T] | None:
    """HTML Standard, "resolve an imports match": the exact key, else the longest prefix."""
    if specifier in table:
        return specifier, table[specifier]
    end = len(specifier)
    while (end := specifier.rfind("/", 0, end)) >= 0:
        if (prefix := specifier[: end + 1]) in table:
            return prefix, table[prefix]
    return None
