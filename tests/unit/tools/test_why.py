"""`importmap why`: what a name stands for, who imports it, and why it is not there."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Any

import pytest
from support.serving import Serves
from support.shipping import sha384, ship, static
from support.site_folder import Files, SiteFolder, write

from importmap import ConflictError, UnknownContextError
from importmap._site.settings import Settings
from importmap._tools.why import why


def ask(name: str, *contexts: str, **settings: Any) -> Any:
    return why(Settings(**settings), name, contexts)


def found(name: str, *contexts: str, **settings: Any) -> Any:
    """The one thing that a name stands for, about which there is no more to say."""
    answer = ask(name, *contexts, **settings)
    assert (answer["name"], answer["reasons"], answer["importers"]) == (name, [], [])
    [item] = answer["found"]
    return item


def reasons(name: str, *contexts: str, **settings: Any) -> Any:
    return ask(name, *contexts, **settings)["reasons"]


@pytest.fixture(autouse=True)
def packages(site: SiteFolder) -> SiteFolder:
    ship(
        site,
        "demo",
        {
            "demo/editor.js": "editor",
            "demo/view.js": "view",
            "demo/deep/dom.js": "dom",
            "demo/l/de.js": "de",
            "demo/unused.js": "u",
            "demo/spare.js": "s",
        },
        {
            "editor": {"path": "demo/editor.js", "contexts": ["admin"]},
            "view": {"path": "demo/view.js", "contexts": ["admin", "public"]},
            "unused": {"path": "demo/unused.js", "contexts": ["admin"]},
            "l/": {"path": "demo/l/", "contexts": ["admin"]},
            "cdn": {
                "url": "https://cdn.example/x.js",
                "integrity": f"sha384-{sha384('x')}",
                "contexts": ["admin"],
            },
        },
        edges={
            "demo/editor.js": {"imports": ["./view.js", "lit", "nobody"], "dynamic": ["demo/cdn"]},
            "demo/view.js": {"imports": ["#dom"], "dynamic": ["./deep/dom.js"]},
            "demo/deep/dom.js": {"imports": ["demo/editor"], "dynamic": ["demo/l/de.js"]},
        },
        private={"#dom": {"path": "demo/deep/dom.js"}},
        requires={"lit": ">=3"},
    )
    ship(
        site,
        "kit",
        {"kit/lit.js": "lit", "kit/a.js": "a"},
        {"a": "kit/a.js"},
        edges={"kit/a.js": {"imports": ["lit"]}},
        vendored={"lit": {"path": "kit/lit.js", "version": "3.2.1"}},
    )
    return site


def test_an_entry(site: SiteFolder) -> None:
    place = static(site, "demo") / "demo"
    assert ask("demo/view", "admin", "public") == {
        "name": "demo/view",
        "contexts": ["admin", "public"],
        "found": [
            {
                "kind": "public",
                "specifier": "demo/view",
                "distribution": "demo",
                "version": "1.0",
                "contexts": ["admin", "public"],
                "loaded": ["admin", "public"],
                "path": "demo/view.js",
                "url": "/static/demo/view.js",
                "file": str(place / "view.js"),
                "size": 4,
                "sha384": sha384("view"),
                "importers": [["demo/editor", "demo/editor.js", "./view.js"]],
            }
        ],
        "importers": [],
        "reasons": [],
    }


def test_all_contexts_by_default() -> None:
    assert ask("demo/view")["contexts"] == ["admin", "default", "public"]
    assert ask("demo/view", "public", "public")["contexts"] == ["public"]


def test_importers() -> None:
    """The shortest way to each, and no further."""
    assert found("demo/editor", "admin")["importers"] == [
        ["demo/view", "demo/view.js", "demo/deep/dom.js", "demo/editor"]
    ]
    assert found("demo/cdn", "admin")["importers"] == [["demo/editor", "demo/editor.js", "demo/cdn"]]
    assert found("demo/l/de.js", "admin")["importers"] == [
        ["demo/view", "demo/view.js", "demo/deep/dom.js", "demo/l/de.js"]
    ]


def test_names_of_the_modules_alone() -> None:
    """A private name, and a copy with all who get it."""
    [item] = ask("#dom")["found"]
    assert {key: item[key] for key in ("kind", "path", "users", "loaded", "importers")} == {
        "kind": "private",
        "path": "demo/deep/dom.js",
        "users": ["demo"],
        "loaded": ["admin", "public"],
        "importers": [["demo/view", "demo/view.js", "#dom"], ["demo/view", "demo/view.js", "./deep/dom.js"]],
    }
    answer = ask("lit", "default", "admin")
    [item] = answer["found"]
    assert {key: item[key] for key in ("kind", "distribution", "version", "path", "users", "importers")} == {
        "kind": "vendored",
        "distribution": "kit",
        "version": "3.2.1",
        "path": "kit/lit.js",
        "users": ["demo", "kit"],
        "importers": [["demo/editor", "demo/editor.js", "lit"], ["kit/a", "kit/a.js", "lit"]],
    }
    assert answer["reasons"] == [
        "Page scripts cannot import it: it is mapped for the modules of these packages only."
    ]


def test_two_copies_of_one_module(site: SiteFolder) -> None:
    """Each has the importers that get it, and none of the other one's."""
    ship(
        site,
        "own",
        {"own/lit.js": "own", "own/a.js": "a"},
        {"a": "own/a.js"},
        edges={"own/a.js": {"imports": ["lit"]}, "own/lit.js": {}},
        vendored={"lit": {"path": "own/lit.js", "version": "3.0.0"}},
    )
    importers = {item["distribution"]: item["importers"] for item in ask("lit", "default")["found"]}
    assert importers == {"kit": [["kit/a", "kit/a.js", "lit"]], "own": [["own/a", "own/a.js", "lit"]]}


