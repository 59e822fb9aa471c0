"""Where imports lead: to a file, by a package's scope, a public entry, or one of the site's."""

from __future__ import annotations

from typing import Any

import pytest
from support.composing import edges, graph
from support.site_folder import digest, package

from importmap import Package
from importmap._site.graph import Graph
from importmap._site.packages import Packages
from importmap._site.settings import Settings
from importmap._site.targets import Target

ONE = package(
    "one",
    {".": "one/index.js", "x": "one/x.js", "l/": "one/l/", "l/exact": "one/exact.js", "old": "one/old.js"},
    private={"#dom": {"path": "one/dom.js"}, "#p/": {"path": "one/p/"}, "#p/deep/": {"path": "one/deep/"}},
    vendored={"lit": {"path": "one/lit.js", "version": "3"}, "d3/": {"path": "one/d3/", "version": "7"}},
    requires={"react": "*", "two": ">=1", "gone": "*"},
    ignore=["jquery", "@s/pkg/"],
    modules=graph(
        {
            f"one/{name}.js": []
            for name in ("index", "x", "l/a", "exact", "old", "dom", "p/a", "deep/a", "lit", "d3/a")
        }
    ),
)
TWO = package(
    "two",
    {
        "x": {"path": "two/x.js", "contexts": ["admin"]},
        "cdn": {"url": "https://cdn.example/x.js", "integrity": f"sha384-{digest('x')}"},
    },
    namespace="@acme/two",
    vendored={"react": {"path": "two/react.js", "version": "19"}},
)
SITE = Settings(
    imports={
        "shop/": "/shop/",
        "cart": "two/x.js",
        "lit": "/lit.js",
        "own": "shop/own.js",
        "@acme/": "/acme/",
    },
    overrides={"one/old": "two/x.js", "one/x": None, "cart": "one/x.js"},
)
PACKAGES = Packages([TWO, ONE])
GRAPH = Graph(PACKAGES, SITE)


def shown(target: Target) -> tuple[str, str, str | None, str | None]:
    """Return the rule, the key, the distribution, and the path or URL."""
    owner = None if target.package is None else target.package.distribution
    return target.rule, target.key, owner, target.path or target.url


NOTHING = ("nothing", "", None, None)


@pytest.mark.parametrize(
    ("specifier", "target"),
    [
        # The scope of the package: private, borrowed, vendored
        ("#dom", ("scope", "#dom", "one", "one/dom.js")),
        ("#p/a.js", ("scope", "#p/", "one", "one/p/a.js")),
        ("#p/deep/a.js", ("scope", "#p/deep/", "one", "one/deep/a.js")),
        ("#p/deep/none.js", ("nothing", "#p/deep/", "one", "one/deep/none.js")),
        ("#p/", ("scope", "#p/", "one", "one/p/")),
        ("#p", NOTHING),
        ("react", ("scope", "react", "two", "two/react.js")),
        ("react/jsx", NOTHING),
        ("lit", ("scope", "lit", "one", "one/lit.js")),
        ("d3/a.js", ("scope", "d3/", "one", "one/d3/a.js")),
        # Public entries
        ("one", ("public", "one", "one", "one/index.js")),
        ("one/l/exact", ("public", "one/l/exact", "one", "one/exact.js")),
        ("one/l/a.js", ("public", "one/l/", "one", "one/l/a.js")),
        ("one/l/b.js", ("nothing", "one/l/", "one", "one/l/b.js")),
        ("one/l/", ("public", "one/l/", "one", "one/l/")),
        ("one/none", NOTHING),
        ("@acme/two/x", ("public", "@acme/two/x", "two", "two/x.js")),
        ("@acme/two/cdn", ("public", "@acme/two/cdn", "two", "https://cdn.example/x.js")),
        # What the site overrides
        ("one/old", ("site", "one/old", "two", "two/x.js")),
        ("one/x", ("site", "one/x", None, None)),
        # The site's own
        ("shop/cart.js", ("site", "shop/", None, "/shop/cart.js")),
        ("cart", ("site", "cart", "one", "one/x.js")),
        ("own", ("site", "own", None, "shop/own.js")),
        ("@acme/two/none", ("site", "@acme/", None, "/acme/two/none")),
        ("@acme/three", ("site", "@acme/", None, "/acme/three")),
        ("nobody", NOTHING),
        ("gone", NOTHING),
    ],
)
def test_targets(specifier: str, target: tuple[str, str, str | None, str | None]) -> None:
    assert shown(GRAPH.target(ONE, specifier)) == target
    # One object stands for each target.
    assert GRAPH.target(ONE, specifier) is GRAPH.target(ONE, specifier)


def test_another_package_has_another_scope() -> None:
    assert shown(GRAPH.target(TWO, "lit")) == ("site", "lit", None, "/lit.js")
    assert shown(GRAPH.target(TWO, "#dom")) == NOTHING
    # What no scope has is the same for all.
    assert GRAPH.target(TWO, "one/l/a.js") is GRAPH.target(ONE, "one/l/a.js") is GRAPH.outside("one/l/a.js")


