"""One map from the selected entries of all packages, on sites that serve files in various ways."""

from __future__ import annotations

from typing import Any

import pytest
from support.composing import FLAT, HASHED, OTHER_HOST, QUERY, READABLE, clean, compose, edges
from support.serving import Serves, Twins
from support.site_folder import digest, package

from importmap import ConflictError, Diagnostic, ImportMap, Package

DEMO = package("demo", {".": "demo/index.js", "sub/x": "demo/sub/x.js"})
PRIVATE = package("demo", {".": "demo/index.js"}, private={"#dom": {"path": "demo/sub/dom.js"}})


def test_imports() -> None:
    import_map = clean([DEMO, package("other")], ["default"])
    assert import_map == ImportMap(
        {
            "demo": "/static/demo/index.js",
            "demo/sub/x": "/static/demo/sub/x.js",
            "other/editor": "/static/other/editor.js",
        }
    )
    assert import_map.contexts == ("default",)


def test_nothing() -> None:
    assert clean([]) == ImportMap()


@pytest.mark.parametrize("base", ["/", "https://cdn.example/x/", "//cdn.example"])
def test_base_urls(base: str) -> None:
    slash = base if base.endswith("/") else base + "/"
    assert clean([PRIVATE], static=base) == ImportMap(
        {"demo": f"{slash}demo/index.js"}, {f"{slash}demo/": {"#dom": f"{slash}demo/sub/dom.js"}}
    )


# Relative imports


def test_hashed_names() -> None:
    """Plain names lead to hashed ones, for relative imports; private modules are among them."""
    assert clean([PRIVATE], static=HASHED) == ImportMap(
        {
            "demo": "/s/demo/index.94c7.js",
            "/s/demo/index.js": "/s/demo/index.94c7.js",
            "/s/demo/sub/dom.js": "/s/demo/sub/dom.ed77.js",
        },
        {"/s/demo/": {"#dom": "/s/demo/sub/dom.ed77.js"}},
    )


def test_query_strings() -> None:
    assert clean([PRIVATE], static=QUERY) == ImportMap(
        {
            "demo": "/s/demo/index.js?v=94c7",
            "/s/demo/index.js": "/s/demo/index.js?v=94c7",
            "/s/demo/sub/dom.js": "/s/demo/sub/dom.js?v=ed77",
        },
        {"/s/demo/": {"#dom": "/s/demo/sub/dom.js?v=ed77"}},
    )


def test_another_host() -> None:
    """Keys are built from the final URL, so they carry its host."""
    assert clean([DEMO], static=OTHER_HOST).imports == {
        "demo": "https://cdn.example/s/demo/index.94c7.js",
        "demo/sub/x": "https://cdn.example/s/demo/sub/x.9066.js",
        "https://cdn.example/s/demo/index.js": "https://cdn.example/s/demo/index.94c7.js",
        "https://cdn.example/s/demo/sub/x.js": "https://cdn.example/s/demo/sub/x.9066.js",
    }


def test_flat_names() -> None:
    """No folder, no prefix: a plain name would be anybody's."""
    assert clean([PRIVATE], static=FLAT) == ImportMap(
        {"demo": "/s/94c7.js"},
        {"/s/94c7.js": {"#dom": "/s/ed77.js"}, "/s/ed77.js": {"#dom": "/s/ed77.js"}},
    )


def test_some_names_flat() -> None:
    """One module outside the folder, and the scope of the folder would miss it."""
    static = Serves("/s/{path}", {"demo/index.js": "/other/index.js"})
    assert clean([PRIVATE], static=static).scopes == {
        "/other/index.js": {"#dom": "/s/demo/sub/dom.js"},
        "/s/demo/sub/dom.js": {"#dom": "/s/demo/sub/dom.js"},
    }


def test_no_key_where_the_url_is_plain() -> None:
    static = Serves("/s/{path}", {"demo/sub/x.js": "/s/demo/sub/x.99.js"})
    assert clean([DEMO], static=static).imports == {
        "demo": "/s/demo/index.js",
        "demo/sub/x": "/s/demo/sub/x.99.js",
        "/s/demo/sub/x.js": "/s/demo/sub/x.99.js",
    }


UNICODE = package("demo", {"é": "démo/ü.js"}, private={"#dom": {"path": "démo/d.js"}})