def test_a_prefix_that_only_a_package_sees(site: SiteFolder) -> None:
    ship(
        site,
        "own",
        {"own/d3/a.js": "a", "own/x.js": "x"},
        {"x": "own/x.js"},
        edges={"own/x.js": {"imports": ["d3/a.js"]}},
        vendored={"d3/": {"path": "own/d3/", "version": "7.0.0"}},
    )
    [item] = ask("d3/", "default")["found"]
    assert (item["kind"], item["path"], item["url"], item["users"]) == ("vendored", "own/d3/", None, ["own"])
    [item] = ask("d3/a.js", "default")["found"]
    assert (item["path"], item["importers"]) == ("own/d3/a.js", [["own/x", "own/x.js", "d3/a.js"]])


def test_a_module_of_the_site_and_a_copy_of_it() -> None:
    """The package has its own, so it does not import the site's, which has no file."""
    answer = ask("lit", "default", "admin", imports={"lit": "https://cdn.example/lit.js"})
    assert [(item["kind"], item["importers"]) for item in answer["found"]] == [
        ("site", [["demo/editor", "demo/editor.js", "lit"]]),
        ("vendored", [["kit/a", "kit/a.js", "lit"]]),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "/static/demo/deep/dom.js",
        "/static/demo/deep/dom.js?v=1#top",
        "/static/demo/deep/dom.0123456789ab.js",
        "http://127.0.0.1:8000/static/demo/deep/dom.js",
        "demo/deep/dom.js",
        "https://shop.example/s/demo/deep/dom.1.js",
        "https://SHOP.example:443/s/demo/deep/dom.1.js",
    ],
)
def test_urls_and_paths(name: str) -> None:
    serves = Serves("https://shop.example/s/{folder}{stem}.1{suffix}?x=y")
    more: dict[str, Any] = {"static": serves} if "shop" in name.lower() else {}
    item = found(name, "public", **more)
    assert (item["kind"], item["specifier"], item["path"]) == ("file", "demo/deep/dom.js", "demo/deep/dom.js")
    assert item["loaded"] == ["public"]
    assert len(item["importers"]) == 2


