"""`isolate`: the modules of a package get its own files and what it requires, and nothing else."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.composing import FLAT, HASHED, OTHER_HOST, compose, edges, graph, undecided
from support.generated_packages import CONTEXTS, ODD_STATICS, STATICS, asked, packages, sites
from support.profiles import check_seen
from support.serving import Serves
from support.site_folder import SiteFolder, digest, package
from support.walking import PAGE, Walk

from importmap import Diagnostic, ImportMap, ImportMapError, Package, Registry, ResolutionError
from importmap._base.grammar import is_url_like, owns
from importmap._map.algebra import rules_of, sections_of
from importmap._site.graph import Graph
from importmap._site.packages import Packages
from importmap._site.settings import Settings
from importmap._tools.check import check_site

EDITOR = package(
    "editor",
    {"main": "editor/main.js", "late": {"path": "editor/late.js", "contexts": ["admin"]}},
    private={"#dom": {"path": "editor/dom.js"}},
    vendored={"lit": {"path": "editor/lit.js", "version": "3.0"}},
    requires={"widgets": "*"},
    modules=graph(
        {
            "editor/main.js": ["./part.js", "#dom", "lit", "widgets/button"],
            "editor/late.js": ["./later.js", "widgets/lamp"],
            "editor/part.js": [],
            "editor/later.js": [],
            "editor/dom.js": [],
            "editor/lit.js": [],
        }
    ),
)
WIDGETS = package(
    "widgets",
    {
        "button": {"path": "widgets/button.js", "contexts": ["admin"]},
        "lamp": {"path": "widgets/lamp.js", "contexts": ["admin"]},
        "menu": "widgets/menu.js",
    },
    modules=graph(
        {
            "widgets/button.js": ["./base.js"],
            "widgets/lamp.js": [],
            "widgets/menu.js": [],
            "widgets/base.js": [],
        }
    ),
)
URLS = {"http://": None, "https://": None}


def isolated(found: list[Package], *args: Any, **more: Any) -> ImportMap:
    """The map of isolated packages of which all imports lead somewhere."""
    import_map, diagnostics = compose(found, *args, isolate=True, **more)
    assert [str(found) for found in diagnostics if found.code != "IM215"] == []
    return import_map


def test_what_a_package_gets() -> None:
    """What it has, and what it requires. What only other packages import is no name for page scripts."""
    import_map = isolated([EDITOR, WIDGETS])
    assert import_map.imports == {
        "editor/main": "/static/editor/main.js",
        "widgets/menu": "/static/widgets/menu.js",
    }
    assert import_map.scopes == {
        "/static/editor/": {
            **URLS,
            "#dom": "/static/editor/dom.js",
            "/static/editor/": "/static/editor/",
            "editor/main": "/static/editor/main.js",
            "lit": "/static/editor/lit.js",
            "widgets/button": "/static/widgets/button.js",
            "widgets/menu": "/static/widgets/menu.js",
        },
        "/static/widgets/": {
            **URLS,
            "/static/widgets/": "/static/widgets/",
            "editor/main": None,
            "widgets/menu": "/static/widgets/menu.js",
        },
    }


@pytest.mark.parametrize("static", [HASHED, OTHER_HOST])
def test_hashed_names(static: Serves) -> None:
    """Relative imports get them, by keys of the package's own scope."""
    page = isolated([EDITOR, WIDGETS], static=static).with_base_url(PAGE)
    assert set(page.imports) == {"editor/main", "widgets/menu"}

    def url(path: str) -> str:
        return urljoin(PAGE, static.url(path))

    main = url("editor/main.js")
    for specifier, name in [("./part.js", "part"), ("./dom.js", "dom"), ("#dom", "dom")]:
        assert page.resolve(specifier, main) == url(f"editor/{name}.js")
    base = main[: main.index("editor/")]
    elsewhere = ["https://cdn.example/x.js", "http://a.example/"]
    for specifier in [f"{base}widgets/base.js", url("widgets/menu.js"), *elsewhere]:
        with pytest.raises(ResolutionError, match=r"is blocked: its address is null"):
            page.resolve(specifier, main)
    # A name that only the scope has leads to a module of another package, by preloads, too.
    loaded = ["main.js", "part.js", "dom.js", "lit.js", "button.js", "base.js"]
    names = [("widgets/" if name.startswith("b") else "editor/") + name for name in loaded]
    assert page.closure("editor/main") == [url(name) for name in names]
    unplaced = isolated([EDITOR, WIDGETS], static=static)
    assert unplaced.closure("editor/main") == [static.url(name) for name in names]


