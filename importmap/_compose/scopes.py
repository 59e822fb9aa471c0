"""The scopes of a map that the modules of a package are in."""

from __future__ import annotations

from collections.abc import Sequence

from importmap._manifest.package import Package

from .urls import Urls


class Scopes:
    """The scopes of packages: the URL prefixes of their folders where that is safe, else exact URLs.

    A prefix is safe if the package alone uses the top folder, and all of its URLs keep it.

    :param packages: all packages of the site.
    :param urls: the final URLs.
    """

    def __init__(self, packages: Sequence[Package], urls: Urls) -> None:
        self.urls = urls
        self._users: dict[str, set[str]] = {}
        self._prefixes: dict[str, dict[str, str]] = {}
        for package in packages:
            for top in {path.partition("/")[0] for path in package.manifest["modules"]}:
                self._users.setdefault(top, set()).add(package.distribution)

    def prefixes(self, package: Package) -> dict[str, str]:
        """Top folder of public paths -> the scope of all modules of a package in there."""
        if package.provider is not None:
            # Nobody knows all the files of a callable: another context may bring more.
            return {}
        found = self._prefixes.get(package.namespace)
        if found is None:
            folders: dict[str, set[str | None]] = {}
            for path in package.manifest["modules"]:
                if self.urls.get(path) is not None:
                    folders.setdefault(path.partition("/")[0], set()).add(self.urls.folder(path))
            found = self._prefixes[package.namespace] = {
                top: prefix
                for top, [prefix, *others] in folders.items()
                if prefix is not None and not others and len(self._users[top]) == 1
            }
        return found

    def of(self, package: Package, path: str) -> str | None:
        """The scope of a module; None for one that is not served."""
        url = self.urls.get(path)
        return url if url is None else self.prefixes(package).get(path.partition("/")[0], url)
