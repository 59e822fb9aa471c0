"""Trees of modules, and the pages that load each of them in four ways."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from environment import Environment

#: Their modules are measured; the tools make of them what they are measured beside.
PACKAGES = {"lodash-es": "4.18.1", "esbuild": "0.28.2", "rollup": "4.68.7", "systemjs": "6.15.1"}
TOOLS = Path(__file__).with_name("page_tools.mjs")

WITHOUT = "without preloads"
PRELOADS = "with preloads"
SYSTEMJS = "SystemJS with depcache"
BUNDLE = "one esbuild bundle"

#: The last statement of an entry: everything that it imports has run.
EXECUTED = "globalThis.executed = performance.now();\n"
# Without an icon of its own, a page has the browser ask for one.
PAGE = '<!doctype html><meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,">\n{body}\n'

PROJECT = """
[tool.importmap]
namespace = "tree"
imports = {entry = "tree/entry.js"}
"""
SITE = """
import json
import importmap

def load(base_url):
    static = importmap.HashedFiles(FILES, base_url)
    return importmap.Registry(project=PROJECT, static=static, strict=True).load()

loaded = load("STATIC")
print(json.dumps({
    "without": loaded.render(),
    "preloads": loaded.render(preload=["tree/entry"]),
    "systemjs": load("SYSTEM").to_json(extensions=True),
    "entry": loaded.imports["tree/entry"],
    "depcache": {url: list(urls) for url, urls in loaded.depcache.items()},
}))
"""


@dataclass(frozen=True)
class Tree:
    """One tree, ready to be served.

    :param title: what it is.
    :param pages: how it is loaded, and the path of the page that does.
    :param levels: how many modules have to be read to learn of a level, one after the other.
    :param modules: how many files are fetched without a bundle.
    :param size: their bytes.
    """

    title: str
    pages: dict[str, str]
    levels: int
    modules: int
    size: int


def lodash(folder: Path, node_modules: Path) -> None:
    """What `template` of lodash-es needs: a real tree, of small modules."""
    shutil.copytree(node_modules / "lodash-es", folder / "lodash-es")
    (folder / "entry.js").write_text(
        f'import template from "./lodash-es/template.js";\nglobalThis.template = template;\n{EXECUTED}'
    )


def synthetic(folder: Path, _: Path) -> None:
    """Eight levels, the entry included: ten modules of 2 kB in each, and each imports two of the next."""
    levels, width = 8, 10
    # Nothing that a bundler may leave out.
    body = "".join(
        f'globalThis.step{number} = (text) => {{\n  return [...text].reverse().join("") + {number};\n}};\n'
        for number in range(24)
    )
    folder.mkdir(parents=True)
    for level in range(2, levels + 1):
        for number in range(width):
            names = [f"./level{level + 1}_{(number + step) % width}.js" for step in (0, 3)]
            lines = [f'import "{name}";\n' for name in names if level < levels]
            (folder / f"level{level}_{number}.js").write_text("".join(lines) + body)
    lines = [f'import "./level2_{number}.js";\n' for number in range(width)]
    (folder / "entry.js").write_text("".join(lines) + EXECUTED)


TREES: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "lodash": (f"lodash-es {PACKAGES['lodash-es']}, template", lodash),
    "synthetic": ("synthetic", synthetic),
}


def make_tree(name: str, scratch: Path, www: Path, node_modules: Path, environment: Environment) -> Tree:
    """Write a tree, collect it as a site does it, and make the pages.

    :param scratch: a folder for the sources.
    :param www: the folder that is served.
    """
    title, write = TREES[name]
    project, files, system = scratch / name, www / name / "static", www / name / "system"
    write(project / "static" / "tree", node_modules)
    pyproject = project / "pyproject.toml"
    pyproject.write_text(PROJECT)
    collect: list[str | Path] = [*("-m", "importmap", "collect"), files, *("--project", pyproject)]
    subprocess.run([environment.python, *collect], check=True, cwd=scratch)
    code = SITE.replace("FILES", repr(str(files))).replace("PROJECT", repr(str(pyproject)))
    code = code.replace("STATIC", f"/{name}/static/").replace("SYSTEM", f"/{name}/system/")
    site = json.loads(environment.run(code))

    shutil.copytree(files, system)
    shutil.copy(node_modules / "systemjs" / "dist" / "system.min.js", system)
    entry, bundle = project / "static" / "tree" / "entry.js", files / "bundle.js"
    subprocess.run(["node", TOOLS, entry, bundle, system / "tree"], check=True, cwd=node_modules.parent)

    load = '<script type="module">import "tree/entry";</script>'
    bodies = {
        WITHOUT: f"{site['without']}\n{load}",
        PRELOADS: f"{site['preloads']}\n{load}",
        SYSTEMJS: f'<script type="systemjs-importmap">{site["systemjs"]}</script>\n'
        f'<script src="/{name}/system/system.min.js"></script>\n'
        '<script>System.import("tree/entry");</script>',
        BUNDLE: f'<script type="module" src="/{name}/static/bundle.js"></script>',
    }
    pages = {}
    for number, (way, body) in enumerate(bodies.items()):
        pages[way] = f"/{name}/{number}.html"
        (www / name / f"{number}.html").write_text(PAGE.format(title=way, body=body))
    levels = _levels(site["entry"], site["depcache"])
    urls = [url for level in levels for url in level]
    size = sum((www / url.lstrip("/")).stat().st_size for url in urls)
    return Tree(title, pages, len(levels), len(urls), size)


def _levels(entry: str, depcache: dict[str, list[str]]) -> list[list[str]]:
    """The modules by when a browser learns of them that is told nothing."""
    levels, seen = [[entry]], {entry}
    while levels[-1]:
        found = dict.fromkeys(edge for url in levels[-1] for edge in depcache.get(url, ()))
        levels.append([url for url in found if url not in seen])
        seen.update(found)
    return levels[:-1]
