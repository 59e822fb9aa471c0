"""The project's own package: its manifest is the one that its own tools write, and wheels bring it along."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.site_folder import SiteFolder
from support.wheels import ROOT

import importmap
from importmap import Registry

MANIFEST = "importmap/importmap.json"
MODULE = "importmap/static/importmap/lazy.js"


def test_the_manifest_is_up_to_date() -> None:
    """If not: `importmap build -o importmap/importmap.json`."""
    command = [sys.executable, "-m", "importmap", "build", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (ROOT / MANIFEST).read_text(encoding="utf-8") == done.stdout


def test_it_is_in_the_wheel(own_wheel: Path) -> None:
    with zipfile.ZipFile(own_wheel) as wheel:
        for name in (MANIFEST, MODULE):
            assert wheel.read(name) == (ROOT / name).read_bytes()
        [entry_points] = [name for name in wheel.namelist() if name.endswith("/entry_points.txt")]
        assert "[importmap]\nimportmap = importmap\n" in wheel.read(entry_points).decode()


@pytest.fixture
def own(site: SiteFolder) -> None:
    """Where nothing else is installed."""
    site.add_own()


@pytest.mark.usefixtures("own")
def test_it_is_on_no_page_that_does_not_ask() -> None:
    registry = Registry(strict=True)
    assert registry.load(["lazy"]).imports == {"importmap/lazy": "/static/importmap/lazy.js"}
    assert registry.load() == importmap.ImportMap()
    assert registry.contexts == ("default", "lazy")
    assert registry.diagnostics(["default", "lazy"]) == ()


@pytest.mark.usefixtures("own")
def test_a_site_that_has_another_name_for_it() -> None:
    registry = Registry(contexts={"public": {"enable": ["hatch-importmap"]}})
    assert registry.load(["public"]) == registry.load(["lazy"])
    with pytest.raises(importmap.UnknownContextError):
        Registry(disable=["hatch-importmap"]).load(["lazy"])


def test_it_is_small() -> None:
    """Pages wait for it."""
    [module] = json.loads((ROOT / MANIFEST).read_text(encoding="utf-8"))["modules"].values()
    assert "imports" not in module
    assert module["size"] < 5000
