"""`load` selects exactly what the modules of its contexts can reach, over all packages."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from support.composing import HASHED, READABLE, clean, compose, edges, graph, loaded, names_in, undecided
from support.generated_packages import asked, check_covered, covered, packages, sites
from support.serving import Serves
from support.site_folder import SiteFolder, digest, package
from support.walking import Walk

from importmap import Diagnostic, ImportMap, Package, Registry
from importmap._base.grammar import match
from importmap._compose.urls import encode
from importmap._site.settings import Settings


def entry(path: str, *contexts: str) -> dict[str, object]:
    return {"path": path, "contexts": list(contexts)}


def selected(found: list[Package], *args: Any, **more: Any) -> list[str]:
    """The paths that are loaded, where there is nothing to say about it."""
    paths, diagnostics = loaded(found, *args, **more)
    assert undecided(diagnostics) == []
    return paths


def nothing_provides(distribution: str, path: str, specifier: str) -> Diagnostic:
    message = f"imports {specifier!r}, which nothing provides."
    return Diagnostic("IM216", "warning", message, distribution=distribution, place=path)


def not_enabled(distribution: str, name: str, contexts: list[str], chain: str) -> Diagnostic:
    where = ", ".join(map(repr, contexts))
    message = f"{name!r} is imported in {where}, where this package is not enabled: {chain}."
    enable = {context: {"enable": [distribution]} for context in contexts}
    hint = f"importmap.configure(contexts={enable!r})"
    return Diagnostic("IM215", "warning", message, distribution=distribution, hint=hint)


EDITOR = package(
    "editor",
    {"public": entry("editor/public.js", "public"), "admin": entry("editor/admin.js", "admin")},
    private={"#dom": {"path": "editor/dom.js"}, "#tools/": {"path": "editor/tools/"}},
    vendored={"lit": {"path": "editor/vendor/lit.js", "version": "3.0"}},
    modules=graph(
        {
            "editor/public.js": ["./shared.js"],
            "editor/admin.js": ["./shared.js", "#dom", "lit", "#tools/undo.js"],
            "editor/shared.js": [],
            "editor/dom.js": ["./dom/deep.js"],
            "editor/dom/deep.js": [],
            "editor/tools/undo.js": [],
            "editor/tools/redo.js": [],
            "editor/vendor/lit.js": [],
            "editor/vendor/lit-html.js": [],
        }
    ),
)
ADMIN = ["editor/admin.js", "editor/dom.js", "editor/dom/deep.js", "editor/shared.js", "editor/tools/undo.js"]


def test_a_public_page_has_no_admin_module() -> None:
    assert selected([EDITOR], ["public"]) == ["editor/public.js", "editor/shared.js"]
    assert clean([EDITOR], ["public"], static=HASHED) == ImportMap(
        {
            "editor/public": "/s/editor/public.68f0.js",
            "/s/editor/public.js": "/s/editor/public.68f0.js",
            "/s/editor/shared.js": "/s/editor/shared.0c20.js",
        },
        depcache={"/s/editor/public.68f0.js": ["/s/editor/shared.0c20.js"]},
    )


def test_an_admin_page_has_what_it_imports() -> None:
    """Of private and third-party names those that are imported, not those that there are."""
    assert selected([EDITOR], ["admin"]) == [*ADMIN, "editor/vendor/lit.js"]
    assert clean([EDITOR], ["admin"]) == ImportMap(
        {"editor/admin": "/static/editor/admin.js"},
        {
            "/static/editor/": {
                "#dom": "/static/editor/dom.js",
                "#tools/": "/static/editor/tools/",
                "#tools/undo.js": "/static/editor/tools/undo.js",
                "lit": "/static/editor/vendor/lit.js",
            }
        },
        depcache={
            "/static/editor/admin.js": [
                "/static/editor/shared.js",
                "/static/editor/dom.js",
                "/static/editor/vendor/lit.js",
                "/static/editor/tools/undo.js",
            ],
            "/static/editor/dom.js": ["/static/editor/dom/deep.js"],
        },
    )


def test_both() -> None:
    assert selected([EDITOR], ["admin", "public"]) == sorted(
        [*ADMIN, "editor/vendor/lit.js", "editor/public.js"]
    )


@pytest.mark.parametrize("specifier", ["./lazy.js", "demo/lazy", "#lazy", "../demo/lazy.js"])
def test_dynamic_imports_count(specifier: str) -> None:
    """A page may load them at any time; they are no dependencies of the module."""
    demo = package(
        "demo",
        {".": "demo/index.js", "lazy": entry("demo/lazy.js")},
        private={"#lazy": {"path": "demo/lazy.js"}},
        modules={
            "demo/index.js": edges(dynamic=[specifier]),
            "demo/lazy.js": edges("./more.js"),
            "demo/more.js": {},
            "demo/never.js": {},
        },
    )
    assert selected([demo]) == ["demo/index.js", "demo/lazy.js", "demo/more.js"]
    import_map = clean([demo])
    assert import_map.depcache == {"/static/demo/lazy.js": ("/static/demo/more.js",)}
    assert ("demo/lazy" in import_map.imports) == (specifier == "demo/lazy")
    assert ("/static/demo/" in import_map.scopes) == (specifier == "#lazy")


def test_cycles() -> None:
    """Modules that import each other, and one that imports itself."""
    tree = {"demo/a.js": ["./b.js"], "demo/b.js": ["./a.js", "demo", "./b.js"], "demo/c.js": ["./a.js"]}
    assert selected([package("demo", {".": "demo/a.js"}, modules=graph(tree))]) == ["demo/a.js", "demo/b.js"]


def test_ten_thousand_modules_deep() -> None:
    tree = {f"demo/{number}.js": [f"./{number + 1}.js"] for number in range(10_000)}
    demo = package("demo", {".": "demo/0.js"}, modules=graph({**tree, "demo/10000.js": []}))
    import_map = clean([demo])
    assert len(import_map.depcache) == 10_000
    assert import_map.closure("demo") == [f"/static/demo/{number}.js" for number in range(10_001)]


def test_an_edge_that_leaves_all_folders() -> None:
    """No reader of manifests lets it pass; it leads to nothing."""
    demo = package("demo", {".": "demo/index.js"})
    modules: Any = {"demo/index.js": edges("../../x.js", "./y.js"), "demo/y.js": {}}
    assert loaded([demo.with_manifest({**demo.manifest, "modules": modules})]) == (
        ["demo/index.js", "demo/y.js"],
        [nothing_provides("demo", "demo/index.js", "../../x.js")],
    )


# Other packages

WIDGETS = package(
    "widgets",
    {
        "button": entry("widgets/button.js", "admin"),
        "menu": entry("widgets/menu.js", "admin"),
        "icons/": entry("widgets/icons/", "admin"),
        "cdn": {
            "url": "https://cdn.example/x.js",
            "integrity": f"sha384-{digest('x')}",
            "contexts": ["admin"],
        },
    },
    modules=graph(
        {
            "widgets/button.js": ["./base.js"],
            "widgets/base.js": [],
            "widgets/menu.js": ["widgets/button"],
            "widgets/icons/a.js": ["./b.js"],
            "widgets/icons/b.js": [],
            "widgets/icons/c.js": [],
        }
    ),
)


def page_of(*imports: str, dynamic: tuple[str, ...] = (), **more: Any) -> Package:
    """A package with an entry for public pages, which imports some modules by way of another."""
    modules = {"page/main.js": edges("./part.js"), "page/part.js": edges(*imports, dynamic=dynamic)}
    return package("page", {".": entry("page/main.js", "public")}, modules=modules, **more)


def test_what_is_dragged_in_from_a_package_that_is_not_enabled() -> None:
    """With the chain of imports that leads to it, from the entry."""
    paths, diagnostics = loaded([page_of("widgets/menu"), WIDGETS], ["public"])
    assert paths == [
        "page/main.js",
        "page/part.js",
        "widgets/base.js",
        "widgets/button.js",
        "widgets/menu.js",
    ]
    chain = "page > page/main.js > page/part.js > widgets/menu"
    assert diagnostics == [
        not_enabled("widgets", "widgets/menu", ["public"], chain),
        not_enabled(
            "widgets",
            "widgets/button",
            ["public"],
            "page > page/main.js > page/part.js > widgets/menu.js > widgets/button",
        ),
    ]
    assert str(diagnostics[0]) == (
        "widgets: 'widgets/menu' is imported in 'public', where this package is not enabled: "
        "page > page/main.js > page/part.js > widgets/menu.\n"
        "    importmap.configure(contexts={'public': {'enable': ['widgets']}})"
    )
    import_map, _ = compose([page_of("widgets/menu"), WIDGETS], ["public"])
    assert import_map.imports == {
        "page": "/static/page/main.js",
        "widgets/menu": "/static/widgets/menu.js",
        "widgets/button": "/static/widgets/button.js",
    }


def test_the_shortest_chain() -> None:
    modules = graph(
        {
            "page/a.js": ["./b.js"],
            "page/b.js": ["./c.js"],
            "page/c.js": ["widgets/button"],
            "page/d.js": ["./c.js"],
        }
    )
    page = package(
        "page", {"a": entry("page/a.js", "public"), "d": entry("page/d.js", "public")}, modules=modules
    )
    _, diagnostics = loaded([page, WIDGETS], ["public"])
    chain = "page/d > page/d.js > page/c.js > widgets/button"
    assert diagnostics == [not_enabled("widgets", "widgets/button", ["public"], chain)]


def test_several_contexts_without_a_package() -> None:
    found = [page_of("widgets/button"), WIDGETS, package("other", {"x": entry("other/x.js", "shop")})]
    _, diagnostics = loaded(found, ["shop", "public"])
    chain = "page > page/main.js > page/part.js > widgets/button"
    assert diagnostics == [not_enabled("widgets", "widgets/button", ["public", "shop"], chain)]


def test_a_package_that_is_enabled_as_well() -> None:
    """Whatever else of it is dragged in: it says itself that it belongs there."""
    found = [page_of("widgets/button"), WIDGETS]
    assert selected(found, ["public", "admin"]) == [
        *sorted({*WIDGETS.manifest["modules"], "page/main.js", "page/part.js"})
    ]
    enabled = {"public": {"enable": ["widgets"]}}
    assert selected(found, ["public"], contexts=enabled) == selected(found, ["public", "admin"])
    other_entry = package(
        "widgets",
        {"button": entry("widgets/button.js", "admin"), "x": entry("widgets/x.js", "public")},
    )
    assert selected([page_of("widgets/button"), other_entry], ["public"]) == [
        "page/main.js",
        "page/part.js",
        "widgets/button.js",
        "widgets/x.js",
    ]


def test_a_package_that_the_site_disabled_in_a_context() -> None:
    found = [page_of("widgets/button"), WIDGETS]
    _, diagnostics = loaded(found, ["public"], contexts={"public": {"disable": ["widgets"]}})
    chain = "page > page/main.js > page/part.js > widgets/button"
    assert diagnostics == [not_enabled("widgets", "widgets/button", ["public"], chain)]


def test_a_package_that_the_site_disabled() -> None:
    found = [page_of("widgets/button"), WIDGETS]
    paths, diagnostics = loaded(found, ["public"], disable=["widgets"])
    assert paths == ["page/main.js", "page/part.js"]
    assert diagnostics == [nothing_provides("page", "page/part.js", "widgets/button")]


def test_a_prefix_of_another_package() -> None:
    """One file of it where the import names one, all of them where it cannot be known."""
    page = page_of("widgets/icons/a.js")
    enabled = {"contexts": {"public": {"enable": ["widgets"]}}}
    exact = {"admin": {"disable": ["widgets"]}}
    paths, [diagnostic] = loaded([page, WIDGETS], ["public"], contexts=exact)
    assert paths == ["page/main.js", "page/part.js", "widgets/icons/a.js", "widgets/icons/b.js"]
    chain = "page > page/main.js > page/part.js > widgets/icons/"
    assert diagnostic == not_enabled("widgets", "widgets/icons/", ["public"], chain)
    assert "widgets/icons/c.js" in selected([page, WIDGETS], ["public"], **enabled)
    import_map, _ = compose([page, WIDGETS], ["public"])
    assert import_map.imports == {
        "page": "/static/page/main.js",
        "widgets/icons/": "/static/widgets/icons/",
        "widgets/icons/a.js": "/static/widgets/icons/a.js",
    }
    assert import_map.depcache["/static/page/part.js"] == ("/static/widgets/icons/a.js",)


def test_a_prefix_itself() -> None:
    """`import.meta.resolve("widgets/icons/")` says nothing of the files that are meant."""
    paths, [_] = loaded([page_of(dynamic=("widgets/icons/",)), WIDGETS], ["public"])
    assert paths == [
        "page/main.js",
        "page/part.js",
        "widgets/icons/a.js",
        "widgets/icons/b.js",
        "widgets/icons/c.js",
    ]


def test_a_folder_below_a_prefix() -> None:
    """It is a prefix, too; the rest of the other one is not meant."""
    page = page_of(dynamic=("kit/icons/flat/",))
    files = graph({"kit/icons/a.js": [], "kit/icons/flat/b.js": []})
    kit = package("kit", {"icons/": entry("kit/icons/", "admin")}, modules=files)
    paths, diagnostics = loaded([page, kit], ["public"])
    assert paths == ["kit/icons/flat/b.js", "page/main.js", "page/part.js"]
    chain = "page > page/main.js > page/part.js > kit/icons/"
    assert diagnostics == [not_enabled("kit", "kit/icons/", ["public"], chain)]
    assert compose([page, kit], ["public"])[0].imports == {
        "kit/icons/": "/static/kit/icons/",
        "kit/icons/flat/": "/static/kit/icons/flat/",
        "page": "/static/page/main.js",
    }


@pytest.mark.parametrize("specifier", ["widgets/icons/none.js", "#own/none.js", "lit/none.js"])
def test_a_prefix_without_the_file(specifier: str) -> None:
    """It leads to a URL at which there is nothing, and nothing is selected for it."""
    page = package(
        "page",
        {".": entry("page/main.js", "public")},
        private={"#own/": {"path": "page/own/"}},
        vendored={"lit/": {"path": "page/lit/", "version": "3"}},
        modules=graph({"page/main.js": [specifier], "page/own/x.js": [], "page/lit/x.js": []}),
    )
    paths, diagnostics = loaded([page, WIDGETS], ["public"])
    assert paths == ["page/main.js"]
    assert nothing_provides("page", "page/main.js", specifier) in diagnostics
    assert compose([page, WIDGETS], ["public"])[0].depcache == {}


def test_an_entry_that_is_a_url() -> None:
    paths, [diagnostic] = loaded([page_of("widgets/cdn"), WIDGETS], ["public"])
    assert paths == ["page/main.js", "page/part.js"]
    assert diagnostic.code == "IM215"
    import_map, _ = compose([page_of("widgets/cdn"), WIDGETS], ["public"])
    assert import_map.imports["widgets/cdn"] == "https://cdn.example/x.js"
    assert import_map.integrity == {"https://cdn.example/x.js": f"sha384-{digest('x')}"}
    assert import_map.depcache["/static/page/part.js"] == ("https://cdn.example/x.js",)


def test_an_alias_in_a_scope() -> None:
    widgets = package("widgets", {"x": entry("widgets/x.js", "public")}, namespace="@acme/widgets")
    assert selected([page_of("@acme/widgets/x"), widgets], ["public"]) == [
        "page/main.js",
        "page/part.js",
        "widgets/x.js",
    ]


# Third-party modules


def test_a_copy_of_another_package() -> None:
    """It is reached with what it imports, and its package need not be enabled."""
    page = page_of("lit", requires={"lit": ">=3"})
    other = package(
        "other",
        {"x": entry("other/x.js", "admin")},
        vendored={
            "lit": {"path": "other/lit.js", "version": "3.1"},
            "lit-html": {"path": "other/html.js", "version": "3.1"},
        },
        modules=graph(
            {
                "other/x.js": ["lit"],
                "other/lit.js": ["lit-html"],
                "other/html.js": ["./h.js"],
                "other/h.js": [],
            }
        ),
    )
    paths, diagnostics = loaded([page, other], ["public"])
    assert paths == ["other/h.js", "other/html.js", "other/lit.js", "page/main.js", "page/part.js"]
    assert diagnostics == [Diagnostic("IM208", "info", "gets 'lit' 3.1 from other.", distribution="page")]
    import_map, _ = compose([page, other], ["public"])
    assert import_map == ImportMap(
        {"page": "/static/page/main.js"},
        {
            "/static/page/": {"lit": "/static/other/lit.js"},
            "/static/other/": {"lit-html": "/static/other/html.js"},
        },
        depcache={
            "/static/page/main.js": ["/static/page/part.js"],
            "/static/page/part.js": ["/static/other/lit.js"],
            "/static/other/lit.js": ["/static/other/html.js"],
            "/static/other/html.js": ["/static/other/h.js"],
        },
    )


def test_a_required_module_that_is_missing_is_said_once() -> None:
    _, diagnostics = loaded([page_of("lit", "lit/decorators.js", requires={"lit": ">=3"})], ["public"])
    assert diagnostics == [
        Diagnostic("IM207", "warning", "requires 'lit' >=3; installed: none.", distribution="page")
    ]


def test_a_name_below_a_required_one() -> None:
    """The copy that there is does not have it, and nothing else says so."""
    other = package(
        "other",
        {"x": entry("other/x.js", "admin")},
        vendored={"lit": {"path": "other/lit.js", "version": "3.1"}},
        modules=graph({"other/x.js": ["lit"], "other/lit.js": []}),
    )
    page = page_of("lit", "lit/decorators.js", requires={"lit": ">=3"})
    _, diagnostics = loaded([page, other], ["public"])
    assert [found for found in diagnostics if found.code != "IM208"] == [
        nothing_provides("page", "page/part.js", "lit/decorators.js")
    ]


def test_a_name_below_one_that_the_site_provides() -> None:
    page = page_of("lit", "lit/decorators.js", requires={"lit": ">=3"})
    _, diagnostics = loaded([page], ["public"], imports={"lit": "/lit.js"})
    assert undecided(diagnostics) == [nothing_provides("page", "page/part.js", "lit/decorators.js")]


def test_a_name_below_one_that_is_vendored() -> None:
    page = package(
        "page",
        {".": entry("page/main.js", "public")},
        vendored={"lit": {"path": "page/lit.js", "version": "3"}},
        requires={"lit": "*"},
        modules=graph({"page/main.js": ["lit", "lit/decorators.js"], "page/lit.js": []}),
    )
    _, diagnostics = loaded([page], ["public"])
    assert diagnostics == [nothing_provides("page", "page/main.js", "lit/decorators.js")]


# Imports that lead to nothing


def test_what_nothing_provides() -> None:
    """What is ignored is for the page to provide; everything else is reported, a dynamic import as well."""
    page = page_of(
        "react",
        "react/jsx-runtime",
        "react-dom",
        "vue/x",
        "page/none",
        "#none",
        dynamic=("widgets/none", "react"),
        ignore=["react", "vue/"],
    )
    paths, diagnostics = loaded([page, WIDGETS], ["public"])
    assert paths == ["page/main.js", "page/part.js"]
    assert diagnostics == [
        nothing_provides("page", "page/part.js", specifier)
        for specifier in ("react-dom", "page/none", "#none", "widgets/none")
    ]
    assert str(diagnostics[0]) == "page: page/part.js: imports 'react-dom', which nothing provides."


def test_a_required_package_that_lacks_the_module() -> None:
    """It is installed, so that `requires` is met; what is missing is the module."""
    page = page_of("widgets/none", requires={"widgets": "*"})
    _, diagnostics = loaded([page, WIDGETS], ["public"])
    assert diagnostics == [nothing_provides("page", "page/part.js", "widgets/none")]


def test_a_required_package_that_is_not_installed() -> None:
    _, diagnostics = loaded([page_of("widgets/button", requires={"widgets": ">=1"})], ["public"])
    assert diagnostics == [
        Diagnostic("IM207", "warning", "requires 'widgets' >=1; installed: none.", distribution="page")
    ]


def test_what_is_not_loaded_is_not_reported() -> None:
    page = package(
        "page",
        {".": entry("page/main.js", "public"), "x": entry("page/x.js", "admin")},
        modules=graph({"page/main.js": ["./y.js"], "page/y.js": [], "page/x.js": ["nobody"]}),
    )
    assert selected([page], ["public"]) == ["page/main.js", "page/y.js"]
    assert loaded([page], ["admin"])[1] == [nothing_provides("page", "page/x.js", "nobody")]


# Manifests that do not say what modules import

BY_HAND = package(
    "old",
    {"x": entry("old/x.js", "public"), "y": entry("old/y.js", "admin")},
    private={"#dom": {"path": "old/dom.js"}, "#l/": {"path": "old/l/"}},
    vendored={"lit": {"path": "old/lit.js", "version": "3"}},
    requires={"react": "*"},
    modules={f"old/{name}.js": {} for name in ["x", "y", "dom", "lit", "l/a", "l/b", "unused"]},
)
REACT = package(
    "react-copy",
    {"x": entry("react_copy/x.js", "admin")},
    vendored={"react": {"path": "react_copy/react.js", "version": "19"}},
    modules=graph({"react_copy/x.js": ["react"], "react_copy/react.js": ["./r.js"], "react_copy/r.js": []}),
)


def test_a_package_made_by_hand() -> None:
    """Whatever its modules may import: private, vendored, required."""
    paths, [diagnostic] = loaded([BY_HAND, REACT], ["public"])
    assert diagnostic.code == "IM208"
    own = ["old/dom.js", "old/l/a.js", "old/l/b.js", "old/lit.js", "old/x.js"]
    assert paths == [*own, "react_copy/r.js", "react_copy/react.js"]
    import_map, _ = compose([BY_HAND, REACT], ["public"])
    assert import_map.scopes == {
        "/static/old/": {
            "#dom": "/static/old/dom.js",
            "#l/": "/static/old/l/",
            "lit": "/static/old/lit.js",
            "react": "/static/react_copy/react.js",
        }
    }
    assert import_map.depcache == {"/static/react_copy/react.js": ("/static/react_copy/r.js",)}


def test_a_package_made_by_hand_that_is_dragged_in() -> None:
    paths, _ = loaded([page_of("old/y"), BY_HAND], ["public"], contexts={"public": {"disable": ["old"]}})
    own = ["old/dom.js", "old/l/a.js", "old/l/b.js", "old/lit.js", "old/y.js"]
    assert paths == [*own, "page/main.js", "page/part.js"]


def test_a_package_made_by_hand_that_nobody_uses() -> None:
    assert selected([page_of(), BY_HAND], ["public"], contexts={"public": {"disable": ["old"]}}) == [
        "page/main.js",
        "page/part.js",
    ]


@pytest.mark.parametrize("kind", ["imports", "dynamic"])
def test_one_edge_is_enough(kind: str) -> None:
    modules = {**BY_HAND.manifest["modules"], "old/unused.js": {kind: ["./x.js"]}}
    known = package("old", {"x": "old/x.js"}, private=BY_HAND.manifest["private"], modules=modules)
    assert selected([known]) == ["old/x.js"]
    assets = {**BY_HAND.manifest["modules"], "old/unused.js": {"assets": ["./x.wasm"]}}
    by_hand = package("old", {"x": "old/x.js"}, private=BY_HAND.manifest["private"], modules=assets)
    assert selected([by_hand]) == ["old/dom.js", "old/l/a.js", "old/l/b.js", "old/x.js"]


# The map of one page


def test_modules() -> None:
    """From these specifiers only; other packages are reached, and said to be enabled."""
    page = package(
        "page",
        {".": entry("page/main.js", "public"), "x": entry("page/x.js", "public")},
        modules=graph({"page/main.js": ["./y.js"], "page/y.js": ["other/x"], "page/x.js": []}),
    )
    other = package(
        "other",
        {"x": entry("other/x.js", "public"), "y": entry("other/y.js", "public")},
        modules=graph({"other/x.js": ["./z.js"], "other/y.js": [], "other/z.js": []}),
    )
    assert selected([page, other], ["public"], ["page"]) == [
        "other/x.js",
        "other/z.js",
        "page/main.js",
        "page/y.js",
    ]
    assert clean([page, other], ["public"], ["page"]).imports == {
        "page": "/static/page/main.js",
        "other/x": "/static/other/x.js",
    }
    assert selected([page, other], ["public"], ["page/x"]) == ["page/x.js"]
    assert selected([page, other], ["public"], []) == []


def test_modules_and_a_package_that_is_not_enabled() -> None:
    _, diagnostics = loaded([page_of("widgets/button"), WIDGETS], ["public"], ["page"])
    chain = "page > page/main.js > page/part.js > widgets/button"
    assert diagnostics == [not_enabled("widgets", "widgets/button", ["public"], chain)]


def test_modules_of_the_site() -> None:
    """They are in every map, whether they are asked for or not."""
    demo = package(
        "demo",
        {"x": "demo/x.js", "y": "demo/y.js"},
        modules=graph({"demo/x.js": [], "demo/y.js": ["demo/x"]}),
    )
    for modules in (["shop"], []):
        assert selected([demo], ["default"], modules, imports={"shop": "demo/y.js"}) == [
            "demo/x.js",
            "demo/y.js",
        ]


# The site's own decisions

DEMO = package(
    "demo",
    {"x": "demo/x.js", "y": entry("demo/y.js", "admin"), "z": entry("demo/z.js", "admin")},
    modules=graph(
        {
            "demo/x.js": ["./only-x.js"],
            "demo/y.js": ["./only-y.js", "demo/z"],
            "demo/z.js": ["./only-z.js"],
            "demo/only-x.js": [],
            "demo/only-y.js": [],
            "demo/only-z.js": [],
        }
    ),
)
X, Y, Z = (["demo/only-x.js", "demo/x.js"], ["demo/only-y.js", "demo/y.js"], ["demo/only-z.js", "demo/z.js"])


def test_site_imports_are_starting_points() -> None:
    assert selected([DEMO], imports={"shop/y": "demo/y.js", "shop/z": "/z.js"}) == sorted([*X, *Y, *Z])
    assert clean([DEMO], imports={"shop/y": "demo/y.js"}).imports == {
        "demo/x": "/static/demo/x.js",
        "demo/z": "/static/demo/z.js",
        "shop/y": "/static/demo/y.js",
    }


def test_site_imports_of_a_package_that_is_not_enabled() -> None:
    """The site itself has decided; what the module imports by name is reported."""
    widgets = package(
        "widgets",
        {"x": entry("widgets/x.js", "admin"), "y": entry("widgets/y.js", "admin")},
        modules=graph({"widgets/x.js": ["./z.js"], "widgets/y.js": ["widgets/x"], "widgets/z.js": []}),
    )
    assert selected([widgets], imports={"shop": "widgets/x.js"}) == ["widgets/x.js", "widgets/z.js"]
    paths, diagnostics = loaded([widgets], imports={"shop": "widgets/y.js"})
    assert paths == ["widgets/x.js", "widgets/y.js", "widgets/z.js"]
    chain = "shop > widgets/y.js > widgets/x"
    assert undecided(diagnostics) == [not_enabled("widgets", "widgets/x", ["default"], chain)]


def test_site_imports_as_targets() -> None:
    """A package gets what the site maps a name to; `ignore` says that it may."""
    page = page_of("shop/y", "cart/z.js", "react", ignore=["react", "shop", "cart"])
    mapped = {"shop/y": "demo/z.js", "cart/": "/cart/", "react": "https://esm.example/react"}
    paths, diagnostics = loaded([page, DEMO], ["public"], imports=mapped)
    assert paths == [*Z, "page/main.js", "page/part.js"]
    assert undecided(diagnostics) == []
    import_map = clean([page, DEMO], ["public"], imports=mapped)
    assert import_map.depcache["/static/page/part.js"] == (
        "/static/demo/z.js",
        "/cart/z.js",
        "https://esm.example/react",
    )


def test_site_imports_above_a_namespace() -> None:
    """The longest prefix counts, whoever mapped it."""
    demo = package("demo", {"x": "demo/x.js"}, namespace="@acme/demo")
    page = page_of("@acme/demo/none", "@acme/other")
    import_map = clean([page, demo], ["public"], imports={"@acme/": "/acme/"})
    assert import_map.depcache["/static/page/part.js"] == ("/acme/demo/none", "/acme/other")


def test_overrides_are_starting_points() -> None:
    paths, [diagnostic] = loaded([DEMO], overrides={"demo/x": "demo/z.js"})
    assert paths == Z
    assert diagnostic == Diagnostic(
        "IM206", "info", "the site overrides 'demo/x': it maps it to '/s/demo/z.js'."
    )


@pytest.mark.parametrize("target", ["/elsewhere.js", "https://cdn.example/x.js", "shop/x.js", None])
def test_what_an_override_replaces_is_not_loaded(target: str | None) -> None:
    paths, _ = loaded(
        [DEMO], static=Serves("/s/{path}", {"shop/x.js": "/x.js"}), overrides={"demo/x": target}
    )
    assert paths == []
    import_map, _ = compose([DEMO], overrides={"demo/x": target})
    assert import_map.depcache == {}


def test_what_is_loaded_besides() -> None:
    """A module that is still imported by its path stays."""
    demo = package(
        "demo",
        {"x": "demo/x.js", "y": "demo/y.js"},
        modules=graph({"demo/x.js": [], "demo/y.js": ["./x.js"]}),
    )
    assert loaded([demo], overrides={"demo/x": None})[0] == ["demo/x.js", "demo/y.js"]


def test_overrides_as_targets() -> None:
    for target, more in (("demo/x.js", X), (None, []), ("/x.js", [])):
        paths, _ = loaded([DEMO], ["admin"], ["demo/y"], overrides={"demo/z": target})
        assert paths == sorted([*more, *Y])
    import_map, _ = compose([DEMO], ["admin"], ["demo/y"], overrides={"demo/z": "/z.js"})
    assert import_map.imports == {"demo/y": "/static/demo/y.js", "demo/z": "/z.js"}
    assert import_map.depcache == {"/static/demo/y.js": ("/static/demo/only-y.js", "/z.js")}
    import_map, _ = compose([DEMO], ["admin"], ["demo/y"], overrides={"demo/z": None})
    assert import_map.imports == {"demo/y": "/static/demo/y.js", "demo/z": None}
    assert import_map.depcache == {"/static/demo/y.js": ("/static/demo/only-y.js",)}


def test_overrides_with_a_module_of_a_package_that_is_not_enabled() -> None:
    """The file is the site's decision."""
    paths, [diagnostic] = loaded([DEMO, WIDGETS], overrides={"demo/x": "widgets/button.js"})
    assert paths == ["widgets/base.js", "widgets/button.js"]
    assert diagnostic.code == "IM206"


