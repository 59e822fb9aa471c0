"""Resolution: which rule of a map decides, and what a refusal says."""

from __future__ import annotations

import pytest

from importmap import ImportMap, ResolutionError
from importmap._map.resolve import _REMEMBERED

BASE = "https://site.example/app/index.html"
SITE = "https://site.example"

MAP = ImportMap(
    {
        "a": "/a.js",
        "a/": "/a/",
        "a/b": "/exact.js",
        "a/b/": "/longer/",
        "a//": "/empty-segment/",
        "blocked": None,
        "blocked/": None,
        "blocked/but": "/but.js",
        "bad": "a.js",
        "bad/": "/bad",
        "deep/": "/x/y/",
        "host/": "https:x/",
        "query/": "/q?path=/",
        "opaque/": "data:text/javascript,/",
        "./local.js": "./local.v2.js",
        "/lib/": "/lib.v2/",
        "https://cdn.example/": "/cdn/",
        "node:fs": "/fs.js",
        "node:": "/node/",
        "custom:x/": "/custom/",
        "\ud800": "/\ud800.js",
        "__proto__": "/proto.js",
    },
    {
        "/s/": {"a": "/s/a.js", "only": "/s/only.js", "p/": "/s/p/", "gone": None},
        "/s/t/": {"a": "/s/t/a.js"},
        "/s/t/m.js": {"a": "/s/t/m/a.js"},
        "/s/exact": {"a": "/never-below.js"},
        "data:m": {"a": "/data.js"},
    },
    base_url=BASE,
)


@pytest.mark.parametrize(
    ("specifier", "url"),
    [
        ("a", "/a.js"),
        ("a/", "/a/"),
        ("a/x.js", "/a/x.js"),
        ("a/b", "/exact.js"),
        ("a/b/", "/longer/"),
        ("a/b/c/d.js", "/longer/c/d.js"),
        ("a//x", "/empty-segment/x"),
        ("a/./x/../y", "/a/y"),
        ("a/%2e/x", "/a/x"),
        ("a/x\\y", "/a/x/y"),
        ("a/é?q#f", "/a/%C3%A9?q#f"),
        ("a/b#f", "/a/b#f"),
        ("blocked/but", "/but.js"),
        ("deep/z/../w", "/x/y/w"),
        ("./local.js", "/app/local.v2.js"),
        ("../app/local.js", "/app/local.v2.js"),
        ("/app/./local.js", "/app/local.v2.js"),
        ("https://site.example:443/app/local.js", "/app/local.v2.js"),
        ("./local.js?q", "/app/local.js?q"),
        ("/lib/x/../y.js", "/lib.v2/y.js"),
        ("https://cdn.example/x.js", "/cdn/x.js"),
        ("HTTPS://CDN.EXAMPLE", "/cdn/"),
        ("node:fs", "/fs.js"),
        ("\ud800", "/%EF%BF%BD.js"),
        ("__proto__", "/proto.js"),
    ],
)
def test_a_rule_of_the_map(specifier: str, url: str) -> None:
    assert MAP.resolve(specifier) == SITE + url
    assert MAP.resolve(specifier, BASE) == SITE + url


@pytest.mark.parametrize(
    ("specifier", "url"),
    [
        ("/other.js", f"{SITE}/other.js"),
        ("./", f"{SITE}/app/"),
        ("http://cdn.example/x.js", "http://cdn.example/x.js"),
        ("/\ud800.js", f"{SITE}/%EF%BF%BD.js"),
        # Prefixes are for bare specifiers and special URLs.
        ("node:path", "node:path"),
        ("custom:x/y", "custom:x/y"),
    ],
)
def test_a_url_that_the_map_says_nothing_of_is_itself(specifier: str, url: str) -> None:
    assert MAP.resolve(specifier) == url


@pytest.mark.parametrize(
    ("base", "specifier", "url"),
    [
        ("/s/m.js", "a", "/s/a.js"),
        ("/s/m.js", "a/x", "/a/x"),
        ("/s/m.js", "p/x", "/s/p/x"),
        ("/s/m.js", "./local.js", "/s/local.js"),
        ("/s/m.js", "../app/local.js", "/app/local.v2.js"),
        ("/s/", "a", "/s/a.js"),
        ("/s", "a", "/a.js"),
        ("/S/m.js", "a", "/a.js"),
        ("/%73/m.js", "a", "/a.js"),
        ("/x/../s/m.js", "a", "/s/a.js"),
        ("/s/t/x.js", "a", "/s/t/a.js"),
        ("/s/t/m.js", "a", "/s/t/m/a.js"),
        ("/s/t/m.js?q", "a", "/s/t/a.js"),
        ("/s/t/m.js", "only", "/s/only.js"),
        ("/s/t/m.js", "a/b", "/exact.js"),
        ("/s/exact", "a", "/never-below.js"),
        ("/s/exact/m.js", "a", "/s/a.js"),
        ("/s/t/x.js", "blocked/but", "/but.js"),
    ],
)
def test_the_innermost_scope_that_has_a_rule(base: str, specifier: str, url: str) -> None:
    assert MAP.resolve(specifier, SITE + base) == SITE + url


