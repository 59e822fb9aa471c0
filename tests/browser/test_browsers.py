"""The table of browsers in the site guide: each claim is tried in each engine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from support.module_server import NO_ICON, Server, serving
from support.static_server import integrity_of
from support.wheels import ROOT

if TYPE_CHECKING:
    from support.browser import Browser

GUIDE = (ROOT / "docs" / "site.md").read_text(encoding="utf-8")
SECTION = GUIDE.partition("\n## What browsers do\n")[2]

#: The engine in which a column was tried, with the column.
ENGINES = {"Chromium": "Chrome", "Firefox": "Firefox", "WebKit": "Safari"}

MODULE = "export default 1"
TEXTS = {"js": MODULE, "json": "{}", "css": ""}
#: Whether `a` can be imported.
IMPORT = 'globalThis.works = await import("a").then(() => true, () => false)'


def rows() -> dict[str, dict[str, str]]:
    """The table: for each claim what is said of each browser."""
    head, _, *rest = [line for line in SECTION.splitlines() if line.startswith("|")]
    _, *browsers = cells(head)
    return {claim: dict(zip(browsers, said, strict=True)) for claim, *said in map(cells, rest)}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def tried() -> dict[str, tuple[int, ...]]:
    """The versions in which the table was tried."""
    found = re.findall(r"(Chromium|Firefox|WebKitGTK) (\d+(?:\.\d+)?)", SECTION)
    return {name.removesuffix("GTK"): numbers(version) for name, version in found}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def import_map(**sections: object) -> str:
    return f'<script type="importmap">{json.dumps(sections)}</script>'


def module(code: str) -> str:
    return f'<script type="module">{code}</script>'


def named(path: str = "/a.js", **more: object) -> str:
    return import_map(imports={"a": path}, **more)


def of_kind(kind: str) -> str:
    return IMPORT.replace('"a"', f'"a", {{with: {{type: "{kind}"}}}}')


def a_map(server: Server) -> str:
    return named() + module(IMPORT)


def a_digest(server: Server) -> str:
    wrong = named(integrity={"/a.js": integrity_of("")})
    return wrong + module(f"{IMPORT}; globalThis.works = !globalThis.works")


def several_maps(server: Server) -> str:
    return import_map(imports={"b": "/b.js"}) + a_map(server)


def a_late_map(server: Server) -> str:
    return module("0") + a_map(server)


def a_preload(server: Server) -> str:
    """It comes from a link alone, which a browser that knows nothing of it ignores."""
    loads = 'onload="globalThis.works = true" onerror="globalThis.works = false"'
    link = f'<link rel="modulepreload" href="/a.js" {loads}>'
    return named() + link


def nested_scopes(server: Server) -> str:
    """WebKit finds the outer scope of these first."""
    scopes = {"/a/": {"lit": "/out.js"}, "/a/b/": {"lit": "/in.js"}}
    asked = 'globalThis.works = import.meta.resolve("lit") == "https://o.example/in.js"'
    return f'<base href="https://o.example/a/b/x.js">{import_map(scopes=scopes)}{module(asked)}'


def under_a_policy(*sources: str) -> Callable[[Server], str]:
    """A policy that knows the map, the page's script and the module by their digests."""

    def page(server: Server) -> str:
        found = named(integrity={"/a.js": integrity_of(MODULE)})
        script = 'import "a"; globalThis.works = true'
        texts = [found.partition(">")[2].removesuffix("</script>"), script, MODULE]
        digests = [f"'{integrity_of(text)}'" for text in texts]
        policy = {"Content-Security-Policy": f"script-src {' '.join([*digests, *sources])}"}
        server.headers[server.url("/")] = policy
        return found + module(script)

    return page


def integrity_policy(server: Server) -> str:
    """Each module has a digest, in the map."""
    server.headers[server.url("/")] = {"Integrity-Policy": "blocked-destinations=(script)"}
    return named(integrity={"/a.js": integrity_of(MODULE)}) + module('import "a"; globalThis.works = true')


