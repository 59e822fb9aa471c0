"""Packages that are not built with Hatch: `importmap build` writes the file that their wheels ship."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from support.projects import MODULE, write_project
from support.wheels import build_wheel, new_venv, uv

PYPROJECT = """
[build-system]
requires = ["{requires}"]
build-backend = "{backend}"

[project]
name = "prose"
version = "1.2.3"
description = "Modules"

[project.entry-points.importmap]
prose = "prose"

[tool.importmap]
contexts = ["admin"]

[tool.importmap.imports]
editor = "prose/editor.js"
"#dom" = "prose/dom.js"
{extra}
"""

FILES = {
    "src/prose/__init__.py": '"""Modules."""\nraise ImportError("discovery imports nothing")\n',
    "src/prose/static/prose/editor.js": MODULE,
    "src/prose/static/prose/dom.js": MODULE,
}

SETUPTOOLS = """
[tool.setuptools.package-data]
prose = ["importmap.json", "static/**"]
"""

BACKENDS = {
    "uv_build": ("uv_build>=0.8,<1", "uv_build", ""),
    "setuptools": ("setuptools>=77", "setuptools.build_meta", SETUPTOOLS),
    "flit": ("flit_core>=3.11,<4", "flit_core.buildapi", ""),
}

EXPECTED = {
    "imports": {"prose/editor": "/static/prose/editor.js"},
    "scopes": {"/static/prose/": {"#dom": "/static/prose/dom.js"}},
}


@pytest.fixture(scope="session")
def python(own_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with our wheel and its command line."""
    ours = f"hatch-importmap[cli] @ {own_wheel.as_uri()}"
    return new_venv(tmp_path_factory.mktemp("backends") / "venv", ours)


@pytest.mark.parametrize("editable", [False, True], ids=["wheel", "editable"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_package_of_another_backend(backend: str, editable: bool, python: Path, tmp_path: Path) -> None:
    requires, build_backend, extra = BACKENDS[backend]
    document = PYPROJECT.format(requires=requires, backend=build_backend, extra=extra)
    project = write_project(tmp_path / "project", document, FILES)
    command = python.with_name("importmap")
    out = project / "src/prose/importmap.json"
    subprocess.run([command, "build", project, "--output", out], check=True)

    target = tmp_path / "site"
    what = ["--editable", project] if editable else [build_wheel(project, tmp_path / "dist")]
    uv("pip", "install", "--python", python, "--no-deps", "--target", target, *what)
    # An editable install works through .pth files, which are read in site folders only.
    code = f"import site; site.addsitedir({str(target)!r})\n"
    code += "import importmap, json; print(importmap.load(['admin']).to_json())"
    done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert json.loads(done.stdout) == EXPECTED
    assert done.stderr == ""


def test_a_new_version_needs_no_new_file(python: Path, tmp_path: Path) -> None:
    """The metadata of the distribution is the authority for its version, so the file has none."""
    requires, build_backend, extra = BACKENDS["flit"]
    document = PYPROJECT.format(requires=requires, backend=build_backend, extra=extra)
    project = write_project(tmp_path / "project", document, FILES)
    done = subprocess.run(
        [python.with_name("importmap"), "build", project], check=True, capture_output=True, text=True
    )
    assert "version" not in json.loads(done.stdout)
