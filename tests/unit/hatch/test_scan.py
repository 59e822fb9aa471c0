"""What the entries of a package lead to, and what is said about imports that lead nowhere."""

from __future__ import annotations

import base64
import hashlib
import os
import posixpath
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.projects import FILES, MODULE, write_project

from hatch_importmap import scan
from hatch_importmap.files import Shipped
from hatch_importmap.manifest import Built, build
from hatch_importmap.project import read_application, read_project
from importmap._base.diagnostics import DeclarationError
from importmap._manifest.document import decode, encode

STATIC = "prose/static/prose"
EDITOR = f"{STATIC}/editor.js"


def build_files(
    root: Path, files: Mapping[str, str | bytes], table: Mapping[str, Any] | None = None
) -> Built:
    """Build a project whose public files are given by their names below `prose/`."""
    table = {"imports": {"editor": "prose/editor.js"}, **(table or {})}
    contents = {posixpath.normpath(f"{STATIC}/{name}"): content for name, content in files.items()}
    write_project(root, files=contents)
    shipped = Shipped(str(root), {path: str(root / path) for path in contents})
    project = {"name": "prose", "entry-points": {"importmap": {"prose": "prose"}}}
    built = build({"project": project, "tool": {"importmap": table}}, shipped, "1")
    assert decode(encode(built.manifest), distribution="", place="") == built.manifest
    return built


def refused(
    root: Path, files: Mapping[str, str | bytes], table: Mapping[str, Any] | None = None
) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        build_files(root, files, table)
    return [f"{problem.code} {problem}" for problem in caught.value.diagnostics]


def warned(root: Path, files: Mapping[str, str | bytes], table: Mapping[str, Any] | None = None) -> list[str]:
    """The warnings; they are what a strict build refuses."""
    warnings = [f"{warning.code} {warning}" for warning in build_files(root, files, table).warnings]
    assert warnings
    assert refused(root, files, {**(table or {}), "strict": True}) == warnings
    return warnings


def row(content: str | bytes, **members: Any) -> dict[str, Any]:
    raw = content if isinstance(content, bytes) else content.encode()
    return {"sha384": base64.b64encode(hashlib.sha384(raw).digest()).decode(), "size": len(raw), **members}


@pytest.mark.parametrize(
    ("files", "computed"),
    [
        (
            {
                "editor.js": 'import "./b.js"; import("./b.js"); new URL("./b.js", import.meta.url)',
                "b.js": "",
            },
            [],
        ),
        ({"editor.js": "import(`./${name}.js`)"}, ["prose/editor.js"]),
        ({"editor.js": "f(import.meta)"}, ["prose/editor.js"]),
        ({"editor.js": "eval(text)"}, ["prose/editor.js"]),
        ({"editor.js": "let = ;"}, ["prose/editor.js"]),
        # The address of a folder, or of what is not there
        ({"editor.js": 'new URL("./b/", import.meta.url)', "b/a.js": ""}, ["prose/editor.js"]),
        ({"editor.js": 'import.meta.resolve("./b/")', "b/a.js": ""}, ["prose/editor.js"]),
        ({"editor.js": 'new URL("./b.js", import.meta.url)'}, ["prose/editor.js"]),
        # Other kinds of files
        ({"editor.js": 'import "./a.css" with {type: "css"}', "a.css": "p { color: red }"}, []),
        (
            {"editor.js": 'import "./a.css" with {type: "css"}', "a.css": "p { color: URL(a) }"},
            ["prose/a.css"],
        ),
        ({"editor.js": 'import "./a.css" with {type: "css"}', "a.css": "@import 'b.css'"}, ["prose/a.css"]),
        ({"editor.js": 'import "./a.css" with {type: "css"}', "a.css": "p { x: u\\rl(a) }"}, ["prose/a.css"]),
        ({"editor.js": 'import "./a.json" with {type: "json"}', "a.json": "{}"}, []),
        ({"editor.js": 'import "./a.txt" with {type: "text"}', "a.txt": "url(a)"}, []),
        ({"editor.js": 'import "./a.wasm"', "a.wasm": "wasm"}, ["prose/a.wasm"]),
        ({"editor.js": 'import "./a.svg"', "a.svg": "<svg/>"}, ["prose/a.svg"]),
    ],
)
def test_what_may_load_more_than_is_known(tmp_path: Path, files: dict[str, str], computed: list[str]) -> None:
    assert build_files(tmp_path, files).manifest["computed"] == computed


# The graph --------------------------------------------------------------------------------------


