"""The files that a distribution ships, by path in the wheel and by public path."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from importmap._base.diagnostics import Diagnostic
from importmap._base.suggest import did_you_mean
from importmap._base.tables import Table


@dataclass(frozen=True)
class Artifacts:
    """The patterns of ignored files that hatchling ships all the same.

    :param table: the table that they stand in.
    :param patterns: those that the project has.
    :param possible: says what would be shipped if there was a pattern for every file.
    """

    table: str
    patterns: list[str]
    possible: Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Shipped:
    """What a wheel or an sdist ships.

    :param root: the project folder, absolute.
    :param files: path in the wheel or sdist -> absolute path of the source.
    :param inputs: files that decide what is shipped, such as .gitignore.
    :param artifacts: how to ship ignored files; None where the build backend has no such thing.
    :param noun: what ships the files, for messages.
    """

    root: str
    files: Mapping[str, str]
    inputs: tuple[str, ...] = ()
    artifacts: Artifacts | None = None
    noun: str = "the wheel"

    def relative(self, source: str) -> str:
        """The path of a source from the project folder, for messages."""
        try:
            return os.path.relpath(source, self.root).replace(os.sep, "/")
        except ValueError:
            # On another drive.
            return source

    def possible(self) -> Mapping[str, str]:
        """The files, with those that patterns could add."""
        return self.files if self.artifacts is None else self.artifacts.possible()

    def with_artifacts(
        self, diagnostics: Iterable[Diagnostic], ignored: Mapping[Diagnostic, list[str]]
    ) -> list[Diagnostic]:
        """Some findings, the last of those about ignored files with the lines that ship them all.

        :param ignored: the findings about ignored files, and the patterns that ship these.
        """
        diagnostics = list(diagnostics)
        wanted = [diagnostic for diagnostic in diagnostics if diagnostic in ignored]
        if not wanted or self.artifacts is None:
            return diagnostics
        patterns = [*self.artifacts.patterns, *(pattern for each in wanted for pattern in ignored[each])]
        lines = ", ".join(f'"{pattern}"' for pattern in dict.fromkeys(patterns))
        hint = f"[{self.artifacts.table}]\nartifacts = [{lines}]"
        # Where there are errors, nobody sees the warnings.
        *_, last = [each for each in wanted if each.severity == "error"] or wanted
        return [each.replace(hint=hint) if each == last else each for each in diagnostics]


@dataclass(frozen=True)
class PublicFiles:
    """The shipped files below the static roots.

    :param shipped: all files of the wheel.
    :param roots: the static roots.
    :param wheel: public path -> path in the wheel.
    """

    shipped: Shipped
    roots: tuple[str, ...]
    wheel: Mapping[str, str]

    def source(self, path: str) -> str:
        """The absolute path of the source of a public path."""
        return self.shipped.files[self.wheel[path]]

    @cached_property
    def folders(self) -> frozenset[str]:
        """The public paths of all folders with a file below them."""
        return frozenset(folder for path in self.wheel for folder in parents(path))

    @cached_property
    def prefixes(self) -> list[str]:
        """Where the paths of the wheel begin on disk, the likeliest first."""
        places = Counter(
            source[: -len(path)]
            for path, source in self.shipped.files.items()
            if source.replace(os.sep, "/").endswith("/" + path)
        )
        root = os.path.join(self.shipped.root, "")
        likeliest = sorted(places, key=lambda place: (-places[place], place))
        return list(dict.fromkeys([*likeliest, root, os.path.join(root, "src", "")]))

    def source_folders(self) -> list[str]:
        """All folders on disk in which a new public file may appear."""
        tops = (os.path.join(prefix, *root.split("/")) for prefix in self.prefixes for root in self.roots)
        folders = {folder for top in tops for folder, _, _ in os.walk(top)}
        return sorted(folders | {os.path.dirname(self.source(path)) for path in self.wheel})


def parents(path: str) -> Iterator[str]:
    """The folders that a path lies in, the outermost first."""
    return (path[:position] for position, character in enumerate(path) if character == "/")


def matcher(path: str) -> Callable[[str], str | None]:
    """What a public path with a ``*`` or a ``/`` at its end matches.

    :returns: a function from the path of a file to what the star, or the prefix, leaves of it:
        ``""`` for an exact path, None where it does not match.
    """
    if path.endswith("/"):
        return lambda name: name[len(path) :] if name.startswith(path) else None
    if "*" not in path:
        return lambda name: "" if name == path else None
    head, _, tail = path.partition("*")

    def star(name: str) -> str | None:
        # As in Node, a star stands for at least one character.
        if len(name) >= len(path) and name.startswith(head) and name.endswith(tail):
            return name[len(head) : len(name) - len(tail)]
        return None

    return star


def finder(path: str) -> Callable[[str], str | None]:
    """The same as `matcher`, for files: a star or a prefix does not stand for names that begin with a dot."""
    matches, start = matcher(path), len(path.partition("*")[0])

    def find(name: str) -> str | None:
        star = matches(name)
        # Together with the character before it: the star of "a*" may stand for ".js".
        hidden = star is not None and "/." in f"/{name}"[start : start + 1 + len(star)]
        return None if hidden else star

    return find


def publish(shipped: Shipped, roots: tuple[str, ...], problems: Table) -> PublicFiles:
    """The public files of a wheel.

    :param shipped: all files of the wheel.
    :param roots: the static roots.
    :param problems: the `tool.importmap` table; public paths that stand for two files are noted in it.
    """
    wheel: dict[str, str] = {}
    twice: dict[str, str] = {}
    for root in roots:
        for path in shipped.files:
            if path.startswith(root + "/"):
                public = path[len(root) + 1 :]
                if wheel.setdefault(public, path) != path:
                    twice[public] = path
        if "static" in problems.data and not any(path.startswith(root + "/") for path in shipped.files):
            folders = {folder for path in shipped.files for folder in parents(path)}
            near = did_you_mean(root, sorted(folders))
            problems.problem("IM010", "static", f"{shipped.noun} ships no file below {root!r}.{near}")
    for public, path in sorted(twice.items()):
        problems.problem(
            "IM012", "static", f"{wheel[public]!r} and {path!r} have the same public path {public!r}."
        )
    return PublicFiles(shipped, roots, wheel)
