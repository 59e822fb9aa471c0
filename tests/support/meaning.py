"""What imports mean by the rules alone, read off manifests: without graphs, scopes or URLs.

For the packages of `generated_packages`: their versions and ranges, and prefixes of whole namespaces only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from posixpath import dirname, normpath
from typing import NamedTuple

from importmap import Package
from importmap._site.settings import Settings

#: The versions, the lowest first, and the ranges in which each lies beside "*".
VERSIONS = {"odd": (), "1.0": ("==1.0",), "2.0": ("==2.0", ">=2")}


#: The rules of what page scripts see, too.
OUTSIDE = ("public", "prefix", "site", "shared")


def fits(version: str, wanted: str) -> bool:
    return wanted == "*" or wanted in VERSIONS[version]


class Found(NamedTuple):
    """What an import leads to: by which rule, and the public path or the URL; None where it is blocked."""

    rule: str
    target: str | None = None


class Meaning:
    """What the modules and the pages of a site import.

    :param packages: the packages that take part, sorted by namespace.
    :param settings: the site's configuration.
    """

    def __init__(self, packages: Sequence[Package], settings: Settings) -> None:
        self.packages = packages
        self.settings = settings
        #: A file that several packages ship is that of the first, of those that say what modules import.
        self.owners: dict[str, Package] = {}
        for package in sorted(packages, key=says_imports, reverse=True):
            for path in package.manifest["modules"]:
                self.owners.setdefault(path, package)
        #: The package whose copy of a name is shared.
        self.shared: dict[str, Package] = {}
        for name, distribution in settings.shared.items():
            carry = [package for package in packages if name in package.manifest["vendored"]]
            if chosen := [package for package in carry if distribution in (None, package.distribution)]:
                self.shared[name] = max(chosen, key=lambda package: self._rank(package, name))
        #: The file that is loaded in the place of an equal one.
        self.first: dict[str, str] = {}
        self._find_equal_copies()

    def of_import(self, path: str, specifier: str) -> Found:
        """What an import of a module means."""
        rule, target = self._of_own_import(path, specifier)
        return Found(rule, self._first_of(target))

    def _may_import(self, package: Package, name: str) -> bool:
        """Whether a package may have what page scripts see, where packages are isolated."""
        said = (package.namespace, *package.manifest["requires"])
        is_shared = name in self.shared and self._is_shared_with(self.shared[name], package, name)
        return is_shared or any(f"{name}/".startswith(f"{each}/") for each in said)

    def of_name(self, name: str) -> Found:
        """What a name means on a page that has the entry, if it is one of a package."""
        rule, target = self._outside(name)
        return Found(rule, self._first_of(target))

    def _of_own_import(self, path: str, specifier: str) -> Found:
        if specifier.startswith("."):
            return Found("relative", normpath(f"{dirname(path)}/{specifier}"))
        package = self.owners[path]
        found = self._inside(package, specifier) or self._outside(specifier)
        if found.rule in OUTSIDE and self.settings.isolate and not self._may_import(package, specifier):
            return Found("barred")
        return found

    def _inside(self, package: Package, name: str) -> Found | None:
        """What only the modules of a package see."""
        private, vendored, requires = (
            package.manifest["private"],
            package.manifest["vendored"],
            package.manifest["requires"],
        )
        if name in private:
            return Found("private", private[name]["path"])
        if name in self.shared and self._is_shared_with(self.shared[name], package, name):
            return None
        if name in vendored:
            return Found("vendored", vendored[name]["path"])
        if name in requires and name not in self.settings.imports:
            copies = [other.manifest["vendored"].get(name) for other in self.packages]
            fitting = [copy for copy in copies if copy and fits(copy["version"], requires[name])]
            if fitting:
                # The last of several that are equal.
                best = max(reversed(fitting), key=lambda copy: [*VERSIONS].index(copy["version"]))
                return Found("required", best["path"])
        return None

    def _outside(self, name: str) -> Found:
        """What page scripts see as well."""
        namespace, overrides = name.partition("/")[0], self.settings.overrides
        for owner in self.packages:
            entries = owner.manifest["imports"]
            prefix = f"{namespace}/"
            if owner.namespace == namespace and name in entries:
                own = entries[name].get("path") or entries[name]["url"]
                return Found("public", overrides.get(name, own))
            if owner.namespace == namespace and prefix in entries and name.startswith(prefix):
                return Found("prefix", self._below(prefix, entries[prefix]["path"], name))
        if name in self.settings.imports:
            return Found("site", overrides.get(name, self.settings.imports[name]))
        if name in self.shared:
            own = self.shared[name].manifest["vendored"][name]["path"]
            return Found("shared", overrides.get(name, own))
        return Found("nothing")

    def _below(self, prefix: str, folder: str, name: str) -> str | None:
        """What a name below a prefix means; the longest override decides."""
        overrides, rest = self.settings.overrides, name.removeprefix(prefix)
        path = folder + rest
        if name in overrides and (prefix in overrides or path in self.owners):
            return overrides[name]
        if prefix in overrides:
            start = overrides[prefix]
            return None if start is None else start + rest
        return path if path in self.owners else None

    # Shared modules

    def _rank(self, copy: Package, name: str) -> tuple[int, int, str]:
        """How many packages can do with the copy of a package; then its version, and its namespace."""
        users = sum(self._is_shared_with(copy, package, name) for package in self.packages)
        return users, [*VERSIONS].index(copy.manifest["vendored"][name]["version"]), copy.namespace

    def _is_shared_with(self, copy: Package, package: Package, name: str) -> bool:
        """Whether a package gets another one's copy: its range says so, else its own copy's version."""
        vendored, requires = package.manifest["vendored"], package.manifest["requires"]
        if copy is package or not (name in vendored or name in requires):
            return copy is package
        wanted = requires[name] if name in requires else f"=={vendored[name]['version']}"
        return fits(copy.manifest["vendored"][name]["version"], wanted)

    # Equal copies

    def _first_of(self, target: str | None) -> str | None:
        while target in self.first:
            target = self.first[target]
        return target

    def _find_equal_copies(self) -> None:
        for one, other in combinations([package.manifest["vendored"] for package in self.packages], 2):
            for name in one.keys() & other.keys():
                same: dict[str, str] = {}
                if self._are_equal(one[name]["path"], other[name]["path"], same):
                    for pair in same.items():
                        first, second = sorted(self._first_of(path) or path for path in pair)
                        if first != second:
                            self.first[second] = first

    def _are_equal(self, one: str, other: str, same: dict[str, str]) -> bool:
        """Whether two files have the same content, and their imports lead to files that are equal.

        :param same: the files that have to be the same, one by one.
        """
        if one in same or other in same.values():
            return same.get(one) == other
        same[one] = other
        contents = [self.settings.static.read(path) for path in (one, other)]
        imports = [imports_of(self.owners[path], path) for path in (one, other)]
        if None in contents or contents[0] != contents[1] or len(imports[0]) != len(imports[1]):
            return False
        if not all(says_imports(self.owners[path]) for path in (one, other)):
            return False
        for left, right in zip(*imports, strict=True):
            targets = [self._of_own_import(one, left).target, self._of_own_import(other, right).target]
            files = [target for target in targets if target in self.owners]
            if files and not (len(files) == 2 and self._are_equal(files[0], files[1], same)):
                return False
            if not files and left != right:
                return False
        return True


def imports_of(package: Package, path: str) -> list[str]:
    """All that a module imports."""
    module = package.manifest["modules"][path]
    return [*module.get("imports", ()), *module.get("dynamic", ())]


def says_imports(package: Package) -> bool:
    """Whether a manifest says what modules import; otherwise nothing is known of them."""
    return any(imports_of(package, path) for path in package.manifest["modules"])
