"""The harness of tests/fuzz/: for a few seconds with atheris, and with chance where there is no atheris."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest
from support.fuzz.properties import Chance, check
from support.profiles import scaled, seed_of_run
from support.wheels import ROOT

HARNESS = ROOT / "tests" / "support" / "fuzz" / "parse_resolve.py"
SECONDS = scaled(12)
SEED = seed_of_run(20_261)
#: A hundredth of what an idle machine does.
LEAST_RUNS = scaled(500)
LEAST_MAPS = scaled(1_000)


def test_with_atheris(tmp_path: Path) -> None:
    if find_spec("atheris") is None:
        pytest.skip("atheris is not installed: there is none for this Python or machine")
    # Measuring it would leave it no time to find anything, and it ends without saying what it has measured.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    options = (f"-max_total_time={SECONDS}", f"-seed={SEED}", f"-artifact_prefix={tmp_path}/")
    done = subprocess.run(
        [sys.executable, HARNESS, *options],
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        cwd=tmp_path,
        env=environment,
        timeout=SECONDS * 10,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    finished = re.search(r"^Done (\d+) runs in \d+ second", said, re.MULTILINE)
    assert finished is not None, said
    assert int(finished[1]) >= LEAST_RUNS, said


def test_with_chance() -> None:
    """Each seed is one input; a failing one is named."""
    maps = 0
    for seed in range(2 * LEAST_MAPS):
        try:
            maps += check(Chance(Random(seed)))
        except Exception as error:
            raise AssertionError(f"check(Chance(Random({seed})))") from error
    assert maps >= LEAST_MAPS
