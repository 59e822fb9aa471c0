"""The packages of a site: whose each name is, and as whose each file counts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from importmap._base.grammar import top
from importmap._manifest.package import Package

from .targets import File

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._manifest.document import Vendored


class Copy:
    """A third-party module that a package carries: whose, which file or folder, which version."""

    __slots__ = ("package", "path", "version")

    def __init__(self, package: Package, path: str, version: str) -> None:
        self.package = package
        self.path = path
        self.version = version


class Packages(tuple[Package, ...]):  # noqa: SLOT001  # tuples of any length have no room for slots
    """The packages that take part, sorted by namespace.

    A file that several packages ship is one file. It counts as that of the first of them in all
    contexts; of the first that says what its modules import, if there is one.
    """

    def __init__(self, packages: Iterable[Package]) -> None:
        del packages  # they are the items of the tuple already
        self._owners = {package.namespace: package for package in self}
        self._known = {package.namespace: package.says_imports for package in self}
        self._sorted: dict[str, list[str]] = {}
        self._copies: dict[str, dict[str, Copy]] = {}
        self._versions: dict[str, list[Copy]] | None = None
        #: All files, by public path.
        self.by_path: dict[str, File] = {}
        by_path = self.by_path
        for package in sorted(self, key=self.says_imports, reverse=True):
            for path, module in package.modules.items():
                if path not in by_path:
                    by_path[path] = File(package, path, module)

    def owner(self, name: str) -> Package | None:
        """Return the package that owns a specifier, or a prefix of specifiers; None for nobody's."""
        return self._owners.get(top(name.rstrip("/")))

    def says_imports(self, package: Package) -> bool:
        """Tell whether a package says what its modules import; see `Package.says_imports`."""
        return self._known[package.namespace]

    def file(self, path: str) -> File | None:
        """Return the file at a public path; None if no package ships it."""
        return self.by_path.get(path)

    def files(self, package: Package, path: str) -> list[File]:
        """Return the file of a package at a public path, or all of its files in a folder."""
        if not path.endswith("/"):
            file = self.by_path.get(path)
            return [] if file is None else [file]
        # The paths of a folder stand side by side, so that no folder costs a look at all files.
        paths = self._sorted.get(package.namespace)
        if paths is None:
            paths = self._sorted[package.namespace] = sorted(package.modules)
        start = bisect_left(paths, path)
        end = bisect_left(paths, path[:-1] + "0", start)  # the character after the slash
        return [self.by_path[each] for each in paths[start:end]]

    def copies(self, package: Package) -> dict[str, Copy]:
        """Return the third-party modules that a package carries, by specifier."""
        copies = self._copies.get(package.namespace)
        if copies is None:
            vendored = package.vendored.items()
            copies = {name: _copy(package, each) for name, each in vendored}
            self._copies[package.namespace] = copies
        return copies

    def versions_of(self, name: str) -> Sequence[Copy]:
        """Return the copies of a third-party module that packages carry, in the order of the packages."""
        if self._versions is None:
            self._versions = {}
            for package in self:
                for each, copy in self.copies(package).items():
                    self._versions.setdefault(each, []).append(copy)
        return self._versions.get(name, ())


def _copy(package: Package, vendored: Vendored) -> Copy:
    return Copy(package, vendored["path"], vendored["version"])
