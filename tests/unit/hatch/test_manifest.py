"""From tables and files to a manifest, and projects read in place."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.projects import FILES, MODULE, PYPROJECT, write_project

from hatch_importmap.editable import editable
from hatch_importmap.files import Shipped
from hatch_importmap.manifest import build
from hatch_importmap.project import read_application, read_editable, read_project
from importmap._base.diagnostics import DeclarationError, ImportMapError
from importmap._base.stamps import stamp
from importmap._manifest.document import decode, encode

EDITOR = "prose/editor.js"
SHA384 = "sha384-" + "A" * 64


def digest(content: str) -> str:
    return base64.b64encode(hashlib.sha384(content.encode()).digest()).decode()


def shipped_below(root: Path, files: Mapping[str, str]) -> Shipped:
    write_project(root, files=files)
    return Shipped(str(root), {path: str(root / path) for path in files})


def pyproject(table: dict[str, Any], name: str = "Prose") -> dict[str, Any]:
    return {
        "project": {"name": name, "entry-points": {"importmap": {"prose": "prose"}}},
        "tool": {"importmap": table},
    }


def problems_of(raised: pytest.ExceptionInfo[DeclarationError]) -> list[str]:
    return [f"{problem.code} {problem}" for problem in raised.value.diagnostics]


def test_the_whole_manifest(tmp_path: Path) -> None:
    files = {
        **FILES,
        "prose/static/prose/data.json": "{}",
        "prose/static/prose/dom.js": "",
        "prose/static/prose/lit/lit.js": "//",
        "prose/static/prose/unused.js": "",
    }
    table = {
        "contexts": ["admin"],
        "imports": {
            "editor": EDITOR,
            "data": {"path": "prose/data.json", "contexts": ["public", "admin"]},
            "cdn": {"url": "https://cdn.example/a.js", "integrity": SHA384},
            "#dom": "prose/dom.js",
        },
        "vendored": {"lit/": {"path": "prose/lit/", "version": "3.2.1"}},
        "requires": {"lit": ">=3"},
        "ignore": ["jquery"],
    }
    built = build(pyproject(table), shipped_below(tmp_path, files), "1.2.3")
    assert built.manifest == {
        "manifest": 1,
        "name": "prose",
        "version": "1.2.3",
        "namespace": "prose",
        "package": "prose",
        "roots": ["prose/static"],
        "modules": {
            "prose/data.json": {"sha384": digest("{}"), "size": 2, "type": "json"},
            "prose/dom.js": {"sha384": digest(""), "size": 0},
            "prose/editor.js": {"sha384": digest(MODULE), "size": len(MODULE)},
            "prose/lit/lit.js": {"sha384": digest("//"), "size": 2},
        },
        "imports": {
            "prose/cdn": {"url": "https://cdn.example/a.js", "integrity": SHA384, "contexts": ["admin"]},
            "prose/data": {"path": "prose/data.json", "contexts": ["public", "admin"]},
            "prose/editor": {"path": "prose/editor.js", "contexts": ["admin"]},
        },
        "private": {"#dom": {"path": "prose/dom.js"}},
        "vendored": {
            "lit/": {"path": "prose/lit/", "version": "3.2.1"},
            "lit/lit.js": {"path": "prose/lit/lit.js", "version": "3.2.1"},
        },
        "requires": {"lit": ">=3"},
        "ignore": ["jquery"],
        "computed": [],
    }
    assert [warning.code for warning in built.warnings] == ["IM051"]
    assert built.wheel_paths["prose/dom.js"] == "prose/static/prose/dom.js"
    assert decode(encode(built.manifest), distribution="", place="") == built.manifest


def test_all_problems_at_once(tmp_path: Path) -> None:
    document = pyproject({"strict": 1, "imports": {"a": 1, "b": "prose/b.js"}})
    document["project"]["entry-points"]["importmap"] = {"Prose": "prose"}
    with pytest.raises(DeclarationError) as caught:
        build(document, shipped_below(tmp_path, FILES), "1")
    assert [problem.place for problem in caught.value.diagnostics] == [
        "project.entry-points.importmap.Prose",
        "tool.importmap.imports.a",
        "tool.importmap.strict",
        "tool.importmap.imports.b",
    ]


def test_files_are_not_looked_for_without_their_package(tmp_path: Path) -> None:
    document = pyproject({"strict": 1, "imports": {"b": "prose/b.js"}})
    document["project"]["entry-points"]["importmap"] = {"prose": "other"}
    with pytest.raises(DeclarationError) as caught:
        build(document, shipped_below(tmp_path, FILES), "1")
    assert [problem.place for problem in caught.value.diagnostics] == [
        "tool.importmap.strict",
        "project.entry-points.importmap.prose",
    ]


def test_no_table_at_all(tmp_path: Path) -> None:
    document = pyproject({})
    del document["tool"]
    with pytest.raises(DeclarationError) as caught:
        build(document, shipped_below(tmp_path, FILES), "1")
    assert [problem.place for problem in caught.value.diagnostics] == ["tool.importmap.imports"]


def test_a_table_of_the_wrong_type_is_said_once(tmp_path: Path) -> None:
    document = pyproject({})
    document["tool"]["importmap"] = 5
    with pytest.raises(DeclarationError) as caught:
        build(document, shipped_below(tmp_path, FILES), "1")
    assert problems_of(caught)[0] == "IM001 tool.importmap: must be a table, not an integer."
    assert [problem.place for problem in caught.value.diagnostics] == [
        "tool.importmap",
        "tool.importmap.imports",
    ]


def test_a_source_map_that_is_not_shipped(tmp_path: Path) -> None:
    files = {**FILES, "prose/static/prose/editor.js": "//# sourceMappingURL=editor.js.map\n"}
    with pytest.raises(DeclarationError) as caught:
        build(pyproject({"imports": {"editor": EDITOR}}), shipped_below(tmp_path, files), "1")
    assert problems_of(caught) == [
        (
            "IM014 tool.importmap.imports.editor: 'prose/editor.js' names a source map, "
            "which collectstatic insists on: the wheel does not ship 'prose/editor.js.map'; "
            "it was looked for below 'prose/static'. Did you mean 'prose/editor.js'?"
        )
    ]
    files["prose/static/prose/editor.js.map"] = "{}"
    build(pyproject({"imports": {"editor": EDITOR}}), shipped_below(tmp_path, files), "1")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Such as a link to a file that is gone; with all other problems."""
    shipped = shipped_below(tmp_path, FILES)
    files = dict(shipped.files)
    for name in ("x.js", "y.js", ".#editor.js"):
        link = tmp_path / "prose/static/prose" / name
        link.symlink_to("user@host.1234")
        files[f"prose/static/prose/{name}"] = str(link)
    table = {"imports": {"*": "prose/*.js", "y": "prose/y.js", "z": "prose/z.mjs"}}
    with pytest.raises(DeclarationError) as caught:
        build(pyproject(table), Shipped(str(tmp_path), files), "1")
    static = tmp_path / "prose/static/prose"
    assert problems_of(caught) == [
        (
            "IM010 tool.importmap.imports.z: the wheel does not ship 'prose/z.mjs'; "
            "it was looked for below 'prose/static'."
        ),
        f'IM017 tool.importmap.imports."*": {static / "x.js"} cannot be read: No such file or directory.',
        f"IM017 tool.importmap.imports.y: {static / 'y.js'} cannot be read: No such file or directory.",
    ]


