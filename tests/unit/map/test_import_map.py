"""The value: immutable, hashable, picklable, sorted; and its JSON."""

from __future__ import annotations

import copy
import json
import operator
import pickle
from typing import Any

import pytest

from importmap import ConflictError, ImportMap, MissingModuleError

FULL = ImportMap(
    {"b": "/s/b.js", "a": "/s/a.js", "blocked": None},
    {"/s/pkg/": {"#z": "/s/z.js", "#d": "/s/d.js"}, "/s/a.js": {"lit": None}},
    {"/s/b.js": "sha384-b", "/s/a.js": "sha384-a"},
    {"/s/a.js": ["/s/d.js", "/s/b.js"]},
    contexts=["admin", "public"],
)


def test_sorted() -> None:
    assert list(FULL.imports) == ["a", "b", "blocked"]
    assert list(FULL.scopes) == ["/s/a.js", "/s/pkg/"]
    assert list(FULL.scopes["/s/pkg/"]) == ["#d", "#z"]
    assert list(FULL.integrity) == ["/s/a.js", "/s/b.js"]


def test_order_of_edges_is_kept() -> None:
    assert FULL.depcache == {"/s/a.js": ("/s/d.js", "/s/b.js")}


@pytest.mark.parametrize("name", ["imports", "scopes", "integrity", "depcache"])
def test_mappings_are_read_only(name: str) -> None:
    section: Any = getattr(FULL, name)
    with pytest.raises(TypeError, match="does not support item assignment"):
        section["x"] = "/x.js"


def test_scopes_are_read_only_inside() -> None:
    scope: Any = FULL.scopes["/s/pkg/"]
    with pytest.raises(TypeError, match="does not support item assignment"):
        scope["x"] = "/x.js"


def test_attributes_are_read_only() -> None:
    with pytest.raises(AttributeError, match=r"^ImportMap is immutable: cannot set 'imports'$"):
        FULL.imports = {}


def test_keeps_nothing_of_its_arguments() -> None:
    imports: dict[str, str | None] = {"a": "/a.js"}
    scopes: dict[str, dict[str, str | None]] = {"/": {"b": "/b.js"}}
    edges = ["/b.js"]
    import_map = ImportMap(imports, scopes, depcache={"/a.js": edges})
    imports["x"] = scopes["/"]["x"] = "/x.js"
    edges.append("/x.js")
    assert import_map == ImportMap({"a": "/a.js"}, {"/": {"b": "/b.js"}}, depcache={"/a.js": ["/b.js"]})


@pytest.mark.parametrize(
    "other",
    [
        ImportMap({"a": "/b.js"}),
        ImportMap({"a": None}),
        ImportMap(),
        ImportMap({"a": "/a.js"}, {"/": {"a": "/a.js"}}),
        ImportMap({"a": "/a.js"}, integrity={"/a.js": "sha384-x"}),
        ImportMap({"a": "/a.js"}, depcache={"/a.js": ["/b.js"]}),
        {"imports": {"a": "/a.js"}},
    ],
)
def test_not_equal(other: object) -> None:
    assert ImportMap({"a": "/a.js"}) != other


def test_equal_whatever_the_order_and_the_label() -> None:
    one = ImportMap({"a": "/a.js", "b": "/b.js"}, contexts=["admin"])
    other = ImportMap({"b": "/b.js", "a": "/a.js"}, contexts=["public"])
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1


def test_empty_scopes_stay() -> None:
    """They say nothing in a browser, but something where scopes are isolated."""
    empty = ImportMap(scopes={"/s/": {}})
    assert empty.scopes == {"/s/": {}}
    assert empty.to_json() == '{"imports":{},"scopes":{"/s/":{}}}'
    assert empty | empty == empty
    assert empty - ImportMap() == empty
    isolated = ImportMap(scopes={"/s/": {}}, isolated_scopes=True)
    assert isolated != empty
    assert isolated - ImportMap() == isolated


def test_hash_of_everything() -> None:
    assert hash(FULL) == hash(copy.deepcopy(FULL))


def test_pickle_and_copy() -> None:
    FULL.render()
    for same in (pickle.loads(pickle.dumps(FULL)), copy.copy(FULL), copy.deepcopy(FULL)):
        assert same == FULL
        assert same.contexts == ("admin", "public")
        assert same.depcache == FULL.depcache
        assert same.render() == FULL.render()


def test_repr() -> None:
    assert repr(ImportMap()) == "ImportMap(imports={})"
    assert repr(FULL) == (
        "ImportMap(imports={'a': '/s/a.js', 'b': '/s/b.js', 'blocked': None}, "
        "scopes={'/s/a.js': {'lit': None}, '/s/pkg/': {'#d': '/s/d.js', '#z': '/s/z.js'}}, "
        "integrity={'/s/a.js': 'sha384-a', '/s/b.js': 'sha384-b'})"
    )


