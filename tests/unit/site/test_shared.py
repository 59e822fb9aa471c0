"""Third-party modules that a site shares: one copy for page scripts, and for all whom it satisfies."""

from __future__ import annotations

from typing import Any

import pytest
from support.composing import compose, edges, graph
from support.serving import Serves
from support.site_folder import SiteFolder, digest, package

from importmap import ConflictError, Diagnostic, ImportMap, Package
from importmap._site.settings import Settings
from importmap._tools.check import check_site
from importmap._tools.why import why


def carries(name: str, version: str, *needs: str, uses: str = "lit", **more: Any) -> Package:
    """A package with its own copy of lit, and what it says about other versions."""
    modules = {f"{name}/x.js": [uses], f"{name}/lit.js": []}
    return package(
        name,
        {"x": f"{name}/x.js"},
        modules=graph(modules),
        **{
            "vendored": {"lit": {"path": f"{name}/lit.js", "version": version}},
            "requires": dict.fromkeys(["lit"][: len(needs)], *needs),
            **more,
        },
    )


def asks(name: str, wanted: str) -> Package:
    return package(
        name, {"x": f"{name}/x.js"}, modules=graph({f"{name}/x.js": ["lit"]}), requires={"lit": wanted}
    )


def shared(*found: Package, **settings: Any) -> tuple[ImportMap, list[str]]:
    import_map, diagnostics = compose(found, **{"shared": ["lit"], **settings})
    return import_map, [f"{each.code} {each.severity}: {each}" for each in diagnostics]


def test_a_single_copy() -> None:
    import_map, said = shared(carries("a", "3.2.1"))
    assert (import_map.imports, import_map.scopes) == (
        {"a/x": "/static/a/x.js", "lit": "/static/a/lit.js"},
        {},
    )
    assert said == ["IM225 info: a: 'lit' 3.2.1 is shared."]


def test_everybody_whom_it_satisfies() -> None:
    """The copy with which most can do; of these the highest version."""
    found = [
        carries("a", "3.2.1", ">=3,<4"),
        carries("b", "3.3.0", ">=3,<4"),
        carries("c", "4.0"),
        asks("d", ">=3"),
    ]
    import_map = ImportMap()
    for order in (found, found[::-1]):
        import_map, said = shared(*order)
        assert import_map.imports["lit"] == "/static/b/lit.js"
        assert import_map.scopes == {"/static/c/": {"lit": "/static/c/lit.js"}}
        assert said == [
            "IM225 info: b: 'lit' 3.3.0 is shared.",
            "IM225 info: c: keeps its own 'lit' 4.0: the shared one is 3.3.0, and this package needs ==4.0.",
        ]
    page = import_map.with_base_url("https://site.example/")
    for name, copy in {"a": "b", "b": "b", "c": "c", "d": "b"}.items():
        closure = [f"https://site.example/static/{path}" for path in (f"{name}/x.js", f"{copy}/lit.js")]
        assert page.closure(f"{name}/x") == closure


def test_whose_copy() -> None:
    import_map, said = shared(carries("a", "3.2.1"), carries("b", "4.0"), shared={"lit": "A"})
    assert import_map.imports["lit"] == "/static/a/lit.js"
    assert said[1] == (
        "IM225 info: b: keeps its own 'lit' 4.0: the shared one is 3.2.1, and this package needs ==4.0."
    )


def test_a_package_that_it_does_not_satisfy() -> None:
    """It has no copy of its own, and is told of what there is."""
    import_map, said = shared(
        carries("a", "3.2.1"), carries("b", "4.0"), asks("c", ">=5"), shared={"lit": "a"}
    )
    assert "/static/c/" not in import_map.scopes
    assert said == [
        "IM225 info: a: 'lit' 3.2.1 is shared.",
        "IM225 info: b: keeps its own 'lit' 4.0: the shared one is 3.2.1, and this package needs ==4.0.",
        "IM225 info: c: does not get the shared 'lit': it is 3.2.1, and this package needs >=5.",
        "IM207 warning: c: requires 'lit' >=5; installed: 3.2.1 in a, 4.0 in b.",
    ]
    import_map, _ = shared(carries("a", "3.2.1"), carries("b", "4.0"), asks("c", ">=4"), shared={"lit": "a"})
    assert import_map.scopes["/static/c/"] == {"lit": "/static/b/lit.js"}


def test_names_below_it_go_with_it() -> None:
    """And a package whose names below it the shared copy lacks keeps its own."""

    def with_more(name: str, *more: str) -> Package:
        keys = {"lit": f"{name}/lit.js", **{f"lit/{key}": f"{name}/{key}" for key in more}}
        modules = {f"{name}/x.js": [*keys][:1] + [f"lit/{key}" for key in more if not key.endswith("/")]}
        files: dict[str, list[str]] = {path: [] for path in keys.values() if not path.endswith("/")}
        return package(
            name,
            {"x": f"{name}/x.js"},
            modules=graph({**modules, **files}),
            vendored={key: {"path": path, "version": "3"} for key, path in keys.items()},
        )

    found = [with_more("a", "html.js"), with_more("b", "html.js"), with_more("c", "css.js", "html.js")]
    import_map, said = shared(*found, shared={"lit": "a"})
    assert import_map.imports["lit/html.js"] == "/static/a/html.js"
    assert list(import_map.scopes) == ["/static/c/"]
    assert said[1] == (
        "IM225 info: c: keeps its own 'lit' 3: the shared one is 3 of a, which has no 'lit/css.js'."
    )


