"""Isolated packages in browsers: what they ask for and have not required is blocked, the rest works."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.static_server import Module, Web, complaints

if TYPE_CHECKING:
    from support.browser import Browser
    from support.lazy_site import LazySite

#: Asks for what a page gives, and says what became of it.
TRY = """
globalThis.tried = {};
for (const specifier of globalThis.wanted) {
  globalThis.tried[specifier] = await import(specifier).then(() => "loaded", () => "blocked");
}
"""
#: What browsers say of each entry that blocks: that it has no address.
NULL = {
    "Chromium": "other: Ignored an import map value of ",
    "WebKit": "javascript: value in specifier map needs to be a string",
}


@pytest.fixture(
    params=["/static/{path}", "/static/{folder}{stem}.{hash}{suffix}", "http://cdn.localhost:{port}/{path}"]
)
def shop(web: Web, request: pytest.FixtureRequest) -> Web:
    """An editor that requires widgets, and a stranger. The first module of the editor asks for everything."""
    web.template = request.param
    editor = {
        "editor/main.js": Module("./part.js", "widgets/button", "#dom", more=TRY),
        "editor/part.js": Module(),
        "editor/dom.js": Module(),
        "editor/late.js": Module(),
    }
    entries = {"main": "editor/main.js", "late": "editor/late.js"}
    private = {"#dom": {"path": "editor/dom.js"}}
    web.install("editor", entries, editor, private=private, requires={"widgets": "*"})
    widgets = {"button": {"path": "widgets/button.js", "contexts": ["other"]}, "menu": "widgets/menu.js"}
    files = {"button": Module("./base.js"), "base": Module(), "menu": Module()}
    web.install("widgets", widgets, {f"widgets/{name}.js": module for name, module in files.items()})
    web.install("stranger", {"x": "stranger/x.js"}, {"stranger/x.js": Module()})
    return web


def asked_for(web: Web) -> dict[str, str]:
    """What the editor asks for, and what becomes of it where packages are isolated."""
    return {
        "editor/late": "loaded",
        "./late.js": "loaded",
        "#dom": "loaded",
        "widgets/button": "loaded",
        "data:text/javascript,0": "loaded",
        "stranger/x": "blocked",
        "../stranger/x.js": "blocked",
        web.url("stranger/x.js"): "blocked",
        web.address("stranger/x.js"): "blocked",
        web.address("widgets/base.js"): "blocked",
        web.server.url("/anything.js", host="other.localhost"): "blocked",
        "site/x": "blocked",
    }


def tried(browser: Browser, web: Web, **settings: Any) -> dict[str, str]:
    web.server.texts[web.server.url("/site.js")] = "export {}"
    import_map = web.load(imports={"site/x": "/site.js"}, **settings)
    script = f"globalThis.wanted = {json.dumps([*asked_for(web)])}; await import('editor/main')"
    web.page(import_map, script)
    page = web.open(browser)
    page.wait_for("globalThis.done")
    found: dict[str, str] = page.evaluate("globalThis.tried")
    return found


def test_a_package_gets_what_it_requires(any_browser: Browser, shop: Web) -> None:
    assert tried(any_browser, shop, isolate=True) == asked_for(shop)
    everything = {*shop.modules} - {"stranger/x.js", "widgets/menu.js"}
    assert shop.asked == sorted(map(shop.address, everything))


def test_a_package_gets_everything_otherwise(any_browser: Browser, shop: Web) -> None:
    """The control: each of these is there."""
    nowhere = shop.server.url("/anything.js", host="other.localhost")
    shop.server.texts[nowhere] = "export {}"
    found = tried(any_browser, shop)
    # A relative URL does not lead there where names are hashed.
    names = ("stranger/x", shop.address("stranger/x.js"), "site/x", nowhere)
    assert {found[name] for name in names} == {"loaded"}


def test_page_scripts_get_what_is_for_them(any_browser: Browser, shop: Web) -> None:
    """Not what only a package imports."""
    import_map = shop.load(isolate=True)
    script = "import 'stranger/x'; await import('widgets/button').catch(() => globalThis.none = true)"
    shop.page(import_map, script)
    page = shop.open(any_browser)
    page.wait_for("globalThis.done")
    assert page.evaluate("globalThis.none")
    assert shop.asked == [shop.address("stranger/x.js")]


def test_a_page_that_takes_in_more(several_maps_browser: Browser, lazy: LazySite) -> None:
    """The delta brings what the page's packages do not get of its names."""
    lazy.web.install(
        "stranger",
        {"x": {"path": "stranger/x.js", "contexts": ["public"]}},
        {"stranger/x.js": Module(more=TRY)},
    )
    lazy.registry = type(lazy.registry)(static=lazy.web, strict=True, isolate=True)
    script = """
        import { extend } from "importmap/lazy"; import "shop/cart";
        await extend("/delta?contexts=editor"); await import("shop/editor");
        globalThis.wanted = ["shop/cart", "shop/editor"]; await import("stranger/x")
    """
    page = lazy.open(several_maps_browser, script)
    page.wait_for("globalThis.done")
    assert page.evaluate("globalThis.tried") == {"shop/cart": "blocked", "shop/editor": "blocked"}
    said = complaints(page)
    assert said
    assert all(complaint.startswith(NULL[several_maps_browser.name]) for complaint in said)
    ran = ["shop/price.js", "shop/cart.js", "shop/dom.js", "shop/editor.js", "stranger/x.js"]
    assert lazy.ran(page) == ran
