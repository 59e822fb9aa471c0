"""Copies of third-party modules that are one: equal in what they are, and in all that they import.

Two files with the same bytes may still lead to different modules. So copies are compared by a
digest over their closure: the bytes of each module, and where each of its imports leads. The
bytes are read when the site runs, for a manifest may say anything, and a storage may rewrite them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from importmap._base.diagnostics import ManifestError
from importmap._base.grammar import join
from importmap._discovery.folders import Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from importmap._manifest.package import Package

    from .graph import Graph

    #: A file: the package that it counts as, and its public path.
    Node: TypeAlias = tuple[Package, str]


def moved(graph: Graph) -> dict[str, str]:
    """The files in whose place an equal one of another package is loaded.

    :param graph: the module graph of the site.
    :returns: public path -> public path.
    """
    closures = _Closures(graph)
    equal: dict[bytes, list[Node]] = {}
    for package, path, version in _candidates(graph.packages):
        copy = graph.shipper(package, path), path
        digest = closures.digest(copy, version)
        if digest is not None:
            # Their modules correspond, one by one.
            closure = closures.of(copy)
            closures.unite(equal.setdefault(digest, closure), closure)
    return closures.moved()


def _candidates(packages: Sequence[Package]) -> Iterator[tuple[Package, str, str]]:
    """The copies that may be equal to another package's, as far as manifests tell: path and version."""
    copies: dict[str, list[tuple[Package, str, str]]] = {}
    for package in packages:
        for name, copy in package.manifest["vendored"].items():
            start = copy["path"]
            paths = [start]
            if start.endswith("/"):
                paths = [path for path in package.manifest["modules"] if path.startswith(start)]
            for path in paths:
                copies.setdefault(name + path[len(start) :], []).append((package, path, copy["version"]))
    for found in copies.values():
        shipped = [package.manifest["modules"][path].get("sha384") for package, path, _ in found]
        counts = Counter(shipped)
        for candidate, digest in zip(found, shipped, strict=True):
            if len(found) > 1 and (None in counts or counts[digest] > 1):
                yield candidate


class _Closures:
    """The modules that copies consist of.

    :param graph: what imports stand for.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._static = graph.static
        self._sources: dict[str, Sources] = {}
        self._contents: dict[str, bytes | None] = {}
        self._closures: dict[str, list[Node]] = {}
        self._first: dict[str, str] = {}

    def of(self, copy: Node) -> list[Node]:
        """All that a module imports, itself first, in the order in which it is found."""
        if copy[1] not in self._closures:
            found, known = [copy], {copy[1]}
            for node in found:
                for target in self._targets(node):
                    if not isinstance(target, str) and target[1] not in known:
                        known.add(target[1])
                        found.append(target)
            self._closures[copy[1]] = found
        return self._closures[copy[1]]

    def digest(self, copy: Node, version: str) -> bytes | None:
        """What two copies have in common that are one; None for one that is not known well enough."""
        # Few sites have two copies of anything.
        import hashlib
        import re

        closure = self.of(copy)
        places = {path: str(place) for place, (_, path) in enumerate(closure)}
        digest = hashlib.sha256()
        has_meta = False
        for package, path in closure:
            content = self._content(package, path) if self._graph.is_known(package) else None
            if content is None:
                return None
            has_meta |= re.search(rb"\bimport\s*\.\s*meta\b", content) is not None
            targets = [
                target if isinstance(target, str) else places[target[1]]
                for target in self._targets((package, path))
            ]
            digest.update(repr((hashlib.sha256(content).digest(), targets)).encode())
            for asset in package.manifest["modules"][path].get("assets", ()):
                name = join(path, asset)
                content = None if name is None else self._content(package, name)
                digest.update(repr(content and hashlib.sha256(content).digest()).encode())
        # What a module makes of its own URL may depend on more than these files.
        digest.update(version.encode() if has_meta else b"")
        return digest.digest()

    def unite(self, one: list[Node], other: list[Node]) -> None:
        """Say that the modules of two closures are the same, each in its place."""
        for (_, left), (_, right) in zip(one, other, strict=True):
            first, second = sorted((self._representative(left), self._representative(right)))
            self._first[second] = first

    def moved(self) -> dict[str, str]:
        """Each file that is the same as one before it."""
        return {path: first for path in self._first if (first := self._representative(path)) != path}

    def _representative(self, path: str) -> str:
        while (first := self._first.get(path, path)) != path:
            path = first
        return path

    def _targets(self, node: Node) -> list[Node | str]:
        """Where the imports of a module lead: to files, or somewhere that is the same for all packages."""
        package, path = node
        module = package.manifest["modules"].get(path, {})
        return [
            self._target(package, path, edge)
            for edge in (*module.get("imports", ()), *module.get("dynamic", ()))
        ]

    def _target(self, package: Package, path: str, edge: str) -> Node | str:
        if edge.startswith("."):
            imported, owner = join(path, edge) or path, package
        else:
            target = self._graph.target(package, edge)
            if target is None or target.owner is None or target.path is None:
                return edge
            imported, owner = target.path, target.owner
        if imported.endswith("/"):
            # Nobody knows which file is meant.
            return imported
        return self._graph.shipper(owner, imported), imported

    def _content(self, package: Package, path: str) -> bytes | None:
        """The bytes that are served; those of the installed file, where they are out of reach."""
        if path not in self._contents:
            content = self._served(path)
            if content is None:
                content = self._installed(package, path)
            try:
                self._static.url(path)
            except (LookupError, ValueError):
                # Nobody can load it.
                content = None
            self._contents[path] = content
        return self._contents[path]

    def _served(self, path: str) -> bytes | None:
        read = getattr(self._static, "read", None)
        try:
            content: object = None if read is None else read(path)
        except (LookupError, ValueError, OSError):
            return None
        return content if isinstance(content, bytes) else None

    def _installed(self, package: Package, path: str) -> bytes | None:
        sources = self._sources.setdefault(package.namespace, Sources(package))
        try:
            return sources.read(path)[1]
        except ManifestError:
            return None
