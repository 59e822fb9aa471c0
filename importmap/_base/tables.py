"""Typed getters for tables from outside, TOML and JSON alike: every problem, each with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .diagnostics import Diagnostic
from .suggest import did_you_mean

#: The integers that count something.
NATURALS = range(2**63 + 1)
_NAMES = {dict: "a table", list: "an array", str: "a string", bool: "a boolean", int: "an integer"}


def kind(value: object) -> str:
    """What a TOML or JSON value is, for messages."""
    return _NAMES.get(type(value), "null" if value is None else f"a {type(value).__name__}")


def json_kind(value: object) -> str:
    """What a JSON value is, in the words of JSON."""
    if isinstance(value, dict):
        return "an object"
    return "a number" if type(value) in (int, float) else kind(value)


def quote_key(key: str) -> str:
    """A key as one writes it in a dotted TOML path: bare if possible, else quoted."""
    if key and key.isascii() and key.replace("-", "").replace("_", "").isalnum():
        return key
    # ascii() keeps control characters and lone surrogates out of the message.
    inner = ascii(key)[1:-1].replace('"', '\\"').replace("\\'", "'")
    return f'"{inner}"'


class Table:
    """A table under inspection.

    Getters return what they found if it has the right type; otherwise they note a
    problem and return the default, so that one run finds everything.

    :param data: the table.
    :param place: its dotted path, for messages; ``""`` at the top of a document. Or the table above it,
        and its key in that one: then the path is made for the first message.
    :param problems: the list that problems are added to.
    """

    __slots__ = ("_place", "data", "problems")

    def __init__(
        self, data: Mapping[str, object], place: str | tuple[Table, str], problems: list[Diagnostic]
    ) -> None:
        self.data = data
        self._place = place
        self.problems = problems

    @property
    def path(self) -> str:
        """Return the dotted path of the table."""
        if not isinstance(self._place, str):
            above, key = self._place
            self._place = above.at(key)
        return self._place

    def part(self, data: Mapping[str, object]) -> Table:
        """Return the same table with some of its members only."""
        return Table(data, self._place, self.problems)

    def at(self, key: str) -> str:
        """The dotted path of `key`."""
        path = self.path
        return f"{path}.{quote_key(key)}" if path else quote_key(key)

    def problem(self, code: str, key: str | None, message: str, hint: str = "") -> None:
        """Note an error at `key`, or at the table itself where `key` is None."""
        place = self.path if key is None else self.at(key)
        self.problems.append(Diagnostic(code, "error", message, place=place, hint=hint))

    def _wrong(self, key: str, expected: type, value: object) -> None:
        if key in self.data:
            self.problem("IM001", key, f"must be {_NAMES[expected]}, not {kind(value)}.")

    def string(self, key: str) -> str | None:
        """The string at `key`; None if it is absent or something else."""
        value = self.data.get(key)
        if isinstance(value, str):
            return value
        self._wrong(key, str, value)
        return None

    def boolean(self, key: str) -> bool | None:
        """The boolean at `key`; None if it is absent or something else."""
        value = self.data.get(key)
        if isinstance(value, bool):
            return value
        self._wrong(key, bool, value)
        return None

    def natural(self, key: str) -> int | None:
        """The integer at `key`, from 0 to 2**63; None if it is absent or something else."""
        value = self.data.get(key)
        # bool is a subclass of int, but TOML and JSON tell them apart.
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong(key, int, value)
            return None
        if value in NATURALS:
            return value
        self.problem("IM001", key, "must be between 0 and 2**63.")
        return None

    def strings(self, key: str) -> list[str] | None:
        """The strings in the array at `key`; None if it is absent or something else."""
        value = self.data.get(key)
        if not isinstance(value, list):
            self._wrong(key, list, value)
            return None
        for position, item in enumerate(value):
            if not isinstance(item, str):
                place = f"{self.at(key)}[{position}]"
                message = f"must be a string, not {kind(item)}."
                self.problems.append(Diagnostic("IM001", "error", message, place=place))
        return [item for item in value if isinstance(item, str)]

    def table(self, key: str) -> Table:
        """The table at `key`, for inspection; an empty one if it is absent or something else."""
        value = self.data.get(key)
        if isinstance(value, dict):
            return Table(value, (self, key), self.problems)
        self._wrong(key, dict, value)
        return Table({}, (self, key), self.problems)

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Each key whose value is a table, with that table; other values are problems."""
        for key, value in self.data.items():
            if isinstance(value, dict):
                yield key, Table(value, (self, key), self.problems)
            else:
                self._wrong(key, dict, value)

    def unknown(self, known: list[str]) -> None:
        """Note every key that is not in `known`."""
        for key in self.data:
            # TOML and JSON have no other keys, but a mapping in Python may.
            if not isinstance(key, str):
                self.problem("IM001", None, f"the key {key!r} must be a string.")
            elif key not in known:
                self.problem("IM002", key, f"unknown key.{did_you_mean(key, known)}")
