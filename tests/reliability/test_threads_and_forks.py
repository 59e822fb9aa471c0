"""Many threads ask for the same maps at the same time, and the process forks meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.figures import Figure
from support.profiles import is_long, scaled
from support.site_folder import SiteFolder
from support.wheels import ROOT

LOADS = ROOT / "tests" / "support" / "loads.py"
THREADS = 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site = SiteFolder(tmp_path / "site")
    for name in ("one", "two", "three"):
        entries = {
            f"m{number}": {"path": f"{name}/m{number}.js", "contexts": [context]}
            for number, context in enumerate(["default", "admin", "public"] * 10)
        }
        site.install(name, entries)
    return site.path


def loaded(folder: Path, loads: int, forks: int) -> Any:
    """Run the script in a process of its own, and return its report."""
    inherited = os.environ.get("PYTHONPATH")
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", LOADS, str(loads), str(THREADS), str(forks)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(folder), *([inherited] if inherited else [])]),
        },
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_threads(folder: Path, figure: Figure) -> None:
    """Each map is made once, and all have the same object."""
    for _ in range(scaled(1)):
        found = loaded(folder, 10_000, 0)
        figure("threads", threads=THREADS, loads=10_000, problems=len(found["wrong"]))
        assert found == {"most": 1, "wrong": [], "children": 0}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_forks(folder: Path, figure: Figure) -> None:
    """A child that is forked while a map is made makes its own maps, each once."""
    for _ in range(4 if is_long() else 1):
        forks = 50 if is_long() else scaled(8)
        found = loaded(folder, 10_000, forks)
        hanging = found["wrong"].count("it hangs")
        figure("forks", forks=forks, loads=10_000, hanging=hanging, problems=len(found["wrong"]))
        assert found == {"most": 1, "wrong": [], "children": forks}
