"""Faults of the system: files and folders that cannot be read now, and perhaps can later.

Only absence is absence. Whatever else the system answers is said, and what was found meanwhile is not kept.
"""

from __future__ import annotations

import errno
import os

from .diagnostics import Diagnostic
from .files import FLAGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The code of their diagnostics.
CODE = "IM112"
#: Answers that are about what a file is, not about whether the system lets it be read.
_KINDS = frozenset({errno.EISDIR, errno.EINVAL, errno.EFBIG, errno.ENOENT, errno.ENOTDIR, 0, None})


def is_fault(error: OSError) -> bool:
    """Tell whether an error is a fault of the system, and does not say what a file is."""
    return error.errno not in _KINDS


def fault(error: OSError, path: str, distribution: str = "") -> Diagnostic:
    """Return the diagnostic of a fault.

    :param path: the file or folder.
    :param distribution: the one that has it, where that is known.
    """
    message = f"the system does not let it be read: {error.strerror}. It is left out."
    return Diagnostic(CODE, "error", message, distribution=distribution, place=path)


def take(diagnostics: Iterable[Diagnostic]) -> dict[str, int]:
    """Return each file and folder that a fault is about, with what the system says of it now."""
    places = [one.place for one in diagnostics if one.code == CODE]
    # Nobody can ask the system about a public path. And what can be read already was read too early.
    return {place: (_answer(place) or -1) if os.path.isabs(place) else -1 for place in places}


def has_changed(faults: Mapping[str, int]) -> bool:
    """Tell whether the system says something else of one of them."""
    return any(_answer(path) != number for path, number in faults.items())


def _answer(path: str) -> int:
    """Try to open a file or to list a folder. Return the number of the error, 0 if there is none."""
    try:
        if os.path.isdir(path or "."):
            os.listdir(path or ".")
        else:
            os.close(os.open(path, FLAGS))
    except OSError as error:
        return error.errno or -1
    except ValueError:
        return -1
    return 0
