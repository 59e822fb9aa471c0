"""Packages from npm for tests and benchmarks: fetched by npm itself, and none of their scripts runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from itertools import count
from pathlib import Path

_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--no-package-lock")


def npm_install(folder: Path, packages: Mapping[str, str]) -> Path:
    """Install packages with all that they need.

    :param folder: is made for them.
    :param packages: name -> version.
    :returns: the folder that they lie in.
    """
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": dict(packages)}))
    _run(folder, "install", "--loglevel=error", *_OPTIONS)
    return folder / "node_modules"


def _run(folder: Path, *arguments: str) -> str:
    # On Windows npm is a script, which only its whole name finds.
    npm = shutil.which("npm") or "npm"
    done = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Npm:
    """What tests ask of npm.

    :param folder: for all that it fetches.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    def install(self, packages: Mapping[str, str]) -> Path:
        """Install packages into a folder of their own; the folder that they lie in."""
        return npm_install(self._folder / str(next(self._numbers)), packages)

    def file(self, package: str, path: str) -> str:
        """Return the text of one file, without the dependencies of its package.

        :param package: name and version, such as ``"systemjs@6.15.1"``.
        :param path: of the file in the package.
        """
        [archive] = _run(self._folder, "pack", "--silent", package).split()
        with tarfile.open(self._folder / archive) as opened:
            file = opened.extractfile(f"package/{path}")
            assert file is not None
            return file.read().decode()


def node(folder: Path, *command: str | Path, text: str = "") -> tuple[int, str]:
    """Run Node.js; its exit status, and all that it printed."""
    done = subprocess.run(
        ["node", *command], cwd=folder, input=text, capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr
