"""Any bytes are a manifest or a `ManifestError`; the quick check agrees with the careful one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.site_folder import FULL, digest, manifest

from importmap import ManifestError
from importmap._manifest.check import check, is_plain
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


@given(texts())
@example(encode(PLAIN).replace(b'"size"', b'"size":1,"size"', 1))
@example(encode(EDGES).replace(b'"dynamic"', b'"imports":[],"dynamic"', 1))
@example(encode(EDGES))
@example(encode(PLAIN).replace(b'"name":"demo"', b'"name":"demo","name":"demo"', 1))
def test_plain_only_if_good(raw: bytes) -> None:
    """The quick look accepts nothing that the careful one refuses, duplicate keys included."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return
    if is_plain(raw, document):
        assert check(document) == []
        json.loads(raw, object_pairs_hook=without_duplicates)


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
    """The quick look and the careful one say the same of all edges that a build may write."""
    modules = {**EDGES["modules"], "demo/c.js": {**EDGES["modules"]["demo/c.js"], kind: edges}}
    document: Any = {**EDGES, "modules": modules}
    assert is_plain(encode(document), document) == (kind in allowed)
    assert (check(document) == []) == (kind in allowed)


def without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_the_quick_look_is_taken() -> None:
    for document in (PLAIN, EDGES, SCOPED):
        raw = encode(document)
        assert is_plain(raw, json.loads(raw))
        assert check(document) == []
    assert not is_plain(encode(FULL), FULL)
    assert check(FULL) == []
