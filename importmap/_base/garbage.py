"""Keep Python from looking for garbage while objects are made that stay."""

from __future__ import annotations

import gc
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self


#: Whether one of the contexts below has stopped the search, and has to begin it again.
_is_paused = False


class Uncollected:
    """A context in which Python does not look for garbage.

    A look every few hundred objects finds nothing where all of them stay (after Mercurial's `nogc`).
    """

    def __enter__(self) -> Self:
        global _is_paused  # noqa: PLW0603  # the search is of the process, too
        self._is_enabled = gc.isenabled()
        _is_paused |= self._is_enabled
        gc.disable()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_enabled:
            _resume()
            # One look at the new objects, now: otherwise the next caller pays for it.
            gc.collect(0)


def _resume() -> None:
    """Begin the search again, if it was stopped here."""
    global _is_paused  # noqa: PLW0603  # as above
    if _is_paused:
        _is_paused = False
        gc.enable()


# In a child, the thread that stopped the search may not be there any more.
if hasattr(os, "register_at_fork"):  # pragma: no branch  # Windows and WebAssembly have no forks
    os.register_at_fork(after_in_child=_resume)