@pytest.mark.parametrize("folder", ["démo", "d%C3%A9mo"])
def test_percent_encoding(folder: str) -> None:
    """Whether the framework encodes or leaves it to us."""
    raw = Serves("/s/{path}", {"démo/ü.js": f"/s/{folder}/ü.12.js", "démo/d.js": f"/s/{folder}/d.js"})
    assert clean([UNICODE], static=raw) == ImportMap(
        {"demo/é": "/s/d%C3%A9mo/%C3%BC.12.js", "/s/d%C3%A9mo/%C3%BC.js": "/s/d%C3%A9mo/%C3%BC.12.js"},
        {"/s/d%C3%A9mo/": {"#dom": "/s/d%C3%A9mo/d.js"}},
    )


def test_non_ascii_on_a_plain_site() -> None:
    assert clean([UNICODE]) == ImportMap(
        {"demo/é": "/static/d%C3%A9mo/%C3%BC.js"},
        {"/static/d%C3%A9mo/": {"#dom": "/static/d%C3%A9mo/d.js"}},
    )


# What cannot be served


def test_a_missing_file() -> None:
    import_map, diagnostics = compose([DEMO], static=Serves("/s/{path}", {"demo/index.js": ""}))
    assert import_map == ImportMap({"demo/sub/x": "/s/demo/sub/x.js"})
    assert diagnostics == [
        Diagnostic(
            "IM205",
            "warning",
            "the file 'demo/index.js' cannot be served (not collected); its entries are left out.",
            distribution="demo",
            place="demo/index.js",
        )
    ]


def test_a_relative_url() -> None:
    import_map, [diagnostic] = compose(
        [DEMO], static=Serves("/s/{path}", {"demo/index.js": "s/demo/index.js"})
    )
    assert import_map == ImportMap({"demo/sub/x": "/s/demo/sub/x.js"})
    assert (diagnostic.code, diagnostic.distribution) == ("IM210", "demo")


def test_a_missing_private_file() -> None:
    """A scope has what there is, and its modules keep their names."""
    demo = package(
        "demo", {".": "demo/index.js"}, private={"#a": {"path": "demo/a.js"}, "#b": {"path": "demo/b.js"}}
    )
    import_map, [diagnostic] = compose([demo], static=Serves("/s/{path}", {"demo/a.js": ""}))
    assert import_map == ImportMap({"demo": "/s/demo/index.js"}, {"/s/demo/": {"#b": "/s/demo/b.js"}})
    assert diagnostic.code == "IM205"


def test_nothing_can_be_served() -> None:
    import_map, diagnostics = compose([PRIVATE], static=Serves(""))
    assert import_map == ImportMap()
    assert [diagnostic.code for diagnostic in diagnostics] == ["IM205", "IM205"]


# Prefix entries

PREFIX = package(
    "demo",
    {"locales/": "demo/locales/", "locales/de": "demo/locales/de.js"},
    modules={"demo/locales/de.js": {}, "demo/locales/fr/x.js": {}},
)


def test_a_prefix() -> None:
    assert clean([PREFIX]) == ImportMap(
        {"demo/locales/": "/static/demo/locales/", "demo/locales/de": "/static/demo/locales/de.js"}
    )


def test_a_prefix_of_everything() -> None:
    demo = package("demo", {"": "demo/"}, modules={"demo/a.js": {}})
    assert clean([demo]) == ImportMap({"demo/": "/static/demo/"})


def test_a_prefix_on_hashed_names() -> None:
    """The prefix serves plain names, URL keys lead the files on to their hashes."""
    assert clean([PREFIX], static=HASHED).imports == {
        "demo/locales/": "/s/demo/locales/",
        "demo/locales/de": "/s/demo/locales/de.3f1b.js",
        "/s/demo/locales/de.js": "/s/demo/locales/de.3f1b.js",
        "/s/demo/locales/fr/x.js": "/s/demo/locales/fr/x.e1d1.js",
    }


def test_a_prefix_without_a_common_url() -> None:
    import_map, diagnostics = compose([PREFIX], static=FLAT)
    assert import_map == ImportMap({"demo/locales/de": "/s/3f1b.js"})
    assert diagnostics == [
        Diagnostic(
            "IM209",
            "warning",
            "the files of 'demo/locales/' have no common URL; the prefix is left out, its files stay.",
            distribution="demo",
        )
    ]


def test_a_prefix_with_a_missing_file() -> None:
    """The others are where they were."""
    import_map, _ = compose([PREFIX], static=Serves("/s/{path}", {"demo/locales/fr/x.js": ""}))
    assert import_map.imports["demo/locales/"] == "/s/demo/locales/"


