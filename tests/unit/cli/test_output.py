"""Whatever packages and files are called, no command prints more than text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from contextlib import suppress
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.shipping import ship
from support.site_folder import SiteFolder, manifest

from importmap import Diagnostic, ImportMapError, Registry
from importmap._cli.app import cli
from importmap._cli.check import _annotation
from importmap._cli.output import say, say_table

#: Steers a terminal, forges an annotation, turns a line, hides, breaks a line, and is half a character.
CHARACTERS = [
    "\x1b[31m",
    "\r::error file=x::",
    "\u202e",
    "\u200b",
    "\u2028",
    "\x9b",
    "\x7f",
    "\udc9b",
    "\n::error::",
]
#: What the grammar of paths lets through of these.
HIDDEN = "a\u202eb\u200bc\u2066d\ufeffe\U000e0001f"


@pytest.fixture
def evil(site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteFolder:
    """Packages that hold all that the grammar lets through, in a folder with such a name."""
    shipped = {f"evil/{HIDDEN}.js": f'import "#{HIDDEN}"; import "../nowhere.js"', "evil/dom.js": "1"}
    ship(
        site,
        "evil",
        shipped,
        {HIDDEN: {"path": f"evil/{HIDDEN}.js", "contexts": ["default", "admin"]}, f"{HIDDEN}/": "evil/"},
        edges={f"evil/{HIDDEN}.js": {"imports": [f"#{HIDDEN}", f"lit/{HIDDEN}", f"need/{HIDDEN}"]}},
        private={f"#{HIDDEN}": {"path": "evil/dom.js"}},
        vendored={f"lit/{HIDDEN}": {"path": f"evil/{HIDDEN}.js", "version": f"1{HIDDEN}"}},
        requires={"need": "*", f"need/{HIDDEN}": f"=={HIDDEN}"},
        version=f"1{HIDDEN}",
    )
    site.install("other", vendored={f"lit/{HIDDEN}": {"path": "other/editor.js", "version": HIDDEN}})
    home = tmp_path / f"home{HIDDEN}"
    home.mkdir()
    monkeypatch.chdir(home)
    (home / "static").mkdir()
    (home / "static" / f"{HIDDEN}.js").write_text("")
    table = f'[tool.importmap]\nnamespace = "own"\n[tool.importmap.imports]\n"{HIDDEN}" = "{HIDDEN}.js"\n'
    (home / "pyproject.toml").write_text(table, encoding="utf-8")
    return site


@pytest.fixture
def hostile(evil: SiteFolder) -> SiteFolder:
    """The same beside distributions whose folders and files have names that a terminal would obey."""
    document = json.dumps(manifest("other"))
    for number, text in enumerate(CHARACTERS):
        folders: dict[str, dict[str, Any]] = {
            # A name, a version, a damaged file, a conflict of versions.
            f"e{number}{text}-1.dist-info": {"entry_points.txt": f"[importmap]\ne{number} = e{number}\n"},
            f"v{number}-1{text}.dist-info": {
                "entry_points.txt": f"[importmap]\nv{number} = v{number}\n",
                "extra_metadata": {"importmap.json": document},
            },
            f"d{number}{text}-1.dist-info": {"entry_points.txt": "[importmap]\n\u00e9"},
            f"t{number}-1{text}.dist-info": {
                "entry_points.txt": f"[importmap]\nt{number}{text} = \x1b{text}\n"
            },
            f"t{number}-2{text}.dist-info": {
                "entry_points.txt": f"[importmap]\nt{number}{text} = \x1b{text}\n"
            },
        }
        for name, files in folders.items():
            # A file system that refuses such names protects its users.
            with suppress(OSError, ValueError):
                evil.add({name: {key: as_bytes(value) for key, value in files.items()}})
    return evil


def as_bytes(value: Any) -> Any:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value


def run(*args: str | Path, **configured: Any) -> Result:
    result = CliRunner().invoke(cli, list(map(str, args)), obj=configured, prog_name="importmap")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def is_text(text: str) -> bool:
    """Whether each line of a text can only be read."""
    controls = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
    return not any(unicodedata.category(each) in controls for each in text if each != "\n")


def check_text(result: Result) -> None:
    for text in (result.stdout, result.stderr):
        assert is_text(text), ascii(text)
        # Annotations are those of GitHub's format.
        assert not any(line.lstrip().startswith("::error") for line in text.split("\n"))


NAMES = [
    f"evil/{HIDDEN}",
    f"#{HIDDEN}",
    f"lit/{HIDDEN}",
    f"evil/{HIDDEN}.js",
    f"evil/{HIDDEN}/x",
    *CHARACTERS,
]
COMMANDS = [
    *(["list", "--format", form] for form in ("text", "json")),
    *(["show", "--format", form] for form in ("text", "json", "html")),
    *(["why", name, "--format", form] for name in NAMES for form in ("text", "json")),
    *(["check", "--format", form] for form in ("text", "json")),
    *(["graph", "--format", form] for form in ("mermaid", "dot", "svg")),
    *(["export", form] for form in ("jsconfig", "tsconfig", "deno", "externals", "importmap")),
    *(["show", name] for name in CHARACTERS),
    ["show", "--project", "pyproject.toml"],
    ["lock"],
    ["build"],
    ["collect", "out"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=ascii)
def test_every_command_prints_text(command: list[str], hostile: SiteFolder) -> None:
    result = run(*command, **({"shared": [f"lit/{HIDDEN}"]} if command[0] != "build" else {}))
    check_text(result)
    assert result.stdout or result.stderr
    if "json" in command or command[0] == "export":
        assert isinstance(json.loads(result.stdout), (dict, list))


def test_json_has_the_exact_values(hostile: SiteFolder) -> None:
    document = json.loads(run("list", "--format", "json").stdout)
    assert f"1{HIDDEN}" in [row["version"] for row in document["packages"]]
    assert json.loads(run("why", f"evil/{HIDDEN}", "--format", "json").stdout)["name"] == f"evil/{HIDDEN}"
    assert run("show", "--json").stdout == Registry().load().to_json(indent=2) + "\n"


def test_locks_that_differ(evil: SiteFolder) -> None:
    assert run("lock", "-o", "old").stdout == "old: 2 packages.\n"
    evil.install("more", {HIDDEN: f"more/{HIDDEN}.js"}, version=f"2{HIDDEN}")
    evil.install("evil", {f"{HIDDEN}{HIDDEN}": f"evil/{HIDDEN}.js"}, version=f"1{HIDDEN}")
    checked = run("lock", "--check", "-o", "old")
    assert (checked.exit_code, "is out of date" in checked.stdout) == (3, True)
    check_text(checked)
    run("lock", "-o", "new")
    for form in ("text", "json"):
        check_text(run("diff", "old", "new", "--format", form))


def test_annotations(hostile: SiteFolder) -> None:
    """GitHub has rules of its own for percent signs, line ends, colons and commas."""
    result = run("check", "--format", "github")
    assert is_text(result.stdout)
    *lines, _ = result.stdout.rstrip("\n").split("\n")
    assert lines
    assert all(
        line.startswith(("::error title=IM", "::warning ", "::notice ", "::error file=")) for line in lines
    )


def test_an_annotation_that_packages_would_forge() -> None:
    place = "a\r::error file=b,c:d%\u202e.js:1:2"
    found = Diagnostic(
        "IM216", "error", "imports '50%'\n::error::x", distribution="\x1b", place=place, hint="a\nb"
    )
    assert _annotation(found) == (
        r"::error file=a\r%3A%3Aerror file=b%2Cc%3Ad%25\u202e.js,line=1,col=2,title=IM216"
        r"::\x1b: imports '50%25'\n::error::x%0A    a%0A    b"
    )


def test_errors_and_logs(hostile: SiteFolder, caplog: pytest.LogCaptureFixture) -> None:
    Registry().load()
    assert caplog.records
    assert all(is_text(record.getMessage()) for record in caplog.records)
    with pytest.raises(ImportMapError) as caught:
        Registry(strict=True).load()
    assert is_text(str(caught.value))


ENCODINGS = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp1252"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
]


@pytest.mark.parametrize("environment", ENCODINGS, ids=str)
@pytest.mark.parametrize(
    "command", [["show"], ["list"], ["check"], ["why", "demo/é日"], ["build"], ["graph"]], ids=str
)
def test_streams_of_any_encoding(command: list[str], environment: dict[str, str], site: SiteFolder) -> None:
    ship(site, "demo", {"demo/é日.js": ""}, {"é日": "demo/é日.js"})
    project = site.path / "app"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[tool.importmap]\nnamespace="own"\n[tool.importmap.imports]\n"é日"="é日.js"\n', encoding="utf-8"
    )
    (project / "static").mkdir()
    (project / "static" / "é日.js").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "importmap", *command],
        check=False,
        capture_output=True,
        cwd=project,
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join([str(site.path), *sys.path])},
    )
    # The last of them cannot name files that are not ASCII, so these are missing.
    assert (done.returncode in (0, 1), b"Traceback" in done.stderr) == (True, False), done.stderr
    assert done.returncode == 0 or "LC_ALL" in environment
    assert done.stdout or done.stderr
    if command[0] != "graph":
        done.stdout.decode(environment.get("PYTHONIOENCODING", "ascii"))


def test_a_stream_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its encoding lacks becomes an escape."""
    raw = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(raw, "cp1252", newline="\n"))
    say("é日\x1b", "b")
    sys.stdout.flush()
    assert raw.getvalue() == b"\xe9\\u65e5\\x1b\nb\n"


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


