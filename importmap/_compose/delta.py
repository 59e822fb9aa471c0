"""Deltas: what a page that is open in a browser needs to have the modules of further contexts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from importmap._base.diagnostics import ConflictError, Diagnostic, ParseError, UnknownContextError, shown
from importmap._base.public import public
from importmap._map.algebra import rules_of, sections_of
from importmap._map.import_map import ImportMap

from .registry import Registry, process_registry

#: What `ImportMap.label` is: contexts, and twelve characters of Base64.
_LABEL = r"([A-Za-z0-9][A-Za-z0-9._ -]*);([A-Za-z0-9+/]{12})"


@public
def delta(page: str, contexts: Sequence[str], registry: Registry | None = None) -> tuple[str, str]:
    """What a page needs to have the modules of further contexts as well.

    :param page: the label of the page's map, which it has in `data-importmap`. Anybody may have written it.
    :param contexts: what the page asks for. Whether it may have that is for the caller to say: of these
        contexts, and of those in the label. An answer tells whether a guess of the page's map is right.
    :param registry: the site; None for the process's registry.
    :returns: JSON with the members `importmap`, a map to insert into the page, and `page`, its label then;
        and the ETag of that.
    :raises ParseError: if `page` is no label.
    :raises ConflictError: if the page has another map than the site has now. It has to be loaded again.
    :raises UnknownContextError: for one of `contexts` that no package and no configuration knows.
    :raises ValueError: for no context at all.
    """
    if isinstance(contexts, str):
        raise TypeError("contexts is a list of names, not a string")
    if not contexts:
        raise ValueError("delta needs at least one context")
    registry = registry or process_registry()
    base = _map_of(page, registry)
    whole = base | _united(contexts, registry)
    # Not `whole - base`: one site's maps mean the same by everything that a module imports, so that
    # nothing of this can change what the page has resolved, and there is nothing to refuse.
    there = rules_of(base)
    rules = {rule: value for rule, value in rules_of(whole).items() if rule not in there}
    needed = ImportMap(**sections_of(rules))
    text = f'{{"importmap":{needed.to_json()},"page":{json.dumps(whole.label)}}}'
    return text, f'"{_digest(text)}"'


def read_label(label: str) -> tuple[list[str], str]:
    """Return the contexts that the label of a page names, and its digest. No map is made.

    :raises ParseError: if it is no label.
    """
    parts = re.fullmatch(_LABEL, label)
    if parts is None:
        message = f"{shown(label)} is not what data-importmap says of a page: contexts and a digest."
        raise ParseError(Diagnostic("IM237", "error", message))
    names, digest = parts.groups()
    return names.split(), digest


def _map_of(label: str, registry: Registry) -> ImportMap:
    """The map of a page that says what it has."""
    names, digest = read_label(label)
    try:
        import_map = _united(names, registry)
    except UnknownContextError:
        raise _stale(label) from None
    if import_map.digest != digest:
        raise _stale(label)
    return import_map


def _united(contexts: Iterable[str], registry: Registry) -> ImportMap:
    """The map of some contexts, as `load` makes it of all at once.

    The registry keeps each map that it is asked for, and strangers could ask for every combination.
    """
    return reduce(or_, (registry.load([name]) for name in sorted(set(contexts))))


def _stale(label: str) -> ConflictError:
    return ConflictError(
        Diagnostic(
            "IM236",
            "error",
            f"a page says {shown(label)} of its map, and the site has another one.",
            hint="load the page again; it must print the map of its contexts, without modules= or additions",
        )
    )


def _digest(text: str) -> str:
    # Not needed to load a map, and slow to import.
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:32]