def test_editable(tmp_path: Path) -> None:
    shipped = shipped_below(tmp_path, {**FILES, "hatch.toml": ""})
    shipped = Shipped(str(tmp_path), shipped.files, inputs=(str(tmp_path / "hatch.toml"),))
    built = build(pyproject({"imports": {"editor": EDITOR}}), shipped, "1")
    manifest = editable(built, {"artifacts": ["*.js"]}).manifest
    static = tmp_path / "prose/static"
    watched = ["pyproject.toml", "hatch.toml", "prose/static/prose/editor.js"]
    assert manifest == {
        **built.manifest,
        "modules": {EDITOR: {"size": len(MODULE)}},
        "project": str(tmp_path),
        "files": {EDITOR: str(static / EDITOR)},
        "pyproject": hashlib.sha256(PYPROJECT.encode()).hexdigest(),
        "watch": {
            str(path): stamp(str(path))
            for path in [*(tmp_path / name for name in watched), static, static / "prose"]
        },
        "build": {"artifacts": ["*.js"]},
    }
    assert "build" not in editable(built, {}).manifest
    assert decode(encode(manifest), distribution="", place="") == manifest


def test_editable_with_a_file_from_outside(tmp_path: Path) -> None:
    """Where a site believes a path only inside the project, one from outside must not spoil the rest."""
    project, outside = tmp_path / "project", tmp_path / "outside.js"
    outside.touch()
    shipped = shipped_below(project, FILES)
    shipped = Shipped(str(project), {**shipped.files, "prose/static/prose/x.js": str(outside)})
    built = editable(build(pyproject({"imports": {"*": "prose/*.js"}}), shipped, "1"), {})
    assert list(built.manifest["files"]) == [EDITOR]
    assert [f"{warning.code} {warning}" for warning in built.warnings] == [
        f"IM052 {outside} lies outside the project: an editable install cannot serve 'prose/x.js'."
    ]