def test_a_file_of_two_packages(site: SiteFolder) -> None:
    """Whoever loads it, it is one file."""
    edges = {"shared/a.js": {"imports": ["./b.js"]}}
    for name in ("one", "two"):
        ship(site, name, {"shared/a.js": "a", "shared/b.js": "b"}, {"a": "shared/a.js"}, edges=edges)
    for item in ask("shared/b.js")["found"]:
        assert (item["loaded"], item["importers"]) == (["default"], [["one/a", "shared/a.js", "./b.js"]])
    assert [item["distribution"] for item in ask("shared/b.js")["found"]] == ["one", "two"]


def test_the_sites_own_entries(site: SiteFolder) -> None:
    imports = {"shop/a": "kit/a.js", "cdn": "https://cdn.example/y.js", "x/": "https://cdn.example/x/"}
    assert found("lit.js", imports={"lit.js": "kit/a.js"})["importers"] == []
    assert ask("lit", imports={"shop/a": "kit/a.js"})["found"][0]["importers"][0] == [
        "demo/editor",
        "demo/editor.js",
        "lit",
    ]
    item = found("shop/a", "admin", imports=imports)
    assert (item["kind"], item["distribution"], item["loaded"]) == ("site", "kit", ["admin"])
    assert found("cdn", "admin", imports=imports) == {
        "kind": "site",
        "specifier": "cdn",
        "decision": "imports",
        "target": "https://cdn.example/y.js",
        "url": "https://cdn.example/y.js",
        "loaded": ["admin"],
        "importers": [],
    }
    assert found("x/y.js", imports=imports)["url"] == "https://cdn.example/x/y.js"
    own = {"shop/b": "shop/b.js"}
    item = found("shop/b", imports=own)
    assert (item["path"], item["url"], item["target"]) == ("shop/b.js", "/static/shop/b.js", "shop/b.js")
    serves = Serves("/s/{path}", {"shop/b.js": ""})
    assert reasons("shop/b", imports=own, static=serves) == ["The site does not serve 'shop/b.js'."]


def test_overrides(site: SiteFolder) -> None:
    """What there is, and what there would be."""
    view, a = (static(site, name) / name / file for name, file in (("demo", "view.js"), ("kit", "a.js")))
    declared = {
        "distribution": "demo",
        "path": "demo/view.js",
        "url": "/static/demo/view.js",
        "file": str(view),
        "size": 4,
        "sha384": sha384("view"),
    }
    assert found("demo/view", "public", overrides={"demo/view": "kit/a.js"}) == {
        "kind": "public",
        "specifier": "demo/view",
        "distribution": "demo",
        "version": "1.0",
        "contexts": ["admin", "public"],
        "decision": "overrides",
        "target": "kit/a.js",
        "declared": declared,
        "path": "kit/a.js",
        "url": "/static/kit/a.js",
        "file": str(a),
        "size": 1,
        "sha384": sha384("a"),
        "loaded": ["public"],
        "importers": [],
    }
    [item] = ask("demo/view", "public", overrides={"demo/view": None})["found"]
    assert (item["decision"], item["target"], item["url"]) == ("overrides", None, None)
    assert item["declared"] == declared
    assert reasons("demo/view", overrides={"demo/view": None}) == ["The site's overrides block 'demo/view'."]


def test_overrides_of_urls_and_prefixes() -> None:
    overrides = {"demo/cdn": "/x.js", "demo/l/": "https://cdn.example/l/"}
    item = found("demo/cdn", "admin", overrides=overrides)
    assert (item["url"], item["declared"]) == (
        "/x.js",
        {"distribution": "demo", "url": "https://cdn.example/x.js"},
    )
    item = found("demo/l/fr.js", "admin", overrides=overrides)
    assert (item["url"], item["target"]) == ("https://cdn.example/l/fr.js", "https://cdn.example/l/")
    assert item["declared"] == {"distribution": "demo", "path": "demo/l/fr.js", "url": None}