def test_every_file_that_is_reached(tmp_path: Path) -> None:
    files = {
        "editor.js": 'import "./lib/dom.js"; export * from "./lib/dom.js"; import("./lazy.mjs")',
        "lib/dom.js": (
            'import data from "../data.json" with {type: "json"}; import.meta.resolve("./worker.js")'
        ),
        "lib/worker.js": "",
        "lazy.mjs": 'import sheet from "./style.css" with {type: "css"}; import("./lib/dom.js")',
        "data.json": "{}",
        "style.css": "",
        "unused.js": 'import "./nowhere.js"',
    }
    built = build_files(tmp_path, files)
    assert built.manifest["modules"] == {
        "prose/data.json": row("{}", type="json"),
        "prose/editor.js": row(files["editor.js"], imports=["./lib/dom.js"], dynamic=["./lazy.mjs"]),
        "prose/lazy.mjs": row(files["lazy.mjs"], imports=["./style.css"], dynamic=["./lib/dom.js"]),
        "prose/lib/dom.js": row(files["lib/dom.js"], imports=["../data.json"], dynamic=["./worker.js"]),
        "prose/lib/worker.js": row(""),
        "prose/style.css": row("", type="css"),
    }
    assert list(built.manifest["modules"]) == sorted(built.manifest["modules"])
    assert [f"{warning.code} {warning}" for warning in built.warnings] == [
        (
            f"IM050 {EDITOR}:1:61: many servers send 'prose/lazy.mjs' with a type that browsers refuse; "
            "name it .js."
        )
    ]


def test_edges_are_in_the_order_of_the_source_and_each_once(tmp_path: Path) -> None:
    code = 'import "./b.js"; import "./a.js"; import("./a.js"); import("./b.js"); import "./b.js"'
    modules = build_files(tmp_path, {"editor.js": code, "a.js": "", "b.js": ""}).manifest["modules"]
    assert modules["prose/editor.js"] == row(code, imports=["./b.js", "./a.js"], dynamic=["./a.js", "./b.js"])


def test_types_of_files(tmp_path: Path) -> None:
    """By suffix; only what a file that is no JavaScript is imported as says more."""
    names = ["b.mjs", "a.JS", "c.json", "d.css", "e.WASM", "LICENSE", "x/.hidden", "f.txt", "g.js"]
    code = 'import x from "./f.txt" with {type: "json"}; import y from "./g.js" with {type: "json"}'
    files = {"editor.js": code, **dict.fromkeys(names, "")}
    imports = {name: f"prose/{name}" for name in names[:-2]}
    built = build_files(tmp_path, files, {"imports": {"editor": "prose/editor.js", **imports}})
    assert {path: module.get("type") for path, module in built.manifest["modules"].items()} == {
        "prose/LICENSE": "file",
        "prose/a.JS": None,
        "prose/b.mjs": None,
        "prose/c.json": "json",
        "prose/d.css": "css",
        "prose/e.WASM": "wasm",
        "prose/editor.js": None,
        "prose/f.txt": "json",
        "prose/g.js": None,
        "prose/x/.hidden": "file",
    }


def test_a_file_that_is_no_javascript_is_not_parsed(tmp_path: Path) -> None:
    table = {"imports": {"data": "prose/data.json"}, "strict": True}
    built = build_files(tmp_path, {"data.json": 'import "./nowhere.js"'}, table)
    assert list(built.manifest["modules"]) == ["prose/data.json"]


@pytest.mark.parametrize(
    "code",
    [
        'import "./editor.js"',
        'import "./a.js"',
        'import("prose/editor"); import "./a.js"',
        'import "./../prose/a.js"',
    ],
)
def test_cycles(code: str, tmp_path: Path) -> None:
    modules = build_files(tmp_path, {"editor.js": code, "a.js": 'import "./editor.js"'}).manifest["modules"]
    assert "prose/editor.js" in modules
    assert modules["prose/editor.js"]["imports" if "import " in code else "dynamic"]


def test_ten_thousand_modules_deep(tmp_path: Path) -> None:
    count = 10_000
    files = {f"m{number}.js": f'import "./m{number + 1}.js"' for number in range(count - 1)}
    files[f"m{count - 1}.js"] = 'import "./m0.js"'
    built = build_files(tmp_path, files, {"imports": {"editor": "prose/m0.js"}})
    assert len(built.manifest["modules"]) == count


def test_a_prefix_leads_to_files_without_an_entry_of_their_own(tmp_path: Path) -> None:
    code = 'import "prose/in/.hidden.js"; import "prose/in/x.js"; import "lit/.hidden.js"'
    files = {"editor.js": code, "in/x.js": "", "in/.hidden.js": "", "lit/x.js": "", "lit/.hidden.js": ""}
    built = build_files(
        tmp_path,
        files,
        {
            "imports": {"editor": "prose/editor.js", "in/": "prose/in/"},
            "vendored": {"lit/": {"path": "prose/lit/", "version": "3"}},
        },
    )
    assert set(built.manifest["modules"]) == {f"prose/{name}" for name in files}


@pytest.mark.parametrize(
    "content",
    [
        b'\xef\xbb\xbfimport "./a.js"',
        'const é = 1; import "./a.js"'.encode("latin-1"),
        b'#!/usr/bin/env node\nimport "./a.js"',
        b'import "./a.js";' + b'f(function(){return a/b+"import"});' * 1000,
    ],
    ids=["bom", "latin-1", "hashbang", "minified"],
)
def test_encodings(content: bytes, tmp_path: Path) -> None:
    modules = build_files(tmp_path, {"editor.js": content, "a.js": ""}).manifest["modules"]
    assert modules == {"prose/a.js": row(""), "prose/editor.js": row(content, imports=["./a.js"])}


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_that_leave_the_project(tmp_path: Path) -> None:
    """The wheel has what they lead to, so that is what the manifest lists."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.js").write_text('import "./b.js"')
    (outside / "b.js").write_text(MODULE)
    project = write_project(tmp_path / "project", files={**FILES, EDITOR: 'import "./in/a.js"'})
    (project / STATIC / "in").symlink_to(outside)
    assert list(read_project(project)[0]["modules"]) == ["prose/editor.js", "prose/in/a.js", "prose/in/b.js"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_an_imported_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Such as one that was removed since the files were listed, or a link to nowhere."""
    project = write_project(tmp_path, files={**FILES, EDITOR: 'export {};\nimport "./a.js"; import "./b.js"'})
    (project / STATIC / "a.js").symlink_to("gone.js")
    (project / STATIC / "b.js").write_text('import "./c.js"')
    with pytest.raises(DeclarationError) as caught:
        read_project(project)
    assert str(caught.value) == (
        "importmap: 2 problems\n"
        f"- {EDITOR}:2:8: {project / STATIC / 'a.js'} cannot be read: No such file or directory.\n"
        f"- {STATIC}/b.js:1:8: imports './c.js': the wheel does not ship 'prose/c.js'; "
        "it was looked for below 'prose/static'."
    )


def test_an_imported_file_needs_a_folder_for_private_names(tmp_path: Path) -> None:
    files = {"editor.js": 'import "../top.js"', "../top.js": ""}
    assert "top.js" in build_files(tmp_path, files).manifest["modules"]
    private = {"imports": {"editor": "prose/editor.js", "#dom": "prose/editor.js"}}
    assert refused(tmp_path, files, private) == [
        (
            f"IM013 {EDITOR}:1:8: 'top.js' must lie in a folder of this package's own: "
            "private and third-party names need a URL prefix that no other package has."
        )
    ]


# Relative imports that lead nowhere -------------------------------------------------------------

SHIPPED = {
    "in/dom.js": "",
    "in/lib/index.js": "",
    "in/old/x.txt": "",
    "in/esm.mjs": "",
    "in/data.json": "",
    "in/lib.d.ts": "",
    "in/a b.js": "",
}


