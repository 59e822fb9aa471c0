"""Build wheels from the working tree, and install them where this runs.

    python tests/support/wheels.py .[cli] ./example_package

Each project is built in isolation, with the wheels before it in place of any release of the same name.
The wheels stay in `WHEELS` until the next run, for tests that build or install with them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "example_package"
WHEELS = Path(sys.prefix) / "fresh-wheels"
#: Hatch names its own uv, which need not be on PATH.
UV = os.environ.get("HATCH_UV") or "uv"


class UvError(Exception):
    """All that uv said before it failed."""


def uv(*args: str | Path) -> str:
    command = [UV, *map(str, args)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise UvError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def build_wheel(project: str | Path, folder: Path, *, requires: list[Path] | None = None) -> Path:
    """Build one wheel into a folder; `requires` are wheels that its build has to use."""
    folder.mkdir(parents=True, exist_ok=True)
    constraints = folder / "build-constraints.txt"
    constraints.write_text("".join(f"{distribution(wheel)} @ {wheel.as_uri()}\n" for wheel in requires or []))
    before = set(folder.glob("*.whl"))
    uv(
        *("build", "--wheel", "--python", sys.executable, "--out-dir", folder),
        *("--build-constraints", constraints, project),
    )
    (wheel,) = set(folder.glob("*.whl")) - before
    return wheel


def new_venv(folder: Path, *requirements: str | Path, python: str | Path = sys.executable) -> Path:
    """Make a virtual environment with the requirements in it; its Python."""
    uv("venv", "--python", python, folder)
    interpreter = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if requirements:
        uv("pip", "install", "--python", interpreter, *requirements)
    return interpreter


def distribution(wheel: Path) -> str:
    return wheel.name.partition("-")[0]


def install_fresh(projects: list[str]) -> list[Path]:
    shutil.rmtree(WHEELS, ignore_errors=True)
    built: list[Path] = []
    requirements: list[str] = []
    for project in projects:
        folder, bracket, extras = project.partition("[")
        wheel = build_wheel(folder, WHEELS, requires=built)
        built.append(wheel)
        requirements.append(f"{distribution(wheel)}{bracket}{extras} @ {wheel.as_uri()}")
    # An edit does not change the version, so uv has to be told that the installed one is stale.
    stale = [f"--reinstall-package={distribution(wheel)}" for wheel in built]
    uv("pip", "install", "--python", sys.executable, *stale, *requirements)
    return built


def main() -> None:
    try:
        built = install_fresh(sys.argv[1:])
    except UvError as error:
        sys.exit(str(error))
    print("Installed", ", ".join(wheel.name for wheel in built))  # noqa: T201 - the script's report


if __name__ == "__main__":
    main()
