"""The edges of the module graph: which file an import leads to, or why it leads to none."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from importmap._base.diagnostics import Diagnostic, shown
from importmap._base.grammar import PATH_RULE, is_path, is_relative, join

from .bare_imports import BareImports
from .files import PublicFiles
from .findings import Findings, Position
from .missing import MissingFiles

if TYPE_CHECKING:
    from .javascript.parse import Import

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
#: What is meant by the name of a file that browsers would not find.
_ENDINGS = (".js", ".mjs", "/index.js", "/index.mjs", ".json", ".css")
#: The sources of files that compilers make.
_SOURCE = re.compile(r"\.[cm]?[jt]sx?\Z")


@dataclass(frozen=True)
class Edge:
    """An import that leads somewhere.

    :param member: the key of the manifest that lists it.
    :param specifier: the specifier as the manifest has it.
    :param path: the public path of the file; None where it is not one of this package.
    """

    member: Literal["imports", "dynamic", "assets"]
    specifier: str
    path: str | None


class Edges:
    """Follows the imports of a package.

    :param files: the files that the wheel ships.
    :param missing: what knows about files that are not shipped.
    :param bare: what knows the names that may be imported.
    :param findings: what is refused is noted there.
    :param severity: how bad it is what a page can live with.
    """

    def __init__(
        self,
        files: PublicFiles,
        missing: MissingFiles,
        bare: BareImports,
        findings: Findings,
        severity: str,
    ) -> None:
        self._files = files
        self._missing = missing
        self._bare = bare
        self._findings = findings
        self._severity = severity

    def follow(self, path: str, imported: Import, position: Position) -> Edge | None:
        """The edge that an import makes; None after noting why it makes none.

        :param path: the public path of the importing module.
        :param position: where the import stands.
        """
        specifier = imported.specifier
        if imported.kind == "asset":
            return self._asset(path, specifier, position)
        is_relative = specifier.startswith(("./", "../")) or specifier in (".", "..")
        is_bare = not (is_relative or specifier.startswith("/") or _SCHEME.match(specifier))
        if imported.kind == "resolve":
            # The URL of a folder is something to build other URLs from; that of a name needs the map.
            if _is_folder(specifier) and not is_bare:
                return None
        elif is_bare and specifier.endswith("/") and self._bare.is_mapped(specifier):
            message = f"imports {shown(specifier)}: browsers look for no file in a folder. Name the file."
            self._findings.note("IM019", "error", message, position)
            return None
        member: Literal["imports", "dynamic"] = "imports" if imported.kind == "static" else "dynamic"
        if is_bare:
            allowed, target = self._bare.follow(specifier, position)
            return Edge(member, specifier, target) if allowed else None
        if is_relative:
            target = self._relative(path, specifier, position)
            return None if target is None else Edge(member, specifier, target)
        self._refuse_url(specifier, position, is_static=imported.kind == "static")
        return None

    def _relative(self, path: str, specifier: str, position: Position) -> str | None:
        """The file that a relative specifier names; None after noting that there is none."""
        target = join(path, specifier) if is_relative(specifier) else None
        if target in self._files.wheel:
            return target
        name, mark = _split(specifier)
        nearby = self._nearby(path, name)
        folder = _is_folder(specifier) or target in self._files.folders
        code = "IM019"
        if mark:
            what = "a query" if mark == "?" else "a fragment"
            why = f": {what} makes it another module than the file alone."
        elif target is None and not folder:
            outside = is_relative(specifier)
            code = code if outside else "IM004"
            why = ": it leads out of the static root." if outside else f", which is refused: {PATH_RULE}."
        elif folder or "/index." in nearby.removeprefix(specifier):
            why = f": browsers look for no file in a folder.{'' if nearby else ' Name the file.'}"
        elif nearby:
            why = ": browsers look for a file of that very name."
        else:
            self._refuse_missing(path, specifier, target or "", position)
            return None
        write = f" Write {nearby!r}." if nearby else ""
        self._findings.note(code, "error", f"imports {shown(specifier)}{why}{write}", position)
        return None

    def _refuse_missing(self, path: str, specifier: str, target: str, position: Position) -> None:
        def make(place: str, also: str) -> Diagnostic:
            about = f"imports {specifier!r}: "
            return self._missing.report(
                place, "IM018", target, about, also=also, spell=lambda near: _spelled(path, near)
            )

        self._findings.note_lazily(("IM018", target), position, make)

    def _refuse_url(self, specifier: str, position: Position, *, is_static: bool) -> None:
        match = _SCHEME.match(specifier)
        scheme = match[1].lower() if match else ""
        if scheme in ("", "http", "https"):
            message = (
                f"imports {shown(specifier)}: what is loaded by its URL is not checked, "
                "not cache-busted and not preloaded."
            )
            self._findings.note("IM057", self._severity, message, position)
        elif scheme not in ("data", "blob"):
            message = f"imports {shown(specifier)}: browsers load nothing from '{scheme}:'."
            # What a module loads only elsewhere keeps no page from working.
            self._findings.note("IM022", "error" if is_static else self._severity, message, position)

    def _asset(self, path: str, specifier: str, position: Position) -> Edge | None:
        name, _ = _split(specifier)
        if not name or name.startswith(("/", "\\")) or _SCHEME.match(name) or _is_folder(name):
            return None
        edge = name if name.startswith(("./", "../")) else f"./{name}"
        about = f"asks for the file {shown(specifier)}"
        target = join(path, edge)
        if not is_relative(edge):
            self._findings.note("IM053", self._severity, f"{about}, which is refused: {PATH_RULE}.", position)
        elif target is None:
            message = f"{about}, which is out of the static root."
            self._findings.note("IM053", self._severity, message, position)
        elif target in self._files.wheel:
            return Edge("assets", edge, target)
        elif target not in self._files.folders:
            asked = target

            def make(place: str, also: str) -> Diagnostic:
                return self._missing.report(
                    *(place, "IM053", asked, f"{about}: "),
                    severity=self._severity,
                    also=also,
                    spell=lambda near: _spelled(path, near),
                )

            self._findings.note_lazily(("IM053", target), position, make)
        return None

    def _nearby(self, path: str, specifier: str) -> str:
        """The specifier of the shipped file that was probably meant, or ``""``."""
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
        names = (name for name in _guesses(target) if name in self._files.wheel and is_path(name))
        return next((_spelled(path, name) for name in names), "")


def _guesses(target: str) -> Iterator[str]:
    yield target
    yield from (posixpath.normpath(f"{target}{ending}") for ending in _ENDINGS)
    stem = _SOURCE.sub("", target)
    if stem != target:
        yield from (f"{stem}{ending}" for ending in (".js", ".mjs"))


def _is_folder(specifier: str) -> bool:
    return specifier.endswith("/") or posixpath.basename(specifier) in (".", "..")


def _split(specifier: str) -> tuple[str, str]:
    """A specifier up to its query or fragment, and the mark that begins that."""
    match = re.search(r"[?#]", specifier)
    return (specifier, "") if match is None else (specifier[: match.start()], match[0])


def _spelled(path: str, target: str) -> str:
    """How the module at `path` names the file at `target`."""
    relative = posixpath.relpath(f"/{target}", f"/{posixpath.dirname(path)}")
    return relative if relative.startswith("../") else f"./{relative}"
