"""Paths that browsers normalise, so that they lead out of the package whose URL they begin with.

No manifest may have them, and browsers show why.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from support.site_folder import manifest
from support.static_server import Module, Web

from importmap import ImportMap, ManifestError, Registry
from importmap._manifest.document import decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.browser import Browser

#: From the folder `evil/` to a file of the package `good`.
ESCAPES = {
    "encoded dots": "%2e%2e/good/x.js",
    "encoded dots, upper case": "%2E%2E/good/x.js",
    "one encoded dot": ".%2e/good/x.js",
    "the other one": "%2e./good/x.js",
    "back slashes": "..\\good\\x.js",
    "one back slash": "..\\good/x.js",
    "back slash at the end": "../good\\x.js",
    "tab": ".\t./good/x.js",
    "line end": ".\n./good/x.js",
    "carriage return": "../good\r/x.js",
    "by way of a folder": "sub/%2e%2e/%2e%2e/good/x.js",
}

#: An empty segment makes a host of what follows, where files are served at the root.
EMPTY_SEGMENT = "/cdn.localhost:{port}/good/x.js"

PATHS = [*ESCAPES.values(), EMPTY_SEGMENT.format(port=80), "sub//x.js"]


def with_edge(kind: str, path: str) -> dict[str, Any]:
    return manifest("evil", {".": "evil/main.js"}, modules={"evil/main.js": {kind: [f"./{path}"]}})


def with_module(path: str) -> dict[str, Any]:
    return manifest("evil", {".": "evil/main.js"}, modules={"evil/main.js": {}, f"evil/{path}": {}})


def with_specifier(path: str) -> dict[str, Any]:
    return manifest("evil", {path: "evil/main.js"})


def with_prefix(path: str) -> dict[str, Any]:
    folder = f"evil/{path}".rpartition("/")[0] + "/"
    return manifest("evil", {"sub/": folder}, modules={f"evil/{path}": {}})


def with_private(path: str) -> dict[str, Any]:
    return manifest("evil", {".": "evil/main.js"}, private={f"#{path}": {"path": "evil/main.js"}})


def with_vendored(path: str) -> dict[str, Any]:
    copy = {"path": "evil/main.js", "version": "1"}
    return manifest("evil", {".": "evil/main.js"}, vendored={f"lit/{path}": copy})


#: Each way into a manifest.
WAYS: dict[str, Callable[[str], dict[str, Any]]] = {
    **{kind: partial(with_edge, kind) for kind in ("imports", "dynamic", "assets")},
    "modules": with_module,
    "specifier": with_specifier,
    "prefix": with_prefix,
    "private": with_private,
    "vendored": with_vendored,
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("way", WAYS)
def test_no_manifest_may_have_them(way: str, path: str) -> None:
    raw = json.dumps(WAYS[way](path)).encode()
    with pytest.raises(ManifestError) as caught:
        decode(raw, distribution="evil", place="importmap.json")
    assert {(found.code, found.distribution) for found in caught.value.diagnostics} == {("IM104", "evil")}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_ways_with_a_path_of_the_package(way: str) -> None:
    """The control: it is the path that is refused."""
    document = WAYS[way]("sub/x.js")
    document["modules"].setdefault("evil/sub/x.js", {})
    raw = json.dumps(document).encode()
    assert decode(raw, distribution="evil", place="importmap.json")["name"] == "evil"


GOOD = {"good/main.js": Module("./x.js"), "good/x.js": Module(more="globalThis.x = 'good'")}
EVIL = {"evil/main.js": Module(), "evil/x.js": Module(more="globalThis.x = 'evil'")}


def install(web: Web) -> ImportMap:
    """Two packages under plain names, and the map of them."""
    for name, modules in {"good": GOOD, "evil": EVIL}.items():
        web.install(name, {".": f"{name}/main.js", "x": f"{name}/x.js"}, modules)
    return web.load()


def open_page(any_browser: Browser, web: Web, import_map: ImportMap, paths: list[str]) -> str:
    """Which module a page with a map has in place of `good/x.js`; it loads the modules at `paths`."""
    web.page(import_map, 'import "good"')
    page = web.open(any_browser)
    web.check(page, paths)
    return str(page.evaluate("globalThis.x"))


@pytest.mark.parametrize("path", ESCAPES.values(), ids=ESCAPES)
def test_what_such_a_key_would_do(any_browser: Browser, web: Web, path: str) -> None:
    """It replaces the module of another package."""
    web.template = "/static/{path}"
    import_map = install(web)
    key = f"/static/evil/{path}"
    taken = ImportMap({**import_map.imports, key: web.url("evil/x.js")})
    assert open_page(any_browser, web, taken, ["good/main.js", "evil/x.js"]) == "evil"


def test_what_an_empty_segment_would_do(any_browser: Browser, web: Web) -> None:
    """It replaces a module of another host."""
    web.template = "http://cdn.localhost:{port}/{path}"
    import_map = install(web)
    key = "/" + EMPTY_SEGMENT.format(port=web.server.server_port)
    taken = ImportMap({**import_map.imports, key: web.url("evil/x.js")})
    assert open_page(any_browser, web, taken, ["good/main.js", "evil/x.js"]) == "evil"


@pytest.mark.parametrize("template", ["/static/{path}", "/static/{folder}{stem}.{hash}{suffix}"])
def test_the_map_of_both(any_browser: Browser, web: Web, template: str) -> None:
    """The control: packages as they should be do not touch each other."""
    web.template = template
    import_map = install(web)
    assert open_page(any_browser, web, import_map, list(GOOD)) == "good"


@pytest.mark.parametrize("path", PATHS)
def test_the_map_without_the_refused_package(web: Web, path: str) -> None:
    """A package that tries is left out, and said so; the map of the others is as before."""
    web.install("good", {".": "good/main.js"}, GOOD)
    before = web.load()
    modules = {"evil/main.js": Module(f"./{path}", dynamic=[f"./{path}"]), f"evil/{path}": Module()}
    web.install("evil", {".": "evil/main.js"}, modules)
    registry = Registry(static=web)
    assert {(found.code, found.distribution) for found in registry.diagnostics()} == {("IM104", "evil")}
    assert registry.load() == before
    with pytest.raises(ManifestError):
        web.load()
