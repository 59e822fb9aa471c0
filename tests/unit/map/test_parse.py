"""Parsing: what is refused, what is noted, what is kept as it was written."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from importmap import ImportMap, ParseError, ResolutionError, parse
from importmap._base.diagnostics import shown

BASE = "https://site.example/app/index.html"
SITE = "https://site.example"

A384 = "A" * 64


def notes(text: str, *, extensions: bool = False, but: Sequence[str] = ()) -> list[str]:
    """Code, severity, place and message of each diagnostic; there are no other fields in use but hints."""
    _, diagnostics = parse(text, BASE, extensions=extensions)
    return [f"{found.code} {found.severity} {found}" for found in diagnostics if found.code not in but]


def refusal(text: str, *, extensions: bool = False) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(text, BASE, extensions=extensions)
    assert [(found.code, found.severity) for found in caught.value.diagnostics] == [("IM301", "error")]
    return caught.value


def test_everything() -> None:
    text = """ {
        "imports": {"b": "./b.js", "a": null, "/c/": "/d/"},
        "scopes": {"./s/": {"x": "/x.js"}, "/t/": {}},
        "integrity": {"./b.js": "sha384-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        "depcache": {"./b.js": ["a", "./x.js"]},
        "isolatedScopes": true
    }\t\r\n"""
    parsed, diagnostics = parse(text, BASE, extensions=True)
    assert list(map(str, diagnostics)) == ["imports: 'a' is blocked: its address is null."]
    assert parsed == ImportMap(
        {"b": "./b.js", "a": None, "/c/": "/d/"},
        {"./s/": {"x": "/x.js"}, "/t/": {}},
        {"./b.js": f"sha384-{A384}"},
        {"./b.js": ["a", "./x.js"]},
        isolated_scopes=True,
    )
    assert parsed.base_url == BASE
    assert parse(parsed.to_json(extensions=True), BASE, extensions=True) == (parsed, diagnostics)


@pytest.mark.parametrize("text", ["{}", '{"imports": {}, "scopes": {}, "integrity": {}}'])
@pytest.mark.parametrize("extensions", [False, True])
def test_nothing(text: str, *, extensions: bool) -> None:
    assert parse(text, BASE, extensions=extensions) == (ImportMap(), [])


KINDS = {
    "null": "null",
    "true": "a boolean",
    "1": "a number",
    "-1.5e3": "a number",
    '"x"': "a string",
    "[]": "an array",
    '["imports"]': "an array",
}


@pytest.mark.parametrize(("value", "kind"), KINDS.items())
def test_wrong_shapes(value: str, kind: str) -> None:
    assert str(refusal(value)) == f"an import map must be an object, not {kind}."
    for section in ("imports", "scopes", "integrity", "depcache"):
        error = refusal(f'{{"{section}": {value}}}', extensions=True)
        assert str(error) == f"'{section}' must be an object, not {kind}."
    error = refusal(f'{{"scopes": {{"/a/": {{}}, "/b\\u0000/": {value}}}}}')
    assert str(error) == f"scopes['/b\\x00/']: a scope must be an object, not {kind}."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: an import map must be JSON: Expecting value."),
        (" \n x", "line 2, column 2: an import map must be JSON: Expecting value."),
        ('{"imports": }', "line 1, column 13: an import map must be JSON: Expecting value."),
        ('{"imports" {}}', "line 1, column 12: an import map must be JSON: Expecting ':' delimiter."),
        ("{}\n{}", "line 2, column 1: an import map must be JSON: Extra data."),
        ('{"a', "line 1, column 2: an import map must be JSON: Unterminated string."),
        ('{"\n": {}}', "line 1, column 3: an import map must be JSON: Invalid control character."),
        (
            "\ufeff{}",
            "line 1, column 1: an import map must be JSON: Unexpected UTF-8 BOM (decode using utf-8-sig).",
        ),
        ("\xa0{}", "line 1, column 1: an import map must be JSON: Expecting value."),
        ("NaN", "an import map must be JSON: NaN is no value of it."),
        ('{"imports": Infinity}', "an import map must be JSON: Infinity is no value of it."),
        ('{"x": [-Infinity]}', "an import map must be JSON: -Infinity is no value of it."),
        ("x" * 10_000_000, "line 1, column 1: an import map must be JSON: Expecting value."),
    ],
    ids=range(13),
)
def test_not_json(text: str, message: str) -> None:
    assert str(refusal(text)) == message


@pytest.mark.parametrize("text", ["[" * 100_000, '{"imports":' * 100_000, '{"x":[' * 100_000])
def test_too_deep(text: str) -> None:
    assert str(refusal(text)) == "an import map must not be nested as deeply."


def test_deep_but_not_too_deep() -> None:
    value = "[" * 200 + "]" * 200
    assert notes(f'{{"imports": {{"a": {value}}}}}') == [
        "IM304 warning imports: 'a' is blocked: its address is an array, not a string."
    ]


def test_ten_megabytes() -> None:
    long = "k" * 10_000_000
    parsed, diagnostics = parse(f'{{"imports": {{"{long}": "/{long}"}}}}', BASE)
    assert diagnostics == []
    assert parsed.resolve(long) == f"{SITE}/{long}"
    start = "IM305 warning imports: '" + "k" * 99 + "…' is blocked: its address '" + "k" * 99 + "…' is not"
    assert notes(f'{{"imports": {{"{long}": "{long}"}}}}') == [start + NOT_A_URL.removeprefix("is not") + "."]


NOT_A_URL = "is not a URL that is absolute or begins with '/', './' or '../'"

ENTRIES = {
    '{"": "/a.js"}': "IM303 an empty key is ignored: no specifier is empty.",
    '{"a": null}': "IM304 'a' is blocked: its address is null.",
    '{"a": false}': "IM304 'a' is blocked: its address is a boolean, not a string.",
    '{"a": 0}': "IM304 'a' is blocked: its address is a number, not a string.",
    '{"a": 1e999}': "IM304 'a' is blocked: its address is a number, not a string.",
    f'{{"a": {"9" * 10_000}}}': "IM304 'a' is blocked: its address is a number, not a string.",
    '{"a": {}}': "IM304 'a' is blocked: its address is an object, not a string.",
    '{"a/": []}': "IM304 'a/' is blocked: its address is an array, not a string.",
    '{"a": ""}': f"IM305 'a' is blocked: its address '' {NOT_A_URL}.",
    '{"a": "a.js"}': f"IM305 'a' is blocked: its address 'a.js' {NOT_A_URL}.",
    '{"a": "https://["}': f"IM305 'a' is blocked: its address 'https://[' {NOT_A_URL}.",
    r'{"\ud800": "\udfff"}': rf"IM305 '\ud800' is blocked: its address '\udfff' {NOT_A_URL}.",
    '{"a/": "a"}': f"IM305 'a/' is blocked: its address 'a' {NOT_A_URL}.",
    '{"a/": "/a"}': "IM306 'a/' is blocked: its address '/a' must end in '/', as the key does.",
    '{"a/": "/a/?"}': "IM306 'a/' is blocked: its address '/a/?' must end in '/', as the key does.",
    '{"./": "/a"}': "IM306 './' is blocked: its address '/a' must end in '/', as the key does.",
}


@pytest.mark.parametrize(("table", "note"), ENTRIES.items(), ids=range(len(ENTRIES)))
def test_entries_that_are_ignored_or_blocked(table: str, note: str) -> None:
    code, _, message = note.partition(" ")
    severity = "info" if message.endswith("is null.") else "warning"
    # Half a character has a test of its own.
    assert notes(f'{{"imports": {table}}}', but=["IM322"]) == [f"{code} {severity} imports: {message}"]
    place = r"scopes['/\u2028/']"
    found = notes(f'{{"scopes": {{"/\u2028/": {table}}}}}', but=["IM322"])
    assert found == [f"{code} {severity} {place}: {message}"]


@pytest.mark.parametrize("address", ["/a/", "/x/../", "https://site.example", "/?q/", "/#/", "/\ud800/"])
def test_addresses_of_prefixes_end_in_a_slash_as_urls(address: str) -> None:
    assert notes(json.dumps({"imports": {"a/": address}}), but=["IM322"]) == []


NO_URL = "it is not a URL that is absolute or begins with '/', './' or '../'"
IS_NO_KEY = "is no key of an import map, and ignored."

OTHERS = {
    '{"scopes": {"https://[": {"a": 1}}}': [
        "IM307 warning scopes: the scope 'https://[' is ignored: it is not a URL."
    ],
    r'{"scopes": {"//\ud800[/": {}}}': [
        r"IM307 warning scopes: the scope '//\ud800[/' is ignored: it is not a URL."
    ],
    '{"integrity": {"a.js": "sha384-a", "": "", "./b.js": null, "/c.js": ["x"], "/d.js": ""}}': [
        f"IM308 warning integrity: the integrity of 'a.js' is ignored: {NO_URL}.",
        f"IM308 warning integrity: the integrity of '' is ignored: {NO_URL}.",
        "IM308 warning integrity: the integrity of './b.js' is ignored: it must be a string, not null.",
        "IM308 warning integrity: the integrity of '/c.js' is ignored: it must be a string, not an array.",
    ],
    '{"import": {}}': [f"IM302 warning 'import' {IS_NO_KEY} Did you mean 'imports'?"],
    '{"Scopes": 1, "integrty": null}': [
        f"IM302 warning 'Scopes' {IS_NO_KEY} Did you mean 'scopes'?",
        f"IM302 warning 'integrty' {IS_NO_KEY} Did you mean 'integrity'?",
    ],
    r'{"__proto__": {"imports": {}}, "": 0, "\udc00": 0}': [
        f"IM302 warning '__proto__' {IS_NO_KEY}",
        f"IM302 warning '' {IS_NO_KEY}",
        rf"IM302 warning '\udc00' {IS_NO_KEY}",
    ],
}


@pytest.mark.parametrize(("text", "expected"), OTHERS.items())
def test_other_parts_that_are_ignored(text: str, expected: list[str]) -> None:
    # So have digests.
    unknown = [note for note in notes(text, but=["IM322"]) if "browsers know no digest" not in note]
    assert unknown == expected


def twice(place: str, key: str) -> str:
    return f"IM309 warning {place}{key!r} stands more than once; the last one counts."


def lost(place: str, key: str, winner: str) -> str:
    return f"IM309 warning {place}: {key!r} is lost: {winner!r}, which comes later, is the same URL."


#: A text, what is noted of it, and what there is of it in the end.
DOUBLES: dict[str, tuple[list[str], ImportMap]] = {
    '{"imports": {"a": "/1"}, "imports": {"b": "/2"}}': ([twice("", "imports")], ImportMap({"b": "/2"})),
    '{"imports": {"a": "/1", "b": "/2", "a": 3, "a": "/4"}}': (
        [twice("imports: ", "a")],
        ImportMap({"a": "/4", "b": "/2"}),
    ),
    '{"scopes": {"/s/": {"a": "/1"}, "/s/": {"b": "/2", "b": "/3"}}}': (
        [twice("scopes['/s/']: ", "b"), twice("scopes: ", "/s/")],
        ImportMap(scopes={"/s/": {"b": "/3"}}),
    ),
    '{"integrity": {"/a": "1", "/a": "2"}, "depcache": {"": ["a"], "": ["b"]}}': (
        [twice("integrity: ", "/a"), twice("depcache: ", "")],
        ImportMap(integrity={"/a": "2"}, depcache={"": ["b"]}),
    ),
    '{"imports": {"https://site.example/a": "/1", "/a": "/2", "/x/../a": "/3", "a": "/4"}}': (
        [lost("imports", "https://site.example/a", "/a"), lost("imports", "/a", "/x/../a")],
        ImportMap({"/x/../a": "/3", "a": "/4"}),
    ),
    '{"scopes": {"/app/": {"x": "/1"}, "./": {"/b": "/2", "//site.example/b": "/3", "x": "/4"}}}': (
        [lost("scopes", "/app/", "./"), lost("scopes['./']", "/b", "//site.example/b")],
        ImportMap(scopes={"./": {"//site.example/b": "/3", "x": "/4"}}),
    ),
    # The order of the text, in which no map keeps its keys.
    '{"integrity": {"/b": "1", "../b": "2", "/a": 0}, "depcache": {"a": ["x"], "/app/a": []}}': (
        [
            lost("integrity", "/b", "../b"),
            "IM308 warning integrity: the integrity of '/a' is ignored: it must be a string, not a number.",
            lost("depcache", "a", "/app/a"),
        ],
        ImportMap(integrity={"../b": "2"}, depcache={"/app/a": []}),
    ),
    # But JSON.parse puts array indices first, wherever they stand.
    '{"scopes": {"./1": {"x": "/1"}, "1": {"x": "/2"}, "./01": {}, "01": {"x": "/3"}}}': (
        [lost("scopes", "1", "./1"), lost("scopes", "./01", "01")],
        ImportMap(scopes={"./1": {"x": "/1"}, "01": {"x": "/3"}}),
    ),
    '{"depcache": {"./4294967294": [], "4294967294": ["a"], "./4294967295": [], "4294967295": ["b"]}}': (
        [lost("depcache", "4294967294", "./4294967294"), lost("depcache", "./4294967295", "4294967295")],
        ImportMap(depcache={"./4294967294": [], "4294967295": ["b"]}),
    ),
    r'{"imports": {"/\ud800": "/1", "/\ufffd": "/2", "\ud800": "/3", "\ufffd": "/4"}}': (
        [lost("imports", "/\ud800", "/\ufffd")],
        ImportMap({"/\ufffd": "/2", chr(0xD800): "/3", "\ufffd": "/4"}),
    ),
}


@pytest.mark.parametrize(("text", "expected", "kept"), [(text, *rest) for text, rest in DOUBLES.items()])
def test_of_keys_that_are_one_the_last_counts(text: str, expected: list[str], kept: ImportMap) -> None:
    parsed, _ = parse(text, BASE, extensions=True)
    found = [note for note in notes(text, extensions=True, but=["IM322"]) if "know no digest" not in note]
    assert found == expected
    assert parsed == kept
    assert parsed.normalize() == kept.with_base_url(BASE).normalize()


def test_proto_is_a_key_like_any_other() -> None:
    text = '{"imports": {"__proto__": "/p.js"}, "scopes": {"__proto__": {"__proto__": "/s.js"}}}'
    parsed, diagnostics = parse(text, BASE)
    assert diagnostics == []
    assert parsed.resolve("__proto__") == f"{SITE}/p.js"
    assert parsed.resolve("__proto__", f"{SITE}/app/__proto__") == f"{SITE}/s.js"


def test_an_empty_scope_is_the_page() -> None:
    parsed, diagnostics = parse('{"scopes": {"": {"a": "/a.js"}}}', BASE)
    assert diagnostics == []
    assert parsed.resolve("a") == f"{SITE}/a.js"
    with pytest.raises(ResolutionError):
        parsed.resolve("a", f"{SITE}/app/")


@pytest.mark.parametrize("base", ["", "/app/", "site.example", "https://[", "\ud800"])
def test_the_base_is_an_absolute_url(base: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        parse("{}", base)
    assert str(caught.value) == f"{base!r} cannot be a base: it is not an absolute URL."


def test_kept_as_it_was_written() -> None:
    text = '{"imports": {"./a": "b", "": "/x", "/1": 7, "c": " /c"}, "scopes": {"https://[": {"x": "/x"}}}'
    parsed, _ = parse(text, "HTTPS://Site.Example")
    assert parsed.imports == {"./a": "b", "": "/x", "/1": None, "c": " /c"}
    assert parsed.scopes == {"https://[": {"x": "/x"}}
    assert parsed.base_url == "HTTPS://Site.Example"
    assert parsed.normalize().to_dict() == {
        "imports": {f"{SITE}/a": None, f"{SITE}/1": None, "c": None},
        "scopes": {},
        "integrity": {},
        "depcache": {},
    }


def test_what_no_map_can_hold_is_gone() -> None:
    text = '{"integrity": {"a": "x", "/b": 1}, "depcache": {"/a": {}, "/b": ["c"]}}'
    parsed, _ = parse(text, BASE, extensions=True)
    assert parsed == ImportMap(integrity={"a": "x"}, depcache={"/b": ["c"]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"sha384-{A384}", None),
        (f"sha256-{'A' * 43}= sha384-{A384}?option", None),
        (f"\n sha1-x\tsha384-short sha384-{A384} ", None),
        (f"sha384-{'A' * 62}-_", None),
        ("", "IM308 ''"),
        (" ", "IM308 ' '"),
        ("garbage", "IM308 'garbage'"),
        ("sha1-abc", "IM308 'sha1-abc'"),
        (f"SHA384-{A384}", f"IM308 'SHA384-{A384}'"),
        ("sha256-", "IM308 'sha256-'"),
        ("sha256-?x", "IM308 'sha256-?x'"),
        ("sha384-foobar", "IM321 sha384 64"),
        (f"sha384-{A384} sha512-{A384}", "IM321 sha512 88"),
        (f"sha384-{'A' * 63}!", "IM321 sha384 64"),
        (f"sha256-{A384}", "IM321 sha256 44"),
    ],
)
def test_digests(text: str, message: str | None) -> None:
    expected = []
    if message is not None:
        code, *rest = message.split(" ", 1 if message.startswith("IM308") else -1)
        why = f"is ignored: browsers know no digest in {rest[0]} but 'sha256-…', 'sha384-…' and 'sha512-…'"
        if code == "IM321":
            length = f"{rest[1]} characters of base64"
            why = f"blocks each file: {shown(text)} has no {rest[0]} digest, which is {length}"
        expected = [f"{code} warning integrity: the integrity of '/a.js' {why}."]
    assert notes(json.dumps({"integrity": {"/a.js": text}})) == expected


def test_half_a_character() -> None:
    """In whatever place; two halves are a character."""
    half = "\ud800"
    found = notes(
        json.dumps(
            {
                "imports": {half: "/a.js", "b": f"/{half}", "c": "/\U0001f600", "d": None},
                "scopes": {f"/{half}/": {"é": "/e.js", "f": half}},
                "integrity": {"/a.js": f"sha384-{A384} {half}"},
            }
        )
    )
    places = [place for note in found if note.startswith("IM322") for place in [note.split(": ")[0]]]
    assert places == [
        "IM322 warning imports",
        "IM322 warning imports",
        "IM322 warning scopes",
        "IM322 warning integrity",
        "IM322 warning scopes['/\\ud800/']",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "SyntaxError"),
        ("{", "SyntaxError"),
        ('{"imports": NaN}', "SyntaxError"),
        ("[" * 100_000, "SyntaxError"),
        ("[]", "TypeError"),
        ("null", "TypeError"),
        ('{"imports": []}', "TypeError"),
        ('{"scopes": {"/": 1}}', "TypeError"),
        ('{"integrity": null}', "TypeError"),
    ],
)
def test_the_error_that_browsers_report(text: str, name: str) -> None:
    assert refusal(text).name == name
