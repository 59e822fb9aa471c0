"""Who may import what: the order of the folders in docs/architecture.md is the one rule of layers."""

from __future__ import annotations

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from support.wheels import ROOT

PACKAGES = ("importmap", "hatch_importmap")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in sorted(Path(ROOT, package).rglob("*.py"))
}
#: Others' packages, and the only part of ours that imports them.
USERS = {
    "ada_url": ("importmap._map.url", "importmap._base.grammar"),
    "click": ("importmap._cli",),
    "django": ("importmap.contrib.django",),
    "hatchling": ("hatch_importmap",),
    "jinja2": ("importmap.contrib.django",),
    "rich": ("importmap._cli",),
    "tree_sitter": ("hatch_importmap.javascript",),
    "tree_sitter_javascript": ("hatch_importmap.javascript",),
}


class Imports(ast.NodeVisitor):
    """The imports of a module: each with True if it waits until a function runs, or is for types only."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.found: dict[str, bool] = {}
        self._later = False

    def visit_If(self, node: ast.If) -> None:
        self._visit(node, later=isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit(node, later=True)

    def _visit(self, node: ast.AST, *, later: bool) -> None:
        before, self._later = self._later, self._later or later
        self.generic_visit(node)
        self._later = before

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
        self.found[name] = self.found.get(name, True) and self._later


@cache
def imports(module: str) -> dict[str, bool]:
    path = MODULES[module]
    visitor = Imports(module if path.name == "__init__.py" else module.rpartition(".")[0])
    visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
    return visitor.found


def users_of(package: str) -> dict[str, bool]:
    """The modules that import something of a package, and whether all of that waits."""
    users: dict[str, bool] = {}
    for module in MODULES:
        for name, later in imports(module).items():
            if name.partition(".")[0] == package:
                users[module] = users.get(module, True) and later
    return users


@cache
def folders() -> list[str]:
    """The folders in the table of docs/architecture.md, in its order."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return [name.replace("/", ".") for name in re.findall(r"^\| `([a-z_/]+)/` \|", text, re.MULTILINE)]


def folder_of(module: str) -> str:
    """The folder of a module; that of `importmap/__init__.py` is `importmap/` itself."""
    return max((folder for folder in folders() if f"{module}.".startswith(f"{folder}.")), key=len)


def test_every_folder_is_in_the_table() -> None:
    there = {path.parent.relative_to(ROOT).parts[:2] for path in MODULES.values()}
    assert sorted(folders()) == sorted(
        {".".join(parts) for parts in there if parts[0] == "importmap"} | {"hatch_importmap"}
    )


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_its_own_folder_and_those_before(module: str) -> None:
    order = folders()
    for name in imports(module).keys() & MODULES.keys():
        assert order.index(folder_of(name)) <= order.index(folder_of(module)), name


def test_no_module_imports_in_a_circle() -> None:
    graph = {module: imports(module).keys() & MODULES.keys() - {module} for module in MODULES}
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("package", USERS)
def test_one_part_imports_a_package_of_others(package: str) -> None:
    users = users_of(package)
    assert users
    for module in users:
        assert any(f"{module}.".startswith(f"{user}.") for user in USERS[package]), module


def test_hatchling() -> None:
    """The plugin, its registration, and what asks hatchling for the shipped files."""
    assert set(users_of("hatchling")) == {
        "hatch_importmap.hooks",
        "hatch_importmap.plugin",
        "hatch_importmap.shipped",
    }


def test_the_site_waits_with_what_it_may_not_need() -> None:
    """Nothing of the author's side, and no comparison of versions, until somebody asks."""
    for package in ("hatch_importmap", "packaging"):
        users = {
            module: later for module, later in users_of(package).items() if module.startswith("importmap.")
        }
        assert users
        assert all(users.values()), package


def test_what_parses_urls_waits_until_something_is_resolved() -> None:
    """Modules that cannot be imported without ada-url stand in one folder; others import these late."""
    resolving = {"importmap._map.url"}
    while True:
        users = {
            module
            for module in MODULES
            if {name for name, later in imports(module).items() if not later} & resolving
        }
        if users <= resolving:
            break
        resolving |= users
    assert len(resolving) > 1
    assert all(module.startswith("importmap._map.") for module in resolving)
    assert "urllib.parse" not in imports("importmap._map.url")
