"""Copies of third-party modules that are one: equal in what they are, and in all that they import.

Two files with the same bytes may still lead to different modules. So two copies are compared by a walk
through both at once: the bytes of each module, and where each of its imports leads. The bytes are read
when the site runs, for a manifest may say anything, and a storage may rewrite them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

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
    leaders: dict[int, list[File]] = {}
    for file, color in closures.colored([*dict.fromkeys(_candidates(graph.packages))]):
        alike = leaders.setdefault(color, [])
        if not closures.unite_with_any(alike, file):
            alike.append(file)
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


#: How far what a module imports tells it from others, before two are walked through.
_LEVELS = 8
#: How many steps walks may take in all that find a difference. After that, copies stay apart.
_STEPS = 200_000


class _Closures:
    """The modules that copies consist of.

    :param graph: where imports lead.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._static = graph.settings.static
        self._sources: AllSources | None = None
        self._contents: dict[str, bytes | None] = {}
        self._first: dict[File, File] = {}
        self._looks: dict[File, bytes | None] = {}
        self._below: dict[File, list[File | str]] = {}
        #: How many steps walks may take that come to nothing.
        self._left = _STEPS
        #: What the system does not let be read.
        self.faults: list[Diagnostic] = []

    def colored(self, candidates: list[File]) -> list[tuple[File, int]]:
        """Return the candidates that are known well enough, each with a number that equal ones share.

        A number says what a module is, what it imports, and what these import, down to a few levels.
        """
        files = self._known(candidates)
        below = {file: [each for each in self._targets(file) if isinstance(each, File)] for file in files}
        colors = _numbered({file: self._look(file) for file in files})
        for _ in range(_LEVELS):
            finer = _numbered({file: (colors[file], *map(colors.get, below[file])) for file in files})
            if len({*finer.values()}) == len({*colors.values()}):
                break
            colors = finer
        return [(file, colors[file]) for file in candidates if file in colors]

    def unite_with_any(self, leaders: list[File], file: File) -> bool:
        """Unite a copy with one of those that differ from each other; tell whether one is the same."""
        for leader in leaders:
            if self._left <= 0:
                break
            if self.unite(leader, file):
                return True
        return False

    def unite(self, one: File, other: File) -> bool:
        """Tell whether two copies are the same; if so, each of their modules is one with its twin."""
        pairs, twins, back = [(one, other)], {one: other}, {other: one}
        for left, right in pairs:
            if self._representative(left) is self._representative(right):
                # So is all that they import.
                continue
            if self._look(left) != self._look(right):
                self._left -= len(pairs)
                return False
            for mine, theirs in zip(self._targets(left), self._targets(right), strict=True):
                if isinstance(mine, str) or isinstance(theirs, str):
                    # Both are, and the same.
                    continue
                if twins.get(mine, theirs) is not theirs or back.get(theirs, mine) is not mine:
                    self._left -= len(pairs)
                    return False
                if mine not in twins:
                    twins[mine], back[theirs] = theirs, mine
                    pairs.append((mine, theirs))
            if len(pairs) > self._left:
                self._left = 0
                return False
        for pair in pairs:
            left, right = map(self._representative, pair)
            if left is not right:
                first, second = sorted((left, right), key=lambda file: file.path)
                self._first[second] = first
        return True

    def _known(self, candidates: list[File]) -> list[File]:
        """Return the candidates and all that they import, without what can load more than is known."""
        says = self._graph.packages.says_imports
        files = dict.fromkeys(candidates)
        users: dict[File, list[File]] = {}
        queue = [*files]
        for file in queue:
            for target in self._targets(file):
                if isinstance(target, File):
                    users.setdefault(target, []).append(file)
                    if target not in files:
                        files[target] = None
                        queue.append(target)
        # Whatever else a module loads, it is to load from its own package.
        strange = [file for file in files if not (says(file.package) and file.package.is_known(file.path))]
        known = _without(files, strange, users)
        return [*_without(known, [file for file in known if self._look(file) is None], users)]

    def _look(self, file: File) -> bytes | None:
        """Return what a module is by itself: its bytes, its assets, and the names that it imports."""
        if file not in self._looks:
            # Few sites have two copies of anything.
            import hashlib

            paths = [join(file.path, asset) for asset in file.module.get("assets", ())]
            contents = [self._content(file.package, path) for path in (file.path, *paths) if path is not None]
            targets = [each if isinstance(each, str) else None for each in self._targets(file)]
            digests = [hashlib.sha256(content).digest() for content in contents if content is not None]
            is_whole = len(digests) == len(paths) + 1
            self._looks[file] = repr((digests, targets)).encode() if is_whole else None
        return self._looks[file]

    def equal(self) -> dict[File, File]:
        """Return each file that an equal copy replaces, with that copy."""
        return {file: self._representative(file) for file in self._first}

    def _representative(self, file: File) -> File:
        first = file
        while (before := self._first.get(first)) is not None:
            first = before
        # The next look takes one step.
        while file is not first:
            self._first[file], file = first, self._first[file]
        return first

    def _targets(self, file: File) -> list[File | str]:
        """Return where the imports of a module lead: to files, or to what is the same for all packages."""
        known = self._below.get(file)
        if known is None:
            known = self._below[file] = []
            for specifier, _, target in self._graph.imports(file):
                if target.path is not None and target.is_folder:
                    # Nobody knows which file is meant.
                    known.append(target.path)
                else:
                    known.append(target.files[0] if target.files else f"{target.rule} {specifier}")
        return known

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


def _numbered(values: Mapping[File, object]) -> dict[File, int]:
    """Return a number for each file, the same one for equal values."""
    numbers: dict[object, int] = {}
    return {file: numbers.setdefault(value, len(numbers)) for file, value in values.items()}


def _without(
    files: Iterable[File], strange: list[File], users: Mapping[File, list[File]]
) -> dict[File, None]:
    """Return files without some of them, and without all that import these."""
    gone = dict.fromkeys(strange)
    queue = [*gone]
    for file in queue:
        for user in users.get(file, ()):
            if user not in gone:
                gone[user] = None
                queue.append(user)
    return {file: None for file in files if file not in gone}
