"""The import scan: which files of a package its entries lead to.

The one place that decides what becomes a module of the manifest. It takes the files of the
entries themselves.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_JAVASCRIPT = (".js", ".mjs")


@dataclass(frozen=True)
class Scanned:
    """One file that an entry leads to.

    :param path: its public path.
    :param type: None for JavaScript, else what kind of file it is, such as ``"json"``.
    """

    path: str
    type: str | None


def scan(entries: Iterable[str]) -> Iterator[Scanned]:
    """The files that the entries lead to, each once, sorted.

    :param entries: the public paths of all entries.
    """
    for path in sorted(set(entries)):
        suffix = posixpath.splitext(path)[1].lower()
        yield Scanned(path, None if suffix in _JAVASCRIPT else suffix[1:] or "file")