def test_a_prefix_without_any_file_that_is_served() -> None:
    """That is said of the files, each once, and there is nothing to say of their URLs."""
    paths = ["demo/locales/de.js", "demo/locales/fr/x.js"]
    import_map, diagnostics = compose([PREFIX], static=Serves("/s/{path}", dict.fromkeys(paths, "")))
    assert import_map == ImportMap()
    assert [(found.code, found.place, found.distribution) for found in diagnostics] == [
        ("IM205", path, "demo") for path in paths
    ]


def test_a_prefix_on_two_hosts() -> None:
    static = Serves("/s/{path}", {"demo/locales/de.js": "https://cdn.example/s/demo/locales/de.js"})
    import_map, [diagnostic] = compose([PREFIX], static=static)
    assert "demo/locales/" not in import_map.imports
    assert diagnostic.code == "IM209"


# Scopes


def test_two_packages_in_one_folder() -> None:
    """Neither gets the folder: its scope would reach the other's modules."""
    one = package("one", {"x": "shared/1.js"}, private={"#dom": {"path": "shared/one-dom.js"}})
    two = package("two", {"x": {"path": "shared/2.js", "contexts": ["never"]}})
    assert clean([one, two]).scopes == {
        "/static/shared/1.js": {"#dom": "/static/shared/one-dom.js"},
        "/static/shared/one-dom.js": {"#dom": "/static/shared/one-dom.js"},
    }
    assert list(clean([one]).scopes) == ["/static/shared/"]


def test_files_without_a_folder() -> None:
    demo = package("demo", {"x": "demo.js"}, private={"#dom": {"path": "dom.js"}})
    assert clean([demo]).scopes == {
        "/static/demo.js": {"#dom": "/static/dom.js"},
        "/static/dom.js": {"#dom": "/static/dom.js"},
    }


def test_two_folders() -> None:
    demo = package("demo", {"x": "one/x.js"}, private={"#dom": {"path": "two/dom.js"}})
    assert clean([demo]).scopes == {
        "/static/one/": {"#dom": "/static/two/dom.js"},
        "/static/two/": {"#dom": "/static/two/dom.js"},
    }


def test_a_private_prefix() -> None:
    demo = package(
        "demo",
        {"x": "demo/x.js"},
        private={"#lib/": {"path": "demo/lib/"}},
        modules={"demo/x.js": {}, "demo/lib/y.js": {}},
    )
    assert clean([demo]).scopes == {"/static/demo/": {"#lib/": "/static/demo/lib/"}}


def test_no_entries_no_scopes() -> None:
    """A package that a page does not use adds nothing to it."""
    demo = package(
        "demo", {"x": {"path": "demo/x.js", "contexts": ["admin"]}}, private={"#d": {"path": "demo/d.js"}}
    )
    assert clean([demo]) == ImportMap()


# Third-party modules


def vendors(distribution: str, version: str, **more: object) -> object:
    return {"vendored": {"lit": {"path": f"{distribution}/lit.js", "version": version}}, **more}


def test_a_vendored_copy_is_for_the_package_alone() -> None:
    one = package("one", vendored={"lit": {"path": "one/lit.js", "version": "2"}})
    two = package("two", vendored={"lit": {"path": "two/lit.js", "version": "3"}})
    import_map = clean([one, two])
    assert "lit" not in import_map.imports
    assert import_map.scopes == {
        "/static/one/": {"lit": "/static/one/lit.js"},
        "/static/two/": {"lit": "/static/two/lit.js"},
    }


def test_the_site_gives_page_scripts_a_copy() -> None:
    one = package("one", vendored={"lit": {"path": "one/lit.js", "version": "2"}})
    import_map = clean([one], imports={"lit": "one/lit.js"})
    assert import_map.imports["lit"] == "/static/one/lit.js"
    assert import_map.scopes == {"/static/one/": {"lit": "/static/one/lit.js"}}


