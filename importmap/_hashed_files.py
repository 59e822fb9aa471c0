"""A folder that `importmap collect` wrote, served below one URL."""

from __future__ import annotations

import os

from ._collection import Collection, read_collection
from ._diagnostics import Diagnostic
from ._errors import ManifestError
from ._static import StaticURL
from ._urls import encode
from ._value import Value


class _Remembers(Value):
    """What was read of a folder: no part of the value."""

    __slots__ = ("_collection",)


class HashedFiles(_Remembers):
    """The files of a folder that ``importmap collect`` wrote, under their content-hashed names.

    The folder's importmap.json is read when the first file is asked for, and not again.

    :param folder: the folder.
    :param base_url: where its files are served: an absolute path, or a URL with a host.
    :raises ValueError: for a base that is relative to the page.
    """

    __slots__ = ("base_url", "folder")

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

    def read(self, public_path: str) -> bytes | None:
        """The bytes of the collected file; None if it cannot be read."""
        try:
            with open(os.path.join(self.folder, *self._file(public_path)[0].split("/")), "rb") as file:
                return file.read()
        except OSError:
            return None

    def _file(self, public_path: str) -> tuple[str, str]:
        collection: Collection | None = getattr(self, "_collection", None)
        if collection is None:
            # Two threads may both do it, with the same result.
            collection = read_collection(self.folder)
            if collection is None:
                message = "the folder has no importmap.json."
                hint = f'importmap collect "{self.folder}"'
                raise ManifestError(Diagnostic("IM223", "error", message, place=self.folder, hint=hint))
            self._set(_collection=collection)
        try:
            return collection.files[public_path]
        except KeyError:
            raise LookupError(f"not collected into {self.folder}") from None
