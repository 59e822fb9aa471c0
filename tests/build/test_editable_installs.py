"""Editable installs as a site sees them: with pip and uv, with and without the extra `live`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from support.projects import MODULE, isolated, write_project
from support.wheels import UV, new_venv

from hatch_importmap.project import read_project
from importmap._manifest.document import encode

SITE = """
import json
import sys
import importmap

def report(registry):
    found = registry.load()
    codes = [diagnostic.code for diagnostic in registry.diagnostics()]
    print(json.dumps({"imports": list(found.imports), "codes": codes}))
"""

Environments = Callable[[str], Path]


@pytest.fixture(scope="session")
def environments(own_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environments:
    """The Python of an environment with our wheel and one of its extras, and with pip."""
    made: dict[str, Path] = {}

    def python(extra: str) -> Path:
        if extra not in made:
            ours = f"hatch-importmap{extra} @ {own_wheel.as_uri()}"
            made[extra] = new_venv(tmp_path_factory.mktemp("editable") / "venv", "pip", ours)
        return made[extra]

    return python


def run_site(python: Path, target: Path, code: str) -> list[Any]:
    """What a site prints that has `target` on its path, a JSON document a line."""
    done = subprocess.run(
        [python, "-c", dedent(SITE) + dedent(code)],
        check=True,
        capture_output=True,
        text=True,
        cwd=target,
        env={**os.environ, "PYTHONPATH": str(target)},
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def project(tmp_path: Path, own_wheel: Path) -> Path:
    document = (write_project(tmp_path / "project") / "pyproject.toml").read_text()
    pattern = document.replace('editor = "prose/editor.js"', '"*" = "prose/*.js"')
    return write_project(tmp_path / "project", isolated(pattern, "1.33.0", own_wheel))


def install(installer: str, python: Path, project: Path, target: Path) -> None:
    """An isolated editable install, which brings no build requirement to the site."""
    command: list[str | Path] = [python, "-m", "pip", "install", "-q"]
    if installer == "uv":
        command = [UV, "pip", "install", "-q", "--python", python]
    options: list[str | Path] = ["--no-deps", "--target", target, "--editable", project]
    subprocess.run([*command, *options], check=True, capture_output=True)


@pytest.mark.parametrize("installer", ["pip", "uv"])
@pytest.mark.parametrize("extra", ["", "[live]"])
def test_a_module_that_was_added_later(
    installer: str, extra: str, environments: Environments, project: Path, tmp_path: Path
) -> None:
    """With the extra it is there; without it the recorded modules are, and one word on why."""
    python, target = environments(extra), tmp_path / "site"
    install(installer, python, project, target)
    assert run_site(python, target, "report(importmap.Registry())") == [
        {"imports": ["prose/editor"], "codes": []}
    ]

    write_project(project, (project / "pyproject.toml").read_text(), {"prose/static/prose/table.js": MODULE})
    both = {"imports": ["prose/editor", "prose/table"], "codes": []}
    recorded = {"imports": ["prose/editor"], "codes": ["IM110"]}
    assert run_site(python, target, "report(importmap.Registry())") == [both if extra else recorded]
    assert run_site(python, target, "report(importmap.Registry(live=False))") == [
        {"imports": ["prose/editor"], "codes": []}
    ]


def test_touched_is_not_stale(environments: Environments, project: Path, tmp_path: Path) -> None:
    """Without the extra a word is said only if the recorded modules are really others."""
    python, target = environments(""), tmp_path / "site"
    install("uv", python, project, target)
    for path in (project / "pyproject.toml", project / "prose/static/prose/editor.js"):
        os.utime(path)
    (project / "prose/static/prose/.editor.js.swp").write_text("an editor's file")
    assert run_site(python, target, "report(importmap.Registry())") == [
        {"imports": ["prose/editor"], "codes": []}
    ]


def test_live(environments: Environments, project: Path, tmp_path: Path) -> None:
    """One process that follows the tree: added, declared otherwise, broken, mended, removed."""
    python, target = environments("[live]"), tmp_path / "site"
    install("uv", python, project, target)
    code = f"""
    from pathlib import Path

    static = Path({str(project / "prose/static/prose")!r})
    pyproject = Path({str(project / "pyproject.toml")!r})
    text = pyproject.read_text()
    registry = importmap.Registry(live=True)
    report(registry)
    (static / "table.js").write_text("export default 2")
    report(registry)
    assert registry.load() is registry.load()
    pyproject.write_text(text.replace('"*" = "prose/*.js"', 'start = "prose/editor.js"'))
    report(registry)
    pyproject.write_text(text.replace('"*" = "prose/*.js"', 'start = "prose/other.js"'))
    report(registry)
    pyproject.write_text(text)
    report(registry)
    (static / "table.js").unlink()
    report(registry)
    """
    assert run_site(python, target, code) == [
        {"imports": ["prose/editor"], "codes": []},
        {"imports": ["prose/editor", "prose/table"], "codes": []},
        {"imports": ["prose/start"], "codes": []},
        {"imports": ["prose/editor"], "codes": ["IM111"]},
        {"imports": ["prose/editor", "prose/table"], "codes": []},
        {"imports": ["prose/editor"], "codes": []},
    ]


def test_the_application_itself(environments: Environments, tmp_path: Path) -> None:
    """Its table is read in place, with nothing installed but us; the JSON of a build serves as well."""
    files = {"static/shop/cart.js": MODULE, "static/shop/dom.js": MODULE}
    application = write_project(
        tmp_path / "shop",
        """
        [tool.importmap]
        namespace = "shop"

        [tool.importmap.imports]
        cart = "shop/cart.js"
        "#dom" = "shop/dom.js"
        """,
        files,
    )
    code = f"""
    registry = importmap.Registry(project={str(application / "pyproject.toml")!r})
    print(registry.load().to_json())
    """
    expected = {
        "imports": {"shop/cart": "/static/shop/cart.js"},
        "scopes": {"/static/shop/": {"#dom": "/static/shop/dom.js"}},
    }
    assert run_site(environments(""), tmp_path, code) == [expected]


def test_the_production_form_of_an_application(environments: Environments, tmp_path: Path) -> None:
    """What `importmap build` writes for a project that is not built serves where no source tree is."""
    application = write_project(
        tmp_path / "shop",
        '[project]\nname = "shop"\nversion = "1"\n[tool.importmap.imports]\ncart = "shop/cart.js"\n',
        {"static/shop/cart.js": MODULE},
    )
    manifest, warnings = read_project(application)
    assert warnings == []
    assert "project" not in manifest
    (tmp_path / "importmap.json").write_bytes(encode(manifest))
    code = "print(importmap.Registry(project='importmap.json').load().to_json())"
    expected = {"imports": {"shop/cart": "/static/shop/cart.js"}}
    assert run_site(environments(""), tmp_path, code) == [expected]
