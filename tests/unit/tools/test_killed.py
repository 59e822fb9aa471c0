"""Commands that are killed: nothing half-written has a final name, and the next run makes all whole."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from support.killing import kills, run
from support.profiles import check_seen
from support.projects import snapshot
from support.shipping import ship
from support.site_folder import SiteFolder, write

from importmap._base.writing import is_temporary
from importmap._tools.collect import NOTE

pytestmark = pytest.mark.skipif("sys.platform == 'emscripten'", reason="it has no processes")

#: Two states of one package: other content, a file less, a file more, a plain one that changes.
OLD = {"demo/a.js": "a" * 9_000, "demo/deep/b.js": "b", "demo/gone/c.js": "c"}
NEW = {"demo/a.js": "A" * 9_000, "demo/deep/b.js": "b", "demo/more/d.js": "d"}


def install(site: SiteFolder, files: dict[str, str], asset: str) -> None:
    shutil.rmtree(site.path / "demo", ignore_errors=True)
    edges = {"demo/a.js": {"assets": ["./x.svg"]}}
    entries = {path.removeprefix("demo/").removesuffix(".js"): path for path in files}
    ship(site, "demo", files, entries, edges=edges, assets={"demo/x.svg": asset})


def tree(out: Path) -> dict[str, bytes | None]:
    """All of a folder, empty folders too."""
    folders = {f"{path.relative_to(out).as_posix()}/": None for path in out.rglob("*") if path.is_dir()}
    return {**snapshot(out), **folders}


def check_served(out: Path, contents: set[bytes], hashed: bool) -> bool:
    """What is served is whole, and the index is right; whether there is one."""
    for path in out.rglob("*"):
        if path.is_file() and not is_temporary(path.name) and path.name not in ("importmap.json", NOTE):
            assert path.read_bytes() in contents
    index = out / "importmap.json"
    if not index.exists():
        return False
    document = json.loads(index.read_text())
    for path, row in document["files"].items():
        content = (out / row["file"]).read_bytes()
        if hashed and row["file"] != path:
            assert base64.b64encode(hashlib.sha384(content).digest()).decode() == row["sha384"]
    return True


@pytest.mark.parametrize("options", [[], ["--no-hash"]], ids=["hashed", "plain"])
def test_collect(options: list[str], site: SiteFolder, tmp_path: Path) -> None:
    """Runs are killed in a new folder, in one that has an older state, and in one of a killed run."""
    out, fresh = tmp_path / "out", {}
    states = {"old": (OLD, "1"), "new": (NEW, "2")}
    moments = 0
    for name, state in states.items():
        install(site, *state)
        moments = run(site.path, ["collect", tmp_path / name, *options]) or 0
        fresh[name] = tree(tmp_path / name)
    contents = {text.encode() for text in (*OLD.values(), *NEW.values(), "1", "2")}
    # Our own module, where the tests have an installation.
    contents |= {path.read_bytes() for path in (tmp_path / "new").rglob("lazy*.js")}
    seen: Counter[str] = Counter()
    for number, moment in enumerate(kills(moments, 20, seed=4)):
        if number % 3 == 0:
            shutil.rmtree(out, ignore_errors=True)
        name = ("old", "new")[number % 2]
        install(site, *states[name])
        seen["killed"] += run(site.path, ["collect", out, *options], moment=moment) is None
        seen["index"] += check_served(out, contents, hashed=not options)
        seen["leftovers"] += any(is_temporary(path.name) for path in out.rglob("*"))
        seen["note"] += (out / NOTE).exists()
        if number % 4 != 3:
            # The next run is of the other state.
            name = ("new", "old")[number % 2]
            install(site, *states[name])
            run(site.path, ["collect", out, *options])
            assert tree(out) == fresh[name]
    check_seen(seen, "killed", "index", "leftovers", "note")


@pytest.mark.parametrize(
    "command",
    [["lock"], ["export", "importmap"], ["graph"], ["build", "../shop/pyproject.toml"]],
    ids=lambda command: command[0],
)
def test_other_commands(command: list[str], site: SiteFolder, tmp_path: Path) -> None:
    """The file is the old one or the new one; the next run leaves nothing else."""
    install(site, OLD, "1")
    table = '[project]\nname = "shop"\nversion = "1"\n[tool.importmap.imports]\n"*" = "shop/*.js"\n'
    shop = write(site.path.parent / "shop", {"pyproject.toml": table, "static": {"shop": {"a.js": "1"}}})
    folder = tmp_path / "folder"
    folder.mkdir()
    whole: set[bytes] = set()
    moments = 0
    for files in (OLD, NEW):
        install(site, files, "1")
        write(shop / "static" / "shop", {f"{len(whole)}.js": "1"})
        moments = run(site.path, [*command, "-o", folder / "out"]) or 0
        whole.add((folder / "out").read_bytes())
    assert len(whole) == 2
    for moment in kills(moments, 5, seed=7):
        run(site.path, [*command, "-o", folder / "out"], moment=moment)
        assert (folder / "out").read_bytes() in whole
        run(site.path, [*command, "-o", folder / "out"])
        assert [path.name for path in folder.iterdir()] == ["out"]
