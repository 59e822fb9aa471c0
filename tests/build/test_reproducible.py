"""One source, one wheel: the example's is the same byte for byte, whichever way it is built."""

from __future__ import annotations

import importlib.metadata
import shutil
import tarfile
from typing import TYPE_CHECKING

import pytest
from support.wheels import EXAMPLE, UvError, new_venv, uv

if TYPE_CHECKING:
    from pathlib import Path

HATCHLING = f"hatchling=={importlib.metadata.version('hatchling')}"


@pytest.fixture(scope="module")
def requirements(own_wheel: Path) -> tuple[str, str]:
    return HATCHLING, f"hatch-importmap[live] @ {own_wheel.as_uri()}"


@pytest.fixture(scope="module")
def builder(requirements: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has all that the example's build requires."""
    return new_venv(tmp_path_factory.mktemp("builder") / "venv", *requirements)


@pytest.fixture(scope="module")
def reference(builder: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return build("wheel", EXAMPLE, tmp_path_factory.mktemp("reference"), builder).read_bytes()


def build(target: str, project: Path, folder: Path, python: Path) -> Path:
    uv("build", f"--{target}", "--no-build-isolation", "--python", python, "--out-dir", folder, project)
    (built,) = folder.glob({"sdist": "*.tar.gz", "wheel": "*.whl"}[target])
    return built


def test_built_again_in_another_place(reference: bytes, builder: Path, tmp_path: Path) -> None:
    # Without copystat, so that the times of files differ too.
    copy = shutil.copytree(EXAMPLE, tmp_path / "другой clock", copy_function=shutil.copyfile)
    assert build("wheel", copy, tmp_path / "out", builder).read_bytes() == reference


def test_built_from_the_sdist(reference: bytes, builder: Path, tmp_path: Path) -> None:
    with tarfile.open(build("sdist", EXAMPLE, tmp_path / "sdist", builder)) as sdist:
        sdist.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.glob("example_clock-*")
    assert build("wheel", unpacked, tmp_path / "wheel", builder).read_bytes() == reference


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_built_by_each_python(
    version: str, reference: bytes, requirements: tuple[str, str], tmp_path: Path
) -> None:
    try:
        python = uv("python", "find", "--system", "--no-python-downloads", version).strip()
    except UvError:
        pytest.skip(f"no Python {version} found")
    builder = new_venv(tmp_path / "venv", *requirements, python=python)
    assert build("wheel", EXAMPLE, tmp_path / "out", builder).read_bytes() == reference
