"""HTML Standard, "Import map processing model": keys normalised, addresses as URLs.

Works on plain mappings, from JSON or from an `ImportMap`; what a browser would ignore or
block is noted as a diagnostic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import _url_parser as urls
from ._diagnostics import Diagnostic, shown
from ._errors import ResolutionError
from ._normalized import TOP, Normalized
from ._table import json_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeGuard

    from ._normalized import Key, SpecifierMap


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
