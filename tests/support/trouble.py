"""Import maps that look for trouble, and questions to them, for tests of laws."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from importmap import ImportMap, ResolutionError, parse

BASE = "https://site.example/app/index.html"

BASES = ["https://site.example/app/", "http://[::1]:8080/é?q#f", "file:///srv/app/i.html", "data:text/html,x"]
MODULES = ["https://site.example/app/a/b", "https://site.example/x/y/a.js", "https://cdn.example/p/b"]

#: Bare names, and keys that are like URLs, of which many are one URL, or prefixes of one another.
NAMES = [
    *[
        "a",
        "a/",
        "a/b",
        "a/b/",
        "a/b/c",
        "./..",
        "a//",
        "@s/a/",
        "#a",
        "%61",
        "..",
        "é",
        "\ud800",
        "__proto__",
    ],
    *["./", "./a", "./a/", "./a/b", "./a/b/", "../", "../a/", "/", "/a", "/app/", "/app/a", "/app/a/", "///"],
    *["/app/./a", "/app/%61", "/app/a/../a/", "/app\\a", "/\ud800", "/\ufffd", "//site.example/app/a", "//"],
    *["https://site.example/app/a", "HTTPS://SITE.EXAMPLE:443/app/a/", "https:/app/a", "https:", "file:"],
    *["https://site.example/app/", "http://[::1]:8080/a/", "https://[", "file:///app/a", "file:/a/", "/["],
    *["data:text/javascript,0", "data:a/", "data:a/b", "blob:https://site.example/1", "node:a", "node:a/"],
]
GOOD = ["/a.js", "/x/", "/x/y/", "./", "./a", "../", "./a/b/", "https://cdn.example/p/"]
ODD = [
    *["a", "", "a/", "//", "/x/../", "/x/?q", "/x/?q/", "/x/#f/", "/\ud800/", "https://cdn.example"],
    *["https://[", "file:///x/", "data:text/javascript,1", "data:a/", "blob:https://site.example/1", "b:a/"],
]
SCOPES = ["", "./", "/", "/app/", "/app/a", "/app/a/", "a", "a/", "https://site.example/app/", "https://["]
RESTS = ["", "", "", "b", "b/c", "../a", "%2e%2e/", "/", "//x", "?q", "\\..\\..\\", "https://site.example/"]

parts = st.sampled_from(
    ["a", "/", "./", "../", "..", "\\", "%2e", "%2F", "?", "#", ":", "https:", " ", "\t", "é", "\udc00"]
)
made_up = st.lists(parts, max_size=5).map("".join)


def mostly(one: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Three times as often the one; in `one | one | other` it would count once."""
    return st.sampled_from([one, one, one, other]).flatmap(lambda strategy: strategy)


# Two maps have to say something of the same name often enough.
names = mostly(st.sampled_from(NAMES), made_up)
good = st.sampled_from(GOOD)
addresses = good | good | st.sampled_from(ODD) | made_up | st.none()
junk = st.sampled_from([0, 1.5, True, [], {}, ["a", None]])
digests = st.sampled_from(["", "sha384-1", "sha384-2", "\ud800"])
edges = st.lists(names, max_size=3)
bases = st.just(BASE) | st.sampled_from(BASES)


def tables(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Specifier maps, in which most prefixes have an address that ends as it has to."""

    def table(rules: list[tuple[str, Any, bool]]) -> dict[str, Any]:
        return {
            key: f"{value.rstrip('/')}/" if as_it_should and key.endswith("/") and value in GOOD else value
            for key, value, as_it_should in rules
        }

    return st.lists(
        st.tuples(names, values, st.sampled_from([True, True, False])), min_size=2, max_size=6
    ).map(table)


def sections(
    values: st.SearchStrategy[Any], digests: st.SearchStrategy[Any], edges: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """The arguments of a map, and at the same time the keys of its JSON."""
    return st.fixed_dictionaries(
        {
            "imports": tables(values),
            "scopes": st.dictionaries(
                st.sampled_from(SCOPES) | names, tables(values) | st.just({}), max_size=3
            ),
            "integrity": st.dictionaries(names, digests, max_size=3),
            "depcache": st.dictionaries(names, edges, max_size=3),
        }
    )


untyped = sections(addresses | junk, digests | junk, edges | junk)
well_typed = sections(addresses, digests, edges)


def maps_of(base: str, *, isolated: bool = False) -> st.SearchStrategy[ImportMap]:
    """Maps of one page, as they were parsed or constructed."""

    def parsed(read: dict[str, Any]) -> ImportMap:
        return parse(json.dumps({**read, "isolatedScopes": isolated}), base, extensions=True)[0]

    def constructed(arguments: dict[str, Any]) -> ImportMap:
        return ImportMap(**arguments, isolated_scopes=isolated, base_url=base)

    return untyped.map(parsed) | well_typed.map(constructed)


Questions = list[tuple[str, str]]


def questions_to(*maps: ImportMap) -> st.SearchStrategy[Questions]:
    """What modules of a page with these maps may import; most of it is in the maps."""
    seen = [import_map.normalize() for import_map in maps]
    keys = [key for one in (*maps, *seen) for table in (one.imports, *one.scopes.values()) for key in table]
    scopes = [scope for one in seen for scope in one.scopes]
    specifiers = st.tuples(st.sampled_from(keys), st.sampled_from(RESTS)).map("".join) | names
    modules = [
        str(maps[0].base_url),
        *BASES,
        *MODULES,
        *scopes,
        *scopes,
        *(f"{scope}a/b" for scope in scopes),
    ]
    return st.lists(st.tuples(specifiers, st.sampled_from(modules)), min_size=6, max_size=12)


@st.composite
def pages(
    draw: st.DrawFn, count: int = 1, *, isolated: tuple[bool, ...] = (False, False, True)
) -> tuple[list[ImportMap], Questions]:
    """Some maps of one page, and what it asks."""
    base, isolate = draw(bases), draw(st.sampled_from(isolated))
    maps = [draw(maps_of(base, isolated=isolate)) for _ in range(count)]
    return maps, draw(questions_to(*maps))


def answer(import_map: ImportMap, specifier: str, base: str) -> tuple[str, str]:
    """The URL, or the code and the place of the refusal."""
    try:
        return import_map.resolve(specifier, base), ""
    except ResolutionError as error:
        [diagnostic] = error.diagnostics
        return diagnostic.code, diagnostic.place


def url(import_map: ImportMap, specifier: str, base: str) -> str | None:
    try:
        return import_map.resolve(specifier, base)
    except ResolutionError:
        return None


def answers(import_map: ImportMap, asked: Questions) -> dict[tuple[str, str], str]:
    """What a page resolves, without what it is refused."""
    return {question: found for question in asked if (found := url(import_map, *question)) is not None}


def is_spelled_twice(import_map: ImportMap) -> bool:
    """Whether two keys of one table, or two scopes, are the same URL."""
    _, diagnostics = parse(import_map.to_json(extensions=True), str(import_map.base_url), extensions=True)
    return any(diagnostic.code == "IM309" for diagnostic in diagnostics)


Rules = dict[tuple[str, ...], object]


def rules(import_map: ImportMap) -> Rules:
    """Every rule that a browser takes from a map."""
    seen = import_map.normalize()
    tables: dict[tuple[str, ...], Any] = {
        ("imports",): seen.imports,
        ("integrity",): seen.integrity,
        ("depcache",): seen.depcache,
        **{("scopes", scope): table for scope, table in seen.scopes.items()},
    }
    return {(*place, key): value for place, table in tables.items() for key, value in table.items()}
