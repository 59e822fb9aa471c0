"""What WebKit makes of import maps: the algorithms of the HTML Standard, and where it leaves them.

In some points the order of a hash table decides. There the model knows what may come, and not what will.
"""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import importmap
from importmap._map import url as urls
from support.oracle_cases import Map
from support.oracle_page import Answer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from support.oracle_cases import Case

#: What WebKit does otherwise than the standard.
DEPARTURES = {
    "scopes in any order": "of two scopes that cover a module any may count first; the longer one should",
    "keys in any order": "of two keys or scopes that are one URL any may win; the last in the text should",
    "exact scopes stay open": "what a module has resolved freezes nothing in a scope that is its whole URL",
    "non-special freezes": "resolved URLs of other schemes drop keys that end in a slash and are no prefixes",
}

#: Of each key the URLs that it may lead to; None blocks.
Table = dict[str, "set[str | None]"]
#: What a question may be answered; None is a refusal.
Answers = set["str | None"]


class Resolved(NamedTuple):
    """What a module has resolved."""

    name: str
    has_prefixes: bool
    module: str


class Model:
    """A page that takes in maps.

    :param departures: in which points it is WebKit's and not the standard's.
    """

    def __init__(self, departures: Collection[str]) -> None:
        self.departures = departures
        self.imports: Table = {}
        #: A scope may be one of several, where several keys are its URL.
        self.scopes: dict[str, list[Table]] = {}
        self.resolved: list[Resolved] = []

    def take(self, text: str, base: str) -> None:
        """Merge existing and new import maps."""
        try:
            importmap.parse(text, base_url=base)
        except importmap.ParseError:
            return
        members = json.loads(text, parse_constant=str, parse_float=len)
        new: dict[str, list[Table]] = {}
        for key, names in _in_order(members.get("scopes", {})):
            if (scope := urls.parse(key, base)) is not None:
                before = new.get(scope, []) if "keys in any order" in self.departures else []
                new[scope] = [*before, self.table(names, base)]
        for scope, tables in new.items():
            records = [record for record in self.resolved if self.freezes(record.module, scope)]
            any_scheme = "non-special freezes" in self.departures
            kept = [_thawed(table, records, any_scheme=any_scheme) for table in tables]
            self.scopes[scope] = [
                {**table, **old} for old, table in product(self.scopes.get(scope, [{}]), kept)
            ]
        imports = _thawed(self.table(members.get("imports", {}), base), self.resolved, any_scheme=True)
        self.imports = {**imports, **self.imports}

    def table(self, names: object, base: str) -> Table:
        """Sort and normalize a module specifier map."""
        table: Table = {}
        for key, value in _in_order(names):
            name = urls.parse_specifier(key, base) or key
            address = urls.parse_specifier(value, base) if isinstance(value, str) else None
            if address is not None and key.endswith("/") and not address.endswith("/"):
                address = None
            if key:
                before = table.get(name, set()) if "keys in any order" in self.departures else set()
                table[name] = {*before, address}
        return table

    def freezes(self, module: str, scope: str) -> bool:
        """Whether what a module has resolved is decided in a scope."""
        if module == scope and "exact scopes stay open" not in self.departures:
            return True
        return scope.endswith("/") and module.startswith(scope)

    def ask(self, specifier: str, module: str) -> Answers:
        """Resolve a module specifier."""
        url = urls.parse_specifier(specifier, module)
        name = specifier if url is None else url
        has_prefixes = url is None or urls.is_special(url)
        covering = [
            scope
            for scope in self.scopes
            if scope == module or (scope[-1] == "/" and module.startswith(scope))
        ]
        found: Answers = set()
        is_open = True
        for scope in sorted(covering, reverse=True):
            answers = [_match(table, name, has_prefixes=has_prefixes) for table in self.scopes[scope]]
            found.update(*(answer for answer in answers if answer is not None))
            is_open = is_open and None in answers
            if not is_open and "scopes in any order" not in self.departures:
                return found
        if is_open:
            found |= _match(self.imports, name, has_prefixes=has_prefixes) or {url}
        return found

    def remember(self, specifier: str, module: str) -> None:
        """Add to the resolved module set."""
        url = urls.parse_specifier(specifier, module)
        name = specifier if url is None else url
        self.resolved.append(Resolved(name, url is None or urls.is_special(url), module))


def _thawed(table: Table, records: list[Resolved], *, any_scheme: bool) -> Table:
    """What is left of a table after some was resolved.

    :param any_scheme: whether keys that end in a slash count as prefixes of any URL.
    """

    def took_part(key: str, record: Resolved) -> bool:
        is_prefix = key.endswith("/") and record.name.startswith(key)
        return key == record.name or (is_prefix and (any_scheme or record.has_prefixes))

    return {
        key: addresses
        for key, addresses in table.items()
        if not any(took_part(key, record) for record in records)
    }


def _match(table: Table, name: str, *, has_prefixes: bool) -> Answers | None:
    """Resolve an imports match; None if there is none."""
    if name in table:
        return table[name]
    keys = [key for key in table if key.endswith("/") and name.startswith(key)] if has_prefixes else []
    if not keys:
        return None
    key = max(keys, key=len)
    return {_below(address, name[len(key) :]) for address in table[key]}


def _below(address: str | None, rest: str) -> str | None:
    url = None if address is None else urls.parse(rest, address)
    return url if url is not None and url.startswith(address or "") else None


def _in_order(members: object) -> Iterator[tuple[str, object]]:
    """As `JSON.parse` has an object's members: array indices come first."""
    assert isinstance(members, dict)
    indices = {key for key in members if key.isdecimal() and key == str(int(key)) and int(key) < 2**32 - 1}
    for key in (*sorted(indices, key=int), *(key for key in members if key not in indices)):
        yield key, members[key]


def possible(one: Case, theirs: list[list[Answer]], departures: Collection[str]) -> list[list[set[Answer]]]:
    """What a page may answer that has answered so before.

    :param one: what happens.
    :param theirs: what the browser has answered.
    """
    model = Model(departures)
    answers: list[list[set[Answer]]] = []
    for step, said in zip(one, theirs, strict=True):
        if isinstance(step, Map):
            model.take(step.text, urls.parse(step.base) or step.base)
            answers.append([{Answer("")}])
            continue
        module = urls.parse(step.base) or step.base
        answers.append([{Answer(url) for url in model.ask(it, module)} for it in step.specifiers])
        for specifier, answer in zip(step.specifiers, said, strict=True):
            if answer.url is not None:
                model.remember(specifier, module)
    return answers
