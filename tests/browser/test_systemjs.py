"""The depcache in the loader that reads it: SystemJS asks for a deep tree at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.module_server import NO_ICON, Server, serving
from support.npm import Npm

from importmap import ImportMap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.browser import Browser, Page

DEPTH = 8

#: The scripts that a page waits for, apart from the loader.
ASKED_FOR = (
    "[...document.scripts].map(({ src }) => src).filter((src) => src && !src.endsWith('/s.js')).sort()"
)

#: A module by host and path: how many modules, with itself, lead to it from the entry, and what it imports.
#: Ten, because Chromium asks for no more than ten scripts at a time, six of them from one host.
TREE: dict[tuple[str, str], tuple[int, list[str]]] = {
    ("localhost", "/app.js"): (1, ["ui/panel.js", "lib"]),
    ("ui.localhost", "/ui/panel.js"): (2, ["./row.js", "lib"]),
    ("localhost", "/lib/2.js"): (2, ["./core.js"]),
    ("ui.localhost", "/ui/row.js"): (3, ["../old/node.js"]),
    ("localhost", "/lib/core.js"): (3, []),
    ("ui.localhost", "/old/node.js"): (4, ["lib"]),
    ("localhost", "/lib/1.js"): (5, ["fmt/number.js"]),
    ("fmt.localhost", "/number.js"): (6, ["./locale.js"]),
    ("fmt.localhost", "/locale.js"): (7, ["./plural.js"]),
    ("fmt.localhost", "/plural.js"): (DEPTH, ["fmt/number.js"]),
}


@pytest.fixture(scope="module")
def systemjs(npm: Npm) -> str:
    """The source of SystemJS's smallest build."""
    return npm.file("systemjs@6", "dist/s.js")


@pytest.fixture
def server(systemjs: str) -> Iterator[Server]:
    with serving() as server:
        server.texts = {
            server.url("/s.js"): systemjs,
            **{url: module(edges) for url, (_, edges) in tree(server).items()},
        }
        yield server


def tree(server: Server) -> dict[str, tuple[int, list[str]]]:
    return {server.url(path, host): entry for (host, path), entry in TREE.items()}


def module(edges: list[str]) -> str:
    """A module that says when it has run, in the format of SystemJS."""
    run = "(_, context) => ({ execute() { (globalThis.ran ??= []).push(context.meta.url) } })"
    return f"System.register({json.dumps(edges)}, {run})"


def make_map(server: Server) -> ImportMap:
    return ImportMap(
        {
            "app": "/app.js",
            "lib": "./lib/2.js",
            "ui/": server.url("/ui/", "ui.localhost"),
            "fmt/": server.url("/", "fmt.localhost"),
        },
        {server.url("/old/", "ui.localhost"): {"lib": "/lib/1.js"}},
        depcache={
            url.removeprefix(server.url("")): edges for url, (_, edges) in tree(server).items() if edges
        },
    )


def open_page(chromium: Browser, server: Server, map_text: str) -> Page:
    """A page that loads the tree."""
    server.texts[server.url("/")] = (
        f'<!doctype html>{NO_ICON}<script type="systemjs-importmap">{map_text}</script>'
        '<script src="/s.js"></script>'
        '<script>System.import("app").then(() => globalThis.done = true)</script>'
    )
    return chromium.open(server.url("/"))


def check_done(page: Page, server: Server) -> None:
    """The page has loaded and run each module of the tree once."""
    page.wait_for("globalThis.done")
    assert page.complaints == []
    assert sorted(page.evaluate("ran")) == sorted(tree(server))
    asked = [url for event, url in server.log if event == "request" and url in tree(server)]
    assert sorted(asked) == sorted(tree(server))


def test_the_whole_tree_is_asked_for_at_once(chromium: Browser, server: Server) -> None:
    """No module is answered until all are asked for."""
    modules = tree(server)
    server.holds = dict.fromkeys(modules, frozenset(modules))
    import_map = make_map(server).with_base_url(server.url("/"))
    page = open_page(chromium, server, import_map.to_json(extensions=True))
    check_done(page, server)
    events = [event for event, url in server.log if url in modules]
    assert events == ["request"] * len(modules) + ["answer"] * len(modules)

    closure = import_map.closure("app")
    assert sorted(closure) == sorted(modules)
    assert [modules[url][0] for url in closure] == sorted(level for level, _ in modules.values())
    depcache = {url: list(edges) for url, edges in import_map.normalize().depcache.items()}
    assert page.evaluate("System.getImportMap().depcache") == depcache
    page.close()


def test_level_by_level_without_it(chromium: Browser, server: Server) -> None:
    """The control: while a level of the tree is not answered, the loader asks for nothing below it."""
    levels = {url: level for url, (level, _) in tree(server).items()}
    server.holds = {url: ["what nobody asks for"] for url in levels}
    page = open_page(chromium, server, make_map(server).to_json())
    for number in range(1, DEPTH + 1):
        level = sorted(url for url in levels if levels[url] == number)
        # The loader adds a script element for what it asks for, and removes it when it has it.
        page.wait_for(f"JSON.stringify({ASKED_FOR}) == JSON.stringify({json.dumps(level)})")
        server.release(level)
    check_done(page, server)
    page.close()