def test_json() -> None:
    assert ImportMap().to_json() == '{"imports":{}}'
    assert FULL.to_json() == (
        '{"imports":{"a":"/s/a.js","b":"/s/b.js","blocked":null},'
        '"integrity":{"/s/a.js":"sha384-a","/s/b.js":"sha384-b"},'
        '"scopes":{"/s/a.js":{"lit":null},"/s/pkg/":{"#d":"/s/d.js","#z":"/s/z.js"}}}'
    )


def test_json_with_extensions() -> None:
    assert json.loads(FULL.to_json(extensions=True)) == {
        **json.loads(FULL.to_json()),
        "depcache": {"/s/a.js": ["/s/d.js", "/s/b.js"]},
    }


def test_json_with_indent() -> None:
    assert ImportMap({"é": "/a.js"}).to_json(indent=2) == (
        '{\n  "imports": {\n    "\\u00e9": "/a.js"\n  }\n}'
    )


def test_csp_hashes() -> None:
    """The map's own, then the digests of all modules, each once, sorted; nothing that is none."""
    one, other = (f"sha384-{letter * 64}" for letter in "ab")
    more = f"sha256-{'c' * 43}="
    import_map = ImportMap(
        {"a": "/a.js"},
        integrity={
            "/a.js": f"{other} {more}",
            "/b.js": one,
            "/c.js": other,
            "/d.js": "sha384-x'; script-src *",
        },
    )
    assert import_map.csp_hashes == (import_map.csp_hash, f"'{more}'", f"'{one}'", f"'{other}'")
    assert FULL.csp_hashes == (FULL.csp_hash,)


def test_digest_changes_with_the_map() -> None:
    one, other = ImportMap({"a": "/a.js"}), ImportMap({"a": "/b.js"})
    assert len(one.digest) == 12
    assert one.digest in one.csp_hash
    assert one.digest == ImportMap({"a": "/a.js"}, contexts=["admin"]).digest
    assert one.digest != other.digest


# On a page

BASE = "https://site.example/app/index.html"
PAGE = ImportMap(
    {"a": "./a.js"},
    {"./s/": {"a": None}},
    {"./a.js": "sha384-a", "https://site.example/b.js": "sha384-b"},
    {"./a.js": ["../b.js", "https://cdn.example/c.js", "./style.css"]},
    contexts=["admin"],
    isolated_scopes=True,
    base_url=BASE,
)


def test_where_a_map_stands() -> None:
    assert FULL.base_url is None
    assert PAGE.base_url == BASE
    moved = PAGE.with_base_url("https://other.example/")
    assert moved.base_url == "https://other.example/"
    assert PAGE.base_url == BASE
    assert moved == PAGE
    assert hash(PAGE) == hash(moved)
    assert (moved.contexts, moved.isolated_scopes) == (("admin",), True)


def test_resolves_where_it_stands_though_it_resolved_elsewhere_before() -> None:
    assert PAGE.resolve("a") == "https://site.example/app/a.js"
    assert PAGE.with_base_url("https://other.example/").resolve("a") == "https://other.example/a.js"
    assert PAGE.resolve("a") == "https://site.example/app/a.js"


def test_isolation_is_no_label() -> None:
    shared = ImportMap(**PAGE.to_dict(), base_url=BASE)
    assert shared != PAGE
    assert PAGE.to_json() == shared.to_json()
    assert json.loads(PAGE.to_json(extensions=True)) == {
        **json.loads(shared.to_json(extensions=True)),
        "isolatedScopes": True,
    }
    assert list(json.loads(shared.to_json(extensions=True))) == ["depcache", "imports", "integrity", "scopes"]
    assert ImportMap().to_json(extensions=True) == '{"imports":{}}'


def test_repr_says_where() -> None:
    assert repr(ImportMap(isolated_scopes=True, base_url=BASE)) == (
        f"ImportMap(imports={{}}, isolated_scopes=True, base_url={BASE!r})"
    )


def test_pickle_and_copy_of_a_page() -> None:
    """With what it has resolved, or before that."""
    for original in (PAGE.with_base_url(BASE), PAGE):
        for same in (pickle.loads(pickle.dumps(original)), copy.copy(original), copy.deepcopy(original)):
            assert same == PAGE
            assert (same.base_url, same.isolated_scopes, same.contexts) == (BASE, True, ("admin",))
            assert same.resolve("a") == PAGE.resolve("a")


