from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from importmap._base.writing import (
    InUseError,
    kept_for_this_process,
    leftovers,
    remove_leftovers,
    write_atomically,
)


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


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="no device that takes anything")
def test_a_device(tmp_path: Path) -> None:
    """It is written to. A file in its place would be the end of it."""
    (tmp_path / "x").symlink_to(os.devnull)
    write_atomically(str(tmp_path / "x"), b"new")
    assert (tmp_path / "x").is_char_device()
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_leftovers(tmp_path: Path) -> None:
    """Of processes that were killed; what only looks like one stays."""
    for name in (".importmap-abc.tmp", ".importmap-.tmp"):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / ".importmap-folder.tmp").mkdir()
    for name in ("x.tmp", ".importmap-x", "importmap-x.tmp"):
        (tmp_path / name).write_bytes(b"")
    assert leftovers(str(tmp_path)) == [".importmap-.tmp", ".importmap-abc.tmp", ".importmap-folder.tmp"]
    remove_leftovers(str(tmp_path))
    assert leftovers(str(tmp_path)) == [".importmap-folder.tmp"]
    assert len([*tmp_path.iterdir()]) == 4
    assert leftovers(str(tmp_path / "missing")) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_leftover_that_is_a_pipe(tmp_path: Path) -> None:
    """Nobody waits for it."""
    os.mkfifo(tmp_path / ".importmap-x.tmp")
    remove_leftovers(str(tmp_path))
    assert [*tmp_path.iterdir()] == []


@contextmanager
def at_work(path: Path) -> Iterator[None]:
    """Another process that has locked a file or a folder."""
    code = (
        "import fcntl, os, sys\n"
        "fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)\n"
        "print('locked', flush=True)\n"
        "sys.stdin.read()\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code, path], **pipes) as process:  # type: ignore[call-overload]  # pipes
        assert process.stdout.readline() == b"locked\n"
        yield
        process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other locks")
@pytest.mark.skipif(sys.platform == "emscripten", reason="it has no processes")
def test_other_processes(tmp_path: Path) -> None:
    """What they write stays while they are at work; a process that was killed is not."""
    (tmp_path / ".importmap-x.tmp").write_bytes(b"half")
    with at_work(tmp_path / ".importmap-x.tmp"):
        remove_leftovers(str(tmp_path))
        assert (tmp_path / ".importmap-x.tmp").exists()
    remove_leftovers(str(tmp_path))
    assert not (tmp_path / ".importmap-x.tmp").exists()
    with at_work(tmp_path), pytest.raises(InUseError), kept_for_this_process(str(tmp_path)):
        pytest.fail("two processes have the folder")
    with (
        kept_for_this_process(str(tmp_path)),
        pytest.raises(InUseError),
        kept_for_this_process(str(tmp_path)),
    ):
        pytest.fail("two callers have the folder")


def test_a_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written; but nobody can tell which of them are left over."""

    def fails(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(fcntl, "flock", fails)
    (tmp_path / ".importmap-x.tmp").write_bytes(b"half")
    with kept_for_this_process(str(tmp_path)):
        remove_leftovers(str(tmp_path))
        write_atomically(str(tmp_path / "y"), b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".importmap-x.tmp", "y"]


def test_a_file_that_is_taken_for_a_leftover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is locked: it is written again."""
    really = os.chmod
    taken: list[str] = []

    def chmod(path: str, mode: int) -> None:
        if not taken:
            taken.append(path)
            Path(path).unlink()
        really(path, mode)

    monkeypatch.setattr(os, "chmod", chmod)
    write_atomically(str(tmp_path / "x"), b"new")
    assert len(taken) == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x": b"new"}


def test_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    with pytest.raises(FileNotFoundError):
        write_atomically("", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
