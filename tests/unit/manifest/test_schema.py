"""docs/manifest.schema.json says of a manifest what the reader says, as far as a schema can."""

from __future__ import annotations

import copy
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hatchling.builders.wheel import WheelBuilder
from hypothesis import example, given
from hypothesis import strategies as st
from support.projects import MODULE, PYPROJECT, write_project
from support.site_folder import FULL
from support.wheels import EXAMPLE, ROOT

from hatch_importmap.project import read_application
from importmap import ManifestError
from importmap._manifest.document import decode, encode

SCHEMA = json.loads((ROOT / "docs" / "manifest.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
DIGEST = "A" * 64

#: Something of everything that an author can declare.
EVERYTHING = """
"." = "prose/editor.js"
"locales/*" = "prose/locales/*.js"
"themes/" = "prose/themes/"
preview = { path = "prose/preview.js", contexts = ["admin", "public"] }
remote = { url = "https://cdn.example/a.js", integrity = "sha384-DIGEST" }
data = "prose/data.json"
"#dom" = "prose/dom.js"
"#parts/" = "prose/parts/"

[tool.importmap.vendored]
lit = { path = "prose/vendor/lit.js", version = "3.2.1" }
"lit/" = { path = "prose/vendor/lit/", version = "3.2.1" }

[tool.importmap.requires]
"@codemirror/view" = ">=6,<7"

[tool.importmap]
ignore = ["htmx.org"]
static = ["prose/static"]
""".replace("DIGEST", DIGEST)
FILES = dict.fromkeys(
    [
        "prose/__init__.py",
        *(
            f"prose/static/prose/{name}"
            for name in (
                "editor.js",
                "preview.js",
                "data.json",
                "dom.js",
                "locales/de.js",
                "themes/dark.js",
                "parts/button.js",
                "vendor/lit.js",
                "vendor/lit/html.js",
            )
        ),
    ],
    MODULE,
)
APPLICATION = '[tool.importmap]\nnamespace = "shop"\nimports = { cart = "shop/cart.js" }\n'


def build(project: Path, folder: Path, version: str = "standard") -> dict[str, Any]:
    """The manifest in a wheel that is built of a project."""
    builder = WheelBuilder(os.fspath(project))
    wheel = next(builder.build(directory=os.fspath(folder), versions=[version]))
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/extra_metadata/importmap.json")]
        manifest: dict[str, Any] = json.loads(archive.read(name))
        return manifest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project", PYPROJECT, FILES, EVERYTHING)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_example(tmp_path: Path) -> None:
    VALIDATOR.validate(build(EXAMPLE, tmp_path))


def test_a_project_with_everything(project: Path, tmp_path: Path) -> None:
    manifest = build(project, tmp_path)
    VALIDATOR.validate(manifest)
    used = {key for key, value in manifest.items() if value}
    of_source_trees = {"project", "files", "pyproject", "watch", "build"}
    assert used | {"computed"} == set(SCHEMA["properties"]) - of_source_trees
    assert manifest["computed"] == []


def test_an_editable_install(project: Path, tmp_path: Path) -> None:
    manifest = build(project, tmp_path, "editable")
    VALIDATOR.validate(manifest)
    assert {"project", "files", "pyproject", "watch"} <= manifest.keys()


def test_an_application(tmp_path: Path) -> None:
    write_project(tmp_path, APPLICATION, {"static/shop/cart.js": MODULE})
    manifest, _ = read_application(tmp_path)
    VALIDATOR.validate(manifest)
    assert {"project", "files", "pyproject", "watch"} <= manifest.keys()


def test_the_smallest_manifest() -> None:
    manifest = {"manifest": 1, "name": "prose", "namespace": "prose", "modules": {}, "imports": {}}
    decode(json.dumps(manifest).encode(), distribution="prose", place="")
    VALIDATOR.validate(manifest)


def test_a_manifest_in_which_nothing_is_missing() -> None:
    VALIDATOR.validate(FULL)


def test_unknown_keys_are_for_later_releases() -> None:
    manifest = good()
    manifest["x-more"] = manifest["modules"]["prose/editor.js"]["x-more"] = [1]
    decode(encode(manifest), distribution="prose", place="")
    VALIDATOR.validate(manifest)


def good() -> Any:
    return {
        "manifest": 1,
        "name": "prose",
        "version": "1.2.3",
        "namespace": "prose",
        "package": "prose",
        "roots": ["prose/static"],
        "modules": {
            "prose/editor.js": {"sha384": DIGEST, "size": 1, "imports": ["./lit.js", "#dom", "lit"]},
            "prose/lit.js": {"dynamic": ["./editor.js"], "assets": ["./editor.css"], "type": "json"},
        },
        "imports": {
            "prose/editor": {"path": "prose/editor.js", "contexts": ["admin"]},
            "prose/remote": {"url": "https://cdn.example/a.js", "integrity": f"sha384-{DIGEST}"},
        },
        "private": {"#dom": {"path": "prose/lit.js"}},
        "vendored": {"lit": {"path": "prose/lit.js", "version": "3.2.1"}},
        "requires": {"react": ">=19"},
        "ignore": ["htmx.org"],
        "project": "/home/me/prose",
        "files": {"prose/editor.js": "/home/me/prose/editor.js"},
        "pyproject": "0" * 64,
        "watch": {"/home/me/prose/pyproject.toml": [1, 2]},
        "build": {"artifacts": ["*.js"]},
    }


def test_the_good_one_is_good() -> None:
    decode(encode(good()), distribution="prose", place="")
    VALIDATOR.validate(good())


#: Where to change the good manifest, and what to put there.
BAD: dict[str, tuple[tuple[str, ...], object]] = {
    "no format": (("manifest",), None),
    "newer format": (("manifest",), 2),
    "format as text": (("manifest",), "1"),
    "no name": (("name",), None),
    "name with a space": (("name",), "my prose"),
    "version with a slash at its end": (("version",), "1/"),
    "no namespace": (("namespace",), None),
    "namespace like a URL": (("namespace",), "https:"),
    "namespace in capitals": (("namespace",), "Prose"),
    "namespace with a newline": (("namespace",), "prose\n"),
    "package with a hyphen": (("package",), "my-prose"),
    "roots as text": (("roots",), "prose/static"),
    "root outside": (("roots",), ["../static"]),
    "no modules": (("modules",), None),
    "modules as a list": (("modules",), []),
    "absolute path": (("modules", "/prose/a.js"), {}),
    "path with an escape": (("modules", "prose/%2e%2e/a.js"), {}),
    "path with two dots": (("modules", "prose/../a.js"), {}),
    "path with a back slash": (("modules", "prose\\a.js"), {}),
    "path with a newline": (("modules", "prose/a.js\n"), {}),
    "path with an empty segment": (("modules", "prose//a.js"), {}),
    "path with markup": (("modules", "prose/<script>.js"), {}),
    "path with a query": (("modules", "prose/a.js?x"), {}),
    "module as text": (("modules", "prose/editor.js"), "x"),
    "short digest": (("modules", "prose/editor.js", "sha384"), "AAAA"),
    "negative size": (("modules", "prose/editor.js", "size"), -1),
    "huge size": (("modules", "prose/editor.js", "size"), 2**64),
    "size as a boolean": (("modules", "prose/editor.js", "size"), True),
    "type as a number": (("modules", "prose/editor.js", "type"), 1),
    "edge to a URL": (("modules", "prose/editor.js", "imports"), ["https://x.example/a.js"]),
    "edge with a query": (("modules", "prose/editor.js", "dynamic"), ["./lit.js?x"]),
    "bare asset": (("modules", "prose/editor.js", "assets"), ["x.css"]),
    "no imports": (("imports",), None),
    "URL as a key": (("imports", "/static/evil.js"), {"path": "prose/editor.js"}),
    "entry as text": (("imports", "prose/editor"), "prose/editor.js"),
    "entry without target": (("imports", "prose/editor"), {"contexts": ["admin"]}),
    "entry with two targets": (("imports", "prose/remote", "path"), "prose/editor.js"),
    "entry with a folder": (("imports", "prose/editor"), {"path": "prose/"}),
    "prefix with a file": (("imports", "prose/all/"), {"path": "prose/editor.js"}),
    "contexts as text": (("imports", "prose/editor", "contexts"), "admin"),
    "context with a space": (("imports", "prose/editor", "contexts"), ["my admin"]),
    "plain http": (("imports", "prose/remote", "url"), "http://cdn.example/a.js"),
    "URL without integrity": (("imports", "prose/remote", "integrity"), None),
    "URL with markup": (("imports", "prose/remote", "url"), 'https://cdn.example/">'),
    "unknown digest": (("imports", "prose/remote", "integrity"), "md5-AAAA"),
    "private name without #": (("private", "dom"), {"path": "prose/lit.js"}),
    "private entry without path": (("private", "#dom"), {}),
    "copy without version": (("vendored", "lit", "version"), None),
    "copy without path": (("vendored", "lit", "path"), None),
    "copy of a URL": (("vendored", "./lit"), {"path": "prose/lit.js", "version": "1"}),
    "requires a list": (("requires",), ["react"]),
    "range as a number": (("requires", "react"), 19),
    "requires a URL": (("requires", "https://x.example"), "*"),
    "ignores a path": (("ignore",), ["./x.js"]),
    "project as a list": (("project",), ["/home/me"]),
    "files as a list": (("files",), []),
    "file as a number": (("files", "prose/editor.js"), 1),
    "stamp of one number": (("watch", "/home/me/prose/pyproject.toml"), [1]),
    "stamp of text": (("watch", "/home/me/prose/pyproject.toml"), ["1", "2"]),
}


@pytest.mark.parametrize(("where", "value"), BAD.values(), ids=list(BAD))
def test_what_the_reader_refuses_for_its_shape(where: tuple[str, ...], value: object) -> None:
    """None stands for a key that is not there."""
    manifest = copy.deepcopy(good())
    *tables, key = where
    table = manifest
    for name in tables:
        table = table[name]
    if value is None:
        del table[key]
    else:
        table[key] = value
    with pytest.raises(ManifestError):
        decode(encode(manifest), distribution="prose", place="")
    assert not VALIDATOR.is_valid(manifest)


@pytest.mark.parametrize("value", [None, 1, "manifest", [], True], ids=repr)
def test_what_is_no_object(value: object) -> None:
    with pytest.raises(ManifestError):
        decode(json.dumps(value).encode(), distribution="prose", place="")
    assert not VALIDATOR.is_valid(value)


#: What only the reader can see: keys that have to agree.
BEYOND: dict[str, Callable[[Any], object]] = {
    "another package's name": lambda m: m["imports"].update({"other/x": {"path": "prose/editor.js"}}),
    "a file that is not listed": lambda m: m["imports"]["prose/editor"].update(path="prose/x.js"),
    "an edge to a file that is not listed": lambda m: m["modules"]["prose/editor.js"].update(
        imports=["./x.js"]
    ),
    "its own name as third-party": lambda m: m["vendored"].update(prose=m["vendored"].pop("lit")),
    "a file of another kind": lambda m: m["files"].update({"prose/key.pem": "/home/me/prose/key.pem"}),
}
#: What the reader says of these.
BEYOND_A_SCHEMA = (
    "is not a specifier of the namespace",
    "is not a third-party bare specifier",
    "is no file of this manifest",
    "holds no file of this manifest",
    "leads to no file of this manifest",
    "listed files are served from a source tree",
)


@pytest.mark.parametrize("change", BEYOND.values(), ids=list(BEYOND))
def test_what_a_schema_cannot_say(change: Callable[[Any], object]) -> None:
    """docs/manifest.md lists these; if one of them becomes sayable, the list is out of date."""
    manifest = good()
    change(manifest)
    with pytest.raises(ManifestError):
        decode(encode(manifest), distribution="prose", place="")
    assert VALIDATOR.is_valid(manifest)


VALUES = [None, True, 0, -1, 2**64, 1.5, [], {}, [1, 2], ["./x"], {"path": "prose/editor.js", "version": "1"}]
TEXTS = [
    "",
    "x",
    "A b",
    "a/",
    "../x",
    "./x",
    "#x",
    "@a/b",
    "a\n",
    "é",
    "a%2e",
    "https://x/y",
    "prose/",
    "prose/lit.js",
]


def places(value: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to everything in a document."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*above, key)
            yield from places(value[key], (*above, key))


PLACES = sorted(places(good()), key=str)


@given(
    st.sampled_from(PLACES),
    st.sampled_from([*TEXTS, *VALUES]),
    st.sampled_from(TEXTS),
)
@example(("roots", 0), "a\n", "")
def test_the_schema_and_the_reader_agree(place: tuple[str | int, ...], value: Any, text: str) -> None:
    """A value or a key in an unusual place is right for both, or for neither."""
    manifest = good()
    *tables, key = place
    table = manifest
    for name in tables:
        table = table[name]
    if isinstance(table, dict) and value is None:
        table[text] = table.pop(key)
    else:
        table[key] = value
    try:
        decode(json.dumps(manifest).encode(), distribution="prose", place="")
    except ManifestError as error:
        by_shape = [
            problem
            for problem in error.diagnostics
            if not any(words in problem.message for words in BEYOND_A_SCHEMA)
        ]
        assert not by_shape or not VALIDATOR.is_valid(manifest)
    else:
        VALIDATOR.validate(manifest)