@pytest.mark.parametrize(
    ("specifier", "message"),
    [
        ("./dom", "IM019 {}: imports './dom': browsers look for a file of that very name. Write './dom.js'."),
        (
            "./esm",
            "IM019 {}: imports './esm': browsers look for a file of that very name. Write './esm.mjs'.",
        ),
        (
            "./data",
            "IM019 {}: imports './data': browsers look for a file of that very name. Write './data.json'.",
        ),
        (
            "./dom.ts",
            "IM019 {}: imports './dom.ts': browsers look for a file of that very name. Write './dom.js'.",
        ),
        (
            "./lib",
            "IM019 {}: imports './lib': browsers look for no file in a folder. Write './lib/index.js'.",
        ),
        (
            "./lib/",
            "IM019 {}: imports './lib/': browsers look for no file in a folder. Write './lib/index.js'.",
        ),
        ("./old", "IM019 {}: imports './old': browsers look for no file in a folder. Name the file."),
        ("./gone/", "IM019 {}: imports './gone/': browsers look for no file in a folder. Name the file."),
        (".", "IM019 {}: imports '.': browsers look for no file in a folder. Name the file."),
        ("..", "IM019 {}: imports '..': browsers look for no file in a folder. Name the file."),
        ("./lib/..", "IM019 {}: imports './lib/..': browsers look for no file in a folder. Name the file."),
        (
            "./dom.js?v=1",
            (
                "IM019 {}: imports './dom.js?v=1': a query makes it another module than the file alone. "
                "Write './dom.js'."
            ),
        ),
        (
            "./dom#x",
            (
                "IM019 {}: imports './dom#x': a fragment makes it another module than the file alone. "
                "Write './dom.js'."
            ),
        ),
        (
            "./gone.js?v=1",
            "IM019 {}: imports './gone.js?v=1': a query makes it another module than the file alone.",
        ),
        ("../../../x.js", "IM019 {}: imports '../../../x.js': it leads out of the static root."),
        (
            "./lib/../dom.js",
            (
                "IM004 {}: imports './lib/../dom.js', which is refused: "
                "a path has no empty, '.' or '..' segment, "
                'no white space or control character, and none of % \\ ? # [ ] < > " {{ }} | ^ `. '
                "Write './dom.js'."
            ),
        ),
        (
            "./a%20b.js",
            (
                "IM004 {}: imports './a%20b.js', which is refused: a path has no empty, '.' or '..' segment, "
                'no white space or control character, and none of % \\ ? # [ ] < > " {{ }} | ^ `.'
            ),
        ),
        (
            "./a b.js",
            (
                "IM004 {}: imports './a b.js', which is refused: a path has no empty, '.' or '..' segment, "
                'no white space or control character, and none of % \\ ? # [ ] < > " {{ }} | ^ `.'
            ),
        ),
        (
            "./dmo.js",
            (
                "IM018 {}: imports './dmo.js': the wheel does not ship 'prose/in/dmo.js'; "
                "it was looked for below 'prose/static'. Did you mean './dom.js'?"
            ),
        ),
        (
            "../../other/zzz.js",
            (
                "IM018 {}: imports '../../other/zzz.js': the wheel does not ship 'other/zzz.js'; "
                "it was looked for below 'prose/static'."
            ),
        ),
    ],
)
@pytest.mark.parametrize(
    ("code", "column"),
    [
        ('import "{}"', 8),
        ('export * from "{}"', 15),
        ('import("{}")', 8),
        ('import.meta.resolve("{}")', 21),
    ],
)
def test_refuses_a_relative_import(
    code: str, column: int, specifier: str, message: str, tmp_path: Path
) -> None:
    files = {**SHIPPED, "in/editor.js": f"\n{code.format(specifier)}"}
    table = {"imports": {"editor": "prose/in/editor.js"}}
    expected = [message.format(f"{STATIC}/in/editor.js:2:{column}")]
    if "resolve" in code and "no file in a folder" in message and not specifier.endswith(("old", "lib")):
        # The URL of a folder is something to build other URLs from.
        assert "dynamic" not in build_files(tmp_path, files, table).manifest["modules"]["prose/in/editor.js"]
    else:
        assert refused(tmp_path, files, table) == expected


@pytest.mark.parametrize("code", ['import "{}"', 'import("{}")'])
@pytest.mark.parametrize("specifier", ["prose/in/", "prose/in/deep/", "#in/", "lit/"])
def test_refuses_a_prefix_as_a_module(specifier: str, code: str, tmp_path: Path) -> None:
    """Whatever it leads to, its URL is that of a folder."""
    table = {
        "imports": {"editor": "prose/editor.js", "in/": "prose/in/", "#in/": "prose/in/"},
        "vendored": {"lit/": {"path": "prose/in/", "version": "3"}},
    }
    source = code.format(specifier)
    assert refused(tmp_path, {"editor.js": source, "in/x.js": ""}, table) == [
        f"IM019 {EDITOR}:1:8: imports '{specifier}': browsers look for no file in a folder. Name the file."
    ]