def test_data_urls_stay_open() -> None:
    """They have no host: no prefix matches them."""
    page = isolated([EDITOR, WIDGETS]).with_base_url(PAGE)
    assert page.resolve("data:text/javascript,0", f"{PAGE}static/editor/main.js") == "data:text/javascript,0"


def test_the_extension() -> None:
    import_map = isolated([EDITOR, WIDGETS])
    assert json.loads(import_map.to_json(extensions=True))["isolatedScopes"] is True
    assert "isolatedScopes" not in json.loads(import_map.to_json())
    assert not import_map.isolated_scopes


def test_a_page_that_takes_in_more() -> None:
    """The difference brings what the page's packages do not get of the new names."""
    site: dict[str, Any] = {"static": HASHED, "contexts": {"admin": {}}}
    asked_for = (["default"], ["default", "admin"])
    base, whole = (isolated([EDITOR, WIDGETS], wanted, **site) for wanted in asked_for)
    needed = whole - base
    names = ("editor/late", "widgets/button", "widgets/lamp")
    assert needed.imports == {name: whole.imports[name] for name in names}
    assert needed.scopes == {
        "/s/editor/": {
            **{f"/s/editor/{name}.js": HASHED.url(f"editor/{name}.js") for name in ("late", "later")},
            "editor/late": HASHED.url("editor/late.js"),
            "widgets/lamp": HASHED.url("widgets/lamp.js"),
        },
        "/s/widgets/": {
            "/s/widgets/lamp.js": HASHED.url("widgets/lamp.js"),
            "editor/late": None,
            "widgets/button": HASHED.url("widgets/button.js"),
            "widgets/lamp": HASHED.url("widgets/lamp.js"),
        },
    }
    assert not needed.boundaries
    assert base.extend(needed)[0].scopes == whole.scopes


def test_the_sites_names() -> None:
    """A package gets those that it requires, or leaves to the site."""

    def uses(name: str, **more: Any) -> Package:
        return package(name, {"x": f"{name}/x.js"}, modules={f"{name}/x.js": edges("shop/cart")}, **more)

    found = [uses("a", requires={"shop/cart": "*"}), uses("b", ignore=["shop"]), uses("c")]
    import_map, diagnostics = compose(found, isolate=True, imports={"shop/cart": "/cart.js"})
    carts = [import_map.scopes[f"/static/{name}/"]["shop/cart"] for name in "abc"]
    assert carts == ["/cart.js", "/cart.js", None]
    chain = "c/x > c/x.js > shop/cart"
    message = f"imports 'shop/cart' of the site, which this package does not require: {chain}."
    hint = '[tool.importmap]\nignore = ["shop/cart"]'
    problem = Diagnostic("IM240", "error", message, distribution="c", place="c/x.js", hint=hint)
    assert undecided(diagnostics) == [problem]


def test_shared_modules() -> None:
    """Whoever they satisfy gets them; whoever keeps a copy does not see them."""

    def carries(name: str, version: str, **more: Any) -> Package:
        vendored = {"lit": {"path": f"{name}/lit.js", "version": version}}
        modules = {f"{name}/x.js": edges("lit"), f"{name}/y.js": edges("./x.js"), f"{name}/lit.js": edges()}
        imports = {"x": f"{name}/x.js", "y": f"{name}/y.js"}
        return package(name, imports, modules=modules, vendored=vendored, **more)

    found = [carries("a", "3.0"), carries("b", "2.0"), carries("c", "2.0", requires={"lit": ">=2"}), WIDGETS]
    # Nothing that the page begins with imports the copy of `b`.
    import_map, _ = compose(found, ["default"], ["a/x", "b/x", "c/x"], isolate=True, shared={"lit": "a"})
    assert import_map.imports["lit"] == "/static/a/lit.js"
    lit = {scope: names["lit"] for scope, names in import_map.scopes.items()}
    assert lit == {
        "/static/a/": "/static/a/lit.js",
        "/static/b/": "/static/b/lit.js",
        "/static/c/": "/static/a/lit.js",
    }


