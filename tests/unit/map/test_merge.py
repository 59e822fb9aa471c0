"""Several maps on one page: what stays, what is dropped, and what it says of that."""

from __future__ import annotations

from typing import Any

import pytest

from importmap import ConflictError, Diagnostic, ImportMap, ResolutionError

SITE = "https://site.example"
BASE = f"{SITE}/app/index.html"

SAME = "the page has the same entry"
OTHER = "the page has another entry"
RESOLVED = "the page has resolved what it would change"


def dropped(rule: str, why: str, place: str = "imports") -> Diagnostic:
    code = "IM317" if why == RESOLVED else "IM316"
    severity = "info" if why == SAME else "warning"
    return Diagnostic(code, severity, f"{rule!r} is dropped: {why}.", place=place)


def page(**sections: Any) -> ImportMap:
    return ImportMap(**sections, base_url=BASE)


#: What the page has, what comes to it, what it has then, and what it drops.
MERGES: dict[str, tuple[ImportMap, ImportMap, ImportMap, list[Diagnostic]]] = {
    "nothing": (ImportMap(), ImportMap(), ImportMap(), []),
    "new rules of all kinds": (
        page(imports={"a": "/a.js"}, scopes={"/s/": {"x": "/x.js"}}),
        page(
            imports={"b": "b.js"},
            scopes={"/s/": {"y": None}, "./t/": {"x": "/x.js"}},
            integrity={"/a.js": "1"},
            depcache={"/a.js": ["b"]},
        ),
        page(
            imports={"a": "/a.js", "b": "b.js"},
            scopes={"/s/": {"x": "/x.js", "y": None}, "./t/": {"x": "/x.js"}},
            integrity={"/a.js": "1"},
            depcache={"/a.js": ["b"]},
        ),
        [],
    ),
    "the first rule stays": (
        page(imports={"a": "/1", "b": None, "c": "/3"}),
        page(imports={"a": "/2", "b": "/2", "c": None}),
        page(imports={"a": "/1", "b": None, "c": "/3"}),
        [dropped("a", OTHER), dropped("b", OTHER), dropped("c", OTHER)],
    ),
    "the same rule in other words": (
        page(imports={"./a": "./1", "b": None, "c": "bad"}),
        page(imports={"/app/a": f"{SITE}/app/1", "b": "bad", "c": None}),
        page(imports={"./a": "./1", "b": None, "c": "bad"}),
        [dropped("/app/a", SAME), dropped("b", SAME), dropped("c", SAME)],
    ),
    "scopes": (
        page(scopes={"./": {"a": "/1", "./b": "/1"}}),
        page(scopes={"/app/": {"a": "/1", "/app/b": "/2", "c": "/3"}}),
        page(scopes={"./": {"a": "/1", "./b": "/1", "c": "/3"}}),
        [dropped("/app/b", OTHER, "scopes['/app/']"), dropped("a", SAME, "scopes['/app/']")],
    ),
    "a scope is no section of its own": (
        page(imports={"a": "/1"}, scopes={"/s/": {"a": "/2"}}),
        page(scopes={"/t/": {"a": "/3"}, "/s/t/": {"a": "/4"}}),
        page(imports={"a": "/1"}, scopes={"/s/": {"a": "/2"}, "/s/t/": {"a": "/4"}, "/t/": {"a": "/3"}}),
        [],
    ),
    "empty scopes": (
        page(scopes={"/s/": {}}),
        page(scopes={"/s/": {}, "/t/": {}}),
        page(scopes={"/s/": {}, "/t/": {}}),
        [],
    ),
    "integrity": (
        page(integrity={"/a": "1", "/b": "1"}),
        page(integrity={"../a": "1", "../b": "2", "../c": "3"}),
        page(integrity={"/a": "1", "/b": "1", "../c": "3"}),
        [dropped("../a", SAME, "integrity"), dropped("../b", OTHER, "integrity")],
    ),
    "depcache": (
        page(depcache={"/a": ["x"], "/b": ["x"]}),
        page(depcache={"/a": ["x"], "/b": []}),
        page(depcache={"/a": ["x"], "/b": ["x"]}),
        [dropped("/a", SAME, "depcache"), dropped("/b", OTHER, "depcache")],
    ),
    "what browsers ignore does not come": (
        page(imports={"": "/1"}, scopes={"https://[": {"a": "/1"}}),
        page(imports={"": "/2"}, scopes={"//[": {"a": "/2"}}, integrity={"a": "1"}),
        page(imports={"": "/1"}, scopes={"https://[": {"a": "/1"}}),
        [],
    ),
    "neither knows where it stands": (
        ImportMap({"./a": "/1"}),
        ImportMap({"././a": "/2", "b": "./b"}),
        ImportMap({"./a": "/1", "b": "./b"}),
        [dropped("././a", OTHER)],
    ),
}