def test_overrides_of_the_sites_own_entries() -> None:
    settings: dict[str, Any] = {"imports": {"shop": "demo/y.js"}, "overrides": {"shop": "demo/z.js"}}
    assert loaded([DEMO], ["admin"], [], **settings)[0] == Z
    assert loaded([page_of("shop"), DEMO], ["public"], **settings)[0] == [*Z, "page/main.js", "page/part.js"]


# Callables

CALLABLE = """
def maps(contexts):
    [context] = contexts
    return {"x": "cb/x.js", "#only": f"cb/{context}.js", f"{context}": {"path": "cb/y.js"}}
"""


def install_callable(site: SiteFolder) -> None:
    site.add(
        {
            "cb": {"__init__.py": CALLABLE},
            "cb-1.0.dist-info": {
                "entry_points.txt": "[importmap]\ncb = cb:maps\n",
                "METADATA": "Name: cb\nVersion: 1.0\n",
            },
        }
    )


def test_what_a_callable_gives_depends_on_the_context(site: SiteFolder) -> None:
    """Also where another context was asked for before."""
    install_callable(site)
    registry = Registry(contexts={"admin": {}, "public": {}})
    for context in ("admin", "public"):
        import_map = registry.load([context])
        assert import_map.imports == {"cb/x": "/static/cb/x.js", f"cb/{context}": "/static/cb/y.js"}
        names = {"#only": f"/static/cb/{context}.js"}
        files = ["x", "y", context]
        assert import_map.scopes == {f"/static/cb/{name}.js": names for name in files}


