"""Files that are whole or not there.

A file is written beside its place, and gets its name when it is whole. A process that is killed before that
leaves a temporary file behind, which the next run removes: see `remove_leftovers`.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

#: How the name of a temporary file begins and ends.
_BEGIN, _END = ".importmap-", ".tmp"


class InUseError(OSError):
    """Another process is at work in a folder."""


def write_atomically(path: str, data: bytes) -> None:
    """Write a file beside its place and rename it: no reader ever sees half of it.

    A device, or another thing that is no file, is written to as it is.

    :raises OSError: if it cannot be written; an older file is then as it was.
    """
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        with open(path, "wb") as device:
            device.write(data)
        return
    # Slow to import, and who only reads needs none.
    import tempfile

    folder = os.path.dirname(os.path.abspath(path))
    while True:
        descriptor, temporary = tempfile.mkstemp(prefix=_BEGIN, suffix=_END, dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                with contextlib.suppress(OSError):
                    _lock(descriptor)
                file.write(data)
            # A temporary file is private; what a command writes is as readable as any new file.
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)
            os.replace(temporary, path)
        except FileNotFoundError:
            # Another process can have taken it for a leftover while it was not locked.
            if os.path.lexists(temporary):
                os.unlink(temporary)
                raise
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        else:
            return


def is_temporary(name: str) -> bool:
    """Tell whether a file has the name of a temporary one."""
    return name.startswith(_BEGIN) and name.endswith(_END)


def leftovers(folder: str) -> list[str]:
    """Return the names of the temporary files in a folder, sorted."""
    try:
        return sorted(filter(is_temporary, os.listdir(folder)))
    except OSError:
        return []


def remove_leftovers(folder: str) -> None:
    """Remove the temporary files of processes that were killed. Those of processes at work stay."""
    for name in leftovers(folder):
        path = os.path.join(folder, name)
        with contextlib.suppress(OSError), _opened(path) as descriptor:
            _lock(descriptor)
            os.unlink(path)


@contextlib.contextmanager
def kept_for_this_process(folder: str) -> Iterator[None]:
    """Keep other processes that ask for the same from a folder.

    :raises InUseError: if another process has it.
    :raises OSError: if the folder cannot be opened.
    """
    with _opened(folder) as descriptor:
        try:
            _lock(descriptor)
        except BlockingIOError:
            raise InUseError from None
        except OSError:
            # A file system without locks: as good as alone.
            pass
        yield


@contextlib.contextmanager
def _opened(path: str) -> Iterator[int | None]:
    """Open a file or a folder to lock it. Windows opens no folders, and removes no file that is open."""
    if sys.platform == "win32":  # pragma: no cover  # the tests of coverage run elsewhere
        yield None
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int | None) -> None:
    """Lock what is open, until it is closed, or its process has ended.

    :raises BlockingIOError: if another process has locked it.
    """
    if sys.platform == "win32" or descriptor is None:  # pragma: no cover  # as above
        return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