def test_an_own_copy_that_nothing_imports() -> None:
    """Not on this page: then it is the package's own all the same, and not the site's."""
    for static in ("/static/", FLAT):
        found = [
            package(
                "a",
                {"x": "a/x.js"},
                vendored={"lit": {"path": "a/lit.js", "version": "3.0"}},
                requires={"lit": "*"},
                modules={"a/x.js": edges("./y.js"), "a/y.js": edges(), "a/lit.js": edges()},
            )
        ]
        import_map, _ = compose(found, static=static, isolate=True, imports={"lit": "/lit.js"})
        url = "/static/a/lit.js" if static == "/static/" else FLAT.url("a/lit.js")
        assert {names["lit"] for names in import_map.scopes.values()} == {url}


def test_overrides() -> None:
    """What the site has overridden is the same for all."""
    site: dict[str, Any] = {"overrides": {"widgets/button": "/button.js"}}
    assert isolated_scope(**site)["widgets/button"] == "/button.js"
    site = {"overrides": {"widgets/button": None}}
    assert isolated_scope(**site)["widgets/button"] is None
    static = Serves("/static/{path}", {"shop/x.js": ""})
    site = {"overrides": {"widgets/button": "shop/x.js"}, "static": static}
    assert "widgets/button" not in isolated_scope(**site)


def isolated_scope(**site: Any) -> Any:
    return compose([EDITOR, WIDGETS], isolate=True, **site)[0].scopes["/static/editor/"]


def test_urls_of_packages() -> None:
    """A package may map to other hosts by its own names; the digest goes along."""
    cdn = {"url": "https://cdn.example/x.js", "integrity": f"sha384-{digest('x')}", "contexts": ["admin"]}
    b = package("b", {"cdn": cdn, "y": "b/y.js"}, modules={"b/y.js": edges("b/cdn")})
    a = package("a", {"x": "a/x.js"}, requires={"b": "*"}, modules={"a/x.js": edges("b/cdn")})
    import_map = isolated([a, b])
    assert "b/cdn" not in import_map.imports
    assert [names["b/cdn"] for names in import_map.scopes.values()] == [cdn["url"]] * 2
    assert import_map.integrity == {cdn["url"]: cdn["integrity"]}


def test_names_below_a_prefix() -> None:
    """Who requires one part of a package does not get all of it."""
    parts = {"parts/": {"path": "b/parts/", "contexts": ["admin"]}}
    b = package("b", parts, modules=graph({"b/parts/x.js": []}))
    a = package("a", {"x": "a/x.js"}, requires={"b/parts": "*"}, modules={"a/x.js": edges("b/parts/x.js")})
    import_map = isolated([a, b], static=HASHED)
    assert import_map.scopes["/s/a/"]["b/parts/x.js"] == HASHED.url("b/parts/x.js")
    assert "b/parts/" not in import_map.scopes["/s/a/"]


def test_what_is_not_required() -> None:
    """It is an error that names the way to the import, and nothing that pages load."""
    c = package("c", {"z": "c/z.js"}, modules=graph({"c/z.js": ["./deep.js"], "c/deep.js": []}))
    modules = {"a/x.js": edges("./y.js"), "a/y.js": edges(dynamic=["c/z"])}
    import_map, [problem] = compose(
        [package("a", {"x": "a/x.js"}, modules=modules), c], ["default"], ["a/x"], isolate=True
    )
    assert problem == Diagnostic(
        "IM240",
        "error",
        "imports 'c/z' of c, which this package does not require: a/x > a/x.js > a/y.js > c/z.",
        distribution="a",
        place="a/y.js",
        hint='[tool.importmap.requires]\n"c" = "*"',
    )
    assert list(import_map.scopes) == ["/static/a/"]


def test_the_check_and_strict_sites(site: SiteFolder) -> None:
    """It is an error for both; nothing else is said of the import."""
    site.install("c", {"z": "c/z.js"})
    site.install("a", {"x": "a/x.js"}, modules=graph({"a/x.js": ["c/z"]}))
    said = "a: a/x.js: imports 'c/z' of c, which this package does not require: a/x > a/x.js > c/z."
    hint = '[tool.importmap.requires]\n    "c" = "*"'
    _, found = check_site(Settings(isolate=True))
    assert [str(problem) for problem in found if "c/z'" in problem.message] == [f"{said}\n    {hint}"]
    with pytest.raises(ImportMapError) as caught:
        Registry(isolate=True, strict=True).load()
    assert str(caught.value) == f"{said}\n    {hint}"


