"""The proposal "Import map extensions": depcache, isolated scopes, workers."""

from __future__ import annotations

import pytest

from importmap import (
    ConflictError,
    Diagnostic,
    ImportMap,
    ParseError,
    ResolutionError,
    check_isolation,
    parse,
    worker_imports,
)

SITE = "https://site.example"
BASE = f"{SITE}/app/index.html"
IS_NO_KEY = "is no key of an import map, and ignored."


def notes(text: str) -> list[str]:
    """Code, severity, place and message of each diagnostic; there are no other fields in use."""
    return [f"{found.code} {found.severity} {found}" for found in parse(text, BASE, extensions=True)[1]]


# Parsing


@pytest.mark.parametrize("key", ["depcache", "isolatedScopes"])
@pytest.mark.parametrize("value", ["{}", "true", "0"])
def test_extensions_have_to_be_asked_for(key: str, value: str) -> None:
    parsed, diagnostics = parse(f'{{"{key}": {value}}}', BASE)
    assert (parsed, parsed.isolated_scopes) == (ImportMap(), False)
    hint = f"{key!r} is an extension: parse(..., extensions=True) reads it."
    assert diagnostics == [Diagnostic("IM302", "warning", f"{key!r} {IS_NO_KEY}", hint=hint)]


def test_extensions_are_what_was_meant_where_they_are_read() -> None:
    assert notes('{"depCache": {}}') == [f"IM302 warning 'depCache' {IS_NO_KEY} Did you mean 'depcache'?"]


def test_dependencies() -> None:
    text = '{"depcache": {"https://[": [], "/a.js": "/b.js", "/c.js": ["a", 1], "d.js": [], "": ["\\ud800"]}}'
    ignored = "IM319 warning depcache: the dependencies of"
    assert notes(text) == [
        f"{ignored} 'https://[' are ignored: it is not a URL.",
        f"{ignored} '/a.js' are ignored: its dependencies must be an array of strings.",
        f"{ignored} '/c.js' are ignored: its dependencies must be an array of strings.",
    ]
    parsed, _ = parse(text, BASE, extensions=True)
    assert parsed.depcache == {"": ("\ud800",), "d.js": (), "https://[": ()}
    assert parsed.normalize().depcache == {BASE: ("\ud800",), f"{SITE}/app/d.js": ()}


