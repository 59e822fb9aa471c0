"""What isolates a scope in browsers: it blocks the names that its modules may not take from `imports`.

Browsers fall back from a scope to `imports`. An entry of the scope itself ends that, and one
without address refuses the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ._grammar import is_url_like

TYPE_CHECKING = False
if TYPE_CHECKING:
    Specifiers = Mapping[str, "str | None"]


def guarded(
    imports: Specifiers, scopes: Mapping[str, Specifiers], boundaries: Mapping[str, Iterable[str]]
) -> dict[str, Specifiers]:
    """The scopes, each with an entry for every name in `imports`.

    :param boundaries: scope -> the names that it may take from there, with all below each. It has
        null for the others. What the scope says itself stays.
    """
    names = {name: _beginnings(name) for name in imports if not is_url_like(name)}
    complete = dict(scopes)
    for scope in boundaries.keys() & scopes.keys():
        allowed = frozenset(boundaries[scope])
        entries = {
            name: None if beginnings.isdisjoint(allowed) else imports[name]
            for name, beginnings in names.items()
        }
        complete[scope] = {**entries, **scopes[scope]}
    return complete


def covering(url: str) -> list[str]:
    """The scopes that hold for the module at a URL, as they may be written, the most specific first."""
    return [url, *(url[: end + 1] for end in range(len(url) - 2, -1, -1) if url[end] == "/")]


def _beginnings(name: str) -> frozenset[str]:
    """A specifier, and all that it lies below, without slashes at their ends."""
    parts = name.rstrip("/").split("/")
    return frozenset("/".join(parts[:length]) for length in range(1, len(parts) + 1))
