"""Whatever builds and installs a package, all of its own files are collected, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.projects import MODULE, write_project
from support.site_folder import manifest
from support.wheels import UvError, build_wheel, new_venv, uv

import importmap

PYPROJECT = """
[build-system]
requires = [{requires}]
build-backend = "{backend}"

[project]
name = "prose"
version = "1.2.3"
description = "Modules"

[project.entry-points.importmap]
prose = "prose"
{extra}
"""

DOCUMENT = manifest(
    "prose",
    {"editor": "prose/editor.js", "table": "prose_more/table.js"},
    version="1.2.3",
    roots=["prose/static", "prose_more/static"],
    modules={"prose/editor.js": {"assets": ["./logo.svg"]}, "prose_more/table.js": {}},
)
ALONE = manifest(
    "prose",
    version="1.2.3",
    modules={"prose/editor.js": {"assets": ["./logo.svg"]}},
)
FIRST = ["prose/editor.js", "prose/logo.svg"]
BOTH = [*FIRST, "prose_more/table.js"]

PROSE = {
    "prose/__init__.py": '"""Modules."""\n',
    "prose/importmap.json": json.dumps(DOCUMENT),
    "prose/static/prose/editor.js": MODULE,
    "prose/static/prose/logo.svg": "<svg/>",
}
MORE = {"prose_more/__init__.py": "", "prose_more/static/prose_more/table.js": MODULE}
FLAT = {**PROSE, **MORE}
SRC = {f"src/{path}": content for path, content in FLAT.items()}

DATA = '[tool.setuptools.package-data]\n"*" = ["importmap.json", "static/**"]\n'
FLAT_DATA = f'[tool.setuptools]\npackages = ["prose", "prose_more"]\n{DATA}'
EXACT = """
[tool.hatch.build]
dev-mode-exact = true

[tool.hatch.build.targets.wheel]
packages = ["src/prose", "src/prose_more"]
"""
POETRY = """
[tool.poetry]
packages = [{include = "prose", from = "src"}, {include = "prose_more", from = "src"}]
"""
MESON = """
project('prose', version: '1.2.3')
py = import('python').find_installation(pure: true)
install_subdir('prose', install_dir: py.get_install_dir())
install_subdir('prose_more', install_dir: py.get_install_dir())
"""
CMAKE = "cmake_minimum_required(VERSION 3.15)\nproject(prose LANGUAGES NONE)\n"
CARGO = """
[package]
name = "prose"
version = "1.2.3"
edition = "2021"
"""

#: The requirements, the backend, more of pyproject.toml, the files of the project, and those that it ships.
BACKENDS: dict[str, tuple[str, str, str, dict[str, str], list[str]]] = {
    "hatchling": (
        "hatchling",
        "hatchling.build",
        '[tool.hatch.build.targets.wheel]\npackages = ["src/prose", "src/prose_more"]\n',
        SRC,
        BOTH,
    ),
    "hatchling-exact": (
        "hatchling",
        "hatchling.build",
        EXACT,
        SRC,
        BOTH,
    ),
    "setuptools-src": ("setuptools>=77", "setuptools.build_meta", DATA, SRC, BOTH),
    "setuptools-flat": ("setuptools>=77", "setuptools.build_meta", FLAT_DATA, FLAT, BOTH),
    "flit": ("flit_core>=3.11,<4", "flit_core.buildapi", "", PROSE, FIRST),
    "poetry-core": (
        "poetry-core>=2",
        "poetry.core.masonry.api",
        POETRY,
        SRC,
        BOTH,
    ),
    "pdm-backend": ("pdm-backend", "pdm.backend", "", SRC, BOTH),
    "pdm-backend-editables": (
        "pdm-backend",
        "pdm.backend",
        '[tool.pdm.build]\neditable-backend = "editables"\n',
        SRC,
        BOTH,
    ),
    "uv_build": (
        "uv_build>=0.8,<1",
        "uv_build",
        '[tool.uv.build-backend]\nmodule-name = ["prose", "prose_more"]\n',
        SRC,
        BOTH,
    ),
    "scikit-build-core": (
        "scikit-build-core",
        "scikit_build_core.build",
        '[tool.scikit-build.wheel]\npackages = ["src/prose", "src/prose_more"]\n',
        {**SRC, "CMakeLists.txt": CMAKE},
        BOTH,
    ),
    "meson-python": ("meson-python", "mesonpy", "", {**FLAT, "meson.build": MESON}, BOTH),
    "maturin": (
        "maturin>=1,<2",
        "maturin",
        '[tool.maturin]\npython-source = "src"\nbindings = "bin"\n',
        {
            **{path: text for path, text in SRC.items() if path.startswith("src/prose/")},
            "Cargo.toml": CARGO,
            "src/main.rs": "fn main() {}\n",
        },
        FIRST,
    ),
}

CODE = """
import site, sys
site.addsitedir(sys.argv.pop(1))
from importmap.__main__ import main
main()
"""


def collected(target: Path, out: Path, *, site_folder: bool = True) -> list[str]:
    """What is collected of the packages of a folder, after `importmap check` has found no error."""
    home = str(Path(importmap.__file__).parent.parent)
    paths = [home] if site_folder else [str(target), home]

    def run(*args: str | Path) -> str:
        command = [sys.executable, "-c", CODE, target, *args]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=target.parent, env=env
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "0 errors" in run("check")
    run("collect", out)
    listed: dict[str, object] = json.loads((out / "importmap.json").read_text())["files"]
    return sorted(path for path in listed if path.startswith("prose"))


def project_of(backend: str, folder: Path, more: str = "") -> Path:
    requires, build_backend, extra, files, _ = BACKENDS[backend]
    quoted = ", ".join(f'"{each}"' for each in requires.split(" "))
    document = PYPROJECT.format(requires=quoted, backend=build_backend, extra=extra + more)
    if BACKENDS[backend][4] == FIRST:
        files = {path: json.dumps(ALONE) if path.endswith(".json") else text for path, text in files.items()}
    return write_project(folder, document, files)


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with pip."""
    return new_venv(tmp_path_factory.mktemp("owned") / "venv", "pip")


