"""URL keys of a map: they lead relative imports of plain file names to final URLs.

Only where URLs keep the folders of public paths: there a key belongs to one file of one package.
"""

from __future__ import annotations

from collections.abc import Mapping

from ._diagnostics import Diagnostic
from ._grammar import join
from ._selection import Selection
from ._urls import Urls, directory, encode, joined


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
    modules = selection.package.manifest["modules"]
    for path in selection.paths:
        url, module = urls.get(path), modules.get(path)
        keys.update(plain_key(path, urls, moved))
        if module is None or url is None:
            continue
        prefix = urls.folder(path)
        for edge in (*module.get("imports", ()), *module.get("dynamic", ())):
            imported = (join(path, edge) or path) if edge.startswith(".") else None
            target = None if imported is None else urls.get(moved.get(imported, imported))
            if imported is None or target is None or target == (key := joined(url, encode(edge))):
                continue
            if key in plain_key(imported, urls, moved) or (prefix is not None and key.startswith(prefix)):
                keys[key] = target
            else:
                message = f"imports {edge!r}, for which browsers ask at {key!r}: the file is at {target!r}."
                owner = selection.package.distribution
                diagnostics.append(Diagnostic("IM230", "warning", message, distribution=owner, place=path))
    return keys


def _are_plain(selection: Selection, urls: Urls) -> bool:
    """Whether all URLs are one base and the public path, so that relative imports are right as they are."""
    bases = set()
    for path in selection.paths:
        url = urls.get(path)
        if url is not None:
            bases.add(url[: -len(path)] if url.endswith(path) else None)
    return len(bases) < 2 and None not in bases
