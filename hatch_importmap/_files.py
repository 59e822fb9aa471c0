"""The files that a distribution ships, by path in the wheel and by public path."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from importmap._diagnostics import did_you_mean
from importmap._table import Table


@dataclass(frozen=True)
class Shipped:
    """What a wheel ships.

    :param root: the project folder, absolute.
    :param files: path in the wheel -> absolute path of the source.
    :param inputs: files that decide what is shipped, such as .gitignore.
    :param artifacts: the patterns of ignored files to ship that the project has, and the table they
        stand in; None if the build backend has no such thing.
    :param noun: what ships the files, for messages.
    """

    root: str
    files: Mapping[str, str]
    inputs: tuple[str, ...] = ()
    artifacts: tuple[str, list[str]] | None = None
    noun: str = "the wheel"


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
        found = {folder for top in tops for folder, _, _ in os.walk(top)}
        return sorted(found | {os.path.dirname(self.source(path)) for path in self.wheel})


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
