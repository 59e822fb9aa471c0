"""Integrity of a map in browsers, and policies that know modules by their digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.static_server import DONE, Module, Web, complaints, integrity_of

from importmap import ImportMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.browser import Browser

TREE = {
    "demo/app.js": Module("./sub/a.js", "demo/b", dynamic=["./lazy.js"]),
    "demo/sub/a.js": Module("../b.js"),
    "demo/b.js": Module("#c"),
    "demo/c.js": Module(more="export const c = 1"),
    "demo/lazy.js": Module("./sub/a.js", "./d.js"),
    "demo/d.js": Module(),
}

HOSTS = {
    "the same host": "/static/{folder}{stem}.{hash}{suffix}",
    "another host": "http://cdn.localhost:{port}/{folder}{stem}.{hash}{suffix}",
}

SCRIPT = 'import "demo"'
LENIENT = 'await import("demo").catch(() => 0)'


def load(web: Web, algorithms: Sequence[str] = ("sha384",)) -> ImportMap:
    """The map of the tree with the digests of all modules."""
    web.install("demo", {".": "demo/app.js", "b": "demo/b.js"}, TREE, private={"#c": {"path": "demo/c.js"}})
    import_map = web.load(integrity=algorithms)
    assert set(import_map.integrity) == set(map(web.url, TREE))
    return import_map


def spoil(web: Web, path: str) -> str:
    """Serve another byte than the map was made for; the URL."""
    url = web.address(path)
    web.server.texts[url] += "\n"
    return url


@pytest.mark.parametrize("algorithms", [["sha256"], ["sha384"], ["sha512"], ["sha256", "sha384", "sha512"]])
@pytest.mark.parametrize("template", HOSTS.values(), ids=HOSTS)
def test_modules_as_the_map_has_them(
    any_browser: Browser, web: Web, template: str, algorithms: list[str]
) -> None:
    web.template = template
    web.page(load(web, algorithms), SCRIPT)
    web.check(web.open(any_browser))


@pytest.mark.parametrize("preload", [[], ["demo"]], ids=["no preload", "preload"])
@pytest.mark.parametrize("path", TREE)
def test_one_wrong_byte(any_browser: Browser, web: Web, path: str, preload: list[str]) -> None:
    """Blocked wherever the module stands in the tree, and however it is imported."""
    import_map = load(web)
    url = spoil(web, path)
    web.page(import_map, LENIENT, preload=preload)
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    assert any(url in complaint and "integrity" in complaint for complaint in complaints(page))
    ran = page.evaluate("globalThis.ran ?? []")
    assert url not in ran
    # What is imported dynamically fails alone.
    assert (web.address("demo/app.js") in ran) == (path in {"demo/lazy.js", "demo/d.js"})


def test_one_wrong_byte_without_integrity(any_browser: Browser, web: Web) -> None:
    """The control: a map without digests takes what is served."""
    import_map = load(web)
    spoil(web, "demo/b.js")
    web.page(ImportMap(import_map.imports, import_map.scopes), SCRIPT)
    web.check(web.open(any_browser))


# Policies without a nonce

#: WebKit is below.
TAKE_HASHES = pytest.mark.parametrize("any_browser", ["chromium", "firefox"], indirect=True)


def script_policy(script: str, sources: Sequence[str]) -> str:
    """The policy of a page that lists its own script, and some sources."""
    return f"script-src '{integrity_of(script + DONE, 'sha256')}' {' '.join(sources)}"


@TAKE_HASHES
@pytest.mark.parametrize("preload", [[], ["demo"]], ids=["no preload", "preload"])
@pytest.mark.parametrize("algorithms", [["sha256"], ["sha384"], ["sha384", "sha512"]])
@pytest.mark.parametrize("template", HOSTS.values(), ids=HOSTS)
def test_a_policy_of_hashes(
    any_browser: Browser, web: Web, template: str, algorithms: list[str], preload: list[str]
) -> None:
    """No nonce and no host: the map, and each module by its digests. The page adds its own script."""
    web.template = template
    import_map = load(web, algorithms)
    web.page(import_map, SCRIPT, preload=preload, policy=script_policy(SCRIPT, import_map.csp_hashes))
    web.check(web.open(any_browser))


@TAKE_HASHES
def test_files_that_the_site_chooses(any_browser: Browser, web: Web) -> None:
    """The map has the digests of what the site's own entries and overrides lead to as well."""
    admin = {"z": {"path": "other/z.js", "contexts": ["admin"]}}
    other = {"other/z.js": Module("./y.js"), "other/y.js": Module(more="export const y = 1")}
    web.install("demo", {".": "demo/app.js", "b": "demo/b.js"}, TREE, private={"#c": {"path": "demo/c.js"}})
    web.install("other", admin, other)
    chosen = {"imports": {"lazy": "demo/lazy.js"}, "overrides": {"demo": "other/z.js"}}
    import_map = web.load(["demo"], integrity=True, **chosen)
    script = 'import "demo"; import "lazy"'
    web.page(import_map, script, policy=script_policy(script, import_map.csp_hashes))
    web.check(web.open(any_browser), [path for path in web.modules if path != "demo/app.js"])