HEAD = ["name", "n", "other"]
TABLES: list[list[list[str]]] = [
    [],
    [["", "", ""]],
    [["a", "1", "b"], ["日本", "1000", "é"], ["x" * 300, "2", ""]],
]


def printed(monkeypatch: pytest.MonkeyPatch, stream: StringIO, rows: list[list[str]]) -> str:
    monkeypatch.setattr(sys, "stdout", stream)
    say_table(HEAD, rows, numbers=["n"])
    # A terminal's head is bold.
    return re.sub("\x1b[^m]*m", "", stream.getvalue())


@pytest.mark.parametrize("rows", TABLES)
def test_tables_look_alike_everywhere(rows: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "2000")
    monkeypatch.setenv("TERM", "xterm")
    in_terminal = printed(monkeypatch, Terminal(), rows)
    assert printed(monkeypatch, StringIO(), rows) == in_terminal


def test_tables_are_folded_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    rows = [["x" * 100, "1", ""]]
    assert max(map(len, printed(monkeypatch, Terminal(), rows).split("\n"))) <= 40
    assert "x" * 100 in printed(monkeypatch, Terminal(), rows * 501)


def test_one_long_name_makes_no_table_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed stays as long as what is said."""
    long = ["x" * 100_000, "1", "last"]
    text = printed(monkeypatch, StringIO(), [long, *[["a", "1", "b"]] * 1000])
    assert " ".join(long) in " ".join(text.split())
    assert len(text) < 100_000 + 1003 * 1100


def test_a_rule_that_a_stream_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(raw, "cp1252", newline="\n"))
    say_table(["a"], [["日"]])
    sys.stdout.flush()
    assert [line.strip() for line in raw.getvalue().split(b"\n")] == [
        b"",
        b"a",
        b"------",
        b"\\u65e5",
        b"",
        b"",
    ]
