"""Where the entries of a map lead."""

from __future__ import annotations

from collections.abc import Mapping

from ._diagnostics import Diagnostic
from ._package import Package
from ._settings import is_url
from ._url_keys import plain_key
from ._urls import Urls, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._manifest import Entry


class Addresses:
    """The addresses of one map, and what is found while they are asked for.

    :param urls: the final URLs.
    :param moved: the files in whose place an equal one is loaded.
    """

    def __init__(self, urls: Urls, moved: Mapping[str, str]) -> None:
        self._urls = urls
        self._moved = moved
        #: The digests that packages give of the URLs to which they map, by URL.
        self.integrity: dict[str, str] = {}
        #: What leads nowhere.
        self.diagnostics: list[Diagnostic] = []

    def of_entry(self, package: Package, specifier: str, entry: Entry) -> str | None:
        """Where a public entry of a package leads; None, and a diagnostic, if nowhere."""
        if "url" in entry:
            self.integrity[entry["url"]] = entry["integrity"]
            return entry["url"]
        return self.of_file(package, specifier, entry["path"])

    def of_file(self, package: Package, specifier: str, path: str) -> str | None:
        """Where a specifier leads that stands for a file of a package, or for a folder; None if nowhere."""
        if path.endswith("/"):
            return self._of_folder(package, specifier, path)
        path = self._moved.get(path, path)
        url = self._urls.get(path)
        if url is None:
            self._report(path, package.distribution)
        return url

    def of_target(self, target: str) -> str | None:
        """Where the site maps a specifier; None, and a diagnostic, if nowhere."""
        if is_url(target):
            return encode(target)
        target = self._moved.get(target, target)
        url = self._urls.get(target)
        if url is None:
            self._report(target)
        return url

    def keys_of_target(self, target: str) -> dict[str, str | None]:
        """The URL key of a file that the site itself maps to."""
        return {} if is_url(target) else plain_key(target, self._urls, self._moved)

    def moved_below(self, prefix: str, entry: Entry) -> dict[str, str | None]:
        """Names for the files below a prefix in whose place an equal one is loaded."""
        start = entry.get("path", "")
        if not start.endswith("/"):
            return {}
        moved = (path for path in self._moved if path.startswith(start))
        return {prefix + path[len(start) :]: self._urls.get(self._moved[path]) for path in moved}

    def _of_folder(self, package: Package, specifier: str, path: str) -> str | None:
        """The address of a prefix specifier: what the URLs of all files below it begin with."""
        files = [name for name in package.manifest["modules"] if name.startswith(path)]
        served = [name for name in files if self._urls.get(name) is not None]
        tops = {self._urls.folder(name) for name in served}
        if len(tops) == 1 and (top := tops.pop()) is not None:
            return top + encode(path[path.index("/") + 1 :])
        if files and not served:
            for name in files:
                self._report(name, package.distribution)
            return None
        message = f"the files of {specifier!r} have no common URL; the prefix is left out, its files stay."
        self.diagnostics.append(Diagnostic("IM209", "warning", message, distribution=package.distribution))
        return None

    def _report(self, path: str, distribution: str = "") -> None:
        self.diagnostics.append(self._urls.problems[path].replace(distribution=distribution))