@pytest.mark.parametrize("preload", [[], ["demo"]], ids=["no preload", "preload"])
@pytest.mark.parametrize("algorithms", [["sha256"], ["sha384", "sha512"]])
@pytest.mark.parametrize("template", HOSTS.values(), ids=HOSTS)
def test_a_policy_of_hashes_and_strict_dynamic(
    any_browser: Browser, web: Web, template: str, algorithms: list[str], preload: list[str]
) -> None:
    """What works in every browser."""
    web.template = template
    import_map = load(web, algorithms)
    sources = ["'strict-dynamic'", *import_map.csp_hashes]
    web.page(import_map, SCRIPT, preload=preload, policy=script_policy(SCRIPT, sources))
    web.check(web.open(any_browser))


@pytest.mark.parametrize("path", TREE)
def test_one_wrong_byte_under_strict_dynamic(any_browser: Browser, web: Web, path: str) -> None:
    """The map's digests still hold."""
    import_map = load(web)
    url = spoil(web, path)
    sources = ["'strict-dynamic'", *import_map.csp_hashes]
    web.page(import_map, LENIENT, policy=script_policy(LENIENT, sources))
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    assert any(url in complaint for complaint in complaints(page))
    assert url not in page.evaluate("globalThis.ran ?? []")


def test_static_imports_under_a_policy_of_hashes_alone(webkit: Browser, web: Web) -> None:
    """WebKit's departure: it allows what `import()` asks for by its digest, and nothing that this imports.

    Content Security Policy Level 3 knows no such difference. If this fails, WebKit has mended it.
    """
    app, part = Module("./part.js"), Module()
    web.install(
        "demo", {"app": "demo/app.js", "part": "demo/part.js"}, {"demo/app.js": app, "demo/part.js": part}
    )
    import_map = web.load(integrity=True)
    script = """await import("demo/app").catch(() => 0)"""
    web.page(import_map, script, policy=script_policy(script, import_map.csp_hashes))
    page = web.open(webkit)
    page.wait_for("globalThis.done")
    # What `import()` names is loaded, and refused is the module that it imports.
    assert not page.evaluate("globalThis.ran")
    [said] = complaints(page)
    assert said.startswith(f"security: Refused to load {web.address('demo/part.js')}")


# Digests that are odd

FILE = "export default 1"


def digests(text: str, *algorithms: str) -> str:
    return " ".join(integrity_of(text, algorithm) for algorithm in algorithms)


@pytest.mark.parametrize(
    ("integrity", "loads"),
    [
        (digests("x", "sha384") + " " + digests(FILE, "sha384"), True),
        (digests(FILE, "sha256") + " " + digests("x", "sha512"), False),
        (digests("x", "sha256") + " " + digests(FILE, "sha512"), True),
        ("sha384-foobar", False),
        ("garbage", True),
        ("sha1-abc", True),
        ("", True),
    ],
)
def test_odd_digests(any_browser: Browser, web: Web, integrity: str, *, loads: bool) -> None:
    """The strongest algorithm counts, any of its digests will do, and nothing valid checks nothing."""
    page_map = ImportMap({"demo": "/demo.js"}, integrity={"/demo.js": integrity})
    web.server.texts[web.server.url("/demo.js")] = FILE
    web.page(page_map, 'globalThis.loads = await import("demo").then(() => true, () => false)')
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    assert page.evaluate("globalThis.loads") == loads


