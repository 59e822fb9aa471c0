"""Who may import what, beyond the rows of the table in docs/architecture.md."""

from __future__ import annotations

import ast
from pathlib import Path

from wheels import ROOT

PACKAGES = ("importmap", "hatch_importmap")
MODULES = {
    ".".join([package, *path.relative_to(ROOT / package).with_suffix("").parts]): path
    for package in PACKAGES
    for path in sorted(Path(ROOT, package).rglob("*.py"))
}
#: Layers 0 and 1 of the site's side, on which the author's side is built.
FOUNDATIONS = {
    "importmap._diagnostics",
    "importmap._errors",
    "importmap._grammar",
    "importmap._imports_table",
    "importmap._manifest",
    "importmap._manifest_check",
    "importmap._table",
    "importmap._watch",
}


class Imports(ast.NodeVisitor):
    """What a module imports, and whether only when a function runs; imports for types are left out."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.found: dict[str, bool] = {}
        self._lazy = False

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        before, self._lazy = self._lazy, True
        self.generic_visit(node)
        self._lazy = before

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level:
            above = self.package.split(".")[: len(self.package.split(".")) + 1 - node.level]
            module = ".".join([*above, module] if module else above)
        for alias in node.names:
            below = f"{module}.{alias.name}"
            self._add(below if below in MODULES else module)

    def _add(self, name: str) -> None:
        self.found[name] = self.found.get(name, True) and self._lazy


def imports(module: str) -> dict[str, bool]:
    visitor = Imports(module.rpartition(".")[0])
    visitor.visit(ast.parse(MODULES[module].read_text(encoding="utf-8")))
    return visitor.found


def users_of(*packages: str) -> dict[str, bool]:
    """The modules that import something of some packages, and whether only lazily."""
    users: dict[str, bool] = {}
    for module in MODULES:
        for name, lazy in imports(module).items():
            if name.partition(".")[0] in packages:
                users[module] = users.get(module, True) and lazy
    return users


def test_there_are_modules() -> None:
    assert len(MODULES) > 40


def test_the_one_way_to_the_authors_side() -> None:
    users = {
        module: lazy
        for module, lazy in users_of("hatch_importmap").items()
        if module.startswith("importmap.")
    }
    assert users == {"importmap._live": True}


def test_what_the_authors_side_is_built_on() -> None:
    for module in users_of("importmap"):
        if module.startswith("hatch_importmap."):
            ours = {name for name in imports(module) if name.partition(".")[0] == "importmap"}
            assert ours <= FOUNDATIONS, module


def test_hatchling() -> None:
    """The plugin, its registration, and what asks hatchling for the shipped files."""
    assert set(users_of("hatchling")) == {
        "hatch_importmap.hooks",
        "hatch_importmap.plugin",
        "hatch_importmap._shipped",
    }


def test_urls_are_parsed_in_one_place() -> None:
    assert users_of("ada_url") == {"importmap._url_parser": False}
    assert "urllib.parse" not in imports("importmap._url_parser")


def test_what_parses_urls_waits_until_something_is_resolved() -> None:
    """The modules that cannot be imported without it; everything else imports these lazily."""
    resolving = {"importmap._url_parser"}
    while True:
        users = {
            module
            for module in MODULES
            if {name for name, lazy in imports(module).items() if not lazy} & resolving
        }
        if users <= resolving:
            break
        resolving |= users
    assert resolving == {
        f"importmap.{name}"
        for name in ("_extensions", "_merge", "_normalize", "_parse", "_resolve", "_url_parser")
    }


def test_the_command_lines_own() -> None:
    modules = {
        "importmap._cli",
        "importmap._cli_export",
        "importmap._cli_graph",
        "importmap._cli_list",
        "importmap._cli_lock",
        "importmap._cli_output",
    }
    assert set(users_of("click", "rich")) == modules


def test_packaging() -> None:
    """At run time only where versions are compared."""
    users = {
        module: lazy for module, lazy in users_of("packaging").items() if module.startswith("importmap.")
    }
    assert users == {
        "importmap._discovery": True,
        "importmap._distributions": True,
        "importmap._third_party": True,
    }
