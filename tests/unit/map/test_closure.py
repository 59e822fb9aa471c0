"""What loading a module makes a browser fetch."""

from __future__ import annotations

import pytest

from importmap import ImportMap, MissingModuleError, ResolutionError
from importmap._map.import_map import breadth_first

SITE = "https://site.example"
BASE = f"{SITE}/app/index.html"

#: Dependencies are specifiers, and those of a module resolve beside it.
MAP = ImportMap(
    {"a": "/a.js", "b": "./b.js", "gone": None, "p/": "/p/"},
    {"/s/": {"b": "/s/b.js"}},
    depcache={
        "/a.js": ["b", "./s/m.js", "b"],
        "./b.js": ["./c.js"],
        "/s/m.js": ["b", "../a.js", "./m.js"],
        "/s/b.js": ["data:text/javascript,0"],
        "/p/q.js": ["./r.js"],
        "/wrong.js": ["missing"],
        "/blocked.js": ["gone"],
    },
    base_url=BASE,
)
FROM_A = ["/a.js", "/app/b.js", "/s/m.js", "/app/c.js", "/s/b.js"]


@pytest.mark.parametrize(
    ("specifier", "urls"),
    [
        ("a", [*FROM_A, "data:text/javascript,0"]),
        ("/a.js", [*FROM_A, "data:text/javascript,0"]),
        ("b", ["/app/b.js", "/app/c.js"]),
        ("./b.js", ["/app/b.js", "/app/c.js"]),
        ("p/q.js", ["/p/q.js", "/p/r.js"]),
        ("/none.js", ["/none.js"]),
        ("data:,", ["data:,"]),
    ],
)
def test_breadth_first_and_each_once(specifier: str, urls: list[str]) -> None:
    expected = [url if url.startswith("data:") else SITE + url for url in urls]
    assert MAP.closure(specifier) == expected
    assert MAP.closure(specifier, BASE) == expected


def test_from_another_module() -> None:
    assert MAP.closure("b", f"{SITE}/s/m.js") == [f"{SITE}/s/b.js", "data:text/javascript,0"]


def test_a_map_that_does_not_know_where_it_stands() -> None:
    placeless = ImportMap({"a": "./a.js"}, depcache={"./a.js": ["./b.js"]})
    assert placeless.closure("a", BASE) == [f"{SITE}/app/a.js", f"{SITE}/app/b.js"]
    assert placeless.closure("a") == ["./a.js", "./b.js"]


def test_without_a_base_urls_are_as_they_were_written() -> None:
    placeless = ImportMap(
        {"a": "/a.js", "b": "/b.js"},
        depcache={"/a.js": ["/c.js", "/b.js", "/c.js"], "/b.js": ["/a.js"], "/c.js": ["/d.js"]},
    )
    assert placeless.closure("a") == ["/a.js", "/c.js", "/b.js", "/d.js"]
    assert placeless.closure("b") == ["/b.js", "/a.js", "/c.js", "/d.js"]


@pytest.mark.parametrize(
    ("specifier", "message"),
    [
        ("missing", f"{BASE}: the bare specifier 'missing' is not in the map."),
        ("/wrong.js", f"{SITE}/wrong.js: the bare specifier 'missing' is not in the map."),
        ("gone", "imports['gone']: 'gone' is blocked: its address is null."),
        ("/blocked.js", "imports['gone']: 'gone' is blocked: its address is null."),
    ],
)
def test_imports_that_fail(specifier: str, message: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        MAP.closure(specifier)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("specifier", "message"),
    [
        ("widgte", "the map has no 'widgte'. Did you mean 'widget'?"),
        ("gone", "the map has no 'gone'."),
        ("/widget.js", "the map has no '/widget.js'. Did you mean 'widget'?"),
    ],
)
def test_without_a_base_only_keys_are_known(specifier: str, message: str) -> None:
    with pytest.raises(MissingModuleError) as caught:
        ImportMap({"widget": "/widget.js", "gone": None}).closure(specifier)
    assert str(caught.value) == message
    assert caught.value.diagnostics[0].code == "IM212"


def test_isolated_modules_load_what_they_may() -> None:
    isolated = ImportMap(MAP.imports, MAP.scopes, depcache=MAP.depcache, isolated_scopes=True, base_url=BASE)
    with pytest.raises(ResolutionError) as caught:
        isolated.closure("a")
    assert str(caught.value) == f"{SITE}/s/m.js: '../a.js' does not lie in the isolated scope '/s/'."


def test_the_walk() -> None:
    """Each node is asked once, in the order in which it was found."""
    edges = {"a": "cbc", "b": "da", "c": "de", "d": "d"}
    asked: list[str] = []

    def below(node: str) -> str:
        asked.append(node)
        return edges.get(node, "")

    assert breadth_first("aba", below) == ["a", "b", "c", "d", "e"]
    assert asked == ["a", "b", "c", "d", "e"]
    assert breadth_first("", below) == []
