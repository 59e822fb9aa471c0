"""`importmap/lazy` in browsers: pages that take in more, and what they are told where they cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.lazy_site import DELTA, LazySite
from support.static_server import DONE, complaints, integrity_of

if TYPE_CHECKING:
    from support.browser import Browser, Page

EXTEND = 'import { extend } from "importmap/lazy";'
#: What became of a promise.
TRY = """globalThis.outcome = await promise.then(
    () => "done",
    ({ name, reason, message }) => [name, reason, message]
)"""
LABEL = "document.querySelector('script[type=importmap]').dataset.importmap"

UNSUPPORTED = [
    "ExtendError",
    "unsupported",
    (
        "The browser has not taken in a second import map: it takes one only, as Firefox does, or the page's "
        "Content Security Policy forbids it. Load the page with all contexts that it needs."
    ),
]
RELOAD = [
    "ExtendError",
    "reload",
    "The site has other modules than when the page was loaded. Load it again.",
]


def outcome(page: Page) -> Any:
    page.wait_for("globalThis.done")
    return page.evaluate("globalThis.outcome")


def extending(contexts: str, then: str = "") -> str:
    return f'{EXTEND} const promise = extend("{DELTA}{contexts}"); {TRY}; {then}'


def test_a_page_that_takes_in_more(several_maps_browser: Browser, lazy: LazySite) -> None:
    script = f'{EXTEND} import "shop/cart"; await extend("{DELTA}editor"); await import("shop/editor")'
    page = lazy.open(several_maps_browser, script)
    page.wait_for("globalThis.done")
    assert complaints(page) == []
    # What the page had is loaded once, and everything has its hashed name.
    assert lazy.ran(page) == ["shop/price.js", "shop/cart.js", "shop/dom.js", "shop/editor.js"]
    assert [(query["page"], status) for query, status in lazy.asked] == [
        (lazy.load("public", "lazy").label, 200)
    ]
    assert page.evaluate(LABEL) == lazy.load("editor", "lazy", "public").label
    # The element that brought the map is gone.
    assert page.evaluate("document.querySelectorAll('script[type=importmap]').length") == 1


def test_several_in_a_row(several_maps_browser: Browser, lazy: LazySite) -> None:
    """Each begins where the one before has ended."""
    script = f"""{EXTEND}
        await extend("{DELTA}editor"); await import("shop/editor")
        await extend(new URL("{DELTA}admin", location)); await import("shop/admin")
        await extend("{DELTA}admin+editor")
    """
    page = lazy.open(several_maps_browser, script)
    page.wait_for("globalThis.done")
    assert complaints(page) == []
    assert sorted(lazy.ran(page)) == sorted(path for path in lazy.web.modules if path != "importmap/lazy.js")
    every = lazy.load("admin", "editor", "lazy", "public").label
    labels = [lazy.load("public", "lazy").label, lazy.load("editor", "lazy", "public").label, every]
    assert [query["page"] for query, _ in lazy.asked] == labels
    assert page.evaluate(LABEL) == every


def test_several_at_once(several_maps_browser: Browser, lazy: LazySite) -> None:
    """One waits for the other, also for one that fails."""
    script = f"""{EXTEND}
        const ends = []
        const ask = (url) => extend(url).then(() => ends.push("yes"), () => ends.push("no"))
        await Promise.all([ask("{DELTA}editor"), ask("/nothing"), ask("{DELTA}admin")])
        await import("shop/admin")
        globalThis.outcome = ends
    """
    page = lazy.open(several_maps_browser, script)
    assert outcome(page) == ["yes", "no", "yes"]
    labels = [lazy.load("public", "lazy").label, lazy.load("editor", "lazy", "public").label]
    assert [query["page"] for query, _ in lazy.asked] == labels


def test_nothing_is_missing(any_browser: Browser, lazy: LazySite) -> None:
    """The page has all contexts already: nothing is inserted, so it works in every browser."""
    script = f"""
        const added = []
        const hear = (seen) => added.push(...seen.flatMap((one) => [...one.addedNodes]))
        new MutationObserver(hear).observe(document, {{ childList: true, subtree: true }})
        {EXTEND}
        await extend("{DELTA}editor")
        await import("shop/editor")
        globalThis.outcome = added.length
    """
    page = lazy.open(any_browser, script, ("public", "editor", "lazy"))
    assert outcome(page) == 0
    assert complaints(page) == []
    assert lazy.ran(page) == ["shop/price.js", "shop/cart.js", "shop/dom.js", "shop/editor.js"]
    assert page.evaluate(LABEL) == lazy.load("editor", "lazy", "public").label


def test_a_browser_that_takes_one_map(firefox: Browser, lazy: LazySite) -> None:
    page = lazy.open(firefox, extending("editor", 'await import("shop/editor").catch(() => 0)'))
    assert outcome(page) == UNSUPPORTED
    assert lazy.ran(page) == []
    assert page.evaluate(LABEL) == lazy.load("public", "lazy").label


# What a site answers


def test_after_a_deploy(any_browser: Browser, lazy: LazySite) -> None:
    """An open page gets nothing of the new release."""
    page = lazy.open(any_browser, f"{EXTEND} globalThis.extend = extend")
    page.wait_for("globalThis.done")
    lazy.deploy()
    page.evaluate(f"(async () => {{ const promise = extend('{DELTA}editor'); {TRY} }})()")
    assert page.evaluate("globalThis.outcome") == RELOAD
    assert [status for _, status in lazy.asked] == [409]
    assert (
        page.evaluate(
            "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/v2/')).length"
        )
        == 0
    )


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_refusal(any_browser: Browser, lazy: LazySite, status: int) -> None:
    """And nothing is wrong with the next call."""
    lazy.status = status
    page = lazy.open(any_browser, extending("editor", "globalThis.extend = extend"))
    assert outcome(page) == ["ExtendError", "refused", f"/delta answered {status}."]
    lazy.status = 0
    page.evaluate(f"(async () => {{ const promise = extend('{DELTA}public'); {TRY} }})()")
    assert page.evaluate("globalThis.outcome") == "done"


@pytest.mark.parametrize(
    "url", ["http://other.localhost:{port}/delta", "data:application/json,{{}}", "about:blank"]
)
def test_no_other_origin(any_browser: Browser, lazy: LazySite, url: str) -> None:
    """Maps decide which code a page runs: they come from the page's own site."""
    url = url.format(port=lazy.web.server.server_port)
    page = lazy.open(any_browser, f"{EXTEND} const promise = extend({json.dumps(url)}); {TRY}")
    message = "A map decides which code the page runs: it has to come from the page's own origin."
    assert outcome(page) == ["ExtendError", "refused", message]
    assert lazy.asked == []


