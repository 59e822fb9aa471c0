"""The judge of the import scan: es-module-lexer, on the modules of well-known npm packages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.npm import Npm, node

from hatch_importmap.javascript.parse import scan_javascript

#: Their files are fetched, and only those of the packages in this list are read.
PACKAGES = {
    "@codemirror/autocomplete": "6.20.4",
    "@codemirror/lang-css": "6.3.1",
    "@codemirror/lang-html": "6.4.12",
    "@codemirror/lang-javascript": "6.2.5",
    "@codemirror/language": "6.13.1",
    "@codemirror/lint": "6.9.8",
    "@codemirror/state": "6.7.6",
    "@codemirror/streamparser": "6.0.0",
    "@codemirror/theme-one-dark": "6.1.3",
    "@codemirror/view": "6.43.15",
    "@hotwired/stimulus": "3.2.2",
    "@hotwired/turbo": "8.0.23",
    "@lit/reactive-element": "2.1.2",
    "@tiptap/core": "3.34.0",
    "alpinejs": "3.17.4",
    "chart.js": "4.6.1",
    "codemirror": "6.65.7",
    "d3": "7.9.2",
    "d3-array": "3.2.5",
    "d3-axis": "3.0.1",
    "d3-brush": "3.0.1",
    "d3-chord": "3.0.2",
    "d3-color": "3.1.1",
    "d3-contour": "4.0.3",
    "d3-delaunay": "6.0.6",
    "d3-dispatch": "3.0.2",
    "d3-drag": "3.0.1",
    "d3-dsv": "3.0.2",
    "d3-ease": "3.0.2",
    "d3-fetch": "3.0.2",
    "d3-force": "3.0.1",
    "d3-format": "3.1.3",
    "d3-geo": "3.1.2",
    "d3-hierarchy": "3.1.3",
    "d3-interpolate": "3.0.2",
    "d3-path": "3.1.1",
    "d3-polygon": "3.0.2",
    "d3-quadtree": "3.0.2",
    "d3-random": "3.0.2",
    "d3-scale": "4.0.3",
    "d3-scale-chromatic": "3.1.1",
    "d3-selection": "3.0.1",
    "d3-shape": "3.2.1",
    "d3-time": "3.1.1",
    "d3-time-format": "4.1.1",
    "d3-timer": "3.0.2",
    "d3-transition": "3.0.2",
    "d3-zoom": "3.0.1",
    "htmx.org": "4.0.1",
    "lib0": "0.2.120",
    "lit": "3.3.3",
    "lit-element": "4.2.2",
    "lit-html": "3.3.3",
    "lodash-es": "4.18.1",
    "preact": "11.2.0",
    "prosemirror-changeset": "2.4.6",
    "prosemirror-commands": "1.7.2",
    "prosemirror-dropcursor": "1.8.4",
    "prosemirror-gapcursor": "1.4.1",
    "prosemirror-history": "1.5.1",
    "prosemirror-inputrules": "1.6.0",
    "prosemirror-keymap": "1.2.3",
    "prosemirror-model": "1.25.13",
    "prosemirror-schema-basic": "1.2.5",
    "prosemirror-schema-list": "1.6.0",
    "prosemirror-state": "1.4.4",
    "prosemirror-tables": "1.8.5",
    "prosemirror-transform": "1.12.6",
    "prosemirror-view": "1.42.9",
    "svelte": "5.57.3",
    "three": "0.187.0",
    "vue": "3.5.45",
    "yjs": "13.6.33",
}
JUDGE = {"es-module-lexer": "3.0.5"}
#: What the corpus must have at least: files with imports, imports, dynamic ones, and minified files.
FLOOR = {"modules": 2000, "edges": 10000, "dynamic": 5, "minified": 50}

# `decode` strips a byte order mark, as browsers do.
SCRIPT = """
import { readFileSync } from "node:fs";
import { init, parse } from "es-module-lexer/minimal";
await init();
for (const file of JSON.parse(readFileSync(0, "utf8"))) {
  let answer;
  try {
    const [imports] = parse(new TextDecoder().decode(readFileSync(file)));
    answer = imports.filter((item) => item.d !== -2).map((item) => [item.n ?? null, item.d >= 0]);
  } catch (error) {
    answer = String(error);
  }
  console.log(JSON.stringify(answer));
}
"""

#: The specifier, or None for no literal, and whether the import is dynamic.
Edges = list["list[str | bool | None]"]


@pytest.fixture(scope="module")
def folder(npm: Npm) -> Path:
    """A project that has the packages and the judge installed."""
    folder = npm.install(PACKAGES | JUDGE).parent
    (folder / "judge.mjs").write_text(SCRIPT)
    return folder


def judged(folder: Path, files: list[Path]) -> list[Edges | str]:
    """The imports of each file as the judge sees them; or why it refuses the file."""
    status, said = node(folder, "judge.mjs", text=json.dumps(list(map(str, files))))
    assert status == 0, said
    return [json.loads(line) for line in said.splitlines()]


def scanned(file: Path) -> Edges:
    scan = scan_javascript(file.read_bytes())
    edges: list[tuple[int, int, str | None, bool]] = [
        (found.line, found.column, found.specifier, found.kind == "dynamic")
        for found in scan.imports
        if found.kind in ("static", "dynamic")
    ]
    edges += [(found.line, found.column, None, True) for found in scan.remarks if found.kind == "dynamic"]
    return [[specifier, dynamic] for _, _, specifier, dynamic in sorted(edges, key=lambda edge: edge[:2])]


def test_the_same_imports_in_the_same_order(
    folder: Path, record_property: Callable[[str, object], None]
) -> None:
    files = sorted(
        file
        for package in PACKAGES
        for file in (folder / "node_modules" / package).rglob("*")
        if file.suffix in (".js", ".mjs")
        and file.is_file()
        and "node_modules" not in file.relative_to(folder / "node_modules").parts
    )
    answers = judged(folder, files)
    assert len(answers) == len(files)
    refused = {
        str(file.relative_to(folder)): answer
        for file, answer in zip(files, answers, strict=True)
        if isinstance(answer, str)
    }
    expected = {file: answer for file, answer in zip(files, answers, strict=True) if isinstance(answer, list)}
    corpus = {
        "modules": sum(map(bool, expected.values())),
        "edges": sum(map(len, expected.values())),
        "dynamic": sum(edge[1] is True for edges in expected.values() for edge in edges),
        "minified": sum(".min." in file.name for file in expected),
    }
    for name, least in FLOOR.items():
        record_property(name, corpus[name])
        assert corpus[name] >= least, corpus
    assert refused == {}
    differences = {
        str(file.relative_to(folder)): (edges, found)
        for file, edges in expected.items()
        if (found := scanned(file)) != edges
    }
    assert differences == {}
