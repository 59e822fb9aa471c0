"""A browser in a few lines: it follows the imports of modules by resolving each with the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urljoin

from importmap import ImportMap, Package, ResolutionError
from importmap._compose.urls import encode
from importmap._site.selection import entries_in
from importmap._site.settings import Settings, is_url

PAGE = "https://site.example/"


class Walk:
    """What the pages of a site load.

    :param packages: the packages of the site, whose manifests say what each file imports.
    :param import_map: the map of the page.
    :param settings: the site's configuration.
    """

    def __init__(self, packages: Sequence[Package], import_map: ImportMap, settings: Settings) -> None:
        self.packages = [package for package in packages if package.distribution not in settings.disable]
        self.settings = settings
        self.page = import_map.with_base_url(PAGE)
        #: The files that are served, and what each imports statically and dynamically.
        self.files: dict[str, tuple[str, list[str], list[str]]] = {}
        #: The URLs at which there is something else.
        self.elsewhere = {"https://cdn.example/x.js"}
        self._folders: tuple[str, ...] = ()
        for target in (*settings.imports.values(), *settings.overrides.values()):
            if target is not None and is_url(target):
                url = urljoin(PAGE, target)
                self.elsewhere.add(url)
                self._folders += (url,) if url.endswith("/") else ()
            elif target is not None:
                self._serve(target, [], [])
        for package in self.packages:
            for path, module in package.manifest["modules"].items():
                self._serve(path, module.get("imports", []), module.get("dynamic", []))
        #: The files that were loaded, by URL.
        self.loaded: dict[str, str] = {}
        #: The imports that fail: the file, and the specifier.
        self.failures: set[tuple[str, str]] = set()

    def run(self, contexts: Sequence[str]) -> None:
        """Load what a page of some contexts can import, and everything that this imports."""
        queue = [*self._entries(contexts)]
        for url in queue:
            if url in self.files and url not in self.loaded:
                self.loaded[url], static, dynamic = self.files[url]
                queue += [self.resolve(edge, url) for edge in (*static, *dynamic)]

    def resolve(self, specifier: str, base: str) -> str:
        """Where an import leads; nowhere, if there is nothing."""
        try:
            url = self.page.resolve(specifier, base)
        except ResolutionError:
            url = ""
        if url in self.files or self.is_elsewhere(url):
            return url
        if base in self.files:
            self.failures.add((self.files[base][0], specifier))
        return ""

    def is_elsewhere(self, url: str) -> bool:
        """Tell whether there is something at a URL that is no file of a package."""
        return url in self.elsewhere or url.startswith(self._folders)

    def static_imports(self, url: str) -> list[str]:
        """The URLs to which the static imports of a file lead, each once."""
        return [
            target
            for target in dict.fromkeys(self.resolve(edge, url) for edge in self.files[url][1])
            if target
        ]

    def _serve(self, path: str, static: list[str], dynamic: list[str]) -> None:
        try:
            url = urljoin(PAGE, encode(self.settings.static.url(path)))
        except LookupError:
            return
        self.files[url] = (path, static, dynamic)

    def _entries(self, contexts: Sequence[str]) -> Iterator[str]:
        """Where the entries of some contexts lead.

        Below a prefix to all files, whatever their URLs are, but for those that have names of their own.
        """
        for name in (*self.settings.imports, *self.settings.shared):
            yield self.resolve(name, PAGE)
        for package in self.packages:
            for name, entry in entries_in(package, contexts, self.settings.contexts).items():
                if name.endswith("/") and name in self.settings.overrides:
                    continue
                if name.endswith("/"):
                    below = [path for path in package.manifest["modules"] if path.startswith(entry["path"])]
                    names = {path: name + path[len(entry["path"]) :] for path in below}
                    for url, (path, _, _) in self.files.items():
                        if path in names:
                            has_name = names[path] in self.page.imports
                            yield self.resolve(names[path], PAGE) if has_name else url
                else:
                    yield self.resolve(name, PAGE)
