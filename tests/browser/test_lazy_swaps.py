"""Fragments that htmx and Turbo swap into a page, and that need modules which the page has no names for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from support.browser import PAGE_SECONDS
from support.lazy_site import DELTA, LazySite
from support.module_server import NO_ICON
from support.npm import Npm
from support.static_server import complaints

if TYPE_CHECKING:
    from support.browser import Browser, Page

#: A package of npm, and its file for script elements.
LIBRARIES = {
    "htmx": ("htmx.org@2", "dist/htmx.js"),
    "turbo": ("@hotwired/turbo@8", "dist/turbo.es2017-umd.js"),
}
#: What a page has of each: an element that a fragment comes into, and what makes it come.
PLACES = {
    "htmx": ('<div id="place" hx-get="/fragment" hx-trigger="click"></div>', "place.click()"),
    "turbo": ('<turbo-frame id="place"></turbo-frame>', "place.src = '/fragment'"),
}
#: What the site answers for a fragment.
ANSWERS = {"htmx": "{}", "turbo": '<turbo-frame id="place">{}</turbo-frame>'}

TREE = ["shop/price.js", "shop/cart.js", "shop/dom.js", "shop/editor.js"]


@pytest.fixture(scope="module")
def libraries(npm: Npm) -> dict[str, str]:
    return {name: npm.file(*library) for name, library in LIBRARIES.items()}


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest, libraries: dict[str, str], lazy: LazySite) -> str:
    name: str = request.param
    lazy.web.server.texts[lazy.web.server.url(f"/{name}.js")] = libraries[name]
    return name


def swap(browser: Browser, lazy: LazySite, library: str, fragment: str, *contexts: str) -> Page:
    """A page of some contexts into which a fragment has come, whose scripts have run."""
    server = lazy.web.server
    place, trigger = PLACES[library]
    server.texts[server.url("/fragment")] = ANSWERS[library].format(fragment)
    server.texts[server.url("/")] = (
        f"<!doctype html><meta charset=utf-8>{NO_ICON}{lazy.load(*contexts)}"
        f'<script src="/{library}.js"></script><body>{place}'
    )
    page = lazy.web.open(browser)
    page.wait_for("!!globalThis.place && document.readyState == 'complete'")
    page.evaluate(f"{trigger}; 0")
    page.wait_for("globalThis.done")
    return page


def module(code: str) -> str:
    return f'<script type="module">{code}; globalThis.done = true</script>'


EXTENDING = module(
    f"""const {{ extend }} = await import("importmap/lazy")
    const promise = extend("{DELTA}editor").then(() => import("shop/editor"))
    globalThis.outcome = await promise.then(() => "", String)"""
)


def test_a_fragment_that_extends_the_page(
    several_maps_browser: Browser, lazy: LazySite, library: str
) -> None:
    page = swap(several_maps_browser, lazy, library, EXTENDING, "public", "lazy")
    assert page.evaluate("globalThis.outcome") == ""
    assert complaints(page) == []
    assert lazy.ran(page) == TREE


def test_a_fragment_that_brings_a_delta(several_maps_browser: Browser, lazy: LazySite, library: str) -> None:
    """The server knows what the page has; the next delta begins with what the fragment says."""
    needed = lazy.load("editor") - lazy.load("public", "lazy")
    fragment = str(needed) + module('await import("shop/editor")')
    page = swap(several_maps_browser, lazy, library, fragment, "public", "lazy")
    assert complaints(page) == []
    assert lazy.ran(page) == TREE
    page.evaluate(f"import('importmap/lazy').then(({{ extend }}) => extend('{DELTA}admin'))")
    page.evaluate("import('shop/admin').then(() => 0)")
    assert complaints(page) == []
    assert lazy.ran(page) == [*TREE, "shop/admin.js"]
    assert [query["page"] for query, _ in lazy.asked] == [lazy.load("editor", "lazy", "public").label]


def test_one_map_only(firefox: Browser, lazy: LazySite, library: str) -> None:
    """`extend` says so; a map in a fragment is ignored without a word."""
    page = swap(firefox, lazy, library, EXTENDING, "public", "lazy")
    assert page.evaluate("globalThis.outcome").startswith(
        "ExtendError: The browser has not taken in a second"
    )
    needed = lazy.load("editor") - lazy.load("public", "lazy")
    fragment = str(needed) + module(
        'globalThis.outcome = await import("shop/editor").then(() => "", ({ name }) => name)'
    )
    page = swap(firefox, lazy, library, fragment, "public", "lazy")
    assert page.evaluate("globalThis.outcome") == "TypeError"
    assert lazy.ran(page) == []


def test_the_union_of_contexts(any_browser: Browser, lazy: LazySite, library: str) -> None:
    """What works in every browser: the page has the names of all its fragments from the beginning."""
    page = swap(any_browser, lazy, library, EXTENDING, "public", "editor", "lazy")
    assert page.evaluate("globalThis.outcome") == ""
    assert complaints(page) == []
    assert lazy.ran(page) == TREE


def test_turbo_drive_and_the_label(
    several_maps_browser: Browser, libraries: dict[str, str], lazy: LazySite
) -> None:
    """A link is a swap. Once the page was extended, `data-turbo-track` loads the next one anew."""
    server = lazy.web.server
    server.texts[server.url("/turbo.js")] = libraries["turbo"]
    markup = lazy.load("public", "lazy").render(attrs={"data-turbo-track": "reload"})
    for path, link in (("/", "/next"), ("/next", "/")):
        server.texts[server.url(path)] = (
            f"<!doctype html><meta charset=utf-8>{NO_ICON}{markup}"
            f'<script src="/turbo.js"></script><body data-path="{path}"><a id="link" href="{link}">on</a>'
        )
    page = lazy.web.open(several_maps_browser)
    page.wait_for("!!globalThis.link && document.readyState == 'complete'")
    page.evaluate("globalThis.stays = true; link.click()")
    page.wait_for("document.body?.dataset.path == '/next'")
    assert page.evaluate("globalThis.stays")
    page.evaluate(f"import('importmap/lazy').then(({{ extend }}) => extend('{DELTA}editor'))")
    page.evaluate("link.click()")
    # First by Turbo, which then gives way to the browser. The document that could be asked is on its way out.
    deadline = time.monotonic() + PAGE_SECONDS
    while server.asked.count(server.url("/")) < 3:
        assert time.monotonic() < deadline, server.asked
        time.sleep(0.02)
    assert server.asked.count(server.url("/next")) == 1
