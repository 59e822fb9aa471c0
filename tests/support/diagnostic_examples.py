"""One real message for each diagnostic code, as docs/diagnostics.md shows it."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import importmap
from hatch_importmap import scan
from hatch_importmap.editable import editable
from hatch_importmap.files import Shipped
from hatch_importmap.manifest import build
from hatch_importmap.project import read_project
from importmap import Diagnostic, ImportMap, ImportMapError, Registry, check_isolation, parse
from importmap._base.faults import fault
from importmap._compose.site import Site
from importmap._discovery import own_package
from importmap._discovery.source_tree import freshened
from importmap._lock.read import read_lock
from importmap._lock.write import encode as encode_lock
from importmap._lock.write import lock
from importmap._site.gather import Gathered
from importmap._site.settings import Settings
from importmap._tools.check import check_site
from importmap._tools.collect import collect
from importmap._tools.export import Export
from support.django_examples import of_django
from support.projects import MODULE, declared
from support.site_folder import SiteFolder, digest, manifest, package

EDITOR = "my_widgets/editor.js"
STATIC = "my_widgets/static/my_widgets"
FILES = [
    f"{STATIC}/editor.js",
    f"{STATIC}/locales/de.js",
    f"{STATIC}/locales/fr.js",
    "my_widgets/__init__.py",
]

PYPROJECT = """
[build-system]
requires = ["hatchling>=1.27", "hatch-importmap"]
build-backend = "hatchling.build"

[project]
name = "my-widgets"
version = "1.0"

[project.entry-points.importmap]
my-widgets = "my_widgets"

[tool.hatch.build.hooks.importmap]