def test_a_scope_that_is_the_base_and_no_path() -> None:
    assert MAP.resolve("a", "data:m") == f"{SITE}/data.js"
    assert MAP.resolve("a", "data:other") == f"{SITE}/a.js"


NOT_A_URL = "is not a URL that is absolute or begins with '/', './' or '../'"

#: A specifier and where it is asked for, with a code and a message.
REFUSALS = {
    ("blocked", ""): "IM312 imports['blocked']: 'blocked' is blocked: its address is null.",
    ("blocked/x", ""): "IM312 imports['blocked/']: 'blocked/x' is blocked: its address is null.",
    ("bad", ""): f"IM312 imports['bad']: 'bad' is blocked: its address 'a.js' {NOT_A_URL}.",
    (
        "bad/x",
        "",
    ): "IM312 imports['bad/']: 'bad/x' is blocked: its address '/bad' must end in '/', as the key does.",
    ("gone", "/s/t/m.js"): "IM312 scopes['/s/']['gone']: 'gone' is blocked: its address is null.",
    (
        "a/https://[",
        "",
    ): "IM313 imports['a/']: 'a/https://[' leads nowhere: 'https://[' cannot be joined to '{site}/a/'.",
    (
        "opaque/x",
        "",
    ): "IM313 imports['opaque/']: 'opaque/x' leads nowhere: 'x' cannot be joined to '{opaque}'.",
    ("deep/../z", ""): "IM314 imports['deep/']: 'deep/../z' leads out of '{site}/x/y/', to '{site}/x/z'.",
    (
        "deep/%2E%2e/y",
        "",
    ): "IM314 imports['deep/']: 'deep/%2E%2e/y' leads out of '{site}/x/y/', to '{site}/x/y'.",
    ("deep//z", ""): "IM314 imports['deep/']: 'deep//z' leads out of '{site}/x/y/', to '{site}/z'.",
    ("query/x", ""): "IM314 imports['query/']: 'query/x' leads out of '{site}/q?path=/', to '{site}/x'.",
    ("p/../x", "/s/m.js"): "IM314 scopes['/s/']['p/']: 'p/../x' leads out of '{site}/s/p/', to '{site}/s/x'.",
    ("/lib//x", ""): "IM314 imports['/lib/']: '{site}/lib//x' leads out of '{site}/lib.v2/', to '{site}/x'.",
    ("localjs", ""): "IM311 {base}: the bare specifier 'localjs' is not in the map.",
    ("onyl", "/s/m.js"): "IM311 {base}: the bare specifier 'onyl' is not in the map. Did you mean 'only'?",
    ("onyl", ""): "IM311 {base}: the bare specifier 'onyl' is not in the map.",
    ("blokced", ""): "IM311 {base}: the bare specifier 'blokced' is not in the map. Did you mean 'blocked'?",
    ("", ""): "IM311 {base}: the bare specifier '' is not in the map.",
    (".", ""): "IM311 {base}: the bare specifier '.' is not in the map.",
    ("https://[", ""): "IM311 {base}: 'https://[' is neither a URL nor in the map.",
    ("//[", "/s/m.js"): "IM311 {base}: '//[' is neither a URL nor in the map.",
    ("\udfff<", ""): r"IM311 {base}: the bare specifier '\udfff<' is not in the map.",
    ("z" * 101, ""): f"IM311 {{base}}: the bare specifier '{'z' * 99}…' is not in the map.",
}