# Projects read in place -------------------------------------------------------------------------


def test_read_project(tmp_path: Path) -> None:
    write_project(tmp_path)
    manifest, warnings = read_project(tmp_path)
    assert (manifest, warnings) == read_project(tmp_path / "pyproject.toml")
    assert warnings == []
    assert manifest["version"] == "1.2.3"
    assert manifest["modules"] == {EDITOR: {"sha384": digest(MODULE), "size": len(MODULE)}}


DYNAMIC = PYPROJECT.replace('version = "1.2.3"', 'dynamic = ["version"]')


def test_read_project_with_a_dynamic_version(tmp_path: Path) -> None:
    extra = '[tool.hatch.version]\npath = "prose/__init__.py"\n'
    write_project(tmp_path, DYNAMIC, {**FILES, "prose/__init__.py": '__version__ = "2.0rc1"'}, extra)
    assert read_project(tmp_path)[0]["version"] == "2.0rc1"


def test_read_project_whose_version_cannot_be_found_here(tmp_path: Path) -> None:
    write_project(tmp_path, DYNAMIC, extra='[tool.hatch.version]\nsource = "not-installed"\n')
    assert "version" not in read_project(tmp_path)[0]


def test_read_project_with_a_plugin_of_metadata_that_is_not_installed(tmp_path: Path) -> None:
    """The version is in the table, whatever else cannot be found here."""
    write_project(tmp_path, extra="[tool.hatch.metadata.hooks.not-installed]\n")
    assert read_project(tmp_path)[0]["version"] == "1.2.3"


def test_read_project_that_hatchling_refuses(tmp_path: Path) -> None:
    write_project(tmp_path, extra="[tool.hatch.build]\nartifacts = 5\n")
    with pytest.raises(DeclarationError) as caught:
        read_project(tmp_path)
    assert problems_of(caught) == [
        (
            "IM017 hatchling cannot say which files it ships: "
            "Field `tool.hatch.build.artifacts` must be an array of strings"
        )
    ]


def test_read_project_without_hatchling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path)
    monkeypatch.delitem(sys.modules, "hatch_importmap.shipped", raising=False)
    monkeypatch.setitem(sys.modules, "hatchling.builders.wheel", None)
    with pytest.raises(DeclarationError) as caught:
        read_project(tmp_path)
    assert problems_of(caught) == [
        (
            f"IM017 {tmp_path}: hatchling is not installed; it says which files this project ships.\n"
            '    python -m pip install "hatch-importmap[live]"'
        )
    ]
    with pytest.raises(ImportError):
        read_editable({"project": str(tmp_path)})


OTHER = """
[project]
name = "my-prose"
version = "v1.0-rc1"

[project.entry-points.importmap]
my-prose = "my.prose"

[tool.importmap.imports]
editor = "prose/editor.js"
"""


@pytest.mark.skipif(sys.platform in ("emscripten", "wasi"), reason="its file system takes any name")
def test_read_project_with_names_that_are_too_long(tmp_path: Path) -> None:
    """No system has such a folder, and no system's own error comes out."""
    long = "x" * 999
    write_project(tmp_path, OTHER.replace("my.prose", long), {})
    with pytest.raises(DeclarationError) as caught:
        read_project(tmp_path)
    message = f"IM007 project.entry-points.importmap.my-prose: the wheel has no package '{long}'."
    assert problems_of(caught) == [message]
    with pytest.raises(DeclarationError) as caught:
        read_project(tmp_path / long)
    assert problems_of(caught) == [
        f"IM017 {tmp_path / long}: cannot be read: {os.strerror(errno.ENAMETOOLONG)}."
    ]