@pytest.mark.parametrize(("old", "new", "merged", "drops"), MERGES.values(), ids=MERGES)
def test_merge(old: ImportMap, new: ImportMap, merged: ImportMap, drops: list[Diagnostic]) -> None:
    before = repr((old, new, old.depcache, new.depcache))
    assert old.extend(new) == (merged, drops)
    assert old.extend(new)[0].base_url == merged.base_url
    assert repr((old, new, old.depcache, new.depcache)) == before


FILE = f"{SITE}/s/m.js"

BOTH = ("imports", "scopes")
#: A specifier that a module has resolved, a rule that comes, and where the page drops it.
FROZEN: dict[str, tuple[str, dict[str, str | None], tuple[str, ...]]] = {
    "the key": ("a", {"a": "/2"}, BOTH),
    "a prefix": ("a/b/c", {"a/b/": "/2/"}, BOTH),
    "a shorter prefix": ("a/b/c", {"a/": "/2/"}, BOTH),
    "no prefix": ("a/b", {"a": "/2", "a/b/": "/3/", "a/b/c": "/4", "a/c/": "/5/"}, ()),
    "the specifier is a prefix of the key": ("a/", {"a/b": "/2", "a/b/": "/2/"}, ()),
    "the beginning of the key": ("a", {"ab": "/2", "a/": "/2/"}, ()),
    "a relative URL": ("./x.js", {"/s/x.js": "/2"}, BOTH),
    "an absolute URL": (f"{SITE}/s/x.js", {"../s/x.js": "/2"}, BOTH),
    "a prefix of a URL": ("./y/x.js", {"/s/": "/2/"}, BOTH),
    "the host": ("./y/x.js", {SITE: "/2/"}, BOTH),
    "a prefix of a URL that is not special": ("x:a/b", {"x:a/": "/2/"}, ("imports",)),
    "a URL that is not special": ("x:a/b", {"x:a/b": "/2"}, BOTH),
    "another URL": ("./x.js", {"/s/x": "/2", "./x.js": "/3"}, ()),
    "what failed": ("../[", {"..": "/2"}, ()),
    "what could not be parsed": ("//[", {"//[": "/2"}, BOTH),
    "a prefix of what could not be parsed": ("https://[/x", {"https://[/": "/2/"}, BOTH),
}


@pytest.mark.parametrize(("specifier", "rules", "where"), FROZEN.values(), ids=FROZEN)
def test_nothing_changes_that_is_resolved(
    specifier: str, rules: dict[str, str | None], where: tuple[str, ...]
) -> None:
    for section, place, new, left in (
        ("imports", "imports", page(imports=rules), page()),
        ("scopes", "scopes['/s/']", page(scopes={"/s/": rules}), page(scopes={"/s/": {}})),
    ):
        merged, drops = page().extend(new, [(specifier, FILE)])
        assert drops == [dropped(key, RESOLVED, place) for key in sorted(rules) if section in where]
        assert merged == (left if section in where else new)


