"""Run code in Pyodide, which is CPython for WebAssembly. Node.js runs it here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from support.npm import Npm, node
from support.wheels import uv

#: The number before the first dot names the Python: 314 for 3.14.
RELEASE = "314.0.7"
PYTHON = "3.14"
SCRIPT = Path(__file__).with_suffix(".mjs")


def unpack(folder: Path, *requirements: str) -> Path:
    """Unpack wheels and their requirements, none of which may have compiled parts.

    :returns: the folder.
    """
    # The year of the platform matters to compiled parts only.
    target = ("--python-version", PYTHON, "--python-platform", "wasm32-pyodide2024", "--only-binary", ":all:")
    uv("pip", "install", "--python", sys.executable, "--target", folder, *target, *requirements)
    return folder


def run_here(code: str, site: Path) -> str:
    """Run code in the Python of this process, with the packages of one folder only.

    :returns: the text that the code prints.
    """
    code = f"import sys; sys.path.insert(0, {str(site)!r})\n{code}"
    command = [sys.executable, "-I", "-S", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


@dataclass(frozen=True)
class Pyodide:
    """Runs each piece of code in a new Python.

    :param package: the folder of the npm package.
    """

    package: Path

    @classmethod
    def install(cls, npm: Npm) -> Pyodide:
        return cls(npm.install({"pyodide": RELEASE}) / "pyodide")

    def run(self, code: str, site: Path, folders: Mapping[str, Path] | None = None) -> tuple[int, str]:
        """Run code whose last expression is the exit status.

        :param site: the folder that becomes site-packages.
        :param folders: further folders, by the place where the code finds them.
        :returns: the exit status, and the text that the code prints.
        """
        job = {
            "module": (self.package / "pyodide.mjs").as_uri(),
            # The mounted folders stay as they are.
            "env": {"HOME": "/home", "PYTHONDONTWRITEBYTECODE": "1"},
            "code": code,
            "site": str(site),
            "folders": {place: str(folder) for place, folder in (folders or {}).items()},
        }
        return node(self.package, SCRIPT, text=json.dumps(job))