def test_the_url_of_a_prefix(tmp_path: Path) -> None:
    """A name needs the map, also where other URLs are built from it."""
    names = ["prose/in/", "prose/in/deep/", "#in/", "lit/"]
    code = "".join(f'import.meta.resolve("{name}");' for name in names)
    imports = {"editor": "prose/editor.js", "in/": "prose/in/", "#in/": "prose/in/"}
    table = {"imports": imports, "requires": {"lit": "*"}}
    built = build_files(tmp_path, {"editor.js": code, "in/deep/x.js": ""}, table)
    assert built.manifest["modules"]["prose/editor.js"] == row(code, dynamic=names)
    no_folder = {"editor.js": 'import.meta.resolve("prose/in/no/")', "in/x.js": ""}
    assert refused(tmp_path / "no", no_folder, table) == [
        (
            f"IM018 {EDITOR}:1:21: imports 'prose/in/no/' through the prefix 'prose/in/': "
            "'prose/in/no/' matches no file of the wheel; it was looked for below 'prose/static'."
        )
    ]
    assert refused(tmp_path / "other", {"editor.js": 'import.meta.resolve("react/")'}) == [
        (
            f"IM021 {EDITOR}:1:21: imports 'react/', which is neither this package's own "
            "nor in 'vendored', 'requires' or 'ignore'.\n"
            "    [tool.importmap.requires]\n"
            '    react = "*"'
        )
    ]


def test_a_file_that_is_ignored(tmp_path: Path) -> None:
    """One list of patterns, after the last one."""
    files = {
        **FILES,
        ".gitignore": "a.js\nb.js\nc.wasm",
        EDITOR: 'import "./b.js"\nimport "./a.js"\nnew URL("c.wasm", import.meta.url)',
        f"{STATIC}/a.js": "",
        f"{STATIC}/b.js": "",
        f"{STATIC}/c.wasm": "",
    }
    project = write_project(tmp_path / "project", files=files)
    with pytest.raises(DeclarationError) as caught:
        read_project(project)
    assert str(caught.value) == (
        "importmap: 2 problems\n"
        f"- {EDITOR}:1:8: imports './b.js': the wheel does not ship 'prose/b.js': {STATIC}/b.js is there, "
        "but ignored.\n"
        f"- {EDITOR}:2:8: imports './a.js': the wheel does not ship 'prose/a.js': {STATIC}/a.js is there, "
        "but ignored.\n"
        "    [tool.hatch.build]\n"
        f'    artifacts = ["{STATIC}/b.js", "{STATIC}/a.js", "{STATIC}/c.wasm"]'
    )


def test_one_problem_for_all_places(tmp_path: Path) -> None:
    importing = {f"m{number}.js": 'import "./gone.js"' for number in range(7)}
    files = {**importing, "editor.js": "".join(f'import "./{name}";' for name in importing)}
    assert refused(tmp_path, files) == [
        (
            f"IM018 {STATIC}/m0.js:1:8: imports './gone.js': the wheel does not ship 'prose/gone.js'; "
            f"it was looked for below 'prose/static'. Also at {STATIC}/m1.js:1:8, {STATIC}/m2.js:1:8, "
            f"{STATIC}/m3.js:1:8, {STATIC}/m4.js:1:8 and 2 more places."
        )
    ]


# URLs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("specifier", ["/static/x.js", "//cdn.example/x.js", "https://cdn.example/x.js"])
def test_an_import_of_a_url_is_no_edge(specifier: str, tmp_path: Path) -> None:
    files = {"editor.js": f'import "{specifier}"'}
    assert warned(tmp_path, files) == [
        (
            f"IM057 {EDITOR}:1:8: imports '{specifier}': what is loaded by its URL is not checked, "
            "not cache-busted and not preloaded."
        )
    ]
    assert "imports" not in build_files(tmp_path, files).manifest["modules"]["prose/editor.js"]


def test_code_in_a_url_is_nothing_to_say_about(tmp_path: Path) -> None:
    files = {"editor.js": 'import "data:text/javascript,0"; import("blob:https://site.example/1")'}
    built = build_files(tmp_path, files, {"strict": True})
    assert built.manifest["modules"]["prose/editor.js"].keys() == {"sha384", "size"}


def test_other_schemes(tmp_path: Path) -> None:
    """What a module imports only where it does not run in a browser keeps no page from working."""
    assert refused(tmp_path, {"editor.js": 'import "node:fs"; import "NPM:lit"'}) == [
        f"IM022 {EDITOR}:1:8: imports 'node:fs': browsers load nothing from 'node:'.",
        f"IM022 {EDITOR}:1:26: imports 'NPM:lit': browsers load nothing from 'npm:'.",
    ]
    assert warned(tmp_path, {"editor.js": 'import("node:fs")'}) == [
        f"IM022 {EDITOR}:1:8: imports 'node:fs': browsers load nothing from 'node:'."
    ]


# Assets -----------------------------------------------------------------------------------------


def asset(*specifiers: str) -> dict[str, str]:
    return {"editor.js": "".join(f'new URL("{name}", import.meta.url);' for name in specifiers)}


