"""An import map as the HTML Standard's algorithms see it ("Import map processing model")."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    #: A module specifier map of the standard: an address is a URL, or None where it blocks.
    SpecifierMap = dict[str, str | None]
    #: A key as it was written: its section ("scope" for that of a scope), its scope or `TOP`, the key.
    Key = tuple[str, "str | None", str]

#: Stands for `imports` where scopes are named; a scope may be ``""``, which is the base URL.
TOP = None


class Normalized:
    """An import map as the standard's algorithms see it.

    :ivar base: the serialised base URL.
    :ivar imports: normalised specifier -> URL or None.
    :ivar scopes: URL -> specifier map.
    :ivar integrity: URL -> metadata.
    :ivar depcache: URL of a module -> its dependencies, as specifiers.
    :ivar written: scope, or `TOP` -> key that is a URL -> the key as it was written.
    :ivar written_scopes: scope -> the scope as it was written.
    :ivar written_urls: "integrity" and "depcache" -> URL -> the key as it was written.
    :ivar invalid: (scope, or `TOP`; key) -> why its address, which is not None, blocks it.
    :ivar lost: the keys, as they were written, of which a later one is the same URL.
    """

    __slots__ = (
        "base",
        "depcache",
        "imports",
        "integrity",
        "invalid",
        "lost",
        "scopes",
        "written",
        "written_scopes",
        "written_urls",
    )

    def __init__(self, base: str) -> None:
        self.base = base
        self.imports: SpecifierMap = {}
        self.scopes: dict[str, SpecifierMap] = {}
        self.integrity: dict[str, str] = {}
        self.depcache: dict[str, tuple[str, ...]] = {}
        self.written: dict[str | None, dict[str, str]] = {TOP: {}}
        self.written_scopes: dict[str, str] = {}
        self.written_urls: dict[str, dict[str, str]] = {"integrity": {}, "depcache": {}}
        self.invalid: dict[tuple[str | None, str], str] = {}
        self.lost: set[Key] = set()

    def sections(self) -> dict[str, Any]:
        """The parts of the map, as JSON has them."""
        return {name: getattr(self, name) for name in ("imports", "scopes", "integrity", "depcache")}

    def names(self, scope: str | None) -> SpecifierMap:
        """The specifier map of a scope, or `imports`."""
        return self.imports if scope is TOP else self.scopes[scope]

    def copy(self) -> Normalized:
        """The same map, to be changed."""
        copy = Normalized(self.base)
        copy.imports, copy.integrity, copy.depcache = (
            dict(self.imports),
            dict(self.integrity),
            dict(self.depcache),
        )
        copy.scopes = {scope: dict(names) for scope, names in self.scopes.items()}
        copy.written = {scope: dict(names) for scope, names in self.written.items()}
        copy.written_urls = {section: dict(keys) for section, keys in self.written_urls.items()}
        copy.written_scopes, copy.invalid = dict(self.written_scopes), dict(self.invalid)
        return copy

    def unwritten(self) -> Normalized:
        """The same map, as if each key had been written as it is normalised."""
        copy = self.copy()
        copy.written = {scope: {key: key for key in names} for scope, names in self.written.items()}
        copy.written_scopes = {scope: scope for scope in self.written_scopes}
        copy.written_urls = {
            section: {url: url for url in keys} for section, keys in self.written_urls.items()
        }
        copy.invalid = {}
        return copy

    def is_spelled_like(self, other: Normalized) -> bool:
        """Whether the URLs that are keys of both maps are written alike in both."""
        tables: list[tuple[dict[str, str], dict[str, str]]] = [(self.written_scopes, other.written_scopes)]
        tables += [
            (self.written[scope], other.written[scope]) for scope in self.written.keys() & other.written
        ]
        tables += [(keys, other.written_urls[section]) for section, keys in self.written_urls.items()]
        return all(one[key] == two[key] for one, two in tables for key in one.keys() & two.keys())

    def add_scope(self, scope: str, text: str) -> str:
        """Make sure that there is a scope. :returns: how it is written; `text` if it is new."""
        self.scopes.setdefault(scope, {})
        self.written.setdefault(scope, {})
        return self.written_scopes.setdefault(scope, text)

    def take(self, scope: str | None, key: str, other: Normalized) -> None:
        """Take over one rule of another map."""
        self.names(scope)[key] = other.names(scope)[key]
        if key in other.written[scope]:
            self.written[scope][key] = other.written[scope][key]
        if (scope, key) in other.invalid:
            self.invalid[scope, key] = other.invalid[scope, key]