@pytest.mark.parametrize(
    "backend", ['build-backend = "uv_build"', "", 'build-backend = "setuptools.build_meta"']
)
@pytest.mark.parametrize("source", ["", "src/"])
def test_read_project_of_another_backend(backend: str, source: str, tmp_path: Path) -> None:
    files = {f"{source}my/prose/__init__.py": "", f"{source}my/prose/static/prose/editor.js": MODULE}
    write_project(tmp_path, f"[build-system]\nrequires = []\n{backend}\n{OTHER}", files)
    manifest, _ = read_project(tmp_path)
    assert "version" not in manifest
    assert manifest["package"] == "my.prose"
    assert manifest["roots"] == ["my/prose/static"]
    assert list(manifest["modules"]) == [EDITOR]


def test_read_project_of_another_backend_without_entry_point(tmp_path: Path) -> None:
    document = '[build-system]\n[project]\nname = "x"\n[tool.importmap.imports]\neditor = "prose/editor.js"\n'
    write_project(tmp_path, document, {"src/content_editor/static/prose/editor.js": MODULE})
    with pytest.raises(DeclarationError) as caught:
        read_project(tmp_path)
    assert problems_of(caught) == [
        (
            "IM007 project.entry-points.importmap: is missing: "
            "its name is the namespace, its value the import package that ships the files.\n"
            "    [project.entry-points.importmap]\n"
            '    x = "content_editor"'
        )
    ]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("pyproject.toml", None, "No such file or directory"),
        ("pyproject.toml", b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        ("pyproject.toml", b"a = ", "Invalid value (at end of document)"),
        ("pyproject.toml", b"a = " + b"[" * 100_000, None),
        ("other.toml", b"", "the name must be pyproject.toml"),
        ("moved", None, "No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read(
    name: str, content: bytes | None, why: str | None, tmp_path: Path
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    for read in (read_project, read_application):
        with pytest.raises(DeclarationError) as caught:
            read(file)
        (problem,) = problems_of(caught)
        if why is not None:
            assert problem == f"IM017 {file}: cannot be read: {why}."
        assert problem.startswith(f"IM017 {file}: cannot be read: ")


def test_read_editable_sees_what_has_changed(tmp_path: Path) -> None:
    write_project(tmp_path, PYPROJECT.replace("editor =", '"*" =').replace("editor.js", "*.js"))
    built, _ = read_project(tmp_path)
    recorded = read_editable({**built, "project": str(tmp_path)})
    assert list(recorded["imports"]) == ["prose/editor"]
    assert recorded["version"] == "1.2.3"
    (tmp_path / "prose/static/prose/new.js").touch()
    assert list(read_editable(recorded)["imports"]) == ["prose/editor", "prose/new"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_read_editable_while_a_module_is_being_edited(tmp_path: Path) -> None:
    """Editors put hidden links to nowhere beside a file that is not saved yet."""
    write_project(tmp_path, PYPROJECT.replace("editor =", '"*" =').replace("editor.js", "*.js"))
    (tmp_path / "prose/static/prose/.#editor.js").symlink_to("user@host.1234")
    assert list(read_editable({"project": str(tmp_path)})["imports"]) == ["prose/editor"]


def test_read_editable_knows_what_other_hooks_contributed(tmp_path: Path) -> None:
    write_project(tmp_path, files={**FILES, ".gitignore": "*.js\n", "gen/x.js": ""})
    contributed: dict[str, object] = {
        "artifacts": ["prose/static/**"],
        "force_include": {"gen/x.js": "prose/static/prose/x.js"},
    }
    pattern = PYPROJECT.replace("editor =", '"*" =').replace("editor.js", "*.js")
    (tmp_path / "pyproject.toml").write_text(pattern)
    manifest = read_editable({"project": str(tmp_path), "build": contributed})
    assert manifest["build"] == contributed
    assert manifest["files"] == {
        "prose/editor.js": str(tmp_path / "prose/static/prose/editor.js"),
        "prose/x.js": str(tmp_path / "gen/x.js"),
    }
    assert str(tmp_path / ".gitignore") in manifest["watch"]


@pytest.mark.parametrize("recorded", [5, {"artifacts": 5}, {"force_include": []}])
def test_read_editable_of_a_manifest_that_was_tampered_with(recorded: Any, tmp_path: Path) -> None:
    write_project(tmp_path)
    with pytest.raises(DeclarationError, match="hatchling cannot say which files it ships"):
        read_editable({"project": str(tmp_path), "build": recorded})


def test_read_editable_needs_none_of_the_plugins_of_its_build(tmp_path: Path) -> None:
    dynamic = 'dynamic = ["version", "readme"]'
    extra = '[tool.hatch.version]\nsource = "nowhere"\n[tool.hatch.metadata.hooks.nowhere]\n'
    write_project(tmp_path, PYPROJECT.replace('version = "1.2.3"', dynamic), extra=extra)
    assert "version" not in read_editable({"project": str(tmp_path)})


# Applications -----------------------------------------------------------------------------------

IMPORTS = '[tool.importmap.imports]\ncart = "shop/cart.js"\n'


def application(tmp_path: Path, document: str, static: str = "static") -> Any:
    write_project(tmp_path, document, {f"{static}/shop/cart.js": MODULE})
    return read_application(tmp_path / "pyproject.toml")


def test_read_application(tmp_path: Path) -> None:
    manifest, warnings = application(tmp_path, '[project]\nname = "My_Shop"\n' + IMPORTS)
    assert warnings == []
    static = tmp_path / "static"
    assert manifest == {
        "manifest": 1,
        "name": "my-shop",
        "namespace": "my-shop",
        "roots": ["static"],
        "modules": {"shop/cart.js": {"size": len(MODULE)}},
        "imports": {"my-shop/cart": {"path": "shop/cart.js", "contexts": ["default"]}},
        "private": {},
        "vendored": {},
        "requires": {},
        "ignore": [],
        "computed": [],
        "project": str(tmp_path),
        "files": {"shop/cart.js": str(static / "shop/cart.js")},
        "pyproject": hashlib.sha256((tmp_path / "pyproject.toml").read_bytes()).hexdigest(),
        "watch": {
            str(path): stamp(str(path))
            for path in [tmp_path / "pyproject.toml", static / "shop/cart.js", static, static / "shop"]
        },
    }


@pytest.mark.parametrize(
    ("document", "name", "namespace"),
    [
        ('[tool.importmap]\nnamespace = "shop"\n', "shop", "shop"),
        ('[tool.importmap]\nnamespace = "@my/shop"\n', "my-shop", "@my/shop"),
        (
            '[project]\nname = "x"\n[project.entry-points.importmap]\nshop = "shop.pkg"\n[tool.importmap]\n',
            "x",
            "shop",
        ),
        ('[project]\nname = "shop"\n[tool.importmap]\nnamespace = "shop"\n', "shop", "shop"),
    ],
)
def test_names_of_an_application(document: str, name: str, namespace: str, tmp_path: Path) -> None:
    manifest, _ = application(tmp_path, document + IMPORTS)
    assert (manifest["name"], manifest["namespace"]) == (name, namespace)


@pytest.mark.parametrize(("written", "version"), [("v1.0-rc1", "1.0rc1"), ("no version", None)])
def test_version_of_an_application(written: str, version: str | None, tmp_path: Path) -> None:
    document = f'[project]\nname = "shop"\nversion = "{written}"\n{IMPORTS}'
    manifest, _ = application(tmp_path, document)
    assert manifest.get("version") == version


@pytest.mark.parametrize(
    "head",
    [
        '[project]\nname = "shop"\n',
        '[build-system]\nbuild-backend = "hatchling.build"\n[tool.importmap]\nnamespace = "shop"\n',
    ],
)
def test_read_project_of_an_application(head: str, tmp_path: Path) -> None:
    """What is not built as a library is written for production: with digests, without the source tree."""
    application(tmp_path, head + IMPORTS)
    manifest, warnings = read_project(tmp_path)
    assert warnings == []
    assert not {"project", "files", "watch", "package"} & set(manifest)
    assert manifest["modules"] == {"shop/cart.js": {"sha384": digest(MODULE), "size": len(MODULE)}}


def test_static_folders_of_an_application(tmp_path: Path) -> None:
    document = '[tool.importmap]\nnamespace = "shop"\nstatic = ["frontend/dist"]\n' + IMPORTS
    manifest, _ = application(tmp_path, document, "frontend/dist")
    assert manifest["roots"] == ["frontend/dist"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            "",
            (
                "IM003 tool.importmap.namespace: "
                "is missing, and there is no project.name to take its place.\n"
                '    namespace = "my-site"'
            ),
        ),
        (
            '[tool.importmap]\nnamespace = "A b"\n',
            (
                "IM004 tool.importmap.namespace: 'A b' is refused: a namespace is an npm name: "
                "lower-case letters, digits, '.', '_' and '-', optionally after '@scope/'."
            ),
        ),
        (
            '[project]\nname = "x"\n[tool.importmap]\nnamespace = "shop"\n',
            (
                "IM006 tool.importmap.namespace: has no effect: "
                "the namespace is 'x', which the table 'project' gives."
            ),
        ),
    ],
)
def test_refuses_the_namespace_of_an_application(document: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as caught:
        application(tmp_path, document + IMPORTS)
    assert problems_of(caught) == [message]


@pytest.mark.parametrize(
    "found_by",
    [
        '[project.entry-points.importmap]\nx = "x"\n',
        "[tool.hatch.build.hooks.importmap]\n",
        "[tool.hatch.build.targets.wheel.hooks.importmap]\n",
    ],
)
def test_a_library_is_not_read_in_place(found_by: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as caught:
        application(tmp_path, '[build-system]\n[project]\nname = "x"\n' + found_by + IMPORTS)
    assert problems_of(caught) == [
        (
            f"IM017 {tmp_path / 'pyproject.toml'}: "
            "is that of a library: it is to be installed, not read in place.\n"
            f'    python -m pip install -e "{tmp_path}"'
        )
    ]


@pytest.mark.parametrize(
    "head",
    [
        '[build-system]\n[project]\nname = "shop"\n',
        '[build-system]\n[tool.hatch.build.hooks.importmap]\n[tool.importmap]\nnamespace = "shop"\n',
    ],
)
def test_an_application_may_be_built(head: str, tmp_path: Path) -> None:
    manifest, _ = application(tmp_path, head + IMPORTS)
    assert manifest["namespace"] == "shop"


def test_a_file_that_an_application_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as caught:
        application(tmp_path, '[project]\nname = "x"\n' + IMPORTS.replace("cart.js", "crt.js"))
    assert problems_of(caught) == [
        (
            "IM010 tool.importmap.imports.cart: the project does not ship 'shop/crt.js'; "
            "it was looked for below 'static'. Did you mean 'shop/cart.js'?"
        )
    ]


scalars = st.one_of(
    st.booleans(), st.integers(), st.sampled_from(["", "x", "x.js", "*", "hatchling.build", "a b"])
)
tables = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(
                ["name", "entry-points", "importmap", "x", "imports", "static", "build", "hatch", "hooks"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["project", "tool", "build-system"]), tables, max_size=3))
def test_any_document_is_refused(document: Any) -> None:
    with pytest.raises(ImportMapError):
        build(document, Shipped("/nowhere", {}), None)


segments = st.sampled_from(["a", "b", "in", "*", "a*", ".js", "a.js", "b.json", "é", "x y", "", "."])
paths = st.lists(segments, min_size=1, max_size=3).map("/".join)
targets = st.one_of(
    paths,
    paths.map(lambda path: path + "/"),
    st.just(False),
    st.fixed_dictionaries({"path": paths, "contexts": st.just(["admin"])}),
)
copies = st.fixed_dictionaries({"path": paths, "version": st.just("1")})
keys = st.one_of(paths, paths.map(lambda path: path + "/"), paths.map(lambda path: "#" + path), st.just("."))


@given(
    files=st.lists(paths, max_size=6),
    imports=st.dictionaries(keys, targets, min_size=1, max_size=4),
    vendored=st.dictionaries(
        paths, st.fixed_dictionaries({"path": paths, "version": st.just("1")}), max_size=1
    ),
)
def test_what_is_built_can_be_read(files: list[str], imports: Any, vendored: Any) -> None:
    """Whatever the build lets pass, the readers of manifests let pass too."""
    shipped = Shipped("/nowhere", {f"prose/static/{path}": __file__ for path in files} | {"prose/x": ""})
    try:
        built = build(pyproject({"imports": imports, "vendored": vendored}), shipped, "1")
    except DeclarationError:
        return
    for manifest in (built.manifest, editable(built, {}).manifest):
        assert decode(encode(manifest), distribution="", place="") == manifest
