from __future__ import annotations

import datetime as dt

import pytest

from importmap._base import tables
from importmap._base.diagnostics import Diagnostic
from importmap._base.tables import Table, kind, quote_key


def table(**data: object) -> Table:
    return Table(data, "tool.importmap", [])


def messages(inspected: Table) -> list[str]:
    return list(map(str, inspected.problems))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({}, "a table"),
        ([], "an array"),
        ("", "a string"),
        (True, "a boolean"),
        (1, "an integer"),
        (1.5, "a float"),
        (None, "null"),
        (dt.date(2026, 1, 1), "a date"),
    ],
)
def test_kind(value: object, name: str) -> None:
    assert kind(value) == name


@pytest.mark.parametrize(
    ("key", "quoted"),
    [
        ("editor", "editor"),
        ("a-b_9", "a-b_9"),
        ("", '""'),
        ("a/b", '"a/b"'),
        ('say "hi"', r'"say \"hi\""'),
        ("it's", '"it\'s"'),
        ("é\n\ud800", r'"\xe9\n\ud800"'),
    ],
)
def test_quote_key(key: str, quoted: str) -> None:
    assert quote_key(key) == quoted


def test_right_types() -> None:
    inspected = table(s="x", b=False, i=0, l=["a"], t={"k": 1})
    assert inspected.string("s") == "x"
    assert inspected.boolean("b") is False
    assert inspected.natural("i") == 0
    assert inspected.strings("l") == ["a"]
    assert inspected.table("t").data == {"k": 1}
    assert inspected.table("t").path == "tool.importmap.t"
    assert inspected.problems == []


def test_absent_keys_are_no_problem() -> None:
    inspected = table()
    assert inspected.string("s") is None
    assert inspected.boolean("b") is None
    assert inspected.natural("i") is None
    assert inspected.strings("l") is None
    assert inspected.table("t").data == {}
    assert inspected.problems == []


def test_wrong_types() -> None:
    inspected = table(s=1, b="x", i=True, l="ab", t=[], n=None)
    assert inspected.string("s") is None
    assert inspected.boolean("b") is None
    assert inspected.natural("i") is None
    assert inspected.strings("l") is None
    assert inspected.table("t").data == {}
    assert inspected.string("n") is None
    assert messages(inspected) == [
        "tool.importmap.s: must be a string, not an integer.",
        "tool.importmap.b: must be a boolean, not a string.",
        "tool.importmap.i: must be an integer, not a boolean.",
        "tool.importmap.l: must be an array, not a string.",
        "tool.importmap.t: must be a table, not an array.",
        "tool.importmap.n: must be a string, not null.",
    ]
    assert {problem.code for problem in inspected.problems} == {"IM001"}


@pytest.mark.parametrize("number", [-1, 2**63 + 1])
def test_natural_out_of_range(number: int) -> None:
    inspected = table(i=number)
    assert inspected.natural("i") is None
    assert messages(inspected) == ["tool.importmap.i: must be between 0 and 2**63."]


def test_strings_keeps_the_strings() -> None:
    inspected = table(l=["a", 1, "b", None])
    assert inspected.strings("l") == ["a", "b"]
    assert messages(inspected) == [
        "tool.importmap.l[1]: must be a string, not an integer.",
        "tool.importmap.l[3]: must be a string, not null.",
    ]


def test_tables() -> None:
    inspected = table(a={"x": 1}, b=2)
    assert [(key, inner.data, inner.path) for key, inner in inspected.tables()] == [
        ("a", {"x": 1}, "tool.importmap.a")
    ]
    assert messages(inspected) == ["tool.importmap.b: must be a table, not an integer."]


def test_paths_are_made_for_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def quote(key: str) -> str:
        asked.append(key)
        return quote_key(key)

    monkeypatch.setattr(tables, "quote_key", quote)
    inner = table(a={"b": {"c": 1, "d": 2}}).table("a").table("b")
    assert (inner.natural("c"), asked) == (1, [])
    inner.string("c")
    inner.string("d")
    assert messages(inner) == [
        "tool.importmap.a.b.c: must be a string, not an integer.",
        "tool.importmap.a.b.d: must be a string, not an integer.",
    ]
    # The path of a table is made once.
    assert asked == ["a", "b", "c", "d"]


def test_part() -> None:
    whole = table(a={"b": 1, "c": {}}).table("a")
    part = whole.part({"b": 1})
    assert (part.data, part.path) == ({"b": 1}, whole.path)
    part.string("b")
    assert messages(whole) == ["tool.importmap.a.b: must be a string, not an integer."]


def test_unknown() -> None:
    inspected = table(context=["a"], zzz=1, imports={})
    inspected.unknown(["contexts", "imports"])
    assert inspected.problems == [
        Diagnostic("IM002", "error", "unknown key. Did you mean 'contexts'?", place="tool.importmap.context"),
        Diagnostic("IM002", "error", "unknown key.", place="tool.importmap.zzz"),
    ]


def test_problem_of_the_table_itself() -> None:
    inspected = Table({}, "", [])
    inspected.problem("IM003", None, "is empty.", "a hint")
    inspected.problem("IM003", "a b", "is missing.")
    assert inspected.problems == [
        Diagnostic("IM003", "error", "is empty.", hint="a hint"),
        Diagnostic("IM003", "error", "is missing.", place='"a b"'),
    ]
