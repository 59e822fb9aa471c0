"""Any bytes are a manifest or a `ManifestError`, and what is wrong with a row is told of it alone."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.profiles import check_seen
from support.site_folder import FULL, digest, manifest

from importmap import Diagnostic, ManifestError
from importmap._base.json_text import JSONTextError, read
from importmap._base.tables import quote_key
from importmap._manifest.check import check
from importmap._manifest.document import decode, encode

PLAIN: Any = manifest(
    "demo",
    {"editor": "demo/editor.js", "sub/x": {"path": "demo/sub/x.js", "contexts": ["admin", "public"]}},
)
EDGES: Any = manifest(
    "demo",
    {"index": "demo/index.js"},
    modules={
        "demo/index.js": {
            "sha384": digest("index"),
            "size": 5,
            "imports": ["./sub/a.js", "../demo/b.js", "demo/index", "#dom", "lit/x.js", "@a/b"],
            "dynamic": ["./b.js", "react"],
            "assets": ["./x.wasm", "./b.js", "../y.png"],
        },
        "demo/sub/a.js": {"sha384": digest("a"), "size": 1, "imports": ["../b.js"]},
        "demo/b.js": {"sha384": digest("b"), "size": 0, "dynamic": ["./sub/a.js", "./../top.js"]},
        "top.js": {"sha384": digest("top"), "size": 2, "assets": ["./demo/b.js"]},
        "demo/c.js": {"sha384": digest("c"), "size": 3},
    },
)
SCOPED: Any = manifest("demo", {"editor": "demo/editor.js"}, namespace="@scope/demo", version="1.0+local")

scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, 2, -1, 1.0, 2**63, 2**63 + 1, float("nan"), float("inf")])
    | st.sampled_from(["", "a", "demo/x", "demo/..", "a\nb", "é", "\ud800", "demo/a:b", "x" * 64, ".", "1"])
    | st.sampled_from(["./b.js", "./sub/a.js", "../b.js", "../../top.js", "../../../x.js", "./none.js", "./"])
    | st.sampled_from(["..", ".x", "./../b.js", "/b.js", "x.wasm", "./%2e%2e/b.js", ".//b.js", "./b.js?x"])
    | st.sampled_from(["#dom", "#", "lit", "lit/", "@a/b", "Lit"])
    | st.text(max_size=4)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


def places(value: Any, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The path to everything in a document, itself included."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in items for place in places(inner, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A good manifest in which something is replaced, renamed, added or removed."""
    document = json.loads(json.dumps(draw(st.sampled_from([PLAIN, EDGES, EDGES, SCOPED, FULL]))))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(places(document)))
        if not path:
            continue
        parent = document
        for step in path[:-1]:
            parent = parent[step]
        deed = draw(st.sampled_from(["replace", "rename", "add", "remove"]))
        key: Any = path[-1]
        if deed == "replace" or isinstance(parent, list):
            parent[key] = draw(values)
        elif deed == "remove":
            del parent[key]
        else:
            name = draw(
                st.sampled_from(["demo/x", "demo/sub/x.js", "sha384", "path", "..", "demo/a b"])
                | st.sampled_from(["imports", "dynamic", "assets", "type", "demo/x.js"])
                | st.text()
            )
            parent[name] = parent[key] if deed == "add" else parent.pop(key)
    return document


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """A manifest's bytes, also as no encoder would write them."""
    sort_keys, indent = draw(st.booleans()), draw(st.sampled_from([None, 1]))
    raw = json.dumps(draw(mutated()), sort_keys=sort_keys, indent=indent).encode()
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(raw)))
        piece = draw(
            st.sampled_from(
                [b",", b":", b'"', b"{", b"}", b"\\u002f", b'"name":"x",', b'"demo":{},', b"\xff", b" "]
            )
            | st.binary(max_size=3)
        )
        raw = raw[:start] + piece + raw[start + draw(st.integers(0, 3)) :]
    return raw


def decode_or_refuse(raw: bytes) -> None:
    try:
        document = decode(raw, distribution="demo", place="importmap.json")
    except ManifestError as error:
        str(error).encode()
    else:
        again = decode(encode(document), distribution="demo", place="importmap.json")
        assert again == document


@given(st.binary(max_size=64))
def test_any_bytes(raw: bytes) -> None:
    decode_or_refuse(raw)


@given(values)
def test_any_json(document: object) -> None:
    decode_or_refuse(json.dumps(document).encode())


@given(texts())
def test_damaged_manifests(raw: bytes) -> None:
    decode_or_refuse(raw)


