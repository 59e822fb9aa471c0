"""The command line: its output, its exit status, and what it says where click is missing."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from site_folder import Files, SiteFolder, write
from wheels import new_venv

import importmap
from importmap import Registry
from importmap.__main__ import main
from importmap._cli import cli


@pytest.fixture(autouse=True)
def installed(site: SiteFolder) -> SiteFolder:
    site.install(
        "demo",
        {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}, "preview": "demo/preview.js"},
        private={"#dom": {"path": "demo/dom.js"}},
    )
    return site


def run(*args: str | Path) -> Result:
    result = CliRunner().invoke(cli, list(map(str, args)), prog_name="importmap")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def output(*args: str | Path) -> str:
    """What is printed by a command that has nothing to complain about."""
    result = run(*args)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def words(text: str) -> list[list[str]]:
    """The rows of a table, without the line below its head."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    return [row for row in rows if row[0].isascii()]


def test_show() -> None:
    assert words(output("show")) == [
        ["specifier", "URL", "only", "for", "modules", "of"],
        ["demo/preview", "/static/demo/preview.js"],
        ["#dom", "/static/demo/dom.js", "/static/demo/"],
    ]


def test_show_contexts() -> None:
    text = output("show", "admin", "default", "--base-url", "https://cdn.example/")
    assert "https://cdn.example/demo/editor.js" in text
    assert "https://cdn.example/demo/preview.js" in text


@pytest.mark.parametrize("option", [["--json"], ["--format", "json"], ["--format=text", "--json"]])
def test_show_json(option: list[str]) -> None:
    assert output("show", "admin", *option) == Registry().load(["admin"]).to_json(indent=2) + "\n"


@pytest.mark.parametrize("option", [["--html"], ["--format", "html"]])
def test_show_html(option: list[str]) -> None:
    assert output("show", "admin", *option) == Registry().load(["admin"]).render() + "\n"


def test_show_what_a_site_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importmap import ImportMap

    blocked = ImportMap({"a": None}, {"/s/": {"b": None}})
    monkeypatch.setattr(Registry, "load", lambda self, contexts: blocked)
    assert words(output("show"))[1:] == [["a", "blocked"], ["b", "blocked", "/s/"]]


def test_long_names_are_not_folded(site: SiteFolder) -> None:
    """Into a pipe goes one line for each entry."""
    name = "x" * 300
    site.install("long", {name: f"long/{name}.js"})
    assert ["long/" + name, f"/static/long/{name}.js"] in words(output("show"))


def test_markup_in_names(site: SiteFolder) -> None:
    """Rich would take brackets for markup, and `:smile:` for a face."""
    site.install("odd", {":smile:": "odd/:x:.js"})
    assert ["odd/:smile:", "/static/odd/:x:.js"] in words(output("show"))


def test_unknown_context() -> None:
    result = run("show", "amdin")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "no package and no configuration knows the context 'amdin'. Did you mean 'admin'? "
        "Known: 'admin', 'default'.\n"
    )


@pytest.mark.parametrize(
    "args",
    [
        ["show", "--base-url", "static/"],
        ["show", "--format", "yaml"],
        ["show", "--project", "missing.toml"],
        ["list", "--html"],
        ["build", "missing"],
        ["unknown"],
    ],
)
def test_wrong_usage(args: list[str]) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


def test_wrong_base_url() -> None:
    assert run("show", "--base-url", "static/").stderr.endswith(
        "Error: Invalid value for --base-url: the static URL 'static/' must begin with '/', 'https://' "
        "or '//': a relative one would mean something else on each page\n"
    )


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(option: str) -> None:
    assert "Exit status: 0 fine, 1 problems found, 2 wrong usage." in output(option)


def test_version() -> None:
    from importlib.metadata import version

    assert version("hatch-importmap") in output("--version")


def test_list() -> None:
    assert words(output("list")) == [
        ["distribution", "version", "namespace", "contexts", "modules", "bytes"],
        ["demo", "1.0", "demo", "admin,", "default", "3", "40"],
    ]


def test_list_json() -> None:
    assert json.loads(output("list", "--format", "json")) == {
        "packages": [
            {
                "distribution": "demo",
                "version": "1.0",
                "namespace": "demo",
                "contexts": ["admin", "default"],
                "modules": 3,
                "bytes": 40,
            }
        ],
        "diagnostics": [],
    }


BAD = "[importmap]\nbad\n"


def test_warnings(site: SiteFolder) -> None:
    """They are printed once and change nothing about the exit status."""
    site.add({"bad-1.0.dist-info": {"entry_points.txt": BAD}})
    for command in ("show", "list"):
        result = run(command)
        assert result.exit_code == 0
        assert result.stderr == (
            "warning IM103: bad: bad-1.0.dist-info/entry_points.txt: the file cannot be read: "
            "line 2 has no '='. The distribution is left out.\n"
        )


def test_errors(site: SiteFolder) -> None:
    site.add({"bad-1.0.dist-info": {"entry_points.txt": BAD + "bad = bad"}})
    site.install("old")
    site.add({"old-1.0.dist-info": {"extra_metadata": {"importmap.json": "{"}}})
    result = run("list", "--format", "json")
    assert result.exit_code == 1
    assert [found["code"] for found in json.loads(result.stdout)["diagnostics"]] == ["IM103", "IM104"]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["warning IM103", "error IM104"]


def test_conflicts(site: SiteFolder) -> None:
    site.install("other", namespace="demo")
    result = run("show")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "demo and other: both claim the namespace 'demo'.\n"
        "    importmap.configure(disable=['other'])  # or 'demo': the site decides\n"
    )


