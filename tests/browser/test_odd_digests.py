"""Integrity that browsers ignore, and integrity that no file has; maps with half a character."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.static_server import Module, Web

from importmap import ImportMap, parse

if TYPE_CHECKING:
    from support.browser import Browser

A384 = "A" * 64
SCRIPT = 'window.said = await import("a").then(() => "loaded", () => "blocked")'
DIGESTS = ["", "garbage", "sha1-abc", f"SHA384-{A384}", "sha256-", "sha384-foobar", f"sha384-{A384} sha512-x"]


@pytest.mark.parametrize("text", DIGESTS)
def test_as_parse_says(text: str, any_browser: Browser, web: Web) -> None:
    web.modules["demo/a.js"] = Module()
    url = web.address("demo/a.js")
    web.server.texts[url] = "export {}"
    import_map = ImportMap({"a": url}, integrity={url: text})
    web.page(import_map, SCRIPT)
    tab = web.open(any_browser)
    tab.wait_for("window.said")
    [code] = [found.code for found in parse(import_map.to_json(), web.server.url("/"))[1]]
    says = {"IM308": "loaded", "IM321": "blocked"}[code]
    if text.startswith("SHA384") and any_browser.name == "WebKit":
        # It knows the name in capitals, too.
        says = "blocked"
    assert tab.evaluate("window.said") == says


def test_half_a_character(chromium: Browser, web: Web) -> None:
    web.modules["demo/a.js"] = Module()
    url = web.address("demo/a.js")
    web.server.texts[url] = "export {}"
    for name, says in (("b", "loaded"), ("\ud800", "blocked")):
        web.page(ImportMap({"a": url, name: url}), SCRIPT)
        tab = web.open(chromium)
        tab.wait_for("window.said")
        assert tab.evaluate("window.said") == says
