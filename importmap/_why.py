"""Where a module comes from and who imports it, or why it is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ._absent import reasons
from ._chains import chains
from ._found import Finder
from ._graph import lookup
from ._package import Package
from ._reached import Reached
from ._settings import Settings
from ._site import Site
from ._urls import comparable, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    from ._found import Found
    from ._reached import Node

    class Answer(TypedDict):
        """What there is to say of a name."""

        name: str
        contexts: list[str]
        found: list[Found]
        importers: list[list[str]]
        reasons: list[str]


_HASH = re.compile(r"\.[0-9a-f]{8,64}(?=\.[^./]+$)")


def why(settings: Settings, name: str, contexts: Sequence[str] = ()) -> Answer:
    """What a name stands for on the pages of some contexts.

    :param name: a specifier, a public path or a URL.
    :param contexts: the contexts; none for all that are known.
    :raises ConflictError: if two distributions claim the same names or paths.
    :raises UnknownContextError: for a context that no package and no configuration knows.
    """
    site = Site(settings)
    named = list(dict.fromkeys(contexts)) or list(site.contexts)
    reached = site.reached(named)
    found = list(_Look(reached, name).found())
    each = {context: site.reached([context]) for context in named}
    for item in found:
        item["loaded"] = [context for context in named if _is_loaded(item, each[context])]
    return {
        "name": name,
        "contexts": named,
        "found": found,
        "importers": [] if found else chains(reached, name, set()),
        "reasons": reasons(site, reached, name, found),
    }


def _is_loaded(item: Found, reached: Reached) -> bool:
    """Whether pages have the entry; of what is no entry, whether they can load the file."""
    selections = reached.selections
    if item["kind"] == "public":
        return any(item["specifier"] in {**each.imports, **each.entries} for each in selections)
    if item["kind"] in ("site", "shared"):
        return True
    return any(item.get("path") in selection.paths for selection in selections)


def _address(url: str) -> str:
    return comparable(url).partition("?")[0]


class _Look:
    """A look at what a name may be.

    :param reached: the packages, in the contexts asked for.
    :param name: the name.
    """

    def __init__(self, reached: Reached, name: str) -> None:
        self._reached = reached
        self._graph = reached.graph
        self._name = name
        self._finder = Finder(reached)

    def found(self) -> Iterator[Found]:
        """All that it stands for, what pages see first."""
        name = self._name
        packages = self._reached.packages.values()
        if name.startswith(("/", "http:", "https:")):
            # As a browser shows it: with what a storage may have put into the name, or after it.
            wanted = _address(encode(name.partition("#")[0]))
            names = {wanted, _HASH.sub("", wanted)}
            # And with the page's own host, where the site's URLs have none.
            names |= {each[each.find("/") :] for each in names}
            for package in packages:
                for path in package.manifest["modules"]:
                    url = self._finder.urls.get(path)
                    if url is not None and _address(url) in names:
                        yield self._file({"kind": "file", "specifier": path}, package, path)
            return
        if any(name in package.manifest["modules"] for package in packages):
            for package in packages:
                if name in package.manifest["modules"]:
                    yield self._file({"kind": "file", "specifier": name}, package, name)
            return
        public = self._finder.public(name)
        if public is not None:
            selections = self._reached.selections
            users = [each.package.distribution for each in selections if name in each.entries]
            if users and not any(name in each.imports for each in selections):
                # Packages are isolated, and the contexts are not those of the entry.
                public["users"] = users
            yield self._with_importers(public)
        yield from self._scoped()

    def _scoped(self) -> Iterator[Found]:
        """What only the modules of some packages see, one for each file."""
        files: dict[Node, Found] = {}
        for package in self._reached.packages.values():
            found = lookup(self._graph.scoped(package), self._name)
            if found is None:
                continue
            specifier, copy = found
            path = copy.path + self._name[len(specifier) :]
            path = self._graph.moved.get(path, path)
            owner = self._graph.shipper(copy.package, path)
            node = (owner.namespace, path)
            if node not in files:
                kind = "private" if specifier.startswith("#") else "vendored"
                files[node] = self._file({"kind": kind, "specifier": specifier}, owner, path)
                files[node]["users"] = []
                if copy.version:
                    files[node]["version"] = copy.version
            files[node]["users"].append(package.distribution)
        yield from files.values()

    def _file(self, item: Found, package: Package, path: str) -> Found:
        return self._with_importers(self._finder.complete(item, path, package))

    def _with_importers(self, item: Found) -> Found:
        path = item.get("path", "")
        owner = self._finder.shipper(path)
        files = set() if owner is None else {(owner.namespace, path)}
        item["importers"] = chains(self._reached, self._name, files)
        return item
