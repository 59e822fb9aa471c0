"""All modules that pages can load, in one folder, under names that change with their content.

Writes to the folder without harm to the files that others have put there.
"""

from __future__ import annotations

import contextlib
import json
import os
import unicodedata
from collections.abc import Iterable, Mapping

from importmap._base import json_text
from importmap._base.diagnostics import Diagnostic, ImportMapError, ManifestError
from importmap._base.files import SERVED_LIMIT, read_file
from importmap._base.grammar import is_path
from importmap._base.value import Value
from importmap._base.writing import (
    InUseError,
    kept_for_this_process,
    leftovers,
    remove_leftovers,
    write_atomically,
)
from importmap._site.gather import File

from .hashed_files import INDEX, Collection, read_collection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import KW_ONLY

#: What a run writes before its first file, and removes at its end: the names of all files that it may write.
NOTE = ".importmap-collecting.json"


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
        #: Whether a file that should be removed is still there.
        self.is_stuck = False

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

    def has(self, name: str) -> bool:
        """Whether something is there."""
        return os.path.lexists(self._place(name))

    def changed(self, wanted: Mapping[str, bytes]) -> list[str]:
        """The files that do not hold what they should."""
        return [name for name, content in wanted.items() if not _holds(self._place(name), content)]

    def write(self, wanted: Mapping[str, bytes]) -> None:
        """Write files, in the order given. Before the first of them, note the names of all.

        :raises OSError: if one cannot be written; then none is there that was not before.
        """
        note = json.dumps(sorted(self._own | wanted.keys()), indent=1, ensure_ascii=False).encode()
        new: list[str] = []
        try:
            for name, content in {NOTE: note, **wanted}.items():
                place = self._place(name)
                new += [] if self.has(name) else [name]
                os.makedirs(os.path.dirname(place), exist_ok=True)
                write_atomically(place, content)
        except OSError:
            self.remove(new[1:] if NOTE in new else new)
            self.remove(new[:1] if NOTE in new else ())
            raise

    def leftovers(self, wanted: Iterable[str]) -> dict[str, list[str]]:
        """Return the temporary files in the folders of all files that are wanted or our own, by folder."""
        folders = {os.path.dirname(self._place(name)) for name in {*self._own, *wanted, INDEX}}
        inside = sorted(each for each in folders if self._is_inside(os.path.join(each, INDEX)))
        return {each: names for each in inside if (names := leftovers(each))}

    def remove(self, names: Iterable[str], wanted: Iterable[str] = ()) -> list[str]:
        """Remove files, and the folders that get empty; which files these are.

        :param wanted: files that stay, though a file system may take one of the others for them.
        """
        staying = {folded(name): self._place(name) for name in wanted}
        removed = []
        for name in sorted(names):
            place = self._place(name)
            if self._is_inside(place) and not _is_same(place, staying.get(folded(name))):
                try:
                    os.unlink(place)
                    removed.append(name)
                except (FileNotFoundError, NotADirectoryError):
                    pass
                except OSError:
                    self.is_stuck = True
                # A run that was killed may have come no further than to the folder.
                with contextlib.suppress(OSError):
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
    touched; those that an earlier run wrote and this one does not need are removed. So are those of a run
    that was killed.

    :param folder: the folder; it is made if it is not there.
    :param files: the files, by public path.
    :param hashed: whether names have a hash in them, where nothing asks for the plain ones.
    :raises ImportMapError: if the folder is somebody else's, or files cannot be told apart or written, or
        another process collects into the folder.
    """
    top = os.path.realpath(folder)
    collection, wanted = _names(files, hashed)
    is_new = not os.path.lexists(top)
    if not os.path.isdir(top):
        Folder(top, set()).check(wanted)
    try:
        os.makedirs(top, exist_ok=True)
        with kept_for_this_process(top):
            return _collected(top, collection, wanted)
    except InUseError:
        message = "another `importmap collect` writes to this folder. Run this one again when that has ended."
        raise ImportMapError(_problem(message, top)) from None
    except OSError as error:
        with contextlib.suppress(OSError):
            if is_new:
                os.rmdir(top)
        message = f"cannot be written: {error.strerror or error}."
        raise ImportMapError(_problem(message, str(error.filename or top))) from None


def _collected(top: str, collection: Collection, wanted: Mapping[str, bytes]) -> Collected:
    """Make a folder what it is to be.

    :raises OSError: if that cannot be done; what is new is then removed again.
    """
    before = read_collection(top) or Collection({})
    own = before.names() | _read_note(top)
    folder = Folder(top, own)
    folder.check(wanted)
    for each in folder.leftovers(wanted):
        remove_leftovers(each)
    content = {**wanted, INDEX: collection.encode()}
    # A name with a hash is never written twice. What replaces a file comes when all of these are there.
    changed = sorted(folder.changed(content), key=lambda name: (name == INDEX, folder.has(name)))
    stale = own - wanted.keys()
    if changed or stale:
        folder.write({name: content[name] for name in changed})
    removed = folder.remove(stale, wanted)
    if not folder.is_stuck:
        folder.remove([NOTE])
    return Collected(written=tuple(sorted(changed)), kept=len(content) - len(changed), removed=tuple(removed))


class Differences(Value):
    """What a collected folder has otherwise than `collect` would write it now; by public path, sorted.

    :param missing: the files that are not there.
    :param changed: the files that are there with another content or name.
    :param left: the files that are no longer needed, and what is left of runs that were killed.
    """

    _: KW_ONLY
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.left)


def differences(
    folder: str | os.PathLike[str], files: Mapping[str, File], *, hashed: bool = True
) -> Differences:
    """Compare a folder with what `collect` would write into it; see there."""
    top = os.path.realpath(folder)
    collection, wanted = _names(files, hashed)
    before = read_collection(top) or Collection({})
    own = before.names() | _read_note(top)
    here = Folder(top, own)
    damaged = {*here.changed({**wanted, INDEX: collection.encode()})}
    missing, changed = [], []
    for path in collection.files:
        names = collection.names_of(path)
        if path not in before.files or not all(map(here.has, names)):
            missing.append(path)
        elif before.row(path) != collection.row(path) or damaged & names:
            changed.append(path)
    left = before.files.keys() - collection.files.keys()
    left |= {name for name in own - before.names() - wanted.keys() if here.has(name)}
    left |= {NOTE} if here.has(NOTE) else set()
    for place, temporary in here.leftovers(wanted).items():
        left |= {os.path.relpath(os.path.join(place, name), top).replace(os.sep, "/") for name in temporary}
    if INDEX in damaged and not (missing or changed or left):
        changed.append(INDEX)
    return Differences(missing=tuple(missing), changed=tuple(changed), left=tuple(sorted(left)))


def _read_note(top: str) -> set[str]:
    """Return the names that a run which was killed may have written; none if no run was.

    :raises ManifestError: if that cannot be read.
    """
    place = os.path.join(top, NOTE)
    try:
        with open(place, "rb") as file:
            names = json_text.read(file.read())
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError as error:
        message = f"cannot be read: {error.strerror}."
    except json_text.JSONTextError as error:
        message = f"{error}."
    else:
        if isinstance(names, list) and all(isinstance(name, str) and is_path(name) for name in names):
            return {*names} - {INDEX}
        message = "was not written by `importmap collect`."
    raise ManifestError(Diagnostic("IM223", "error", message, place=place, hint="delete it"))


def _names(files: Mapping[str, File], hashed: bool) -> tuple[Collection, dict[str, bytes]]:
    """What the folder is to hold, and each file in it.

    :raises ImportMapError: for names that are one, or one the folder of another, for some systems.
    """
    listed, wanted, plain, shipped = {}, {}, [], {}
    owners = {folded(name): f"the folder's own {name!r}" for name in (INDEX, NOTE)}
    problems = []
    for path, file in sorted(files.items()):
        name = _hashed(path, file.tag) if hashed and file.is_mapped else path
        listed[path] = (name, file.sha384)
        digest = file.package.modules.get(path, {}).get("sha384", file.sha384)
        if digest != file.sha384:
            shipped[path] = digest
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
    return Collection(listed, tuple(plain), shipped), wanted


def _same(file: File, path: str, other: str) -> Diagnostic:
    message = f"{path!r} and {other} cannot lie in one folder: some systems take their names for one."
    return Diagnostic("IM221", "error", message, distribution=file.package.distribution, place=file.place)


def _hashed(path: str, tag: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    return f"{folder}{slash}{stem}.{tag}.{suffix}" if dot and stem else f"{path}.{tag}"
