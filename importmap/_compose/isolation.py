"""Scopes that keep the modules of a package from everything that is not theirs.

Browsers know no isolated scopes, so a scope says what its modules do not get: it has an entry
for every URL with a host and, by the boundaries of the map, for every name in `imports`. What has
no host stays open, such as ``data:``: prefixes do not match it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from importmap._base.diagnostics import Diagnostic
from importmap._manifest.package import Package
from importmap._site.graph import Graph
from importmap._site.selection import Selection
from importmap._site.targets import File

from .scopes import Scopes
from .url_keys import UrlKeys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Names: TypeAlias = Mapping[str, "str | None"]

#: Blocks all URLs with a host but those that an entry of the same scope lets through.
_EVERYWHERE: Names = {"http://": None, "https://": None}


def isolated_scopes(
    selection: Selection,
    scopes: Scopes,
    graph: Graph,
    url_keys: UrlKeys,
    *,
    wanted: Mapping[File, Sequence[str]],
    names: Names,
    keys: Names,
) -> dict[str, dict[str, str | None]]:
    """The scopes of the selected modules of a package, where packages are isolated.

    The scope of a folder is on each page on which the package has anything. A module that has a scope
    of its own gets what it imports, and nothing that only another page has.

    :param scopes: which scope each module is in.
    :param wanted: the names that the scope of each module needs.
    :param names: what the names stand for that the modules import.
    :param keys: the package's URL keys.
    """
    package = selection.package
    # Of a callable nobody knows all files, so nobody knows which URLs are its own.
    is_closed = package.provider is None
    prefixes = tuple(scopes.prefixes(package).values())
    common: dict[str, str | None] = dict(_EVERYWHERE if is_closed else {})
    common.update({prefix: prefix for prefix in prefixes})
    asked = _asked(selection, graph, url_keys) if is_closed else {}
    # A folder's scope has its own URLs already.
    outside = {
        url: final
        for urls in (asked.values() if prefixes else ())
        for url, final in urls.items()
        if not url.startswith(prefixes)
    }
    hidden = graph.hidden(package)
    tables = {prefix: {**common, **outside, **keys, **names} for prefix in prefixes}
    for file in selection.files:
        scope = scopes.of(file)
        if scope is not None and scope not in tables:
            own = {name: names[name] for name in (*wanted[file], *hidden) if name in names}
            tables[scope] = {**common, **asked.get(file, {}), **own}
    return tables


def _asked(selection: Selection, graph: Graph, url_keys: UrlKeys) -> dict[File, dict[str, str | None]]:
    """The URLs of its package that each module may ask for: all of them, if nobody knows what it imports."""
    if graph.packages.says_imports(selection.package):
        return {file: url_keys.asked(file) for file in selection.files}
    return dict.fromkeys(selection.files, url_keys.of_all(selection.package))


def not_isolated(package: Package) -> list[Diagnostic]:
    """What cannot be kept from a package."""
    if package.provider is None:
        return []
    message = "its modules are kept from names only, not from URLs: a callable says which files are its own."
    return [Diagnostic("IM241", "warning", message, distribution=package.distribution)]
