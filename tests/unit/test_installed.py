"""The suite tests a wheel that was built from this checkout a moment ago, never the checkout."""

from __future__ import annotations

import importlib
import sys
import sysconfig
from fnmatch import fnmatch
from pathlib import Path

import pytest
from support.wheels import ROOT

SITE_PACKAGES = Path(sysconfig.get_path("purelib"))


PACKAGES = ["hatch_importmap", "importmap"]


@pytest.mark.parametrize("package", PACKAGES)
def test_is_imported_from_site_packages(package: str) -> None:
    """An editable install or a working directory on sys.path would fail here."""
    file = importlib.import_module(package).__file__
    assert file is not None
    assert Path(file).parent.parent.samefile(SITE_PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_is_what_the_checkout_has(package: str) -> None:
    """A stale wheel would fail here, and one that lacks a file."""
    assert files(SITE_PACKAGES / package) == files(ROOT / package)


def test_the_checkout_is_not_on_the_path() -> None:
    """`tests/__init__.py` and `python -m pytest` would put it there."""
    assert ROOT not in [Path(entry).resolve() for entry in sys.path]


def test_pytest_looks_into_each_folder(pytestconfig: pytest.Config) -> None:
    """It passes over folders called `build` by default."""
    folders = {part for path in ROOT.glob("tests/**/test_*.py") for part in path.relative_to(ROOT).parts[:-1]}
    assert {"browser", "build", "docs", "laws", "unit"} <= folders
    passed_over = pytestconfig.getini("norecursedirs")
    assert [name for name in folders if any(fnmatch(name, pattern) for pattern in passed_over)] == []


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
