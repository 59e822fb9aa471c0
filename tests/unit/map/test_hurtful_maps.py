"""Import maps that are meant to hurt: sizes, depths, numbers, keys."""

from __future__ import annotations

import json
import sys
import tracemalloc

import pytest

from importmap import ImportMap, ParseError, ResolutionError, parse

BASE = "https://site.example/app/index.html"

HUGE = 10_000_000


def test_a_map_of_ten_megabytes() -> None:
    sections = {
        "imports": {
            f"package-{number}/module/{'x' * 40}": f"/static/{number}.js" for number in range(125_000)
        }
    }
    text = json.dumps(sections)
    assert len(text) > HUGE
    import_map, diagnostics = parse(text, BASE)
    assert (len(import_map.imports), list(diagnostics)) == (125_000, [])
    last = f"package-124999/module/{'x' * 40}"
    assert import_map.resolve(last) == "https://site.example/static/124999.js"


@pytest.mark.parametrize("place", ["key", "address", "scope"])
def test_a_string_of_ten_megabytes(place: str) -> None:
    long = "/" + "x" * HUGE
    sections = {
        "key": {"imports": {long: "/a.js"}},
        "address": {"imports": {"/y": long}},
        "scope": {"scopes": {long: {"/y": "/a.js"}}},
    }
    import_map, diagnostics = parse(json.dumps(sections[place]), BASE)
    assert list(diagnostics) == []
    asked, base = {
        "key": (long, BASE),
        "address": ("/y", BASE),
        "scope": ("/y", f"https://site.example{long}"),
    }[place]
    expected = f"https://site.example{long if place == 'address' else '/a.js'}"
    # Not in the assertion: pytest would compare ten million characters to explain it.
    equal = import_map.resolve(asked, base) == expected
    assert equal


def test_a_base_of_many_folders() -> None:
    """What is remembered of a base does not grow with the square of its length."""
    import_map = ImportMap({"x/": "/x/"}, {"/y/": {"x/": "/z/"}}, base_url=BASE)
    tracemalloc.start()
    try:
        found = import_map.resolve("x/a.js", f"https://site.example/{'a/' * 20_000}")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert found == "https://site.example/x/a.js"


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, '{"imports":' * 200_000, '{"imports":{"a":' + "[" * 200_000 + "]" * 200_000 + "}}"],
    ids=["arrays", "objects", "in an address"],
)
def test_deep_nesting_is_an_error(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text, BASE)
    assert len(str(caught.value)) < 300


def test_nesting_that_is_not_deep_only_loses_its_entry() -> None:
    import_map, diagnostics = parse('{"imports":{"a":' + "[" * 50 + "]" * 50 + ',"b":"/b.js"}}', BASE)
    assert import_map.resolve("b") == "https://site.example/b.js"
    assert len(diagnostics) == 1


def test_a_number_that_python_would_not_convert() -> None:
    """It is JSON, and no address, as every other number."""
    digits = "1" * 5000
    if hasattr(sys, "get_int_max_str_digits"):
        assert len(digits) > sys.get_int_max_str_digits()
    import_map, diagnostics = parse(f'{{"imports":{{"a":{digits}}}}}', BASE)
    assert import_map.normalize().imports == {"a": None}
    assert len(diagnostics) == 1


@pytest.mark.parametrize(
    "text", ["NaN", '{"imports":{"a":NaN}}', '{"a":-Infinity}', "\ufeff{}", "", "{}x", "{'a':1}"]
)
def test_what_is_not_json(text: str) -> None:
    with pytest.raises(ParseError):
        parse(text, BASE)


def test_names_that_javascript_objects_have() -> None:
    text = '{"__proto__":{},"imports":{"__proto__":"/1","constructor/":"/2/"},'
    text += '"scopes":{"__proto__/":{"toString":"/3"}}}'
    import_map, diagnostics = parse(text, BASE)
    assert [diagnostic.severity for diagnostic in diagnostics] == ["warning"]
    assert import_map.resolve("__proto__") == "https://site.example/1"
    assert import_map.resolve("constructor/x") == "https://site.example/2/x"
    assert import_map.resolve("toString", "https://site.example/app/__proto__/x") == "https://site.example/3"
    for specifier in ("toString", "hasOwnProperty", "constructor"):
        with pytest.raises(ResolutionError):
            import_map.resolve(specifier)


def test_the_last_of_equal_keys_counts() -> None:
    text = '{"imports":{"gone":"/0"},"imports":{"a":"/1","b":"/1","a":"/2"},'
    text += '"scopes":{"/":{"a":"/3"},"/":{"b":"/4"}}}'
    import_map, _ = parse(text, BASE)
    assert import_map == ImportMap({"a": "/2", "b": "/1"}, {"/": {"b": "/4"}})


@pytest.mark.parametrize(("first", "last"), [("./a", "/app/a"), ("/app/a", "./a")])
def test_the_last_of_keys_that_are_one_url_counts(first: str, last: str) -> None:
    """Also after the map was printed and read again."""
    for sections in (
        {"imports": {first: "/1", last: "/2"}},
        {"scopes": {first: {"x": "/1"}, last: {"x": "/2"}}},
    ):
        import_map, diagnostics = parse(json.dumps(sections), BASE)
        assert len(diagnostics) == 1
        for read in (import_map, parse(import_map.to_json(), BASE)[0]):
            [answer] = (
                {read.resolve("./a")}
                if "imports" in sections
                else {read.resolve("x", "https://site.example/app/a")}
            )
            assert answer == "https://site.example/2"


def test_lone_surrogates() -> None:
    """They stay what they are in names, and are U+FFFD in URLs."""
    text = r'{"imports":{"\ud800":"/\ud800.js","\udc00/":"/x/","./\udfff":"/y.js","\ud83d\ude00":"/z.js"}}'
    import_map, diagnostics = parse(text, BASE)
    assert {found.code for found in diagnostics} == {"IM322"}
    assert import_map.imports == {
        "\ud800": "/\ud800.js",
        "\udc00/": "/x/",
        "./\udfff": "/y.js",
        "\U0001f600": "/z.js",
    }
    assert import_map.resolve("\ud800") == "https://site.example/%EF%BF%BD.js"
    assert import_map.resolve("\udc00/\udc00") == "https://site.example/x/%EF%BF%BD"
    for specifier in ("./\udfff", "./\ud800", "./\ufffd", "./%EF%BF%BD"):
        assert import_map.resolve(specifier) == "https://site.example/y.js"
    for specifier in ("\ud801", "\ufffd"):
        with pytest.raises(ResolutionError):
            import_map.resolve(specifier)
    assert parse(import_map.to_json(), BASE)[0] == import_map
