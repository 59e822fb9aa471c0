"""Tell quickly that nothing is wrong with many manifests, where nothing about them is unusual."""

from __future__ import annotations

import re
from itertools import chain
from operator import itemgetter

from importmap._base import grammar
from importmap._base.tables import NATURALS

from .section import are

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    Document = Mapping[str, Any]

#: All that is looked at.
_KNOWN = {
    *("ignore", "imports", "manifest", "modules", "name", "namespace"),
    *("package", "private", "requires", "roots", "vendored", "version"),
}
#: Each line is the name of a distribution, and a namespace.
_lines_of_names = re.compile(r"(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\n)*")
_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*"
_lines_of_packages = re.compile(rf"(?:{_IDENTIFIER}(?:\.{_IDENTIFIER})*\n)*")


class _UnusualError(Exception):
    """Something takes a closer look."""


def are_plain(documents: Sequence[Document], others: Iterable[str] = ()) -> bool:
    """Tell whether nothing is wrong with manifests, and nothing about them takes a closer look.

    A prefix, a URL or a name in another alphabet can be right; `check` knows that. But where the answer is
    yes, `check` has nothing to say. One question about a thousand manifests costs little more than one
    question about one of them.

    :param documents: the manifests; `manifest`, and sections that are empty, can be missing.
    :param others: members that are none of a manifest, and that are not looked at.
    """
    return members_if_plain(documents, others) is not None


def members_if_plain(documents: Sequence[Document], others: Iterable[str] = ()) -> int | None:
    """Return how many members the documents and all tables in them have; None if they are not plain.

    :param documents: see `are_plain`, as for `others`.
    """
    try:
        _expect({*_KNOWN, *others}.issuperset(chain.from_iterable(documents)))
        return _Look(documents).members + _members(documents)
    except (_UnusualError, KeyError, TypeError):
        return None


