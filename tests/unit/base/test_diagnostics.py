from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from support.wheels import ROOT

import importmap
from importmap._base import suggest
from importmap._base.codes import CODES
from importmap._base.diagnostics import Diagnostic
from importmap._base.suggest import Suggestions, closest, did_you_mean

DOCS = ROOT / "docs" / "diagnostics.md"
SOURCES = [
    path.read_text(encoding="utf-8")
    for folder in ("importmap", "hatch_importmap")
    for path in Path(ROOT, folder).rglob("*.py")
    if path.name != "_diagnostics.py"
]


def test_every_code_is_used() -> None:
    assert {code for source in SOURCES for code in re.findall(r'"(IM\d\d\d)"', source)} == set(CODES)


def test_every_code_is_documented() -> None:
    """Each has a heading of its own, which a link can lead to."""
    headings = re.findall(r"^#+ .*?\b(IM\d\d\d)\b", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(CODES)


def test_str_of_everything() -> None:
    diagnostic = Diagnostic(
        "IM101", "error", "is wrong.", distribution="demo", place="a.toml: x", hint="do this\n\nand that"
    )
    assert str(diagnostic) == "demo: a.toml: x: is wrong.\n    do this\n\n    and that"


def test_str_of_a_message() -> None:
    assert str(Diagnostic("IM101", "error", "is wrong.")) == "is wrong."


def test_to_dict_leaves_out_what_is_empty() -> None:
    assert Diagnostic("IM101", "info", "is fine.", place="x").to_dict() == {
        "code": "IM101",
        "severity": "info",
        "place": "x",
        "message": "is fine.",
    }


def test_did_you_mean() -> None:
    assert closest("amdin", ["public", "admin"]) == "admin"
    assert closest("xyz", ["public", "admin"]) == ""
    assert did_you_mean("amdin", ["admin"]) == " Did you mean 'admin'?"
    assert did_you_mean("xyz", ["admin"]) == ""


def test_so_many_suggestions_that_people_read_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is counted: names that are asked about, times names that are known."""
    asked: list[str] = []

    def slow(word: str, known: list[str]) -> str:
        asked.append(word)
        return f" {word}?"

    monkeypatch.setattr(suggest, "did_you_mean", slow)
    few = Suggestions(["admin"])
    assert [few.did_you_mean(f"x{number}") for number in range(101)] == [
        *(f" x{number}?" for number in range(100)),
        "",
    ]
    assert few.did_you_mean("x7") == " x7?"
    asked.clear()
    many = Suggestions(["admin"] * 50_000)
    assert [many.did_you_mean(f"x{number}") for number in range(9)] == [" x0?", " x1?", *[""] * 7]
    assert asked == ["x0", "x1"]


ERRORS = [
    importmap.ConflictError,
    importmap.DeclarationError,
    importmap.ManifestError,
    importmap.MissingModuleError,
    importmap.UnknownContextError,
]


@pytest.mark.parametrize("error", ERRORS)
def test_errors_have_one_root(error: type[importmap.ImportMapError]) -> None:
    assert issubclass(error, importmap.ImportMapError)
    assert not issubclass(importmap.ImportMapError, ValueError)


@pytest.mark.parametrize("error", [importmap.ImportMapError, *ERRORS])
def test_errors_carry_diagnostics(error: type[importmap.ImportMapError]) -> None:
    one, other = Diagnostic("IM101", "error", "one."), Diagnostic("IM104", "error", "other.", place="x")
    raised = error(one, other)
    assert raised.diagnostics == (one, other)
    hash(raised)
    copy = pickle.loads(pickle.dumps(raised))
    assert type(copy) is error
    assert copy.diagnostics == raised.diagnostics
    assert str(copy) == str(raised)


def test_str_of_an_error_is_one_diagnostic_a_line() -> None:
    error = importmap.ManifestError(
        Diagnostic("IM101", "error", "one."), Diagnostic("IM104", "error", "other.", place="x")
    )
    assert str(error) == "one.\nx: other."


def test_str_of_a_declaration_error_is_a_list() -> None:
    one, other = Diagnostic("IM001", "error", "one.", hint="do"), Diagnostic("IM002", "error", "other.")
    assert str(importmap.DeclarationError(one)) == "importmap: 1 problem\n- one.\n    do"
    assert str(importmap.DeclarationError(one, other)) == ("importmap: 2 problems\n- one.\n    do\n- other.")
