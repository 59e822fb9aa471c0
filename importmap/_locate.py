"""Find the folder of an import package without importing anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ._installed import read_file

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
        raw = read_file(path)
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
