"""Unions and differences of import maps, as sets of rules."""

from __future__ import annotations

from ._diagnostics import Diagnostic
from ._errors import ConflictError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._sections import Sections

    #: A rule's section, its scope (``""`` outside `scopes`) and its key.
    Key = tuple[str, str, str]
    Rules = dict[Key, Any]


def rules_of(sections: Sections) -> Rules:
    """The rules of a map."""
    rules: Rules = {("imports", "", key): value for key, value in sections.imports.items()}
    for scope, names in sections.scopes.items():
        rules.update({("scopes", scope, key): value for key, value in names.items()})
        # An empty scope has no other rule, and says something where scopes are isolated.
        rules["scope", scope, ""] = None
    if sections.scopes:
        rules["isolatedScopes", "", "isolatedScopes"] = sections.isolated_scopes
    rules.update({("integrity", "", url): value for url, value in sections.integrity.items()})
    rules.update({("depcache", "", url): value for url, value in sections.depcache.items()})
    return rules


def sections_of(rules: Rules) -> dict[str, Any]:
    """The mappings of which `rules_of` gives the rules."""
    sections: dict[str, Any] = {"imports": {}, "scopes": {}, "integrity": {}, "depcache": {}}
    for (section, scope, key), value in rules.items():
        if section in ("scope", "scopes"):
            sections["scopes"].setdefault(scope, {}).update({key: value} if section == "scopes" else {})
        elif section != "isolatedScopes":
            sections[section][key] = value
    return sections


def union(rules: Rules, others: Rules) -> Rules:
    """All rules of both. :raises ConflictError: with every rule on which they disagree."""
    _refuse(_disagreements(rules, others))
    return {**rules, **others}


def difference(extra: Rules, base: Rules) -> Rules:
    """The rules of `extra` that a page with the rules of `base` lacks.

    HTML Standard, "merge existing and new import maps": a browser keeps the first rule
    of a key and never changes what it has resolved. So a new rule is needed if `base`
    does not decide its key, left out if `base` decides it in the same way, and a
    conflict otherwise.

    :param extra: sorted, so that a prefix stands before what it may hide.
    :raises ConflictError: with every rule that `base` decides otherwise.
    """
    conflicts = _disagreements(base, extra)
    needed, page, loadable = {}, dict(base), _loadable(base)
    # A scope with entries needs no rule of its own, unless it is isolated.
    isolated = extra.get(("isolatedScopes", "", "isolatedScopes"), False)
    implied = (
        set() if isolated else {("scope", scope, "") for section, scope, _ in extra if section == "scopes"}
    )
    for rule, value in extra.items():
        if rule in base or rule in implied:
            continue
        decided, by_base = _decides(base, rule, loadable)
        if decided and by_base != value:
            conflicts.append(_disagreement(rule, by_base, value))
        # What `base` says may be hidden by a prefix that comes with the difference.
        elif not decided or _decides(page, rule, loadable) != (True, value):
            needed[rule] = page[rule] = value
    _refuse(conflicts)
    return needed


def _decides(base: Rules, rule: Key, loadable: set[str]) -> tuple[bool, Any]:
    """Whether, and to what, `base` resolves the key of a rule that it does not have."""
    section, scope, key = rule
    if section == "scopes":
        for name in dict.fromkeys([scope, *reversed(_prefixes(scope))]):
            found, value = _lookup(base, "scopes", name, key)
            if found:
                return True, value
        if scope not in loadable:
            return False, None
    elif section != "imports":
        return False, None
    return _lookup(base, "imports", "", key)


def _loadable(base: Rules) -> set[str]:
    """The URLs that a page with `base` can load, and the prefixes of these, as scopes name them.

    Only modules that are loaded resolve names: what no such URL lies in has decided nothing.
    """
    addresses = {value for (section, _, _), value in base.items() if section in ("imports", "scopes")}
    scopes = {scope for section, scope, _ in base if section == "scopes"}
    prefixes = {prefix for address in addresses if address is not None for prefix in _prefixes(address)}
    return addresses | scopes | prefixes


def _prefixes(url: str) -> list[str]:
    """The parts of a URL that end in ``/``, as prefix scopes do, from the shortest to the longest."""
    return [url[: end + 1] for end, character in enumerate(url) if character == "/"]


def _lookup(base: Rules, section: str, scope: str, key: str) -> tuple[bool, Any]:
    """HTML Standard, "resolve an imports match": the exact key, else the longest prefix."""
    if (section, scope, key) in base:
        return True, base[section, scope, key]
    end = len(key)
    while (end := key.rfind("/", 0, end)) >= 0:
        prefix = key[: end + 1]
        if (section, scope, prefix) in base:
            address = base[section, scope, prefix]
            return True, None if address is None else address + key[end + 1 :]
    return False, None


def _disagreements(rules: Rules, others: Rules) -> list[Diagnostic]:
    both = sorted(rules.keys() & others.keys())
    return [_disagreement(rule, rules[rule], others[rule]) for rule in both if rules[rule] != others[rule]]


def _disagreement(rule: Key, one: object, other: object) -> Diagnostic:
    section, scope, key = rule
    place = f"{section}[{scope!r}]" if scope else section
    message = f"{key!r} is {one!r} in one map and {other!r} in the other."
    return Diagnostic("IM211", "error", message, place=place)


def _refuse(conflicts: list[Diagnostic]) -> None:
    if conflicts:
        raise ConflictError(*conflicts)
