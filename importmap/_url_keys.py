"""URL keys of a map: they lead relative imports of plain file names to final URLs.

Only where URLs keep the folders of public paths: there a key belongs to one file of one package.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ._diagnostics import Diagnostic
from ._grammar import join
from ._package import Package
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
