"""The file importmap.json in a folder of collected files.

A JSON object. Readers pass over keys that they do not know.

- ``collection``: the version of the format, 1.
- ``files``: public path -> ``{"file": …, "sha384": …}``: which file of the folder has its
  bytes, relative to the folder, and their digest in base64.
- ``plain``: the files that are there under their own names as well, because a prefix entry
  or `new URL` asks for them.
"""

from __future__ import annotations

import json
import os
import re

from ._diagnostics import Diagnostic
from ._errors import ManifestError
from ._grammar import PATH_RULE, is_path
from ._manifest import careful_decoder
from ._table import Table
from ._value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The file's name.
INDEX = "importmap.json"
_FORMAT = 1
_DIGEST = re.compile(r"[A-Za-z0-9+/]{64}")


class Collection(Value):
    """What a folder of collected files holds.

    :param files: public path -> the file in the folder, and its digest in base64.
    :param plain: the files that are there under their own names as well, sorted.
    """

    __slots__ = ("files", "plain")

    files: Mapping[str, tuple[str, str]]
    plain: tuple[str, ...]

    def __init__(self, files: Mapping[str, tuple[str, str]], plain: Iterable[str] = ()) -> None:
        self._set(files=dict(files), plain=tuple(plain))

    def names(self) -> set[str]:
        """All files of the folder that belong to it."""
        return {file for file, _ in self.files.values()} | {*self.plain}

    def encode(self) -> bytes:
        """The bytes of importmap.json."""
        files = {path: {"file": file, "sha384": digest} for path, (file, digest) in self.files.items()}
        document = {"collection": _FORMAT, "files": files, "plain": self.plain}
        return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def read_collection(folder: str) -> Collection | None:
    """What a folder holds; None if it has no importmap.json.

    :raises ManifestError: if that is not one of `importmap collect`, with all that is wrong.
    """
    place = os.path.join(folder, INDEX)
    try:
        with open(place, "rb") as file:
            return _decode(file.read(), place)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _refused(f"cannot be read: {error.strerror}.", place) from None


def _decode(raw: bytes, place: str) -> Collection:
    try:
        document = careful_decoder.decode(raw.decode())
    except UnicodeDecodeError:
        raise _refused("is not UTF-8.", place) from None
    except RecursionError:
        raise _refused("is nested too deeply.", place) from None
    except ValueError as error:
        raise _refused(f"is not JSON: {error}.", place) from None
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
    files = {}
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
        files[path] = (file, digest)
    plain = top.strings("plain") or []
    for path in plain:
        if path not in files:
            top.problem("IM223", "plain", f"{path!a} is none of the files.")
    return Collection(files, plain)


def _refused(message: str, place: str, hint: str = "") -> ManifestError:
    return ManifestError(Diagnostic("IM223", "error", message, place=place, hint=hint))
