"""`manage.py importmap`: the command line, with the site's configuration."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line
from support.site_folder import SiteFolder
from support.wheels import ROOT

from importmap._cli.app import cli

if TYPE_CHECKING:
    from pytest_django import Settings

MAP = {"imports": {"demo/editor": "/files/demo/editor.js"}}
EXTRA = 'The command line needs its extra: python -m pip install "hatch-importmap[cli]"'


@pytest.fixture(autouse=True)
def demo(django_site: SiteFolder, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> SiteFolder:
    """A site with a package, and a configuration that shows."""
    django_site.install("demo", {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}})
    settings.STATIC_URL = "/files/"
    settings.IMPORTMAP = {"enable": ["demo"]}
    # What `--settings` changes is undone.
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", os.environ["DJANGO_SETTINGS_MODULE"])
    return django_site


def run(*args: str) -> int:
    """Run `manage.py` with some arguments.

    :returns: the exit status.
    """
    try:
        execute_from_command_line(["manage.py", *args])
    except SystemExit as done:
        return int(done.code or 0)
    return 0


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("importmap", "show", "admin", "--json") == 0
    assert json.loads(capsys.readouterr().out) == MAP


@pytest.mark.parametrize(
    "args",
    [
        ["--settings=support.django_site.settings", "show", "admin", "--json"],
        ["show", "admin", "--json", "--settings", "support.django_site.settings", "-v", "0"],
        ["show", "-v2", "admin", "--pythonpath", ".", "--json", "--no-color"],
        ["show", "--verbosity=3", "--json", "--traceback", "admin", "--force-color"],
    ],
)
def test_options_of_django_may_stand_anywhere(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("importmap", *args) == 0
    assert json.loads(capsys.readouterr().out) == MAP


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("importmap", "list", "--format", "json") == 0
    [package] = json.loads(capsys.readouterr().out)["packages"]
    assert (package["distribution"], package["contexts"]) == ("demo", ["admin"])


def test_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("importmap", "why", "demo/editor", "--base-url", "/elsewhere/") == 0
    assert "/elsewhere/demo/editor.js" in capsys.readouterr().out


def test_what_the_site_decides(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.IMPORTMAP = {"enable": ["demo"], "overrides": {"demo/editor": "/new.js"}}
    assert run("importmap", "list", "--format", "json") == 0
    [found] = json.loads(capsys.readouterr().out)["overrides"]
    assert (found["specifier"], found["url"]) == ("demo/editor", "/new.js")
    assert run("importmap", "why", "demo/editor") == 0
    out = capsys.readouterr().out
    assert "    site    overrides: '/new.js'\n" in out
    assert "    in place of demo's own demo/editor.js\n" in out


def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    """The exit status is that of the command line."""
    assert run("importmap", "check") == 1
    assert "error IM218: demo: " in capsys.readouterr().out


def test_collect(demo: SiteFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo.add({"demo": {"__init__.py": "", "static": {"demo": {"editor.js": "demo/editor.js"}}}})
    assert run("importmap", "collect", str(tmp_path / "out"), "--no-hash") == 0
    assert (tmp_path / "out" / "demo" / "editor.js").read_text() == "demo/editor.js"
    assert capsys.readouterr().out == f"{tmp_path / 'out'}: 2 written, 0 unchanged, 0 removed.\n"


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("importmap", "shwo") == 2
    assert capsys.readouterr().err.startswith("Usage: manage.py importmap [OPTIONS] COMMAND")
    # Django's options have no short forms here that could be mistaken for others.
    assert run("importmap", "show", "--form=json", "--sett=x") == 2


def test_an_unknown_context(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("importmap", "show", "admn") == 1
    assert "knows the context 'admn'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "args", [["help", "importmap"], ["importmap", "--help"], ["importmap", "-h", "--no-color"]]
)
def test_help(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*args) == 0
    out = capsys.readouterr().out
    assert out.startswith("Usage: manage.py importmap [OPTIONS] COMMAND [ARGS]...\n")
    assert "  why      Who provides a module" in out


def test_help_of_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("importmap", "show", "--help") == 0
    assert capsys.readouterr().out.startswith("Usage: manage.py importmap show [OPTIONS] [CONTEXT]...\n")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours, not Django's."""
    assert run("importmap", "--version") == 0
    assert capsys.readouterr().out == f"{version('hatch-importmap')}\n"


def test_it_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("help") == 0
    assert "    importmap" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("options", "color"), [([], None), (["--no-color"], False), (["--force-color"], True)]
)
def test_color(options: list[str], color: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Click does with it what Django would."""
    seen = []
    monkeypatch.setattr(cli, "main", lambda args, **extra: seen.append((args, extra["color"])))
    call_command("importmap", "list", *options)
    assert seen == [(["list"], color)]


def test_call_command() -> None:
    out = io.StringIO()
    call_command("importmap", "show", "admin", "--json", stdout=out)
    assert json.loads(out.getvalue()) == MAP
    call_command("importmap", "show", ["admin"], "--json", stdout=(out := io.StringIO()))
    assert json.loads(out.getvalue()) == MAP


def test_call_command_that_fails() -> None:
    """What ends a process is an exception in a program."""
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"^importmap show admn ended with status 1\.$") as caught:
        call_command("importmap", "show", "admn", stderr=err)
    assert caught.value.returncode == 1
    assert "knows the context 'admn'" in err.getvalue()
    with pytest.raises(CommandError, match=r"^importmap shwo ended with status 2\.$") as caught:
        call_command("importmap", "shwo", stderr=err)
    assert caught.value.returncode == 2


def test_settings_that_are_refused(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.IMPORTMAP = {"strict": "no"}
    assert run("importmap", "show") == 1
    message = "CommandError: settings.IMPORTMAP['strict']: strict must be True or False, not 'no'.\n"
    assert capsys.readouterr() == ("", message)


def test_without_the_extra(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "importmap._cli.app", None)
    assert run("importmap", "show") == 1
    assert capsys.readouterr() == ("", f"CommandError: {EXTRA}\n")
    with pytest.raises(SystemExit) as caught:
        execute_from_command_line(["manage.py", "help", "importmap"])
    assert caught.value.code == EXTRA


def test_a_process_of_its_own() -> None:
    """As a person types it, without anything that this process has set up."""
    args = ["importmap", "list", "--settings=support.django_site.settings", f"--pythonpath={ROOT / 'tests'}"]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "django", *args], env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[:4] == ["distribution", "version", "namespace", "contexts"]
