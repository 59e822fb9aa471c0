"""The staticfiles storage as `Static`: final URLs, integrity and bytes of what the site serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.files.storage import storages

from importmap import Diagnostic, ImportMapError

_T = TypeVar("_T")


class StorageStatic:
    """Django's storage for static files, whichever the site has configured."""

    @property
    def storage(self) -> Any:
        """The storage, as `storages` has it.

        :raises ImportMapError: if the setting names none.
        """
        # `staticfiles_storage` is the same one behind a proxy, which costs at each request.
        try:
            return storages["staticfiles"]
        except Exception as error:
            raise ImportMapError(_unusable(error)) from error

    def version(self) -> object:
        """Another value where the storage gives other URLs: for another tenant, after collectstatic.

        :raises ImportMapError: if there is no storage.
        """
        storage = self.storage
        try:
            return getattr(storage, "base_url", None), getattr(storage, "manifest_hash", None)
        except Exception:  # noqa: BLE001  # somebody's property; what has no URL is told file by file
            return None

    def url(self, public_path: str) -> str:
        """The final URL of a file.

        :raises LookupError: if the storage does not have it, or fails.
        """
        url: str = _asked(self.storage.url, public_path)
        return url

    def integrity(self, public_path: str) -> str | None:
        """What the storage knows itself (DEP 0021), where it can.

        :raises LookupError: if it does not know.
        """
        ask = getattr(self.storage, "integrity", None)
        return None if ask is None else _asked(ask, public_path)

    def read(self, public_path: str) -> bytes | None:
        """The bytes that are served: those of the hashed file, where there is one.

        :raises LookupError: if the storage does not have it, or fails.
        """
        return _asked(self._read, public_path)

    def _read(self, public_path: str) -> bytes:
        storage = self.storage
        stored_name = getattr(storage, "stored_name", None)
        with storage.open(public_path if stored_name is None else stored_name(public_path)) as file:
            content: bytes = file.read()
        return content


def _asked(ask: Callable[[str], _T], public_path: str) -> _T:
    """What a storage says of one file; whatever it raises is about that file alone."""
    try:
        return ask(public_path)
    except Exception as error:
        # A manifest lacks the file (ValueError), or a storage somewhere else is out of reach.
        raise LookupError(str(error) or type(error).__name__) from error


def _unusable(error: Exception) -> Diagnostic:
    message = f"cannot be used: {str(error) or type(error).__name__}"
    return Diagnostic("IM401", "error", message, place="settings.STORAGES['staticfiles']")
