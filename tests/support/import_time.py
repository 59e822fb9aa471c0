"""The modules that some code loads in a bare interpreter, and the ones that a site should not pay for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import importmap

HEAVY = {
    "ada_url",
    "click",
    "dataclasses",
    "difflib",
    "django",
    "email",
    "flask",
    "hashlib",
    "hatch_importmap",
    "hatchling",
    "html",
    "importlib.metadata",
    "inspect",
    "logging",
    "packaging",
    "pathlib",
    "pluggy",
    "rich",
    "starlette",
    "tempfile",
    "threading",
    "tomllib",
    "tree_sitter",
    "typing",
    "urllib",
    "zipfile",
}

SCRIPT = """
import sys
sys.path[:0] = {path!r}
{code}
print("\\n".join(sys.modules))
"""


def loaded(code: str, *path: Path) -> set[str]:
    """The modules that are there after some code has run in a bare interpreter."""
    home = Path(importmap.__file__).parent.parent
    script = SCRIPT.format(path=[*map(str, path), str(home)], code=code)
    # A zip file on the path, such as the standard library's own, would be asked by importlib.metadata.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
    return set(done.stdout.split())