@pytest.mark.parametrize("scope", ["/s/", "/", "/s/m.js", "/s", "/s/m", "/t/", ""])
def test_scopes_that_cover_what_has_resolved(scope: str) -> None:
    is_dropped = scope in ("/s/", "/", "/s/m.js")
    new = page(scopes={scope: {"a": "/2"}})
    merged, drops = page().extend(new, [("a", FILE)])
    assert drops == ([dropped("a", RESOLVED, f"scopes[{scope!r}]")] if is_dropped else [])
    assert merged == (page(scopes={scope: {}}) if is_dropped else new)


def test_an_entry_of_the_page_is_the_better_reason() -> None:
    same = page(imports={"a": "/1"})
    assert same.extend(same, [("a", FILE)]) == (same, [dropped("a", SAME)])
    assert same.extend(page(imports={"a": "/2"}), [("a", FILE)]) == (same, [dropped("a", OTHER)])


def test_integrity_and_depcache_are_not_frozen() -> None:
    new = page(integrity={f"{SITE}/a": "1"}, depcache={f"{SITE}/a": ["b"]})
    assert page(imports={"a": "/a"}).extend(new, [("a", BASE), ("/a", BASE)])[1] == []


def test_many_that_resolved_and_each_once() -> None:
    resolved = iter([("a", BASE), ("b", FILE), ("c/d", f"{SITE}/x/../s/m.js"), ("a", BASE)])
    new = page(imports={"a": "/1", "b": "/2", "c/": "/3/", "d": "/4"}, scopes={"/s/": {"a": "/5", "b": "/6"}})
    merged, drops = page().extend(new, resolved)
    assert merged == page(imports={"d": "/4"}, scopes={"/s/": {"a": "/5"}})
    gone = [dropped(key, RESOLVED) for key in ("a", "b", "c/")]
    assert drops == [dropped("b", RESOLVED, "scopes['/s/']"), *gone]


def test_what_blocks_says_why_after_the_merge() -> None:
    new = page(imports={"a": "bad"}, scopes={"./s/": {"/b/": "/b"}})
    merged, _ = page().extend(new)
    with pytest.raises(ResolutionError) as caught:
        merged.resolve("a")
    reason = "its address 'bad' is not a URL that is absolute or begins with '/', './' or '../'"
    assert str(caught.value) == f"imports['a']: 'a' is blocked: {reason}."
    with pytest.raises(ResolutionError) as caught:
        merged.resolve("/b/c", f"{SITE}/app/s/m.js")
    reason = "its address '/b' must end in '/', as the key does"
    assert str(caught.value) == f"scopes['./s/']['/b/']: '{SITE}/b/c' is blocked: {reason}."


# Where maps stand


def test_a_map_of_another_page() -> None:
    """Its rules come as URLs."""
    new = ImportMap({"a": "./a", "./b": "./c"}, {"": {"x": "bad"}}, base_url="https://cdn.example/d/")
    merged, drops = page(imports={"./b": "/1"}).extend(new)
    url = "https://cdn.example/d/"
    assert drops == []
    names = {"./b": "/1", "a": f"{url}a", f"{url}b": f"{url}c"}
    assert merged == page(imports=names, scopes={url: {"x": None}})
    assert merged.base_url == BASE
    assert merged.resolve("a", BASE) == f"{url}a"


def test_maps_of_two_pages_of_one_site() -> None:
    new = ImportMap({"./a": "/2", "b": "/2"}, base_url=f"{SITE}/app/other/../other.html")
    merged = page(imports={"./a": "/1", "b": f"{SITE}/2"})
    assert page(imports={"./a": "/1"}).extend(new) == (merged, [dropped(f"{SITE}/app/a", OTHER)])


@pytest.mark.parametrize("knows", ["old", "new"])
def test_one_map_knows_where_both_stand(knows: str) -> None:
    old = ImportMap({"./a": "/1"}, base_url=BASE if knows == "old" else None)
    new = ImportMap({"/app/a": "/2", "b": "./b"}, base_url=BASE if knows == "new" else None)
    merged, drops = old.extend(new, [("x", FILE)])
    assert drops == [dropped("/app/a", OTHER)]
    assert merged == ImportMap({"./a": "/1", "b": "./b"})
    assert merged.base_url == BASE


