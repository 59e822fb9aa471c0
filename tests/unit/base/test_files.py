from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from importmap._base.files import write_atomically


def test_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomically("x.json", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]
    assert (tmp_path / "x.json").read_bytes() == b"new"


def test_an_older_file(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"older and longer")
    write_atomically(str(tmp_path / "x.json"), b"new")
    assert (tmp_path / "x.json").read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.skipif(sys.platform == "emscripten", reason="its file system does not ask the umask")
def test_as_readable_as_any_file(tmp_path: Path) -> None:
    (tmp_path / "any").write_bytes(b"")
    write_atomically(str(tmp_path / "x.json"), b"new")
    assert stat.S_IMODE((tmp_path / "x.json").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "any").stat().st_mode
    )


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    """Nothing is left behind."""
    (tmp_path / "x.json").mkdir()
    with pytest.raises(OSError, match=r"x\.json"):
        write_atomically(str(tmp_path / "x.json"), b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(str(tmp_path / "missing" / "x.json"), b"new")
