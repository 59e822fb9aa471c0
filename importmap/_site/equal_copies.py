"""Copies of third-party modules that are one: equal in what they are, and in all that they import.

Two files with the same bytes may still lead to different modules. So copies are compared by a
digest over their closure: the bytes of each module, and where each of its imports leads. The
bytes are read when the site runs, for a manifest may say anything, and a storage may rewrite them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._base.faults import CODE, fault, is_fault
from importmap._base.grammar import join
from importmap._manifest.package import Package

from .graph import Graph
from .packages import Packages
from .targets import File

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._discovery.sources import AllSources


def united(graph: Graph, diagnostics: list[Diagnostic] | None = None) -> Graph:
    """Return the same graph, in which one of several equal copies is loaded in the place of each.

    :param graph: a graph in which each package has its own files. Copies are found by walking it.
    :param diagnostics: the files that the system does not let be read are added to it.
    """
    closures = _Closures(graph)
    equal: dict[bytes, list[File]] = {}
    for file in _candidates(graph.packages):
        digest = closures.digest(file)
        if digest is not None:
            # Their modules correspond, one by one.
            closure = closures.of(file)
            closures.unite(equal.setdefault(digest, closure), closure)
    if diagnostics is not None:
        diagnostics += closures.faults
    return Graph(graph.packages, graph.settings, closures.equal(), shared=graph.shared)


def _candidates(packages: Packages) -> Iterator[File]:
    """Yield the copies that may be equal to another package's, as far as manifests tell."""
    copies: dict[str, list[tuple[File, str | None]]] = {}
    for package in packages:
        for name, copy in packages.copies(package).items():
            for file in packages.files(package, copy.path):
                # What this package says of the file, which may count as that of another one.
                shipped = package.modules[file.path].get("sha384")
                name_of_file = name + file.path[len(copy.path) :]
                copies.setdefault(name_of_file, []).append((file, shipped))
    for alike in copies.values():
        counts = Counter(shipped for _, shipped in alike)
        for file, shipped in alike:
            if len(alike) > 1 and (None in counts or counts[shipped] > 1):
                yield file


class _Closures:
    """The modules that copies consist of.

    :param graph: where imports lead.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._static = graph.settings.static
        self._sources: AllSources | None = None
        self._contents: dict[str, bytes | None] = {}
        self._closures: dict[File, list[File]] = {}
        self._first: dict[File, File] = {}
        #: What the system does not let be read.
        self.faults: list[Diagnostic] = []

    def of(self, copy: File) -> list[File]:
        """Return all that a module imports, itself first, in the order in which it is found."""
        closure = self._closures.get(copy)
        if closure is None:
            closure, seen = [copy], {copy}
            for file in closure:
                for target in self._targets(file):
                    if isinstance(target, File) and target not in seen:
                        seen.add(target)
                        closure.append(target)
            self._closures[copy] = closure
        return closure

    def digest(self, copy: File) -> bytes | None:
        """Return what all copies have in common that are one; None for one that is not known well enough."""
        # Few sites have two copies of anything.
        import hashlib

        closure = self.of(copy)
        says = self._graph.packages.says_imports
        if not all(says(file.package) and file.package.is_known(file.path) for file in closure):
            # Whatever else a module loads, it is to load from its own package.
            return None
        places = {file: str(place) for place, file in enumerate(closure)}
        digest = hashlib.sha256()
        for file in closure:
            content = self._content(file.package, file.path)
            if content is None:
                return None
            targets = [each if isinstance(each, str) else places[each] for each in self._targets(file)]
            digest.update(repr((hashlib.sha256(content).digest(), targets)).encode())
            for asset in file.module.get("assets", ()):
                name = join(file.path, asset)
                content = None if name is None else self._content(file.package, name)
                if content is None:
                    return None
                digest.update(hashlib.sha256(content).digest())
        return digest.digest()

    def unite(self, one: list[File], other: list[File]) -> None:
        """Say that the modules of two closures are the same, each in its place."""
        for left, right in zip(one, other, strict=True):
            pair = self._representative(left), self._representative(right)
            if pair[0] is not pair[1]:
                first, second = sorted(pair, key=lambda file: file.path)
                self._first[second] = first

    def equal(self) -> dict[File, File]:
        """Return each file that an equal copy replaces, with that copy."""
        return {file: self._representative(file) for file in self._first}

    def _representative(self, file: File) -> File:
        while (first := self._first.get(file)) is not None:
            file = first
        return file

    def _targets(self, file: File) -> list[File | str]:
        """Return where the imports of a module lead: to files, or to what is the same for all packages."""
        targets: list[File | str] = []
        for specifier, _, target in self._graph.imports(file):
            if target.path is not None and target.is_folder:
                # Nobody knows which file is meant.
                targets.append(target.path)
            else:
                targets.append(target.files[0] if target.files else f"{target.rule} {specifier}")
        return targets

    def _content(self, package: Package, path: str) -> bytes | None:
        """Return the bytes that are served; those of the installed file, where they are out of reach."""
        if path not in self._contents:
            content = self._served(path)
            if content is None:
                content = self._installed(package, path)
            try:
                self._static.url(path)
            except (LookupError, ValueError):
                # Nobody can load it.
                content = None
            except OSError as error:
                self.faults.append(fault(error, str(error.filename or path), package.distribution))
                content = None
            self._contents[path] = content
        return self._contents[path]

    def _served(self, path: str) -> bytes | None:
        read = getattr(self._static, "read", None)
        try:
            content: object = None if read is None else read(path)
        except (LookupError, ValueError):
            return None
        except OSError as error:
            if is_fault(error):
                self.faults.append(fault(error, str(error.filename or path)))
            return None
        return content if isinstance(content, bytes) else None

    def _installed(self, package: Package, path: str) -> bytes | None:
        if self._sources is None:
            # Most sites read what they serve.
            from importmap._discovery.sources import AllSources

            self._sources = AllSources()
        try:
            return self._sources.of(package).read(path)[1]
        except ManifestError as error:
            self.faults += [problem for problem in error.diagnostics if problem.code == CODE]
            return None
