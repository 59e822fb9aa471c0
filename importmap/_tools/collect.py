"""All modules that pages can load, in one folder, under names that change with their content.

Writes to the folder without harm to the files that others have put there.
"""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Iterable, Mapping

from importmap._base.diagnostics import Diagnostic, ImportMapError
from importmap._base.files import SERVED_LIMIT, read_file, write_atomically
from importmap._base.value import Value
from importmap._site.gather import File

from .hashed_files import INDEX, Collection, read_collection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import KW_ONLY


def folded(name: str) -> str:
    """What two names have in common that are one for a file system that does not tell case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class Folder:
    """A folder that is written to, and nothing outside of it.

    :param top: its real path.
    :param own: the files in it that an earlier run wrote.
    """

    def __init__(self, top: str, own: set[str]) -> None:
        self._top = top
        self._own = own

    def check(self, wanted: Mapping[str, bytes]) -> None:
        """:raises ImportMapError: if a file would replace one that is not ours, or lie elsewhere."""
        problems = []
        for name, content in wanted.items():
            place = self._place(name)
            if not self._is_inside(place):
                problems.append(_problem("a link or a file stands where a folder should be.", place))
            elif os.path.isdir(place) and not os.path.islink(place):
                problems.append(_problem("a folder stands where a file should be.", place))
            elif name not in self._own and os.path.lexists(place) and not _holds(place, content):
                problems.append(_problem("another file is there, which an earlier run did not write.", place))
        if problems:
            raise ImportMapError(*problems)

    def write(self, wanted: Mapping[str, bytes]) -> list[str]:
        """Write files that do not hold what they should, in the order given; which these are.

        :raises ImportMapError: if one cannot be written; then none is there that was not before.
        """
        written: list[str] = []
        new: list[str] = []
        try:
            for name, content in wanted.items():
                place = self._place(name)
                if not _holds(place, content):
                    os.makedirs(os.path.dirname(place), exist_ok=True)
                    new += [] if os.path.lexists(place) else [name]
                    write_atomically(place, content)
                    written.append(name)
        except OSError as error:
            self.remove(new)
            raise ImportMapError(
                _problem(f"cannot be written: {error.strerror or error}.", str(error.filename or self._top))
            ) from None
        return sorted(written)

    def remove(self, names: Iterable[str], wanted: Iterable[str] = ()) -> list[str]:
        """Remove files, and the folders that get empty; which files these are.

        :param wanted: files that stay, though a file system may take one of the others for them.
        """
        staying = {folded(name): self._place(name) for name in wanted}
        removed = []
        for name in sorted(names):
            place = self._place(name)
            if self._is_inside(place) and not _is_same(place, staying.get(folded(name))):
                with contextlib.suppress(OSError):
                    os.unlink(place)
                    removed.append(name)
                    while (place := os.path.dirname(place)) != self._top:
                        os.rmdir(place)
        return removed

    def _place(self, name: str) -> str:
        return os.path.join(self._top, *name.split("/"))

    def _is_inside(self, place: str) -> bool:
        """Whether the way to a file is by folders of this one alone."""
        folder = os.path.dirname(place)
        inside = folder == self._top or folder.startswith(os.path.join(self._top, ""))
        return inside and os.path.realpath(folder) == folder and not _is_below_a_file(folder)


def _is_same(place: str, other: str | None) -> bool:
    return other is not None and os.path.exists(place) and os.path.samefile(place, other)


def _is_below_a_file(folder: str) -> bool:
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    return not os.path.isdir(folder)


def _holds(place: str, content: bytes) -> bool:
    """Whether a file is there, no link, with this content."""
    try:
        if os.path.islink(place) or os.path.getsize(place) != len(content):
            return False
        return read_file(place, SERVED_LIMIT) == content
    except OSError:
        return False


def _problem(message: str, place: str) -> Diagnostic:
    return Diagnostic("IM222", "error", message, place=place)


class Collected(Value):
    """What `collect` did.

    :param written: the files that are new or changed, relative to the folder, sorted.
    :param kept: how many others there are.
    :param removed: the files that are no longer needed, sorted.
    """

    _: KW_ONLY
    written: tuple[str, ...]
    kept: int
    removed: tuple[str, ...]


def collect(folder: str | os.PathLike[str], files: Mapping[str, File], *, hashed: bool = True) -> Collected:
    """Write files into a folder, and importmap.json last.

    All is checked before anything is written. Files that have their content already are not
    touched; those that an earlier run wrote and this one does not need are removed.

    :param folder: the folder; it is made if it is not there.
    :param files: the files, by public path.
    :param hashed: whether names have a hash in them, where nothing asks for the plain ones.
    :raises ImportMapError: if the folder is somebody else's, or files cannot be told apart or written.
    """
    top = os.path.realpath(folder)
    before = read_collection(top) or Collection({})
    collection, wanted = _names(files, hashed)
    folders = Folder(top, before.names())
    folders.check(wanted)
    written = folders.write({**wanted, INDEX: collection.encode()})
    removed = folders.remove(before.names() - wanted.keys(), wanted)
    return Collected(written=tuple(written), kept=len(wanted) + 1 - len(written), removed=tuple(removed))


def _names(files: Mapping[str, File], hashed: bool) -> tuple[Collection, dict[str, bytes]]:
    """What the folder is to hold, and each file in it.

    :raises ImportMapError: for names that are one, or one the folder of another, for some systems.
    """
    listed, wanted, plain = {}, {}, []
    owners = {folded(INDEX): f"the folder's own {INDEX!r}"}
    problems = []
    for path, file in sorted(files.items()):
        name = _hashed(path, file.tag) if hashed and file.is_mapped else path
        listed[path] = (name, file.sha384)
        if file.is_plain and name != path:
            plain.append(path)
        for each in dict.fromkeys([name, *([path] if file.is_plain else [])]):
            wanted[each] = file.content
            other = owners.setdefault(folded(each), repr(path))
            if other != repr(path):
                problems.append(_same(file, path, other))
    for path in sorted(files):
        parents = [path[:at] for at, character in enumerate(path) if character == "/"]
        problems += [
            _same(files[path], path, owners[folded(parent)]) for parent in parents if folded(parent) in owners
        ]
    if problems:
        raise ImportMapError(*problems)
    return Collection(listed, tuple(plain)), wanted


def _same(file: File, path: str, other: str) -> Diagnostic:
    message = f"{path!r} and {other} cannot lie in one folder: some systems take their names for one."
    return Diagnostic("IM221", "error", message, distribution=file.package.distribution, place=file.place)


def _hashed(path: str, tag: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    return f"{folder}{slash}{stem}.{tag}.{suffix}" if dot and stem else f"{path}.{tag}"
