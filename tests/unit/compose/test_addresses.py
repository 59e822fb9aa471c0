"""URL keys: relative imports of plain file names lead to final URLs, whatever these look like."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.composing import FLAT, HASHED, OTHER_HOST, QUERY, clean, compose, edges, graph
from support.serving import Serves
from support.site_folder import package

from importmap import Diagnostic, Package
from importmap._base.grammar import is_relative, join
from importmap._compose.urls import encode, joined
from importmap._map import url as url_parser

DEMO = package(
    "demo",
    {".": "demo/index.js"},
    modules={
        "demo/index.js": edges("./sub/a.js", dynamic=["./lazy.js"]),
        "demo/sub/a.js": edges("../b.js", "./../../demo/sub/deep/c.js"),
        "demo/b.js": {},
        "demo/sub/deep/c.js": edges("../../b.js", "../a.js"),
        "demo/lazy.js": {},
        "demo/never.js": {},
    },
)
FILES = ["demo/index.js", "demo/sub/a.js", "demo/b.js", "demo/sub/deep/c.js", "demo/lazy.js"]


def keys(found: list[Package], static: Serves, **settings: Any) -> dict[str, str | None]:
    """The keys of a map that are URLs."""
    imports = clean(found, static=static, **settings).imports
    return {name: url for name, url in imports.items() if name.startswith(("/", "http"))}


@pytest.mark.parametrize(
    ("static", "base"),
    [
        (HASHED, "/s/"),
        (QUERY, "/s/"),
        (OTHER_HOST, "https://cdn.example/s/"),
        (Serves("//cdn.example/{folder}{hash}{suffix}"), "//cdn.example/"),
        (Serves("/{folder}{hash}"), "/"),
    ],
)
def test_each_selected_module_has_its_plain_name(static: Serves, base: str) -> None:
    """A literal import and one that is none lead to the same URL."""
    assert keys([DEMO], static) == {base + path: static.url(path) for path in FILES}


@pytest.mark.parametrize("template", ["/static/{path}", "https://cdn.example/{path}", "/x/demo/{path}"])
def test_plain_urls_need_no_keys(template: str) -> None:
    assert keys([DEMO], Serves(template)) == {}


def test_another_folder_for_each_file() -> None:
    """The key of an import is what the browser makes of it beside the final URL of the module."""
    hashes = {path: f"/s/{number}/{path}" for number, path in enumerate(FILES)}
    assert keys([DEMO], Serves("", hashes)) == {
        "/s/0/demo/sub/a.js": "/s/1/demo/sub/a.js",
        "/s/0/demo/lazy.js": "/s/4/demo/lazy.js",
        "/s/1/demo/b.js": "/s/2/demo/b.js",
        "/s/1/demo/sub/deep/c.js": "/s/3/demo/sub/deep/c.js",
        "/s/3/demo/b.js": "/s/2/demo/b.js",
        "/s/3/demo/sub/a.js": "/s/1/demo/sub/a.js",
    }


@pytest.mark.parametrize("name", ["{path}", "{folder}{stem}.{hash}{suffix}"], ids=["plain", "hashed"])
def test_files_that_are_spread_over_hosts(name: str) -> None:
    """A browser looks for an import on the host of the module that has it."""
    shards = {path: f"https://{number % 2}.cdn.example/" for number, path in enumerate(FILES)}
    urls = {path: shard + Serves(name).url(path) for path, shard in shards.items()}
    found, elsewhere = keys([DEMO], Serves("", urls)), 0
    for path in FILES:
        module = DEMO.manifest["modules"][path]
        for edge in (*module.get("imports", ()), *module.get("dynamic", ())):
            asked = url_parser.parse(edge, urls[path])
            assert asked is not None
            assert found.get(asked, asked) == urls[join(path, edge) or ""]
            elsewhere += asked not in urls.values()
    assert elsewhere


def test_a_file_of_another_name() -> None:
    """Where the name changes and the folders stay."""
    static = Serves("/s/{path}", {"demo/b.js": "/s/demo/b.77.js"})
    assert keys([DEMO], static) == {"/s/demo/b.js": "/s/demo/b.77.js"}


def test_a_file_in_another_place() -> None:
    """It has no plain name; who imports it finds it, and what it imports is not found."""
    static = Serves("/s/{path}", {"demo/sub/a.js": "/elsewhere/a.js"})
    import_map, diagnostics = compose([DEMO], static=static)
    assert {name: url for name, url in import_map.imports.items() if name.startswith("/")} == {
        "/s/demo/sub/a.js": "/elsewhere/a.js"
    }

    def lost(edge: str, asked: str, there: str) -> Diagnostic:
        message = f"imports {edge!r}, for which browsers ask at {asked!r}: the file is at {there!r}."
        return Diagnostic("IM230", "warning", message, distribution="demo", place="demo/sub/a.js")

    assert diagnostics == [
        lost("../b.js", "/b.js", "/s/demo/b.js"),
        lost("./../../demo/sub/deep/c.js", "/demo/sub/deep/c.js", "/s/demo/sub/deep/c.js"),
    ]


def test_flat_names() -> None:
    """No keys: a plain name would be anybody's."""
    import_map, diagnostics = compose([DEMO], static=FLAT)
    assert import_map.imports == {"demo": "/s/94c7.js"}
    assert {(found.code, found.place) for found in diagnostics} == {
        ("IM230", "demo/index.js"),
        ("IM230", "demo/sub/a.js"),
        ("IM230", "demo/sub/deep/c.js"),
    }


