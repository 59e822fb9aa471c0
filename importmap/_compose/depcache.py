"""The static imports of selected modules, as the final URLs that they lead to (`depcache`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from importmap._base.grammar import join
from importmap._manifest.package import Package
from importmap._site.graph import Graph
from importmap._site.selection import Selection

from .urls import Urls, encode, joined


def dependencies(
    selections: Iterable[Selection],
    graph: Graph,
    urls: Urls,
    imports: Mapping[str, str | None],
    scoped: Mapping[str, Mapping[str, str | None]],
) -> dict[str, list[str]]:
    """The URL of each selected module, and the URLs of what it imports statically.

    No URL is parsed: relative imports are joined as public paths, and everything else is looked up.

    :param imports: the `imports` of the map.
    :param scoped: namespace -> what the package's scopes map.
    """
    moved = graph.moved

    def address(package: Package, path: str, edge: str, url: str, base: str | None) -> tuple[str, str] | None:
        """The final URL of an import, and the address that means it at a URL.

        :param base: what stands before the path in that URL; None if the path is not its end.
        """
        if edge.startswith("."):
            joint = join(path, edge)
            imported = joint or path
            final = urls.get(moved.get(imported, imported))
            if joint is not None and base is not None and final == base + joint:
                # Most sites: one base and the public path, where nothing has to be joined again.
                key = final
            else:
                key = joined(url, encode(edge))
            # What has no key is asked for where it is not.
            own = scoped[package.namespace]
            if final is None or (final != key and own.get(key, imports.get(key)) != final):
                return None
            specifier = key
        else:
            target = graph.target(package, edge)
            if target is None:
                return None
            own = scoped[package.namespace]
            table = own if target.is_scoped or edge in own else imports
            name = edge if edge in table else target.name
            if (start := table.get(name)) is None:
                return None
            specifier, final = edge, start + edge[len(name) :]
        # An absolute path means another URL on another host, where only the specifier means the same,
        # as it does where packages are isolated: their modules may not ask for others' URLs.
        elsewhere = specifier != final and (graph.isolates or (_has_host(url) and not _has_host(final)))
        return final, specifier if elsewhere else final

    found = {}
    for selection in selections:
        package = selection.package
        modules = package.manifest["modules"]
        for path in selection.paths:
            url, edges = urls.get(path), modules.get(path, {}).get("imports", ())
            if url is not None and edges:
                addresses: dict[str, str] = {}
                base = url[: -len(path)] if url.endswith(f"/{path}") else None
                for edge in edges:
                    if (target := address(package, path, edge, url, base)) is not None:
                        addresses.setdefault(*target)
                found[url] = list(addresses.values())
    return {url: targets for url, targets in found.items() if targets}


def _has_host(url: str) -> bool:
    return "//" in url.partition("?")[0]
