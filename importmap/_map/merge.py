"""HTML Standard, "merge existing and new import maps"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from importmap._base.diagnostics import ConflictError, Diagnostic, ResolutionError, shown
from importmap._base.grammar import covers

from . import url as urls
from .normalize import TOP, Normalized, absolute, where
from .resolve import Index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .sections import Sections


#: Where the page has no rule; None is an address that blocks.
ABSENT = object()


class Merge:
    """A new map that comes to a page.

    :param page: the page's map.
    :param written: the same as it was written.
    :param resolved: the page's resolved module set: specifiers, each with its base.
    """

    def __init__(self, page: Index, written: Sections, resolved: Iterable[tuple[str, str]]) -> None:
        self._page = page
        self._resolved = [(specifier, absolute(base)) for specifier, base in resolved]
        #: The page's map with what it takes in, as browsers see it and as it was written.
        self.normalized = page.normalized.copy()
        self.sections = written.to_dict()
        self.isolated = written.isolated_scopes
        #: A diagnostic for each rule that the page drops.
        self.dropped: list[Diagnostic] = []

    def take(self, new: Normalized, written: Sections) -> None:
        """Merge a map.

        :param new: the new map.
        :param written: the same as it was written.
        """
        self._take_isolation(written)
        # 4. For each scope of the new map:
        for scope, text in new.written_scopes.items():
            covered = [record for record in self._resolved if covers(scope, record[1])]
            if covered and self.isolated and scope not in self.normalized.scopes:
                why = "it is isolated, and the page has resolved something in it"
                message = f"the scope {shown(text)} is dropped: {why}."
                self.dropped.append(Diagnostic("IM317", "warning", message, place="scopes"))
                continue
            # 4.1. a rule is dropped that takes part in what the page has resolved in the scope.
            own = self.normalized.add_scope(scope, text)
            target = self.sections["scopes"].setdefault(own, {})
            self._take_names(new, scope, Frozen(covered, special=True), written.scopes[text], target)
        # 5. Integrity is frozen by nothing; nor is depcache, which the standard does not know.
        for section in ("integrity", "depcache"):
            page = getattr(self.normalized, section)
            for url, value in getattr(new, section).items():
                key = new.written_urls[section][url]
                if not self._drops(key, section, page.get(url, ABSENT), value, frozen=False):
                    page[url] = self.sections[section][key] = value
                    self.normalized.written_urls[section][url] = key
        # 6. The same for `imports`, where records of all bases count. In the text of 6.1.1 the two
        # strings stand the wrong way round (whatwg/html #11875): a key is dropped if it takes part
        # in resolving what was resolved, not if what was resolved is the beginning of the key. The
        # step does not ask whether a URL is special, and browsers do not either.
        frozen = Frozen(self._resolved, special=False)
        self._take_names(new, TOP, frozen, written.imports, self.sections["imports"])

    def _take_isolation(self, written: Sections) -> None:
        """Import map extensions, "Isolated Scopes": a page that has scopes, or isolates them, has decided."""
        if not self.isolated and not self.sections["scopes"]:
            self.isolated = written.isolated_scopes
        elif written.scopes and written.isolated_scopes != self.isolated:
            self._drops("isolatedScopes", "", self.isolated, written.isolated_scopes, frozen=False)

    def _take_names(
        self,
        new: Normalized,
        scope: str | None,
        frozen: Frozen,
        source: Mapping[str, str | None],
        target: dict[str, str | None],
    ) -> None:
        """Merge a specifier map: `source` and `target` as it is written, and as it is to be."""
        place = where(TOP if scope is TOP else new.written_scopes[scope])
        page = self.normalized.names(scope)
        for key, address in new.names(scope).items():
            rule = new.written[scope].get(key, key)
            # 4.2., 4.3. and 7. The rules that the page has stay.
            there = page.get(key, ABSENT)
            if not self._drops(rule, place, there, address, frozen=key in frozen):
                target[rule] = source[rule]
                self.normalized.take(scope, key, new)

    def _drops(self, rule: str, place: str, there: object, new: object, *, frozen: bool) -> bool:
        """Whether the page drops a rule, which is then in `dropped`."""
        if there == new:
            code, severity, why = "IM316", "info", "the page has the same entry"
        elif there is not ABSENT:
            code, severity, why = "IM316", "warning", "the page has another entry"
        elif frozen:
            code, severity, why = "IM317", "warning", "the page has resolved what it would change"
        else:
            return False
        message = f"{shown(rule)} is dropped: {why}."
        self.dropped.append(Diagnostic(code, severity, message, place=place))
        return True

    def refuse(self, new: Normalized) -> None:
        """Import map extensions, "Lazy Loading of Import Maps": all of the new map, or an error.

        :raises ConflictError: if a rule was dropped, or a scope covers what is loaded.
        """
        problems = [drop.replace(severity="error") for drop in self.dropped]
        loaded = sorted({*(base for _, base in self._resolved), *self._imported()})
        for scope, written in new.written_scopes.items():
            for url in loaded:
                if covers(scope, url):
                    message = f"the scope covers {shown(url)}, which is loaded."
                    problems.append(Diagnostic("IM318", "error", message, place=where(written)))
        if problems:
            raise ConflictError(*problems)

    def _imported(self) -> Iterator[str]:
        """The modules that the page must have loaded for what it has resolved."""
        for specifier, base in self._resolved:
            with suppress(ResolutionError):
                yield self._page.resolve(specifier, base)


def spelled_like(page: Index, written: Sections, new: Index, other: Sections) -> dict[str, Any]:
    """Another map with the keys of the page's map where they are the same URLs, and its addresses.

    :param page: the page's map.
    :param written: the same as it was written.
    :param new: the other map.
    :param other: the same as it was written.
    """
    old, comes = page.normalized, new.normalized

    def names(
        scope: str | None, mine: Mapping[str, str | None], source: Mapping[str, str | None]
    ) -> dict[str, Any]:
        spelled = {}
        there = old.names(scope) if scope is TOP or scope in old.scopes else {}
        for key, address in comes.names(scope).items():
            text, value = comes.written[scope].get(key, key), source[comes.written[scope].get(key, key)]
            if key in there:
                text = old.written[scope].get(key, key)
                value = mine[text] if there[key] == address else value
            spelled[text] = value
        return spelled

    scopes = {}
    for scope, text in comes.written_scopes.items():
        own = old.written_scopes.get(scope, text)
        scopes[own] = names(scope, written.scopes.get(own, {}), other.scopes[text])
    sections: dict[str, Any] = {"imports": names(TOP, written.imports, other.imports), "scopes": scopes}
    for section in ("integrity", "depcache"):
        keys = {**comes.written_urls[section], **old.written_urls[section]}
        sections[section] = {keys[url]: value for url, value in getattr(comes, section).items()}
    return sections


class Frozen:
    """The keys that took part in resolving some specifiers, so that later maps may not bring them.

    :param resolved: specifiers, each with its base, a serialised URL.
    :param special: whether prefixes are frozen of bare specifiers and special URLs only: others
        are never looked up by their prefixes.
    """

    def __init__(self, resolved: Iterable[tuple[str, str]], *, special: bool) -> None:
        self._exact: set[str] = set()
        below: set[str] = set()
        for specifier, base in resolved:
            url = urls.parse_specifier(specifier, base)
            normalized = specifier if url is None else url
            self._exact.add(normalized)
            if url is None or urls.is_special(url) or not special:
                below.add(normalized)
        self._below = sorted(below)

    def __contains__(self, key: str) -> bool:
        if key in self._exact or not key.endswith("/"):
            return key in self._exact
        # What begins with a text stands right behind it.
        position = bisect_left(self._below, key)
        return position < len(self._below) and self._below[position].startswith(key)
