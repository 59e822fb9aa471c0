"""Files that are declared and not shipped: where they are, and what ships them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator

from importmap._base.diagnostics import Diagnostic
from importmap._base.suggest import closest

from .files import PublicFiles, finder


class MissingFiles:
    """Says of paths that they are not shipped.

    :param files: the files that are.
    """

    def __init__(self, files: PublicFiles) -> None:
        self._files = files
        # Each finding about an ignored file, and the patterns that would ship it.
        self._ignored: dict[Diagnostic, list[str]] = {}

    def report(
        self,
        place: str,
        code: str,
        path: str,
        about: str = "",
        *,
        severity: str = "error",
        also: str = "",
        spell: Callable[[str], str] = str,
        is_pattern: bool = False,
    ) -> Diagnostic:
        """Say that a path is not shipped.

        :param place: the dotted path of the key that names it, or the place in the code.
        :param code: the code of the diagnostic.
        :param path: a public path, or a folder with a ``/`` at its end.
        :param about: what to say first.
        :param also: what to say last.
        :param spell: how a path is written at that place.
        :param is_pattern: whether a ``*`` in the path stands for any part of a name. In code it is a star.
        """
        wide = is_pattern or path.endswith("/")
        shipped = self._files.shipped
        noun = shipped.noun
        what = f"{path!r} matches no file of {noun}" if wide else f"{noun} does not ship {path!r}"
        looked = f"it was looked for below {' and '.join(map(repr, self._files.roots))}"
        root, public, source = next(self._on_disk(path, wide), ("", "", ""))
        if not source:
            message = f"{about}{what}; {looked}.{self._nearest(path, wide, spell)}{also}"
            return Diagnostic(code, severity, message, place=place)
        file = shipped.relative(source)
        possible = shipped.possible()
        target = next((target for target, origin in possible.items() if origin == source), "")
        reachable = possible.get(f"{root}/{public}") == source
        if reachable or shipped.artifacts is None:
            why = "but ignored"
        elif target:
            why = f"but its path in {noun} is {target!r}; {looked}"
        else:
            why = f"but in a folder that {noun} leaves out: see 'packages' and 'only-include'"
        message = f"{about}{what}: {file} is there, {why}.{also}"
        diagnostic = Diagnostic(code, severity, message, place=place)
        if reachable:
            self._ignored[diagnostic] = _patterns(file.removesuffix(public) + path)
        return diagnostic

    def with_artifacts(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Some findings, the last of those about ignored files with the lines that ship them all."""
        return self._files.shipped.with_artifacts(diagnostics, self._ignored)

    def _on_disk(self, path: str, wide: bool) -> Iterator[tuple[str, str, str]]:
        """What a path would match if it were shipped: the static root, the public path, and the file."""
        matches = finder(path)
        for prefix in self._files.prefixes:
            for root in self._files.roots:
                top = os.path.abspath(os.path.join(prefix, *root.split("/")))
                place = posixpath.dirname(path.partition("*")[0]) if wide else path
                start = os.path.abspath(os.path.join(top, *place.split("/")))
                if not os.path.join(start, "").startswith(os.path.join(top, "")):
                    # Nothing else of the disk is looked at, whatever code asks for.
                    continue
                if not wide:
                    if os.path.lexists(start) and not os.path.isdir(start):
                        yield root, path, start
                    continue
                for folder, folders, names in os.walk(start):
                    folders.sort()
                    below = os.path.relpath(folder, top).replace(os.sep, "/")
                    for name in sorted(names):
                        public = posixpath.normpath(posixpath.join(below, name))
                        if matches(public) is not None:
                            yield root, public, os.path.abspath(os.path.join(folder, name))

    def _nearest(self, path: str, wide: bool, spell: Callable[[str], str]) -> str:
        """A question to end a message with, by the names of files, or of folders."""
        if wide:
            path = posixpath.dirname(path.partition("*")[0])
            known = {*self._files.folders}
        else:
            known = {*self._files.wheel}
        stem = closest(_stem(path), sorted({*map(_stem, known)}))
        folder, suffix = posixpath.dirname(path), posixpath.splitext(path)[1]
        alike = sorted(
            (name for name in known if stem and _stem(name) == stem),
            key=lambda name: (not name.endswith(suffix), posixpath.dirname(name) != folder, name),
        )
        return f" Did you mean {spell(alike[0] + '/' * wide)!r}?" if alike else ""


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _patterns(path: str) -> list[str]:
    """A path, with a ``*`` or a ``/`` at its end where that is meant, as patterns of hatchling."""
    if path.endswith("/"):
        return [f"{path}**"]
    head, star, tail = path.partition("*")
    if not star:
        return [path]
    # There, a single star does not span folders.
    deep = f"{head}**/*{tail}" if head.endswith("/") else f"{head}*/**/*{tail}"
    return [deep] if head.endswith("/") else [path, deep]
