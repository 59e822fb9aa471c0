"""`importmap graph`: the module graph in the words of Graphviz and of Mermaid, which draw what is meant."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st
from support import generated_packages
from support.browser import Browser
from support.composing import edges, site_of
from support.module_server import NO_ICON, serving
from support.npm import Npm
from support.shipping import sha384, ship, static
from support.site_folder import SiteFolder, package

from importmap import Package
from importmap._cli.app import cli
from importmap._tools.drawing import WORD_JOINER, Box, Drawing, to_dot, to_mermaid

SVG = "{http://www.w3.org/2000/svg}"
DOT = shutil.which("dot")
needs_dot = pytest.mark.skipif(DOT is None, reason="no dot found on PATH: Graphviz is not installed")


@pytest.fixture
def packages(site: SiteFolder) -> SiteFolder:
    """Two packages; `admin` loads more than `public`."""
    ship(
        site,
        "demo",
        {"demo/editor.js": "e" * 4000, "demo/view.js": "v" * 1000, "demo/dom.js": "d" * 250},
        {
            "editor": {"path": "demo/editor.js", "contexts": ["admin"]},
            "view": {"path": "demo/view.js", "contexts": ["admin", "public"]},
            "same": {"path": "demo/view.js", "contexts": ["public"]},
        },
        edges={
            "demo/editor.js": {"imports": ["./view.js"], "dynamic": ["kit/lazy"]},
            "demo/view.js": {"imports": ["#dom"], "dynamic": ["./dom.js", "demo/view"]},
        },
        private={"#dom": {"path": "demo/dom.js"}},
    )
    ship(
        site,
        "kit",
        {"kit/lazy.js": "l" * 2_560_000},
        {"lazy": {"path": "kit/lazy.js", "contexts": ["admin"]}},
        version="2.0",
    )
    return site


def run(*args: str | Path) -> Result:
    result = CliRunner().invoke(cli, ["graph", *map(str, args)], prog_name="importmap")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def printed(*args: str | Path, said: str = "") -> str:
    result = run(*args)
    assert (result.exit_code, result.stderr) == (0, said)
    return result.stdout


def test_dot(packages: SiteFolder) -> None:
    """Solid and dashed; an import that is both is static."""
    assert printed("--format", "dot") == (
        """\
digraph importmap {
  graph [rankdir=LR fontname=sans]
  node [shape=box style=filled fontname=sans fontsize=11]
  subgraph cluster_0 {
    label="demo 1.0"
    n0 [label="demo/dom.js\\n250 B" width=0.02 height=0.02 fillcolor="#f1c4b1"]
    n1 [label="demo/editor\\n4.0 kB" width=0.10 height=0.10 fillcolor="#b1def1" penwidth=2.5]
    n2 [label="demo/same\\ndemo/view\\n1.0 kB" width=0.05 height=0.05 fillcolor="#f1c4b1" penwidth=2.5]
  }
  subgraph cluster_1 {
    label="kit 2.0"
    n3 [label="kit/lazy\\n2.6 MB" width=2.50 height=2.50 fillcolor="#b1def1" penwidth=2.5]
  }
  subgraph cluster_2 {
    label="contexts"
    c0 [label="admin" width=0.00 height=0.00 fillcolor="#b1def1"]
    c1 [label="admin, public" width=0.00 height=0.00 fillcolor="#f1c4b1"]
  }
  n1 -> n2
  n1 -> n3 [style=dashed]
  n2 -> n0
  n2 -> n2 [style=dashed]
}
"""
    )


def test_mermaid(packages: SiteFolder) -> None:
    text = printed("public", "--format", "mermaid")
    assert text == (
        """\
flowchart LR
  subgraph p0["demo 1.0"]
    n0["demo/dom.js<br>250 B"]
    n1["demo/same<br>demo/view<br>1.0 kB"]
  end
  subgraph p1["contexts"]
    c0["public"]
  end
  n1 --> n0
  n1 -.-> n1
  style n0 fill:#b1def1,color:#000,font-size:24px
  style n1 fill:#b1def1,color:#000,font-size:36px,stroke-width:3px
  style c0 fill:#b1def1,color:#000,font-size:11px
