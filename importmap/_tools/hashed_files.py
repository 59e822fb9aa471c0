"""A folder that `importmap collect` wrote, served below one URL, and its index importmap.json.

The index is a JSON object. Readers ignore keys that they do not know.

- ``collection``: the version of the format, 1.
- ``files``: public path -> ``{"file": …, "sha384": …}``: which file of the folder has its
  bytes, relative to the folder, and their digest in base64. If the manifest of the package said another
  digest when the file was collected, that is ``shipped``.
- ``plain``: the files that are there under their own names as well, because a prefix entry
  or `new URL` asks for them.
"""

from __future__ import annotations

import json
import os
import re
from types import MappingProxyType

from importmap._base import json_text
from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._base.files import SERVED_LIMIT, read_file
from importmap._base.grammar import PATH_RULE, is_path
from importmap._base.public import public
from importmap._base.tables import Table
from importmap._base.value import Immutable, Value
from importmap._compose.urls import encode
from importmap._site.static_url import StaticURL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: The file's name.
INDEX = "importmap.json"
_FORMAT = 1
_DIGEST = re.compile(r"[A-Za-z0-9+/]{64}")


class Collection(Value):
    """What a folder of collected files holds.

    :param files: public path -> the file in the folder, and its digest in base64.
    :param plain: the files that are there under their own names as well, sorted.
    :param shipped: public path -> the digest in the manifest of its package, where that was another one.
    """

    files: Mapping[str, tuple[str, str]]
    plain: tuple[str, ...] = ()
    shipped: Mapping[str, str] = MappingProxyType({})

    def names(self) -> set[str]:
        """All files of the folder that belong to it."""
        return {file for file, _ in self.files.values()} | {*self.plain}

    def names_of(self, path: str) -> set[str]:
        """All files of the folder that hold one file."""
        return {self.files[path][0], *({path} & {*self.plain})}

    def row(self, path: str) -> tuple[object, ...]:
        """All that is said of one file."""
        return *self.files[path], self.shipped.get(path), path in self.plain

    def encode(self) -> bytes:
        """The bytes of importmap.json."""
        files = {path: {"file": file, "sha384": digest} for path, (file, digest) in self.files.items()}
        for path, digest in self.shipped.items():
            files[path]["shipped"] = digest
        document = {"collection": _FORMAT, "files": files, "plain": self.plain}
        return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def read_collection(folder: str) -> Collection | None:
    """What a folder holds; None if it has no importmap.json.

    :raises ManifestError: if that is not one of `importmap collect`, with all that is wrong.
    """
    place = os.path.join(folder, INDEX)
    try:
        return _decode(read_file(place), place)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _refused(f"cannot be read: {error.strerror}.", place) from None


def _decode(raw: bytes, place: str) -> Collection:
    try:
        document = json_text.read(raw)
    except json_text.JSONTextError as error:
        raise _refused(f"{error}.", place) from None
    if not isinstance(document, dict) or "collection" not in document:
        raise _refused("was not written by `importmap collect`.", place)
    version = document["collection"]
    if isinstance(version, int) and version > _FORMAT:
        raise _refused(
            f"has format {version}; this release reads format {_FORMAT}.",
            place,
            "python -m pip install --upgrade hatch-importmap",
        )
    top = Table(document, "", [])
    collection = _check(top)
    if top.problems:
        raise ManifestError(
            *(
                problem.replace(code="IM223", place=f"{place}: {problem.place}")
                for problem in dict.fromkeys(top.problems)
            )
        )
    return collection


def _check(top: Table) -> Collection:
    if (version := top.natural("collection")) is not None and version != _FORMAT:
        top.problem("IM223", "collection", f"must be {_FORMAT}.")
    files, shipped = {}, {}
    if "files" not in top.data:
        top.problem("IM223", "files", "is missing.")
    for path, row in top.table("files").tables():
        file, digest = row.string("file") or "", row.string("sha384") or ""
        if not is_path(path):
            row.problem("IM223", None, f"is refused: {PATH_RULE}.")
        if not is_path(file) or file == INDEX:
            row.problem("IM223", "file", f"{file!a} is refused: {PATH_RULE}.")
        if _DIGEST.fullmatch(digest) is None:
            row.problem("IM223", "sha384", "must be 64 characters of base64.")
        if "shipped" in row.data:
            shipped[path] = row.string("shipped") or ""
            if _DIGEST.fullmatch(shipped[path]) is None:
                row.problem("IM223", "shipped", "must be 64 characters of base64.")
        files[path] = (file, digest)
    plain = top.strings("plain") or []
    for path in plain:
        if path not in files:
            top.problem("IM223", "plain", f"{path!a} is none of the files.")
    return Collection(files, tuple(plain), shipped)


def _refused(message: str, place: str, hint: str = "") -> ManifestError:
    return ManifestError(Diagnostic("IM223", "error", message, place=place, hint=hint))


@public
class HashedFiles(Immutable):
    """The files of a folder that ``importmap collect`` wrote, under their content-hashed names.

    The folder's importmap.json is read when the first file is asked for, and not again.

    :param folder: the folder.
    :param base_url: where its files are served: an absolute path, or a URL with a host.
    :raises ValueError: for a base that is relative to the page.
    """

    #: The index of the folder, which is read once, is no part of the value.
    __slots__ = ("_collection", "base_url", "folder")

    base_url: str
    folder: str

    def __init__(self, folder: str | os.PathLike[str], base_url: str) -> None:
        self._set(folder=os.path.abspath(folder), base_url=StaticURL(base_url).base)

    def url(self, public_path: str) -> str:
        """The base and the name of the collected file.

        :raises LookupError: if the file was not collected.
        :raises ManifestError: if the folder's importmap.json is missing or damaged.
        """
        return self.base_url + encode(self._file(public_path)[0])

    def integrity(self, public_path: str) -> str | None:
        """The digest of the file as it was collected."""
        return f"sha384-{self._file(public_path)[1]}"

    def is_current(self, public_path: str, sha384: str) -> bool:
        """Tell whether the collected file is the one that is installed.

        :param sha384: what the manifest of the package says of the file now, in base64.
        :raises LookupError: if the file was not collected.
        """
        collected = self._file(public_path)[1]
        return sha384 == collected or sha384 == self._known.shipped.get(public_path)

    def read(self, public_path: str) -> bytes | None:
        """The bytes of the collected file; None if it cannot be read."""
        try:
            place = os.path.join(self.folder, *self._file(public_path)[0].split("/"))
            return read_file(place, SERVED_LIMIT)
        except OSError:
            return None

    def _file(self, public_path: str) -> tuple[str, str]:
        try:
            return self._known.files[public_path]
        except KeyError:
            raise LookupError(f"not collected into {self.folder}") from None

    @property
    def _known(self) -> Collection:
        collection: Collection | None = getattr(self, "_collection", None)
        if collection is None:
            # Two threads may both do it, with the same result.
            collection = read_collection(self.folder)
            if collection is None:
                message = "the folder has no importmap.json."
                hint = f'importmap collect "{self.folder}"'
                raise ManifestError(Diagnostic("IM223", "error", message, place=self.folder, hint=hint))
            self._set(_collection=collection)
        return collection
