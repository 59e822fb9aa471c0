"""What a release promises, written down: public names, codes, and what commands print of a few wheels.

    python tests/support/released.py tests/data/0.1

Run with a release installed, this writes `said.json` and `importmap.lock` beside the wheels in the folder.
Tests compare them with the working tree. So this file uses public names and commands, and the list of codes.
"""

from __future__ import annotations

import inspect
import io
import json
import os
import sys
import zipfile
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import importmap
from importmap.__main__ import main
from importmap._base.codes import CODES

CONTEXTS = [["default"], ["admin"], ["public"], ["admin", "public"]]
#: Each prints JSON; the last ones find a problem, and exit with 1.
COMMANDS = [
    ["list", "--format", "json"],
    ["show", "admin", "--json"],
    ["check", "--format", "json"],
    ["export", "tsconfig", "public"],
    ["export", "jsconfig", "public"],
    ["export", "deno", "public"],
    ["export", "externals"],
    ["export", "importmap"],
    ["why", "kept-widgets/editor", "--format", "json"],
    ["why", "lit", "--format", "json"],
    ["why", "nobody/knows", "--format", "json"],
    ["show", "nowhere", "--json"],
]


def names() -> dict[str, dict[str, Any]]:
    """The public names, with the parameters of functions, methods and classes."""
    found: dict[str, dict[str, Any]] = {}
    for name in importmap.__all__:
        value = getattr(importmap, name)
        found[name] = _described(value)
        if inspect.isclass(value):
            ours = [base for base in value.__mro__ if base.__module__.partition(".")[0] == "importmap"]
            members = {member for base in ours for member in vars(base) if not member.startswith("_")}
            for member in sorted(members):
                found[f"{name}.{member}"] = _described(inspect.getattr_static(value, member))
            found[name]["bases"] = [base.__name__ for base in ours if base.__name__ in importmap.__all__]
    return found


def _described(value: object) -> dict[str, Any]:
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if not callable(value):
        return {"kind": "attribute"}
    try:
        signature = inspect.signature(value)
    except ValueError:
        return {"kind": "callable"}
    parameters = [
        [each.name, each.kind.name, "" if each.default is each.empty else repr(each.default)]
        for each in signature.parameters.values()
    ]
    return {"kind": "callable", "parameters": parameters}


def install(folder: Path, site: Path) -> None:
    """Unpack the wheels of a folder, as an installer does."""
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)


def said() -> dict[str, Any]:
    """What commands say of the packages in the working folder, without the folder's own name."""
    here = json.dumps(str(Path.cwd()))[1:-1]
    printed = {}
    for command in COMMANDS:
        status, text = run(*command)
        printed[" ".join(command)] = {"status": status, "json": json.loads(text.replace(here, "SITE"))}
    return printed


def run(*command: str) -> tuple[object, str]:
    """Run a command in this process; its exit status, and its output."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    with mock.patch.object(sys, "argv", ["importmap", *command]), redirect_stdout(out):
        try:
            main()
        except SystemExit as end:
            return end.code or 0, raw.getvalue().decode()
    return 0, raw.getvalue().decode()


def maps(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The map of each choice of contexts, by a registry of its own."""
    registry = importmap.Registry(**settings)
    return {
        " ".join(contexts): json.loads(registry.load(contexts).to_json(extensions=True))
        for contexts in CONTEXTS
    }


def write(folder: Path) -> None:
    with TemporaryDirectory() as temporary:
        site = Path(temporary).resolve()
        install(folder, site)
        sys.path.insert(0, str(site))
        os.chdir(site)
        run("lock", "-o", str(folder / "importmap.lock"))
        document = {
            "codes": CODES,
            "names": names(),
            "maps": maps({}),
            "isolated": maps({"isolate": True}),
            "commands": said(),
        }
        os.chdir(folder)
    text = json.dumps(document, indent=1, sort_keys=True)
    (folder / "said.json").write_text(f"{text}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]).resolve())
