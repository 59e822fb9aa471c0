"""All modules that pages can load, in one folder, under names that change with their content."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ._collection import INDEX, Collection, read_collection
from ._diagnostics import Diagnostic
from ._errors import ImportMapError
from ._folder import Folder, folded
from ._gather import File
from ._value import Value


class Collected(Value):
    """What `collect` did.

    :param written: the files that are new or changed, relative to the folder, sorted.
    :param kept: how many others there are.
    :param removed: the files that are no longer needed, sorted.
    """

    __slots__ = ("kept", "removed", "written")

    kept: int
    removed: tuple[str, ...]
    written: tuple[str, ...]

    def __init__(self, *, written: Iterable[str], kept: int, removed: Iterable[str]) -> None:
        self._set(written=tuple(written), kept=kept, removed=tuple(removed))


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
    return Collected(written=written, kept=len(wanted) + 1 - len(written), removed=removed)


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
    return Collection(listed, plain), wanted


def _same(file: File, path: str, other: str) -> Diagnostic:
    message = f"{path!r} and {other} cannot lie in one folder: some systems take their names for one."
    return Diagnostic("IM221", "error", message, distribution=file.package.distribution, place=file.place)


def _hashed(path: str, tag: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    return f"{folder}{slash}{stem}.{tag}.{suffix}" if dot and stem else f"{path}.{tag}"
