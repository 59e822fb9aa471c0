"""Figures of a run: what the tests of reliability have tried, and what they have seen.

A test says its numbers by the fixture `figure`. They are printed at the end of the run, added up over all
tests and processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

#: Says numbers under a title, each with the name of what is counted.
Figure = Callable[..., None]

#: Under this name they travel with the report of a test.
_PROPERTY = "figure"


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Take down numbers: `figure("kills of collect", kills=20, half_written=0)`.

    Numbers of one title and name are added up, over all tests.
    """

    def say(title: str, /, **numbers: float) -> None:
        record_property(_PROPERTY, [title, numbers])

    return say


def print_figures(reporter: pytest.TerminalReporter) -> None:
    """Print all figures that the reports of a run hold; nothing if there are none."""
    table = added_up(
        value
        for reports in reporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == _PROPERTY
    )
    if table:
        reporter.section("figures")
        for line in lines(table):
            reporter.write_line(line)


def added_up(figures: Iterable[Any]) -> dict[str, dict[str, float]]:
    """Return the numbers by title and name; the titles are sorted."""
    table: dict[str, dict[str, float]] = {}
    for title, numbers in figures:
        row = table.setdefault(title, {})
        for name, number in numbers.items():
            row[name] = row.get(name, 0) + number
    return dict(sorted(table.items()))


def lines(table: dict[str, dict[str, float]]) -> list[str]:
    """Return the lines of the table: a title, and its numbers."""
    width = max(map(len, table))
    return [
        f"{title:{width}}  "
        + ", ".join(f"{_shown(number)} {name.replace('_', ' ')}" for name, number in row.items())
        for title, row in table.items()
    ]


def _shown(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:,.1f}"