def test_a_file_that_two_packages_ship() -> None:
    """It is one module: what it imports is for the first to say, whichever of them a page uses."""

    def with_private(distribution: str, name: str) -> Package:
        entry = {"path": "shared/x.js", "contexts": [distribution]}
        private = {
            name: {"path": f"{distribution}/dom.js"},
            f"#{distribution}": {"path": f"{distribution}/2.js"},
        }
        return package(distribution, {"x": entry}, private=private)

    packages = [with_private("one", "#dom"), with_private("two", "#dom")]
    shared = {context: clean(packages, [context]).scopes["/static/shared/x.js"] for context in ("one", "two")}
    assert shared["one"] == shared["two"] == {"#dom": "/static/one/dom.js", "#one": "/static/one/2.js"}
    both = clean(packages, ["one", "two"])
    assert both.scopes["/static/shared/x.js"] == shared["one"]
    assert both.scopes["/static/two/"] == {"#dom": "/static/two/dom.js", "#two": "/static/two/2.js"}


# The site's own entries


def test_site_imports() -> None:
    imports = {
        "shop/cart": "shop/cart.js",
        "shop/": "/other/shop/",
        "react": "https://esm.example/react@19?dev",
        "é": "/é.js",
    }
    assert clean([DEMO], static=HASHED, imports=imports).imports == {
        **clean([DEMO], static=HASHED).imports,
        "shop/cart": "/s/shop/cart.ea6e.js",
        "/s/shop/cart.js": "/s/shop/cart.ea6e.js",
        "shop/": "/other/shop/",
        "react": "https://esm.example/react@19?dev",
        "é": "/%C3%A9.js",
    }


def test_a_site_import_that_is_missing() -> None:
    import_map, diagnostics = compose([], static=Serves(""), imports={"shop/cart": "shop/cart.js"})
    assert import_map == ImportMap()
    assert [str(diagnostic) for diagnostic in diagnostics] == [
        "shop/cart.js: the file 'shop/cart.js' cannot be served (not collected); its entries are left out.",
        "the site maps a name of its own, 'shop/cart', to 'shop/cart.js'.",
    ]


@pytest.mark.parametrize("wanted", [["default"], ["admin"], ["admin", "default"]])
def test_site_imports_are_told(wanted: list[str]) -> None:
    """On each page: they are in every map."""
    admin = package("admin", {"x": {"path": "admin/x.js", "contexts": ["admin"]}})
    imports = {"shop/cart": "shop/cart.js", "react": "https://esm.example/react", "own": "admin/x.js"}
    _, diagnostics = compose([DEMO, admin], wanted, static=HASHED, imports=imports)
    assert diagnostics == [
        Diagnostic("IM227", "info", f"the site maps a name of its own, {name!r}, to {url!r}.")
        for name, url in {
            "shop/cart": "/s/shop/cart.ea6e.js",
            "react": "https://esm.example/react",
            "own": HASHED.url("admin/x.js"),
        }.items()
    ]


@pytest.mark.parametrize("name", ["demo", "demo/", "demo/new", "demo/sub/x"])
def test_site_imports_take_no_names(name: str) -> None:
    target = "/x/" if name.endswith("/") else "/x.js"
    with pytest.raises(ConflictError) as caught:
        compose([DEMO], imports={name: target})
    assert caught.value.diagnostics == (
        Diagnostic(
            "IM203",
            "error",
            f"the site's own entry {name!r} takes a name of this distribution.",
            distribution="demo",
            hint=f"importmap.configure(overrides={{{name!r}: {target!r}}})"
            if name in DEMO.manifest["imports"]
            else "choose a name that no distribution owns",
        ),
    )


def test_overrides() -> None:
    """The only way to change what a package declared, and it is told."""
    overrides = {"demo": "/x.js", "demo/sub/x": None}
    import_map, diagnostics = compose([DEMO], overrides=overrides)
    assert import_map == ImportMap({"demo": "/x.js", "demo/sub/x": None})
    assert diagnostics == [
        Diagnostic("IM206", "info", "the site overrides 'demo': it maps it to '/x.js'."),
        Diagnostic("IM206", "info", "the site overrides 'demo/sub/x': it blocks it."),
    ]


def test_overrides_of_what_is_not_selected() -> None:
    """Another page has it. It is told all the same; whether its file can be served does not matter here."""
    admin = package("demo", {"x": {"path": "demo/x.js", "contexts": ["admin"]}})
    static = Serves("/s/{path}", {"demo/new.js": ""})
    for target, said in {
        "/x.js": "maps it to '/x.js'",
        "demo/y.js": "maps it to '/s/demo/y.js'",
        "demo/new.js": "maps it to 'demo/new.js'",
        None: "blocks it",
    }.items():
        assert compose([admin], static=static, overrides={"demo/x": target}) == (
            ImportMap(),
            [Diagnostic("IM206", "info", f"the site overrides 'demo/x': it {said}.")],
        )


