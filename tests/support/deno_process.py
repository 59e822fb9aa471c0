"""Deno as one more resolver of import maps: `import.meta.resolve` in modules of a folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64encode
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

#: As a URL to which an import map can do nothing: it may well map the URLs of files.
SIDE = (
    "data:text/javascript;base64," + b64encode(Path(__file__).with_name("deno_side.js").read_bytes()).decode()
)
#: The modules that resolve for their own URL; see deno_side.js.
MODULE = "export const resolve = (specifier) => import.meta.resolve(specifier);\n"


def find_deno() -> str | None:
    """The binary of the distribution `deno`, or the one on PATH."""
    try:
        return str(import_module("deno").find_deno_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("deno")


class DenoError(Exception):
    """What Deno said before it failed."""


@dataclass
class Deno:
    """Runs scripts with an import map, without network, configuration and lock file.

    :param cache: a folder for all that Deno keeps.
    """

    executable: str
    cache: Path

    def run(self, import_map: Path, script: str | Path, *args: str | Path) -> str:
        """What a script prints."""
        nothing_else = ("--no-remote", "--no-config", "--no-lock", "--no-prompt", "--allow-read")
        done = subprocess.run(
            [self.executable, "run", *nothing_else, "--import-map", import_map, script, *args],
            check=False,
            capture_output=True,
            encoding="utf-8",
            env={
                **os.environ,
                "DENO_DIR": str(self.cache),
                "DENO_NO_UPDATE_CHECK": "1",
                "NO_COLOR": "1",
            },
        )
        if done.returncode:
            raise DenoError(done.stderr)
        return done.stdout

    def resolve(
        self, import_map: Path, jobs: list[tuple[str, list[str]]], folder: Path
    ) -> list[list[str | None]]:
        """Each job's answers, None where Deno refuses.

        :param jobs: pairs of the import map's specifier of a module, and what that module resolves.
        :param folder: for the list of jobs.
        """
        questions = folder / "jobs.json"
        questions.write_text(json.dumps([{"base": base, "specifiers": names} for base, names in jobs]))
        printed = json.loads(self.run(import_map, SIDE, questions))
        return [[None if isinstance(each, list) else each for each in answers] for answers in printed]
