"""Processes are killed at any moment: no file is half-written under its name, and the next run is clean."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from random import Random

import pytest
from support.figures import Figure
from support.profiles import is_long, scaled, seed_of_run
from support.strace import calls, inject, need_strace, some
from support.writers import COMMANDS, Writer

SEED = seed_of_run(20_263)
#: The system calls that change something.
_WRITING = (
    *(
        "openat",
        "open",
        "write",
        "rename",
        "renameat",
        "chmod",
        "mkdir",
        "unlink",
        "unlinkat",
        "rmdir",
        "close",
    ),
)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no signals that kill")
@pytest.mark.parametrize("writer", COMMANDS, indirect=True)
def test_at_random_moments(writer: Writer, figure: Figure) -> None:
    """The moments are those of a run that is not killed, and a little later."""
    random = Random(SEED)
    seconds = writer.expect()
    kills = half_written = 0
    found: list[str] = []
    for _ in range(50 if is_long() else scaled(2)):
        delay = random.uniform(0, seconds * 1.1)
        with writer.started() as process:
            time.sleep(delay)
            process.kill()
        kills += process.returncode == -signal.SIGKILL
        half_written += len(writer.half_written())
        found += (f"killed after {delay:.4f} seconds: {problem}" for problem in writer.problems())
        writer.reset()
    figure(f"kills of {writer.name}", kills=kills, half_written=half_written, problems=len(found))
    assert found == []


@pytest.mark.parametrize("writer", COMMANDS, indirect=True)
def test_at_each_system_call(writer: Writer, tmp_path: Path, figure: Figure) -> None:
    """Those that change something: all of them in a long run, and some in others."""
    need_strace()
    writer.expect()
    half_written = 0
    found: list[str] = []
    moments = calls(writer.command, _WRITING, tmp_path / "log", **writer.options)
    # What is written is written at the end.
    chosen = moments if is_long() else some(moments[-30:], scaled(2), Random(SEED))
    for call in chosen:
        writer.reset()
        inject(writer.command, call, "signal=KILL", **writer.options)
        half_written += len(writer.half_written())
        found += (f"killed at {call}: {problem}" for problem in writer.problems())
    figure(f"kills of {writer.name}", kills=len(chosen), half_written=half_written, problems=len(found))
    assert chosen
    assert found == []