def test_assets(tmp_path: Path) -> None:
    code = asset("x.wasm", "./img/a.svg?v=1#icon", "../prose/x.wasm", "./x.wasm", "worker.js")
    files = {**code, "x.wasm": "", "img/a.svg": "", "worker.js": 'import "./nowhere.js"'}
    built = build_files(tmp_path, files, {"strict": True})
    assert built.manifest["modules"] == {
        "prose/editor.js": row(
            code["editor.js"], assets=["./x.wasm", "./img/a.svg", "../prose/x.wasm", "./worker.js"]
        )
    }
    assert built.beside == ("prose/x.wasm", "prose/img/a.svg", "prose/worker.js")


def test_what_is_no_asset(tmp_path: Path) -> None:
    code = asset(
        *("", ".", "./", "..", "../", "./img/", "img", "?x", "#x", "/x.png", "//cdn.example/x.png", "in/.."),
        *("https://cdn.example/x.png", "data:text/plain,x", "\\\\x.png"),
    )
    built = build_files(tmp_path, {**code, "img/a.svg": ""}, {"strict": True})
    assert built.manifest["modules"] == {"prose/editor.js": row(code["editor.js"])}


@pytest.mark.parametrize(
    ("specifier", "message"),
    [
        (
            "./x.wsm",
            (
                "asks for the file './x.wsm': the wheel does not ship 'prose/x.wsm'; "
                "it was looked for below 'prose/static'. Did you mean './x.wasm'?"
            ),
        ),
        ("../../x.wasm", "asks for the file '../../x.wasm', which is out of the static root."),
        (
            "a b.png",
            (
                "asks for the file 'a b.png', which is refused: a path has no empty, '.' or '..' segment, "
                'no white space or control character, and none of % \\ ? # [ ] < > " { } | ^ `.'
            ),
        ),
    ],
)
def test_an_asset_that_is_not_there(specifier: str, message: str, tmp_path: Path) -> None:
    files = {**asset(specifier), "x.wasm": ""}
    assert warned(tmp_path, files) == [f"IM053 {EDITOR}:1:9: {message}"]
    assert "assets" not in build_files(tmp_path, files).manifest["modules"]["prose/editor.js"]


def test_an_asset_that_is_ignored(tmp_path: Path) -> None:
    files = {
        **FILES,
        EDITOR: 'new URL("./a.wasm", import.meta.url)',
        f"{STATIC}/a.wasm": "",
        ".gitignore": "*.wasm",
    }
    [warning] = read_project(write_project(tmp_path, files=files))[1]
    assert str(warning) == (
        f"{EDITOR}:1:9: asks for the file './a.wasm': the wheel does not ship 'prose/a.wasm': "
        f"{STATIC}/a.wasm is there, but ignored.\n"
        "    [tool.hatch.build]\n"
        f'    artifacts = ["{STATIC}/a.wasm"]'
    )


# Files that cannot be followed ------------------------------------------------------------------


def test_a_file_that_does_not_parse(tmp_path: Path) -> None:
    files = {"editor.js": 'import "./a.js";\nlet = = 1;\nimport "./b.js";\n', "a.js": "", "b.js": ""}
    assert warned(tmp_path, files) == [
        f"IM054 {EDITOR}:2:7: cannot be parsed here: imports next to it may be overlooked."
    ]
    module = build_files(tmp_path, files).manifest["modules"]["prose/editor.js"]
    assert module["imports"] == ["./a.js", "./b.js"]


def test_imports_that_are_no_literals(tmp_path: Path) -> None:
    """One warning for each file."""
    files = {
        "editor.js": 'import(name);\nimport("./a.js");\n  import(`./${name}.js`)',
        "a.js": "import(name)",
    }
    sentence = "imports what is no string literal: only another import, or an entry, brings it into the map."
    assert warned(tmp_path, files) == [
        f"IM055 {STATIC}/a.js:1:1: {sentence}",
        f"IM055 {EDITOR}:1:1: {sentence} Also at 3:3.",
    ]
    assert build_files(tmp_path, files).manifest["modules"]["prose/editor.js"]["dynamic"] == ["./a.js"]


def test_commonjs(tmp_path: Path) -> None:
    files = {"editor.js": 'import "./a.js"', "a.js": 'const b = require("b");\nmodule.exports = b;'}
    assert warned(tmp_path, files) == [
        f"IM056 {STATIC}/a.js:1:11: is a CommonJS module, which browsers do not load: ship an ES module."
    ]