def test_no_map_knows_where_what_was_resolved_stands() -> None:
    message = "^the map does not know where it stands: it needs a base URL$"
    with pytest.raises(ValueError, match=message):
        ImportMap().extend(ImportMap(), [("a", FILE)])
    assert ImportMap().extend(ImportMap(), iter(())) == (ImportMap(), [])


def test_labels_are_the_pages() -> None:
    old = ImportMap(contexts=["admin"], base_url=BASE)
    merged, _ = old.extend(ImportMap(contexts=["public"], scopes={"/s/": {}}))
    assert (merged.contexts, merged.isolated_scopes, merged.base_url) == (("admin",), False, BASE)


@pytest.mark.parametrize("base", ["", "/s/m.js", "https://["])
def test_bases_of_what_was_resolved_are_absolute(base: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        page().extend(page(), [("a", base)])
    assert str(caught.value) == f"{base!r} cannot be a base: it is not an absolute URL."


# Strict: "Lazy Loading of Import Maps"


def test_strict_takes_all() -> None:
    old, new = page(imports={"a": "/a.js"}), page(imports={"b": "/b.js"}, scopes={"/t/": {"a": "/t/a.js"}})
    merged = page(imports={"a": "/a.js", "b": "/b.js"}, scopes={"/t/": {"a": "/t/a.js"}})
    assert old.extend(new, [("a", FILE)], strict=True) == (merged, [])
    assert old.extend(old - old, strict=True) == (old, [])


STRICT = {
    "redefined": (page(imports={"a": "/2"}), [], ["imports: 'a' is dropped: the page has another entry."]),
    "said again": (
        page(imports={"a": "/a.js"}, integrity={"/a.js": "1"}),
        [],
        [
            "integrity: '/a.js' is dropped: the page has the same entry.",
            "imports: 'a' is dropped: the page has the same entry.",
        ],
    ),
    "resolved before": (
        page(imports={"b/": "/b/"}),
        [("b/c", FILE)],
        ["imports: 'b/' is dropped: the page has resolved what it would change."],
    ),
    "a scope over what has imported": (
        page(scopes={"/s/": {"b": "/b.js"}, "./t/": {}}),
        [("a", FILE)],
        ["scopes['/s/']: the scope covers 'https://site.example/s/m.js', which is loaded."],
    ),
    "a scope over what was imported": (
        page(scopes={"/a.js": {}, "/": {"b": "/b.js"}}),
        [("a", "https://cdn.example/m.js"), ("missing", "https://cdn.example/m.js")],
        [
            "scopes['/']: the scope covers 'https://site.example/a.js', which is loaded.",
            "scopes['/a.js']: the scope covers 'https://site.example/a.js', which is loaded.",
        ],
    ),
    "all of it": (
        page(imports={"a": None}, scopes={"/s/": {"a": "/2"}}),
        [("a", FILE)],
        [
            "scopes['/s/']: 'a' is dropped: the page has resolved what it would change.",
            "imports: 'a' is dropped: the page has another entry.",
            "scopes['/s/']: the scope covers 'https://site.example/s/m.js', which is loaded.",
        ],
    ),
}


@pytest.mark.parametrize(("new", "resolved", "messages"), STRICT.values(), ids=STRICT)
def test_strict_refuses(new: ImportMap, resolved: list[tuple[str, str]], messages: list[str]) -> None:
    old = page(imports={"a": "/a.js"}, integrity={"/a.js": "1"})
    with pytest.raises(ConflictError) as caught:
        old.extend(new, resolved, strict=True)
    assert str(caught.value).splitlines() == messages
    assert {found.severity for found in caught.value.diagnostics} == {"error"}
    assert old == page(imports={"a": "/a.js"}, integrity={"/a.js": "1"})
