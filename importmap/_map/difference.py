"""Differences of import maps: what a page that has one still needs to have another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from itertools import islice, takewhile

from importmap._base.grammar import beginnings, is_url_like

from .algebra import disagreement, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .algebra import Key, Rules

#: The sections whose rules resolve names.
_NAMES = ("imports", "scopes")


def difference(extra: Rules, base: Rules, here: Collection[str] = ()) -> Rules:
    """The rules of `extra` that a page with the rules of `base` lacks.

    HTML Standard, "merge existing and new import maps": a browser keeps the first rule
    of a key and never changes what it has resolved. So a new rule is needed if `base`
    does not decide its key, left out if `base` decides it in the same way, and a
    conflict otherwise.

    :param extra: sorted, so that a prefix stands before what it may hide.
    :param here: the scopes that cover the page itself.
    :raises ConflictError: with everything that `base` decides otherwise.
    """
    loadable = _loadable(base, here)
    conflicts = {rule: (base[rule], value) for rule, value in extra.items() if base.get(rule, value) != value}
    conflicts.update(_changes(extra, base, loadable))
    refuse([disagreement(rule, *values) for rule, values in sorted(conflicts.items())])

    needed, page = {}, dict(base)
    # A scope with entries needs no rule of its own, unless it is isolated.
    isolated = extra.get(("isolatedScopes", "", "isolatedScopes"), False)
    implied = (
        set() if isolated else {("scope", scope, "") for section, scope, _ in extra if section == "scopes"}
    )
    for rule, value in extra.items():
        if rule in base or rule in implied:
            continue
        # What `base` says may be hidden by a prefix that comes with the difference.
        if not _decides(base, rule, loadable)[0] or _decides(page, rule, loadable) != (True, value):
            needed[rule] = page[rule] = value
    return needed


def _changes(extra: Rules, base: Rules, loadable: set[str]) -> Iterator[tuple[Key, tuple[Any, Any]]]:
    """What `base` decides, and a page that has the rules of `extra` as well decides otherwise.

    A new rule acts on its key; if that is a prefix, on all below it, of which `base` may list
    some in an outer scope. What lies between listed names goes with them.
    """
    page = {**extra, **base}
    keys = sorted({key for section, _, key in base if section in _NAMES})
    for section, scope, key in extra:
        if section in _NAMES and (section, scope, key) not in base:
            for name in (key, *_below(key, keys)):
                rule = (section, scope, name)
                decided, value = _decides(base, rule, loadable)
                if decided and (page_value := _decides(page, rule, loadable)[1]) != value:
                    yield rule, (value, page_value)


def _below(key: str, keys: list[str]) -> Iterator[str]:
    """Those of some sorted keys that have another one, a prefix, at their beginning."""
    if key.endswith("/"):
        yield from takewhile(lambda name: name.startswith(key), islice(keys, bisect_right(keys, key), None))


def _decides(rules: Rules, rule: Key, loadable: set[str]) -> tuple[bool, Any]:
    """Whether, and to what, a map resolves the key of a rule where that rule stands, or would stand."""
    section, scope, key = rule
    tables = [("scopes", name) for name in beginnings(scope)] if section == "scopes" else []
    # Who blocks a URL blocks a file, for the modules of further packages, too.
    is_blocked = is_url_like(key) and _lookup(rules, "imports", "", key) == (True, None)
    if section == "imports" or (tables and (scope in loadable or is_blocked)):
        tables.append(("imports", ""))
    for table in tables:
        has_rule, value = _lookup(rules, *table, key)
        if has_rule:
            # A URL that leads to itself is as open as one of which a map says nothing.
            return value != key, value
    return False, None


def _loadable(rules: Rules, here: Collection[str]) -> set[str]:
    """The URLs that a page with a map can load, and the prefixes of these, as scopes name them.

    Only modules that are loaded resolve names: what no such URL lies in has decided nothing.
    """
    urls = {value for (section, _, _), value in rules.items() if section in _NAMES and value is not None}
    urls |= {scope for section, scope, _ in rules if section == "scopes"}
    return urls.union(here, *map(beginnings, urls))


def missing(base: Rules, extra: Rules) -> list[str]:
    """The names in the `imports` of `extra` that `base` has no rule for, and `extra` an address."""
    names = (key for (section, _, key), value in extra.items() if section == "imports" and value is not None)
    return [name for name in names if not (is_url_like(name) or _lookup(base, "imports", "", name)[0])]


def _lookup(base: Rules, section: str, scope: str, key: str) -> tuple[bool, Any]:
    """Tell whether some rules decide a key, and where it leads then.

    HTML Standard, "resolve an imports match".
    """
    for beginning in beginnings(key):
        if (section, scope, beginning) in base:
            address = base[section, scope, beginning]
            return True, None if address is None else address + key[len(beginning) :]
    return False, None
