"""Mark what the public packages offer, so that errors, pickles and docs never name private modules."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    _T = TypeVar("_T")


def public(thing: _T) -> _T:
    """Let a class or function name the public package that it is imported from.

    :param thing: defined in a private module or folder, such as ``importmap._map.import_map``.
    :returns: the same object, whose ``__module__`` is ``importmap``, or ``importmap.contrib.django``.
    """
    thing.__module__ = thing.__module__.partition("._")[0]
    return thing