"""
    )
    assert printed("public", "public") == text


def test_into_a_file(packages: SiteFolder, tmp_path: Path) -> None:
    target = tmp_path / "graph.mmd"
    assert printed("-o", target) == ""
    assert target.read_text() == printed()
    result = run("-o", tmp_path / "missing" / "graph.mmd")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: Could not open file ")


def test_what_was_found_on_the_way(site: SiteFolder) -> None:
    ship(site, "demo", {"demo/a.js": "a"}, edges={"demo/a.js": {"imports": ["nobody"]}})
    said = "warning IM216: demo: demo/a.js: imports 'nobody', which nothing provides.\n"
    assert "n0 ->" not in printed("--format", "dot", said=said)
    result = run("amdin")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("no package and no configuration knows the context 'amdin'.")


def test_files_below_a_prefix(site: SiteFolder) -> None:
    """Each is an entry, by no name of its own."""
    ship(site, "demo", {"demo/l/de.js": "1", "demo/l/fr.js": "2"}, {"l/": "demo/l/", "l/fr": "demo/l/fr.js"})
    text = printed("--format", "dot")
    assert 'label="demo/l/de.js\\n1 B" width=2.50 height=2.50 fillcolor="#b1def1" penwidth=2.5' in text
    assert 'label="demo/l/fr\\n1 B"' in text


def test_sizes_that_no_manifest_has(site: SiteFolder) -> None:
    """Those of the files; nothing is known of a file that is not there."""
    ship(site, "demo", {"demo/a.js": "", "demo/b.js": "b"})
    site.install("demo", {"a": "demo/a.js", "b": "demo/b.js"}, modules={"demo/a.js": {}, "demo/b.js": {}})
    (static(site, "demo") / "demo" / "a.js").write_text("a" * 81)
    (static(site, "demo") / "demo" / "b.js").unlink()
    text = printed("--format", "dot")
    assert 'label="demo/a\\n81 B" width=2.50' in text
    assert 'label="demo/b\\n0 B" width=0.00' in text


def test_a_package_without_files(site: SiteFolder) -> None:
    """What lies elsewhere is not drawn."""
    ship(site, "demo", {"demo/a.js": "a"}, edges={"demo/a.js": {"imports": ["cdn/x"]}})
    entry = {"url": "https://cdn.example/x.js", "integrity": f"sha384-{sha384('x')}"}
    site.install("cdn", {"x": entry}, modules={})
    text = printed("--format", "dot")
    assert (text.count("label="), "n0 ->" in text) == (4, False)


@given(generated_packages.packages())
def test_any_site(packages: list[Package]) -> None:
    """Each module that pages load is drawn once, and each import leads from one to another."""
    site = site_of(packages, imports=generated_packages.IMPORTS, overrides=generated_packages.OVERRIDES)
    drawing = Drawing(site)
    boxes = [box.name for _, cluster in drawing.clusters() for box in cluster if box.name[0] == "n"]
    loaded = [path for selection in site.reached(site.contexts).selections for path in selection.paths]
    assert len(boxes) == len(set(boxes)) == len(loaded)
    imports = [(source, target) for source, target, _ in drawing.imports()]
    assert len(imports) == len(set(imports))
    assert {name for pair in imports for name in pair} <= set(boxes)
    assert to_dot(drawing) == to_dot(Drawing(site, site.contexts))


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_no_packages(form: str, site: SiteFolder) -> None:
    assert "n0" not in printed("--format", form)


# Drawn by Graphviz


def draw(text: str) -> ET.Element:
    """The SVG of a text, about which Graphviz has nothing to say."""
    assert DOT is not None
    done = subprocess.run([DOT, "-Tsvg"], input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return ET.fromstring(done.stdout)


def labels(drawn: ET.Element, kind: str) -> dict[str, list[str]]:
    """The lines of the labels of all boxes, or clusters, by name."""
    found = {}
    for group in drawn.iter(f"{SVG}g"):
        if group.get("class") == kind:
            lines = [text.text or "" for text in group.findall(f"{SVG}text")]
            # Blanks that are not to be lost are written so.
            found[str(group.findtext(f"{SVG}title"))] = [line.replace("\xa0", " ") for line in lines]
    return found


@needs_dot
def test_svg(packages: SiteFolder, tmp_path: Path) -> None:
    assert printed("--format", "svg", "-o", tmp_path / "graph.svg") == ""
    drawn = ET.parse(tmp_path / "graph.svg").getroot()
    assert labels(drawn, "cluster") == {
        "cluster_0": ["demo 1.0"],
        "cluster_1": ["kit 2.0"],
        "cluster_2": ["contexts"],
    }
    assert labels(drawn, "node")["n2"] == ["demo/same", "demo/view", "1.0 kB"]
    lines = {
        group.findtext(f"{SVG}title"): group.find(f"{SVG}path[@stroke-dasharray]") is not None
        for group in drawn.iter(f"{SVG}g")
        if group.get("class") == "edge"
    }
    assert lines == {"n1->n2": False, "n1->n3": True, "n2->n0": False, "n2->n2": True}
    assert printed("--format", "svg").encode() == (tmp_path / "graph.svg").read_bytes()


def test_svg_without_graphviz(packages: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = run("--format", "svg")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(
        "Error: Invalid value for --format: svg is drawn by Graphviz, whose program `dot` is not on PATH: "
        "install graphviz.\n"
    )
    assert printed("--format", "dot").startswith("digraph")


@pytest.mark.skipif(os.name == "nt", reason="needs a script that runs by its first line")
def test_svg_where_graphviz_fails(
    packages: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does where it was installed without what writes SVG."""
    program = tmp_path / "bin" / "dot"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\ncat > \"$0.in\"\nprintf 'Format: \\033[31m not recognized.\\n' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    result = run("--format", "svg", "-o", tmp_path / "graph.svg")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: dot failed: Format: \\x1b[31m not recognized.\n"
    assert not (tmp_path / "graph.svg").exists()


