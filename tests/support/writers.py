"""The commands that write files, each in a folder of its own, to be killed and to have calls fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support.projects import DEMO_PYPROJECT, snapshot, write_project
from support.shipping import ship
from support.site_folder import SiteFolder
from support.wheels import ROOT

AGAIN = ROOT / "tests" / "support" / "run_again.py"

#: What each one does, with the folder that it writes to.
COMMANDS = {
    "collect": ["collect", "{out}/static"],
    "collect --no-hash": ["collect", "--no-hash", "{out}/static"],
    "lock": ["lock", "-o", "{out}/importmap.lock"],
    "build": ["build", "-o", "{out}/importmap.json"],
    "Hatch build": ["wheel", "{out}"],
}


@dataclass
class Writer:
    """One of the commands, and where it runs.

    :param name: one of `COMMANDS`.
    :param folder: an empty folder.
    :param modules: of how many files the site and the project consist.
    """

    name: str
    folder: Path
    modules: int = 10
    #: What the command writes: path below the folder -> content.
    expected: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "site").mkdir(parents=True)
        self._site = SiteFolder(self.folder / "site")
        self._ship(1)
        files = {
            f"demo/static/demo/m{number}.js": f"export default {number}\n" for number in range(self.modules)
        }
        write_project(self.folder / "project", DEMO_PYPROJECT, {"demo/__init__.py": "", **files})

    def _ship(self, release: int) -> None:
        content = {
            f"demo/m{number}.js": f"export default {number * release}\n" * 200
            for number in range(self.modules)
        }
        ship(self._site, "demo", content)

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def command(self) -> list[str | Path]:
        """The command that runs, after it has warmed up in another folder."""
        warm = [part.format(out=self.folder / "warm") for part in COMMANDS[self.name]]
        return [sys.executable, AGAIN, *warm, "--", *self.plain]

    @property
    def plain(self) -> list[str]:
        return [part.format(out=self.out) for part in COMMANDS[self.name]]

    @property
    def options(self) -> dict[str, object]:
        """How it runs: the folder, and an environment in which each run does the same."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        inherited = environment.get("PYTHONPATH")
        environment |= {
            "PYTHONPATH": os.pathsep.join([str(self.folder / "site"), *([inherited] if inherited else [])]),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SOURCE_DATE_EPOCH": "1700000000",
            "TMPDIR": str(self.temporary),
        }
        return {"cwd": self.folder / "project", "env": environment}

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def reset(self) -> None:
        """Empty the folders that the command writes to."""
        for place in (self.out, self.folder / "warm", self.temporary):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()

    def written(self) -> dict[str, bytes]:
        """Return what is there now."""
        return snapshot(self.out)

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        return subprocess.run(  # type: ignore[call-overload,no-any-return]  # its options are a dictionary
            self.command, check=False, capture_output=True, text=True, **self.options
        )

    @contextmanager
    def started(self) -> Iterator[subprocess.Popen[str]]:
        """Start the command, wait until it has warmed up, and then for its end."""
        with subprocess.Popen(  # type: ignore[call-overload]  # as above
            self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **self.options
        ) as process:
            assert process.stdout.readline() == "ready\n"
            yield process

    def expect(self) -> float:
        """See what the command writes; return how long that takes, once it has warmed up."""
        self.reset()
        with self.started() as process:
            began = time.monotonic()
            process.wait()
            seconds = time.monotonic() - began
        assert process.returncode == 0
        self.expected = self.written()
        assert self.expected
        self.reset()
        return seconds

    def half_written(self) -> list[str]:
        """Return what is wrong with the files that are there. Temporary ones begin with a dot."""
        return [
            f"{name} has {len(content)} bytes that are not what it should have"
            for name, content in self.written().items()
            if not Path(name).name.startswith(".") and self.expected.get(name) != content
        ]

    def problems(self) -> list[str]:
        """Return what is wrong after a run that did not end well, and with the run after it."""
        found = self.half_written()
        again = self.run()
        if again.returncode:
            found.append(f"the next run fails: {again.stderr[-1500:]}")
        elif self.written() != self.expected:
            found.append(f"the next run leaves {sorted(self.written().keys() ^ self.expected.keys())}")
        return found


@pytest.fixture
def writer(request: pytest.FixtureRequest, tmp_path: Path) -> Writer:
    """One of the commands, by its name: `@pytest.mark.parametrize("writer", COMMANDS, indirect=True)`."""
    return Writer(request.param, tmp_path / "writer")