def install(installer: str, python: Path, target: Path, *what: str | Path) -> None:
    if installer == "pip":
        command = [python, "-m", "pip", "install", "-q", "--no-deps", "--target", target, *what]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise UvError(done.stdout + done.stderr)
    else:
        uv("pip", "install", "--python", python, "--no-deps", "--target", target, *what)


@pytest.mark.build
@pytest.mark.parametrize("installer", ["pip", "uv"])
@pytest.mark.parametrize("mode", ["wheel", "editable"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backend(backend: str, mode: str, installer: str, python: Path, tmp_path: Path) -> None:
    if (backend, mode) == ("meson-python", "editable"):
        pytest.skip("its finder tells no folder of a package, so that its manifest is not found")
    project = project_of(backend, tmp_path / "project")
    what: list[str | Path] = ["--editable", project] if mode == "editable" else [project]
    try:
        install(installer, python, tmp_path / "site", *what)
    except UvError as error:
        pytest.skip(f"{backend} does not install here: {str(error)[-300:]}")
    assert collected(tmp_path / "site", tmp_path / "out") == BACKENDS[backend][4]


@pytest.mark.build
@pytest.mark.parametrize("mode", ["strict", "compat"])
@pytest.mark.parametrize("backend", ["setuptools-src", "setuptools-flat"])
def test_the_modes_of_setuptools(backend: str, mode: str, python: Path, tmp_path: Path) -> None:
    project = project_of(backend, tmp_path / "project")
    setting = ["--config-setting", f"editable_mode={mode}"]
    install("uv", python, tmp_path / "site", "--editable", project, *setting)
    assert collected(tmp_path / "site", tmp_path / "out") == BOTH


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return build_wheel(project_of("hatchling", folder / "project"), folder / "dist")


@pytest.mark.build
@pytest.mark.parametrize("link_mode", ["clone", "copy", "hardlink", "symlink"])
def test_the_link_modes_of_uv(link_mode: str, wheel: Path, python: Path, tmp_path: Path) -> None:
    install("uv", python, tmp_path / "site", "--link-mode", link_mode, wheel)
    assert collected(tmp_path / "site", tmp_path / "out") == BOTH


@pytest.mark.build
def test_a_wheel_on_the_path(wheel: Path, tmp_path: Path) -> None:
    """An archive, from which Python imports."""
    (tmp_path / "empty").mkdir()
    home = str(Path(importmap.__file__).parent.parent)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(wheel), home])}
    command = [sys.executable, "-m", "importmap", "collect", str(tmp_path / "out")]
    subprocess.run(command, check=True, capture_output=True, env=env, cwd=tmp_path)
    listed = json.loads((tmp_path / "out" / "importmap.json").read_text())["files"]
    assert sorted(path for path in listed if path.startswith("prose")) == BOTH


@pytest.mark.build
@pytest.mark.parametrize("metadata", ["dist-info", "egg-info"])
def test_a_package_of_debian(metadata: str, wheel: Path, tmp_path: Path) -> None:
    """There is no list of files, and shared files are links to where Debian keeps them."""
    target = tmp_path / "dist-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    [info] = target.glob("*.dist-info")
    (info / "RECORD").unlink()
    if metadata == "egg-info":
        (info / "METADATA").rename(info / "PKG-INFO")
        info.rename(info.with_name("prose-1.2.3.egg-info"))
    shared = tmp_path / "share"
    (target / "prose" / "static").rename(shared)
    (target / "prose" / "static").symlink_to(shared, target_is_directory=True)
    assert collected(target, tmp_path / "out") == BOTH