def test_isolated_scopes_map_no_urls() -> None:
    text = '{"isolatedScopes": %s, "imports": {"./x": "/x"}, "scopes": {"./": {"a": "/a", "./b": "/b"}}}'
    message = "'./b' is ignored: an isolated scope maps no URLs."
    assert notes(text % "true") == [f"IM320 warning scopes['./']: {message}"]
    assert notes(text % "false") == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [("null", "null"), ("1", "a number"), ('"true"', "a string"), ("[]", "an array"), ("{}", "an object")],
)
def test_isolated_scopes_is_a_boolean(value: str, kind: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(f'{{"isolatedScopes": {value}}}', BASE, extensions=True)
    assert str(caught.value) == f"'isolatedScopes' must be a boolean, not {kind}."
    assert caught.value.diagnostics[0].code == "IM301"


# Isolated scopes

ISOLATED = ImportMap(
    {"a": "/a.js", "./mapped.js": "/mapped.js"},
    {
        "/s/": {"x": "/s/x.js", "p/": "/p/", "none": None, "./url.js": "/url.js"},
        "/s/t/": {"y": "/s/y.js"},
        "/m.js": {"x": "/m/x.js"},
    },
    isolated_scopes=True,
    base_url=BASE,
)


@pytest.mark.parametrize(
    ("base", "specifier", "url"),
    [
        ("/app/", "a", "/a.js"),
        ("/app/", "./mapped.js", "/mapped.js"),
        ("/s/1.js", "x", "/s/x.js"),
        ("/s/1.js", "p/q", "/p/q"),
        ("/s/1.js", "./2.js", "/s/2.js"),
        ("/s/1.js", "./t/2.js", "/s/t/2.js"),
        ("/s/1.js", "/s/", "/s/"),
        # URLs are not mapped.
        ("/s/1.js", "../app/url.js", None),
        ("/s/t/1.js", "y", "/s/y.js"),
        ("/m.js", "x", "/m/x.js"),
        ("/m.js", "./m.js", "/m.js"),
    ],
)
def test_isolated(base: str, specifier: str, url: str | None) -> None:
    if url is None:
        with pytest.raises(ResolutionError):
            ISOLATED.resolve(specifier, SITE + base)
    else:
        assert ISOLATED.resolve(specifier, SITE + base) == SITE + url


@pytest.mark.parametrize(
    ("base", "specifier", "code", "message"),
    [
        ("/s/1.js", "a", "IM315", "{base}: 'a' is not among the names of the isolated scope '/s/'."),
        ("/s/t/1.js", "x", "IM315", "{base}: 'x' is not among the names of the isolated scope '/s/t/'."),
        ("/s/1.js", "/a.js", "IM315", "{base}: '/a.js' does not lie in the isolated scope '/s/'."),
        ("/s/t/1.js", "../1.js", "IM315", "{base}: '../1.js' does not lie in the isolated scope '/s/t/'."),
        (
            "/m.js",
            "./m.js/n.js",
            "IM315",
            "{base}: './m.js/n.js' does not lie in the isolated scope '/m.js'.",
        ),
        ("/m.js", "data:,", "IM315", "{base}: 'data:,' does not lie in the isolated scope '/m.js'."),
        ("/m.js", "//[", "IM315", "{base}: '//[' is not among the names of the isolated scope '/m.js'."),
        ("/s/1.js", "none", "IM312", "scopes['/s/']['none']: 'none' is blocked: its address is null."),
        (
            "/s/1.js",
            "p/../q",
            "IM314",
            "scopes['/s/']['p/']: 'p/../q' leads out of 'https://site.example/p/', to 'https://site.example/q'.",
        ),
        ("/x.js", "y", "IM311", "{base}: the bare specifier 'y' is not in the map."),
    ],
)
def test_what_breaks_out_is_refused(base: str, specifier: str, code: str, message: str) -> None:
    base = SITE + base
    with pytest.raises(ResolutionError) as caught:
        ISOLATED.resolve(specifier, base)
    assert str(caught.value) == message.format(base=base)
    assert [(found.code, found.severity) for found in caught.value.diagnostics] == [(code, "error")]


def test_a_map_that_is_not_isolated_falls_back() -> None:
    shared = ImportMap(ISOLATED.imports, ISOLATED.scopes, base_url=BASE)
    assert shared.resolve("a", f"{SITE}/s/1.js") == f"{SITE}/a.js"
    assert shared.resolve("x", f"{SITE}/s/t/1.js") == f"{SITE}/s/x.js"
    assert shared.resolve("../app/url.js", f"{SITE}/s/1.js") == f"{SITE}/url.js"


# Isolated scopes of several maps


def test_of_several_maps_the_first_map_with_scopes_says_whether_they_are_isolated() -> None:
    isolated = ImportMap(scopes={"/i/": {}}, isolated_scopes=True)
    shared = ImportMap(scopes={"/s/": {}})
    both: dict[str, dict[str, str | None]] = {"/i/": {}, "/s/": {}}
    drop = Diagnostic("IM316", "warning", "'isolatedScopes' is dropped: the page has another entry.")
    assert ImportMap({"a": "/1"}).extend(isolated) == (
        ImportMap({"a": "/1"}, {"/i/": {}}, isolated_scopes=True),
        [],
    )
    assert isolated.extend(ImportMap({"a": "/1"}))[0].isolated_scopes
    assert isolated.extend(shared) == (ImportMap(scopes=both, isolated_scopes=True), [drop])
    assert shared.extend(isolated) == (ImportMap(scopes=both), [drop])
    with pytest.raises(ConflictError) as caught:
        shared.extend(isolated, strict=True)
    assert str(caught.value) == "'isolatedScopes' is dropped: the page has another entry."


def test_a_new_isolated_scope_takes_no_names_away() -> None:
    old = ImportMap({"a": "/a.js"}, {"/t/": {}}, isolated_scopes=True, base_url=BASE)
    new = ImportMap(scopes={"/s/": {"b": "/b.js"}, "/t/": {"c": "/c.js"}}, isolated_scopes=True)
    merged, drops = old.extend(new, [("a", f"{SITE}/s/m.js"), ("x", f"{SITE}/t/m.js")])
    message = "the scope '/s/' is dropped: it is isolated, and the page has resolved something in it."
    assert drops == [Diagnostic("IM317", "warning", message, place="scopes")]
    assert merged == ImportMap({"a": "/a.js"}, {"/t/": {"c": "/c.js"}}, isolated_scopes=True)
    assert merged.resolve("a", f"{SITE}/s/m.js") == old.resolve("a", f"{SITE}/s/m.js")


# check_isolation


@pytest.mark.parametrize("isolated", [True, False])
def test_check_isolation(*, isolated: bool) -> None:
    """All that breaks out, in the order of the modules; what fails anyhow is not its business."""
    checked = ImportMap(ISOLATED.imports, ISOLATED.scopes, isolated_scopes=isolated, base_url=BASE)
    graph = {
        "/x.js": ["a", "missing", "/s/1.js"],
        "/s/2.js": ["none", "p/../q", "/a.js"],
        "/s/1.js": iter(["a", "x", "./2.js"]),
    }
    assert check_isolation(checked, graph) == [
        Diagnostic(
            "IM320",
            "warning",
            "'./url.js' is ignored: an isolated scope maps no URLs.",
            place="scopes['/s/']",
        ),
        *(
            Diagnostic("IM315", "error", message, place=f"{SITE}{place}")
            for place, message in [
                ("/s/1.js", "'a' is not among the names of the isolated scope '/s/'."),
                ("/s/2.js", "'/a.js' does not lie in the isolated scope '/s/'."),
            ]
        ),
    ]


def test_check_isolation_of_what_the_map_knows() -> None:
    checked = ImportMap(
        {"a": "/a.js"}, {"/s/": {"b": "/b.js"}}, depcache={"/s/1.js": ["a", "b"]}, base_url=BASE
    )
    message = "'a' is not among the names of the isolated scope '/s/'."
    assert check_isolation(checked) == [Diagnostic("IM315", "error", message, place=f"{SITE}/s/1.js")]
    assert check_isolation(checked, {}) == []


# Workers

PAGE = ImportMap(
    {"a": "/a.js", "worker": "/w.js", "/old.js": "/new.js", "same": "/same.js", "node:fs": "/fs.js"},
    {"/s/": {"a": "/s/a.js"}},
    depcache={
        "/w.js": ["./plain.js", "a", "/old.js", "a"],
        "/plain.js": ["https://site.example/same.js"],
        "/new.js": ["/s/deep.js"],
        "/s/deep.js": ["node:fs", "a", "/w.js"],
        "/unrelated.js": ["a"],
    },
    base_url=BASE,
)

NEEDED = {
    f"{SITE}/w.js": {"/old.js": f"{SITE}/new.js", "a": f"{SITE}/a.js"},
    f"{SITE}/s/deep.js": {"a": f"{SITE}/s/a.js", "node:fs": f"{SITE}/fs.js"},
}


@pytest.mark.parametrize("entry", ["worker", "/w.js", "../w.js", f"{SITE}/w.js"])
def test_what_a_worker_needs(entry: str) -> None:
    needed = worker_imports(PAGE, entry)
    assert needed == NEEDED
    assert list(needed) == list(NEEDED)
    assert [list(names) for names in needed.values()] == [["/old.js", "a"], ["a", "node:fs"]]


def test_a_worker_that_needs_nothing() -> None:
    assert worker_imports(PAGE, "/plain.js") == {}
    assert worker_imports(PAGE, "worker", {}) == {}


def test_a_worker_with_a_graph_of_its_own() -> None:
    assert worker_imports(PAGE, "worker", {"../w.js": iter(["same"])}) == {
        f"{SITE}/w.js": {"same": f"{SITE}/same.js"}
    }


def test_the_modules_of_an_isolated_worker() -> None:
    assert worker_imports(ISOLATED, "/s/1.js", {"/s/1.js": ["x"]}) == {
        f"{SITE}/s/1.js": {"x": f"{SITE}/s/x.js"}
    }
    with pytest.raises(ResolutionError) as caught:
        worker_imports(ISOLATED, "/s/1.js", {"/s/1.js": ["a"]})
    assert caught.value.diagnostics[0].code == "IM315"


@pytest.mark.parametrize(("entry", "base"), [("missing", BASE), ("/w.js", f"{SITE}/w.js")])
def test_what_fails_in_a_page_fails_in_a_worker(entry: str, base: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        worker_imports(PAGE, entry, {"/w.js": ["missing"]})
    assert str(caught.value) == f"{base}: the bare specifier 'missing' is not in the map."


def test_a_module_is_a_url() -> None:
    for refused in (
        lambda: check_isolation(PAGE, {"https://[": ["a"]}),
        lambda: worker_imports(PAGE, "worker", {"https://[": []}),
    ):
        with pytest.raises(ResolutionError) as caught:
            refused()
        assert str(caught.value) == "'https://[' cannot be a base: it is not an absolute URL."


def test_maps_that_do_not_know_where_they_stand() -> None:
    message = "^the map does not know where it stands: with_base_url\\(\\) tells it$"
    with pytest.raises(ValueError, match=message):
        check_isolation(ImportMap())
    with pytest.raises(ValueError, match=message):
        worker_imports(ImportMap(), "/w.js")
