"""docs/architecture.md is true: its table of layers is that of the code."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from wheels import ROOT

SOURCES = sorted(
    path for package in ("importmap", "hatch_importmap") for path in (ROOT / package).rglob("*.py")
)


def layers() -> list[list[str]]:
    """The modules in each row of the table in docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Layers")[2]
    rows = [line for line in text.partition("\n## ")[0].splitlines() if re.match(r"\| \d", line)]
    return [re.findall(r"`([a-z_]+(?:\.[a-z_0-9]+)+)`", row) for row in rows]


def module_name(source: Path) -> str:
    return ".".join(source.relative_to(ROOT).with_suffix("").parts)


def imported_modules(source: Path) -> set[str]:
    """Our modules that a module imports, wherever the import stands."""
    known = set(map(module_name, SOURCES))
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            package = module_name(source).split(".")[: -node.level] if node.level else []
            module = ".".join([*package, *filter(None, [node.module])])
            inner = {f"{module}.{alias.name}" for alias in node.names} & known
            found |= inner or {module, f"{module}.__init__"} & known
    return found


def test_every_module_is_in_the_table_of_layers() -> None:
    """And in one row only."""
    assert sorted(name for row in layers() for name in row) == sorted(map(module_name, SOURCES))


@pytest.mark.parametrize("source", SOURCES, ids=module_name)
def test_a_module_imports_from_its_own_row_and_above(source: Path) -> None:
    rows = {name: number for number, row in enumerate(layers()) for name in row}
    for name in imported_modules(source):
        assert rows[name] <= rows[module_name(source)], name


def test_no_module_imports_in_a_circle() -> None:
    graph = {module_name(source): imported_modules(source) for source in SOURCES}
    TopologicalSorter(graph).prepare()
