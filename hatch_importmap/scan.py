"""The import scan: the files of a package that its entries lead to, and their imports.

The one place that decides which files become modules of the manifest. Scans each content once,
because a source tree is read again and again.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from importmap._base.diagnostics import Diagnostic
from importmap._base.files import SERVED_LIMIT, read_file
from importmap._manifest.source_maps import source_maps

from .bare_imports import BareImports
from .declaration import Declaration
from .edges import Edge, Edges
from .entries import Expansion, outside_folders, wrong_types
from .files import PublicFiles
from .findings import Findings, Position

if TYPE_CHECKING:
    from importmap._manifest.document import Module

    from .javascript.parse import Import, Remark, Scan

#: What was found in this process, by digest.
_scans: dict[str, Scan] = {}
_MOST_SCANS = 20_000


class ScannerError(Exception):
    """The scanner cannot be used; the text says why."""


def scan_once(digest: str, content: bytes) -> Scan:
    """The imports of a module.

    :param digest: the digest of the content.
    :raises ScannerError: if what it needs is not installed.
    """
    scanned = _scans.get(digest)
    if scanned is None:
        if len(_scans) >= _MOST_SCANS:
            _scans.clear()
        scanned = _scans[digest] = _scanner()(content)
    return scanned


def _scanner() -> Callable[[bytes], Scan]:
    # Nothing else needs the packages, which are slow to import.
    try:
        from .javascript.parse import scan_javascript
    # A grammar that the parser is too old or too new for is no ImportError.
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        message = f"tree-sitter and tree-sitter-javascript, which read imports, cannot be used: {error}."
        raise ScannerError(message) from error
    return scan_javascript


#: What a style sheet loads others by. An escape can spell any of these.
_CSS_LOADS = re.compile(rb"url|@import|src|image|\\", re.IGNORECASE)
_JAVASCRIPT = (".js", ".mjs")
_EXTRA = 'python -m pip install "hatch-importmap[live]"'
#: What is said about a file, by kind of remark: the code, and the sentence.
_REMARKS = {
    "syntax": ("IM054", "cannot be parsed here: imports next to it may be overlooked."),
    "dynamic": (
        "IM055",
        "imports what is no string literal: only another import, or an entry, brings it into the map.",
    ),
    "commonjs": ("IM056", "is a CommonJS module, which browsers do not load: ship an ES module."),
}


@dataclass
class Reached:
    """What the entries of a package lead to.

    :param modules: each file, by public path, sorted.
    :param places: what leads to each file first: the dotted path of a key, or a place in the code.
    :param computed: the files of which nobody knows all that they load, sorted.
    :param beside: their assets and source maps that are no modules themselves, and what asks for them.
    :param problems: errors and warnings.
    """

    modules: dict[str, Module] = field(default_factory=dict)
    computed: list[str] = field(default_factory=list)
    places: dict[str, str | Position] = field(default_factory=dict)
    beside: dict[str, str | Position] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)


def scan(
    declaration: Declaration, expansion: Expansion, files: PublicFiles, *, lenient: bool = False
) -> Reached:
    """Everything that the entries of a declaration lead to.

    :param lenient: whether the entries alone will do where JavaScript cannot be read.
    """
    walk = _Walk(declaration, expansion, files, "warning" if lenient else "error")
    walk.run()
    return walk.reached()


def sha384(content: bytes) -> str:
    """The digest of a file as the manifest has it: base64, as in Subresource Integrity."""
    return base64.b64encode(hashlib.sha384(content).digest()).decode()


def _loads_nothing(kind: str, content: bytes) -> bool:
    """Tell whether a file that is no JavaScript loads no other file.

    :param kind: its type.
    """
    if kind == "css":
        return _CSS_LOADS.search(content) is None
    return kind in ("json", "text", "bytes")


class _Walk:
    def __init__(
        self, declaration: Declaration, expansion: Expansion, files: PublicFiles, unreadable: str
    ) -> None:
        self._unreadable = unreadable
        self._has_scanner = True
        self._files = files
        self._missing = expansion.missing
        self._severity = "error" if declaration.strict else "warning"
        self._has_scope = bool(declaration.vendored) or any(item.is_private for item in declaration.imports)
        self._findings = Findings()
        bare = BareImports(declaration, expansion, files, self._findings)
        self._edges = Edges(files, expansion.missing, bare, self._findings, self._severity)
        self._entries = {path: place for path, place in expansion.places().items() if path in files.wheel}
        self._queue = sorted(self._entries)
        self._types: dict[str, str] = {}
        self._computed: set[str] = set()
        self._reached = Reached(places={path: self._entries[path] for path in self._queue})
        self._problems: list[Diagnostic] = []

    def run(self) -> None:
        """Read every file once, and whatever it leads to after it."""
        for path in self._queue:
            source = self._files.source(path)
            try:
                content = read_file(source, SERVED_LIMIT)
            except OSError as error:
                message = f"{source} cannot be read: {error.strerror or error}."
                self._problem("IM017", message, self._reached.places[path])
            else:
                self._reached.modules[path] = self._module(path, content)

    def reached(self) -> Reached:
        """What was reached, sorted."""
        reached = self._reached
        rows = sorted(reached.modules.items())
        for path, row in rows:
            if kind := self._type(path):
                row["type"] = kind
        others = {path: str(place) for path, place in reached.places.items() if path not in self._entries}
        problems = [*self._problems, *self._findings.diagnostics()]
        if self._has_scope:
            problems += outside_folders(others)
        problems += wrong_types(others)
        beside = {path: place for path, place in reached.beside.items() if path not in reached.places}
        return Reached(dict(rows), sorted(self._computed), reached.places, beside, problems)

    def _module(self, path: str, content: bytes) -> Module:
        digest = sha384(content)
        module: Module = {"sha384": digest, "size": len(content)}
        self._look_for_source_maps(path, content)
        if (kind := self._type(path)) is not None:
            if not _loads_nothing(kind, content):
                self._computed.add(path)
        else:
            relative = self._files.shipped.relative(self._files.source(path))
            scanned = self._read(digest, content)
            if scanned is None or not scanned.is_known:
                self._computed.add(path)
            if scanned is not None:
                self._remark(relative, scanned.remarks)
                self._add_edges(module, path, relative, scanned.imports)
        return module

    def _read(self, digest: str, content: bytes) -> Scan | None:
        """The imports in a file; None after noting that they cannot be read."""
        if self._has_scanner:
            try:
                return scan_once(digest, content)
            except ScannerError as error:
                self._has_scanner = False
                self._problems.append(Diagnostic("IM023", self._unreadable, str(error), hint=_EXTRA))
        return None

    def _add_edges(self, module: Module, path: str, relative: str, imports: tuple[Import, ...]) -> None:
        lists: dict[str, list[str]] = {"imports": [], "dynamic": [], "assets": []}
        for imported in imports:
            position = Position(relative, imported.line, imported.column)
            edge = self._edges.follow(path, imported, position)
            if edge is not None:
                lists[edge.member].append(edge.specifier)
                self._visit(edge, imported.type, position)
            elif imported.kind in ("resolve", "asset"):
                # The address of a folder, or of a file that is not shipped, is for something else.
                self._computed.add(path)
        for member in ("imports", "dynamic", "assets"):
            if lists[member]:
                module[member] = list(dict.fromkeys(lists[member]))

    def _visit(self, edge: Edge, attribute: str | None, position: Position) -> None:
        """Note the file that an edge leads to."""
        if edge.path is None:
            return
        if edge.member == "assets":
            self._reached.beside.setdefault(edge.path, position)
            return
        if attribute is not None:
            self._types.setdefault(edge.path, attribute)
        if edge.path not in self._reached.places:
            self._reached.places[edge.path] = position
            self._queue.append(edge.path)

    def _type(self, path: str) -> str | None:
        """What kind of file it is; None for JavaScript."""
        suffix = posixpath.splitext(path)[1].lower()
        return None if suffix in _JAVASCRIPT else self._types.get(path) or suffix[1:] or "file"

    def _look_for_source_maps(self, path: str, content: bytes) -> None:
        place = self._reached.places[path]
        for source_map in source_maps(path, content):
            if source_map in self._files.wheel:
                self._reached.beside.setdefault(source_map, place)
            else:
                # Browsers ask for the maps of `.mjs` files; collectstatic does not look there.
                reason = "" if path.endswith(".mjs") else ", which collectstatic insists on"
                about = f"{path!r} names a source map{reason}: "
                missing = self._missing.report(str(place), "IM014", source_map, about)
                self._problems.append(missing)

    def _remark(self, relative: str, remarks: tuple[Remark, ...]) -> None:
        """One warning for each kind of remark on a file."""
        for remark in remarks:
            code, sentence = _REMARKS[remark.kind]
            position = Position(relative, remark.line, remark.column)
            self._findings.note_lazily(
                (code, relative), position, self._remarked(code, sentence, f"{relative}:")
            )

    def _remarked(self, code: str, sentence: str, file: str) -> Callable[[str, str], Diagnostic]:
        def make(place: str, also: str) -> Diagnostic:
            # All these places are in one file.
            return Diagnostic(code, self._severity, sentence + also.replace(file, ""), place=place)

        return make

    def _problem(self, code: str, message: str, place: str | Position) -> None:
        self._problems.append(Diagnostic(code, "error", message, place=str(place)))