def test_overrides_of_what_nobody_has() -> None:
    import_map, diagnostics = compose([DEMO], overrides={"demo/sub/y": "/x.js", "zzz": None})
    assert import_map == clean([DEMO])
    assert diagnostics == [
        Diagnostic("IM204", "warning", "overrides: no package has 'demo/sub/y'. Did you mean 'demo/sub/x'?"),
        Diagnostic("IM204", "warning", "overrides: no package has 'zzz'."),
    ]


def test_an_override_that_is_missing() -> None:
    static = Serves("/s/{path}", {"demo/new.js": ""})
    import_map, diagnostics = compose([DEMO], static=static, overrides={"demo": "demo/new.js"})
    assert import_map == ImportMap({"demo/sub/x": "/s/demo/sub/x.js"})
    assert [str(diagnostic) for diagnostic in diagnostics] == [
        "demo/new.js: the file 'demo/new.js' cannot be served (not collected); its entries are left out.",
        "the site overrides 'demo': it maps it to 'demo/new.js'.",
    ]


def test_overrides_of_the_sites_own() -> None:
    import_map, diagnostics = compose([], imports={"a": "/a.js"}, overrides={"a": "/b.js"})
    assert import_map == ImportMap({"a": "/b.js"})
    assert diagnostics == [
        Diagnostic("IM227", "info", "the site maps a name of its own, 'a', to '/a.js'."),
        Diagnostic("IM206", "info", "the site overrides 'a': it maps it to '/b.js'."),
    ]


def test_an_override_of_a_file_that_is_not_served() -> None:
    """The site may override the entry for that very reason."""
    static = Serves("/s/{path}", {"demo/index.js": ""})
    import_map, diagnostics = compose([DEMO], static=static, overrides={"demo": "/x.js"})
    assert import_map == ImportMap({"demo": "/x.js", "demo/sub/x": "/s/demo/sub/x.js"})
    assert diagnostics == [Diagnostic("IM206", "info", "the site overrides 'demo': it maps it to '/x.js'.")]


BELOW = package("below", {"": "below/"}, modules={"below/a.js": {}, "below/b.js": {}, "below/deep/c.js": {}})


def test_an_override_of_a_prefix_without_a_common_url() -> None:
    import_map, diagnostics = compose([BELOW], static=FLAT, overrides={"below/": "/mine/"})
    assert import_map == ImportMap({"below/": "/mine/"})
    assert diagnostics == [
        Diagnostic("IM206", "info", "the site overrides 'below/': it maps it to '/mine/'.")
    ]


@pytest.mark.parametrize("target", ["/mine/", None])
def test_an_override_of_a_prefix_with_equal_copies_below(target: str | None) -> None:
    """Nothing below it is mapped to where the package has it."""
    copies = [
        package(
            name,
            {"": f"{name}/", "x": f"{name}/x.js"},
            vendored={"lit": {"path": f"{name}/lit.js", "version": "3.0"}},
            modules={f"{name}/lit.js": {"sha384": digest("lit")}, f"{name}/x.js": edges("lit")},
        )
        for name in ("one", "two")
    ]
    equal = Twins("/s/{path}")
    assert clean(copies, static=equal).imports["two/lit.js"] == "/s/one/lit.js"
    import_map, _ = compose(copies, static=equal, overrides={"two/": target})
    assert {name: url for name, url in import_map.imports.items() if name.startswith("two/")} == {
        "two/": target,
        "two/x": "/s/two/x.js",
    }


def test_an_override_below_a_prefix() -> None:
    """Pages that have the prefix have the name, whether a module imports it or not."""
    user = package(
        "user", {"x": "user/x.js"}, requires={"below": "*"}, modules={"user/x.js": edges("below/a.js")}
    )
    mine = package("mine", {"x": "mine/x.js"}, modules={"mine/x.js": edges("./y.js"), "mine/y.js": {}})
    overrides = {"below/a.js": "mine/x.js", "below/b.js": None}
    import_map, diagnostics = compose([BELOW, mine, user], static="/s/", overrides=overrides)
    assert import_map.imports == {
        "below/": "/s/below/",
        "below/a.js": "/s/mine/x.js",
        "below/b.js": None,
        "mine/x": "/s/mine/x.js",
        "user/x": "/s/user/x.js",
    }
    # What the module gets is the site's file, with all that this imports.
    assert import_map.depcache == {"/s/user/x.js": ("/s/mine/x.js",), "/s/mine/x.js": ("/s/mine/y.js",)}
    assert diagnostics == [
        Diagnostic("IM206", "info", "the site overrides 'below/a.js': it maps it to '/s/mine/x.js'."),
        Diagnostic("IM206", "info", "the site overrides 'below/b.js': it blocks it."),
    ]


