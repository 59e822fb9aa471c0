"""The figures that a run prints at its end."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run

from support.figures import added_up, lines
from support.wheels import ROOT

TESTS = """
import pytest
from support.figures import Figure, figure, print_figures

@pytest.mark.parametrize("number", range(3))
def test_one(number, figure):
    figure("kills of x", kills=number, half_written=0)
    assert number < 2

def test_other(figure):
    figure("fuzzing", inputs=1_000, seconds=0.25)
    figure("fuzzing", inputs=234, seconds=0.5)
"""


def test_adding_up() -> None:
    assert added_up([["b", {"x": 1}], ["a", {"y": 2.5}], ["b", {"x": 2, "z": 0}]]) == {
        "a": {"y": 2.5},
        "b": {"x": 3, "z": 0},
    }


def test_lines() -> None:
    table: dict[str, dict[str, float]] = {
        "a": {"inputs": 1234, "seconds": 2.25},
        "longer": {"half_written": 0},
    }
    assert lines(table) == ["a       1,234 inputs, 2.2 seconds", "longer  0 half written"]


def test_what_is_printed_by_a_run_of_several_processes(tmp_path: Path) -> None:
    """Those of tests that fail count, too."""
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text(
        "from support.figures import print_figures\n"
        "def pytest_terminal_summary(terminalreporter):\n    print_figures(terminalreporter)\n"
    )
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT / 'tests'}\n")
    command = [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:django", "-p", "no:cacheprovider", "."]
    done = run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert "1 failed, 3 passed" in done.stdout
    assert "fuzzing     1,234 inputs, 0.8 seconds\nkills of x  3 kills, 0 half written\n" in done.stdout