def test_overrides_below_a_prefix() -> None:
    """The name has an address of its own, wherever pages have the prefix."""
    overrides = {"demo/l/de.js": "kit/a.js"}
    item, file = ask("demo/l/de.js", "admin", overrides=overrides)["found"]
    assert (file["kind"], file["url"], file["loaded"]) == ("file", "/static/demo/l/de.js", [])
    assert (item["kind"], item["specifier"], item["decision"], item["target"]) == (
        "public",
        "demo/l/de.js",
        "overrides",
        "kit/a.js",
    )
    assert (item["url"], item["declared"]["path"], item["loaded"]) == (
        "/static/kit/a.js",
        "demo/l/de.js",
        ["admin"],
    )
    overrides = {"demo/l/": "/l/", "demo/l/de.js": "/de.js"}
    item = ask("demo/l/de.js", "admin", overrides=overrides)["found"][0]
    assert (item["specifier"], item["target"], item["url"]) == ("demo/l/de.js", "/de.js", "/de.js")


def test_overrides_of_what_is_the_sites() -> None:
    """Its own entries, and what it shares."""
    configured: dict[str, Any] = {
        "imports": {"a": "/a.js", "b": "kit/a.js"},
        "shared": ["lit"],
        "overrides": {"a": "kit/a.js", "b": "/b.js", "lit": None},
    }
    item = found("a", "admin", **configured)
    assert (item["kind"], item["distribution"], item["path"]) == ("site", "kit", "kit/a.js")
    assert (item["decision"], item["declared"]) == ("overrides", {"url": "/a.js"})
    item = found("b", "admin", **configured)
    assert ("distribution" in item, item["url"], item["declared"]["path"]) == (False, "/b.js", "kit/a.js")
    [item] = ask("lit", "admin", **configured)["found"]
    assert (item["kind"], item["decision"], item["url"]) == ("shared", "overrides", None)
    assert (item["declared"]["distribution"], item["declared"]["path"]) == ("kit", "kit/lit.js")


# Copies that are equal


@pytest.fixture
def twins(site: SiteFolder) -> SiteFolder:
    """Two more packages with copies of lit that are equal to another; the second gives it to page scripts."""
    for name in ("left", "right"):
        ship(
            site,
            name,
            {f"{name}/x.js": "x", f"{name}/lit.js": 'import "./dom.js"', f"{name}/dom.js": "dom"},
            {"x": f"{name}/x.js", **({"lit": "right/lit.js"} if name == "right" else {})},
            edges={f"{name}/x.js": {"imports": ["lit"]}, f"{name}/lit.js": {"imports": ["./dom.js"]}},
            vendored={"lit": {"path": f"{name}/lit.js", "version": "2.0"}},
        )
    return site


def right(site: SiteFolder, file: str, content: str) -> dict[str, object]:
    return {
        "distribution": "right",
        "path": f"right/{file}",
        "url": f"/static/right/{file}",
        "file": str(static(site, "right") / "right" / file),
        "size": len(content),
        "sha384": sha384(content),
    }


def test_a_copy_in_place_of_equal_ones(twins: SiteFolder) -> None:
    other, item = ask("lit", "default", "admin")["found"]
    assert (other["path"], "equal" in other) == ("kit/lit.js", False)
    assert (item["distribution"], item["path"], item["users"]) == ("left", "left/lit.js", ["left", "right"])
    assert item["equal"] == [right(twins, "lit.js", 'import "./dom.js"')]