@pytest.mark.parametrize(
    ("specifier", "base", "refusal"),
    [(*question, answer) for question, answer in REFUSALS.items()],
    ids=[f"{specifier[:20]!a} in {base or 'page'}" for specifier, base in REFUSALS],
)
def test_a_refusal_names_the_rule(specifier: str, base: str, refusal: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        MAP.resolve(specifier, SITE + base if base else None)
    [found] = caught.value.diagnostics
    expected = refusal.format(base=SITE + base if base else BASE, site=SITE, opaque="data:text/javascript,/")
    assert f"{found.code} {caught.value}" == expected
    assert found.severity == "error"


@pytest.mark.parametrize(
    ("specifier", "guess"),
    [
        ("package12/modle3.js", " Did you mean 'package12/module3.js'?"),
        ("pakcage150/module9.js", " Did you mean 'package150/module9.js'?"),
        ("zzz", ""),
        ("package12/module3.js" * 5_000, ""),
    ],
    ids=["typo at the end", "typo at the beginning", "like none", "too long"],
)
def test_the_closest_of_thousands_of_names(specifier: str, guess: str) -> None:
    names = {f"package{one}/module{two}.js": "/m.js" for one in range(200) for two in range(20)}
    with pytest.raises(ResolutionError) as caught:
        ImportMap(names, base_url=BASE).resolve(specifier)
    assert str(caught.value).endswith(f" is not in the map.{guess}")
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("base", ["", "index.html", "/app/", "https://", "https://[/", "\ud800"])
def test_a_base_is_an_absolute_url(base: str) -> None:
    message = f"{base!r} cannot be a base: it is not an absolute URL."
    for here, where in ((MAP, base), (MAP.with_base_url(base), None)):
        with pytest.raises(ResolutionError) as caught:
            here.resolve("a", where)
        assert str(caught.value) == message
        assert caught.value.diagnostics[0].code == "IM310"


def test_a_base_with_a_lone_surrogate() -> None:
    here = ImportMap({"a": "./a.js"}, {"/\ufffd/": {"b": "/b.js"}})
    assert here.resolve("a", "https://site.example/\ud800/") == f"{SITE}/%EF%BF%BD/a.js"
    assert here.resolve("b", "https://site.example/\udfff/m.js") == f"{SITE}/b.js"


def test_a_map_without_base_url_stands_where_it_is_asked() -> None:
    here = ImportMap({"a": "./a.js"})
    assert here.resolve("a", "https://one.example/x/") == "https://one.example/x/a.js"
    assert here.resolve("a", "https://two.example/y/") == "https://two.example/y/a.js"
    assert here.base_url is None


def test_without_any_base() -> None:
    here = ImportMap({"a": "/a.js"})
    message = "^the map does not know where it stands: it needs a base URL$"
    with pytest.raises(ValueError, match=message):
        here.resolve("a")
    with pytest.raises(ValueError, match=message):
        here.normalize()


def test_the_same_answer_however_many_modules_ask() -> None:
    """What is remembered of bases is dropped when there are too many of them."""
    here = MAP.with_base_url(BASE)
    asked = [here.resolve("a", f"{SITE}/s/{number}.js") for number in range(_REMEMBERED + 2)]
    assert set(asked) == {f"{SITE}/s/a.js"}
    assert len(here._index(None)._known) == 2
    assert here.resolve("a", f"{SITE}/s/0.js") == f"{SITE}/s/a.js"


def test_the_index_is_built_once() -> None:
    here = ImportMap({"a": "/a.js"}, base_url=BASE)
    here.resolve("a")
    index = here._lazy["index"]
    here.resolve("a", "https://elsewhere.example/")
    assert here._lazy["index"] is index


NORMALIZED = ImportMap(
    {"a": "./a.js", "./b": "b", "a/": "/a", "": "/x", "/c": None},
    {"": {"/d": "/e"}, "https://[": {"a": "/a"}, "/s/": {}},
    {"/a.js": "sha384-a", "b": "sha384-b"},
    {"./m.js": ["./n.js", "a"], "https://[": ["a"]},
    contexts=["admin"],
    isolated_scopes=True,
    base_url=BASE,
)


def test_normalize() -> None:
    before = repr(NORMALIZED)
    seen = NORMALIZED.normalize()
    assert seen.to_dict() == {
        "imports": {
            "a": f"{SITE}/app/a.js",
            f"{SITE}/app/b": None,
            "a/": None,
            f"{SITE}/c": None,
        },
        "scopes": {BASE: {f"{SITE}/d": f"{SITE}/e"}, f"{SITE}/s/": {}},
        "integrity": {f"{SITE}/a.js": "sha384-a"},
        "depcache": {f"{SITE}/app/m.js": ("./n.js", "a")},
    }
    assert (seen.base_url, seen.contexts, seen.isolated_scopes) == (BASE, ("admin",), True)
    assert seen.normalize() == seen
    assert repr(NORMALIZED) == before


def test_normalize_where_the_map_does_not_know() -> None:
    here = ImportMap({"a": "./a.js"})
    seen = here.normalize("HTTPS://one.example/x/")
    assert (dict(seen.imports), seen.base_url) == (
        {"a": "https://one.example/x/a.js"},
        "https://one.example/x/",
    )
    assert here == ImportMap({"a": "./a.js"})
    assert here.base_url is None


def test_a_normalised_map_says_what_it_is_asked_in_its_own_words() -> None:
    with pytest.raises(ResolutionError) as caught:
        ImportMap({"./b": "b"}, base_url=BASE).normalize().resolve("./b")
    url = f"{SITE}/app/b"
    assert str(caught.value) == f"imports['{url}']: '{url}' is blocked: its address is null."
