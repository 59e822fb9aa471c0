"""The static imports of selected modules, as the final URLs that they lead to (`depcache`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from importmap._site.graph import Graph
from importmap._site.targets import File

from .addresses import Addresses
from .urls import Urls, encode, joined


class Depcache:
    """Finds the URLs of static imports, for one map.

    No URL is parsed: relative imports are joined as public paths, and all others are looked up.

    :param graph: where imports lead.
    :param urls: the final URLs.
    :param addresses: where names lead.
    :param imports: the `imports` of the map.
    :param keys: the URL keys of each package, by namespace.
    """

    def __init__(
        self,
        graph: Graph,
        urls: Urls,
        addresses: Addresses,
        *,
        imports: Mapping[str, str | None],
        keys: Mapping[str, Mapping[str, str | None]],
    ) -> None:
        self._graph = graph
        self._urls = urls
        self._addresses = addresses
        self._imports = imports
        self._keys = keys

    def of(self, files: Iterable[File]) -> dict[str, list[str]]:
        """Return the URL of each file that imports anything, with the URLs of all that it imports."""
        depcache: dict[str, list[str]] = {}
        for file in files:
            url = self._urls.get(file.path)
            targets = None if url is None else self._targets(file, url)
            if url is not None and targets:
                depcache[url] = targets
        return depcache

    def _targets(self, file: File, url: str) -> list[str]:
        """Return the static imports of the file at a URL: final URLs, or addresses that mean them there."""
        base = url[: -len(file.path)] if url.endswith(f"/{file.path}") else None
        keys = self._keys[file.package.namespace]
        has_host, isolates = _has_host(url), self._graph.isolates
        targets: dict[str, str] = {}
        for specifier, is_static, target in self._graph.imports(file):
            if not is_static:
                break
            if target.rule != "relative":
                asked, final = specifier, self._addresses.of(target)
            else:
                final = self._urls.get(target.files[0].path)
                if base is not None and final == f"{base}{target.path}":
                    # Most sites: one base and the public path, where nothing has to be joined again.
                    targets.setdefault(final, final)
                    continue
                asked = joined(url, encode(specifier))
                # A relative import without a key is asked for where the file is not.
                if final not in (asked, keys.get(asked, self._imports.get(asked))):
                    continue
            if final is not None:
                # An absolute path means another URL on another host, where only the specifier means the
                # same, as it does where packages are isolated: modules may not ask for others' URLs.
                is_elsewhere = asked != final and (isolates or (has_host and not _has_host(final)))
                targets.setdefault(final, asked if is_elsewhere else final)
        return list(targets.values())


def _has_host(url: str) -> bool:
    return "//" in url.partition("?")[0]
