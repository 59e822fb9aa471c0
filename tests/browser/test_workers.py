"""Import maps do not reach workers, and what `worker_imports` says is enough to do without them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from support.module_server import NO_ICON, Server, serving

from importmap import ImportMap, worker_imports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.browser import Browser, Page

MAP = ImportMap(
    {
        "greeting": "./lib/greeting.js",
        "words/": "/lib/words/",
        "/app/end.js": "/app/end.3f2a.js",
        "unused": "/missing.js",
    },
    {"/lib/": {"words/": "/lib/words-2/"}, "/lib/words-2/": {"parts": "/lib/parts.js"}},
)

#: The modules by path. Each imports in lines of its own.
MODULES = {
    "/app/worker.js": """
        import { greeting } from "greeting"
        import { end } from "./end.js"
        import { world } from "words/world.js"
        import { same } from "./same.js"
        postMessage(same(`${greeting} ${world}${end}`))
    """,
    "/app/end.3f2a.js": "export const end = '!'",
    "/app/same.js": "export const same = (text) => text",
    "/lib/greeting.js": 'export { hello as greeting } from "words/hello.js"',
    "/lib/words/world.js": "export const world = 'world'",
    "/lib/words-2/hello.js": """
        import { head, tail } from "parts"
        export const hello = head + tail
    """,
    "/lib/parts.js": "export const head = 'Hel', tail = 'lo'",
}

SPECIFIER = re.compile(r'(?<=from )"(.*)"')

#: A worker that says how an import ends.
ASKING = 'import("greeting").then(() => postMessage("loaded"), (error) => postMessage(error.message))'


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        modules = {**MODULES, "/app/asking.js": ASKING}
        server.texts = {server.url(path): code for path, code in modules.items()}
        yield server


@pytest.fixture
def page(any_browser: Browser, server: Server) -> Iterator[Page]:
    """A page with the map."""
    url = server.url("/")
    server.texts[url] = f'<!doctype html>{NO_ICON}<script type="importmap">{MAP.to_json()}</script>'
    page = any_browser.open(url)
    page.wait_for("document.readyState == 'complete'")
    yield page
    page.close()


def posted(page: Page, path: str) -> object:
    """What a module worker posts first, or that it failed."""
    return page.evaluate(f"""new Promise((resolve) => {{
        const worker = new Worker({json.dumps(path)}, {{ type: "module" }})
        worker.onmessage = (event) => resolve(event.data)
        worker.onerror = () => resolve("failed")
    }})""")


def rewrite(server: Server) -> dict[str, dict[str, str]]:
    """Put URLs in the place of what a worker cannot resolve; what was put where."""
    graph = {url: SPECIFIER.findall(code) for url, code in server.texts.items() if url.endswith(".js")}
    found = worker_imports(MAP.with_base_url(server.url("/")), server.url("/app/worker.js"), graph)
    for module, urls in found.items():
        for specifier, url in urls.items():
            server.texts[module] = server.texts[module].replace(json.dumps(specifier), json.dumps(url))
    return found


def test_what_a_worker_needs(server: Server) -> None:
    """Not what it resolves alone, and nothing of modules that it does not import."""
    server.texts[server.url("/app/other.js")] = 'import "greeting"'
    assert rewrite(server) == {
        server.url("/app/worker.js"): {
            "greeting": server.url("/lib/greeting.js"),
            "./end.js": server.url("/app/end.3f2a.js"),
            "words/world.js": server.url("/lib/words/world.js"),
        },
        server.url("/lib/greeting.js"): {"words/hello.js": server.url("/lib/words-2/hello.js")},
        server.url("/lib/words-2/hello.js"): {"parts": server.url("/lib/parts.js")},
    }


def test_import_maps_do_not_reach_workers(page: Page) -> None:
    """The page can import the name, a worker of the page cannot."""
    assert page.evaluate('import("greeting").then((module) => module.greeting)') == "Hello"
    assert re.search("specifier.*greeting|greeting.*does not resolve", str(posted(page, "/app/asking.js")))
    assert posted(page, "/app/worker.js") == "failed"


def test_a_rewritten_worker_runs(page: Page, server: Server) -> None:
    assert len(rewrite(server)) == 3
    assert posted(page, "/app/worker.js") == "Hello world!"
    assert page.complaints == []
    asked = {url for event, url in server.log if event == "request"}
    assert {server.url(path) for path in MODULES} <= asked
