"""The arguments of tags: names, as templates write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def names(*given: str | Sequence[str]) -> list[str]:
    """Names that were given one by one, with spaces between them, or as lists.

    :raises TypeError: for what is neither a string nor a list.
    """
    found: list[str] = []
    for some in given:
        if not isinstance(some, Iterable):
            raise TypeError(f"names are strings, or lists of strings, not {some!r}")
        found += str(some).split() if isinstance(some, str) else map(str, some)
    return found


def contexts_of(given: Sequence[str | Sequence[str]]) -> list[str]:
    """The contexts that a tag asks for."""
    return names(*given) or ["default"]
