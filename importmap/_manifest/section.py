"""A section of a manifest: many rows with the same members, looked at column by column."""

from __future__ import annotations

from itertools import chain

from importmap._base.tables import NATURALS, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


class Section:
    """Hold the rows of a section, and ask for one member of all rows at once.

    A look at the types of a whole column costs no more than a look at three rows.
    Each row has a list of problems of its own, so that they stand in the order of rows, not of columns.

    :param table: the section. Values that are no tables are problems.
    """

    __slots__ = ("_asked", "_table", "rows")

    def __init__(self, table: Table) -> None:
        self._table = table
        self._asked: dict[str, Table] = {}
        #: The tables, by their keys.
        self.rows: Mapping[str, Any] = table.data
        if not are(dict, table.data.values()):
            self.rows = {key: row for key, row in table.data.items() if isinstance(row, dict)}
            for key in table.data.keys() - self.rows.keys():
                self._asked[key] = Table(table.data, table.path, [])
                self._asked[key].table(key)

    def row(self, key: str) -> Table:
        """Return one row, for messages."""
        if key not in self._asked:
            self._asked[key] = Table(self.rows[key], (self._table, key), [])
        return self._asked[key]

    def strings(self, member: str) -> dict[str, str]:
        """Return the strings of a member, by row. Other values are problems."""
        column = self._column(member)
        if not are(str, column.values()):
            return {key: text for key in column if (text := self.row(key).string(member)) is not None}
        return column

    def naturals(self, member: str) -> None:
        """Note each row in which a member is no integer from 0 to 2**63."""
        column = self._column(member)
        numbers = column.values() or (0,)
        if not (are(int, numbers) and min(numbers) in NATURALS and max(numbers) in NATURALS):
            for key in column:
                self.row(key).natural(member)

    def lists(self, member: str) -> dict[str, list[str]]:
        """Return the lists of strings of a member, by row. Other values are problems."""
        column = self._column(member)
        lists = column.values()
        if not (are(list, lists) and are(str, chain.from_iterable(lists))):
            return {key: strings for key in column if (strings := self.row(key).strings(member)) is not None}
        return column

    def report(self) -> None:
        """Add all problems to those of the table, row by row."""
        for key in self._table.data if self._asked else ():
            if key in self._asked:
                self._table.problems += self._asked[key].problems

    def _column(self, member: str) -> dict[str, Any]:
        return {key: row[member] for key, row in self.rows.items() if member in row}


def are(kind: type, values: Iterable[object]) -> bool:
    """Tell whether all values have one type."""
    return {*map(type, values)} <= {kind}
