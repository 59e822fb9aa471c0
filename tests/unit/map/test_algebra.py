"""Unions and differences of maps."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from importmap import ConflictError, Diagnostic, ImportMap

A = ImportMap(
    {"a": "/a.js"}, {"/s/": {"x": "/x.js"}}, {"/a.js": "sha384-a"}, {"/a.js": ["/x.js"]}, contexts=["p"]
)
B = ImportMap({"b": "/b.js"}, {"/s/": {"y": "/y.js"}, "/t/": {"x": None}}, contexts=["q", "p"])


def test_union() -> None:
    both = A | B
    assert both == ImportMap(
        {"a": "/a.js", "b": "/b.js"},
        {"/s/": {"x": "/x.js", "y": "/y.js"}, "/t/": {"x": None}},
        {"/a.js": "sha384-a"},
        {"/a.js": ["/x.js"]},
    )
    assert both.contexts == ("p", "q")


def test_union_of_equal_values() -> None:
    assert A | A == A


def test_union_names_every_disagreement() -> None:
    one = ImportMap({"a": "/a.js", "b": "/b.js"}, {"/s/": {"x": None}}, {"/a.js": "1"}, {"/a.js": ["/b.js"]})
    other = ImportMap({"a": "/c.js", "b": "/b.js"}, {"/s/": {"x": "/x.js"}}, {"/a.js": "2"}, {"/a.js": []})
    with pytest.raises(ConflictError) as caught:
        one | other
    assert caught.value.diagnostics == tuple(
        Diagnostic("IM211", "error", message, place=place)
        for place, message in [
            ("depcache", "'/a.js' is ('/b.js',) in one map and () in the other."),
            ("imports", "'a' is '/a.js' in one map and '/c.js' in the other."),
            ("integrity", "'/a.js' is '1' in one map and '2' in the other."),
            ("scopes['/s/']", "'x' is None in one map and '/x.js' in the other."),
        ]
    )


def test_override() -> None:
    """Later wins, and what only one of them has stays."""
    later = ImportMap({"a": None}, {"/s/": {"x": "/other.js"}}, contexts=["q"])
    merged = A.override(later)
    assert merged == ImportMap(
        {"a": None}, {"/s/": {"x": "/other.js"}}, {"/a.js": "sha384-a"}, {"/a.js": ["/x.js"]}
    )
    assert merged.contexts == ("p", "q")


def test_isolation_is_a_rule_of_maps_with_scopes() -> None:
    isolated = ImportMap(scopes={"/i/": {}}, isolated_scopes=True)
    for operate in (operator.or_, operator.sub):
        with pytest.raises(ConflictError) as caught:
            operate(A, isolated)
        said = "True in one map and False" if operate is operator.sub else "False in one map and True"
        assert str(caught.value) == f"isolatedScopes: 'isolatedScopes' is {said} in the other."
    plain, flag = ImportMap({"a": "/a.js"}), ImportMap(isolated_scopes=True)
    for both in (plain | isolated, isolated | plain, flag | isolated, plain.override(isolated) | isolated):
        assert (both.isolated_scopes, both.scopes) == (True, {"/i/": {}})
    assert A.override(isolated).isolated_scopes
    assert not (plain | A).isolated_scopes
    more = ImportMap(scopes={"/i/": {"x": "/x.js"}, "/j/": {"x": "/x.js"}}, isolated_scopes=True)
    assert more - isolated == more
    assert isolated - isolated == ImportMap(isolated_scopes=True)


@pytest.mark.parametrize("operate", [operator.or_, operator.sub])
@pytest.mark.parametrize("other", [{"a": "/a.js"}, None, "a"])
def test_operands_are_maps(operate: Callable[[Any, Any], object], other: object) -> None:
    with pytest.raises(TypeError, match="unsupported operand type"):
        operate(A, other)
    with pytest.raises(TypeError, match="unsupported operand type"):
        operate(other, A)


def scope(name: str, **names: str | None) -> ImportMap:
    return ImportMap(scopes={name: names})


def imports(**names: str | None) -> ImportMap:
    return ImportMap({key.replace("_", "/"): value for key, value in names.items()})


EMPTY = ImportMap()

DIFFERENCES = {
    "new": (imports(a="/a.js"), imports(b="/b.js"), imports(a="/a.js")),
    "same": (imports(a="/a.js", b="/b.js"), imports(b="/b.js"), imports(a="/a.js")),
    "both blocked": (imports(a=None), imports(a=None), EMPTY),
    "below a prefix, same": (imports(a_b="/a/b"), imports(a_="/a/"), EMPTY),
    "below the longest prefix": (imports(a_b_c="/x/c"), imports(a_="/a/", a_b_="/x/"), EMPTY),
    "below a blocked prefix, blocked": (imports(a_b=None), imports(a_=None), EMPTY),
    "a wider prefix": (imports(a_="/a/"), imports(a_b_="/x/"), imports(a_="/a/")),
    "a prefix that only looks alike": (imports(ab="/ab"), imports(a_="/a/"), imports(ab="/ab")),
    "scope entry, as the imports have it": (scope("/s/", a="/s/a.js"), imports(a="/s/a.js"), EMPTY),
    "scope entry, as a prefix has it": (
        ImportMap(scopes={"/s/": {"a/b": "/s/a/b"}}),
        imports(a_="/s/a/"),
        EMPTY,
    ),
    "scope of modules that the base cannot load": (
        scope("/s/", a="/1"),
        imports(a="/2"),
        scope("/s/", a="/1"),
    ),
    "scope of a module that the base cannot load": (
        scope("/s/m.js", a="/1"),
        imports(a="/2", m="/s/n.js"),
        scope("/s/m.js", a="/1"),
    ),
    "scope entry, as an outer scope has it": (scope("/s/p/", a="/a.js"), scope("/s/", a="/a.js"), EMPTY),
    "scope entry, as the innermost scope has it": (
        scope("/s/p/m.js", a="/1"),
        ImportMap({"a": "/3"}, {"/s/": {"a": "/2"}, "/s/p/": {"a": "/1"}}),
        EMPTY,
    ),
    "scope entry, as a prefix in the same scope has it": (
        ImportMap(scopes={"/s/": {"a/b": "/a/b"}}),
        ImportMap(scopes={"/s/": {"a/": "/a/"}}),
        EMPTY,
    ),
    "scope entry of its own": (scope("/s/", a="/1"), scope("/t/", a="/2"), scope("/s/", a="/1")),
    "no outer scope without a slash": (scope("/s/p/", a="/1"), scope("/s", a="/2"), scope("/s/p/", a="/1")),
    "import that a scope has": (imports(a="/1"), scope("/s/", a="/2"), imports(a="/1")),
    "integrity": (
        ImportMap({"a": "/a.js"}, integrity={"/a.js": "1", "/b.js": "2"}),
        ImportMap({"a": "/a.js"}, integrity={"/a.js": "1"}),
        ImportMap(integrity={"/b.js": "2"}),
    ),
    "integrity below a prefix": (
        ImportMap(integrity={"a/b": "1"}),
        imports(a_="/a/"),
        ImportMap(integrity={"a/b": "1"}),
    ),
    "depcache": (
        ImportMap(depcache={"/a.js": ["/b.js"], "/b.js": []}),
        ImportMap(depcache={"/a.js": ["/b.js"]}),
        ImportMap(depcache={"/b.js": []}),
    ),
}


@pytest.mark.parametrize(("extra", "base", "needed"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_difference(extra: ImportMap, base: ImportMap, needed: ImportMap) -> None:
    assert extra - base == needed


CONFLICTS = {
    "imports": (imports(a="/a.js"), imports(a="/b.js"), "imports", "a", "/b.js", "/a.js"),
    "blocked": (imports(a="/a.js"), imports(a=None), "imports", "a", None, "/a.js"),
    "below a prefix": (imports(a_b="/x.js"), imports(a_="/a/"), "imports", "a/b", "/a/b", "/x.js"),
    "below a blocked prefix": (imports(a_b="/x.js"), imports(a_=None), "imports", "a/b", None, "/x.js"),
    "a longer prefix": (imports(a_b_="/x/"), imports(a_="/a/"), "imports", "a/b/", "/a/b/", "/x/"),
    "scope": (scope("/s/", a="/1"), scope("/s/", a="/2"), "scopes['/s/']", "a", "/2", "/1"),
    "scope against imports": (
        scope("/s/", a="/1"),
        imports(a="/2", m="/s/m.js"),
        "scopes['/s/']",
        "a",
        "/2",
        "/1",
    ),
    "scope of a module against imports": (
        scope("/s/m.js", a="/1"),
        imports(a="/2", m="/s/m.js"),
        "scopes['/s/m.js']",
        "a",
        "/2",
        "/1",
    ),
    "scope against outer": (scope("/s/p/", a="/1"), scope("/s/", a="/2"), "scopes['/s/p/']", "a", "/2", "/1"),
    "scope against outer before imports": (
        scope("/s/p/", a="/1"),
        ImportMap({"a": "/1"}, {"/s/": {"a": None}}),
        "scopes['/s/p/']",
        "a",
        None,
        "/1",
    ),
    "a blocked URL": (
        ImportMap(scopes={"/s/": {"/v/b.js": "/v/b.js"}}),
        ImportMap({"/v/b.js": None}),
        "scopes['/s/']",
        "/v/b.js",
        None,
        "/v/b.js",
    ),
    "a URL below a blocked prefix": (
        ImportMap(scopes={"/s/m.js": {"/v/b.js": "/v/c.js"}}),
        ImportMap({"/v/": None}),
        "scopes['/s/m.js']",
        "/v/b.js",
        None,
        "/v/c.js",
    ),
    "integrity": (
        ImportMap(integrity={"/a.js": "1"}),
        ImportMap(integrity={"/a.js": "2"}),
        "integrity",
        "/a.js",
        "2",
        "1",
    ),
}


@pytest.mark.parametrize("case", CONFLICTS.values(), ids=CONFLICTS)
def test_difference_that_a_browser_would_not_add(case: tuple[Any, ...]) -> None:
    extra, base, place, key, there, wanted = case
    with pytest.raises(ConflictError) as caught:
        extra - base
    message = f"{key!r} is {there!r} in one map and {wanted!r} in the other."
    assert caught.value.diagnostics == (Diagnostic("IM211", "error", message, place=place),)


def test_a_prefix_opens_no_blocked_url() -> None:
    extra = ImportMap(scopes={"/s/": {"/v/": "/w/"}})
    with pytest.raises(ConflictError):
        extra - ImportMap({"/v/b.js": None})
    assert extra - ImportMap({"/x/b.js": None}) == extra


def test_a_blocked_name_is_blocked_for_who_looks_it_up_there() -> None:
    """Modules that the page does not have yet may have one of their own for a bare name."""
    extra = scope("/s/", a="/s/a.js")
    assert extra - imports(a=None) == extra


def test_difference_keeps_the_contexts() -> None:
    assert (A - B).contexts == ("p",)


# Laws

keys = st.sampled_from(["a", "b", "a/", "a/b", "a/b/", "a/b/c"])


def tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(keys, values, max_size=3).map(
        lambda table: {
            key: value and (value + "/" if key.endswith("/") else value) for key, value in table.items()
        }
    )


addresses = st.sampled_from(["/1", "/2", "/1/b"])
maps = st.builds(
    ImportMap,
    tables(addresses),
    st.dictionaries(st.sampled_from(["/s/", "/s/p/", "/s/p/m.js", "/t/"]), tables(addresses), max_size=2),
    st.dictionaries(st.sampled_from(["/1", "/2"]), st.sampled_from(["sha384-1", "sha384-2"]), max_size=2),
)


def resolve(import_map: ImportMap, base: str, specifier: str) -> str | None:
    """HTML Standard, "resolve a module specifier", for specifiers that are not URLs."""
    scopes = [
        name for name in import_map.scopes if name == base or (name.endswith("/") and base.startswith(name))
    ]
    tables = [import_map.scopes[name] for name in sorted(scopes, reverse=True)]
    for table in [*tables, import_map.imports]:
        for key in sorted(table, reverse=True):
            address = table[key]
            if key == specifier:
                return address
            if key.endswith("/") and specifier.startswith(key):
                return address and address + specifier[len(key) :]
    return None


@given(maps)
def test_idempotent(one: ImportMap) -> None:
    assert one | one == one
    assert one.override(one) == one
    assert one - one == EMPTY
    assert one | EMPTY == one == EMPTY | one
    assert one - EMPTY == one


@given(maps, maps)
def test_commutative(one: ImportMap, other: ImportMap) -> None:
    try:
        both = one | other
    except ConflictError:
        with pytest.raises(ConflictError):
            other | one
    else:
        assert both == other | one == one.override(other)


@given(maps, maps, maps)
def test_associative(one: ImportMap, two: ImportMap, three: ImportMap) -> None:
    with contextlib.suppress(ConflictError):
        assert (one | two) | three == one | (two | three)


urls = st.sampled_from(["/v/", "/v/b.js", "/v/c.js", "/w/", "/w/b.js"])
url_tables = st.dictionaries(urls, st.none() | urls, max_size=3).map(
    lambda table: {
        key: value if value is None or key.endswith("/") == value.endswith("/") else None
        for key, value in table.items()
    }
)


@given(
    st.builds(
        ImportMap, url_tables, st.dictionaries(st.sampled_from(["/s/", "/t/m.js"]), url_tables, max_size=2)
    ),
    url_tables,
    st.sampled_from(["/s/m.js", "/t/m.js", "/elsewhere.js"]),
)
def test_what_a_page_blocks_stays_blocked(extra: ImportMap, table: dict[str, Any], module: str) -> None:
    base = ImportMap(table)
    try:
        page = base | (extra - base)
    except ConflictError:
        assume(False)
    for url in ("/v/b.js", "/v/c.js", "/w/b.js"):
        decided = [key for key in table if key == url or (key.endswith("/") and url.startswith(key))]
        if decided and table[max(decided)] is None:
            assert resolve(page, module, url) is None


@given(maps, maps)
def test_a_page_that_adds_the_difference_resolves_as_before(extra: ImportMap, base: ImportMap) -> None:
    """What `base` decides stays, and what `extra` says holds for every name that it lists."""
    try:
        needed = extra - base
    except ConflictError:
        assume(False)
    page = base | needed
    for key, address in extra.imports.items():
        assert resolve(page, "/elsewhere.js", key) == address
    for name, table in extra.scopes.items():
        for key, address in table.items():
            assert resolve(page, name, key) == address
    assert page - base == needed
    assert needed - base == needed