def test_a_redirect_to_another_origin(any_browser: Browser, lazy: LazySite) -> None:
    lazy.status, lazy.location = 302, f"http://other.localhost:{lazy.web.server.server_port}/"
    assert outcome(lazy.open(any_browser, extending("editor")))[0] == "TypeError"
    assert [status for _, status in lazy.asked] == [302]


def test_no_url(any_browser: Browser, lazy: LazySite) -> None:
    page = lazy.open(any_browser, f"{EXTEND} const promise = extend('http://['); {TRY}")
    assert outcome(page)[0] == "TypeError"


def test_a_page_without_a_label(any_browser: Browser, lazy: LazySite) -> None:
    script = f"document.querySelector('script').removeAttribute('data-importmap'); {extending('editor')}"
    assert outcome(lazy.open(any_browser, script)) == [
        "ExtendError",
        "no-map",
        "The page has no import map with the attribute data-importmap.",
    ]


# Policies

NONCE = {"nonce": "r4nd0m"}
POLICY = "default-src 'self'; img-src data:; script-src 'nonce-r4nd0m'"


@pytest.mark.parametrize(
    "policy",
    [
        "",
        " 'strict-dynamic'",
        "; require-trusted-types-for 'script'; trusted-types importmap",
        "; require-trusted-types-for 'script'",
        "; trusted-types 'none'",
    ],
)
def test_a_policy(several_maps_browser: Browser, lazy: LazySite, policy: str) -> None:
    """A nonce, and Trusted Types: required, with a list of policies and without, or a list alone."""
    page = lazy.open(
        several_maps_browser,
        extending("editor", 'await import("shop/editor")'),
        attrs=NONCE,
        policy=POLICY + policy,
    )
    assert outcome(page) == "done"
    assert lazy.ran(page) == ["shop/price.js", "shop/cart.js", "shop/dom.js", "shop/editor.js"]
    # That the list alone forbids a policy that nothing requires is said, and does not matter.
    said = complaints(page)
    assert (
        all("trusted" in complaint.lower() for complaint in said) if policy.endswith("'none'") else said == []
    )


def test_a_policy_that_forbids_scripts_of_ours(several_maps_browser: Browser, lazy: LazySite) -> None:
    page = lazy.open(
        several_maps_browser,
        extending("editor"),
        attrs=NONCE,
        policy=f"{POLICY}; require-trusted-types-for 'script'; trusted-types other",
    )
    assert outcome(page)[0] == "TypeError"


def test_a_policy_of_hashes(several_maps_browser: Browser, lazy: LazySite) -> None:
    """It cannot know the hash of a map that comes later, and forbids it."""
    import_map, script = lazy.load("public", "lazy"), extending("editor")
    policy = f"script-src 'self' {import_map.csp_hash} '{integrity_of(script + DONE, 'sha256')}'"
    assert outcome(lazy.open(several_maps_browser, script, policy=policy)) == UNSUPPORTED
