"""What is done with each code block of a document.

A document is read from top to bottom like a session: its blocks share one folder, in which the
example package is installed, and one Python namespace. What is done with a block depends on its
language and on the words after it, which renderers of Markdown pass over:

| block | what is done |
|---|---|
| `text files` | paths of a project; the files are written |
| `gitignore` | is written into the project |
| `toml` | pyproject.toml, or tables to add to the last whole one; the wheel is built. Without a build backend it is an application, read in place |
| `toml example` | each table in it is in the pyproject.toml of the example package, whole or in part |
| `toml refused` | the same, but the build fails with the message in the `text` block that follows |
| `toml warned` | the same, but the build succeeds with warnings, which are in the `text` block that follows |
| `json` | a manifest, held against the reader and the schema |
| `js` | each specifier in it is one of the last project built |
| `python` | is executed |
| `pycon` | is executed, and its output compared |
| `console`, `sh` | `importmap` is run and its output compared; other commands have a rule in `COMMANDS` |
| `html` | a page; the map is put in, and has what its scripts import |
| `text IM000` | the message of a diagnostic, compared with a real one |
| `text diagram` | each name in it is in the code |
"""  # noqa: E501 - a table

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import sys
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hatchling.builders.wheel import WheelBuilder

from hatch_importmap.project import read_application, read_project
from importmap._cli.app import cli
from importmap._manifest.document import decode
from support.doc_blocks import Block
from support.doc_toml import merged, to_toml
from support.projects import MODULE
from support.wheels import EXAMPLE, ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SOURCES = [path for package in ("importmap", "hatch_importmap") for path in (ROOT / package).rglob("*.py")]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ENVIRONMENTS = PYPROJECT["tool"]["hatch"]["envs"]
SCHEMA = json.loads((ROOT / "docs" / "manifest.schema.json").read_text(encoding="utf-8"))

#: Commands that are not ours, and why they are right. Everything else is refused.
COMMANDS = {
    "python -m pip install hatch": "Hatch is a distribution of that name",
    "python -m pip install -e .": "pip's editable install",
    "python -m pip install .": "pip's install of a project",
    "python -m build": "the frontend `build`, in a project folder",
    "hatch build": "Hatch's build, in a project folder",
    "hatch test": "runs the scripts of the environment hatch-test",
    "uv pip install -e .": "uv's editable install",
    "uv sync": "uv's install of a project, editable",
}


class BlockError(AssertionError):
    """A block that is not true."""