def test_preloads_of_a_page_are_urls() -> None:
    head = PAGE.render()
    assert PAGE.render(preload=["a"], attrs={"nonce": "n"}) == (
        head.replace('">', '" nonce="n">', 1)
        + '\n<link rel="modulepreload" href="https://site.example/app/a.js" integrity="sha384-a"'
        + ' crossorigin="anonymous" nonce="n">'
        + '\n<link rel="modulepreload" href="https://site.example/b.js" integrity="sha384-b"'
        + ' crossorigin="anonymous" nonce="n">'
        + '\n<link rel="modulepreload" href="https://cdn.example/c.js" crossorigin="anonymous" nonce="n">'
    )


def test_url() -> None:
    """As it is written in the map, for a script's `src`."""
    import_map = ImportMap({"a": "./a.js", "blocked": None}, base_url="https://site.example/")
    assert import_map.url("a") == "./a.js"
    for name in ("b", "blocked"):
        with pytest.raises(MissingModuleError, match=rf"^the map has no {name!r}\.( Did you mean 'a'\?)?$"):
            import_map.url(name)


@pytest.mark.parametrize("base_url", [None, BASE])
@pytest.mark.parametrize("preload", ["missing", "./a.js", "blocked"])
def test_preloads_are_keys_wherever_the_map_stands(base_url: str | None, preload: str) -> None:
    here = ImportMap({"a": "/a.js", "blocked": None}, base_url=base_url)
    with pytest.raises(MissingModuleError) as caught:
        here.render(preload=[preload])
    assert str(caught.value) == f"the map has no {preload!r}."
    with pytest.raises(TypeError, match="^preload is a list of specifiers, not a string$"):
        here.render(preload=preload)


# Two maps


def on(base: str | None, **imports: str | None) -> ImportMap:
    names = {key.replace("_", "./"): value for key, value in imports.items()}
    return ImportMap(names, base_url=None if base is None else f"https://site.example/{base}")


@pytest.mark.parametrize("bases", [("x/", None), (None, "x/"), ("x/", "x/"), (None, None)])
def test_maps_of_one_page_keep_their_texts(bases: tuple[str | None, str | None]) -> None:
    one, other = on(bases[0], a="./a", b="./b"), on(bases[1], b="./b", c="./c")
    for both in (one | other, one.override(other)):
        assert both == on(None, a="./a", b="./b", c="./c")
        assert both.base_url == (None if bases == (None, None) else "https://site.example/x/")
    assert one - other == on(None, a="./a")
    assert (one - other).base_url == one.base_url


def test_maps_of_two_pages_are_compared_as_urls() -> None:
    one, other = on("x/", a="./y/a", _y="./1"), on("x/y/", a="./a", b="./b")
    assert dict((one | other).imports) == {"a": "./y/a", "b": "https://site.example/x/y/b", "./y": "./1"}
    assert (one | other).base_url == "https://site.example/x/"
    assert dict((one - other).imports) == {"./y": "./1"}
    changed = on("z/", a="./a")
    assert one.override(changed).imports["a"] == "https://site.example/z/a"
    for combine in (operator.or_, operator.sub):
        with pytest.raises(ConflictError) as caught:
            combine(one, changed)
        assert [found.code for found in caught.value.diagnostics] == ["IM211"]


def test_maps_of_one_page_that_write_a_url_in_two_ways() -> None:
    one = ImportMap({"/x": "/1"}, {"/s/": {"a": "/1"}}, base_url=BASE)
    other = ImportMap({"//site.example/x": "/2"}, {"../s/": {"a": "/2"}})
    with pytest.raises(ConflictError) as caught:
        one | other
    assert str(caught.value).splitlines() == [
        "imports: '/x' is '/1' in one map and '/2' in the other.",
        "scopes['/s/']: 'a' is '/1' in one map and '/2' in the other.",
    ]


def test_a_union_keeps_what_only_its_text_says() -> None:
    """A key that ends in a slash only as a URL, and a scope and integrity that are spelled in two ways."""
    one = ImportMap({"./..": "/a.js"}, {"/app/a": {}}, {"/a.js": "1"}, {"/a.js": ["b"]}, base_url=BASE)
    other = ImportMap({"b": "/b.js"}, {"a": {"c": "/c.js"}}, {"../a.js": "1"}, {"../a.js": ["b"]})
    both = one | other
    assert both == ImportMap(
        {"./..": "/a.js", "b": "/b.js"}, {"/app/a": {"c": "/c.js"}}, {"/a.js": "1"}, {"/a.js": ["b"]}
    )
    assert both.resolve("./..") == "https://site.example/a.js"
