"""Same installed set, same bytes: whatever the hash seed, and the order of the folder and its listing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.site_folder import SiteFolder

SCRIPT = """
import os, random, sys
import packaging.version
listdir, order = os.listdir, random.Random({seed})
def shuffled(path="."):
    return order.sample(names := listdir(path), len(names))
os.listdir = shuffled
sys.path[:0] = order.sample({folders!r}, 2)
import importmap
registry = importmap.Registry(contexts={{"admin": {{"enable": ["p1", "p2"]}}, "b": {{}}, "c": {{}}}})
import_map = registry.load(["c", "admin", "default", "b"])
print(import_map.render(attrs={{"nonce": "x"}}, preload=["p1/editor"]))
print(import_map.to_json(indent=1, extensions=True))
print(*registry.diagnostics(["admin"]), sep="\\n")
"""


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """Two folders with packages that share files, borrow from each other, and miss things."""
    made = []
    for half in (0, 1):
        folder = SiteFolder(tmp_path / str(half))
        for number in range(half, 8, 2):
            name = f"p{number}"
            folder.install(
                name,
                {
                    "editor": f"{name}/editor.js",
                    "shared": {"path": "shared/x.js", "contexts": ["admin", "default"]},
                },
                private={"#dom": {"path": f"{name}/dom.js"}},
                vendored={"lit": {"path": f"{name}/lit.js", "version": f"3.{number % 3}"}}
                if number > 3
                else {},
                requires={"lit": ">=3", "react": "*"},
            )
        made.append(str(folder.path))
    return made


def test_same_bytes(folders: list[str]) -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT.format(folders=folders, seed=seed)],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in range(4)
    }
    [output] = outputs
    assert output.count(b"shared/x.js") > 4
