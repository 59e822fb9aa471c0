"""Tables of results: what was measured, beside what it is compared with, and the limit."""

from __future__ import annotations

import platform

from environment import Timing
from rich.console import Console
from rich.table import Table


class Report:
    """One benchmark's table.

    :param title: what was measured.
    :param unit: the unit of all numbers.
    """

    def __init__(self, title: str, unit: str) -> None:
        self._table = Table(
            title=f"{title} ({unit}; Python {platform.python_version()})", title_justify="left"
        )
        for name in ("", "best", "median"):
            self._table.add_column(name, justify="right" if name else "left")
        self._notes: list[str] = []

    def row(self, name: str, timing: Timing) -> None:
        self._table.add_row(name, f"{timing.best:.3f}", f"{timing.median:.3f}")

    def ratio(self, name: str, ours: Timing, theirs: Timing, limit: float | None = None) -> None:
        """How many times `theirs` ours takes, and how much it may take, where that was decided."""
        best, median = ours.best / theirs.best, ours.median / theirs.median
        if limit is None:
            self._notes.append(f"{name}: {best:.3f} (median {median:.3f})")
            return
        self._notes.append(
            f"{name}: {best:.3f} (median {median:.3f}); limit {limit}: {_verdict(best <= limit)}"
        )

    def limit(self, name: str, ours: Timing, limit: float) -> None:
        self._notes.append(f"{name}: {ours.best:.3f}; limit {limit}: {_verdict(ours.best <= limit)}")

    def print(self) -> None:
        console = Console(width=100, highlight=False, markup=False)
        console.print(self._table)
        for note in self._notes:
            console.print(note, soft_wrap=True)
        console.print()


def _verdict(good: bool) -> str:  # one word for a comparison
    return "met" if good else "MISSED"
