"""A page with PyScript installs our wheel into its own Python, and that Python makes the map."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.folder_server import serving_folder
from support.module_server import NO_ICON
from support.pyodide import PYTHON, RELEASE, run_here, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.browser import Browser
    from support.npm import Npm

PACKAGES = {"@pyscript/core": "0.7.31", "pyodide": RELEASE}
#: The installer of wheels, and the requirement of ours. Pyodide's npm package lists them without their files.
LISTED = ("micropip", "packaging")

SCRIPT = """
import importmap
printed = importmap.load(["admin", "public"]).render()
"""
PAGE = """<!doctype html>
<meta charset="utf-8">
{icon}
<script type="module" src="pyscript/core.js"></script>
<script type="py" config='{config}'>
{script}
import sys
from pyscript import window
window.python = f"{{sys.platform}} {{sys.version_info[0]}}.{{sys.version_info[1]}}"
window.printed = printed
</script>
"""

#: The page loads twelve megabytes, and compiles most of them.
SECONDS = 60


@pytest.fixture
def address(npm: Npm, own_wheel: Path, example_wheel: Path, tmp_path: Path) -> Iterator[str]:
    """Serve a page and the files that it loads; the URL of the page."""
    packages, folder = npm.install(PACKAGES), tmp_path / "site"
    shutil.copytree(packages / "@pyscript/core/dist", folder / "pyscript")
    shutil.copytree(packages / "pyodide", folder / "pyodide")
    add_wheels(folder / "pyodide")
    for wheel in (own_wheel, example_wheel):
        shutil.copy(wheel, folder)
    wheels = [f"./{wheel.name}" for wheel in (own_wheel, example_wheel)]
    config = {"interpreter": "./pyodide/pyodide.mjs", "packages": wheels}
    page = PAGE.format(icon=NO_ICON, config=json.dumps(config), script=SCRIPT)
    (folder / "index.html").write_text(page, encoding="utf-8")
    with serving_folder(folder) as url:
        yield url


def add_wheels(pyodide: Path) -> None:
    """Add the wheels that Pyodide lists. Those from PyPI have other digests."""
    lock = pyodide / "pyodide-lock.json"
    document = json.loads(lock.read_bytes())
    for name in LISTED:
        entry = document["packages"][name]
        download(f"{name}=={entry['version']}", pyodide)
        entry["sha256"] = hashlib.sha256((pyodide / entry["file_name"]).read_bytes()).hexdigest()
    lock.write_text(json.dumps(document))


def download(requirement: str, folder: Path) -> None:
    options = ("--no-deps", "--only-binary", ":all:", "--python-version", PYTHON, "--dest", str(folder))
    command = [sys.executable, "-m", "pip", "download", "--quiet", *options, requirement]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def test_a_page(
    chromium: Browser, address: str, own_wheel: Path, example_wheel: Path, tmp_path: Path
) -> None:
    """The map is the same as in the Python of this process."""
    page = chromium.open(address)
    printed = page.wait_for("globalThis.printed", SECONDS)
    unpacked = unpack(tmp_path / "unpacked", str(own_wheel), str(example_wheel))
    assert f"{printed}\n" == run_here(f"{SCRIPT}print(printed)", unpacked)
    assert '"example-clock":' in printed
    assert page.evaluate("python") == f"emscripten {PYTHON}"
    assert page.complaints == []
    page.close()
