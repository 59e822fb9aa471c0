"""Scopes within scopes, where browsers differ.

The HTML Standard looks into the longest scope of a module first. WebKit, the engine of Safari, keeps scopes
in a hash table, and looks into any of them first. That shows where two scopes lead one name elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from importmap._base.diagnostics import Diagnostic, shown
from importmap._base.grammar import covers, prefixes

from . import url as urls
from .normalize import Normalized, where
from .resolve import prefix_lengths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .normalize import SpecifierMap

#: Stands for a name of which a scope says nothing; None blocks.
_NOTHING = object()

#: How many names to look up at most.
_LOOKUPS = 200_000


def nested_scopes(normalized: Normalized) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each scope that disagrees with one that it lies in."""
    left = _LOOKUPS
    tables = {scope: (names, prefix_lengths(names)) for scope, names in normalized.scopes.items()}
    around: list[str] = []
    # In this order a scope comes after all that it lies in.
    for scope in sorted(tables):
        while around and not covers(around[-1], scope):
            around.pop()
        names, lengths = tables[scope]
        for outer in reversed(around):
            # What only the outer scope has, can lie below a prefix of the inner one.
            asked = {**names, **tables[outer][0]} if lengths else names
            left -= len(asked)
            if left < 0:
                return
            name = next((name for name in asked if _differ(name, tables[scope], tables[outer])), None)
            if name is not None:
                yield _diagnostic(normalized, name, scope, outer)
                break
        around.append(scope)


def _differ(name: str, *tables: tuple[SpecifierMap, tuple[int, ...]]) -> bool:
    return len({_said(name, *table) for table in tables} - {_NOTHING}) > 1


def _said(name: str, names: SpecifierMap, lengths: tuple[int, ...]) -> object:
    """Return what a scope makes of a name: a URL, None where it blocks, or nothing."""
    if name in names:
        return names[name]
    for key in prefixes(name, lengths):
        if key in names:
            address = names[key]
            return address and urls.parse(name[len(key) :], address)
    return _NOTHING


def _diagnostic(normalized: Normalized, name: str, inner: str, outer: str) -> Diagnostic:
    spelled = {**normalized.written[outer], **normalized.written[inner]}.get(name, name)
    message = (
        f"{shown(spelled)} leads elsewhere in {where(normalized.written_scopes[outer])}, which lies around: "
        "WebKit, and so Safari, may look there first."
    )
    return Diagnostic("IM326", "warning", message, place=where(normalized.written_scopes[inner]))
