"""Unions and differences of import maps, as sets of rules."""

from __future__ import annotations

from ._diagnostics import Diagnostic
from ._errors import ConflictError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    #: A rule's section, its scope (``""`` outside `scopes`) and its key.
    Key = tuple[str, str, str]
    Rules = dict[Key, Any]


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
    needed, page = {}, dict(base)
    for rule, value in extra.items():
        if rule in base:
            continue
        decided, by_base = _decides(base, rule)
        if decided and by_base != value:
            conflicts.append(_disagreement(rule, by_base, value))
        # What `base` says may be hidden by a prefix that comes with the difference.
        elif not decided or _decides(page, rule) != (True, value):
            needed[rule] = page[rule] = value
    _refuse(conflicts)
    return needed


def _decides(base: Rules, rule: Key) -> tuple[bool, Any]:
    """Whether, and to what, `base` resolves the key of a rule that it does not have."""
    section, scope, key = rule
    if section == "scopes":
        outer = [
            name
            for kind, name, _ in base
            if kind == "scopes" and name.endswith("/") and scope.startswith(name)
        ]
        for name in sorted({*outer, scope}, key=len, reverse=True):
            found, value = _lookup(base, "scopes", name, key)
            if found:
                return True, value
    elif section != "imports":
        return False, None
    return _lookup(base, "imports", "", key)


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
