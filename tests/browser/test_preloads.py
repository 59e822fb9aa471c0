"""Preloads in browsers: the whole static closure is asked for at once, and nothing twice."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from support.static_server import Module, Web, complaints, integrity_of

from importmap import ImportMap

if TYPE_CHECKING:
    from support.browser import Browser, Page

#: How many modules, with itself, lead to each from the entry; not more than a browser's six connections.
LEVELS = {
    "demo/app.js": 1,
    "demo/a.js": 2,
    "demo/b.js": 2,
    "demo/deep/c.js": 3,
    "demo/d.js": 3,
    "demo/deep/e.js": 4,
}

TREE = {
    "demo/app.js": Module("./a.js", "demo/b", dynamic=["./lazy.js"]),
    "demo/a.js": Module("./deep/c.js"),
    "demo/b.js": Module("./deep/c.js", "#d", "./app.js"),
    "demo/deep/c.js": Module("./e.js"),
    "demo/d.js": Module(),
    "demo/deep/e.js": Module("./c.js", "../b.js"),
    "demo/lazy.js": Module(),
}

HOSTS = {
    "the same host": "/static/{folder}{stem}.{hash}{suffix}",
    "another host": "http://cdn.localhost:{port}/{folder}{stem}.{hash}{suffix}",
    "another host, without its scheme": "//cdn.localhost:{port}/{path}?v={hash}&w=1",
}

NONCE = {"nonce": "c2VjcmV0"}
POLICIES = {
    "no policy": "",
    "nonce": "script-src 'nonce-c2VjcmV0'",
    "strict-dynamic": "default-src 'none'; script-src 'nonce-c2VjcmV0' 'strict-dynamic'; img-src data:",
}


def load(web: Web, *, integrity: bool = False) -> ImportMap:
    """The map of the tree."""
    web.install("demo", {".": "demo/app.js", "b": "demo/b.js"}, TREE, private={"#d": {"path": "demo/d.js"}})
    return web.load(integrity=integrity)


def at_once(web: Web, page: Page, urls: list[str]) -> bool:
    """Whether some URLs were all asked for before any of them was answered."""
    web.check(page)
    events = [event for event, url in web.server.log if url in urls]
    assert sorted(events) == ["answer"] * len(urls) + ["request"] * len(urls)
    return events == sorted(events, reverse=True)


@pytest.mark.parametrize("template", HOSTS.values(), ids=HOSTS)
def test_the_closure_is_asked_for_at_once(any_browser: Browser, web: Web, template: str) -> None:
    """The server holds each module of the closure back until all were asked for."""
    web.template = template
    import_map = load(web)
    urls = [web.address(path) for path in LEVELS]
    web.server.holds = dict.fromkeys(urls, urls)
    web.page(import_map, 'import "demo"', preload=["demo"])
    assert at_once(web, web.open(any_browser), urls)


def test_level_by_level_without_preloads(any_browser: Browser, web: Web) -> None:
    """The control: a browser cannot know what a module imports before it has the module."""
    import_map = load(web)
    levels = {web.address(path): level for path, level in LEVELS.items()}
    web.server.holds = {url: ["what nobody asks for"] for url in levels}
    web.page(import_map, 'import "demo"')
    page = web.open(any_browser)
    for level in sorted(set(levels.values())):
        known = [url for url in levels if levels[url] <= level]
        web.server.wait_for(known)
        assert web.asked == sorted(known)
        web.server.release(known)
    assert not at_once(web, page, list(levels))


def test_links(web: Web) -> None:
    """After the map, the nearest first, and nothing that is imported dynamically."""
    markup = load(web, integrity=True).render(NONCE, preload=["demo"])
    script, *links = markup.split("\n")
    assert script.endswith("</script>")
    assert [re.findall(r'"(.*?)"', link) for link in links] == [
        ["modulepreload", web.url(path), integrity_of(TREE[path].text), "c2VjcmV0"] for path in LEVELS
    ]


@pytest.mark.parametrize("any_browser", ["chromium", "firefox"], indirect=True)
def test_why_the_map_comes_first(any_browser: Browser, web: Web) -> None:
    """What was preloaded before the map was resolved without it: it cannot be imported any more."""
    web.page(load(web), "", preload=["demo"])
    url = web.server.url("/")
    head, import_map, links = re.split(r"<script.*?>(.*?)</script>", web.server.texts[url], maxsplit=1)
    texts = [json.dumps(text).replace("<", r"\u003c") for text in (import_map, links.partition("<script")[0])]
    web.server.texts[url] = f"""{head}<script type="module">
        const [text, links] = [{", ".join(texts)}]
        const preloads = [...document.createRange().createContextualFragment(links).children]
        await Promise.all(preloads.map((link) => new Promise((done) => {{
            link.onload = link.onerror = done
            document.head.append(link)
        }})))
        document.head.append(Object.assign(document.createElement("script"), {{type: "importmap", text}}))
        globalThis.reason = await import("demo").then(() => "none", String)
    </script>"""
    page = web.open(any_browser)
    assert "TypeError" in page.wait_for("globalThis.reason")
    assert page.evaluate("globalThis.ran ?? []") == []


def test_a_map_that_comes_late(webkit: Browser, web: Web) -> None:
    """WebKit's kindness: whatever was loaded before the map can be imported by its names."""
    web.page(load(web), "", preload=["demo"])
    url = web.server.url("/")
    before, script, after = re.split(
        r"(<script type=\"importmap\".*?</script>)", web.server.texts[url], maxsplit=1
    )
    links, _, _ = after.partition("<script")
    imports = '<script type="module">await import("demo"); globalThis.done = true</script>'
    web.server.texts[url] = (
        f'{before}{links}<script type="module">globalThis.early = 1</script>{script}{imports}'
    )
    web.check(web.open(webkit))


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("template", HOSTS.values(), ids=HOSTS)
@pytest.mark.parametrize("integrity", [False, True], ids=["plain", "integrity"])
def test_each_is_fetched_once(
    any_browser: Browser, web: Web, template: str, policy: str, integrity: bool
) -> None:
    web.template = template
    import_map = load(web, integrity=integrity)
    assert len(import_map.integrity) == (len(TREE) if integrity else 0)
    web.page(import_map, 'import "demo"; import "demo/b"', NONCE, preload=["demo/b", "demo"], policy=policy)
    web.check(web.open(any_browser))


