"""Where a file is expected there can be a pipe, a socket, a folder or a device: nothing waits for it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support.site_folder import manifest, write

import importmap

HOME = str(Path(importmap.__file__).parent.parent)
INFO = "site/demo-1.0.dist-info"
STATIC = "site/demo/static/demo"
FILES = {
    f"{INFO}/entry_points.txt": "[importmap]\ndemo = demo\n",
    f"{INFO}/METADATA": "Name: demo\nVersion: 1.0\n",
    f"{INFO}/RECORD": f"{STATIC[5:]}/a.js,,\n{STATIC[5:]}/a.js.map,,\n{STATIC[5:]}/b.svg,,\n",
    f"{INFO}/direct_url.json": "{}",
    f"{INFO}/top_level.txt": "demo",
    f"{INFO}/extra_metadata/importmap.json": json.dumps(
        manifest(
            "demo",
            {"a": "demo/a.js"},
            modules={"demo/a.js": {"assets": ["./b.svg"], "imports": ["other"]}},
            requires={"other": "*"},
        )
    ),
    "site/demo/__init__.py": "",
    "site/demo/importmap.json": "",
    f"{STATIC}/a.js": "export default 1\n//# sourceMappingURL=a.js.map\n",
    f"{STATIC}/a.js.map": "{}",
    f"{STATIC}/b.svg": "<svg/>",
    "site/other-1.0.egg/EGG-INFO/entry_points.txt": "[importmap]\nother = other\n",
    "site/other-1.0.egg/EGG-INFO/PKG-INFO": "Name: other\nVersion: 1.0\n",
    "site/other-1.0.egg/other/__init__.py": "",
    "site/other-1.0.egg/other/importmap.json": json.dumps(manifest("other", {".": "other/x.js"})),
    "site/other-1.0.egg/other/static/other/x.js": "",
    "shop/pyproject.toml": '[project]\nname = "shop"\n[tool.importmap.imports]\ncart = "shop/cart.js"\n',
    "shop/static/shop/cart.js": "export default 2\n",
    "shop/importmap.json": "{}",
    "importmap.lock": "",
    "out/importmap.json": "",
}
#: Each command, as one process; those that write leave nothing that another one reads.
COMMANDS = [
    ["list"],
    ["show"],
    ["check"],
    ["why", "demo/a"],
    ["graph"],
    ["export", "deno"],
    ["collect", "out"],
    ["build", "shop"],
    ["lock", "--check"],
    ["check", "--project", "shop/pyproject.toml"],
    ["show", "--project", "shop/importmap.json"],
    ["show", "--lock", "importmap.lock"],
]
CODE = f"""
import io, sys
from contextlib import redirect_stderr, redirect_stdout
import importmap
from importmap.__main__ import main
for command in {COMMANDS!r}:
    said = io.TextIOWrapper(io.BytesIO())
    sys.argv = ["importmap", *command]
    try:
        with redirect_stdout(said), redirect_stderr(said):
            main()
    except SystemExit:
        pass
    said.flush()
    assert b"Traceback" not in said.buffer.getvalue(), said.buffer.getvalue().decode()
try:
    importmap.load()
except importmap.ImportMapError:
    pass
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kinds")
    for path, text in FILES.items():
        write((folder / path).parent, {Path(path).name: text})
    (folder / "importmap.lock").unlink()
    shutil.rmtree(folder / "out")
    return folder


def run(folder: Path) -> None:
    """Run all commands in a process that is killed if one of them waits."""
    paths = [folder / "site", folder / "site" / "other-1.0.egg", HOME]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=folder, env=env, timeout=20
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="this platform has neither pipes nor sockets with names"
)
@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "device"])
@pytest.mark.parametrize("path", FILES)
def test_a_file_of_another_kind(path: str, kind: str, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = site / path
    place.parent.mkdir(exist_ok=True)
    kept = place.read_bytes() if place.exists() else None
    place.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind == "device":
        place.symlink_to("/dev/zero")
    else:
        # The names of sockets are short.
        monkeypatch.chdir(place.parent)
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(place.name)
    try:
        run(site)
    finally:
        if kind == "folder":
            place.rmdir()
        else:
            place.unlink()
        if kept is not None:
            place.write_bytes(kept)
        shutil.rmtree(site / "out", ignore_errors=True)
