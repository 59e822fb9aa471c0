"""Suggestions for a name that nobody knows: the known name that was probably meant."""

from __future__ import annotations

#: How many names a wrong one is compared with at most. They begin and end most like it.
_COMPARED = 300


def closest(word: str, known: list[str]) -> str:
    """The member of `known` that `word` was probably meant to be, or ``""``."""
    # Only wrong input pays for difflib, and not too much among thousands of names.
    from difflib import get_close_matches
    from heapq import nlargest

    # Nor for what nobody has typed.
    if len(word) > 100:
        return ""
    known = [name for name in known if len(name) <= 100]
    if len(known) > _COMPARED:
        known = nlargest(
            _COMPARED, known, key=lambda name: _in_common(name, word) + _in_common(name[::-1], word[::-1])
        )
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), "")


def _in_common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    differing = (position for position, (a, b) in enumerate(zip(one, other)) if a != b)  # noqa: B905  # as far as both go
    return next(differing, min(len(one), len(other)))


def did_you_mean(word: str, known: list[str]) -> str:
    """A question to end a message with, or ``""`` where nothing is near."""
    near = closest(word, known)
    return f" Did you mean {near!r}?" if near else ""


#: How many wrong names of one run get a suggestion at most, and with how many known ones they are compared.
_WRONG, _LOOKS = 100, 100_000


class Suggestions:
    """Suggestions for wrong names among many known ones: for so many only that people read them.

    :param known: the known names.
    """

    def __init__(self, known: list[str]) -> None:
        self._known = known
        self._left = min(_WRONG, 1 + _LOOKS // (len(known) + 1))
        self._said: dict[str, str] = {}

    def did_you_mean(self, word: str) -> str:
        """Return a question to end a message with, or ``""`` where nothing is near."""
        if word not in self._said and self._left:
            self._left -= 1
            self._said[word] = did_you_mean(word, self._known)
        return self._said.get(word, "")