class _Look:
    """One look at some documents, all at once.

    :raises _UnusualError: if something is unusual.
    :raises KeyError: if something is missing.
    :raises TypeError: if something has another type, and no place in a text or a set.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        #: How many members all tables in the documents have.
        self.members = 0
        #: What must be a public path. A specifier below its namespace is one, too.
        self._paths: list[str] = []
        #: What must be a bare specifier, but no prefix.
        self._bare: set[str] = set()
        #: What code can import, and is not relative.
        self._edges: set[str] = set()
        self._look_at_heads(documents)
        self._look_at_entries(documents)
        for document in documents:
            self._look_at_targets(document)
        self._look_at_modules(documents)
        _expect(not grammar.no_paths(self._paths))
        _expect(all(grammar.is_bare(name) and name[-1] != "/" for name in self._bare))
        _expect(all(map(grammar.is_mappable, self._edges)))

    def _section(self, documents: Sequence[Document], name: str) -> tuple[list[str], list[Document]]:
        """Return the keys of a section of all documents, and their rows."""
        tables = _column(documents, name)
        _expect(are(dict, tables))
        rows = [*chain.from_iterable([table.values() for table in tables])]
        _expect(are(dict, rows))
        self.members += len(rows) + _members(rows)
        return [*chain.from_iterable(tables)], rows

    def _look_at_heads(self, documents: Sequence[Document]) -> None:
        """Look at all but the sections of tables."""
        names = [*map(itemgetter("name"), documents), *map(itemgetter("namespace"), documents)]
        _expect(_are_lines(_lines_of_names, names))
        _expect(_are_lines(_lines_of_packages, _column(documents, "package")))
        self._paths += _texts(_column(documents, "version"))
        formats = _column(documents, "manifest")
        _expect(are(int, formats) and {*formats} <= {1})
        self._paths += _items(_lists(documents, "roots"))
        self._bare.update(_items(_lists(documents, "ignore")))
        requires = _column(documents, "requires")
        _expect(are(dict, requires))
        self._bare.update(*requires)
        self.members += _members(requires)
        _texts([text for table in requires for text in table.values()])

    def _look_at_entries(self, documents: Sequence[Document]) -> None:
        """Look at all of an entry but where it leads. A row has no member that is not looked at."""
        names, rows = self._section(documents, "imports")
        self._paths += names
        contexts = _lists(rows, "contexts")
        _expect(all(map(grammar.is_context, {*_items(contexts)})))
        _expect(_members(rows) == len(rows) + len(contexts))
        names, rows = self._section(documents, "private")
        _expect({name[:1] for name in names} <= {"#"} and _members(rows) == len(rows))
        self._paths += [name[1:] for name in names]
        names, rows = self._section(documents, "vendored")
        _texts([*map(itemgetter("version"), rows)])
        _expect(_members(rows) == 2 * len(rows))
        vendored = {*names}
        # Nobody vendors what is anybody's own.
        _expect({document["namespace"] for document in documents}.isdisjoint(map(grammar.top, vendored)))
        self._bare |= vendored

    def _look_at_targets(self, document: Document) -> None:
        """Look whether entries are below the namespace, and lead to files of the same document."""
        namespace = document["namespace"]
        below = f"{namespace}/"
        files = document.get("modules", {})
        for name in document.get("imports", ()):
            if not name.startswith(below) and name != namespace:
                raise _UnusualError
        for section in ("imports", "private", "vendored"):
            if section in document:
                for entry in document[section].values():
                    if entry["path"] not in files:
                        raise _UnusualError

    def _look_at_modules(self, documents: Sequence[Document]) -> None:
        paths, rows = self._section(documents, "modules")
        self._paths += paths
        digests = _column(rows, "sha384")
        _expect("".join(digests).isascii() and {*map(len, digests)} <= {64})
        sizes = _column(rows, "size")
        ends = (min(sizes), max(sizes)) if sizes else ()
        _expect(are(int, sizes) and all(end in NATURALS for end in ends))
        known = len(digests) + len(sizes)
        for kind in ("imports", "dynamic"):
            lists = _lists(rows, kind)
            known += len(lists)
            if _items(lists):
                self._follow(kind, _column(documents, "modules"))
        _expect(_members(rows) == known)

    def _follow(self, kind: str, tables: Iterable[Mapping[str, Document]]) -> None:
        """Look whether imports lead to files of the same document; collect those that are not relative."""
        add = self._edges.add
        for files in tables:
            for path, row in files.items():
                if kind not in row:
                    continue
                folder = path[: path.rfind("/") + 1]
                for edge in row[kind]:
                    # The end of a public path is one, so what leads to a file is relative.
                    if edge[:2] == "./" and folder + edge[2:] in files:
                        continue
                    if edge[:1] != ".":
                        add(edge)
                    elif not edge.startswith(("./", "../")) or grammar.join(path, edge) not in files:
                        raise _UnusualError


def _expect(usual: bool) -> None:
    if not usual:
        raise _UnusualError


def _members(rows: Iterable[Document]) -> int:
    """Return how many members rows have, together."""
    return sum(map(len, rows))


def _column(rows: Iterable[Document], member: str) -> list[Any]:
    """Return a member of all rows that have it."""
    try:
        return [*map(itemgetter(member), rows)]
    except KeyError:
        return [row[member] for row in rows if member in row]


def _lists(rows: Iterable[Document], member: str) -> list[list[Any]]:
    """Return a member of all rows that have it, which is a list."""
    lists = _column(rows, member)
    _expect(are(list, lists))
    return lists


def _items(lists: list[list[Any]]) -> list[str]:
    """Return the items of all lists, which are texts."""
    return _texts([*chain.from_iterable(lists)])


def _texts(values: list[Any]) -> list[str]:
    """Return values that are texts."""
    "".join(values)
    return values


def _are_lines(expression: re.Pattern[str], texts: Sequence[str]) -> bool:
    """Tell whether each of some texts is one line of an expression for many."""
    lines = "\n".join([*texts, ""])
    return lines.count("\n") == len(texts) and expression.fullmatch(lines) is not None