def test_prefixes() -> None:
    """Each file has a name of its own, for a prefix cannot lead to hashed URLs."""
    vendored = {"lit/": {"path": "a/lit/", "version": "3"}}
    found = package(
        "a",
        {"x": "a/x.js"},
        modules=graph({"a/x.js": ["lit/y.js"], "a/lit/y.js": [], "a/z.js": []}),
        vendored=vendored,
    )
    import_map, _ = shared(found, shared=["lit/"])
    assert import_map.imports == {
        "a/x": "/static/a/x.js",
        "lit/": "/static/a/lit/",
        "lit/y.js": "/static/a/lit/y.js",
    }
    assert import_map.closure("a/x") == ["/static/a/x.js", "/static/a/lit/y.js"]


def test_code_that_leaves_it_to_the_site() -> None:
    """Names in `ignore`, which the site provides in this way."""
    modules = graph({"b/x.js": ["lit", "lit/none.js"]})
    b = package("b", {"x": "b/x.js"}, modules=modules, ignore=["lit"])
    import_map, said = shared(carries("a", "3"), b)
    assert import_map.closure("b/x") == ["/static/b/x.js", "/static/a/lit.js"]
    assert len(said) == 1


def test_modules_of_a_page() -> None:
    import_map, _ = compose([carries("a", "3")], ["default"], ["lit"], shared=["lit"])
    assert import_map.imports == {"lit": "/static/a/lit.js"}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (["lot"], "shared: no package carries a copy of 'lot'. Did you mean 'lit'?"),
        ({"lit": "b"}, "shared['lit']: b carries no copy of 'lit'; these do: a."),
    ],
)
def test_what_cannot_be_shared(wanted: Any, message: str) -> None:
    import_map, diagnostics = compose([carries("a", "3"), package("b")], shared=wanted)
    assert "lit" not in import_map.imports
    assert diagnostics == [
        Diagnostic("IM204", "warning", message.partition(": ")[2], place=message.partition(": ")[0])
    ]


def test_a_copy_that_is_not_served() -> None:
    """It is left out, and that is said."""
    import_map, diagnostics = compose(
        [carries("a", "3")], shared=["lit"], static=Serves("/s/{path}", {"a/lit.js": ""})
    )
    assert (import_map.imports, import_map.scopes) == ({"a/x": "/s/a/x.js"}, {})
    assert [found.code for found in diagnostics] == ["IM225", "IM205"]


def test_a_name_that_a_package_owns() -> None:
    with pytest.raises(ConflictError) as caught:
        compose([carries("a", "3"), package("lit")], shared=["lit"])
    assert (
        str(caught.value) == "lit: shared: 'lit' is a name of this distribution, whose modules are no copies."
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"shared": "lit"}, "shared must be a list of specifiers, or a mapping to distributions, not 'lit'"),
        ({"shared": 3}, "shared must be a list of specifiers, or a mapping to distributions, not 3"),
        ({"shared": [3]}, "shared: a specifier must be a string, not 3"),
        ({"shared": {"lit": 3}}, "shared['lit']: the name of a distribution must be a string, not 3"),
        (
            {"shared": ["lit"], "imports": {"lit": "/lit.js"}},
            "shared: 'lit' is one of imports as well: only one of them can map it",
        ),
    ],
)
def test_what_cannot_be_meant(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        Settings(**settings)
    assert str(caught.value) == message


# The commands


@pytest.fixture
def two_copies(site: SiteFolder) -> SiteFolder:
    for name, text in {"a": "// 3.2", "b": "// another 3.2"}.items():
        modules = {f"{name}/x.js": edges("lit"), f"{name}/lit.js": edges(sha384=digest(text))}
        vendored = {"lit": {"path": f"{name}/lit.js", "version": "3.2"}}
        site.install(name, {"x": f"{name}/x.js"}, modules=modules, vendored=vendored)
        files = {"lit.js": text, "x.js": 'import "lit"'}
        site.add({name: {"__init__.py": "", "static": {name: files}}})
    return site


def test_check_says_what_a_shared_copy_would_save(two_copies: SiteFolder) -> None:
    _, found = check_site(Settings())
    assert [str(each) for each in found if each.code == "IM226"] == [
        "one copy of 'lit' in place of 2 would save 6 of 44 bytes.\n    importmap.configure(shared=['lit'])"
    ]
    _, found = check_site(Settings(shared=["lit"]))
    assert [str(each) for each in found] == ["b: 'lit' 3.2 is shared."]


def test_check_where_no_copy_satisfies_another(two_copies: SiteFolder) -> None:
    vendored = {"lit": {"path": "c/lit.js", "version": "4"}}
    two_copies.install(
        "c", {"x": "c/x.js"}, modules={"c/x.js": edges("lit"), "c/lit.js": {}}, vendored=vendored
    )
    two_copies.add({"c": {"__init__.py": "", "static": {"c": {"lit.js": "// 4", "x.js": 'import "lit"'}}}})
    _, found = check_site(Settings(disable=["b"]))
    assert found == []


def test_why_a_shared_module(two_copies: SiteFolder) -> None:
    answer = why(Settings(shared={"lit": "a"}), "lit")
    [found] = answer["found"]
    assert (found["kind"], found["path"], found["users"], found["loaded"]) == (
        "shared",
        "a/lit.js",
        ["a", "b"],
        ["default"],
    )
    assert found["importers"] == [["a/x", "a/x.js", "lit"], ["b/x", "b/x.js", "lit"]]
    assert answer["reasons"] == []
