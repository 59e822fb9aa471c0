"""Projects to build: small source trees, written where a test wants them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from hatch_importmap.declaration import PLACE, Declaration, declare
from importmap._base.diagnostics import DeclarationError
from importmap._base.tables import Table

#: A file that hatchling ships and nobody looks into.
MODULE = "export default 1;\n"

PYPROJECT = """
[build-system]
requires = ["hatchling>=1.27", "hatch-importmap"]
build-backend = "hatchling.build"

[project]
name = "prose"
version = "1.2.3"

[project.entry-points.importmap]
prose = "prose"

[tool.hatch.build.hooks.importmap]

[tool.importmap.imports]
editor = "prose/editor.js"
"""

FILES = {"prose/__init__.py": "", "prose/static/prose/editor.js": MODULE}


def write_project(
    root: Path, pyproject: str = PYPROJECT, files: Mapping[str, str | bytes] = FILES, extra: str = ""
) -> Path:
    """Write a project folder.

    :param extra: TOML to add at the end of pyproject.toml.
    :returns: the folder.
    """
    for name, content in {"pyproject.toml": pyproject + dedent(extra), **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def read_manifest(wheel: Path) -> Any:
    """The manifest in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("importmap.json")]
        assert name.count("/") == 2
        assert "/extra_metadata/" in name
        return json.loads(archive.read(name))


def snapshot(root: Path) -> dict[str, bytes]:
    """All files below a folder, to see that nothing is changed or left behind.

    Python may compile a build script of the project, which is not ours to say.
    """
    files = (path for path in root.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def declared(table: Mapping[str, object], *, namespace: str, package: str) -> Declaration:
    """The declaration in a `[tool.importmap]` table.

    :raises DeclarationError: with all problems that were found.
    """
    inspected = Table(table, PLACE, [])
    declaration = declare(inspected, namespace=namespace, package=package)
    if inspected.problems:
        raise DeclarationError(*inspected.problems)
    return declaration


#: A project with one package, whose modules all have names.
DEMO_PYPROJECT = """
[build-system]
requires = ["hatchling", "hatch-importmap"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"

[project.entry-points.importmap]
demo = "demo"

[tool.hatch.build.targets.wheel]
packages = ["demo"]

[tool.hatch.build.hooks.importmap]

[tool.importmap.imports]
"*" = "demo/*.js"
"""


def isolated(document: str, hatchling: str, own_wheel: Path) -> str:
    """The same project, with its build requirements pinned."""
    old = 'requires = ["hatchling>=1.27", "hatch-importmap"]'
    assert old in document
    ours = f"hatch-importmap @ {own_wheel.as_uri()}"
    return document.replace(old, f'requires = ["hatchling=={hatchling}", "{ours}"]')
