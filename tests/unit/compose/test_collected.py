"""A site that serves collected files, and packages that have changed since."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.shipping import sha384, ship, static
from support.site_folder import SiteFolder, write

from importmap import Diagnostic, HashedFiles, ImportMapError, Registry
from importmap._compose.site import Site
from importmap._lock.write import encode, lock
from importmap._site.gather import Gathered
from importmap._site.settings import Settings
from importmap._tools.collect import collect

ENTRIES: dict[str, object] = {
    "a": "demo/a.js",
    "b": {"path": "demo/b.js", "contexts": ["admin"]},
    "c": {"path": "demo/c.js", "contexts": ["admin"]},
}


@pytest.fixture
def out(site: SiteFolder, tmp_path: Path) -> Path:
    """A collected folder of one distribution."""
    ship(site, "demo", {"demo/a.js": "a", "demo/b.js": "b", "demo/c.js": "c"}, ENTRIES)
    collect_all(tmp_path / "out")
    return tmp_path / "out"


def collect_all(out: Path, **settings: Any) -> None:
    site = Site(Settings(**settings))
    collect(out, Gathered(site.shipped(site.contexts)).files)


def upgrade(site: SiteFolder, **content: str) -> None:
    """Another content of some files; all else stays as it is."""
    files = {f"demo/{name}.js": content.get(name, name) for name in "abc"}
    ship(site, "demo", files, ENTRIES)


def found(out: Path, *contexts: str, **settings: Any) -> tuple[Diagnostic, ...]:
    registry = Registry(static=HashedFiles(out, "/s/"), integrity=True, **settings)
    return registry.diagnostics(contexts or ["default"])


def stale(out: Path, message: str) -> Diagnostic:
    hint = f'importmap collect "{out}"'
    return Diagnostic("IM235", "warning", message, distribution="demo", place=str(out), hint=hint)


ONE = "'demo/a.js' was collected from another file than is installed."


def test_what_is_collected_is_installed(out: Path) -> None:
    assert found(out) == found(out, "admin") == ()
    assert Registry(static=HashedFiles(out, "/s/"), integrity=True, strict=True).load().imports


def test_a_package_whose_content_alone_changed(site: SiteFolder, out: Path) -> None:
    upgrade(site, a="new")
    assert found(out) == (stale(out, ONE),)
    # The pages of the admin have none of it.
    assert found(out, "admin") == ()
    with pytest.raises(ImportMapError) as caught:
        Registry(static=HashedFiles(out, "/s/"), integrity=True, strict=True).load()
    assert caught.value.diagnostics == (stale(out, ONE),)
    collect_all(out)
    assert found(out) == ()


def test_each_map_says_the_same(site: SiteFolder, out: Path, caplog: pytest.LogCaptureFixture) -> None:
    """So that it is logged once."""
    upgrade(site, a="new", c="new")
    registry = Registry(static=HashedFiles(out, "/s/"))
    with caplog.at_level(logging.INFO, "importmap"):
        for contexts in (["default"], ["admin"], ["default", "admin"]):
            registry.load(contexts)
    message = "'demo/a.js' and 1 more were collected from other files than are installed."
    assert [record.getMessage() for record in caplog.records] == [f"IM235 {stale(out, message)}"]


def test_a_file_that_was_mended(site: SiteFolder, tmp_path: Path) -> None:
    """It was collected as it is: the manifest says now what it said then."""
    ship(site, "demo", {"demo/a.js": "a", "demo/b.js": "b", "demo/c.js": "c"}, ENTRIES)
    (static(site, "demo") / "demo" / "a.js").write_text("mended")
    out = tmp_path / "out"
    collect_all(out)
    rows = json.loads((out / "importmap.json").read_text())["files"]
    assert (rows["demo/a.js"]["sha384"], rows["demo/a.js"]["shipped"]) == (sha384("mended"), sha384("a"))
    assert "shipped" not in rows["demo/b.js"]
    assert found(out) == ()
    # The next version has what it was mended to.
    upgrade(site, a="mended")
    assert found(out) == ()
    upgrade(site, a="new")
    assert found(out) == (stale(out, ONE),)


def test_modules_without_a_digest(site: SiteFolder, out: Path) -> None:
    """Nobody can tell without reading them: `importmap collect --check` does."""
    site.install("demo", ENTRIES, modules={f"demo/{name}.js": {} for name in "abc"})
    (static(site, "demo") / "demo" / "a.js").write_text("new")
    assert found(out) == ()


def test_a_digest_that_is_known_since(site: SiteFolder, tmp_path: Path) -> None:
    site.install("demo", ENTRIES, modules={f"demo/{name}.js": {} for name in "abc"})
    write(static(site, "demo") / "demo", {f"{name}.js": name for name in "abc"})
    write(site.path / "demo", {"__init__.py": ""})
    collect_all(tmp_path / "out")
    upgrade(site)
    assert found(tmp_path / "out") == ()
    upgrade(site, a="new")
    assert found(tmp_path / "out") == (stale(tmp_path / "out", ONE),)


def test_packages_that_come_and_go(site: SiteFolder, out: Path) -> None:
    """What is not collected has no URL, which is said anyway; what is gone is in no map."""
    upgrade(site, a="new")
    ship(site, "later", {"later/x.js": "x"})
    shutil.rmtree(site.path / "demo-1.0.dist-info")
    assert [each.code for each in found(out)] == ["IM205"]


def test_an_application(site: SiteFolder, tmp_path: Path) -> None:
    """From its source tree its files have no digest; from what `importmap build` wrote they have."""
    out, project = tmp_path / "out", tmp_path / "shop" / "pyproject.toml"
    table = '[project]\nname = "demo"\nversion = "1"\n[tool.importmap.imports]\na = "demo/a.js"\n'
    write(project.parent, {"pyproject.toml": table, "static": {"demo": {"a.js": "a"}}})
    collect_all(out, project=project)
    assert found(out, project=project) == ()
    (project.parent / "static" / "demo" / "a.js").write_text("b")
    assert found(out, project=project) == ()
    packages = Registry(project=project).packages
    (tmp_path / "importmap.lock").write_bytes(encode(lock(packages, ["default"], str(project), "/")[0]))
    assert found(out, lock=tmp_path / "importmap.lock") == (stale(out, ONE),)


class Wrapped:
    """Somebody's own object, which knows some files only."""

    def url(self, public_path: str) -> str:
        return f"/s/{public_path}"

    def integrity(self, public_path: str) -> str | None:
        return None

    def read(self, public_path: str) -> bytes | None:
        return None

    def is_current(self, public_path: str, sha384: str) -> bool:
        if public_path == "demo/a.js":
            raise LookupError(public_path)
        return False


def test_another_object(site: SiteFolder, out: Path) -> None:
    """It can have the method, and need not have a folder."""
    registry = Registry(static=Wrapped())
    assert registry.diagnostics(["default"]) == ()
    assert registry.diagnostics(["admin"]) == (
        Diagnostic(
            "IM235",
            "warning",
            "'demo/b.js' and 1 more were collected from other files than are installed.",
            distribution="demo",
        ),
    )


def test_one_comparison_for_each_module(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    really = HashedFiles.is_current

    def is_current(self: HashedFiles, path: str, sha384: str) -> bool:
        asked.append(path)
        return really(self, path, sha384)

    monkeypatch.setattr(HashedFiles, "is_current", is_current)
    Registry(static=HashedFiles(out, "/s/")).load(["admin"])
    assert asked == ["demo/b.js", "demo/c.js"]