# Names are no syntax

#: What means something to Graphviz, Mermaid, Markdown, HTML or TeX.
TRICKY = [
    *('"];x', "\\", "\\n", 'a\\"b', "\\N", "\\\\", "<b>x</b>", "</div>", "<script>alert(1)</script>"),
    *(
        "&lt;",
        "&#35;",
        "&amp;lt;",
        "#35;",
        "#quot;",
        "ﬂ°°35¶ß",
        "ﬂ°lt¶ß",
        "end",
        "subgraph",
        "graph",
        "click",
    ),
    *("my-style:x#35;y", "classDef:#a;", "style n0 fill:red", ":::c", "@{shape: x}", "a-->b", "a--b", "---"),
    *("%%{init:{}}%%", "%% c", "www.x.js", "wWw.x", "http://x.y/z", "a@b.co", "_a_", "*a*", "`a`", "~~x~~"),
    *("1.", "1. x", "- x", "+ x", "> q", "===", "![a](b)", "[a](b)", "$$x$$", "fa:fa-car", "{x|y}", "(x)"),
    *("é", "日本", "😀", "\u202e", "\x00", "\ud800", "\n", "a\r\nb", "'", "/* x */", "// x", ";", "x" * 200),
]


def charted(names: Sequence[str]) -> Any:
    """A drawing of modules and packages that are called so."""
    boxes = [
        Box(name=f"n{number}", lines=[name, "5 B"], scale=number / len(names), colour="#aabbcc")
        for number, name in enumerate(names)
    ]
    clusters = [(box.lines[0], [box]) for box in boxes]
    imports = [(box.name, "n0", True) for box in boxes]
    return SimpleNamespace(clusters=lambda: clusters, imports=lambda: imports)


names = st.lists(st.text(min_size=1, max_size=8) | st.sampled_from(TRICKY), min_size=1, max_size=30)


@needs_dot
@given(names)
@example(TRICKY)
def test_graphviz_reads_any_name(names: Sequence[str]) -> None:
    drawing = charted(names)
    drawn = draw(to_dot(drawing))
    expected = {box.name: list(box.lines) for _, boxes in drawing.clusters() for box in boxes}
    assert {name: [line for line in lines if line] for name, lines in labels(drawn, "node").items()} == {
        name: [line for line in lines if line] for name, lines in expected.items()
    }
    assert sorted(line for lines in labels(drawn, "cluster").values() for line in lines if line) == sorted(
        box.lines[0] for _, boxes in drawing.clusters() for box in boxes
    )


