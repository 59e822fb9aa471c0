"""Any bytes are a lock or a `ManifestError`."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.site_folder import FULL, manifest

from importmap import ManifestError
from importmap._base.grammar import normalise
from importmap._lock.document import Lock
from importmap._lock.read import read_lock
from importmap._lock.write import encode
from importmap._manifest.check import check
from importmap._manifest.document import empty

HEAD = {"lock": 1, "note": "x"}


def item(document: Any, **more: Any) -> dict[str, Any]:
    """A package as it stands in a lock."""
    return {**document, "place": f"{document['name']}-1.0.dist-info/extra_metadata/importmap.json", **more}


#: Something of everything.
PLAIN: Any = item(
    manifest(
        "demo",
        {".": "demo/index.js", "sub/x": {"path": "demo/sub/x.js", "contexts": ["admin", "public"]}},
        private={"#dom": {"path": "demo/dom.js"}},
        vendored={"lit": {"path": "demo/lit.js", "version": "3.2.1"}},
        requires={"ace": ">=1", "@lit/context": "*"},
        ignore=["react"],
    )
)
PLAIN["modules"]["demo/index.js"]["imports"] = ["./dom.js", "#dom", "lit", "demo/sub/x"]
PLAIN["modules"]["demo/sub/x.js"] |= {"dynamic": ["../index.js"], "assets": ["./x.css"]}
del PLAIN["manifest"]
OTHER: Any = item(manifest("other-kit", namespace="@me/kit"), application=True)
del OTHER["manifest"]
MADE: Any = item(
    manifest("made"), answers={"admin": {"a": "made/a.js"}, "default": {}}, imports={}, modules={}
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn) -> list[Any]:
    """The items of a lock, of which some are not what they were."""
    items: list[Any] = copy.deepcopy(
        draw(st.sampled_from([[HEAD, PLAIN, OTHER], [HEAD, PLAIN, item(FULL), MADE]]))
    )
    for _ in range(draw(st.integers(0, 3))):
        parent: Any = items
        key: Any = draw(st.sampled_from(range(len(items))))
        while isinstance(parent[key], (dict, list)) and parent[key] and draw(st.integers(0, 5)):
            parent = parent[key]
            key = draw(st.sampled_from(sorted(parent) if isinstance(parent, dict) else range(len(parent))))
        deed = draw(st.sampled_from(["replace", "remove", "rename", "copy"]))
        if deed == "replace":
            parent[key] = draw(
                values
                | st.sampled_from(["demo", "lit", "demo/x", "./none.js", "../../x", "%2e", "a b", "x:y"])
            )
        elif deed == "remove":
            del parent[key]
        elif isinstance(parent, dict):
            name = draw(
                st.sampled_from(["demo/x", "lit", "#x", "path", "sha384", "files", "..", "demo/", "imports"])
                | st.text(max_size=8)
            )
            parent[name] = parent[key] if deed == "copy" else parent.pop(key)
        if not items:
            break
    return items


def signed(items: list[Any]) -> bytes:
    """The bytes of a lock as the command lays them out; the checksum of each package is right."""
    parts = []
    for part in items:
        text = json.dumps(part, separators=(",", ":"))
        if isinstance(part, dict) and part is not items[0]:
            body = text.removesuffix("}")
            text = f'{body},\n "crc32":"{crc32(body.encode()):08x}"\n}}'
        parts.append(text)
    return "[\n{}\n]\n".format("\n,\n".join(parts)).encode()


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """The bytes of a lock, also as nobody would write them."""
    items = draw(damaged())
    raw = draw(
        st.sampled_from([json.dumps(items).encode(), json.dumps(items, indent=1).encode(), signed(items)])
    )
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(raw)))
        pieces = [b",", b":", b'"', b"{", b"}", b"\n,\n", b"<<<<<<< x\n", b'"name":"x",', b"\xff", b"\\ud800"]
        piece = draw(st.sampled_from(pieces) | st.binary(max_size=3))
        raw = raw[:start] + piece + raw[start + draw(st.integers(0, 3)) :]
    return raw


def said(lock: Lock) -> dict[str, Any]:
    """What a lock says of each package, by its name."""
    return {
        package.distribution: {
            **package.manifest,
            "place": package.place,
            "namespace": package.namespace,
            "answers": getattr(package.provider, "answers", None),
            "application": package is lock.application,
        }
        for package in lock.packages
    }


def written(documents: list[Any]) -> dict[str, Any]:
    """What the documents of a lock say."""
    return {
        normalise(document["name"]): {
            **empty(),
            "answers": None,
            "application": False,
            **{key: value for key, value in document.items() if key != "crc32"},
        }
        for document in documents
    }


def read_or_refuse(path: Path, raw: bytes) -> bool:
    """Read a lock, if it is one; what was read can be written, and read again."""
    path.write_bytes(raw)
    try:
        lock = read_lock(path)
    except ManifestError as error:
        str(error).encode()
        return False
    for package in lock.packages:
        assert check({**package.manifest}) == []
    assert said(lock) == written(json.loads(raw.replace(b"\r\n", b"\n"))[1:])
    path.write_bytes(encode(lock))
    assert read_lock(path) == lock
    return True


def test_any_bytes(tmp_path: Path) -> None:
    @given(st.binary(max_size=64))
    def law(raw: bytes) -> None:
        assert not read_or_refuse(tmp_path / "lock", raw)

    law()


def test_any_json(tmp_path: Path) -> None:
    @given(st.lists(values, max_size=3))
    def law(items: list[object]) -> None:
        read_or_refuse(tmp_path / "lock", json.dumps([HEAD, *items]).encode())

    law()


def test_damaged_locks(tmp_path: Path) -> None:
    seen = set()

    @given(texts())
    def law(raw: bytes) -> None:
        seen.add(read_or_refuse(tmp_path / "lock", raw))

    law()
    assert seen == {True, False}


def test_forged_locks(tmp_path: Path) -> None:
    """A checksum that is right proves nothing: anybody can make one."""
    seen = set()

    @given(damaged())
    def law(items: list[Any]) -> None:
        seen.add(read_or_refuse(tmp_path / "lock", signed(items)))

    law()
    assert seen == {True, False}


def test_every_edit_is_looked_at(tmp_path: Path) -> None:
    """A lock that was edited is read with care: nothing gets past the rules of manifests."""
    path = tmp_path / "lock"
    path.write_text(json.dumps([HEAD, PLAIN, MADE]))
    good = encode(read_lock(path))
    seen = set()

    @given(
        st.integers(0, len(good)),
        st.integers(0, 3),
        st.sampled_from([b"", b"..", b"%2e", b"/", b" ", b'"', b"1", b":", b",", b"x", b"A", b"\xff", b"\n"]),
    )
    def law(start: int, length: int, piece: bytes) -> None:
        seen.add(read_or_refuse(path, good[:start] + piece + good[start + length :]))

    law()
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"size":11', '"size":11,"size":12'),
        ('"path":"demo/dom.js"', '"path":"demo/../dom.js"'),
        ('"demo/sub/x":{', '"other/x":{'),
    ],
)
def test_wrong_edits(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text(json.dumps([HEAD, PLAIN]))
    text = encode(read_lock(path)).decode()
    path.write_text(text.replace(old, new))
    assert text != path.read_text()
    with pytest.raises(ManifestError):
        read_lock(path)


def test_a_good_edit(tmp_path: Path) -> None:
    """What is right may be written by hand."""
    path = tmp_path / "lock"
    path.write_text(json.dumps([HEAD, PLAIN]))
    path.write_bytes(encode(read_lock(path)).replace(b'"version":"1.0"', b'"version":"1.1"'))
    assert read_lock(path).packages[0].version == "1.1"
