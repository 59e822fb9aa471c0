"""Two published distributions that install a package named `importmap`, before ours and after it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.site_folder import SiteFolder
from support.wheels import new_venv, uv

import importmap
from importmap import ImportMapError
from importmap._discovery.own_package import check_own_package

STRANGERS = ["django-importmap==0.3.0", "dj-importmap==1.0.0"]


def run(*command: str | Path) -> tuple[int, str, str]:
    # Not in the checkout, which `python -c` would put first.
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=sys.prefix)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def ours(own_wheel: Path) -> str:
    return f"hatch-importmap[cli] @ {own_wheel.as_uri()}"


@pytest.mark.parametrize("stranger", STRANGERS)
def test_installed_after_us(stranger: str, ours: str, tmp_path: Path) -> None:
    """Our `__init__.py` is gone: the command says who took it, and what to do."""
    python = new_venv(tmp_path / "venv", ours)
    uv("pip", "install", "--python", python, stranger)
    name, _, version = stranger.partition("==")
    [folder] = {str(path.parent) for path in python.parent.parent.rglob("importmap/_discovery")}
    status, out, err = run(python.with_name("importmap"), "list")
    assert (status, out) == (1, "")
    assert err == (
        f"hatch-importmap: {folder}: {name} {version} has overwritten the package 'importmap' of "
        "hatch-importmap: only one of them can be installed.\n"
        f"    python -m pip uninstall {name}\n"
        "    python -m pip install --force-reinstall hatch-importmap\n"
    )


@pytest.mark.parametrize("stranger", STRANGERS)
def test_installed_before_us(stranger: str, ours: str, tmp_path: Path) -> None:
    """Ours works, theirs does not: a warning, because uninstalling theirs would take our file with it."""
    python = new_venv(tmp_path / "venv", stranger)
    uv("pip", "install", "--python", python, ours)
    status, out, err = run(python, "-c", "import importmap; print(importmap.load().to_json())")
    assert (status, out) == (0, '{"imports":{}}\n')
    name, _, version = stranger.partition("==")
    assert f"{name} {version} has put files into the package 'importmap' of hatch-importmap" in err
    assert run(python.with_name("importmap"), "list")[2].count("IM108") == 1


def test_an_unknown_culprit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's RECORD lists the file: it may have been copied by hand."""
    monkeypatch.delattr(importmap, "__distribution__")
    with pytest.raises(ImportMapError) as caught:
        check_own_package()
    [found] = caught.value.diagnostics
    assert found.message == (
        "another distribution has overwritten the package 'importmap' of hatch-importmap: "
        "only one of them can be installed."
    )
    assert found.hint == "python -m pip install --force-reinstall hatch-importmap"


def test_culprits_among_broken_distributions(monkeypatch: pytest.MonkeyPatch, site: SiteFolder) -> None:
    """Any way of listing files, and whatever else is wrong in the environment."""
    monkeypatch.delattr(importmap, "__distribution__")
    site.add(
        {
            "broken-1.0.dist-info": {"RECORD": b"\xff", "METADATA": "Name: broken\nVersion: 1.0\n"},
            "one-1.0.dist-info": {
                "RECORD": "importmap/__init__.py,,\n",
                "METADATA": "Name: one\nVersion: 1.0\n",
            },
            "two-2.0.egg-info": {
                "installed-files.txt": "importmap/__init__.py\n",
                "PKG-INFO": "Name: two\nVersion: 2.0\n",
            },
            "three-3.0.dist-info": {
                "RECORD": "three/__init__.py,,\n",
                "METADATA": "Name: three\nVersion: 3.0\n",
            },
        }
    )
    with pytest.raises(ImportMapError, match=r"one 1\.0 and two 2\.0 has overwritten") as caught:
        check_own_package()
    assert caught.value.diagnostics[0].hint == (
        "python -m pip uninstall one two\npython -m pip install --force-reinstall hatch-importmap"
    )


def test_inside_an_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder to look into."""
    inside = Path(sys.prefix, "app.pyz", "importmap", "_discovery", "own_package.py")
    monkeypatch.setattr("importmap._discovery.own_package.__file__", str(inside))
    assert check_own_package() == []