def test_a_source_map_of_an_imported_file(tmp_path: Path) -> None:
    files = {"editor.js": 'import "./a.js"', "a.js": "//# sourceMappingURL=a.js.map\n"}
    assert refused(tmp_path, files) == [
        (
            f"IM014 {EDITOR}:1:8: 'prose/a.js' names a source map, which collectstatic insists on: "
            "the wheel does not ship 'prose/a.js.map'; it was looked for below 'prose/static'."
        )
    ]
    assert build_files(tmp_path, {**files, "a.js.map": "{}"}).beside == ("prose/a.js.map",)


def test_a_source_map_of_a_style_sheet(tmp_path: Path) -> None:
    """Django rewrites these comments, too."""
    code = 'import sheet from "./a.css" with {type: "css"}'
    files = {"editor.js": code, "a.css": "/*# sourceMappingURL=a.css.map */\n"}
    assert refused(tmp_path, files) == [
        (
            f"IM014 {EDITOR}:1:19: 'prose/a.css' names a source map, which collectstatic insists on: "
            "the wheel does not ship 'prose/a.css.map'; it was looked for below 'prose/static'."
        )
    ]
    assert build_files(tmp_path, {**files, "a.css.map": "{}"}).beside == ("prose/a.css.map",)


def test_a_source_map_of_an_mjs_file(tmp_path: Path) -> None:
    """Browsers ask for it, too; collectstatic does not look."""
    files = {"editor.js": 'import "./a.mjs"', "a.mjs": "//# sourceMappingURL=../%61.map?x\n"}
    [*_, missing] = refused(tmp_path, files)
    assert missing == (
        f"IM014 {EDITOR}:1:8: 'prose/a.mjs' names a source map: the wheel does not ship 'a.map'; "
        "it was looked for below 'prose/static'. Did you mean 'prose/a.mjs'?"
    )
    assert build_files(tmp_path, {**files, "../a.map": "{}"}).beside == ("a.map",)


def test_a_source_map_with_a_star(tmp_path: Path) -> None:
    """It is no pattern, so no folder is searched."""
    files = {"editor.js": "//# sourceMappingURL=../../../../*%00.map\n", "x.map": "{}"}
    assert refused(tmp_path, files) == [
        (
            "IM014 tool.importmap.imports.editor: 'prose/editor.js' names a source map, which "
            "collectstatic insists on: the wheel does not ship '../../../*\\x00.map'; "
            "it was looked for below 'prose/static'."
        )
    ]


STARS = {
    "import": (
        'import "./a*.js"',
        "IM018 {place}:1:8: imports './a*.js': the wheel does not ship 'prose/a*.js'; ",
    ),
    "asset": (
        'new URL("./a*.js", import.meta.url)',
        "IM053 {place}:1:9: asks for the file './a*.js': the wheel does not ship 'prose/a*.js'; ",
    ),
    "prefix": (
        'import "prose/in/*.js"',
        (
            "IM018 {place}:1:8: imports 'prose/in/*.js' through the prefix 'prose/in/': "
            "the wheel does not ship 'prose/*.js'; "
        ),
    ),
}