def without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for place, (name, _) in enumerate(pairs):
        if name in [other for other, _ in pairs[place + 1 :]]:
            raise ValueError(f"the key {name!a} stands twice in one object")
    return dict(pairs)


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def read_slowly(raw: bytes) -> object:
    """The value of a text, or why there is none: each object is looked at."""
    try:
        value = json.loads(raw.decode(), object_pairs_hook=without_duplicates, parse_constant=refuse_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        return "is not UTF-8"
    except UnicodeEncodeError:
        return "holds a lone surrogate"
    except ValueError as error:
        return f"is not JSON: {error}"
    return [value]


def read_quickly(raw: bytes) -> object:
    try:
        return [read(raw)]
    except JSONTextError as error:
        return str(error)


#: Pieces of JSON in which keys repeat, and colons and quotes stand in texts.
members = st.sampled_from(["a", "b", ":", ' :"', "x:y", '\\":', "\ud800"])
nested = st.recursive(
    st.integers(0, 1) | members,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(members, inner), max_size=3).map(tuple),
)


def spelled(value: Any, colon: str) -> str:
    """JSON of a value in which tuples stand for objects, whose keys may repeat."""
    if isinstance(value, tuple):
        pairs = (f"{json.dumps(key)}{colon}{spelled(inner, colon)}" for key, inner in value)
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(spelled(inner, colon) for inner in value) + "]"
    return json.dumps(value)


@given(texts())
@example(encode(PLAIN).replace(b'"size"', b'"size":1,"size"', 1))
@example(encode(EDGES).replace(b'"dynamic"', b'"imports":[],"dynamic"', 1))
@example(encode(PLAIN).replace(b'"name":"demo"', b'"name":"demo","name":"demo"', 1))
def test_texts_have_one_meaning(raw: bytes) -> None:
    """The quick reader says the same as one that looks at each object."""
    assume(not raw.startswith(b"\xef\xbb\xbf"))
    # Both ways, so that numbers that are equal to no number are equal.
    assert repr(read_quickly(raw)) == repr(read_slowly(raw))


def test_keys_that_stand_twice() -> None:
    seen: Counter[str] = Counter()

    @given(nested, st.sampled_from([":", ": ", " :", "\n:\t"]))
    def law(value: object, colon: str) -> None:
        raw = spelled(value, colon).encode()
        found = read_quickly(raw)
        assert found == read_slowly(raw)
        seen[found if isinstance(found, str) else "good"] += 1

    law()
    check_seen(seen, "good", "holds a lone surrogate", "is not JSON: the key 'a' stands twice in one object")


def problems_of_row(document: Any, section: str, key: str) -> list[Diagnostic]:
    """What is said of one row, and of what is in it."""
    place = f"{section}.{quote_key(key)}"
    return [found for found in check(document) if found.place == place or found.place.startswith(f"{place}.")]


@given(mutated(), st.sampled_from(["modules", "imports", "private", "vendored"]))
def test_a_row_is_told_what_it_is_told_alone(document: Any, section: str) -> None:
    """All rows are looked at together, and nobody notices."""
    rows = document.get(section)
    assume(isinstance(rows, dict))
    together = [found for found in check(document) if found.place.startswith(f"{section}.")]
    if section == "modules":
        # The others are still there, to be imported.
        alone = {key: {**{other: {} for other in rows}, key: row} for key, row in rows.items()}
    else:
        alone = {key: {key: row} for key, row in rows.items()}
    found = {
        key: problems_of_row({**document, section: others}, section, key) for key, others in alone.items()
    }
    assert sorted(map(str, together)) == sorted(str(problem) for row in found.values() for problem in row)
    for key, problems in found.items():
        assert problems_of_row(document, section, key) == problems
    if section in ("modules", "private"):
        # The others are walked through more than once: entries for URLs, contexts, and versions come later.
        assert together == [problem for row in found.values() for problem in row]


@pytest.mark.parametrize("kind", ["imports", "dynamic", "assets"])
@pytest.mark.parametrize(
    ("edges", "allowed"),
    [
        ([], ["imports", "dynamic", "assets"]),
        (["./b.js", "./sub/a.js", "../demo/b.js", "../top.js"], ["imports", "dynamic", "assets"]),
        (["./none.js"], ["assets"]),
        (["./sub/../b.js"], []),
        (["../../top.js"], []),
        (["./"], []),
        (["."], []),
        ([".b.js"], []),
        (["./b.js "], []),
        (["lit", "@a/b/c.js", "demo/x", "lit/"], ["imports", "dynamic"]),
        (["#dom", "#dom/deep.js"], ["imports", "dynamic"]),
        (["#"], []),
        (["Lit"], []),
        (["/b.js"], []),
        (["b.js"], ["imports", "dynamic"]),
        ([""], []),
        (["lit", None], []),
        ([[]], []),
        (None, []),
        ({}, []),
        ("./b.js", []),
    ],
)
def test_edges(kind: str, edges: object, allowed: list[str]) -> None:
    """All that a build may write is let pass, and nothing else."""
    modules = {**EDGES["modules"], "demo/c.js": {**EDGES["modules"]["demo/c.js"], kind: edges}}
    document: Any = {**EDGES, "modules": modules}
    assert (check(document) == []) == (kind in allowed)


@pytest.mark.parametrize("document", [PLAIN, EDGES, SCOPED, FULL], ids=["plain", "edges", "scoped", "full"])
def test_good_ones(document: Any) -> None:
    assert check(document) == []
    assert decode(encode(document), distribution="demo", place="importmap.json") == document
