"""Import maps as sets of rules, and their unions."""

from __future__ import annotations

from collections.abc import Collection

from importmap._base.diagnostics import ConflictError, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .sections import Sections

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
    both = sorted(rules.keys() & others.keys())
    refuse([disagreement(rule, rules[rule], others[rule]) for rule in both if rules[rule] != others[rule]])
    return {**rules, **others}


def without_copies(rules: Rules, later: Rules, scopes: Collection[str]) -> Rules:
    """The rules of a map without the copies that some of its scopes have of what `later` maps otherwise.

    :param scopes: those that have copies of entries of `imports`.
    """
    changed = {key for section, _, key in later if section == "imports"}
    return {
        rule: value
        for rule, value in rules.items()
        if rule[1] not in scopes or rule[2] not in changed or rules.get(("imports", "", rule[2])) != value
    }


def disagreement(rule: Key, one: object, other: object) -> Diagnostic:
    """Two maps say different things of one rule."""
    section, scope, key = rule
    place = f"{section}[{scope!r}]" if scope else section
    message = f"{key!r} is {one!r} in one map and {other!r} in the other."
    return Diagnostic("IM211", "error", message, place=place)


def refuse(conflicts: list[Diagnostic]) -> None:
    """Raise what was found, if anything was."""
    if conflicts:
        raise ConflictError(*conflicts)
