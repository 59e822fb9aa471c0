"""What shows that a source tree has changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from support.site_folder import write

from importmap._base.stamps import digest, has_changed, is_outdated, stamp, take


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "project", {"pyproject.toml": "x = 1", "static": {"a.js": "1", "b.css": "", "c.txt": ""}}
    )


def recorded(project: Path) -> tuple[dict[str, list[int]], str]:
    paths = [project / "pyproject.toml", project / "static", project / "static" / "a.js"]
    return {str(path): stamp(str(path)) for path in paths}, digest(str(project / "pyproject.toml"))


def touch(path: Path) -> None:
    """As an editor that saves what was there, or a checkout of the same branch."""
    os.utime(path, ns=(1, 1))


def test_stamps(project: Path) -> None:
    file, folder = project / "static" / "a.js", project / "static"
    assert stamp(str(file)) == [file.stat().st_mtime_ns, 1]
    assert stamp(str(folder)) == [folder.stat().st_mtime_ns, 2]
    assert stamp(str(project / "missing")) == [0, 0]
    assert take([str(file), str(folder)]) == {str(path): stamp(str(path)) for path in (file, folder)}


def test_digest(project: Path) -> None:
    assert digest(str(project / "pyproject.toml")) == hashlib.sha256(b"x = 1").hexdigest()
    assert digest(str(project / "missing")) == ""


def test_unchanged(project: Path) -> None:
    watch, pyproject = recorded(project)
    assert not has_changed(watch)
    assert not is_outdated(watch, pyproject)
    assert not has_changed({})


@pytest.mark.parametrize("name", ["pyproject.toml", "static", "static/a.js"])
def test_touched(project: Path, name: str) -> None:
    """Worth another look, but nothing is out of date."""
    watch, pyproject = recorded(project)
    touch(project / name)
    assert has_changed(watch)
    assert not is_outdated(watch, pyproject)


def test_another_content(project: Path) -> None:
    """The recorded modules are served from where they are: their content is not recorded."""
    watch, pyproject = recorded(project)
    (project / "static" / "a.js").write_text("longer")
    assert has_changed(watch)
    assert not is_outdated(watch, pyproject)


def test_another_table(project: Path) -> None:
    watch, pyproject = recorded(project)
    (project / "pyproject.toml").write_text("x = 2")
    touch(project / "pyproject.toml")
    assert has_changed(watch)
    assert is_outdated(watch, pyproject)


def test_a_new_module(project: Path) -> None:
    watch, pyproject = recorded(project)
    (project / "static" / "new.js").write_text("")
    assert is_outdated(watch, pyproject)


def test_a_new_file_that_is_no_module(project: Path) -> None:
    watch, pyproject = recorded(project)
    (project / "static" / "new.txt").write_text("")
    assert not is_outdated(watch, pyproject)


@pytest.mark.parametrize("name", ["pyproject.toml", "static/a.js"])
def test_a_file_that_is_gone(project: Path, name: str) -> None:
    watch, pyproject = recorded(project)
    (project / name).unlink()
    assert has_changed(watch)
    assert is_outdated(watch, pyproject)
