"""What a manifest of a source tree was made from, and whether that has changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from .files import read_file

#: Files of a source tree that may be served without being listed as assets.
SOURCE_SUFFIXES = (".js", ".mjs", ".json", ".css")


def stamp(path: str) -> list[int]:
    """What shows that a file or folder has changed.

    :returns: modification time in ns, and the size in bytes of a file or the number of
        modules in a folder; zeros where there is nothing.
    """
    try:
        modified = os.stat(path).st_mtime_ns
        if os.path.isdir(path):
            return [modified, sum(name.endswith(SOURCE_SUFFIXES) for name in os.listdir(path))]
        return [modified, os.path.getsize(path)]
    except (OSError, ValueError):
        # A path that the system cannot spell is a ValueError.
        return [0, 0]


def take(paths: Iterable[str]) -> dict[str, list[int]]:
    """The stamp of each path, to compare with later."""
    return {path: stamp(path) for path in paths}


def has_changed(watch: Mapping[str, list[int]]) -> bool:
    """Whether anything was touched since the stamps were taken."""
    return any(stamp(path) != recorded for path, recorded in watch.items())


def is_outdated(watch: Mapping[str, list[int]], pyproject: str) -> bool:
    """Whether more than modification times has changed: the table, or which modules there are.

    :param watch: path -> stamp.
    :param pyproject: the SHA-256 of pyproject.toml, in hexadecimal digits.
    """
    for path, (_, amount) in watch.items():
        if os.path.basename(path) == "pyproject.toml":
            if digest(path) != pyproject:
                return True
        elif not os.path.exists(path) or (os.path.isdir(path) and stamp(path)[1] != amount):
            return True
    return False


def digest(path: str) -> str:
    """The SHA-256 of a file in hexadecimal digits, ``""`` where there is none."""
    # Slow to import, and only source trees need it.
    import hashlib

    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except (OSError, ValueError):
        return ""
