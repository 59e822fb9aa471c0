"""Findings about imports: each once, with all the places in the code that it is about."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

from importmap._base.diagnostics import Diagnostic

#: How many places a message names; of the others it gives the number.
_SHOWN = 5


class Position(NamedTuple):
    """Where an import stands.

    :param file: the path of the source, relative to the project.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Paste(NamedTuple):
    """A line that mends something.

    :param table: the dotted path of the table of pyproject.toml that it belongs in.
    """

    table: str
    line: str


@dataclass
class _Finding:
    positions: list[Position]
    make: Callable[[str, str], Diagnostic]
    paste: Paste | None = None


@dataclass
class Findings:
    """What was found so far."""

    _by_key: dict[Hashable, _Finding] = field(default_factory=dict)

    def note(
        self, code: str, severity: str, message: str, position: Position, paste: Paste | None = None
    ) -> None:
        """Note something that may be true of several places.

        :param message: the same for all of them.
        :param paste: the line that mends it, printed with those of others.
        """

        def make(place: str, also: str) -> Diagnostic:
            return Diagnostic(code, severity, message + also, place=place)

        self.note_lazily((code, message), position, make, paste)

    def note_lazily(
        self,
        key: Hashable,
        position: Position,
        make: Callable[[str, str], Diagnostic],
        paste: Paste | None = None,
    ) -> None:
        """The same, where the message costs something to find.

        :param key: what makes two findings one.
        :param make: the diagnostic, from the first place and a sentence about the others.
        """
        self._by_key.setdefault(key, _Finding([], make, paste)).positions.append(position)

    def diagnostics(self) -> list[Diagnostic]:
        """All findings in the order of their places; the last for each table has the lines to paste."""
        findings = sorted(self._by_key.values(), key=lambda finding: min(finding.positions))
        diagnostics = []
        for finding in findings:
            first, *others = sorted(set(finding.positions))
            diagnostics.append(finding.make(str(first), _also(others)))
        lines: dict[str, list[str]] = {}
        last: dict[str, int] = {}
        for number, finding in enumerate(findings):
            if finding.paste is not None:
                lines.setdefault(finding.paste.table, []).append(finding.paste.line)
                last[finding.paste.table] = number
        for table, number in last.items():
            hint = "\n".join([f"[{table}]", *dict.fromkeys(lines[table])])
            diagnostics[number] = diagnostics[number].replace(hint=hint)
        return diagnostics


def _also(others: list[Position]) -> str:
    """A sentence about further places."""
    shown, rest = [str(position) for position in others[: _SHOWN - 1]], len(others) - _SHOWN + 1
    if rest > 0:
        shown.append("1 more place" if rest == 1 else f"{rest} more places")
    return f" Also at {' and '.join(filter(None, [', '.join(shown[:-1]), shown[-1]]))}." if shown else ""
