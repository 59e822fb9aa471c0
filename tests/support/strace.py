"""Make the system calls of a process fail, or end it there: strace injects the faults.

A command warms up first, so that no fault hits the interpreter while it loads modules. Then it asks for the
file `run_again.MARK`, and only calls after that count.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from support.run_again import MARK

#: By error: the system calls that can fail with it. No machine has all of them.
FAULTS: Mapping[str, tuple[str, ...]] = {
    "EMFILE": ("open", "openat", "dup", "fcntl"),
    "ENOSPC": ("write", "pwrite64", "mkdir", "mkdirat", "rename", "renameat", "fsync", "ftruncate"),
    "EACCES": (
        *("open", "openat", "stat", "lstat", "newfstatat", "statx", "mkdir", "mkdirat", "rename", "renameat"),
        *(
            "unlink",
            "unlinkat",
            "rmdir",
            "chmod",
            "fchmodat",
            "readlink",
            "readlinkat",
            "access",
            "faccessat2",
        ),
    ),
    "EIO": (
        *(
            "open",
            "openat",
            "read",
            "pread64",
            "write",
            "pwrite64",
            "getdents64",
            "close",
            "fstat",
            "newfstatat",
        ),
        *("stat", "lstat", "lseek", "rename", "unlink", "mkdir", "chmod", "readlink", "fsync"),
    ),
}
_LINE = re.compile(r"^(?P<process>\d+)\s+(?P<name>\w+)\((?P<arguments>.*)")
#: Reading from, and writing to, what a process was given at its start.
_STANDARD = re.compile(r"[012]\b")


@dataclass(frozen=True)
class Call:
    """One system call of a run: the so-manieth of its name."""

    name: str
    number: int
    #: What the call was given, for whoever reads a failure.
    arguments: str

    def __str__(self) -> str:
        return f"{self.name}({self.arguments[:120]}"


def need_strace() -> str:
    """Return where strace is; skip the test if there is none, or it may not look at processes."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("no strace found on PATH: it injects the faults")
    if subprocess.run([found, "-o", "/dev/null", "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace may not look at processes here")
    return found


def calls(command: Sequence[str | Path], names: Sequence[str], log: Path, **options: object) -> list[Call]:
    """Run a command, and return its calls of some names after the mark.

    :param log: a file to write to.
    :param options: of `subprocess.run`.
    """
    # A leading "?" passes over the names that a system does not have.
    traced = ",".join(f"?{name}" for name in sorted({*names, "stat", "newfstatat", "statx"}))
    done = _strace(["-f", "-o", str(log), "-e", f"trace={traced}", "-e", "signal=none"], command, options)
    assert done.returncode == 0, done.stdout + done.stderr
    counts: Counter[tuple[str, str]] = Counter()
    found: list[Call] = []
    process = None
    for line in log.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        name, arguments = match["name"], match["arguments"]
        counts[match["process"], name] += 1
        if MARK in arguments:
            process = match["process"]
        elif match["process"] == process and name in names and not _STANDARD.match(arguments):
            found.append(Call(name, counts[process, name], arguments))
    assert process is not None, "the command has not asked for the mark"
    return found


def inject(
    command: Sequence[str | Path], call: Call, what: str, **options: object
) -> subprocess.CompletedProcess[str]:
    """Run a command in which one call goes wrong.

    :param what: as strace has it: `error=EIO`, `signal=KILL`.
    """
    arguments = [
        "-f",
        "-o",
        "/dev/null",
        "-e",
        f"trace={call.name}",
        "-e",
        f"inject={call.name}:{what}:when={call.number}",
    ]
    return _strace(arguments, command, options)


def some(found: Sequence[Call], most: int, random: Random) -> list[Call]:
    """Return not more of some calls than that, in their order."""
    chosen = sorted(random.sample(range(len(found)), min(most, len(found))))
    return [found[index] for index in chosen]


def each_fault(
    command: Sequence[str | Path],
    errors: Mapping[str, Sequence[str]],
    check: Callable[[Call, str, subprocess.CompletedProcess[str]], None],
    log: Path,
    *,
    most: int,
    random: Random,
    **options: object,
) -> int:
    """Let each call of a command fail in turn.

    :param errors: by error, the system calls that fail with it; see `FAULTS`.
    :param check: is called after each run: with the call, the error, and what the process has said.
    :param most: how many calls fail with each error, and which ones decides `random`.
    :returns: how many runs there were.
    """
    names = sorted({name for some_names in errors.values() for name in some_names})
    found = calls(command, names, log, **options)
    runs = 0
    for error, failing in errors.items():
        for call in some([each for each in found if each.name in failing], most, random):
            check(call, error, inject(command, call, f"error={error}", **options))
            runs += 1
    return runs


def _strace(
    arguments: Sequence[str], command: Sequence[str | Path], options: Mapping[str, object]
) -> subprocess.CompletedProcess[str]:
    whole = [need_strace(), *arguments, *map(str, command)]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # its options are whoever's that calls
        whole, check=False, capture_output=True, text=True, errors="replace", timeout=120, **options
    )
