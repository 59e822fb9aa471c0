"""Files that are read only if they are files, and no more of them than a limit."""

from __future__ import annotations

import errno
import os
import stat

#: The most bytes that are read of a file: of what describes packages, and of what pages load.
LIMIT = 64 * 1024 * 1024
SERVED_LIMIT = 1024 * 1024 * 1024
#: How files are opened: as bytes everywhere, and without waiting for the other end of a pipe.
FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_read, _close, _status = os.read, os.close, os.fstat
_is_regular, _is_folder = stat.S_ISREG, stat.S_ISDIR


def read_file(path: str | os.PathLike[str], most: int = LIMIT) -> bytes:
    """Return the bytes of a regular file.

    :param most: how many bytes it may have.
    :raises OSError: if it cannot be read, is no regular file, or is larger.
    """
    try:
        return read_all(os.open(path, FLAGS), most)
    except OSError as error:
        # Opening knows the name, reading does not.
        error.filename = os.fspath(path)
        raise
    except ValueError as error:
        # A name with a null character.
        raise FileNotFoundError(errno.ENOENT, str(error), os.fspath(path)) from error


def read_if_there(path: str | os.PathLike[str], most: int = LIMIT) -> bytes | None:
    """Return the bytes of a regular file, None if nothing is there; see `read_file`."""
    try:
        return read_file(path, most)
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_all(descriptor: int, most: int = LIMIT) -> bytes:
    """Return all bytes of an open file, which is closed; see `read_file`."""
    try:
        status = _status(descriptor)
        if not _is_regular(status.st_mode):
            if _is_folder(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            raise OSError(errno.EINVAL, "it is not a regular file")
        if status.st_size > most:
            raise _too_large(most)
        # The file may grow, and some file systems do not say sizes.
        data = more = _read(descriptor, status.st_size + 1)
        while more and len(data) > status.st_size:
            data += (more := _read(descriptor, len(data)))
            if len(data) > most:
                raise _too_large(most)
        return data
    finally:
        _close(descriptor)


def _too_large(most: int) -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {most // (1024 * 1024)} MiB, the most that is read")
