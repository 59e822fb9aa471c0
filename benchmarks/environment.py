"""The environment that is measured: our wheel with compiled bytecode, and no .pth file."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from support.wheels import ROOT, build_wheel, uv


class Environment:
    """A virtual environment.

    `python -m venv` makes it, because other tools leave a .pth file in it that every start
    of the interpreter would read.

    :param python: the interpreter that it is made of.
    """

    def __init__(self, folder: Path, *requirements: str, python: str = sys.executable) -> None:
        subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        wheel = build_wheel(ROOT, folder / "wheel")
        uv("pip", "install", "--python", self.python, "--compile-bytecode", wheel, *requirements)
        if "site-packages" not in self.run("import importmap; print(importmap.__file__)"):
            raise RuntimeError("the benchmark would measure the checkout")

    def run(self, code: str, *, path: Path | None = None) -> str:
        """What a fresh process prints; `path` is searched for distributions, too."""
        environment = {**os.environ, "PYTHONPATH": str(path or "")}
        # Not from the checkout, which the working directory would put before the wheel.
        done = subprocess.run(
            [self.python, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
            cwd=self.python.parent,
        )
        return done.stdout.strip()

    def measure(self, code: str, *, path: Path | None = None, times: int = 30) -> Timing:
        """The milliseconds that `code` prints, over fresh processes."""
        self.run(code, path=path)  # writes bytecode and fills the system's caches
        return Timing([float(self.run(code, path=path)) for _ in range(times)])

    def measure_process(self, code: str, *, path: Path | None = None, times: int = 30) -> Timing:
        """Milliseconds from start to end of a process that runs `code`."""
        clock = (
            "import subprocess, sys, time\n"
            f"command = [sys.executable, '-c', {code!r}]\n"
            "start = time.perf_counter()\n"
            "subprocess.run(command, check=True)\n"
            "print((time.perf_counter() - start) * 1000)"
        )
        return self.measure(clock, path=path, times=times)


class Timing:
    """Some measurements of one thing: the best is the least disturbed by the machine."""

    def __init__(self, values: list[float]) -> None:
        self.best = min(values)
        self.median = statistics.median(values)

    def less(self, *others: Timing) -> Timing:
        """Return the rest above other timings."""
        rest = Timing([self.best - sum(other.best for other in others)])
        rest.median = self.median - sum(other.median for other in others)
        return rest