@pytest.mark.parametrize("name", ["left/dom.js", "right/dom.js"])
@pytest.mark.parametrize("base", ["", "/static/"])
def test_the_file_of_a_copy(base: str, name: str, twins: SiteFolder) -> None:
    """Whichever one asks for, one of them is loaded."""
    item = found(base + name, "default")
    assert (item["kind"], item["distribution"], item["path"]) == ("file", "left", "left/dom.js")
    assert (item["url"], item["loaded"]) == ("/static/left/dom.js", ["default"])
    assert item["importers"] == [["right/lit", "left/lit.js", "./dom.js"]]
    assert item["equal"] == [right(twins, "dom.js", "dom")]


def test_an_entry_for_a_copy(twins: SiteFolder) -> None:
    """And what the site shares, or maps itself."""
    equal = [right(twins, "lit.js", 'import "./dom.js"')]
    item = found("right/lit", "default")
    assert (item["distribution"], item["path"], item["equal"]) == ("right", "left/lit.js", equal)
    item = ask("lit", "default", shared={"lit": "right"})["found"][0]
    assert (item["kind"], item["distribution"]) == ("shared", "right")
    assert (item["path"], item["equal"]) == ("left/lit.js", equal)
    item = found("own", "default", imports={"own": "right/lit.js"})
    assert (item["distribution"], item["path"], item["equal"]) == ("left", "left/lit.js", equal)


# Why it is not there


def test_other_contexts() -> None:
    assert reasons("demo/unused", "public", "default") == [
        "Pages of 'default', 'public' do not have 'demo/unused'; its contexts are 'admin'."
    ]
    assert reasons("demo/unused", "admin", contexts={"admin": {"disable": ["demo"]}, "public": {}}) == [
        "Pages of 'admin' do not have 'demo/unused'; its contexts are 'admin'.",
        "The site disables demo in 'admin'.",
    ]
    assert reasons("demo/spare.js") == [
        "No module that pages of 'admin', 'default', 'public' load imports 'demo/spare.js'."
    ]
    assert reasons("#dom", "default")[0] == "No module that pages of 'default' load imports '#dom'."


def test_entries_of_other_contexts_where_packages_are_isolated() -> None:
    """They are for the modules that import them."""
    answer = ask("demo/editor", "public", isolate=True)
    [item] = answer["found"]
    assert (item["loaded"], item["users"], item["contexts"]) == (["public"], ["demo"], ["admin"])
    assert answer["reasons"] == [
        "Page scripts cannot import it: it is mapped for the modules of these packages only."
    ]
    assert "users" not in found("demo/editor", "admin", isolate=True)


def test_names_that_there_are_not() -> None:
    assert reasons("demo/edito") == ["demo 1.0 has no entry 'demo/edito'. Did you mean 'demo/editor'?"]
    assert reasons("demo/dom") == [
        "demo 1.0 has no entry 'demo/dom'.",
        "Its own modules have '#dom', which is private to them.",
    ]
    assert reasons("xyz/x") == ["No package has the namespace of 'xyz/x'."]
    assert reasons("lti") == ["No package has the namespace of 'lti'. Did you mean 'lit'?"]
    assert reasons("@xyz/xyz") == ["No package has the namespace of '@xyz/xyz'."]
    assert reasons("#dm") == ["No package has the private name '#dm'. Did you mean '#dom'?"]
    assert reasons("/static/demo/none.js") == [
        "No package has a file that is served at '/static/demo/none.js'."
    ]


def test_who_imports_what_is_not_there() -> None:
    assert ask("nobody", "admin")["importers"] == [["demo/editor", "demo/editor.js", "nobody"]]


def test_below_a_prefix() -> None:
    [item] = ask("demo/l/fr.js")["found"]
    assert (item["url"], "file" in item) == (None, False)
    assert reasons("demo/l/fr.js") == ["The file 'demo/l/fr.js' is not there."]


def test_a_prefix() -> None:
    """Nobody imports it as it is."""
    assert reasons("demo/l/") == ["'demo/l/' is a prefix and no module: ask for a name that begins with it."]


