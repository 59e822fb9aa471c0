"""What `import importmap` and a first map load: the standard library's light parts, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from site_folder import FULL, Files, manifest, write

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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    def installed(name: str, document: object) -> Files:
        return {
            "entry_points.txt": f"[importmap]\n{name} = {name}\n",
            "extra_metadata": {"importmap.json": json.dumps(document)},
        }

    full = {**FULL, "name": "full", "package": "full", "requires": {}}
    return write(
        tmp_path,
        {
            "demo-1.0.dist-info": installed("demo", manifest("demo")),
            "other-1.0.dist-info": {"METADATA": ""},
            "full-1.0.dist-info": installed("full", json.loads(json.dumps(full).replace("demo", "full"))),
        },
    )


def test_import() -> None:
    modules = loaded("import importmap")
    assert "importmap" in modules
    assert modules & HEAVY == set()


def test_load(folder: Path) -> None:
    code = "import importmap\nassert len(importmap.load(['default']).imports) == 4, importmap.load()"
    modules = loaded(code, folder)
    assert modules & HEAVY == set()
