"""An installed distribution as discovery sees it: its name, its version, its entry points of our group."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from ._grammar import normalise
from ._value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import importlib.metadata

#: The group of entry points by which packages are found.
GROUP = "importmap"
#: How files are opened: as bytes, everywhere.
FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_read, _close = os.read, os.close


class Installed(Value):
    """A distribution in a plain folder.

    :param folder: its `.dist-info` or `.egg-info` folder.
    :param name: its normalised name.
    :param version: its version, ``""`` where the folder's name has none.
    :param entry_points: names and values of its entry points of our group.
    """

    __slots__ = ("entry_points", "folder", "name", "version")

    folder: str
    name: str
    version: str
    entry_points: tuple[tuple[str, str], ...]

    def __init__(
        self, folder: str, name: str, version: str, entry_points: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._set(folder=folder, name=name, version=version, entry_points=tuple(entry_points))

    def read(self, filename: str) -> bytes | None:
        """The bytes of a file in the folder, None if there is none."""
        return read_file(f"{self.folder}/{filename}")

    def place(self, filename: str) -> str:
        """Where a file is, for messages."""
        return f"{self.folder.rpartition('/')[2]}/{filename}"


class Foreign(Installed):
    """A distribution in a zip file, or one that another finder brought."""

    __slots__ = ("distribution",)

    distribution: importlib.metadata.Distribution

    def __init__(
        self, distribution: importlib.metadata.Distribution, entry_points: Iterable[tuple[str, str]]
    ) -> None:
        metadata = distribution.metadata
        version = metadata["Version"] if "Version" in metadata else ""  # noqa: SIM401  # not a dict
        super().__init__("", normalise(metadata["Name"]), version, entry_points)
        self._set(distribution=distribution)

    def read(self, filename: str) -> bytes | None:
        """The bytes of a metadata file, None if there is none."""
        try:
            text = self.distribution.read_text(filename)
            return None if text is None else text.encode()
        except Exception as error:
            # Somebody else's distribution may raise anything.
            raise OSError(0, repr(error), filename) from error

    def place(self, filename: str) -> str:
        """The file's name: where a foreign distribution keeps its files is its own affair."""
        return filename


def read_file(path: str) -> bytes | None:
    """The bytes of a file, None if there is none. :raises OSError: if it cannot be read."""
    try:
        return read_all(os.open(path, FLAGS))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        # Opening knows the name, reading does not.
        error.filename = path
        raise


def read_all(descriptor: int) -> bytes:
    """All bytes of an open file, which is closed. :raises OSError: if it cannot be read."""
    try:
        # Nearly all of these files fit: one call instead of the four of `open().read()`.
        data = more = _read(descriptor, 16384)
        while more and len(data) >= 16384:
            data += (more := _read(descriptor, len(data)))
        return data
    finally:
        _close(descriptor)


def parse_entry_points(raw: bytes) -> list[tuple[str, str]]:
    """Names and values of the entry points of our group (entry points specification, "File format").

    :param raw: the bytes of an entry_points.txt.
    :raises ValueError: if the file cannot be read as one; a file without our group only has
        to be UTF-8.
    """
    text = raw.decode()
    return list(_pairs(text)) if GROUP in text else []


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    section = None
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[]")
            continue
        if section is None:
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise ValueError(f"line {number} has no '='")
        if section == GROUP:
            yield name.strip(), value.strip()