def test_the_nonce_is_asked_for(any_browser: Browser, web: Web) -> None:
    """The control: the policy refuses the page that does not print it."""
    web.page(load(web), 'import "demo"', preload=["demo"], policy=POLICIES["nonce"])
    page = web.open(any_browser)
    page.wait_for("document.readyState == 'complete'")
    assert any("Content" in complaint and "script-src" in complaint for complaint in complaints(page))
    assert page.evaluate("globalThis.ran") is None


def test_a_module_that_is_no_javascript(any_browser: Browser, web: Web) -> None:
    """It has no preload, which would fetch it as a script; the keys of relative imports lead to it."""
    data = Module()
    data.text, data.record = '{"text": "hello"}', {"type": "json"}
    app = Module("./b.js", more='import data from "./data.json" with {type: "json"}; globalThis.data = data')
    app.record["imports"].append("./data.json")
    modules = {"demo/app.js": app, "demo/b.js": Module(), "demo/data.json": data}
    web.install("demo", {".": "demo/app.js"}, modules)
    import_map = web.load()
    assert import_map.closure("demo") == [web.url(path) for path in modules]
    web.page(import_map, 'import "demo"', preload=["demo"])
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    assert complaints(page) == []
    assert page.evaluate("globalThis.data") == {"text": "hello"}
    assert web.asked == sorted(map(web.address, modules))
