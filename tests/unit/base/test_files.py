"""Files are read only if they are files."""

from __future__ import annotations

import os
import re
import socket
import stat
from pathlib import Path

import pytest

from importmap._base import files
from importmap._base.files import LIMIT, read_file, read_if_there


def special(path: Path, kind: str) -> None:
    """Make what is no regular file."""
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no pipes with names on this platform")
        os.mkfifo(path)
    elif kind == "socket":
        if not hasattr(socket, "AF_UNIX"):
            pytest.skip("no sockets with names on this platform")
        # Their names are short.
        here = Path.cwd()
        os.chdir(path.parent)
        try:
            with socket.socket(socket.AF_UNIX) as opened:
                opened.bind(path.name)
        finally:
            os.chdir(here)
    else:
        if not Path("/dev/zero").exists():
            pytest.skip("no such device on this platform")
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "device"])
def test_only_files_are_read(tmp_path: Path, kind: str) -> None:
    special(tmp_path / "x", kind)
    with pytest.raises(OSError, match=re.escape(str(tmp_path / "x"))) as caught:
        read_file(tmp_path / "x")
    assert caught.value.filename == str(tmp_path / "x")
    with pytest.raises(OSError, match=re.escape(str(tmp_path / "x"))):
        read_if_there(str(tmp_path / "x"))
    if kind in ("pipe", "device"):
        assert caught.value.strerror == "it is not a regular file"


@pytest.mark.parametrize("size", [0, 1, 16383, 16384, 16385, 100_000])
def test_sizes(tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    (tmp_path / "x").write_bytes(content[:size])
    assert read_file(tmp_path / "x") == content[:size]


@pytest.mark.parametrize("name", ["missing", "file/x", "null\0"])
def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    path = f"{tmp_path}{os.sep}{name}"
    assert read_if_there(path) is None
    with pytest.raises(OSError):  # noqa: PT011  # one of two kinds
        read_file(path)


def test_a_large_file(tmp_path: Path) -> None:
    """Nothing of it is read."""
    with (tmp_path / "x").open("wb") as file:
        file.truncate(LIMIT + 1)
    with pytest.raises(OSError, match="it is larger than 64 MiB, the most that is read") as caught:
        read_file(tmp_path / "x")
    assert caught.value.filename == str(tmp_path / "x")
    assert len(read_file(tmp_path / "x", LIMIT + 1)) == LIMIT + 1


@pytest.mark.parametrize("most", [10, 100])
def test_a_file_that_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Also where a system says no sizes."""
    (tmp_path / "x").write_bytes(b"x" * 50)

    class Status:
        st_mode = stat.S_IFREG
        st_size = 5

    monkeypatch.setattr(files, "_status", lambda descriptor: Status)
    if most == 100:
        assert read_file(tmp_path / "x", most) == b"x" * 50
    else:
        with pytest.raises(OSError, match="the most that is read"):
            read_file(tmp_path / "x", most)