def test_what_a_callable_gives_can_be_imported(site: SiteFolder) -> None:
    install_callable(site)
    site.install("page", {".": "page/main.js"}, modules=graph({"page/main.js": ["cb/x"]}))
    import_map = Registry(strict=True).load()
    assert import_map.depcache == {"/static/page/main.js": ("/static/cb/x.js",)}


# Against a browser


def test_a_browser_loads_what_is_selected() -> None:
    """Each selected module is reached by resolving imports with the map, and nothing else is selected.

    What has integrity is selected. What fails in the browser was reported, but for what the site blocks.
    Where packages are isolated, that is also what they have not required.
    """
    seen: Counter[str] = Counter()

    @given(packages(by_hand=False), sites([READABLE], overrides=True), asked)
    def law(found: list[Package], site: dict[str, Any], wanted: list[str]) -> None:
        import_map, diagnostics = compose(found, wanted, integrity=["sha256"], **site)
        walk = Walk(found, import_map, Settings(**site))
        walk.run(wanted)
        files = {path for package in walk.packages for path in package.manifest["modules"]}
        selected = {path for path in files if encode(READABLE.url(path)) in import_map.integrity}
        assert selected == {*walk.loaded.values()} & files
        # What the site blocks fails, and is no mistake.
        blocked = [name for name, target in site.get("overrides", {}).items() if target is None]
        missing, barred, unmet = (names_in(diagnostics, code) for code in ("IM216", "IM240", "IM207"))
        reported = missing | barred
        assert reported <= walk.failures
        failures = {(path, name) for path, name in walk.failures if match(name, blocked) is None}
        assert {name.partition("/")[0] for _, name in failures - reported} <= {name for _, name in unmet}
        seen.update(covered(found, import_map, diagnostics))
        seen["loaded"] += len(walk.loaded)
        seen["failures"] += len(failures)

    law()
    check_covered(seen, "loaded", "failures", "IM240")


def test_a_long_chain_is_shown_by_its_ends() -> None:
    """Thousands of messages with thousands of names would fill the memory."""
    names = [f"demo/m{number}.js" for number in range(1000)]
    modules = {name: edges(f"./m{number + 1}.js") for number, name in enumerate(names[:-1])}
    modules[names[-1]] = edges("other/x")
    found = [package("demo", {"x": names[0]}, modules=modules), package("other", {"x": "other/x.js"})]
    [problem] = [each for each in compose(found, isolate=True)[1] if each.code == "IM240"]
    chain = problem.message.partition(": ")[2].removesuffix(".").split(" > ")
    assert chain == ["demo/x", *names[:19], "… 962 more …", *names[-19:], "other/x"]