class Session:
    """What the blocks of one document share.

    :param folder: the working folder, and the project's.
    :param examples: makes one real message for each code.
    """

    def __init__(self, folder: Path, examples: Callable[[], dict[str, str]]) -> None:
        self.folder = folder
        self.namespace: dict[str, Any] = {"__name__": "document"}
        self.project: dict[str, Any] = {}
        self.specifiers: set[str] = set()
        #: What the last build said, until the document shows it.
        self.said: str | None = None
        self._examples = examples
        self._messages: dict[str, str] = {}

    def run(self, block: Block) -> None:
        """Execute or check one block. :raises BlockError: naming the block."""
        kind = f"{block.language} {block.word}".strip()
        if kind.startswith("text IM"):
            kind = "text IM"
        rule = getattr(self, "_" + kind.replace(" ", "_"), None)
        try:
            self._expect(rule is not None, "no rule covers this block")
            self._expect(self.said is None or kind == "text", "what the build said has to come first")
            assert rule is not None
            rule(block)
        except BlockError as failure:
            raise BlockError(f"{block}: {failure}") from None
        except Exception as error:
            raise BlockError(f"{block}: {error!r}") from error

    def end(self) -> None:
        """The end of the document."""
        self._expect(self.said is None, "what the last build said is not shown")

    def _expect(self, true: bool, message: str) -> None:
        if not true:
            raise BlockError(message)

    def _compare(self, expected: str, got: str) -> None:
        """Line by line, without white space at their ends; `...` stands for anything."""
        one, other = (
            "\n".join(line.rstrip() for line in text.splitlines()).strip("\n") + "\n"
            for text in (expected, got)
        )
        same = doctest.OutputChecker().check_output(one, other, doctest.ELLIPSIS)
        self._expect(same, f"expected\n{one}\ngot\n{other}")

    # Projects

    def _text_files(self, block: Block) -> None:
        for name in block.text.splitlines():
            path = self.folder / name.split("#")[0].strip()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(MODULE if path.suffix in {".js", ".mjs"} else "", encoding="utf-8")

    def _gitignore(self, block: Block) -> None:
        (self.folder / ".gitignore").write_text(block.text, encoding="utf-8")

    def _toml(self, block: Block) -> None:
        self._expect(self._built(block) == "", "the build has something to say")

    def _toml_example(self, block: Block) -> None:
        excerpt = tomllib.loads(block.text)
        whole = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))
        self._expect(merged(whole, excerpt) == whole, "the example package has other tables")

    def _toml_warned(self, block: Block) -> None:
        self.said = self._built(block)
        self._expect(self.said != "", "the build has nothing to say")

    def _toml_refused(self, block: Block) -> None:
        with pytest.raises(SystemExit) as exit_:
            self._built(block)
        self.said = str(exit_.value)

    def _built(self, block: Block) -> str:
        """Build what a block adds to the project; the warnings."""
        table = tomllib.loads(block.text)
        text = block.text
        if "project" not in table:
            text = to_toml(merged(self.project, table))
            table = tomllib.loads(text)
        pyproject = self.folder / "pyproject.toml"
        pyproject.write_text(text, encoding="utf-8")
        if "build-system" not in table:
            manifest, warnings = read_application(pyproject)
        else:
            if table["build-system"]["build-backend"] == "hatchling.build":
                with zipfile.ZipFile(build_wheel(self.folder, self.folder / "dist")) as wheel:
                    assert any(name.endswith("/extra_metadata/importmap.json") for name in wheel.namelist())
            manifest, warnings = read_project(self.folder)
        if "project" in tomllib.loads(block.text):
            self.project = table
        self.specifiers = {*manifest["imports"], *manifest["private"]}
        self.specifiers |= {*manifest["vendored"], *manifest["requires"], *manifest["ignore"]}
        return "\n".join(f"{warning.severity} {warning.code}: {warning}" for warning in warnings)

    def _text(self, block: Block) -> None:
        self._expect(self.said is not None, "nothing was said that this could be")
        self._compare(block.text, self.said or "")
        self.said = None

    def _js(self, block: Block) -> None:
        specifiers = re.findall(r"""\b(?:from|import|import\()\s*"([^"]+)\"""", block.text)
        self._expect(specifiers != [], "imports nothing")
        for specifier in specifiers:
            self._expect(specifier.startswith("./") or self._resolves(specifier), f"nobody has {specifier!r}")

    def _resolves(self, specifier: str) -> bool:
        prefixes = [name for name in self.specifiers if name.endswith("/")]
        return specifier in self.specifiers or specifier.startswith(tuple(prefixes))

    def _json(self, block: Block) -> None:
        document = json.loads(block.text)
        self._expect("manifest" in document, "is no manifest")
        decode(block.text.encode(), distribution="", place="")
        jsonschema.Draft202012Validator(SCHEMA).validate(document)

    # Python and commands

    def _python(self, block: Block) -> None:
        code = compile("\n" * (block.line - 1) + block.text, block.document, "exec")
        exec(code, self.namespace)

    def _pycon(self, block: Block) -> None:
        parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        test = parser.get_doctest(block.text, self.namespace, block.document, block.document, block.line - 1)
        self._expect(test.examples != [], "has no example")
        report: list[str] = []
        runner.run(test, out=report.append, clear_globs=False)
        self._expect(runner.failures == 0, "".join(report))
        self.namespace.update(test.globs)

    def _console(self, block: Block) -> None:
        first, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        self._expect(first == "" and parts != [], "begins with something else than '$ '")
        for part in parts:
            command, _, output = part.partition("\n")
            if command.startswith("importmap"):
                self._compare(output, self._importmap(command))
            else:
                self._command(command)
                self._expect(output.strip() == "", "output of a command that is not run")

    def _sh(self, block: Block) -> None:
        for command in block.text.splitlines():
            self._command(command)

    def _importmap(self, command: str) -> str:
        return CliRunner().invoke(cli, shlex.split(command)[1:], prog_name="importmap").output

    def _command(self, line: str) -> None:
        for command in line.split(" && "):
            if command.startswith("hatch run "):
                environment, _, script = command.split()[2].rpartition(":")
                scripts = ENVIRONMENTS.get(environment or "default", {}).get("scripts", {})
                self._expect(script in scripts, f"no script for {command!r}")
            elif found := re.fullmatch(
                r'(?:python -m|uv) pip install "?hatch-importmap(?:\[(\w+)\])?"?', command
            ):
                extras = PYPROJECT["project"]["optional-dependencies"]
                self._expect(found[1] is None or found[1] in extras, f"no extra {found[1]!r}")
            else:
                self._expect(command in COMMANDS, f"no rule covers the command {command!r}")

    # Pages

    def _html(self, block: Block) -> None:
        page = Page()
        page.feed(block.text.replace("{{ import_map }}", str(self.namespace["import_map"])))
        self._expect(page.scripts[0][0] == "importmap", "the map is not the first script")
        modules = [text for kind, text in page.scripts if kind == "module"]
        specifiers = re.findall(r'import (?:[^"]+ from )?"([^"]+)"', " ".join(modules))
        self._expect(specifiers != [], "no script imports anything")
        unknown = set(specifiers) - json.loads(page.scripts[0][1])["imports"].keys()
        self._expect(not unknown, f"the map has no {unknown}")

    # Reference

    def _text_IM(self, block: Block) -> None:  # noqa: N802 - the codes are in capitals
        self._messages = self._messages or self._examples()
        self._compare(block.text, self._messages[block.word])

    def _text_diagram(self, block: Block) -> None:
        code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
        functions = re.findall(r"--(\w+)-", block.text)
        classes = re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)*\b", block.text)
        self._expect(len(functions) > 3 and len(classes) > 3, "names hardly anything")
        for name in functions:
            self._expect(f"def {name}(" in code, f"no function {name!r}")
        for name in classes:
            self._expect(f"class {name}(" in code or f"class {name}:" in code, f"no class {name!r}")


class Page(HTMLParser):
    """The scripts of a page: type and content."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.scripts.append((dict(attrs).get("type") or "", ""))

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script":
            kind, text = self.scripts.pop()
            self.scripts.append((kind, text + data))


def build_wheel(project: Path, folder: Path) -> Path:
    """Build a wheel in this process."""
    return Path(
        next(WheelBuilder(os.fspath(project)).build(directory=os.fspath(folder), versions=["standard"]))
    )
