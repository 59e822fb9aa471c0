"""The folder of an import package, the files of a package on disk, and what is in them.

Finds folders without importing anything.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._manifest.package import Package

from .distributions import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import TypeAlias

    #: A file that may be the one, and the folders of which one must hold its real path.
    Candidate: TypeAlias = tuple[str, list[str]]


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


class Sources:
    """The files of one package. Only paths that a manifest names are asked for.

    :param package: the package.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._manifest = package.manifest
        self._loader: object = None
        self._roots: list[Candidate] | None = None

    def read(self, path: str) -> tuple[str, bytes]:
        """The file of a public path: where it lies, and its bytes.

        :raises ManifestError: if it is not there, cannot be read, or lies outside the distribution.
        """
        first = ""
        for place, limits in self._candidates(path):
            first = first or place
            try:
                real = os.path.realpath(place)
            except ValueError:
                # The system cannot spell the path, so no file has it.
                continue
            if os.path.isfile(real):
                # The name that is served says what a file is, so the file has to be that.
                is_that = os.path.splitext(real)[1] == os.path.splitext(place)[1]
                if not is_that or not any(real.startswith(os.path.join(limit, "")) for limit in limits):
                    raise self._problem("IM220", f"the file of {path!r} lies outside the distribution.", real)
                try:
                    with open(real, "rb") as file:
                        return place, file.read()
                except OSError as error:
                    raise self._problem(
                        "IM218", f"the file of {path!r} cannot be read: {error.strerror}.", place
                    ) from None
            if hasattr(self._loader, "get_data"):
                content = from_loader(self._loader, place)
                if content is not None:
                    return place, content
        raise self._problem("IM218", f"the file of {path!r} is missing.", first)

    def _problem(self, code: str, message: str, place: str) -> ManifestError:
        owner = self._package.distribution
        return ManifestError(Diagnostic(code, "error", message, distribution=owner, place=place))

    def _candidates(self, path: str) -> Iterator[Candidate]:
        """Yield the places where a public path may lie, the likeliest first."""
        if self._roots is None:
            self._roots = list(self._of_source_tree() if "files" in self._manifest else self._of_folders())
        listed = self._manifest.get("files", {}).get(path)
        if listed is not None:
            yield listed, [os.path.realpath(self._manifest["project"])]
            return
        for folder, limits in self._roots:
            yield os.path.join(folder, *path.split("/")), limits

    def _of_source_tree(self) -> Iterator[Candidate]:
        """The folders of a source tree below which its modules have their public paths."""
        project = os.path.realpath(self._manifest["project"])
        files = self._manifest["files"].items()
        tails = ((source, os.path.join("", *path.split("/"))) for path, source in files)
        folders = [source[: -len(tail)] for source, tail in tails if source.endswith(os.sep + tail)]
        for folder in dict.fromkeys(folders):
            yield folder, [project]

    def _of_folders(self) -> Iterator[Candidate]:
        """The static roots of an installed distribution, or of an application that was built."""
        roots, package = self._manifest["roots"], self._package.import_package
        if "package" not in self._manifest:
            # An application's roots lie beside its manifest.
            base = os.path.dirname(os.path.abspath(self._package.place))
            folders = [os.path.join(base, *root.split("/")) for root in roots]
            yield from ((folder, [os.path.realpath(folder)]) for folder in folders)
        parts = package.split(".")
        self._loader, homes = find(package) if package else (None, [])
        for home in homes:
            base = _above(home, len(parts))
            # An installer may link each file to where it keeps the unpacked wheel.
            kept = _above(os.path.realpath(os.path.join(home, "__init__.py")), len(parts) + 1)
            for root in roots or ["/".join([*parts, "static"])]:
                names = root.split("/")
                folder = os.path.join(base, *names)
                yield folder, [os.path.realpath(folder), os.path.join(kept, *names)]


def _above(path: str, levels: int) -> str:
    for _ in range(levels):
        path = os.path.dirname(path)
    return path