@needs_dot
def test_names_as_packages_may_have_them() -> None:
    """All characters that the grammar allows, from manifest to drawing."""
    odd = [name for name in TRICKY if not re.search(r'[\s%\\?#<>"{}|^`\[\]\x00-\x20\ud800-\udfff]', name)]
    names = [name for name in odd if "//" not in name and not name.startswith("/")]
    assert {"&", "'", ";", "$", "*", ":", "é", "@", "(", "~"} <= set("".join(names)) | {"&"}
    shipped = {f"odd/{name}.js": edges("odd/amp&lt;") for name in [*names, "amp&lt;"]}
    found = package("odd", {path[4:-3]: path for path in shipped}, modules=shipped)
    drawn = draw(to_dot(Drawing(site_of([found]))))
    assert {lines[0] for lines in labels(drawn, "node").values()} == {
        *(f"odd/{name}".replace("\u202e", r"\u202e") for name in names),
        "odd/amp&lt;",
        "default",
    }
    assert labels(drawn, "cluster")["cluster_0"] == ["odd 1.0"]


# Drawn by Mermaid


@pytest.fixture(scope="module")
def mermaid(npm: Npm) -> str:
    """The source of Mermaid, for browsers."""
    return npm.file("mermaid@11.17.2", "dist/mermaid.min.js")


RENDER = """
(async (text) => {
  mermaid.initialize({ startOnLoad: false, maxTextSize: 1e6 })
  document.body.innerHTML = (await mermaid.render("drawing", text)).svg
  const all = (selector) => [...document.querySelectorAll(selector)]
  const label = (element) => element.querySelector(".nodeLabel").innerText
  return {
    nodes: all("g.node[id*=flowchart]").map((node) => [
      node.id.match(/flowchart-([nc][0-9]+)-/)[1], label(node), node.getBoundingClientRect().height,
    ]),
    clusters: all("g.cluster").map(label),
    edges: all("path.flowchart-link").map((path) => [
      path.id.match(/L_(.+)_[0-9]+$/)[1], path.classList.contains("edge-pattern-dotted"),
    ]),
  }
})
"""


def render(mermaid: str, chromium: Browser, text: str) -> Any:
    """What Mermaid makes of a text."""
    with serving() as server:
        server.texts = {
            server.url("/"): f'<!doctype html><meta charset="utf-8">{NO_ICON}<script src="/m.js"></script>',
            server.url("/m.js"): mermaid,
        }
        page = chromium.open(server.url("/"))
        page.wait_for("!!(globalThis.mermaid && document.body)")
        drawn = page.evaluate(f"{RENDER}({as_js(text)})")
        assert page.complaints == []
        page.close()
    return drawn


def as_js(text: str) -> str:
    assert "${" not in text
    return f"String.raw`{text}`"


def test_mermaid_draws_the_graph(packages: SiteFolder, mermaid: str, chromium: Browser) -> None:
    drawn = render(mermaid, chromium, printed())
    shown = {name: label for name, label, _ in drawn["nodes"]}
    assert shown == {
        "n0": "demo/dom.js\n250 B",
        "n1": "demo/editor\n4.0 kB",
        "n2": "demo/same\ndemo/view\n1.0 kB",
        "n3": "kit/lazy\n2.6 MB",
        "c0": "admin",
        "c1": "admin, public",
    }
    assert sorted(drawn["clusters"]) == ["contexts", "demo 1.0", "kit 2.0"]
    assert sorted(map(tuple, drawn["edges"])) == [
        ("n1_n2", False),
        ("n1_n3", True),
        ("n2_n0", False),
        ("n2_n2", True),
    ]
    heights = {name: height for name, _, height in drawn["nodes"]}
    assert heights["n3"] > 1.5 * heights["n1"] > 0


def test_mermaid_reads_any_name(mermaid: str, chromium: Browser) -> None:
    random = Random(20)
    characters = [chr(number) for number in range(33, 127)] + list("éﬂ°¶ß")
    names = TRICKY + ["".join(random.choices(characters, k=random.randrange(1, 10))) for _ in range(150)]
    drawing = charted(names)
    drawn = render(mermaid, chromium, to_mermaid(drawing))
    boxes = [box for _, boxes in drawing.clusters() for box in boxes]
    shown = {name: label.replace(WORD_JOINER, "") for name, label, _ in drawn["nodes"]}
    assert shown == {box.name: "\n".join(box.lines) for box in boxes}
    clusters = sorted(label.replace(WORD_JOINER, "").replace("\n", "") for label in drawn["clusters"])
    assert clusters == sorted(box.lines[0] for box in boxes)
    assert len(drawn["edges"]) == len(boxes)
