"""Packages from npm, in exact versions."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--no-package-lock")


def npm_install(folder: Path, packages: Mapping[str, str]) -> Path:
    """Install packages into a folder.

    :param packages: the version of each.
    :returns: the folder that they lie in.
    """
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": dict(packages)}))
    subprocess.run(["npm", "install", "--loglevel=error", *OPTIONS], cwd=folder, check=True)
    return folder / "node_modules"
