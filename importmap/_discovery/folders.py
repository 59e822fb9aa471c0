"""The folders of import packages, and the files in them, found without importing anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from importmap._base.files import read_if_there

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec


def read_beside(package: str, filename: str) -> tuple[bytes | None, str]:
    """Read a file that lies beside a package's `__init__.py`.

    :param package: dotted name; its parents are looked up, not imported.
    :returns: the bytes, None if there is no such file, and the file's path.
    :raises OSError: if it cannot be read.
    """
    loader, folders = find(package)
    for folder in folders:
        path = os.path.join(folder, filename)
        raw = read_if_there(path)
        if raw is None and hasattr(loader, "get_data") and not os.path.isdir(folder):
            raw = from_loader(loader, path)
        if raw is not None:
            return raw, path
    return None, filename


def find(package: str) -> tuple[object, list[str]]:
    """The package's loader and folders; no folders if there is no such package."""
    loader: object = None
    folders: list[str] | None = None
    name = ""
    for part in package.split("."):
        name = f"{name}.{part}" if name else part
        spec = _ask_finders(name, folders)
        if spec is not None:
            loader, folders = spec.loader, list(spec.submodule_search_locations or ())
        else:
            # Python's own finder looks for the parents of a nested namespace package among
            # the imported modules, and fails.
            below = [os.path.join(folder, part) for folder in folders or ()]
            loader, folders = None, [folder for folder in below if os.path.isdir(folder)]
        if not folders:
            break
    return loader, folders or []


def find_module(name: str) -> str | None:
    """Return the file of a module, by its dotted name; None if there is none."""
    parent = name.rpartition(".")[0]
    folders = find(parent)[1] if parent else None
    spec = _ask_finders(name, folders) if folders or not parent else None
    return os.path.abspath(spec.origin) if spec is not None and spec.has_location and spec.origin else None


def _ask_finders(name: str, locations: Sequence[str] | None) -> ModuleSpec | None:
    for finder in sys.meta_path:
        try:
            spec: ModuleSpec | None = finder.find_spec(name, locations, None)
        except Exception:  # noqa: BLE001, S112  # somebody else's finder may raise anything: it does not know
            continue
        if spec is not None:
            return spec
    return None


def from_loader(loader: object, path: str) -> bytes | None:
    """A file inside an archive (`importlib.abc.ResourceLoader`)."""
    try:
        data: bytes = loader.get_data(path)  # type: ignore[attr-defined]  # asked for before
    except (OSError, ImportError):
        return None
    return data
