"""Faults of the system: each is said, and nothing that was found under one is kept."""

from __future__ import annotations

import errno
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.shipping import ship
from support.site_folder import SiteFolder

from importmap import Diagnostic, ImportMap, ImportMapError, ManifestError, Registry
from importmap._base import faults
from importmap._compose import registry as registries
from importmap._discovery.sources import Sources

WHOLE = ImportMap({"demo/editor": "/static/demo/editor.js"})
LOOP = os.strerror(errno.ELOOP)


@pytest.fixture(autouse=True)
def installed(site: SiteFolder) -> SiteFolder:
    site.install("demo")
    return site


def links_to_itself(path: Path) -> Callable[[], None]:
    """Make a file or folder that the system does not open; return what mends it."""
    path.rename(path.with_suffix(".away"))
    try:
        path.symlink_to(path.name)
    except OSError:
        pytest.skip("this system makes no links")

    def mend() -> None:
        path.unlink()
        path.with_suffix(".away").rename(path)

    return mend


def said(place: Path, distribution: str) -> Diagnostic:
    message = f"the system does not let it be read: {LOOP}. It is left out."
    return Diagnostic("IM112", "error", message, distribution=distribution, place=str(place))


PLACES = [
    ("demo-1.0.dist-info/entry_points.txt", "demo"),
    ("demo-1.0.dist-info/extra_metadata/importmap.json", "demo"),
    ("demo-1.0.dist-info/extra_metadata", "demo"),
]


@pytest.mark.parametrize(("name", "distribution"), PLACES)
def test_what_cannot_be_read(
    name: str, distribution: str, site: SiteFolder, caplog: pytest.LogCaptureFixture
) -> None:
    mend = links_to_itself(site.path / name)
    place = site.path / PLACES[1][0] if name.endswith("extra_metadata") else site.path / name
    registry, strict = Registry(), Registry(strict=True)
    with caplog.at_level(logging.INFO, "importmap"):
        assert registry.load() == registry.load() == ImportMap()
    # It is said once, and each load looks at the file.
    assert [record.getMessage() for record in caplog.records] == [f"IM112 {said(place, distribution)}"]
    assert registry.diagnostics() == (said(place, distribution),)
    for _ in range(2):
        with pytest.raises(ImportMapError) as caught:
            strict.load()
        assert caught.value.diagnostics == (said(place, distribution),)
    mend()
    assert registry.load() == strict.load() == WHOLE
    assert registry.load() is registry.load()
    assert registry.diagnostics() == ()