def test_the_name_of_an_algorithm_in_capitals(any_browser: Browser, web: Web) -> None:
    """Ignored by two, and by WebKit understood: it blocks the file if the digest is wrong."""
    wrong = integrity_of("x").replace("sha", "SHA")
    page_map = ImportMap({"demo": "/demo.js"}, integrity={"/demo.js": wrong})
    web.server.texts[web.server.url("/demo.js")] = FILE
    web.page(page_map, 'globalThis.loads = await import("demo").then(() => true, () => false)')
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    assert page.evaluate("globalThis.loads") == (any_browser.name != "WebKit")


@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
@pytest.mark.parametrize(("kind", "text"), [("json", '{"x": 1}'), ("css", "a { color: red }")])
def test_modules_that_are_no_javascript(
    any_browser: Browser, web: Web, kind: str, text: str, *, wrong: bool
) -> None:
    """The map's digests are for them, too; WebKit has no CSS modules."""
    url = f"/demo.{kind}"
    page_map = ImportMap({"demo": url}, integrity={url: integrity_of("x" if wrong else text)})
    web.server.texts[web.server.url(url)] = text
    options = f"{{with: {{type: '{kind}'}}}}"
    web.page(page_map, f'globalThis.said = await import("demo", {options}).then(() => "", String)')
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    said = page.evaluate("globalThis.said")
    if (any_browser.name, kind) == ("WebKit", "css"):
        assert said == 'TypeError: Import attribute type "css" is not valid'
    else:
        assert bool(said) == wrong, said


@pytest.mark.parametrize("left_out", range(1 + len(TREE)))
def test_a_policy_that_lacks_a_hash(any_browser: Browser, web: Web, left_out: int) -> None:
    """The control: the map's own and each module's are needed."""
    import_map = load(web)
    sources = list(import_map.csp_hashes)
    assert len(sources) == 1 + len(TREE)
    del sources[left_out]
    web.page(import_map, LENIENT, policy=script_policy(LENIENT, sources))
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    assert any("script-src" in complaint for complaint in complaints(page))
    assert len(page.evaluate("globalThis.ran ?? []")) < len(TREE)


def test_a_policy_that_lacks_an_algorithm(any_browser: Browser, web: Web) -> None:
    """Of several digests of a module, a policy needs all."""
    import_map = load(web, ["sha384", "sha512"])
    sources = [source for source in import_map.csp_hashes if not source.startswith("'sha384")]
    assert len(sources) == 1 + len(TREE)
    web.page(import_map, LENIENT, policy=script_policy(LENIENT, sources))
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    assert page.evaluate("globalThis.ran ?? []") == []


def test_a_policy_without_integrity(any_browser: Browser, web: Web) -> None:
    """The control: digests of a policy alone do not say which module they are for."""
    import_map = load(web)
    plain = ImportMap(import_map.imports, import_map.scopes)
    sources = [plain.csp_hash, *import_map.csp_hashes]
    web.page(plain, LENIENT, policy=script_policy(LENIENT, sources))
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    assert page.evaluate("globalThis.ran ?? []") == []


@pytest.mark.parametrize("has_integrity", [False, True], ids=["no integrity", "integrity"])
def test_a_script_of_its_own_url(any_browser: Browser, web: Web, has_integrity: bool) -> None:
    """A page whose entry is a file needs no inline script, and no hash but those of the map."""
    import_map = load(web)
    url, page_url = web.url("demo/app.js"), web.server.url("/")
    digest = f' integrity="{import_map.integrity[url]}"' if has_integrity else ""
    web.page(import_map, "", policy=f"script-src 'strict-dynamic' {' '.join(import_map.csp_hashes)}")
    markup, _, _ = web.server.texts[page_url].rpartition("<script")
    web.server.texts[page_url] = f'{markup}<script type="module" src="{url}"{digest}></script>'
    page = web.open(any_browser)
    page.wait_for(f"globalThis.ran?.length == {len(TREE)}")
    assert complaints(page) == []
    assert web.asked == sorted(map(web.address, TREE))