#: For each row a page that sets `works`; within a second nothing counts as false.
CLAIMS: dict[str, Callable[[Server], str]] = {
    "import maps": a_map,
    "`integrity` in the map": a_digest,
    "several maps on a page": several_maps,
    "a map after the first module": a_late_map,
    "`modulepreload`": a_preload,
    "JSON modules": lambda _: named("/a.json") + module(of_kind("json")),
    "CSS modules": lambda _: named("/a.css") + module(of_kind("css")),
    "the longer of two scopes counts": nested_scopes,
    "a policy of hashes alone": under_a_policy(),
    "hashes and `'strict-dynamic'`": under_a_policy("'strict-dynamic'"),
    "`Integrity-Policy` with the map's digests": integrity_policy,
}


def test_each_row_has_a_page() -> None:
    assert list(rows()) == list(CLAIMS)
    assert list(tried()) == list(ENGINES)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim(any_browser: Browser, claim: str) -> None:
    """What the table says is so. Newer browsers may have learned it: then the table is to be changed."""
    with serving() as server:
        server.texts |= {server.url(f"/a.{suffix}"): text for suffix, text in TEXTS.items()}
        server.texts[server.url("/")] = f"<!doctype html>{NO_ICON}{CLAIMS[claim](server)}"
        page = any_browser.open(server.url("/"))
        works = page.evaluate(
            "new Promise((done) => { const end = performance.now() + 1000; const ask = () =>"
            " globalThis.works === undefined && performance.now() < end ? setTimeout(ask, 10)"
            " : done(globalThis.works === true); ask() })"
        )
        page.close()
    assert works == (rows()[claim][ENGINES[any_browser.name]] != "no")


def test_the_versions(any_browser: Browser) -> None:
    """A browser that is older than the table says cannot speak for it."""
    version = tried()[any_browser.name]
    assert numbers(any_browser.version)[: len(version)] >= version


def test_the_error_event_of_a_second_map(any_browser: Browser) -> None:
    """Firefox says to the element that its map is not taken; the others take it."""
    with serving() as server:
        second = a_map(server).replace("<script", '<script onerror="globalThis.refused = true"', 1)
        server.texts[server.url("/a.js")] = MODULE
        server.texts[server.url("/")] = f"<!doctype html>{NO_ICON}{import_map(imports={})}{second}"
        page = any_browser.open(server.url("/"))
        page.wait_for("globalThis.works !== undefined")
        is_refused = any_browser.name == "Firefox"
        assert page.evaluate("globalThis.refused === true") == is_refused
        assert page.evaluate("globalThis.works") != is_refused
        page.close()


def test_the_error_event_of_a_map_that_is_refused(any_browser: Browser) -> None:
    """WebKit says it in its console only."""
    hear = "<script>onerror = () => { globalThis.heard = true }</script>"
    broken = '<script type="importmap" onerror="globalThis.heard = true">[</script>'
    with serving() as server:
        server.texts[server.url("/")] = (
            f"<!doctype html>{NO_ICON}{hear}{broken}{module('globalThis.works = true')}"
        )
        page = any_browser.open(server.url("/"))
        page.wait_for("globalThis.works")
        assert page.evaluate("globalThis.heard === true") == (any_browser.name != "WebKit")
        assert len(page.complaints) == 1
        page.close()


def test_where_an_inline_module_stands(any_browser: Browser) -> None:
    """At the page's base URL of the moment when it comes, and for WebKit when it runs."""
    script = """
        const element = document.createElement("script")
        Object.assign(element, { type: "module", textContent: "globalThis.url = import.meta.url" })
        document.head.append(element)
        document.querySelector("base").href = "https://two.example/"
    """
    with serving() as server:
        head = f'<base href="https://one.example/"><script>{script}</script>'
        server.texts[server.url("/")] = f"<!doctype html>{NO_ICON}{head}"
        page = any_browser.open(server.url("/"))
        expected = "two" if any_browser.name == "WebKit" else "one"
        assert page.wait_for("globalThis.url") == f"https://{expected}.example/"
        page.close()
