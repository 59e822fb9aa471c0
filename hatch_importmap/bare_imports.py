"""Bare imports: what a package may import by name, and what it has to declare first."""

from __future__ import annotations

import posixpath
import re

from importmap._base.diagnostics import Diagnostic, shown
from importmap._base.grammar import is_mappable, match, owns
from importmap._base.suggest import closest
from importmap._base.tables import quote_key

from .declaration import BARE_RULE, PLACE, Declaration
from .entries import Expansion
from .files import PublicFiles
from .findings import Findings, Paste, Position

_NPM_NAME = re.compile(r"(?:@[^/]+/)?[^/]+")


class BareImports:
    """The names that the code of a package may import.

    :param declaration: what the author declares.
    :param expansion: the entries of it.
    :param files: the files that the wheel ships.
    :param findings: what is refused is noted there.
    """

    def __init__(
        self, declaration: Declaration, expansion: Expansion, files: PublicFiles, findings: Findings
    ) -> None:
        self._declaration = declaration
        self._files = files
        self._missing = expansion.missing
        self._findings = findings
        self._paths = {entry.specifier: entry.path for entry in (*expansion.imports, *expansion.vendored)}
        self._foreign = [name.removesuffix("/") for name in (*declaration.requires, *declaration.ignore)]
        self._excluded = {item.specifier for item in declaration.imports if item.is_excluded}
        self._allowed: dict[str, bool] = {}

    def follow(self, specifier: str, position: Position) -> tuple[bool, str | None]:
        """What a module imports by a bare specifier.

        :returns: whether it may; and the public path, if it is a file of this package.
        """
        if not is_mappable(specifier):
            message = f"imports {shown(specifier)}, which is refused: {BARE_RULE}."
            self._findings.note("IM004", "error", message, position)
            return False, None
        name = match(specifier, self._paths)
        if name is not None:
            return self._follow_entry(name, specifier, position)
        if owns(self._declaration.namespace, specifier) or specifier.startswith("#"):
            self._refuse_own(specifier, position)
            return False, None
        if specifier not in self._allowed:
            self._allowed[specifier] = any(owns(foreign, specifier) for foreign in self._foreign)
        if not self._allowed[specifier]:
            self._refuse_foreign(specifier, position)
        return self._allowed[specifier], None

    def is_mapped(self, specifier: str) -> bool:
        """Whether this package has a file for a specifier, or a folder if there is a slash at its end."""
        return match(specifier, self._paths) is not None

    def _follow_entry(self, name: str, specifier: str, position: Position) -> tuple[bool, str | None]:
        path = self._paths[name]
        # A URL, or a file of which `expand` says that it is not shipped.
        if path is None or (name == specifier and path not in self._files.wheel):
            return True, None
        path += specifier[len(name) :]
        if path in self._files.wheel:
            return True, path
        if path.endswith("/") and path[:-1] in self._files.folders:
            return True, None

        def make(place: str, also: str) -> Diagnostic:
            about = f"imports {specifier!r} through the prefix {name!r}: "
            return self._missing.report(place, "IM018", path, about, also=also)

        self._findings.note_lazily(("IM018", specifier), position, make)
        return False, None

    def _refuse_own(self, specifier: str, position: Position) -> None:
        if specifier in self._excluded:
            message = (
                f"imports {specifier!r}, which is excluded from the entries: import its file by its path."
            )
            self._findings.note("IM020", "error", message, position)
            return
        path = self._file_for(specifier)
        near = "" if path else self._near(specifier)
        question = f" Did you mean {near!r}?" if near else ""
        message = f"imports {specifier!r}, which is no entry of this package.{question}"
        path = path or ("" if near else self._guess(specifier))
        key = specifier.removeprefix(f"{self._declaration.namespace}/")
        key = "." if key == self._declaration.namespace else key
        paste = Paste(f"{PLACE}.imports", f'{quote_key(key)} = "{path}"') if path else None
        self._findings.note("IM020", "error", message, position, paste)

    def _refuse_foreign(self, specifier: str, position: Position) -> None:
        message = (
            f"imports {specifier!r}, which is neither this package's own "
            "nor in 'vendored', 'requires' or 'ignore'."
        )
        match = _NPM_NAME.match(specifier)
        line = f'{quote_key(match[0] if match else specifier)} = "*"'
        self._findings.note("IM021", "error", message, position, Paste(f"{PLACE}.requires", line))

    def _near(self, specifier: str) -> str:
        """The entry of this package that was probably meant, or ``""``."""
        start = "#" if specifier.startswith("#") else f"{self._declaration.namespace}/"
        # What all have in common is no likeness.
        known = [name.removeprefix(start) for name in self._paths if name.startswith(start)]
        near = closest(specifier.removeprefix(start), known)
        return f"{start}{near}" if near else ""

    def _stem(self, specifier: str) -> str:
        """The name of the file that a specifier of this package was probably meant for."""
        own = specifier.removeprefix(self._declaration.namespace).lstrip("/#").removesuffix("/")
        return own or posixpath.basename(self._declaration.namespace)

    def _file_for(self, specifier: str) -> str:
        """The shipped file that is called like a specifier, or ``""``."""
        stem = self._stem(specifier)
        ends = (f"/{stem}", f"/{stem}.js", f"/{stem}.mjs")
        alike = [path for path in self._files.wheel if f"/{path}".endswith(ends)]
        return min(alike, key=lambda path: (path.count("/"), path), default="")

    def _guess(self, specifier: str) -> str:
        """A path where such a file may be put."""
        folder = next((path.partition("/")[0] for path in sorted(self._files.wheel) if "/" in path), "")
        return posixpath.join(folder or self._declaration.package, f"{self._stem(specifier)}.js")
