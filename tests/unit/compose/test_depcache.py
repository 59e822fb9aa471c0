"""`depcache`: the static imports of each module by final URL, as a browser would resolve them."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from support.composing import FLAT, HASHED, OTHER_HOST, QUERY, clean, compose, edges, graph
from support.generated_packages import ODD_STATICS, STATICS, asked, check_covered, covered, packages, sites
from support.serving import Serves
from support.site_folder import digest, package
from support.walking import PAGE, Walk

from importmap import Package
from importmap._site.settings import Settings

TREE = package(
    "demo",
    {".": "demo/index.js", "sub/b": "demo/sub/b.js"},
    private={"#dom": {"path": "demo/dom.js"}},
    vendored={"lit": {"path": "demo/lit.js", "version": "3"}},
    modules=graph(
        {
            "demo/index.js": ["./sub/a.js", "#dom", "demo/sub/b", "lit", "./sub/b.js", "demo"],
            "demo/sub/a.js": ["../dom.js", "./../sub/b.js", "../../demo/lit.js"],
            "demo/sub/b.js": [],
            "demo/dom.js": [],
            "demo/lit.js": [],
        }
    ),
)


@pytest.mark.parametrize("static", [HASHED, QUERY, OTHER_HOST, Serves("/static/{path}")])
def test_a_tree(static: Serves) -> None:
    """In the order of the source, each URL once, however it is written; none for modules without imports."""
    index, a, b, dom, lit = (
        static.url(f"demo/{name}.js") for name in ("index", "sub/a", "sub/b", "dom", "lit")
    )
    import_map = clean([TREE], static=static)
    assert import_map.depcache == {index: (a, dom, b, lit, index), a: (dom, b, lit)}
    assert import_map.closure("demo") == [index, a, dom, b, lit]
    assert import_map.closure("demo/sub/b") == [b]
    page = import_map.with_base_url(PAGE)
    assert page.closure("demo") == [urljoin(PAGE, url) for url in (index, a, dom, b, lit)]


def test_dynamic_imports_and_assets_are_no_dependencies() -> None:
    modules = {"demo/index.js": edges(dynamic=["./lazy.js"], assets=["./x.wasm"]), "demo/lazy.js": {}}
    assert clean([package("demo", {".": "demo/index.js"}, modules=modules)]).depcache == {}


def test_other_packages_and_sites() -> None:
    entry = {"url": "https://cdn.example/x.js", "integrity": f"sha384-{digest('x')}", "contexts": ["default"]}
    one = package(
        "one",
        {"x": "one/x.js"},
        ignore=["shop", "react", "nobody"],
        modules=graph({"one/x.js": ["two/y", "nobody", "two/cdn", "shop/cart.js", "react", "two/l/z.js"]}),
    )
    two = package(
        "two",
        {"y": "two/y.js", "cdn": entry, "l/": "two/l/"},
        modules=graph({"two/y.js": ["one/x"], "two/l/z.js": []}),
    )
    import_map = clean([one, two], static=HASHED, imports={"shop/": "/shop/", "react": "react/index.js"})
    x, y, z, react = (HASHED.url(path) for path in ("one/x.js", "two/y.js", "two/l/z.js", "react/index.js"))
    assert import_map.depcache == {
        x: (y, "https://cdn.example/x.js", "/shop/cart.js", react, z),
        y: (x,),
    }


def test_what_is_not_served() -> None:
    """A module that is not there imports nothing, and nobody loads it."""
    missing = Serves("/s/{path}", {"demo/sub/a.js": "", "demo/lit.js": "", "demo/sub/b.js": ""})
    import_map, _ = compose([TREE], static=missing)
    assert import_map.depcache == {"/s/demo/index.js": ("/s/demo/dom.js", "/s/demo/index.js")}


def test_where_relative_imports_lead_nowhere() -> None:
    """Flat names have no folders; a browser does not find what is imported by a path."""
    import_map, _ = compose([TREE], static=FLAT)
    index, b, dom, lit = (FLAT.url(f"demo/{name}.js") for name in ("index", "sub/b", "dom", "lit"))
    assert import_map.depcache == {index: (dom, b, lit, index)}


def test_a_prefix_without_a_url() -> None:
    """Its files have names of their own."""
    modules = graph({"demo/x.js": ["demo/l/y.js", "demo/l/z.js"], "demo/l/y.js": [], "demo/l/z.js": []})
    demo = package("demo", {"x": "demo/x.js", "l/": "demo/l/", "l/y.js": "demo/l/y.js"}, modules=modules)
    import_map, diagnostics = compose([demo], static=FLAT)
    assert {found.code for found in diagnostics} == {"IM209"}
    files = ("demo/l/y.js", "demo/l/z.js")
    assert import_map.depcache == {FLAT.url("demo/x.js"): tuple(map(FLAT.url, files))}


def test_a_file_that_two_packages_ship() -> None:
    """It is one module, and imports the same in all contexts."""

    def shared(name: str, context: str) -> Package:
        return package(
            name,
            {"x": {"path": "shared/x.js", "contexts": [context]}},
            private={"#dom": {"path": f"{name}/dom.js"}},
            modules=graph({"shared/x.js": ["#dom"], f"{name}/dom.js": []}),
        )

    found = [shared("one", "admin"), shared("two", "public")]
    admin, public, both = (clean(found, wanted) for wanted in (["admin"], ["public"], ["admin", "public"]))
    assert admin | public == both
    for import_map in (admin, public, both):
        assert import_map.depcache == {"/static/shared/x.js": ("/static/one/dom.js",)}
        assert import_map.scopes == {"/static/shared/x.js": {"#dom": "/static/one/dom.js"}}


def test_an_entry_of_the_page_beside_another_host() -> None:
    """An address without a host is one of the page's host, whichever has the module that imports it."""
    modules = graph({"demo/x.js": ["lit", "./y.js"], "demo/y.js": []})
    demo = package("demo", {"x": "demo/x.js"}, modules=modules, ignore=["lit"])
    page = clean([demo], static=OTHER_HOST, imports={"lit": "/lit.js"}).with_base_url(PAGE)
    x, y = map(OTHER_HOST.url, modules)
    assert page.resolve("lit", x) == "https://site.example/lit.js"
    assert page.closure("demo/x") in ([x, "https://site.example/lit.js", y], [x, y])


