"""The import maps of django-js-asset, read from the script elements that it prints, and united with ours.

Nothing of django-js-asset is imported, and no private attribute of it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import unescape
from typing import Any, NamedTuple

from importmap import Diagnostic, ImportMap, ImportMapError
from importmap._base.diagnostics import shown
from importmap._base.grammar import owns
from importmap._base.tables import json_kind
from importmap._compose.registry import process_registry
from importmap._map.algebra import rules_of

#: An attribute as Django's `flatatt` prints it.
_ATTRIBUTE = r' ([A-Za-z@:_][A-Za-z0-9@:._-]*)(?:="([^"]*)")?'
_SCRIPT = re.compile(rf'<script type="importmap"((?:{_ATTRIBUTE})*)>([^<]*)</script>')


class Theirs(NamedTuple):
    """A map of django-js-asset.

    :param import_map: its entries; what is no address blocks its name, as it does in browsers.
    :param attrs: the further attributes of its script element, such as a nonce.
    :param problems: what is wrong with the entries.
    """

    import_map: ImportMap
    attrs: dict[str, object]
    problems: tuple[Diagnostic, ...] = ()


def read(markup: object) -> Theirs:
    """The map in a script element.

    :raises ValueError: if that is no script element as django-js-asset prints it.
    """
    script = _SCRIPT.fullmatch(str(markup))
    if script is None:
        # It is not shown: there may be a nonce in it.
        raise ValueError("it is no script element that could be read")
    attrs: dict[str, object] = {
        match[1]: True if match[2] is None else unescape(match[2])
        for match in re.finditer(_ATTRIBUTE, script[1])
    }
    try:
        data = json.loads(script[4])
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    problems: list[Diagnostic] = []
    scopes = {
        scope: _specifiers(names, f"scopes[{scope!r}]", problems)
        for scope, names in _object(_object(data, "the map").get("scopes", {}), "scopes").items()
    }
    import_map = ImportMap(
        _specifiers(data.get("imports", {}), "imports", problems),
        scopes,
        _integrity(data.get("integrity", {}), problems),
    )
    return Theirs(import_map, attrs, tuple(problems))


def unite(ours: ImportMap, theirs: Iterable[Theirs]) -> tuple[ImportMap, list[Diagnostic]]:
    """One map of both. Of their maps the later wins, as it does without ours; ours wins over all.

    :returns: the map, and a diagnostic for each entry of theirs that says something else.
    """
    united = ImportMap()
    for each in theirs:
        united = united.override(each.import_map)
    return united.override(ours), _clashes(ours, united)


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} must be an object, not {json_kind(value)}")
    return value


def _specifiers(table: object, place: str, problems: list[Diagnostic]) -> dict[str, str | None]:
    """The entries of `imports` or of a scope."""
    specifiers: dict[str, str | None] = {}
    for key, value in _object(table, place).items():
        specifiers[key] = value if isinstance(value, str) else None
        if value is not None and specifiers[key] is None:
            message = f"is blocked: its address is {json_kind(value)}, not a string."
            problems.append(Diagnostic("IM304", "warning", message, place=f"{place}[{shown(key)}]"))
    return specifiers


def _integrity(table: object, problems: list[Diagnostic]) -> dict[str, str]:
    integrity = _object(table, "integrity")
    for key in [key for key, value in integrity.items() if not isinstance(value, str)]:
        message = f"is ignored: it must be a string, not {json_kind(integrity.pop(key))}."
        problems.append(Diagnostic("IM308", "warning", message, place=f"integrity[{shown(key)}]"))
    return integrity


def _clashes(ours: ImportMap, theirs: ImportMap) -> list[Diagnostic]:
    """Where the maps disagree."""
    rules, others = rules_of(ours), rules_of(theirs)
    return [
        _clash(rule, rules[rule], others[rule])
        for rule in sorted(rules.keys() & others.keys())
        if rules[rule] != others[rule]
    ]


def _clash(rule: tuple[str, str, str], one: object, other: object) -> Diagnostic:
    section, scope, key = rule
    return Diagnostic(
        "IM404",
        "warning",
        f"is {one!r}; a map of django-js-asset says {other!r}, which is left out.",
        distribution=_owner(key),
        place=f"{section}[{shown(scope)}][{shown(key)}]" if scope else f"{section}[{shown(key)}]",
    )


def _owner(name: str) -> str:
    """The distribution that owns a name; ``""`` if there is none."""
    try:
        packages = process_registry().packages
    except ImportMapError:
        # Said where the map is loaded.
        return ""
    return next((package.distribution for package in packages if owns(package.namespace, name)), "")
