"""Each system call of a command fails in turn: nothing is half-written, and no traceback says so.

When the fault is gone, the next run does its work.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from random import Random

import pytest
from support.figures import Figure
from support.profiles import is_long, scaled, seed_of_run
from support.strace import FAULTS, Call, each_fault, need_strace
from support.writers import COMMANDS, Writer

SEED = seed_of_run(20_264)
#: A line of a traceback that names a file of ours. What Hatch itself cannot read or write is told by Hatch.
_OURS = re.compile(r'File ".*/(hatch_importmap|importmap)/')


def problems(writer: Writer, done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what is wrong after a run with a fault, and with the run after it."""
    found = []
    if "Traceback" in done.stderr and (writer.name != "Hatch build" or _OURS.search(done.stderr)):
        found.append(f"a traceback: {done.stderr[-1500:]}")
    if done.returncode and not done.stderr.strip():
        found.append("nothing is said")
    if not done.returncode and writer.written() != writer.expected:
        found.append(f"a success, without {sorted(writer.expected.keys() - writer.written().keys())}")
    return [*found, *writer.problems()]


@pytest.mark.parametrize("writer", COMMANDS, indirect=True)
def test_each_system_call(writer: Writer, tmp_path: Path, figure: Figure) -> None:
    """All of them in a long run, and some in others."""
    need_strace()
    writer.expect()
    found: list[str] = []

    def check(call: Call, error: str, done: subprocess.CompletedProcess[str]) -> None:
        found.extend(f"{error} of {call}: {problem}" for problem in problems(writer, done))
        writer.reset()

    most = 10_000 if is_long() else scaled(1)
    faults = each_fault(
        writer.command, FAULTS, check, tmp_path / "log", most=most, random=Random(SEED), **writer.options
    )
    figure(f"faults of {writer.name}", faults=faults, problems=len(found))
    assert faults
    assert found == []
