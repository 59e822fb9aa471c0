"""The URL keys of a map, by which relative imports of plain file names find the files' final URLs.

There are keys only where URLs keep the folders of public paths, because there a key belongs to
one file of one package.
"""

from __future__ import annotations

from collections.abc import Iterator

from importmap._base.diagnostics import Diagnostic
from importmap._manifest.package import Package
from importmap._site.graph import Graph
from importmap._site.selection import Selection
from importmap._site.targets import File, Target

from .urls import Urls, directory, encode, joined


class UrlKeys:
    """The URL keys of one site.

    :param graph: where imports lead.
    :param urls: the final URLs.
    """

    def __init__(self, graph: Graph, urls: Urls) -> None:
        self._graph = graph
        self._urls = urls

    def of(self, selection: Selection, diagnostics: list[Diagnostic]) -> dict[str, str | None]:
        """Return the keys of the selected files of a package, and of all relative imports in them.

        The key of an import is the URL that a browser makes of it. A browser joins the import to the
        final URL of the importing module. An import that leaves the package's own prefix has no key.

        :param diagnostics: imports that lead nowhere are added to it.
        """
        keys: dict[str, str | None] = {}
        if not self._graph.equal and self._are_plain(selection):
            return keys
        for file in selection.files:
            keys.update(self.plain(file))
            for specifier, asked, url, is_own in self._relative(file):
                if url == asked:
                    continue
                if is_own:
                    keys[asked] = url
                else:
                    owner = file.package.distribution
                    message = (
                        f"imports {specifier!r}, for which browsers ask at {asked!r}: the file is at {url!r}."
                    )
                    diagnostics.append(
                        Diagnostic("IM230", "warning", message, distribution=owner, place=file.path)
                    )
        return keys

    def of_target(self, target: Target) -> dict[str, str | None]:
        """Return the key of a file to which the site itself leads a name."""
        return self.plain(target) if target.rule == "site" else {}

    def plain(self, target: Target) -> dict[str, str | None]:
        """Return the key of a file: the URL of the path that is asked for, with the plain file name.

        There is none where that is the URL of the file that is loaded.
        """
        path = target.path
        if path is None or (url := self._urls.get(path)) is None:
            return {}
        loaded = self._urls.get(target.files[0].path) if target.files else url
        if loaded is None or self._urls.folder(path) is None:
            return {}
        plain = directory(url) + encode(path[path.rfind("/") + 1 :])
        return {} if plain == loaded else {plain: loaded}

    def asked(self, file: File) -> dict[str, str | None]:
        """Return the URLs at which browsers ask for the relative imports of a file, with the final URLs."""
        return {asked: url for _, asked, url, is_own in self._relative(file) if is_own}

    def of_all(self, package: Package) -> dict[str, str | None]:
        """Return the URLs at which browsers may ask for any file of a package, with the final URLs."""
        urls = filter(None, map(self._urls.get, package.modules))
        keys: dict[str, str | None] = {url: url for url in urls}
        for path in package.modules:
            keys.update(self.plain(self._graph.at(path)))
        return keys

    def _relative(self, file: File) -> Iterator[tuple[str, str, str, bool]]:
        """Yield the relative imports of a file that lead to served files.

        :returns: each import as it is written, the URL that browsers request, the final URL, and
            whether the requested URL is the package's own.
        """
        url = self._urls.get(file.path)
        if url is None:
            return
        prefix = self._urls.folder(file.path)
        for specifier, _, target in self._graph.imports(file):
            if target.rule == "relative" and (final := self._urls.get(target.files[0].path)) is not None:
                asked = joined(url, encode(specifier))
                is_own = (
                    asked == final
                    or asked in self.plain(target)
                    or (prefix is not None and asked.startswith(prefix))
                )
                yield specifier, asked, final, is_own

    def _are_plain(self, selection: Selection) -> bool:
        """Tell whether all URLs are one base and the public path, so that relative imports are right.

        All files of the package count: an imported one may count as another package's, which ships it, too.
        """
        bases = set()
        for path in (*selection.paths, *selection.package.modules):
            url = self._urls.get(path)
            if url is not None:
                bases.add(url[: -len(path)] if url.endswith(path) else None)
        return len(bases) < 2 and None not in bases
