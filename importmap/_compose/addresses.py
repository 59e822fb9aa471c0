"""Where the entries and the URL keys of a map lead.

A URL key leads relative imports of a plain file name to the file's final URL. There are keys
only where URLs keep the folders of public paths, because there a key belongs to one file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import join
from importmap._manifest.package import Package
from importmap._site.selection import Selection
from importmap._site.settings import is_url

from .urls import Urls, directory, encode, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._manifest.document import Entry


def plain_key(path: str, urls: Urls, moved: Mapping[str, str]) -> dict[str, str | None]:
    """The key of a file: its own URL with the plain file name, where another URL is loaded.

    :param moved: the files in whose place an equal one is loaded.
    """
    url, final = urls.get(path), urls.get(moved.get(path, path))
    if url is None or final is None or urls.folder(path) is None:
        return {}
    plain = directory(url) + encode(path[path.rfind("/") + 1 :])
    return {} if plain == final else {plain: final}


def relative_keys(
    selection: Selection, urls: Urls, moved: Mapping[str, str], diagnostics: list[Diagnostic]
) -> dict[str, str | None]:
    """The keys of the selected modules of a package, and of all relative imports in them.

    The key of an import is what a browser makes of it: it is joined to the final URL of the
    module that imports. Where that leaves the package's own prefix, the import gets no key.

    :param moved: the files in whose place an equal one is loaded.
    :param diagnostics: imports that lead nowhere are added to it.
    """
    keys: dict[str, str | None] = {}
    if not moved and _are_plain(selection, urls):
        return keys
    for path in selection.paths:
        keys.update(plain_key(path, urls, moved))
        for edge, key, target, is_own in _relative(selection.package, path, urls, moved):
            if target == key:
                continue
            if is_own:
                keys[key] = target
            else:
                message = f"imports {edge!r}, for which browsers ask at {key!r}: the file is at {target!r}."
                owner = selection.package.distribution
                diagnostics.append(Diagnostic("IM230", "warning", message, distribution=owner, place=path))
    return keys


def asked_urls(package: Package, path: str, urls: Urls, moved: Mapping[str, str]) -> dict[str, str | None]:
    """The URLs at which browsers ask for the relative imports of a module, each with its final URL."""
    return {key: target for _, key, target, is_own in _relative(package, path, urls, moved) if is_own}


def _relative(
    package: Package, path: str, urls: Urls, moved: Mapping[str, str]
) -> Iterator[tuple[str, str, str, bool]]:
    """The relative imports of a module that lead to served files.

    :returns: each as it is written, the URL at which browsers ask for it, the final URL, and
        whether the former is the package's own.
    """
    url, module = urls.get(path), package.manifest["modules"].get(path)
    if module is None or url is None:
        return
    prefix = urls.folder(path)
    for edge in (*module.get("imports", ()), *module.get("dynamic", ())):
        imported = (join(path, edge) or path) if edge.startswith(".") else None
        target = None if imported is None else urls.get(moved.get(imported, imported))
        if imported is not None and target is not None:
            key = joined(url, encode(edge))
            is_own = (
                key == target
                or key in plain_key(imported, urls, moved)
                or (prefix is not None and key.startswith(prefix))
            )
            yield edge, key, target, is_own


def _are_plain(selection: Selection, urls: Urls) -> bool:
    """Whether all URLs are one base and the public path, so that relative imports are right as they are.

    Those of all files: what is imported may count as another package's, which ships it as well.
    """
    bases = set()
    for path in (*selection.paths, *selection.package.manifest["modules"]):
        url = urls.get(path)
        if url is not None:
            bases.add(url[: -len(path)] if url.endswith(path) else None)
    return len(bases) < 2 and None not in bases


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
