"""The files of a package, read from where they are installed, if they are the package's own."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._base.faults import fault, is_fault
from importmap._base.files import SERVED_LIMIT, read_file
from importmap._manifest.package import Application, Package

from .folders import find, from_loader
from .owned import Distributions, Owned, Place, owned, unfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    #: A folder that may have the file, and the folders of which one must hold its real path.
    Candidate: TypeAlias = tuple[str, list[str]]


class Sources:
    """The files of one package. Only paths that a manifest names are asked for.

    :param package: the package.
    :param distributions: all that are installed, where many packages are asked.
    """

    def __init__(self, package: Package, distributions: Distributions | None = None) -> None:
        self._package = package
        self._manifest = package.manifest
        self._loader: object = None
        self._roots: list[Candidate] | None = None
        self._distributions = distributions
        self._owned: Owned | None = None

    def read(self, path: str) -> tuple[str, bytes]:
        """The file of a public path: where it lies, and its bytes.

        :raises ManifestError: if it is not there, cannot be read, or is not the distribution's own.
        """
        if reason := unfit(path, self._manifest):
            message = f"the file of {path!r} is not published: {reason}."
            raise self._problem("IM220", message, self._package.place)
        first = ""
        problem = None
        for place, limits in self._candidates(path):
            first = first or place.path
            try:
                content = self._content(place.path, limits, path)
                if content is not None and (reason := self._refusal(place, content)):
                    message = f"the file of {path!r} is not the distribution's own: {reason}."
                    raise self._problem("IM220", message, place.path)
            except ManifestError as error:
                # Another folder may have the right one.
                problem = problem or error
            else:
                if content is not None:
                    return place.path, content
        raise problem or self._problem("IM218", f"the file of {path!r} is missing.", first)

    def _content(self, place: str, limits: list[str], path: str) -> bytes | None:
        """The bytes of a file, or of a file in an archive; None if there is none."""
        real = ""
        try:
            real = os.path.realpath(place)
            is_file = not stat.S_ISDIR(os.stat(real).st_mode)
        except ValueError:
            # The system cannot spell the path, so no file has it.
            return None
        except OSError as error:
            if is_fault(error):
                raise ManifestError(fault(error, place, self._package.distribution)) from None
            is_file = False
        if is_file:
            # The name that is served says what a file is, so the file has to be that.
            is_that = os.path.splitext(real)[1] == os.path.splitext(place)[1]
            if not is_that or not any(real.startswith(os.path.join(limit, "")) for limit in limits):
                raise self._problem("IM220", f"the file of {path!r} lies outside the distribution.", real)
            try:
                return read_file(real, SERVED_LIMIT)
            except OSError as error:
                if is_fault(error):
                    raise ManifestError(fault(error, place, self._package.distribution)) from None
                message = f"the file of {path!r} cannot be read: {error.strerror}."
                raise self._problem("IM218", message, place) from None
        # A loader of plain folders would wait for a pipe.
        is_archive = hasattr(self._loader, "get_data") and not os.path.isdir(os.path.dirname(place))
        return from_loader(self._loader, place) if is_archive else None

    def _refusal(self, place: Place, content: bytes) -> str:
        """The reason why a file is not the distribution's own; the site itself names the application's."""
        if isinstance(self._package, Application):
            return ""
        if self._owned is None:
            self._owned = owned(self._package, self._distributions or Distributions())
        return self._owned.refusal(place, content, by_hook="files" in self._manifest)

    def _problem(self, code: str, message: str, place: str) -> ManifestError:
        owner = self._package.distribution
        return ManifestError(Diagnostic(code, "error", message, distribution=owner, place=place))

    def _candidates(self, path: str) -> Iterator[tuple[Place, list[str]]]:
        """Yield the places where a public path may lie, the likeliest first."""
        if self._roots is None:
            self._roots = list(self._of_source_tree() if "files" in self._manifest else self._of_folders())
        listed = self._manifest.get("files", {}).get(path)
        if listed is not None:
            yield self._place(listed, path), [os.path.realpath(self._manifest["project"])]
            return
        for folder, limits in self._roots:
            yield self._place(os.path.join(folder, *path.split("/")), path), limits

    def _place(self, place: str, path: str) -> Place:
        """The place of a file, below a static root if there is one that it has its public path from."""
        for root in self._static_roots():
            below = f"{root}/{path}"
            tail = os.path.join("", *below.split("/"))
            if place.endswith(os.sep + tail):
                return Place(place, place[: -len(tail)], below)
        return Place(place)

    def _static_roots(self) -> list[str]:
        return self._manifest["roots"] or [f"{self._package.import_package.replace('.', '/')}/static"]

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
            for root in self._static_roots():
                names = root.split("/")
                folder = os.path.join(base, *names)
                yield folder, [os.path.realpath(folder), os.path.join(kept, *names)]


class AllSources:
    """The files of many packages, for which the environment is read once."""

    def __init__(self) -> None:
        self._sources: dict[str, Sources] = {}
        self._distributions = Distributions()

    def of(self, package: Package) -> Sources:
        """The files of one of them."""
        if package.namespace not in self._sources:
            self._sources[package.namespace] = Sources(package, self._distributions)
        return self._sources[package.namespace]


def _above(path: str, levels: int) -> str:
    for _ in range(levels):
        path = os.path.dirname(path)
    return path
