"""The scopes of a map that the modules of a package are in."""

from __future__ import annotations

from importmap._manifest.package import Package
from importmap._site.packages import Packages
from importmap._site.targets import File

from .urls import Urls


class Scopes:
    """The scopes of packages: the URL prefixes of their folders where that is safe, else exact URLs.

    A prefix is safe if the package alone uses the top folder, and all of its URLs keep it.

    :param packages: all packages of the site.
    :param urls: the final URLs.
    """

    def __init__(self, packages: Packages, urls: Urls) -> None:
        self._urls = urls
        self._users: dict[str, set[str]] = {}
        self._prefixes: dict[str, dict[str, str]] = {}
        for package in packages:
            for top in {path.partition("/")[0] for path in package.modules}:
                self._users.setdefault(top, set()).add(package.distribution)

    def prefixes(self, package: Package) -> dict[str, str]:
        """Top folder of public paths -> the scope of all modules of a package in there."""
        if package.provider is not None:
            # Nobody knows all the files of a callable: another context may bring more.
            return {}
        prefixes = self._prefixes.get(package.namespace)
        if prefixes is None:
            folders: dict[str, set[str | None]] = {}
            for path in package.modules:
                if self._urls.get(path) is not None:
                    folders.setdefault(path.partition("/")[0], set()).add(self._urls.folder(path))
            prefixes = self._prefixes[package.namespace] = {
                top: prefix
                for top, [prefix, *others] in folders.items()
                if prefix is not None and not others and len(self._users[top]) == 1
            }
        return prefixes

    def of(self, file: File) -> str | None:
        """The scope of a module; None for one that is not served."""
        url = self._urls.get(file.path)
        return url if url is None else self.prefixes(file.package).get(file.path.partition("/")[0], url)
