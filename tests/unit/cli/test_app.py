"""The command line: its output, its exit status, and what it says where click is missing."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.projects import snapshot
from support.serving import Serves
from support.shipping import sha384, ship, static
from support.site_folder import Files, SiteFolder, write
from support.wheels import new_venv, uv

import importmap
from importmap import Registry
from importmap.__main__ import main
from importmap._cli.app import cli
from importmap._cli.check import _escaped
from importmap._compose import registry


@pytest.fixture(autouse=True)
def installed(site: SiteFolder) -> SiteFolder:
    site.install(
        "demo",
        {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}, "preview": "demo/preview.js"},
        private={"#dom": {"path": "demo/dom.js"}},
    )
    return site


def run(*args: str | Path, **configured: Any) -> Result:
    """The command, on a site that a framework has configured."""
    result = CliRunner().invoke(cli, list(map(str, args)), obj=configured, prog_name="importmap")
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
        ["collect"],
        ["collect", "--hash=md5", "out"],
        ["check", "--format", "yaml"],
        ["check", "--base-url", "static/"],
        ["why"],
        ["why", "demo", "--format", "github"],
        ["why", "demo", "--base-url", "static/"],
        ["unknown"],
    ],
)
def test_wrong_usage(args: list[str]) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


@pytest.mark.parametrize("command", [["show"], ["check"], ["why", "demo"]])
def test_wrong_base_url(command: list[str]) -> None:
    assert run(*command, "--base-url", "static/").stderr.endswith(
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


DECISIONS: Any = {
    "imports": {"shop/cart": "shop/cart.js", "own": "demo/dom.js", "gone": "shop/gone.js"},
    "overrides": {"demo/editor": "shop/new.js", "demo/preview": None, "own": "/own.js", "demo/none": None},
    "shared": ["lit"],
    "static": Serves("/static/{path}", {"shop/gone.js": ""}),
}


def test_list_what_the_site_decides(site: SiteFolder) -> None:
    """In a table of its own, whatever the contexts; what does nothing is reported alone."""
    site.install("kit", {"a": "kit/a.js"}, vendored={"lit": {"path": "kit/lit.js", "version": "3.2.1"}})
    result = run("list", **DECISIONS)
    assert result.exit_code == 0
    rows = [row for line in result.stdout.splitlines() if (row := line.rstrip())]
    assert rows[4:] == [
        " the site's   specifier      URL                    package     in place of",
        " ──────────────────────────────────────────────────────────────────────────────",
        " imports      shop/cart      /static/shop/cart.js",
        " imports      gone           not served",
        " overrides    own            /own.js                            demo/dom.js",
        " overrides    demo/editor    /static/shop/new.js    demo 1.0    demo/editor.js",
        " overrides    demo/preview   blocked                demo 1.0    demo/preview.js",
        " shared       lit            /static/kit/lit.js     kit 3.2.1",
    ]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "info IM225",
        *["info IM227"] * 2,
        "warning IM205",
        "info IM227",
        *["info IM206"] * 3,
        "warning IM204",
    ]


def test_list_what_the_site_decides_as_json(site: SiteFolder) -> None:
    site.install("kit", {"a": "kit/a.js"}, vendored={"lit": {"path": "kit/lit.js", "version": "3.2.1"}})
    document = json.loads(run("list", "--format", "json", **DECISIONS).stdout)
    assert list(document) == ["packages", "imports", "overrides", "shared", "diagnostics"]
    assert document["imports"] == [
        {
            "kind": "site",
            "specifier": "shop/cart",
            "decision": "imports",
            "target": "shop/cart.js",
            "path": "shop/cart.js",
            "url": "/static/shop/cart.js",
        },
        {
            "kind": "site",
            "specifier": "gone",
            "decision": "imports",
            "target": "shop/gone.js",
            "path": "shop/gone.js",
            "url": None,
        },
    ]
    assert [item["specifier"] for item in document["overrides"]] == ["own", "demo/editor", "demo/preview"]
    assert document["overrides"][1] == {
        "kind": "public",
        "specifier": "demo/editor",
        "distribution": "demo",
        "version": "1.0",
        "contexts": ["admin"],
        "decision": "overrides",
        "target": "shop/new.js",
        "declared": {
            "distribution": "demo",
            "path": "demo/editor.js",
            "url": "/static/demo/editor.js",
            "size": 14,
            "sha384": sha384("demo/editor.js"),
        },
        "path": "shop/new.js",
        "url": "/static/shop/new.js",
    }
    assert document["shared"] == [
        {
            "kind": "shared",
            "specifier": "lit",
            "distribution": "kit",
            "version": "3.2.1",
            "decision": "shared",
            "users": ["kit"],
            "path": "kit/lit.js",
            "url": "/static/kit/lit.js",
            "size": 10,
            "sha384": sha384("kit/lit.js"),
        }
    ]


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


# collect, check and why


@pytest.fixture
def shipped(site: SiteFolder) -> Path:
    """Files for the distribution, and another one; its static root."""
    ship(
        site,
        "demo",
        {"demo/editor.js": 'import "./dom.js";', "demo/dom.js": "d", "demo/preview.js": "p"},
        {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}, "preview": "demo/preview.js"},
        edges={"demo/editor.js": {"imports": ["./dom.js"]}},
    )
    return static(site, "demo")


def test_collect(shipped: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert output("collect", out) == f"{out}: 4 written, 0 unchanged, 0 removed.\n"
    assert output("collect", out) == f"{out}: 0 written, 4 unchanged, 0 removed.\n"
    assert output("collect", out, "default") == f"{out}: 1 written, 1 unchanged, 2 removed.\n"
    assert output("collect", out, "default", "--no-hash") == f"{out}: 2 written, 0 unchanged, 1 removed.\n"
    assert sorted(snapshot(out)) == ["demo/preview.js", "importmap.json"]


def test_collect_and_a_changed_file(shipped: Path, tmp_path: Path) -> None:
    (shipped / "demo" / "preview.js").write_text("changed")
    result = run("collect", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path}/out: 4 written, 0 unchanged, 0 removed.\n")
    assert result.stderr == (
        f"warning IM219: demo: {shipped}/demo/preview.js: the file of 'demo/preview.js' is not the one "
        "that was shipped: its digest differs.\n"
    )


def test_collect_and_a_missing_file(shipped: Path, tmp_path: Path) -> None:
    """Nothing is written, and nothing removed."""
    out = tmp_path / "out"
    output("collect", out)
    before = snapshot(out)
    (shipped / "demo" / "preview.js").unlink()
    (shipped / "demo" / "dom.js").write_text("changed")
    result = run("collect", out)
    assert (result.exit_code, result.stdout) == (1, f"{out}: nothing is written.\n")
    assert result.stderr.splitlines()[1] == (
        f"error IM218: demo: {shipped}/demo/preview.js: the file of 'demo/preview.js' is missing."
    )
    assert snapshot(out) == before


def test_collect_into_somebody_elses_folder(shipped: Path, tmp_path: Path) -> None:
    write(tmp_path / "out", {"importmap.json": "{}"})
    result = run("collect", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{tmp_path}/out/importmap.json: was not written by `importmap collect`.\n"
    assert run("collect", tmp_path / "out" / "importmap.json").exit_code == 2


def test_collect_check(shipped: Path, site: SiteFolder, tmp_path: Path) -> None:
    """It writes nothing, and says what a run would mend."""
    out = tmp_path / "out"
    result = run("collect", out, "admin", "--check")
    assert (result.exit_code, result.stderr, out.exists()) == (3, "", False)
    assert result.stdout == (
        f"{out}: is out of date.\n  demo/dom.js: is missing.\n  demo/editor.js: is missing.\n"
    )
    output("collect", out, "admin")
    assert output("collect", out, "admin", "--check") == f"{out}: is up to date.\n"
    (out / ".importmap-x.tmp").write_text("")
    (shipped / "demo" / "preview.js").unlink()
    ship(
        site,
        "demo",
        {"demo/editor.js": 'import "./dom.js";', "demo/dom.js": "new", "demo/more.js": "m"},
        {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}, "more": "demo/more.js"},
    )
    before = snapshot(out)
    result = run("collect", out, "--check")
    assert (result.exit_code, result.stderr) == (3, "")
    assert result.stdout == (
        f"{out}: is out of date.\n"
        "  demo/more.js: is missing.\n"
        "  .importmap-x.tmp: is left over.\n"
        "  demo/dom.js: is left over.\n"
    )
    (shipped / "demo" / "more.js").unlink()
    result = run("collect", out, "--check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error IM218: demo: ")
    assert snapshot(out) == before
    (out / "importmap.json").write_text("{}")
    result = run("collect", out, "default", "--check")
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize("command", [["lock"], ["export", "importmap"], ["graph"]], ids=lambda each: each[0])
def test_a_folder_where_a_file_should_be(command: list[str], shipped: Path, tmp_path: Path) -> None:
    """Nothing is left behind; what a killed run has left is removed."""
    (tmp_path / "away" / "out").mkdir(parents=True)
    (tmp_path / "away" / ".importmap-x.tmp").write_text("half")
    result = run(*command, "-o", tmp_path / "away" / "out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: Could not open file '{tmp_path}/away/out': ")
    assert [path.name for path in (tmp_path / "away").iterdir()] == ["out"]


def test_collect_an_unknown_context(shipped: Path, tmp_path: Path) -> None:
    result = run("collect", tmp_path / "out", "amdin")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("no package and no configuration knows the context 'amdin'.")
    assert not (tmp_path / "out").exists()


def test_check(shipped: Path) -> None:
    assert output("check") == "'admin', 'default': 0 errors, 0 warnings, 0 notes.\n"
    assert output("check", "admin") == "'admin': 0 errors, 0 warnings, 0 notes.\n"
    assert json.loads(output("check", "--format", "json")) == {
        "contexts": ["admin", "default"],
        "diagnostics": [],
    }


@pytest.fixture
def faulty(site: SiteFolder) -> Path:
    """A module with faults; its file, in a folder whose name is hard to print."""
    code = 'import "lit";\nimport "./x.mjs"'
    edges = {"demo/a,b.js": {"imports": ["lit", "./x.mjs"]}}
    ship(site, "demo", {"demo/a,b.js": code, "demo/x.mjs": ""}, {"a": "demo/a,b.js"}, edges=edges)
    ship(site, "kit", {"kit/a.js": "a"}, vendored={"ace": {"path": "kit/a.js", "version": "1.0"}})
    ship(site, "user", {"user/a.js": "a"}, requires={"ace": "*"})
    return static(site, "demo") / "demo" / "a,b.js"


def test_check_finds_something(faulty: Path) -> None:
    result = run("check")
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout == (
        f"error IM216: demo: {faulty}:1:8: imports 'lit', which nothing provides.\n"
        "warning IM050: demo: demo/x.mjs: servers send .mjs files with the wrong type, "
        "and browsers then refuse them.\n"
        "info IM208: user: gets 'ace' 1.0 from kit.\n"
        "'default': 1 error, 1 warning, 1 note.\n"
    )


def test_check_for_github(faulty: Path) -> None:
    result = run("check", "--format", "github")
    assert (result.exit_code, result.stderr) == (1, "")
    file = str(faulty).replace(",", "%2C")
    assert result.stdout == (
        f"::error file={file},line=1,col=8,title=IM216::demo: imports 'lit', which nothing provides.\n"
        "::warning title=IM050::demo: demo/x.mjs: servers send .mjs files with the wrong type, "
        "and browsers then refuse them.\n"
        "::notice title=IM208::user: gets 'ace' 1.0 from kit.\n"
        "'default': 1 error, 1 warning, 1 note.\n"
    )


def test_check_escapes_for_github(site: SiteFolder) -> None:
    """Nothing in a message ends the line, or begins another command."""
    site.install("other%0A", namespace="demo", name="other")
    site.install("demo-fork", namespace="demo")
    result = run("check", "--format", "github")
    assert (result.exit_code, result.stderr) == (1, "")
    *lines, last = result.stdout.splitlines()
    assert (
        "::error title=IM201::demo and demo-fork: both claim the namespace 'demo'.%0A    importmap."
        in lines[0]
    )
    assert last == "1 error, 0 warnings, 0 notes."
    assert _escaped("100%: a,b\r\n::error::", ":,") == r"100%25%3A a%2Cb\r\n%3A%3Aerror%3A%3A"


def test_check_as_json(faulty: Path) -> None:
    result = run("check", "default", "--format", "json")
    assert (result.exit_code, result.stderr) == (1, "")
    document = json.loads(result.stdout)
    assert document["contexts"] == ["default"]
    assert document["diagnostics"][0] == {
        "code": "IM216",
        "severity": "error",
        "distribution": "demo",
        "place": f"{faulty}:1:8",
        "message": "imports 'lit', which nothing provides.",
    }


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_check_an_unknown_context(form: str) -> None:
    result = run("check", "amdin", "--format", form)
    assert (result.exit_code, result.stderr) == (1, "")
    assert "knows the context 'amdin'. Did you mean 'admin'?" in result.stdout


def test_why(shipped: Path) -> None:
    place, digest = shipped / "demo" / "dom.js", sha384("d")
    assert output("why", "demo/dom.js", "--base-url", "https://cdn.example/") == (
        "demo/dom.js\n"
        "  file, from demo 1.0\n"
        "    loaded  'admin'\n"
        "    path    demo/dom.js\n"
        "    url     https://cdn.example/demo/dom.js\n"
        f"    file    {place}\n"
        "    size    1\n"
        f"    sha384  {digest}\n"
        "    imported by demo/editor > demo/editor.js > ./dom.js\n"
    )


def test_why_of_a_copy(faulty: Path) -> None:
    assert run("why", "ace", "default").stdout == (
        "ace\n"
        "  vendored, from kit 1.0, as 'ace'\n"
        "    for     kit, user\n"
        "    loaded  'default'\n"
        "    path    kit/a.js\n"
        "    url     /static/kit/a.js\n"
        f"    file    {faulty.parents[3] / 'kit' / 'static' / 'kit' / 'a.js'}\n"
        "    size    1\n"
        f"    sha384  {sha384('a')}\n"
        "  Page scripts cannot import it: it is mapped for the modules of these packages only.\n"
    )


def test_why_not(faulty: Path) -> None:
    result = run("why", "lit")
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout == (
        "lit\n"
        "  imported by demo/a > demo/a,b.js > lit\n"
        "  No package has the namespace of 'lit'. Did you mean 'kit'?\n"
    )


def test_why_not_here(shipped: Path) -> None:
    result = run("why", "demo/editor", "default")
    assert (result.exit_code, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    assert lines[:4] == [
        "demo/editor",
        "  public, from demo 1.0, as 'demo/editor'",
        "    entry   'admin'",
        "    loaded  nowhere",
    ]
    assert lines[-1] == "  Pages of 'default' do not have 'demo/editor'; its contexts are 'admin'."


def test_why_of_a_missing_file(site: SiteFolder) -> None:
    """What the manifest says of it."""
    site.install("gone", {"a": "gone/a.js"})
    assert output("why", "gone/a") == (
        "gone/a\n"
        "  public, from gone 1.0, as 'gone/a'\n"
        "    entry   'default'\n"
        "    loaded  'default'\n"
        "    path    gone/a.js\n"
        "    url     /static/gone/a.js\n"
        "    size    9\n"
        f"    sha384  {sha384('gone/a.js')}\n"
    )


def test_why_of_what_the_site_decides(shipped: Path) -> None:
    configured: Any = {
        "imports": {"cdn": "https://cdn.example/x.js", "own": "/own.js"},
        "overrides": {"demo/preview": "shop/new.js", "own": None},
    }
    assert run("why", "cdn", **configured).stdout == (
        "cdn\n"
        "  site, from the site, as 'cdn'\n"
        "    site    imports: 'https://cdn.example/x.js'\n"
        "    loaded  'admin', 'default'\n"
        "    url     https://cdn.example/x.js\n"
    )
    assert run("why", "demo/preview", **configured).stdout == (
        "demo/preview\n"
        "  public, from demo 1.0, as 'demo/preview'\n"
        "    entry   'default'\n"
        "    site    overrides: 'shop/new.js'\n"
        "    loaded  'default'\n"
        "    path    shop/new.js\n"
        "    url     /static/shop/new.js\n"
        "    in place of demo's own demo/preview.js\n"
    )
    result = run("why", "own", **configured)
    assert result.exit_code == 1
    assert result.stdout == (
        "own\n"
        "  site, from the site, as 'own'\n"
        "    site    overrides: None\n"
        "    loaded  'admin', 'default'\n"
        "    in place of the site's own /own.js\n"
        "  The site's overrides block 'own'.\n"
    )


def test_why_of_equal_copies(site: SiteFolder) -> None:
    for name in ("a", "b"):
        ship(
            site,
            name,
            {f"{name}/x.js": "x", f"{name}/lit.js": "lit"},
            {"x": f"{name}/x.js"},
            edges={f"{name}/x.js": {"imports": ["lit"]}},
            vendored={"lit": {"path": f"{name}/lit.js", "version": "3.2.1"}},
        )
    about = (
        "    loaded  'default'\n"
        "    path    a/lit.js\n"
        "    url     /static/a/lit.js\n"
        f"    file    {static(site, 'a') / 'a' / 'lit.js'}\n"
        "    size    3\n"
        f"    sha384  {sha384('lit')}\n"
        "    in place of b's own b/lit.js, which is equal\n"
        "    imported by a/x > a/x.js > lit\n"
        "    imported by b/x > b/x.js > lit\n"
    )
    assert run("why", "lit").stdout == (
        f"lit\n  vendored, from a 3.2.1, as 'lit'\n    for     a, b\n{about}"
        "  Page scripts cannot import it: it is mapped for the modules of these packages only.\n"
    )
    for name in ("b/lit.js", "/static/b/lit.js"):
        assert run("why", name).stdout == f"{name}\n  file, from a 1.0\n{about}"


def test_why_as_json(shipped: Path) -> None:
    document = json.loads(output("why", "demo/preview", "--format", "json"))
    assert document == {
        "name": "demo/preview",
        "contexts": ["admin", "default"],
        "found": [
            {
                "kind": "public",
                "specifier": "demo/preview",
                "distribution": "demo",
                "version": "1.0",
                "contexts": ["default"],
                "path": "demo/preview.js",
                "url": "/static/demo/preview.js",
                "file": str(shipped / "demo" / "preview.js"),
                "size": 1,
                "sha384": sha384("p"),
                "importers": [],
                "loaded": ["default"],
            }
        ],
        "importers": [],
        "reasons": [],
        "diagnostics": [],
    }
    result = run("why", "demo/preview", "amdin", "--format", "json")
    assert result.exit_code == 1
    assert [found["code"] for found in json.loads(result.stdout)["diagnostics"]] == ["IM213"]


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
    monkeypatch.setitem(sys.modules, "importmap._cli.app", None)
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


@pytest.mark.parametrize("link_mode", ["copy", "symlink"])
def test_a_real_wheel(link_mode: str, example_wheel: Path, tmp_path: Path) -> None:
    """Collected, checked and asked about, however its files were installed."""
    target, out = tmp_path / "wheels", tmp_path / "out"
    uv("pip", "install", "--target", target, "--link-mode", link_mode, "--no-deps", example_wheel)
    manifest = json.loads(next(target.glob("*.dist-info/extra_metadata/importmap.json")).read_text())

    def importmap(*args: str | Path) -> str:
        home = Path(registry.__file__).parent.parent
        path = os.pathsep.join(map(str, [target, home]))
        command = [sys.executable, "-m", "importmap", *map(str, args)]
        env = {**os.environ, "PYTHONPATH": path}
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path, env=env)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert importmap("collect", out).endswith(" written, 0 unchanged, 0 removed.\n")
    collected = json.loads((out / "importmap.json").read_text())["files"]
    assert manifest["modules"].keys() <= collected.keys()
    for path, module in manifest["modules"].items():
        assert collected[path]["sha384"] == module["sha384"]
        assert (out / collected[path]["file"]).read_bytes() == (
            next(target / root / path for root in manifest["roots"] if (target / root / path).exists())
        ).read_bytes()
    assert importmap("check").endswith(": 0 errors, 0 warnings, 0 notes.\n")
    specifier, entry = next(iter(manifest["imports"].items()))
    assert f"    path    {entry['path']}\n" in importmap("why", specifier)


def test_check_of_a_page_that_certainly_fails(site: SiteFolder) -> None:
    """A required package is not there, and the page imports it at once: builds and deployments must stop."""
    ship(
        site,
        "needy",
        {"needy/a.js": 'import "need"'},
        edges={"needy/a.js": {"imports": ["need"]}},
        requires={"need": "*"},
    )
    result = run("check", "default", "--format", "github")
    assert result.exit_code == 1
    assert ",line=1,col=8,title=IM216::needy: imports 'need', which this package requires" in result.stdout