def test_packages_that_share_a_folder() -> None:
    """They have no folder of their own: each module gets the files that it imports."""
    modules = graph({"shared/a/x.js": ["./y.js"], "shared/a/y.js": []})
    a = package("a", {"x": "shared/a/x.js"}, modules=modules)
    b = package("b", {"x": "shared/b/x.js", "y": "shared/b/y.js"})
    for static in ("/static/", HASHED):
        page = isolated([a, b], static=static).with_base_url(PAGE)

        def url(path: str, *, hashed: bool = static is HASHED) -> str:
            return urljoin(PAGE, HASHED.url(path) if hashed else f"/static/{path}")

        assert page.resolve("./y.js", url("shared/a/x.js")) == url("shared/a/y.js")
        # Nobody has read what this one imports: it may be any file of its own.
        assert page.resolve("./y.js", url("shared/b/x.js")) == url("shared/b/y.js")
        for specifier, module in [("../b/x.js", "a/x.js"), ("./x.js", "a/y.js"), ("../a/y.js", "b/x.js")]:
            with pytest.raises(ResolutionError, match=r"is blocked"):
                page.resolve(specifier, url(f"shared/{module}"))


def test_a_folder_of_its_own_and_a_shared_one() -> None:
    """What a module asks for outside of its folder is in the folder's scope."""
    modules = graph({"a/x.js": ["../shared/y.js"], "shared/y.js": [], "shared/z.js": []})
    a = package("a", {"x": "a/x.js"}, modules=modules)
    page = isolated([a, package("b", {"x": "shared/x.js"})]).with_base_url(PAGE)
    x = f"{PAGE}static/a/x.js"
    assert page.resolve("../shared/y.js", x) == f"{PAGE}static/shared/y.js"
    with pytest.raises(ResolutionError, match=r"is blocked"):
        page.resolve("../shared/z.js", x)


def test_callables(site: SiteFolder) -> None:
    """Nobody knows which files are theirs, so they are kept from names only; and that is said."""
    site.add(
        {
            "cb": {"__init__.py": 'def maps(contexts):\n    return {"x": "cb/x.js"}\n'},
            "cb-1.0.dist-info": {
                "entry_points.txt": "[importmap]\ncb = cb:maps\n",
                "METADATA": "Name: cb\nVersion: 1.0\n",
            },
        }
    )
    site.install("demo", {"x": "demo/x.js"})
    registry = Registry(isolate=True, static=HASHED)
    import_map = registry.load()
    cb, demo = HASHED.url("cb/x.js"), HASHED.url("demo/x.js")
    assert import_map.imports == {"/s/cb/x.js": cb, "cb/x": cb, "demo/x": demo}
    assert import_map.scopes[cb] == {"cb/x": cb, "demo/x": None}
    [problem] = registry.diagnostics()
    message = "its modules are kept from names only, not from URLs: a callable says which files are its own."
    assert problem == Diagnostic("IM241", "warning", message, distribution="cb")


# The value


BOUNDED = ImportMap(
    {"a": "/a.js", "b/x": "/b/x.js", "b/y": None, "/u.js": "/v.js"},
    {"/s/": {"#p": "/s/p.js"}, "/t/": {}},
    boundaries={"/s/": ["b"], "/elsewhere/": ["a"]},
)


def test_boundaries() -> None:
    """An entry for each name: the same as in `imports`, or null. URLs are no names."""
    assert BOUNDED.scopes == {"/s/": {"#p": "/s/p.js", "a": None, "b/x": "/b/x.js", "b/y": None}, "/t/": {}}
    assert pickle.loads(pickle.dumps(BOUNDED)) == BOUNDED
    assert BOUNDED.with_base_url(PAGE).boundaries == BOUNDED.boundaries
    assert ImportMap(BOUNDED.imports, BOUNDED.scopes) != BOUNDED
    assert BOUNDED.normalize(PAGE).boundaries == BOUNDED.extend(BOUNDED)[0].boundaries == {}