def test_a_folder_of_the_path(site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "more"
    SiteFolder(folder).install("more")
    monkeypatch.syspath_prepend(str(folder))
    mend = links_to_itself(folder)
    registry = Registry()
    assert registry.load() == WHOLE
    assert registry.diagnostics() == (said(folder, ""),)
    mend()
    assert set(registry.load().imports) == {"demo/editor", "more/editor"}


def test_an_answer_that_changes_is_looked_at(site: SiteFolder) -> None:
    """Nothing is read again as long as the system says the same."""
    path = site.path / PLACES[0][0]
    links_to_itself(path)
    registry = Registry()
    before = registry.load()
    assert registry.load() is before
    path.unlink()
    # Now it is absent.
    assert registry.load() is not before
    assert registry.diagnostics() == ()


def test_maps_with_faults_are_bounded(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    links_to_itself(site.path / PLACES[0][0])
    monkeypatch.setattr(registries, "MAPS", 8)
    registry = Registry()
    for number in range(20):
        registry.load(["default"] * (number + 1))
        assert len(registry._older) <= 4
    assert registry._maps == {}


class Failing:
    """Serves files, and fails as a storage on a broken disk does."""

    def __init__(self) -> None:
        self.fails: set[str] = set()

    def url(self, public_path: str) -> str:
        self._fail("url")
        return f"/static/{public_path}"

    def read(self, public_path: str) -> bytes:
        self._fail("read")
        return b"text"

    def integrity(self, public_path: str) -> str | None:
        return None

    def _fail(self, what: str) -> None:
        if what in self.fails:
            raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("what", ["url", "read"])
@pytest.mark.parametrize("carried", [False, True])
def test_a_storage_that_fails(what: str, carried: bool, site: SiteFolder) -> None:
    """The file is left out, or has no integrity; copies that cannot be compared stay apart."""
    if carried:
        for name in ("one", "two"):
            vendored = {"lit": {"path": f"{name}/lit.js", "version": "1"}}
            site.install(name, {"a": f"{name}/a.js"}, vendored=vendored, edges={})
    static = Failing()
    registry = Registry(static=static, integrity=True)
    static.fails = {what}
    broken = registry.load()
    messages = {problem.message for problem in registry.diagnostics() if problem.severity != "info"}
    assert messages == {f"the system does not let it be read: {os.strerror(errno.EIO)}. It is left out."}
    static.fails = set()
    whole = registry.load()
    assert whole != broken
    assert whole.imports["demo/editor"] == "/static/demo/editor.js"
    assert {"/static/demo/editor.js"} <= whole.integrity.keys()


CHILD = """
import json, os, sys
sys.path.insert(0, {folder!r})
import importmap
registry = importmap.Registry()
{before}
first = dict(registry.load().imports)
codes = sorted(dict.fromkeys(problem.code for problem in registry.diagnostics()))
{after}
print(json.dumps([first, codes, dict(registry.load().imports)]))
"""


def in_child(site: SiteFolder, before: str, after: str) -> Any:
    code = CHILD.format(folder=str(site.path), before=before, after=after)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_no_descriptor_is_free(site: SiteFolder) -> None:
    # Everything that `load` imports is imported before, for that needs files as well.
    before = (
        "importmap.Registry().load(); import logging, resource, encodings.idna\n"
        "logging.getLogger('importmap').addHandler(logging.NullHandler())\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); taken = []\n"
        "try:\n    while True: taken.append(os.open(os.devnull, os.O_RDONLY))\nexcept OSError: pass"
    )
    first, codes, then = in_child(site, before, "[os.close(number) for number in taken]")
    assert (first, codes) == ({}, ["IM112"])
    assert then["demo/editor"] == "/static/demo/editor.js"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be another user")
@pytest.mark.parametrize("name", [".", "demo-1.0.dist-info"])
def test_another_user(name: str, site: SiteFolder) -> None:
    """Who may not look into a folder does not know what is in it."""
    for folder in [*site.path.resolve().parents][:-2]:
        folder.chmod(0o755)
    (site.path / name).chmod(0o700)
    before = (
        "importmap.Registry().load(); import logging\n"
        "logging.getLogger('importmap').addHandler(logging.NullHandler()); os.seteuid(65534)"
    )
    first, codes, then = in_child(site, before, "os.seteuid(0)")
    assert ("demo/editor" in first, codes) == (False, ["IM112"])
    assert then["demo/editor"] == "/static/demo/editor.js"


def test_what_the_system_says_of_a_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    taken = faults.take(said(tmp_path / name, "") for name in ("file", "loop", "none"))
    assert list(taken.values()) == [-1, errno.ELOOP, errno.ENOENT]
    for path in ("a\0b", "/a\0b"):
        assert faults.take([said(Path(path), "")]) == {path: -1}
    assert faults.has_changed({str(tmp_path): -1})
    assert not faults.has_changed({str(tmp_path): 0, str(tmp_path / "loop"): errno.ELOOP})


def test_a_folder_that_is_listed_and_not_opened(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    if not {os.open, os.stat} <= os.supports_dir_fd:
        pytest.skip("this system opens no folders")
    original = os.open

    def refuse(path: Any, *args: Any, **kwargs: Any) -> int:
        if path == str(site.path):
            raise OSError(errno.ELOOP, LOOP, path)
        return original(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "supports_dir_fd", {*os.supports_dir_fd, refuse})
    assert Registry().diagnostics() == (said(site.path, ""),)


def test_a_file_that_is_too_large(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no fault of the system, and does not pass."""
    ship(site, "kit", {"kit/a.js": "a"})
    [kit] = [found for found in Registry().packages if found.distribution == "kit"]
    place = site.path / "kit" / "static" / "kit" / "a.js"
    large = "^kit: .*a.js: the file of 'kit/a.js' cannot be read: too large"
    with monkeypatch.context() as patched:
        patched.setattr("importmap._discovery.sources.read_file", too_large)
        with pytest.raises(ManifestError, match=large):
            Sources(kit).read("kit/a.js")
    mend = links_to_itself(place)
    with pytest.raises(ManifestError) as caught:
        Sources(kit).read("kit/a.js")
    assert caught.value.diagnostics == (said(place, "kit"),)
    mend()
    monkeypatch.setattr("importmap._discovery.sources.os.path.realpath", null)
    assert Sources(kit)._content(str(place), [], "kit/a.js") is None


def too_large(*_: object) -> bytes:
    raise OSError(errno.EFBIG, "too large")


def null(_: object) -> str:
    raise ValueError("embedded null byte")