def test_files_that_are_missing(site: SiteFolder) -> None:
    """What the manifest says is all that is known of them."""
    (static(site, "demo") / "demo" / "view.js").unlink()
    item = found("demo/view")
    assert (item["size"], item["sha384"], "file" in item) == (4, sha384("view"), False)


def test_files_that_are_not_served() -> None:
    serves = Serves("/s/{path}", {"demo/view.js": ""})
    assert reasons("demo/view", static=serves) == ["The site does not serve 'demo/view.js'."]


def test_distributions_that_take_no_part(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reasons("demo/editor", disable=["demo"]) == [
        "No package has the namespace of 'demo/editor'.",
        "The site disables the distribution demo.",
    ]
    site.install("broken", manifest=2)
    [first, *others] = reasons("broken/x")
    assert (first, others) == (
        "No package has the namespace of 'broken/x'.",
        [
            (
                "broken: broken-1.0.dist-info/extra_metadata/importmap.json: the manifest has format 2; "
                "this release reads format 1.\n    python -m pip install --upgrade hatch-importmap"
            )
        ],
    )
    version = importlib.metadata.version("pytest")
    assert reasons("pytest")[1:] == [
        f"pytest {version} is installed, but ships no modules: it has no entry point of group 'importmap'."
    ]


def test_a_distribution_with_another_namespace(site: SiteFolder) -> None:
    """And a file of one that is no module."""
    ship(site, "kit-for-icons", {"icons/a.js": "a"}, {"a": "icons/a.js"}, namespace="icons")
    assert reasons("kit-for-icons/a") == [
        "No package has the namespace of 'kit-for-icons/a'. Did you mean 'icons/a'?",
        "kit-for-icons has the namespace 'icons'.",
    ]
    assert reasons("Demo/logo.png") == [
        "No package has the namespace of 'Demo/logo.png'.",
        "demo has the namespace 'demo'.",
    ]


def test_names_that_are_left_to_the_site(site: SiteFolder) -> None:
    ship(
        site,
        "app",
        {"app/a.js": "a"},
        edges={"app/a.js": {"imports": ["react/jsx"]}},
        ignore=["vue", "react/"],
    )
    answer = ask("react/jsx")
    assert answer["reasons"] == [
        "No package has the namespace of 'react/jsx'.",
        "app leaves it to the site: importmap.configure(imports={'react/jsx': ...})",
    ]


def test_a_version_that_is_not_known(tmp_path: Path) -> None:
    """And an application, whose files are where it is."""
    table = '[tool.importmap]\nnamespace = "shop"\nimports.cart = "shop/cart.js"\n'
    files: Files = {"pyproject.toml": table, "static": {"shop": {"cart.js": "cart"}}}
    project = write(tmp_path / "shop", files) / "pyproject.toml"
    assert reasons("shop/card", project=project) == [
        "shop has no entry 'shop/card'. Did you mean 'shop/cart'?"
    ]
    item = found("shop/cart", project=project)
    assert item["file"] == str(tmp_path / "shop" / "static" / "shop" / "cart.js")


def test_what_is_raised(site: SiteFolder) -> None:
    with pytest.raises(UnknownContextError):
        ask("demo/editor", "amdin")
    site.install("other", namespace="demo")
    with pytest.raises(ConflictError):
        ask("demo/editor")


def test_ways_of_many_steps(site: SiteFolder) -> None:
    """The way to the last module of a chain has them all; together they are no square."""
    paths = [f"demo/{number}.js" for number in range(1000)]
    edges = {path: {"imports": [f"./{number + 1}.js", "gone"]} for number, path in enumerate(paths[:-1])}
    ship(site, "demo", dict.fromkeys(paths, ""), {"a": paths[0]}, edges=edges)
    importers = why(Settings(), "gone")["importers"]
    assert importers[:2] == [["demo/a", paths[0], "gone"], ["demo/a", *paths[:2], "gone"]]
    assert 10_000 < sum(map(len, importers)) < 11_000
