"""The files that pages can ask for, read from where they are installed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain

from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._base.grammar import is_path, join
from importmap._discovery.sources import AllSources, Sources
from importmap._manifest.package import Package
from importmap._manifest.source_maps import source_maps
from importmap._site.ownership import conflict
from importmap._site.reach import Reached


class File:
    """One file that pages can ask for.

    :param package: whose it is.
    :param place: where it lies.
    :param content: its bytes.
    """

    def __init__(self, package: Package, place: str, content: bytes) -> None:
        self.package = package
        self.place = place
        self.content = content
        digest = hashlib.sha384(content)
        self.sha384 = base64.b64encode(digest.digest()).decode()
        self.tag = digest.hexdigest()[:12]
        #: Whether its URL is found by way of the map, so that its name may have a hash in it.
        self.is_mapped = False
        #: Whether code asks for it by its own name: an asset, a source map, below a prefix entry.
        self.is_plain = False


class Gathered:
    """The files, by public path, and what is wrong with them.

    :param reached: what the pages load.
    """

    def __init__(self, reached: Reached) -> None:
        self.files: dict[str, File] = {}
        diagnostics: list[Diagnostic] = []
        sources = AllSources()
        for selection in reached.selections:
            walk = _Walk(self.files, selection.package, sources.of(selection.package))
            diagnostics += walk.run(selection.paths)
        self.diagnostics = list(dict.fromkeys(diagnostics))


class _Walk:
    """The way from the modules of one package to all that they ask for."""

    def __init__(self, files: dict[str, File], package: Package, sources: Sources) -> None:
        self._files = files
        self._package = package
        self._modules = package.modules
        self._sources = sources
        self._diagnostics: list[Diagnostic] = []
        #: Paths, and whether code asks for them by their own names.
        self._queue: list[tuple[str, bool]] = []

    def run(self, paths: Iterable[str]) -> list[Diagnostic]:
        """Read the files of some modules; what was found on the way."""
        below = tuple(_folders(self._package))
        for path in paths:
            # What is not in the manifest is an import that leads to nothing.
            if path in self._modules and (file := self._read(path)) is not None:
                file.is_mapped = True
                file.is_plain |= path.startswith(below)
                self._queue.append((path, False))
        seen = set(self._queue)
        for path, is_plain in self._queue:
            for target in self._asked_for(path, is_plain):
                if (target, True) not in seen and (file := self._read(target)) is not None:
                    file.is_plain = True
                    self._queue.append((target, True))
                    seen.add((target, True))
            self._add_source_maps(path)
        return self._diagnostics

    def _asked_for(self, path: str, is_plain: bool) -> Iterator[str]:
        """What a file asks for by name: its assets, and in workers, which have no map, its imports."""
        module = self._modules.get(path, {})
        kinds = (
            module.get("assets", ()),
            *((module.get("imports", ()), module.get("dynamic", ())) * is_plain),
        )
        for edge in chain.from_iterable(kinds):
            if edge.startswith(".") and (target := join(path, edge)) is not None:
                yield target

    def _add_source_maps(self, path: str) -> None:
        file = self._files[path]
        # What else a file names is none of the package's own.
        for target in filter(is_path, source_maps(path, file.content)):
            # A page works without it.
            message = f"{path!r} names the source map {target!r}, which is not there."
            missing = self._problem("IM014", message, file.place)
            if (source_map := self._read(target, missing)) is not None:
                source_map.is_plain = True

    def _read(self, path: str, missing: Diagnostic | None = None) -> File | None:
        """The file of a public path, read once; None if it cannot be had.

        :param missing: what to say then.
        """
        known = self._files.get(path)
        if known is not None and known.package is self._package:
            return known
        try:
            place, content = self._sources.read(path)
        except ManifestError as error:
            self._diagnostics += error.diagnostics if missing is None else (missing,)
            return None
        file = File(self._package, place, content)
        digest = self._modules.get(path, {}).get("sha384")
        if digest is not None and digest != file.sha384:
            message = f"the file of {path!r} is not the one that was shipped: its digest differs."
            self._diagnostics.append(self._problem("IM219", message, place))
        if known is not None and known.content != content:
            message = f"both ship {path!r}, with different content."
            self._diagnostics.append(conflict("IM202", known.package, self._package, message))
        return self._files.setdefault(path, file)

    def _problem(self, code: str, message: str, place: str) -> Diagnostic:
        owner = self._package.distribution
        return Diagnostic(code, "warning", message, distribution=owner, place=place)


def _folders(package: Package) -> Iterator[str]:
    """The folders that prefix entries of a package stand for."""
    for entries in (package.entries, package.private, package.vendored):
        for entry in entries.values():
            if "path" in entry and entry["path"].endswith("/"):
                yield entry["path"]