def test_an_override_below_an_overridden_prefix() -> None:
    """The longer name is the more exact decision."""
    overrides = {"below/": "/mine/", "below/a.js": "/own.js"}
    import_map, _ = compose([BELOW], static="/s/", overrides=overrides)
    assert import_map == ImportMap({"below/": "/mine/", "below/a.js": "/own.js"})


def test_isolated_modules_depend_on_what_is_below_an_overridden_prefix() -> None:
    user = package(
        "user", {"x": "user/x.js"}, requires={"below": "*"}, modules={"user/x.js": edges("below/a.js")}
    )
    overrides = {"below/": "/mine/"}
    import_map, _ = compose([BELOW, user], static="/s/", overrides=overrides, isolate=True)
    # Isolated modules ask for others' files by name.
    assert import_map.depcache == {"/s/user/x.js": ("below/a.js",)}
    assert import_map.scopes["/s/user/"]["below/"] == "/mine/"


def test_an_override_of_a_shared_module() -> None:
    """It is for page scripts, and for every package that would get the shared copy."""
    copies = [
        package(
            name,
            {"x": f"{name}/x.js"},
            vendored={"lit": {"path": f"{name}/lit.js", "version": "3.0"}},
            modules={
                f"{name}/lit.js": edges("./more.js"),
                f"{name}/more.js": {},
                f"{name}/x.js": edges("lit"),
            },
        )
        for name in ("one", "two")
    ]
    decisions: dict[str, Any] = {"shared": ["lit"], "overrides": {"lit": "/lit.js"}, "integrity": True}
    import_map, _ = compose(copies, static=READABLE, **decisions)
    assert import_map.imports == {"lit": "/lit.js", "one/x": "/s/one/x.js", "two/x": "/s/two/x.js"}
    assert import_map.depcache == {"/s/one/x.js": ("/lit.js",), "/s/two/x.js": ("/lit.js",)}
    # No page loads the copies.
    assert sorted(import_map.integrity) == ["/s/one/x.js", "/s/two/x.js"]


def test_an_override_with_a_hashed_name() -> None:
    """Relative imports of it lead to the same URL."""
    import_map, _ = compose([DEMO], static=HASHED, overrides={"demo": "shop/cart.js"})
    assert import_map.imports["demo"] == import_map.imports["/s/shop/cart.js"] == "/s/shop/cart.ea6e.js"


def test_a_url() -> None:
    """What somebody else serves is what was declared, and its integrity is always there."""
    integrity = f"sha384-{digest('x')}"
    entry = {"url": "https://cdn.example/x.js", "integrity": integrity, "contexts": ["default"]}
    assert clean([package("demo", {"x": entry})], static=HASHED) == ImportMap(
        {"demo/x": "https://cdn.example/x.js"}, integrity={"https://cdn.example/x.js": integrity}
    )


@pytest.mark.parametrize(
    "base",
    [
        "https://cdn.example/s/",
        "//cdn.example/s/",
        "https://CDN.example:443/s/",
        "https://cdn.example/x/../s/",
        "https://cdn.example/%2E/s/",
    ],
)
def test_nobody_decides_what_anothers_file_must_be(base: str) -> None:
    """A map has one integrity for each URL: a wrong one would block the module of its owner."""
    url = "https://cdn.example/s/good/x.js"
    good = package("good", {"x": "good/x.js"})
    evil = package("evil", {"x": {"url": url, "integrity": f"sha384-{'A' * 64}"}})
    with pytest.raises(ConflictError) as caught:
        compose([good, evil], static=base)
    assert str(caught.value) == (
        f"evil and good: evil maps to {url!r}, which is the URL of 'good/x.js' here.\n"
        "    importmap.configure(disable=['evil'])  # or 'good': the site decides"
    )


def test_a_url_of_the_packages_own() -> None:
    url = "https://cdn.example/s/demo/x.js"
    demo = package("demo", {"x": "demo/x.js", "y": {"url": url, "integrity": f"sha384-{'A' * 64}"}})
    assert clean([demo], static="https://cdn.example/s/").imports == {"demo/x": url, "demo/y": url}
