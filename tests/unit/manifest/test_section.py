"""Rows that are looked at column by column, with messages in the order of rows."""

from __future__ import annotations

from typing import Any

import pytest

from importmap._base.diagnostics import Diagnostic
from importmap._base.tables import Table
from importmap._manifest.section import Section


def table(rows: dict[str, Any]) -> Table:
    return Table({"modules": rows}, "", []).table("modules")


def test_good_columns() -> None:
    asked = table({"a": {"s": "x", "n": 0, "l": ["y"]}, "b": {}, "c": {"s": "", "n": 2**63, "l": []}})
    section = Section(asked)
    assert section.rows == asked.data
    assert section.strings("s") == {"a": "x", "c": ""}
    assert section.lists("l") == {"a": ["y"], "c": []}
    section.naturals("n")
    section.report()
    assert asked.problems == []


def test_nothing() -> None:
    asked = table({})
    section = Section(asked)
    assert (section.rows, section.strings("s"), section.lists("l")) == ({}, {}, {})
    section.naturals("n")
    section.report()
    assert asked.problems == []


def test_problems_stand_in_the_order_of_rows() -> None:
    asked = table(
        {
            "a": {"s": 1, "n": -1, "l": ["x", 1, None]},
            "b": "no table",
            "c": {"s": "x", "n": True, "l": "x"},
            "d": {"s": None, "n": 2**63 + 1, "l": ["y"]},
            "e": None,
        }
    )
    section = Section(asked)
    assert section.rows.keys() == {"a", "c", "d"}
    assert section.lists("l") == {"a": ["x"], "d": ["y"]}
    assert section.strings("s") == {"c": "x"}
    section.naturals("n")
    section.row("c").problem("IM104", None, "is refused.")
    assert asked.problems == []
    section.report()
    assert list(map(str, asked.problems)) == [
        "modules.a.l[1]: must be a string, not an integer.",
        "modules.a.l[2]: must be a string, not null.",
        "modules.a.s: must be a string, not an integer.",
        "modules.a.n: must be between 0 and 2**63.",
        "modules.b: must be a table, not a string.",
        "modules.c.l: must be an array, not a string.",
        "modules.c.n: must be an integer, not a boolean.",
        "modules.c: is refused.",
        "modules.d.s: must be a string, not null.",
        "modules.d.n: must be between 0 and 2**63.",
        "modules.e: must be a table, not null.",
    ]
    assert asked.problems[0] == Diagnostic(
        "IM001", "error", "must be a string, not an integer.", place="modules.a.l[1]"
    )


def test_good_rows_are_not_asked_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    section = Section(table({str(number): {"s": "x", "n": 1, "l": ["y"]} for number in range(100)}))
    monkeypatch.delattr(Section, "row")
    assert len(section.strings("s")) == len(section.lists("l")) == 100
    section.naturals("n")
