"""What a bare import stands for: a name in the package's scope, a public entry, or one of the site's."""

from __future__ import annotations

import pytest
from support.composing import graph
from support.site_folder import digest, package

from importmap import Package
from importmap._site.graph import Graph, Target
from importmap._site.settings import Settings

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
GRAPH = Graph([TWO, ONE], SITE)


def shown(target: Target | None) -> tuple[str, str | None, str | None, bool] | None:
    """Name, distribution, path, and whether a scope maps it."""
    if target is None:
        return None
    owner = None if target.owner is None else target.owner.distribution
    return target.name, owner, target.path, target.is_scoped


@pytest.mark.parametrize(
    ("specifier", "target"),
    [
        # The scope of the package: private, borrowed, vendored
        ("#dom", ("#dom", "one", "one/dom.js", True)),
        ("#p/a.js", ("#p/", "one", "one/p/a.js", True)),
        ("#p/deep/a.js", ("#p/deep/", "one", "one/deep/a.js", True)),
        ("#p/deep/none.js", None),
        ("#p/", ("#p/", "one", "one/p/", True)),
        ("#p", None),
        ("react", ("react", "two", "two/react.js", True)),
        ("react/jsx", None),
        ("lit", ("lit", "one", "one/lit.js", True)),
        ("d3/a.js", ("d3/", "one", "one/d3/a.js", True)),
        # Public entries
        ("one", ("one", "one", "one/index.js", False)),
        ("one/l/exact", ("one/l/exact", "one", "one/exact.js", False)),
        ("one/l/a.js", ("one/l/", "one", "one/l/a.js", False)),
        ("one/l/b.js", None),
        ("one/l/", ("one/l/", "one", "one/l/", False)),
        ("one/none", None),
        ("@acme/two/x", ("@acme/two/x", "two", "two/x.js", False)),
        ("@acme/two/cdn", ("@acme/two/cdn", "two", None, False)),
        # What the site overrides
        ("one/old", ("one/old", "two", "two/x.js", False)),
        ("one/x", ("one/x", None, None, False)),
        # The site's own
        ("shop/cart.js", ("shop/", None, None, False)),
        ("cart", ("cart", "one", "one/x.js", False)),
        ("own", ("own", None, "shop/own.js", False)),
        ("@acme/two/none", ("@acme/", None, None, False)),
        ("@acme/three", ("@acme/", None, None, False)),
        ("nobody", None),
        ("gone", None),
    ],
)
def test_targets(specifier: str, target: tuple[str, str | None, str | None, bool] | None) -> None:
    assert shown(GRAPH.target(ONE, specifier)) == target
    # What was found is remembered.
    assert GRAPH.target(ONE, specifier) is GRAPH.target(ONE, specifier)


def test_another_package_has_another_scope() -> None:
    assert shown(GRAPH.target(TWO, "lit")) == ("lit", None, None, False)
    assert GRAPH.target(TWO, "#dom") is None
    assert shown(GRAPH.target(TWO, "one/l/a.js")) == ("one/l/", "one", "one/l/a.js", False)


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
    assert GRAPH.owner(specifier) is owner


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
    met = Graph([ONE, two], SITE)
    assert not met.is_excused(two, "lit/decorators.js")
    assert not met.is_excused(two, "one/none")
    assert Graph([ONE, two], Settings()).is_excused(two, "vue") is False
    alone = Graph([two], Settings())
    assert alone.is_excused(two, "lit/decorators.js")
    assert alone.is_excused(two, "one/none")


def test_the_first_package_that_ships_a_file() -> None:
    same = {"shared/x.js": {"sha384": digest("x"), "imports": ["./x.js"]}}
    one, two = (package(name, {"x": "shared/x.js"}, modules=same) for name in ("one", "two"))
    both = Graph([one, two], Settings())
    assert both.shipper(two, "shared/x.js") is one
    assert both.shipper(two, "two/none.js") is two
    assert shown(both.file("shop", "shared/x.js")) == ("shop", "one", "shared/x.js", False)


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
    both = Graph(found, Settings())
    assert shown(both.target(page, "lit")) == ("lit", "new", "new/lit.js", True)
    assert shown(both.target(page, "lit/decorators.js")) == ("lit/decorators.js", "new", "new/d.js", True)
    assert both.target(page, "lit-html") is None
