"""The addresses of a map: the only way from a target to its URL."""

from __future__ import annotations

from importmap._base.diagnostics import Diagnostic
from importmap._site.graph import Graph
from importmap._site.targets import Target

from .urls import Urls, encode


class Addresses:
    """The addresses of one map, and all that is found while they are asked for.

    :param graph: where names lead.
    :param urls: the final URLs.
    """

    def __init__(self, graph: Graph, urls: Urls) -> None:
        self._graph = graph
        self._urls = urls
        self._known: dict[Target, str | None] = {}
        #: The digests that packages give of the URLs to which they map, by URL.
        self.integrity: dict[str, str] = {}
        #: The problems with targets that have no address.
        self.diagnostics: list[Diagnostic] = []

    def of(self, target: Target) -> str | None:
        """Return the URL to which a target leads; None, and a diagnostic, if it has none.

        There is no diagnostic for a target that the site blocks.
        """
        if target not in self._known:
            self._known[target] = self._of(target)
        return self._known[target]

    def below(self, target: Target) -> dict[str, str | None]:
        """Return the names below the prefix of a folder that have addresses of their own, with these.

        They are the names of all files that an equal copy replaces, of whatever package.
        """
        if target.path is None or not target.is_folder:
            return {}
        start = target.path
        return {
            target.name + file.path[len(start) :]: self._urls.get(copy.path)
            for file, copy in self._graph.equal.items()
            if file.path.startswith(start)
        }

    def _of(self, target: Target) -> str | None:
        if target.url is not None:
            if target.entry is not None and target.entry.get("url") == target.url:
                self.integrity[target.url] = target.entry["integrity"]
            return encode(target.url)
        if target.path is None or target.leads_nowhere:
            return None
        if target.is_folder:
            return self._of_folder(target)
        path = target.files[0].path if target.files else target.path
        url = self._urls.get(path)
        if url is None:
            # The site itself has to mend its own entries.
            owner = None if target.rule == "site" else target.package
            self._report(path, "" if owner is None else owner.distribution)
        return url

    def _of_folder(self, target: Target) -> str | None:
        """Return the address of a prefix: the beginning of the URLs of all files below it."""
        path, package = target.path or "", target.package
        owner = "" if package is None else package.distribution
        files = [] if package is None else self._graph.packages.files(package, path)
        served = [file for file in files if self._urls.get(file.path) is not None]
        tops = {self._urls.folder(file.path) for file in served}
        if len(tops) == 1 and (top := tops.pop()) is not None:
            return top + encode(path[path.index("/") + 1 :])
        if files and not served:
            for file in files:
                self._report(file.path, owner)
            return None
        message = f"the files of {target.name!r} have no common URL; the prefix is left out, its files stay."
        self.diagnostics.append(Diagnostic("IM209", "warning", message, distribution=owner))
        return None

    def _report(self, path: str, distribution: str) -> None:
        self.diagnostics.append(self._urls.problems[path].replace(distribution=distribution))
