"""An import map as the HTML Standard's algorithms see it: keys normalised, addresses as URLs.

HTML Standard, "Import map processing model". Works on plain mappings, from JSON or from an
`ImportMap`. Notes as a diagnostic what a browser would ignore or block.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from importmap._base.diagnostics import Diagnostic, ResolutionError, shown
from importmap._base.tables import json_kind

from . import url as urls
from .digests import fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    #: A module specifier map of the standard: an address is a URL, or None where it blocks.
    SpecifierMap = dict[str, str | None]
    #: A key as it was written: its section ("scope" for that of a scope), its scope or `TOP`, the key.
    Key = tuple[str, "str | None", str]
    from collections.abc import Sequence
    from typing import TypeGuard


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


def normalize(
    sections: Mapping[str, Mapping[str, Any]], base_url: str, problems: list[Diagnostic]
) -> Normalized:
    """A map as the standard's algorithms see it.

    :param sections: the parts of the map, as JSON has them.
    :param base_url: where the map stands.
    :param problems: what is ignored, blocked or lost is added to it.
    :raises ResolutionError: if `base_url` is not an absolute URL.
    """
    normalized = Normalized(absolute(base_url))
    reader = _Reader(normalized, problems)
    reader.read_imports(sections["imports"])
    reader.read_scopes(sections["scopes"])
    reader.read_integrity(sections["integrity"])
    reader.read_depcache(sections["depcache"])
    return normalized


class _Reader:
    """Fills a normalised map.

    :param normalized: the map.
    :param problems: what is ignored, blocked or lost is added to it.
    """

    def __init__(self, normalized: Normalized, problems: list[Diagnostic]) -> None:
        self.map = normalized
        self._problems = problems

    def read_imports(self, original: Mapping[str, object]) -> None:
        """HTML Standard, "sort and normalize a module specifier map", for `imports`."""
        self.map.imports = self._specifier_map(original, TOP, "imports")

    def read_scopes(self, original: Mapping[str, Mapping[str, object]]) -> None:
        """HTML Standard, "sort and normalize scopes", without the sorting: see `_resolve`."""
        # 2. For each scope prefix and its map (1., its shape, is checked where JSON is read):
        for prefix, table in _in_order(original):
            # 2.2. The prefix is parsed as a URL beside the base.
            url = urls.parse(prefix, self.map.base)
            # 2.3. If that fails, the scope is ignored.
            if url is None:
                self._note("IM307", f"the scope {shown(prefix)} is ignored: it is not a URL.", "scopes")
                continue
            if url in self.map.written_scopes:
                self._lose(("scope", TOP, self.map.written_scopes[url]), prefix)
            # 2.4. and 2.5. A later scope of the same URL replaces an earlier one.
            self.map.written_scopes[url] = prefix
            self.map.scopes[url] = self._specifier_map(table, url, where(prefix))

    def read_integrity(self, original: Mapping[str, object]) -> None:
        """HTML Standard, "normalize a module integrity map"."""
        written = self.map.written_urls["integrity"]
        # 2. For each key and value:
        for key, value in original.items():
            # 2.1. and 2.2. Keys are URLs; a bare name is ignored.
            url = urls.parse_specifier(key, self.map.base)
            if url is None:
                why = "it is not a URL that is absolute or begins with '/', './' or '../'"
            # 2.3. Metadata is text.
            elif not isinstance(value, str):
                why = f"it must be a string, not {json_kind(value)}"
            # 2.4.
            else:
                if url in written:
                    self._lose(("integrity", TOP, written[url]), key)
                self.map.integrity[url], written[url] = value, key
                if wrong := fault(value):
                    self._note(wrong[0], f"the integrity of {shown(key)} {wrong[1]}.", "integrity")
                continue
            self._note("IM308", f"the integrity of {shown(key)} is ignored: {why}.", "integrity")

    def read_depcache(self, original: Mapping[str, object]) -> None:
        """Import map extensions, "normalize depcache"."""
        written = self.map.written_urls["depcache"]
        for key, value in _in_order(original):
            url = urls.parse(key, self.map.base)
            if url is None:
                why = "it is not a URL"
            elif not are_strings(value):
                why = "its dependencies must be an array of strings"
            else:
                if url in written:
                    self._lose(("depcache", TOP, written[url]), key)
                self.map.depcache[url], written[url] = tuple(value), key
                continue
            self._note("IM319", f"the dependencies of {shown(key)} are ignored: {why}.", "depcache")

    def _specifier_map(self, original: Mapping[str, object], scope: str | None, place: str) -> SpecifierMap:
        """HTML Standard, "sort and normalize a module specifier map", without the sorting."""
        # 1.
        normalized: SpecifierMap = {}
        written = self.map.written[scope] = {}
        # 2. For each key and value:
        for key, value in original.items():
            # 2.1. and 2.2. An empty key is ignored ("normalize a specifier key", 1.).
            if not key:
                self._note("IM303", "an empty key is ignored: no specifier is empty.", place)
                continue
            # "Normalize a specifier key", 2. to 4.: what is like a URL is replaced by it.
            url = urls.parse_specifier(key, self.map.base)
            if url is not None:
                if url in written:
                    section, within = (
                        ("imports", TOP) if scope is TOP else ("scopes", self.map.written_scopes[scope])
                    )
                    self._lose((section, within, written[url]), key)
                written[url] = key
            specifier = key if url is None else url
            # 2.3. to 2.6. An address that is none blocks the key.
            address = normalized[specifier] = self._address(value)
            if address is None or (key.endswith("/") and not address.endswith("/")):
                normalized[specifier] = None
                code, why = _why_blocked(value, address)
                # Who writes null means it.
                severity = "info" if value is None else "warning"
                self._note(code, f"{shown(key)} is blocked: {why}", place, severity)
                # An `ImportMap` holds everything that is no string as None.
                if isinstance(value, str):
                    self.map.invalid[scope, specifier] = why
        # 3. Sorting puts longer keys before their prefixes, which `_resolve` looks for in this order.
        return normalized

    def _address(self, value: object) -> str | None:
        """The URL that an address stands for, if it is absolute or begins like a path."""
        return urls.parse_specifier(value, self.map.base) if isinstance(value, str) else None

    def _lose(self, lost: Key, winner: str) -> None:
        self.map.lost.add(lost)
        section, scope, key = lost
        place = {"scope": "scopes", "scopes": where(scope)}.get(section, section)
        message = f"{shown(key)} is lost: {shown(winner)}, which comes later, is the same URL."
        self._note("IM309", message, place)

    def _note(self, code: str, message: str, place: str, severity: str = "warning") -> None:
        self._problems.append(Diagnostic(code, severity, message, place=place))


def _in_order(table: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The members of a JSON object in the order of JSON.parse: array indices first (ECMA-262, 10.1.11).

    Of two keys that are the same URL the later one counts, and `1` is the same as `./1`. Keys
    that have to be like a URL are never indices.
    """
    return sorted(table.items(), key=lambda member: not _is_index(member[0]))