def test_keys_stay_below_the_prefix() -> None:
    """An import of another folder may be anybody's; the file has its own key below that folder's."""
    demo = package(
        "demo",
        {".": "demo/index.js"},
        modules=graph({"demo/index.js": ["../more/x.js"], "more/x.js": ["../demo/index.js"]}),
    )
    assert keys([demo], HASHED) == {
        "/s/demo/index.js": HASHED.url("demo/index.js"),
        "/s/more/x.js": HASHED.url("more/x.js"),
    }
    shards = Serves("", {"demo/index.js": "https://0.example/demo/index.js", "more/x.js": "/more/x.js"})
    import_map, diagnostics = compose([demo], static=shards)
    assert import_map.imports == {"demo": "https://0.example/demo/index.js"}
    assert [str(found) for found in diagnostics] == [
        (
            "demo: demo/index.js: imports '../more/x.js', for which browsers ask at "
            "'https://0.example/more/x.js': the file is at '/more/x.js'."
        ),
        (
            "demo: more/x.js: imports '../demo/index.js', for which browsers ask at "
            "'/demo/index.js': the file is at 'https://0.example/demo/index.js'."
        ),
    ]


def test_a_file_that_counts_as_another_package_s() -> None:
    """What imports it has all its URLs at one base, and the file is at another."""
    modules = graph({"shared/x.js": ["./y.js"], "shared/y.js": ["one"]})
    one = package("one", {".": "shared/y.js"}, modules={"shared/y.js": modules["shared/y.js"]})
    two = package("two", {".": "shared/x.js"}, modules=modules)
    static = Serves("/s/{path}", {"shared/y.js": "https://cdn.example/t/shared/y.js"})
    assert keys([one, two], static) == {"/s/shared/y.js": "https://cdn.example/t/shared/y.js"}


def test_a_prefix_that_only_looks_the_same() -> None:
    demo = package(
        "demo", {".": "demo/index.js"}, modules=graph({"demo/index.js": ["../demo2/x.js"], "demo2/x.js": []})
    )
    static = Serves("", {"demo/index.js": "/s/demo/index.js", "demo2/x.js": "/t/demo2/x.js"})
    import_map, [diagnostic] = compose([demo], static=static)
    assert import_map.imports == {"demo": "/s/demo/index.js"}
    assert diagnostic.code == "IM230"


def test_files_that_are_not_served() -> None:
    """They have no keys; it is said once for each."""
    static = Serves("/s/{path}?1", {"demo/b.js": "", "demo/sub/a.js": ""})
    import_map, diagnostics = compose([DEMO], static=static)
    assert import_map.imports == {
        "demo": "/s/demo/index.js?1",
        **{f"/s/{path}": f"/s/{path}?1" for path in ("demo/index.js", "demo/sub/deep/c.js", "demo/lazy.js")},
    }
    assert [(found.code, found.place, found.distribution) for found in diagnostics] == [
        ("IM205", "demo/b.js", "demo"),
        ("IM205", "demo/sub/a.js", "demo"),
    ]


def test_non_ascii_names() -> None:
    demo = package("demo", {".": "demo/ü.js"}, modules=graph({"demo/ü.js": ["./é.js"], "demo/é.js": []}))
    assert keys([demo], QUERY) == {
        "/s/demo/%C3%BC.js": encode(QUERY.url("demo/ü.js")),
        "/s/demo/%C3%A9.js": encode(QUERY.url("demo/é.js")),
    }
    static = Serves("/s/{path}", {"demo/é.js": "/s/demo/e.1.js"})
    assert keys([demo], static) == {"/s/demo/%C3%A9.js": "/s/demo/e.1.js"}


segments = st.sampled_from(["a", "b.js", "é", "@x", "a:b", "..x", "c'd"])
folders = st.lists(segments, max_size=3)


@given(
    st.tuples(folders, segments).map(lambda path: "/".join([*path[0], path[1]])),
    st.tuples(st.lists(st.sampled_from(["./", "../"]), min_size=1, max_size=4), folders, segments).map(
        lambda edge: "".join(edge[0]) + "/".join([*edge[1], edge[2]])
    ),
    st.sampled_from(["https://site.example/s/", "https://h:8080/", "https://h/a/b/"]),
    st.sampled_from(["", "?v=1/2"]),
)
def test_joined_as_a_browser_does(path: str, edge: str, base: str, query: str) -> None:
    """Of URLs, and of public paths: without a parser, and the same."""
    assert is_relative(edge)
    target = join(path, edge)
    parsed = url_parser.parse(edge, base + path + query)
    if target is not None:
        assert joined(encode(base + path + query), encode(edge)) == encode(base + target) == parsed
    else:
        # Above the folder of all files; `..` goes no further than to the host.
        assert joined(encode(base + path + query), encode(edge)) == parsed
