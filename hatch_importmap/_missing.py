"""Files that are declared and not shipped: where they are, and what ships them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator

from importmap._diagnostics import Diagnostic, closest

from ._files import PublicFiles, matcher, parents


class MissingFiles:
    """Says of paths that they are not shipped.

    :param files: the files that are.
    """

    def __init__(self, files: PublicFiles) -> None:
        self._files = files
        # Each finding about an ignored file, and the pattern that would ship it.
        self._ignored: dict[Diagnostic, str] = {}

    def report(self, place: str, code: str, path: str, about: str = "") -> Diagnostic:
        """Say that a path is not shipped.

        :param place: the dotted path of the key that names it.
        :param code: the code of the diagnostic.
        :param path: a public path, with a ``*`` or a ``/`` at its end where that is meant.
        :param about: what to say first.
        """
        wide = path.endswith("/") or "*" in path
        noun = self._files.shipped.noun
        what = f"{path!r} matches no file of {noun}" if wide else f"{noun} does not ship {path!r}"
        top, ignored = next(self._on_disk(path), ("", ""))
        if not ignored:
            where = " and ".join(map(repr, self._files.roots))
            message = f"{about}{what}; it was looked for below {where}.{self._nearest(path, wide)}"
            return Diagnostic(code, "error", message, place=place)
        folder = os.path.relpath(top, self._files.shipped.root).replace(os.sep, "/")
        message = f"{about}{what}: {folder}/{ignored} is there, but ignored."
        diagnostic = Diagnostic(code, "error", message, place=place)
        if not folder.startswith("../"):
            # In the patterns of hatchling a single star does not span folders.
            self._ignored[diagnostic] = f"{folder}/{path}".replace("/*", "/**/*") + "**" * path.endswith("/")
        return diagnostic

    def with_artifacts(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Some findings, the last of those about ignored files with the lines that ship them all."""
        ignored = [diagnostic for diagnostic in found if diagnostic in self._ignored]
        if not ignored or self._files.shipped.artifacts is None:
            return list(found)
        table, patterns = self._files.shipped.artifacts
        every = dict.fromkeys([*patterns, *map(self._ignored.__getitem__, ignored)])
        lines = ", ".join(f'"{pattern}"' for pattern in every)
        return [
            _hinted(diagnostic, f"[{table}]\nartifacts = [{lines}]")
            if diagnostic == ignored[-1]
            else diagnostic
            for diagnostic in found
        ]

    def _on_disk(self, path: str) -> Iterator[tuple[str, str]]:
        """What a path would match if it were shipped: a static root's folder, and the path below it."""
        matches = matcher(path)
        for prefix in self._files.prefixes:
            for root in self._files.roots:
                top = os.path.join(prefix, *root.split("/"))
                start = os.path.join(top, *posixpath.dirname(path.partition("*")[0]).split("/"))
                for folder, folders, names in os.walk(start):
                    folders.sort()
                    below = os.path.relpath(folder, top).replace(os.sep, "/")
                    for name in sorted(names):
                        public = posixpath.normpath(posixpath.join(below, name))
                        if matches(public) is not None:
                            yield top, public

    def _nearest(self, path: str, wide: bool) -> str:
        """A question to end a message with, by the names of files, or of folders."""
        if wide:
            path = posixpath.dirname(path.partition("*")[0])
            known = {folder for name in self._files.wheel for folder in parents(name)}
        else:
            known = {*self._files.wheel}
        stem = closest(_stem(path), sorted({*map(_stem, known)}))
        folder, suffix = posixpath.dirname(path), posixpath.splitext(path)[1]
        alike = sorted(
            (name for name in known if stem and _stem(name) == stem),
            key=lambda name: (not name.endswith(suffix), posixpath.dirname(name) != folder, name),
        )
        return f" Did you mean {alike[0] + '/' * wide!r}?" if alike else ""


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _hinted(diagnostic: Diagnostic, hint: str) -> Diagnostic:
    return Diagnostic(
        diagnostic.code, diagnostic.severity, diagnostic.message, place=diagnostic.place, hint=hint
    )