def _is_index(key: str) -> bool:
    return re.fullmatch(r"0|[1-9][0-9]{0,9}", key) is not None and int(key) < 2**32 - 1


def _why_blocked(value: object, address: str | None) -> tuple[str, str]:
    """A code and a reason, in the order in which the standard looks at addresses."""
    # 2.3. An address is a string.
    if not isinstance(value, str):
        what = "null" if value is None else f"{json_kind(value)}, not a string"
        return "IM304", f"its address is {what}."
    # 2.5. It is a URL.
    if address is None:
        why = "is not a URL that is absolute or begins with '/', './' or '../'"
        return "IM305", f"its address {shown(value)} {why}."
    # 2.6. The address of a prefix is one too. The standard looks at the key as it was written.
    return "IM306", f"its address {shown(value)} must end in '/', as the key does."


def are_strings(value: object) -> TypeGuard[Sequence[str]]:
    """Whether a value is an array of strings."""
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


def absolute(url: str, base: str | None = None) -> str:
    """The URL of a page or module, serialised. :raises ResolutionError: if it is not one."""
    parsed = urls.parse(url, base)
    if parsed is None:
        message = f"{shown(url)} cannot be a base: it is not an absolute URL."
        raise ResolutionError(Diagnostic("IM310", "error", message))
    return parsed


def where(scope: str | None) -> str:
    """The place of a specifier map, for diagnostics."""
    return "imports" if scope is TOP else f"scopes[{shown(scope)}]"
