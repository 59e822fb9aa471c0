"""What an entry means never depends on the contexts asked for, nor on the order of discovery."""

from __future__ import annotations

from typing import Any

from composing import FLAT, HASHED, OTHER_HOST, QUERY, Serves, compose
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from site_folder import digest, package

from importmap import ConflictError, ImportMap, Package

CONTEXTS = ["admin", "public", "default"]
NAMES = ["one", "two", "three"]

contexts = st.lists(st.sampled_from(CONTEXTS), unique=True, max_size=2)
stems = st.sampled_from(["a", "b", "sub/c", "é"])
third_party = st.sampled_from(["lit", "react"])


@st.composite
def packages(draw: st.DrawFn) -> list[Package]:
    return [draw(one_package(name)) for name in NAMES[: draw(st.integers(1, 3))]]


@st.composite
def one_package(draw: st.DrawFn, name: str) -> Package:
    def path(stem: str) -> str:
        return f"{draw(st.sampled_from([name, name, name, 'shared', f'shared/{name}']))}/{stem}.js"

    imports: dict[str, Any] = {
        stem: {"path": path(stem), "contexts": draw(contexts)} for stem in draw(st.sets(stems, min_size=1))
    }
    if draw(st.booleans()):
        imports["cdn"] = {
            "url": "https://cdn.example/x.js",
            "integrity": f"sha384-{digest('x')}",
            "contexts": draw(contexts),
        }
    private = {f"#{stem}": {"path": path(f"private/{stem}")} for stem in draw(st.sets(stems, max_size=2))}
    vendored = {
        lib: {"path": path(lib), "version": draw(st.sampled_from(["1.0", "2.0", "odd"]))}
        for lib in draw(st.sets(third_party, max_size=1))
    }
    requires = {lib: draw(st.sampled_from(["*", ">=2"])) for lib in draw(st.sets(third_party, max_size=2))}
    more: dict[str, Any] = {}
    files = [
        entry["path"]
        for entry in [*imports.values(), *private.values(), *vendored.values()]
        if "path" in entry
    ]
    if draw(st.booleans()):
        folder = f"{files[0].partition('/')[0]}/"
        imports[""] = {"path": folder, "contexts": draw(contexts)}
    if draw(st.booleans()):
        more["modules"] = {file: {"sha384": digest(file)} for file in [*files, path("unlisted")]}
    return package(name, imports, private=private, vendored=vendored, requires=requires, **more)


statics = st.sampled_from(
    [
        "/static/",
        HASHED,
        QUERY,
        OTHER_HOST,
        FLAT,
        Serves("/s/{path}", {"one/a.js": "", "shared/b.js": "", "one/lit.js": ""}),
        Serves("/s/{folder}{stem}.{hash}{suffix}", {"one/a.js": "/elsewhere.js", "two/b.js": "/s/two/b.js"}),
    ]
)
sites = st.fixed_dictionaries(
    {"static": statics},
    optional={
        "contexts": st.dictionaries(
            st.sampled_from(CONTEXTS),
            st.fixed_dictionaries({}, optional={"enable": st.just(["one"]), "disable": st.just(["two"])}),
        ),
        "imports": st.just({"lit": "/lit.js", "shop/x": "shop/x.js"}),
        "overrides": st.just({"one/a": "/a.js", "two/b": None, "three/a": "one/a.js"}),
    },
)
asked = st.lists(st.sampled_from(CONTEXTS), min_size=1, max_size=2)


def composed(found: list[Package], wanted: list[str], site: dict[str, Any]) -> ImportMap:
    # Every context is known, whatever was generated.
    known = {"contexts": {**{name: {} for name in CONTEXTS}, **site.get("contexts", {})}}
    try:
        return compose(found, wanted, **{**site, **known})[0]
    except ConflictError:
        assume(False)
        raise


@given(packages(), sites, asked, asked)
@settings(deadline=None, max_examples=150)
def test_union(found: list[Package], site: dict[str, Any], one: list[str], other: list[str]) -> None:
    assert composed(found, one, site) | composed(found, other, site) == composed(found, one + other, site)


@given(packages().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), sites, asked)
@settings(deadline=None, max_examples=150)
def test_order(found: tuple[list[Package], list[Package]], site: dict[str, Any], wanted: list[str]) -> None:
    one, other = (composed(order, wanted, site).to_json(extensions=True) for order in found)
    assert one == other


@given(packages(), sites, asked)
@settings(deadline=None, max_examples=150)
def test_names_of_others(found: list[Package], site: dict[str, Any], wanted: list[str]) -> None:
    """A package adds nothing to `imports` but its own names, and the URL keys of its own files."""
    import_map = composed(found, wanted, site)
    own = {name for package in found for name in package.manifest["imports"]}
    for key in import_map.imports:
        assert key in own or key in {"lit", "shop/x"} or key.startswith(("/", "https://cdn.example/s/"))
    for table in import_map.scopes.values():
        for key, url in table.items():
            assert key.startswith("#") or key in {"lit", "react"}
            assert url is not None