def test_imports() -> None:
    """Each as it is written, the static ones first. A relative import leads to the file itself."""
    modules: Any = {
        "demo/index.js": edges("./deep/x.js", "#dom", "nobody", dynamic=["./deep/x.js", "demo"]),
        "demo/deep/x.js": edges("../index.js", "../none.js"),
        "demo/dom.js": {},
    }
    demo = package("demo", {".": "demo/index.js"}, private={"#dom": {"path": "demo/dom.js"}})
    # No reader of manifests lets the import of a file pass that is not there.
    packages = Packages([demo.with_manifest({**demo.manifest, "modules": modules})])
    found = Graph(packages, Settings())
    index, deep, dom = (packages.by_path[path] for path in ("demo/index.js", "demo/deep/x.js", "demo/dom.js"))
    imports = found.imports(index)
    assert [(specifier, is_static) for specifier, is_static, _ in imports] == [
        ("./deep/x.js", True),
        ("#dom", True),
        ("nobody", True),
        ("./deep/x.js", False),
        ("demo", False),
    ]
    targets = [target for _, _, target in imports]
    assert targets[0] is targets[3] is deep
    assert [[*target.files] for target in targets] == [[deep], [dom], [], [deep], [index]]
    assert [target.names for target in targets] == [("",), ("#dom",), ("",), ("",), ("demo",)]
    assert found.imports(index) is imports
    assert [target.rule for _, _, target in found.imports(deep)] == ["relative", "nothing"]
    assert found.imports(dom) == []
    assert repr(deep) == "<File 'demo/deep/x.js' of demo>"


def test_names_of_a_file_below_a_prefix() -> None:
    """A prefix cannot lead to hashed URLs, so that the file has a name of its own."""
    assert GRAPH.target(ONE, "#p/a.js").names == ("#p/", "#p/a.js")
    assert GRAPH.outside("shop/cart.js").names == ("shop/",)


@pytest.mark.parametrize(
    ("specifier", "owner"),
    [
        ("one", ONE),
        ("one/x/y", ONE),
        ("one/", ONE),
        ("@acme/two", TWO),
        ("@acme/two/x", TWO),
        ("@acme", None),
        ("@acme/three", None),
        ("two", None),
        ("onetwo", None),
        ("#dom", None),
    ],
)
def test_owners(specifier: str, owner: Package | None) -> None:
    assert PACKAGES.owner(specifier) is owner


@pytest.mark.parametrize(
    ("specifier", "is_excused"),
    [
        ("jquery", True),
        ("jquery/x.js", True),
        ("jquery-ui", False),
        ("@s/pkg/x", True),
        ("gone", True),
        ("gone/x", True),
        # Is there, so that nothing else says that this is missing:
        ("react/jsx", False),
        ("nobody", False),
        ("one/none", False),
    ],
)
def test_excuses(specifier: str, is_excused: bool) -> None:
    assert GRAPH.is_excused(ONE, specifier) == is_excused


def test_a_requirement_that_the_site_meets_is_no_excuse() -> None:
    two = package("two", {"x": "two/x.js"}, requires={"lit": "*", "one": "*"})
    met = Graph(Packages([ONE, two]), SITE)
    assert not met.is_excused(two, "lit/decorators.js")
    assert not met.is_excused(two, "one/none")
    assert Graph(Packages([ONE, two]), Settings()).is_excused(two, "vue") is False
    alone = Graph(Packages([two]), Settings())
    assert alone.is_excused(two, "lit/decorators.js")
    assert alone.is_excused(two, "one/none")


def test_the_first_package_that_ships_a_file() -> None:
    same = {"shared/x.js": {"sha384": digest("x"), "imports": ["./x.js"]}}
    one, two = (package(name, {"x": "shared/x.js"}, modules=same) for name in ("one", "two"))
    packages = Packages([one, two])
    file = packages.file("shared/x.js")
    assert file is not None
    assert file.package is one
    assert packages.files(two, "shared/x.js") == packages.files(two, "shared/") == [file]
    assert packages.file("two/none.js") is None
    assert packages.files(two, "two/none.js") == packages.files(two, "two/") == []
    found = Graph(packages, Settings(imports={"shop": "shared/x.js"}))
    assert shown(found.decision("shop")) == ("site", "shop", "one", "shared/x.js")


def test_files_of_a_folder() -> None:
    """All that lie below it, and none that only begins with its letters."""
    paths = ("one/a.js", "one/a/b.js", "one/a-b.js", "one/a/c/d.js", "one/a0.js", "one/b.js")
    one = package("one", {"a/": "one/a/"}, modules=graph({path: [] for path in paths}))
    packages = Packages([one])
    assert [file.path for file in packages.files(one, "one/a/")] == ["one/a/b.js", "one/a/c/d.js"]
    assert [file.path for file in packages.files(one, "one/")] == sorted(paths)


def test_versions_of_a_third_party_module() -> None:
    found = Packages([ONE, TWO])
    assert [copy.package for copy in found.versions_of("lit")] == [ONE]
    assert [copy.version for copy in found.versions_of("react")] == ["19"]
    assert found.versions_of("vue") == ()


def test_names_that_are_below_a_borrowed_one() -> None:
    """They come from the same package, and so in the same version."""
    lit = {
        "lit": {"path": "old/lit.js", "version": "3.0"},
        "lit/decorators.js": {"path": "old/d.js", "version": "3.0"},
        "lit-html": {"path": "old/h.js", "version": "3.0"},
    }
    new = {
        "lit": {"path": "new/lit.js", "version": "3.1"},
        "lit/decorators.js": {"path": "new/d.js", "version": "3.1"},
    }
    page = package("page", {"x": "page/x.js"}, requires={"lit": ">=3"})
    found = [package("new", vendored=new), package("old", vendored=lit), page]
    both = Graph(Packages(found), Settings())
    assert shown(both.target(page, "lit")) == ("scope", "lit", "new", "new/lit.js")
    assert shown(both.target(page, "lit/decorators.js")) == (
        "scope",
        "lit/decorators.js",
        "new",
        "new/d.js",
    )
    assert shown(both.target(page, "lit-html")) == NOTHING