@pytest.mark.parametrize("kind", STARS)
def test_a_star_in_code_is_no_pattern(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder is searched, and no file that a pattern would match is offered."""
    code, message = STARS[kind]
    write_project(tmp_path, files={f"{STATIC}/a1.txt.js": ""})
    walk = mock.Mock(return_value=[])
    monkeypatch.setattr("hatch_importmap.missing.os.walk", walk)
    table = {"imports": {"editor": "prose/editor.js", "in/": "prose/"}, "strict": True}
    problems = [
        each for each in refused(tmp_path, {"editor.js": code}, table) if not each.startswith("IM051")
    ]
    assert [problem.partition("it was looked for")[0] for problem in problems] == [
        message.format(place=EDITOR)
    ]
    walk.assert_not_called()


def test_a_file_outside_of_the_static_root_is_not_looked_for(tmp_path: Path) -> None:
    """What lies elsewhere on the disk of whoever builds is no matter of a package."""
    (tmp_path / "secret.map").write_text("{}")
    files = {"editor.js": "//# sourceMappingURL=../../../../secret.map\n"}
    [problem] = refused(tmp_path / "project", files)
    assert problem == (
        "IM014 tool.importmap.imports.editor: 'prose/editor.js' names a source map, which collectstatic "
        "insists on: the wheel does not ship '../../../secret.map'; it was looked for below 'prose/static'."
    )


# What reads JavaScript --------------------------------------------------------------------------


@pytest.fixture
def without_scans(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """As if nothing had been read in this process."""
    scans: dict[str, Any] = {}
    monkeypatch.setattr(scan, "_scans", scans)
    return scans


def test_each_content_is_parsed_once(
    without_scans: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"editor.js": 'import "./a.js"; import "./b.js"', "a.js": "same", "b.js": "same"}
    first = build_files(tmp_path, files).manifest
    assert len(without_scans) == 2
    monkeypatch.setitem(sys.modules, "hatch_importmap.javascript.parse", None)
    assert build_files(tmp_path, files).manifest == first


def test_not_every_content_is_kept(
    without_scans: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_MOST_SCANS", 1)
    files = {"editor.js": 'import "./a.js"', "a.js": ""}
    assert len(build_files(tmp_path, files).manifest["modules"]) == 2
    assert len(without_scans) == 1


MISSING = (
    "IM023 tree-sitter and tree-sitter-javascript, which read imports, cannot be used: "
    "import of hatch_importmap.javascript.parse halted; None in sys.modules.\n"
    '    python -m pip install "hatch-importmap[live]"'
)


@pytest.mark.usefixtures("without_scans")
def test_without_the_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all other problems; and a package without JavaScript does without it."""
    monkeypatch.setitem(sys.modules, "hatch_importmap.javascript.parse", None)
    imports = {"editor": "prose/editor.js", "gone": "prose/gone.js"}
    first, second = refused(tmp_path, {"editor.js": "", "a.js": ""}, {"imports": imports})
    assert first.startswith("IM010 tool.importmap.imports.gone: ")
    assert second == MISSING
    built = build_files(tmp_path, {"data.json": ""}, {"imports": {"data": "prose/data.json"}})
    assert list(built.manifest["modules"]) == ["prose/data.json"]


@pytest.mark.usefixtures("without_scans")
def test_an_application_without_the_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pages work without edges too, but a production form has them or is not made."""
    monkeypatch.setitem(sys.modules, "hatch_importmap.javascript.parse", None)
    document = '[project]\nname = "shop"\n[tool.importmap.imports]\na = "shop/a.js"\nb = "shop/b.js"\n'
    files = {"static/shop/a.js": 'import "./b.js"', "static/shop/b.js": ""}
    project = write_project(tmp_path, document, files)
    manifest, [warning] = read_application(project)
    assert manifest["modules"] == {"shop/a.js": {"size": 15}, "shop/b.js": {"size": 0}}
    assert (f"{warning.code} {warning}", warning.severity) == (MISSING, "warning")
    with pytest.raises(DeclarationError) as caught:
        read_project(project)
    assert [f"{problem.code} {problem}" for problem in caught.value.diagnostics] == [MISSING]


# Any code ---------------------------------------------------------------------------------------

pieces = st.sampled_from(
    ["./", "../", "/", ".", "..", "a.js", "a", "in", "b.json", "prose", "#dom", "lit", "@s", "é", "%20", " "]
)
odd = st.sampled_from(["?v", "#x", "node:", "https:", "data:", "*", "\\\\", "\\0", "\\u{d800}", "x" * 200])
specifiers = st.lists(pieces | odd, max_size=4).map("".join) | st.lists(pieces, max_size=4).map("/".join)
forms = [
    "import {};",
    "import({});",
    "export * from {};",
    "import.meta.resolve({});",
    "import {} with {{type: 'css'}};",
]
statements = st.tuples(
    st.sampled_from([*forms, "new URL({}, import.meta.url);", "require({});", "let {}"]), specifiers
)
code = st.lists(statements.map(lambda pair: pair[0].format(f'"{pair[1]}"')), max_size=5).map("".join)
trees = st.dictionaries(
    st.sampled_from(["a.js", "in/a.js", "in/index.js", "b.json", "../a.js", "é.js", "a b.js"]),
    code,
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(files=trees, editor=code, strict=st.booleans())
def test_any_code_makes_a_manifest_or_problems(
    files: dict[str, str], editor: str, strict: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the scan lets pass, the readers of manifests let pass; each problem has its place."""
    table = {
        "imports": {"editor": "prose/editor.js", "in/": "prose/in/", "#dom": "prose/editor.js"},
        "requires": {"lit": "*"},
        "strict": strict,
    }
    root = tmp_path_factory.mktemp("any")
    try:
        found = build_files(root, {**files, "editor.js": editor, "in/c.js": ""}, table).warnings
    except DeclarationError as error:
        found = list(error.diagnostics)
    for diagnostic in found:
        assert diagnostic.place
        assert all(line.isprintable() for line in str(diagnostic).split("\n"))