def test_two_names_of_a_module_beside_another_host() -> None:
    """It is there once, though what means it there is a specifier."""
    modules = graph({"demo/x.js": ["demo/y", "./y.js"], "demo/y.js": []})
    demo = package("demo", {"x": "demo/x.js", "y": "demo/y.js"}, modules=modules)
    static = Serves("/static/{path}", {"demo/x.js": "https://cdn.example/demo/x.js"})
    import_map, _ = compose([demo], static=static)
    assert import_map.depcache == {"https://cdn.example/demo/x.js": ("demo/y",)}


def test_a_browser_resolves_the_same() -> None:
    """Without a URL parser; of each module that a page can load, and of no other."""
    seen: Counter[str] = Counter()
    # What falls back to another entry where a file is missing is not looked at here.
    statics = [*STATICS, *(static for static in ODD_STATICS if "" not in static.urls.values())]
    assert len(statics) > len(STATICS)

    @given(packages(by_hand=False), sites(statics, overrides=True), asked)
    def law(found: list[Package], site: dict[str, Any], wanted: list[str]) -> None:
        import_map, diagnostics = compose(found, wanted, **site)
        walk = Walk(found, import_map, Settings(**site))
        walk.run(wanted)
        expected = {url: walk.static_imports(url) for url in walk.loaded}
        depcache = {
            urljoin(PAGE, url): [walk.resolve(target, urljoin(PAGE, url)) for target in targets]
            for url, targets in import_map.depcache.items()
        }
        assert {url: targets for url, targets in depcache.items() if url in expected} == {
            url: targets for url, targets in expected.items() if targets
        }
        # Where a relative import leads nowhere, its file is selected all the same.
        if not any(problem.code in ("IM209", "IM230") for problem in diagnostics):
            assert depcache.keys() <= expected.keys()
        for name, url in import_map.imports.items():
            if url is not None and not name.endswith("/") and walk.resolve(name, PAGE) in depcache:
                assert walk.page.closure(name) == closure(depcache, urljoin(PAGE, url))
                seen["closures"] += 1
        seen.update(covered(found, import_map, diagnostics))

    law()
    check_covered(seen, "closures", "URL keys", "IM230")


def closure(depcache: dict[str, list[str]], start: str) -> list[str]:
    """All that is imported, level by level."""
    found, level = [start], [start]
    while level:
        below = dict.fromkeys(target for url in level for target in depcache.get(url, ()))
        level = [url for url in below if url not in found]
        found += level
    return found