[tool.importmap.imports]
editor = "my_widgets/editor.js"
"""


def examples(folder: Path) -> dict[str, str]:
    """A message for each code, by code.

    :param folder: a new folder to work in.
    """
    found: dict[str, str] = {}
    diagnostics = (
        *_of_declarations(),
        *_of_builds(folder),
        *_of_code(folder),
        *_of_sites(folder),
        *_of_files(folder),
        *_of_copies(folder),
        *_of_locks(folder),
        *_of_maps(folder),
        *_of_exports(folder),
        *_of_parsing(),
        *_of_resolving(),
        *_of_merging(),
        *of_django(folder),
    )
    for diagnostic in diagnostics:
        text = re.sub(
            rf"(?:{re.escape(os.fspath(folder))}|{re.escape(os.fspath(folder.resolve()))})(/\w+)?/",
            "/home/me/",
            str(diagnostic),
        )
        found.setdefault(diagnostic.code, text)
    return found


def _raised(function: Any, *args: Any, **kwargs: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(ImportMapError) as caught:
        function(*args, **kwargs)
    return caught.value.diagnostics


# Declarations and builds


def _of_declarations() -> Iterator[Diagnostic]:
    imports: dict[str, Any] = {"editor": EDITOR}
    tables: list[dict[str, Any]] = [
        {"contexts": "admin", "imports": imports},
        {"context": ["admin"], "imports": imports},
        {},
        {"imports": {"editor": "my_widgets/../editor.js"}},
        {"imports": {"editor": EDITOR, "./editor": EDITOR}},
        {"imports": {"editor": {"path": EDITOR, "url": "https://cdn.example/editor.js", "integrity": "x"}}},
        {"imports": imports, "vendored": {"lit": {"path": "my_widgets/lit.js", "version": "4.0.0-next"}}},
    ]
    for table in tables:
        yield _raised(declared, table, namespace="my-widgets", package="my_widgets")[0]


def _of_builds(folder: Path) -> Iterator[Diagnostic]:
    entry_point = '[project.entry-points.importmap]\nmy-widgets = "my_widgets"\n'
    edits: list[tuple[str, dict[str, str]]] = [
        (PYPROJECT.replace(entry_point, ""), {}),
        (PYPROJECT.replace('my-widgets = "my_widgets"', 'My_Widgets = "my_widgets"'), {}),
        (PYPROJECT, {".gitignore": "editor.js"}),
        (PYPROJECT + '"locale/*" = "my_widgets/locale/*.js"\n', {}),
        (
            PYPROJECT.replace(
                "[tool.importmap.", '[tool.importmap]\nstatic = ["my_widgets/static", "more/static"]\n$&'
            ).replace("$&", "[tool.importmap.")
            + '\n[tool.hatch.build.targets.wheel]\ninclude = ["my_widgets", "more"]\n',
            {"more/static/my_widgets/editor.js": MODULE},
        ),
        (
            PYPROJECT.replace(EDITOR, "editor.js") + '"#dom" = "my_widgets/editor.js"\n',
            {"my_widgets/static/editor.js": MODULE},
        ),
        (PYPROJECT, {f"{STATIC}/editor.js": f"{MODULE}//# sourceMappingURL=editor.js.map\n"}),
        ("[project\n", {}),
    ]
    for number, (pyproject, files) in enumerate(edits):
        yield _raised(read_project, _project(folder / f"project{number}" / "my-widgets", pyproject, files))[0]
    sdist = PYPROJECT + f'\n[tool.hatch.build.targets.sdist]\nexclude = ["{STATIC}"]\n'
    yield from _from_hatch(SdistBuilder, _project(folder / "sdist" / "my-widgets", sdist))
    sources = PYPROJECT + '\n[tool.hatch.build.targets.wheel.sources]\n"" = "lib"\n'
    yield from _from_hatch(WheelBuilder, _project(folder / "sources" / "my-widgets", sources))
    wide = PYPROJECT + '"locales/" = "my_widgets/locales/"\nold = "my_widgets/old.mjs"\n'
    yield from read_project(_project(folder / "wide" / "my-widgets", wide, {f"{STATIC}/old.mjs": MODULE}))[1]
    yield from _outside(folder)


def _of_code(folder: Path) -> Iterator[Diagnostic]:
    """What the imports in the code of a project lead to."""
    refused = [
        'import { html } from "./dom.js"\n',
        'import german from "./locales/de"\n',
        'import "my-widgets/editr"\n',
        'import { LitElement } from "lit"\n',
        'import { readFile } from "node:fs"\n',
    ]
    for number, code in enumerate(refused):
        yield _raised(read_project, _with_code(folder / f"refused{number}", code))[0]
    # The scanner as it is where its dependencies are not.
    gone = mock.patch.dict(sys.modules, {"hatch_importmap.javascript.parse": None})
    with gone, mock.patch.dict(scan._scans, clear=True):
        yield _raised(read_project, _with_code(folder / "unread", MODULE))[0]
    warned = [
        'const sheet = new URL("./editor.css", import.meta.url)\n',
        "export const editor = {\n  open() {}\n",
        "export const open = (name) => import(`./dialogs/${name}.js`)\n",
        'const dom = require("./dom.js")\nmodule.exports = dom\n',
        'import "https://cdn.example/lit.js"\n',
    ]
    for number, code in enumerate(warned):
        yield from read_project(_with_code(folder / f"warned{number}", code))[1]
    with _site(folder / "required") as site:
        site.install("lit-widgets", beside={"METADATA": "Name: lit-widgets\nVersion: 1.0\n"})
        requires = PYPROJECT + '\n[tool.importmap.requires]\nlit-widgets = ">=1"\n'
        yield from read_project(_project(folder / "requires" / "my-widgets", requires))[1]


def _with_code(folder: Path, code: str) -> Path:
    return _project(folder / "my-widgets", PYPROJECT, {f"{STATIC}/editor.js": code})


def _project(root: Path, pyproject: str, files: Mapping[str, str] | None = None) -> Path:
    return _write(root, {**dict.fromkeys(FILES, MODULE), "pyproject.toml": pyproject, **(files or {})})


def _write(root: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def _from_hatch(builder: type[WheelBuilder | SdistBuilder], project: Path) -> Iterator[Diagnostic]:
    """What the hook found, before it ended the build."""
    with pytest.raises(SystemExit) as exit_:
        list(builder(os.fspath(project)).build(directory=os.fspath(project / "dist"), versions=["standard"]))
    assert isinstance(exit_.value.__context__, ImportMapError)
    yield from exit_.value.__context__.diagnostics


def _outside(folder: Path) -> Iterator[Diagnostic]:
    source = folder / "shared" / "editor.js"
    source.parent.mkdir()
    source.write_text(MODULE, encoding="utf-8")
    root = folder / "my-widgets"
    shipped = Shipped(os.fspath(root), {f"{STATIC}/editor.js": os.fspath(source)})
    project = {
        "name": "my-widgets",
        "entry-points": {"importmap": {"my-widgets": "my_widgets"}},
    }
    pyproject = {"project": project, "tool": {"importmap": {"imports": {"editor": EDITOR}}}}
    yield from editable(build(pyproject, shipped, "1.0"), {}).warnings


# Sites


@contextmanager
def _site(folder: Path) -> Iterator[SiteFolder]:
    """A folder of installed distributions, with what else is installed but the example."""
    folder.mkdir(parents=True)
    others = [entry for entry in sys.path if not list(Path(entry).glob("example_clock-*"))]
    with mock.patch.object(sys, "path", [os.fspath(folder), *others]):
        yield SiteFolder(folder)


def _of_sites(folder: Path) -> Iterator[Diagnostic]:
    info = "my_widgets-1.0.dist-info"
    entry_points = f"{info}/entry_points.txt"
    bare = {f"{info}/METADATA": "", entry_points: "[importmap]\nmy-widgets = my_widgets\n"}
    good = {**bare, f"{info}/extra_metadata/importmap.json": json.dumps(manifest("my-widgets"))}
    older = {"my_widgets-0.9.dist-info/METADATA": ""}
    alien = json.dumps(manifest("my-widgets", project="/home/eve"))
    newer = json.dumps(manifest("my-widgets", manifest=2))
    sites: list[dict[str, str]] = [
        bare,
        {**bare, f"{info}/extra_metadata/importmap.json/folder": ""},
        {**good, entry_points: "[importmap]\nmy-widgets: my_widgets\n"},
        {**bare, f"{info}/extra_metadata/importmap.json": newer},
        {**good, **older},
        {**good, entry_points: "[importmap]\nmy-widgets = my_widgets\nmore = my_widgets\n"},
        {**bare, entry_points: "[importmap]\nmy-widgets = subprocess:check_output\n"},
        {**bare, f"{info}/extra_metadata/importmap.json": alien},
    ]
    for number, files in enumerate(sites):
        with _site(folder / f"site{number}" / "site-packages") as site:
            _write(site.path, files)
            yield Registry().diagnostics()[0]
    loop = OSError(errno.ELOOP, "Too many levels of symbolic links")
    yield fault(loop, os.fspath(folder / "site-packages" / entry_points), "my-widgets")
    yield from _overwritten(folder)
    yield from _edited(folder)
    yield from _conflicts(folder)
    yield from _imports(folder)
    yield from _installed_twice(folder)


def _overwritten(folder: Path) -> Iterator[Diagnostic]:
    with _site(folder / "other" / "site-packages") as site:
        info = "some_importmap-0.3.0.dist-info"
        metadata = "Name: some-importmap\nVersion: 0.3.0\n"
        record = "importmap/__init__.py,,\n"
        _write(
            site.path,
            {f"{info}/METADATA": metadata, f"{info}/RECORD": record, "importmap/views.py": ""},
        )
        place = site.path / "importmap" / "_discovery" / "own_package.py"
        with mock.patch.object(own_package, "__file__", os.fspath(place)):
            yield from own_package.check_own_package()


def _edited(folder: Path) -> Iterator[Diagnostic]:
    project = _project(folder / "edited" / "my-widgets", PYPROJECT)
    watch = {os.fspath(project / "pyproject.toml"): [1, 1]}
    recorded = package("my-widgets", project=os.fspath(project), watch=watch)
    diagnostics: list[Diagnostic] = []
    with mock.patch.dict(sys.modules, {"hatch_importmap.project": None}):
        freshened(recorded, None, diagnostics)
    (project / "pyproject.toml").write_text(PYPROJECT.replace("editor.js", "editr.js"), encoding="utf-8")
    freshened(recorded, None, diagnostics)
    yield from diagnostics


def _conflicts(folder: Path) -> Iterator[Diagnostic]:
    with _site(folder / "fork") as site:
        site.install("my-widgets")
        site.install("fork-of-widgets", {"more": "fork_of_widgets/more.js"}, namespace="my-widgets")
        yield from _raised(Registry().load)
    with _site(folder / "copy") as site:
        site.install("my-widgets")
        site.install("other-widgets", {"editor": EDITOR}, modules={EDITOR: {}})
        yield from _raised(Registry().load)
    with _site(folder / "good") as site:
        site.install("my-widgets")
        yield from _raised(Registry(imports={"my-widgets/editor": "shop/editor.js"}).load)
        configurations: list[Any] = [
            {"overrides": {"my-widgets/editr": None}},
            {"static": Nothing()},
            {"overrides": {"my-widgets/editor": "shop/editor.js"}},
            {"imports": {"shop/cart": "shop/cart.js"}},
            {"static": Relative()},
            {"enable": []},
        ]
        for settings in configurations:
            yield from Registry(**settings).diagnostics()
        yield from _raised(Registry().load, modules=["my-widgets/edit"])
        yield from _raised(Registry().load, ["admn"])
    for wanted in (">=4", ">=3"):
        with _site(folder / f"lit{wanted}") as site:
            site.install("lit-widgets", vendored={"lit": {"path": "lit_widgets/lit.js", "version": "3.2.1"}})
            site.install("my-widgets", requires={"lit": wanted})
            yield from Registry().diagnostics()
            yield from Registry(shared=["lit"]).diagnostics()


def _of_files(folder: Path) -> Iterator[Diagnostic]:
    """What is wrong with installed files, and with folders that they are collected into."""
    settings = Settings()
    with _site(folder / "files" / "site-packages") as site:
        site.install("my-widgets")
        _write(site.path, {"my_widgets/__init__.py": ""})
        yield from check_site(settings)[1]
        _write(site.path, {FILES[0]: MODULE})
        yield from check_site(settings)[1]
        (site.path / FILES[0]).unlink()
        (site.path / FILES[0]).symlink_to(_write(folder, {"elsewhere.js": MODULE}) / "elsewhere.js")
        yield from check_site(settings)[1]
    with _site(folder / "collected" / "site-packages") as site:
        entries = {"editor": EDITOR, "Editor": "my_widgets/Editor.js"}
        site.install("my-widgets", entries, modules={path: {} for path in entries.values()})
        names = {"my_widgets/__init__.py": "", FILES[0]: MODULE, f"{STATIC}/Editor.js": f"{MODULE}// 2\n"}
        _write(site.path, names)
        files = Gathered(Site(settings).shipped(["default"])).files
        yield from _raised(collect, folder / "my-shop" / "build", files, hashed=False)
        theirs = _write(folder / "my-shop" / "static", {EDITOR: "// another\n"})
        yield from _raised(collect, theirs, {EDITOR: files[EDITOR]}, hashed=False)
    yield from _raised(importmap.HashedFiles(folder / "my-shop" / "build", "/static/").url, EDITOR)
    with _site(folder / "upgraded" / "site-packages") as site:
        for content in (MODULE, f"{MODULE}// 2\n"):
            site.install("my-widgets", modules={EDITOR: {"sha384": digest(content)}})
            _write(site.path, {"my_widgets/__init__.py": "", FILES[0]: content})
            if content == MODULE:
                collect(folder / "my-shop" / "served", Gathered(Site(settings).shipped(["default"])).files)
        served = importmap.HashedFiles(folder / "my-shop" / "served", "/static/")
        yield from Registry(static=served).diagnostics()


def _of_copies(folder: Path) -> Iterator[Diagnostic]:
    with _site(folder / "copies") as site:
        for name, text in {"my": "// lit 3.2.1\nexport {}\n", "lit": "// lit, 3.2.1\nexport {}\n"}.items():
            package = f"{name}_widgets"
            modules = {f"{package}/x.js": {"imports": ["lit"]}, f"{package}/lit.js": {"sha384": digest(text)}}
            vendored = {"lit": {"path": f"{package}/lit.js", "version": "3.2.1"}}
            site.install(f"{name}-widgets", {"x": f"{package}/x.js"}, modules=modules, vendored=vendored)
            files = {"lit.js": text, "x.js": 'import "lit"\n'}
            site.add({package: {"__init__.py": "", "static": {package: files}}})
        yield from check_site(Settings())[1]


def _of_locks(folder: Path) -> Iterator[Diagnostic]:
    place = _write(folder / "locks" / "my-shop", {"importmap.lock": "[\n<<<<<<< HEAD\n"}) / "importmap.lock"
    yield from _raised(read_lock, place)
    files = {
        "my_widgets-1.0.dist-info/METADATA": "",
        "my_widgets-1.0.dist-info/entry_points.txt": "[importmap]\nmy-widgets = my_maps:entries\n",
        "my_maps.py": "def entries(contexts):\n    return {'editor': 'my_widgets/editor.js'}\n",
    }
    with _site(folder / "locked") as site:
        _write(site.path, files)
        locked, diagnostics = lock(Registry().packages, ["default"], "", os.fspath(folder))
        yield from diagnostics
        yield from Registry(isolate=True).diagnostics()
        place.write_bytes(encode_lock(locked))
        (site.path / "my_widgets-1.0.dist-info").rename(site.path / "my_widgets-1.1.dist-info")
        yield from Registry(lock=place).diagnostics()


def _installed_twice(folder: Path) -> Iterator[Diagnostic]:
    table = '[tool.importmap]\nnamespace = "my-widgets"\nimports.editor = "my_widgets/editor.js"\n'
    files = {"pyproject.toml": table, "static/my_widgets/editor.js": MODULE}
    with _site(folder / "twice") as site:
        site.install("my-widgets")
        yield from Registry(project=_write(folder / "my-shop", files) / "pyproject.toml").diagnostics()


def _imports(folder: Path) -> Iterator[Diagnostic]:
    """What modules import of each other, and how they are served."""
    admin = {"picker": {"path": "my_picker/picker.js", "contexts": ["admin"]}}
    modules = {
        EDITOR: {"imports": ["./toolbar.js"]},
        "my_widgets/toolbar.js": {"imports": ["my-picker/picker"]},
    }
    with _site(folder / "chain") as site:
        site.install("my-widgets", modules=modules)
        yield from Registry().diagnostics()
        site.install("my-picker", admin)
        yield from Registry().diagnostics()
        yield from Registry(isolate=True).diagnostics()
        yield from Registry(static=Rewriting(), integrity=True).diagnostics()
        yield from Registry(static=Flat()).diagnostics()


# Maps


def _of_maps(folder: Path) -> Iterator[Diagnostic]:
    with _site(folder / "prefix") as site:
        entries = {"my-widgets/": {"path": "my_widgets/"}}
        site.install("my-widgets", imports=entries, modules={EDITOR: {}})
        yield from Registry(static=Flat()).diagnostics()
    one, other = ({"my-widgets/editor": url} for url in ("/static/a.js", "/static/b.js"))
    yield from _raised(lambda: ImportMap(one) | ImportMap(other))
    for label in ("default;Bm3Xq0aL9/Td", "default"):
        yield from _raised(importmap.delta, label, ["default"])


def _of_exports(folder: Path) -> Iterator[Diagnostic]:
    imports = {"shop/cart": "/assets/cart.js"}
    export = Export(Site(Settings(imports=imports)), lambda static: Settings(static=static, imports=imports))
    export.document("deno", os.fspath(folder))
    yield from (found for found in export.diagnostics if found.code == "IM234")


# Import maps as browsers read them

PAGE = "https://shop.example/cart/index.html"
URL = "https://shop.example/static/my_widgets/editor.js"


def _of_parsing() -> Iterator[Diagnostic]:
    yield from _raised(parse, '{"imports": ["my-widgets/editor"]}', PAGE)
    maps: list[dict[str, Any]] = [
        {"import": {}},
        {"imports": {"": "/static/editor.js"}},
        {"imports": {"my-widgets/editor": ["/static/editor.js"]}},
        {"imports": {"my-widgets/editor": "static/editor.js"}},
        {"imports": {"my-widgets/": "/static/my_widgets"}},
        {"scopes": {"https://": {}}},
        {"integrity": {"my-widgets/editor": "sha384-47DE"}},
        {"integrity": {"/static/editor.js": "sha384-47DE"}},
        {"imports": {"\ud800": "/static/editor.js"}},
        {
            "imports": {
                "/static/editor.js": "/static/editor.1.js",
                "../static/editor.js": "/static/editor.2.js",
            }
        },
        {"depcache": {"/static/editor.js": "/static/dom.js"}},
        {"scopes": {"/static/shop/": {"lit": "/lit-3.js"}, "/static/shop/old/": {"lit": "/lit-2.js"}}},
    ]
    for found in maps:
        yield from parse(json.dumps(found), PAGE, extensions="depcache" in found)[1]


def _of_resolving() -> Iterator[Diagnostic]:
    entries = {
        "my-widgets/editor": "/static/my_widgets/editor.js",
        "my-widgets/": "/static/my_widgets/",
        "cdn/": "https://cdn.example/lib/",
        "my-widgets/picker": None,
    }
    page = ImportMap(entries, base_url=PAGE)
    for specifier in ("my-widget/editor", "my-widgets/picker", "cdn/https://[/x.js", "cdn/../../x.js"):
        yield from _raised(page.resolve, specifier)
    yield from _raised(page.resolve, "my-widgets/editor", "/cart/index.html")
    isolated = ImportMap(
        scopes={
            "/static/my_widgets/": {"#dom": "/static/my_widgets/dom.js", "/static/lit.js": "/static/lit.3.js"}
        },
        base_url=PAGE,
    )
    yield from check_isolation(isolated, {URL: ["#dom", "lit"]})


def _of_merging() -> Iterator[Diagnostic]:
    page = ImportMap({"my-widgets/editor": "/static/my_widgets/editor.js"}, base_url=PAGE)
    other = ImportMap(
        {"my-widgets/editor": "/static/editor.2.js", "lit": "/static/lit.js"},
        {"/static/my_widgets/": {"#dom": "/static/my_widgets/dom.js"}},
    )
    yield from _raised(page.extend, other, [("my-widgets/editor", PAGE), ("lit", URL)], strict=True)


class Nothing(importmap.StaticURL):
    """Serves no file."""

    def __init__(self) -> None:
        super().__init__("/static/")

    def url(self, public_path: str) -> str:
        raise LookupError("not in the staticfiles manifest")


class Relative(Nothing):
    """Answers with relative URLs."""

    def url(self, public_path: str) -> str:
        return f"static/{public_path}"


class Rewriting(importmap.StaticURL):
    """Has another text in its files than was shipped."""

    def __init__(self) -> None:
        super().__init__("/static/")

    def read(self, public_path: str) -> bytes | None:
        return b"rewritten"


class Flat(Nothing):
    """Serves all files in one folder."""

    def url(self, public_path: str) -> str:
        return f"/files/{public_path.replace('/', '-')}"
