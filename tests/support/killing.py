"""Processes that are killed, at any moment of what they do to files."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from support.profiles import scaled, seed_of_run

#: Runs a command of ours, and ends itself at a moment: before what it does to files for the n-th time, from
#: when it first makes or locks one. At its end it prints how many moments there were.
_CODE = """
import os, signal, sys
from importmap._cli.app import cli

last, moments = int(sys.argv.pop(1)), 0
begins = {"os.mkdir", "fcntl.flock", "tempfile.mkstemp"}
deeds = {"open", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.listdir"}

def look(event, args):
    global moments
    is_ours = event in begins | deeds and not str(args[0]).endswith((".py", ".pyc"))
    if is_ours and (moments or event in begins):
        moments += 1
        if moments == last:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

sys.addaudithook(look)
try:
    cli(prog_name="importmap")
finally:
    print(moments, file=sys.stderr)
"""
_KILLED = signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM


def run(site: Path, command: Sequence[str | Path], *, moment: int = 0) -> int | None:
    """Run a command of ours among the packages of a site.

    :param moment: when it is killed; 0 for never.
    :returns: how many moments it had; None if it was killed.
    """
    home = Path(sys.modules["importmap"].__file__ or "").parent.parent
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(moment), *map(str, command)],
        check=False,
        capture_output=True,
        text=True,
        cwd=site,
        env={**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{home}", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if done.returncode in (-_KILLED, int(_KILLED)):
        return None
    assert done.returncode == 0, done.stderr
    return int(done.stderr.split()[-1])


def kills(moments: int, number: int, seed: int) -> Iterator[int]:
    """Yield moments at which to kill, at random.

    :param moments: how many there are.
    :param number: how many of them, in CI.
    """
    draw = random.Random(seed_of_run(seed))
    for _ in range(scaled(number)):
        yield draw.randint(1, moments)
