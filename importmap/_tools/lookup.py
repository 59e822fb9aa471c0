"""What page scripts get by a name, and where the files lie that names lead to."""

from __future__ import annotations

from importmap._base.diagnostics import ManifestError
from importmap._compose.urls import Urls, encode
from importmap._discovery.sources import AllSources
from importmap._manifest.document import DEFAULT_CONTEXTS
from importmap._manifest.package import Package
from importmap._site.gather import File
from importmap._site.reach import Reached
from importmap._site.settings import is_url
from importmap._site.targets import Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    class Place(TypedDict, total=False):
        """Where something is; what is not known or does not apply is left out."""

        distribution: str
        path: str
        url: str | None
        file: str
        size: int
        sha384: str

    class Found(Place, total=False):
        """One thing that a name stands for; `Place` is that of what is loaded."""

        kind: str
        specifier: str
        version: str
        contexts: list[str]
        loaded: list[str]
        users: list[str]
        #: The site's own decision: ``imports``, ``overrides`` or ``shared``; and to what it leads.
        decision: str
        target: str | None
        #: What there would be but for the site's override.
        declared: Place
        #: The files that are equal to the one that is loaded, and are not loaded themselves.
        equal: list[Place]
        importers: list[list[str]]


class Finder:
    """Looks up names on the pages of some contexts.

    :param reached: the packages, in these contexts.
    """

    def __init__(self, reached: Reached) -> None:
        self._graph = reached.graph
        self._settings = reached.settings
        self._packages = reached.packages
        self._sources = AllSources()
        self.urls = Urls(reached.settings.static)

    def public(self, name: str) -> Found | None:
        """What page scripts get by a name."""
        declared, target = self._graph.declared(name), self._graph.outside(name)
        overrides = self._settings.overrides
        if not declared.key:
            return None
        # Below a prefix perhaps no file is there: the prefix stands for the name all the same.
        item = self._declared(self._graph.declared(declared.key))
        if target.rule == "site" and target.key in overrides:
            item["declared"] = self._place(declared.url or declared.path or "", declared.package)
            item["specifier"], item["decision"] = target.key, "overrides"
            item["target"] = overrides[target.key]
        return self.complete(item, target.url or target.path, target.package)

    def complete(self, item: Found, target: str | None, package: Package | None = None) -> Found:
        """The item with what is known of what is loaded.

        :param target: the public path or URL that the item leads to; None if it is blocked.
        :param package: whose file that is, if that is known.
        """
        if target is None or is_url(target):
            item["url"] = None if target is None else encode(target)
            return item
        path, equal = target, self._graph.equal
        asked = self._packages.file(target)
        if asked is not None and asked in equal:
            path, package = equal[asked].path, equal[asked].package
        if package is not None:
            item.setdefault("distribution", package.distribution)
            item.setdefault("version", package.version)
        self._fill(item, path, package)
        others = sorted(file.path for file, copy in equal.items() if copy.path == path)
        if others:
            item["equal"] = [self._place(other) for other in others]
        return item

    def _declared(self, target: Target) -> Found:
        """What a name stands for if the site overrides nothing.

        :param target: where its entry leads then.
        """
        package, key = target.package, target.key
        item: Found = {"kind": "site", "specifier": key}
        if package is not None and target.rule != "site":
            item["distribution"], item["version"] = package.distribution, package.version
        if target.entry is not None:
            item["kind"], item["contexts"] = "public", target.entry.get("contexts", DEFAULT_CONTEXTS)
        elif target.rule == "site":
            item["decision"], item["target"] = "imports", self._settings.imports[key]
        else:
            shared = self._graph.shared
            item["kind"], item["version"], item["decision"] = "shared", shared.copies[key].version, "shared"
            item["users"] = [each.distribution for each in self._packages if key in shared.names_for(each)]
        return item

    def _place(self, target: str, package: Package | None = None) -> Place:
        """Where a file or URL is, whether it is loaded or not."""
        place: Place = {}
        file = self._packages.file(target)
        package = package or (None if file is None else file.package)
        if package is not None:
            place["distribution"] = package.distribution
        if is_url(target):
            place["url"] = encode(target)
        else:
            self._fill(place, target, package)
        return place

    def _fill(self, place: Place, path: str, package: Package | None) -> None:
        """Say what is known of a file."""
        place["path"] = path
        if package is None:
            place["url"] = self.urls.get(path)
            return
        module = package.modules.get(path)
        place["url"] = None if module is None else self.urls.get(path)
        try:
            file = File(package, *self._sources.of(package).read(path))
        except ManifestError:
            # `importmap check` says so.
            known = module or {}
            place.update({key: known[key] for key in ("size", "sha384") if key in known})  # type: ignore[typeddict-item]  # the same keys
        else:
            place["file"], place["size"], place["sha384"] = file.place, len(file.content), file.sha384


def decisions(reached: Reached) -> dict[str, list[Found]]:
    """What the site itself has decided, by the key of its configuration; those without any are left out."""
    finder, settings = Finder(reached), reached.settings
    names = dict.fromkeys((*settings.imports, *settings.overrides, *settings.shared))
    items = [item for name in names if (item := finder.public(name)) and item["specifier"] == name]
    decided = {
        key: [item for item in items if item.get("decision") == key]
        for key in ("imports", "overrides", "shared")
    }
    return {key: items for key, items in decided.items() if items}