def test_unions_of_maps_with_boundaries() -> None:
    """What one map adds to `imports` is beyond the boundaries of the other, or within."""
    both = BOUNDED | ImportMap({"b/z": "/b/z.js", "c": "/c.js"})
    assert both.scopes["/s/"] == {**BOUNDED.scopes["/s/"], "b/z": "/b/z.js", "c": None}
    other = ImportMap({"c": "/c.js"}, {"/c/": {}}, boundaries={"/c/": ["c"]})
    assert (BOUNDED | other).scopes["/c/"] == {"a": None, "b/x": None, "b/y": None, "c": "/c.js"}
    assert BOUNDED | other == other | BOUNDED


def test_later_entries_win_within_boundaries_too() -> None:
    later = BOUNDED.override(ImportMap({"b/x": "/other.js", "a": "/other.js"}))
    assert later.scopes["/s/"] == {**BOUNDED.scopes["/s/"], "b/x": "/other.js"}
    by_scope = BOUNDED.override(ImportMap(scopes={"/s/": {"b/x": "/mine.js"}}))
    assert by_scope.scopes["/s/"]["b/x"] == "/mine.js"


def test_a_url_that_leads_to_itself_is_undecided() -> None:
    """A difference may say more of it, as of a URL of which the page's map says nothing."""
    base = ImportMap({"m": "/s/m.js"}, {"/s/": {"/s/": "/s/", "https://": None, "/s/m.js": "/s/m.js"}})
    extra = ImportMap({}, {"/s/": {"/s/x.js": "/s/x.1.js"}})
    assert (base | extra) - base == extra
    assert base.extend(extra)[0].with_base_url(PAGE).resolve("./x.js", f"{PAGE}s/m.js") == f"{PAGE}s/x.1.js"


# Laws


def may_import(package: Package, name: str, shared: set[str]) -> bool:
    """Whether a name is a package's own, or it has said that it imports it."""
    manifest = package.manifest
    said = (package.namespace, *manifest["requires"], *manifest["ignore"], *manifest["private"], *shared)
    return any(owns(each.rstrip("/"), name.rstrip("/")) for each in (*said, *manifest["vendored"]))


def test_no_module_gets_anything_else() -> None:
    """Whatever it asks for: each name of the site, and the URL of each file of another package."""
    seen: Counter[str] = Counter()

    @given(packages(by_hand=False), sites([*STATICS, *ODD_STATICS], overrides=True), asked)
    def law(found: list[Package], site: dict[str, Any], wanted: list[str]) -> None:
        import_map, _ = compose(found, wanted, **{**site, "isolate": True})
        checked = Settings(**{**site, "isolate": True})
        walk = Walk(found, import_map, checked)
        walk.run(wanted)
        graph = Graph(Packages(sorted(walk.packages, key=lambda each: each.namespace)), checked)
        public = {name for package in walk.packages for name in package.manifest["imports"]}
        names = sorted(name for name in {*public, *import_map.imports} if not is_url_like(name))
        for url, path in walk.loaded.items():
            ships = [each for each in walk.packages if path in each.manifest["modules"]]
            for own in [file.package] if (file := graph.packages.file(path)) else []:
                for name in names:
                    if not may_import(own, name, graph.shared.names_for(own)):
                        assert walk.resolve(name, url) == "", (name, url)
                        seen["names"] += 1
                others = {file for each in walk.packages for file in each.manifest["modules"]}
                others -= {file for each in ships for file in each.manifest["modules"]}
                for other, (elsewhere, _, _) in walk.files.items():
                    if elsewhere in others:
                        assert walk.resolve(other, url) == "", (other, url)
                        seen["URLs"] += 1

    law()
    check_seen(seen, "names", "URLs", least=100)


def test_pages_that_take_in_more() -> None:
    """A page with the map of some contexts that takes in the rest of another has both."""
    seen: Counter[str] = Counter()

    @given(packages(), st.sampled_from(STATICS), asked, asked)
    def law(found: list[Package], static: Any, one: list[str], other: list[str]) -> None:
        site: dict[str, Any] = {"static": static, "contexts": {name: {} for name in CONTEXTS}}
        base, whole = (compose(found, wanted, isolate=True, **site)[0] for wanted in (one, one + other))
        there = rules_of(base)
        rules = {rule: value for rule, value in rules_of(whole).items() if rule not in there}
        delta = ImportMap(**sections_of(rules))
        page, dropped = base.extend(delta)
        assert dropped == []
        assert (page.imports, page.scopes) == (whole.imports, whole.scopes)
        seen["nulls"] += sum(url is None for names in delta.scopes.values() for url in names.values())

    law()
    check_seen(seen, "nulls", least=10)