@pytest.mark.parametrize(
    ("command", "document"), [(["show", "--json"], {}), (["list", "--format", "json"], {"packages": []})]
)
def test_conflicts_as_json(command: list[str], document: dict[str, Any], site: SiteFolder) -> None:
    """In place of the map or table, for programs; for people, the same sentence as ever."""
    site.install("other", namespace="demo")
    result = run(*command)
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        **document,
        "diagnostics": [
            {
                "code": "IM201",
                "severity": "error",
                "distribution": "demo and other",
                "message": "both claim the namespace 'demo'.",
                "hint": "importmap.configure(disable=['other'])  # or 'demo': the site decides",
            }
        ],
    }
    assert result.stderr.startswith("demo and other: both claim the namespace 'demo'.\n")


def test_nothing_in_the_default_context(site: SiteFolder) -> None:
    site.install(
        "demo",
        {
            "editor": {"path": "demo/editor.js", "contexts": ["admin"]},
            "view": {"path": "demo/view.js", "contexts": ["public"]},
        },
    )
    assert output("show").splitlines()[-1] == (
        "No package has entries in 'default'. Other contexts: 'admin', 'public'."
    )
    assert output("show", "--json") == '{\n  "imports": {}\n}\n'


# build

PROJECT: Files = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "2.0"\n'
    '[project.entry-points.importmap]\nshop = "shop"\n'
    '[build-system]\nbuild-backend = "flit_core.buildapi"\n'
    '[tool.importmap.imports]\ncart = "shop/cart.js"\n',
    "shop": {"__init__.py": "", "static": {"shop": {"cart.js": "1"}}},
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "my shop", PROJECT)


def test_build(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = output("build", project)
    assert json.loads(printed)["imports"] == {"shop/cart": {"contexts": ["default"], "path": "shop/cart.js"}}
    assert output("build", project / "pyproject.toml") == printed
    monkeypatch.chdir(project)
    assert output("build") == printed


def test_build_into_a_file(project: Path) -> None:
    path = project / "shop" / "importmap.json"
    assert output("build", project, "-o", path) == ""
    assert path.read_text() == output("build", project)
    assert output("show", "--project", path).count("/static/shop/cart.js") == 1


def test_build_with_warnings(project: Path) -> None:
    with (project / "pyproject.toml").open("a") as file:
        file.write('"./" = "shop/"\n')
    result = run("build", project)
    assert result.exit_code == 0
    assert result.stderr.startswith("warning IM051: ")
    assert json.loads(result.stdout)["imports"]["shop/"]["path"] == "shop/"


def test_build_with_problems(project: Path) -> None:
    """An older file stays as it was."""
    path = project / "importmap.json"
    path.write_text("older")
    with (project / "pyproject.toml").open("a") as file:
        file.write("x = 1\n")
    result = run("build", project, "-o", path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "importmap: 1 problem\n"
        "- tool.importmap.imports.x: must be a public path, a table or false, not an integer.\n"
    )
    assert path.read_text() == "older"


def test_build_into_a_folder_that_is_not_there(project: Path) -> None:
    path = project / "missing" / "importmap.json"
    result = run("build", project, "-o", path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: Could not open file '{path}': ")


def test_show_with_an_application(tmp_path: Path) -> None:
    table = '[tool.importmap]\nnamespace = "shop"\nimports.cart = "shop/cart.js"\n'
    application = write(tmp_path / "app", {"pyproject.toml": table, "static": {"shop": {"cart.js": "1"}}})
    rows = words(output("show", "--project", application / "pyproject.toml"))
    assert ["shop/cart", "/static/shop/cart.js"] in rows


# The real command


def shell(*command: str | Path, cwd: Path) -> tuple[int, str, str]:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd)
    return done.returncode, done.stdout, done.stderr


def test_the_console_script(tmp_path: Path) -> None:
    """As it is installed for these tests."""
    script = Path(sys.executable).with_name("importmap.exe" if sys.platform == "win32" else "importmap")
    assert shell(script, "show", "--json", cwd=tmp_path) == (0, '{\n  "imports": {}\n}\n', "")
    status, _, err = shell(script, "show", "amdin", cwd=tmp_path)
    assert status == 1
    assert err.startswith("no package and no configuration knows the context 'amdin'.")
    assert shell(script, "unknown", cwd=tmp_path)[0] == 2


def test_python_m(tmp_path: Path) -> None:
    shown = shell(sys.executable, "-m", "importmap", "show", "--html", cwd=tmp_path)
    assert shown == (0, Registry(disable=["demo"]).load().render() + "\n", "")


def test_main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["anything", "--help"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("Usage: importmap ")


def test_run_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delitem(sys.modules, "importmap.__main__")
    monkeypatch.setattr(sys, "argv", ["anything", "--help"])
    with pytest.raises(SystemExit):
        runpy.run_module("importmap", run_name="__main__")
    assert capsys.readouterr().out.startswith("Usage: importmap ")


def test_main_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "importmap._cli", None)
    with pytest.raises(SystemExit, match=r"^The command line needs its extra: "):
        main()


def test_main_of_a_package_that_was_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(importmap, "__distribution__")
    with pytest.raises(SystemExit, match="has overwritten the package 'importmap'"):
        main()


def test_without_the_extra(own_wheel: Path, tmp_path: Path) -> None:
    """One sentence; and the rest of the package works."""
    python = new_venv(tmp_path / "venv", own_wheel)
    sentence = 'The command line needs its extra: python -m pip install "hatch-importmap[cli]"\n'
    assert shell(python, "-m", "importmap", cwd=tmp_path) == (1, "", sentence)
    code = "import importmap; print(importmap.load().to_json())"
    assert shell(python, "-c", code, cwd=tmp_path) == (0, '{"imports":{}}\n', "")
