"""Subresource Integrity of the modules that a site serves: over the served bytes, not the shipped ones."""

from __future__ import annotations

from collections.abc import Iterable

from importmap._base.diagnostics import Diagnostic
from importmap._base.faults import fault, is_fault
from importmap._base.grammar import is_integrity
from importmap._manifest.package import Package
from importmap._site.selection import Selection
from importmap._site.settings import Settings

from .urls import Urls


class ServedIntegrity:
    """The integrity of each file, asked for once.

    :param settings: which algorithms the site wants, and how it serves files.
    :param urls: the final URLs.
    """

    def __init__(self, settings: Settings, urls: Urls) -> None:
        self._algorithms = settings.integrity
        self._static = settings.static
        self._urls = urls
        self._known: dict[str, tuple[str | None, tuple[Diagnostic, ...]]] = {}

    def of(
        self, selections: Iterable[Selection], own: Iterable[str], diagnostics: list[Diagnostic]
    ) -> dict[str, str]:
        """The integrity of all selected modules, by URL; empty if the site wants none.

        :param own: public paths of the site's own.
        :param diagnostics: what cannot be read, or is not what was shipped, is added to it.
        """
        integrity: dict[str, str] = {}
        if not self._algorithms:
            return integrity
        files: dict[str, Package | None] = dict.fromkeys(own)
        files.update({path: selection.package for selection in selections for path in selection.paths})
        for path, package in files.items():
            url = self._urls.get(path)
            if url is None:
                continue
            if path not in self._known:
                noted: list[Diagnostic] = []
                self._known[path] = self._served(package, path, noted), tuple(noted)
            digests, problems = self._known[path]
            diagnostics += problems
            if digests is not None:
                integrity[url] = digests
        return integrity

    def _served(self, package: Package | None, path: str, problems: list[Diagnostic]) -> str | None:
        """What the site's storage says, or the digests of what it serves."""
        owner = "" if package is None else package.distribution

        def note(code: str, severity: str, message: str) -> None:
            problems.append(Diagnostic(code, severity, message, distribution=owner, place=path))

        said = self._said(path)
        if said is not None:
            if is_integrity(said):
                return said
            note(
                "IM210",
                "warning",
                f"the storage's integrity {said!r} is none; the map has none for this file.",
            )
            return None
        read = getattr(self._static, "read", None)
        try:
            content: object = None if read is None else read(path)
        except (LookupError, ValueError, OSError) as error:
            if isinstance(error, OSError) and is_fault(error):
                problems.append(fault(error, str(error.filename or path), owner))
                return None
            note("IM205", "warning", f"cannot be read for its integrity ({error}); the map has none for it.")
            return None
        if not isinstance(content, bytes):
            message = (
                "the site's Static does not read what it serves; the map has no integrity for its files."
            )
            problems.append(Diagnostic("IM205", "warning", message, place="integrity"))
            return None
        # Most sites want no integrity.
        import base64
        import hashlib

        def digest(algorithm: str) -> str:
            return base64.b64encode(hashlib.new(algorithm, content).digest()).decode()

        modules = {} if package is None else package.modules
        shipped = modules.get(path, {}).get("sha384")
        if shipped is not None and shipped != digest("sha384"):
            note("IM217", "info", "is served otherwise than it was shipped; the map says what is served.")
        return " ".join(f"{algorithm}-{digest(algorithm)}" for algorithm in self._algorithms)

    def _said(self, path: str) -> str | None:
        """What a storage knows itself; there may be no such method, or none for this file (DEP 0021)."""
        ask = getattr(self._static, "integrity", None)
        if ask is None:
            return None
        try:
            said = ask(path)
        except (NotImplementedError, LookupError, ValueError, OSError):
            return None
        return said if said is None else str(said)
