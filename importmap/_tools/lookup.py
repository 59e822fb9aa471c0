"""What page scripts get by a name, and where the files lie that names lead to."""

from __future__ import annotations

from importmap._base.diagnostics import ManifestError
from importmap._base.grammar import match
from importmap._compose.urls import Urls, encode
from importmap._discovery.folders import Sources
from importmap._manifest.document import DEFAULT_CONTEXTS
from importmap._manifest.package import Package
from importmap._site.gather import File
from importmap._site.reach import Reached
from importmap._site.settings import is_url

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
        self.urls = Urls(reached.settings.static)

    def public(self, name: str) -> Found | None:
        """What page scripts get by a name."""
        declared = self._declared(name)
        if declared is None:
            return None
        item, target, package = declared
        specifier, overrides = item["specifier"], self._settings.overrides
        rest = name[len(specifier) :]
        if specifier not in overrides:
            return self.complete(item, target + rest, package)
        item["declared"] = self._place(target + rest, package)
        item["decision"], item["target"] = "overrides", overrides[specifier]
        return self.complete(item, None if item["target"] is None else item["target"] + rest)

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
        elif package is None and asked is not None:
            package = asked.package
        if package is not None:
            item.setdefault("distribution", package.distribution)
            item.setdefault("version", package.version)
        self._fill(item, path, package)
        others = sorted(file.path for file, copy in equal.items() if copy.path == path)
        if others:
            item["equal"] = [self._place(other) for other in others]
        return item

    def _declared(self, name: str) -> tuple[Found, str, Package | None] | None:
        """The same but for overrides: the item, the path or URL of its specifier, and whose that is."""
        owner, shared = self._packages.owner(name), self._graph.shared
        item: Found
        if owner is not None:
            specifier = match(name, owner.entries)
            if specifier is None:
                return None
            entry = owner.entries[specifier]
            item = {
                "kind": "public",
                "specifier": specifier,
                "distribution": owner.distribution,
                "version": owner.version,
                "contexts": entry.get("contexts", DEFAULT_CONTEXTS),
            }
            return item, entry["url"] if "url" in entry else entry["path"], owner
        specifier = match(name, self._settings.imports)
        if specifier is not None:
            target = self._settings.imports[specifier]
            item = {"kind": "site", "specifier": specifier, "decision": "imports", "target": target}
            return item, target, None
        if name not in shared.copies:
            return None
        copy = shared.copies[name]
        users = [each.distribution for each in self._packages if name in shared.names_for(each)]
        item = {
            "kind": "shared",
            "specifier": name,
            "distribution": copy.package.distribution,
            "version": copy.version,
            "decision": "shared",
            "users": users,
        }
        return item, copy.path, copy.package

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
            file = File(package, *Sources(package).read(path))
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
