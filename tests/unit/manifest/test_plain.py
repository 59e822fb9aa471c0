"""Where all is plain, nothing is wrong; and what is usual is plain."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.generated_packages import packages
from support.site_folder import manifest

from importmap import Package
from importmap._manifest.check import check
from importmap._manifest.document import empty
from importmap._manifest.plain import are_plain

DIGEST = "A" * 64


def plain() -> Any:
    """A manifest that has something of all that is usual."""
    return manifest(
        "demo",
        {".": "demo/index.js", "sub/x": {"path": "demo/sub/x.js", "contexts": ["admin", "public"]}},
        private={"#dom": {"path": "demo/dom.js"}},
        vendored={"lit": {"path": "demo/lit.js", "version": "3.2.1"}},
        requires={"ace": ">=1", "@lit/context": "*"},
        ignore=["react"],
        modules={
            "demo/index.js": {
                "imports": ["./dom.js", "#dom", "lit", "demo/sub/x"],
                "sha384": DIGEST,
                "size": 3,
            },
            "demo/sub/x.js": {"dynamic": ["../index.js", "./../dom.js"]},
            "demo/dom.js": {"size": 0},
            "demo/lit.js": {},
        },
    )


def other() -> Any:
    return manifest("other", {"a": "other/a.js"}, modules={"other/a.js": {}, "other/b.js": {}})


def test_what_is_plain() -> None:
    assert are_plain([])
    assert are_plain([plain()])
    assert are_plain([plain(), other()])
    assert are_plain([{"name": "demo", "namespace": "demo"}])
    assert are_plain([{**plain(), "more": object()}], ["more"])


#: What takes a closer look: where it stands, and the value.
UNUSUAL = {
    "unknown": (["more"], 1),
    "format": (["manifest"], True),
    "newer": (["manifest"], 2),
    "name": (["name"], "-demo"),
    "name with two lines": (["name"], "demo\ndemo"),
    "name is none": (["name"], None),
    "namespace": (["namespace"], "Demo"),
    "another namespace": (["namespace"], "dem"),
    "package": (["package"], "demo.1"),
    "package is a list": (["package"], ["demo"]),
    "version": (["version"], "1 2"),
    "root": (["roots"], ["../../etc"]),
    "roots as text": (["roots"], "../../etc"),
    "roots of numbers": (["roots"], [1]),
    "ignore": (["ignore"], ["javascript:x"]),
    "ignored prefix": (["ignore"], ["lit/"]),
    "requires": (["requires"], {"https://x.example/": "*"}),
    "requires a number": (["requires"], {"ace": 1}),
    "requires a list": (["requires"], ["ace"]),
    "modules": (["modules"], []),
    "module": (["modules", "demo/lit.js"], []),
    "path": (["modules", "demo/../x.js"], {}),
    "digest": (["modules", "demo/lit.js"], {"sha384": "A"}),
    "digest of other letters": (["modules", "demo/lit.js"], {"sha384": "é" * 64}),
    "digest is a list": (["modules", "demo/lit.js"], {"sha384": ["A"] * 64}),
    "size": (["modules", "demo/lit.js"], {"size": -1}),
    "large size": (["modules", "demo/lit.js"], {"size": 2**63 + 1}),
    "size is true": (["modules", "demo/lit.js"], {"size": True}),
    "type": (["modules", "demo/lit.js"], {"type": "css"}),
    "assets": (["modules", "demo/lit.js"], {"assets": ["./x.svg"]}),
    "imports as text": (["modules", "demo/lit.js"], {"imports": "lit"}),
    "imports of numbers": (["modules", "demo/lit.js"], {"imports": [1]}),
    "import of nothing": (["modules", "demo/lit.js"], {"imports": ["./none.js"]}),
    "import from above": (["modules", "demo/lit.js"], {"imports": ["../../../x.js"]}),
    "import with a dot": (["modules", "demo/lit.js"], {"imports": [".dom.js"]}),
    "import of a URL": (["modules", "demo/lit.js"], {"dynamic": ["javascript:alert(1)"]}),
    "import of another's file": (["modules", "demo/lit.js"], {"imports": ["../other/b.js"]}),
    "entry": (["imports", "demo/x"], "demo/lit.js"),
    "entry of nothing": (["imports", "demo/x"], {}),
    "entry for no file": (["imports", "demo/x"], {"path": "demo/none.js"}),
    "entry for another's file": (["imports", "demo/x"], {"path": "other/b.js"}),
    "entry for a list": (["imports", "demo/x"], {"path": ["demo/lit.js"]}),
    "foreign name": (["imports", "lit"], {"path": "demo/lit.js"}),
    "prefix": (["imports", "demo/x/"], {"path": "demo/lit.js"}),
    "URL": (["imports", "demo/x"], {"path": "demo/lit.js", "url": "javascript:alert(1)"}),
    "context": (["imports", "demo/x"], {"path": "demo/lit.js", "contexts": ["a b"]}),
    "contexts as text": (["imports", "demo/x"], {"path": "demo/lit.js", "contexts": "a"}),
    "private": (["private", "dom"], {"path": "demo/dom.js"}),
    "private prefix": (["private", "#x/"], {"path": "demo/dom.js"}),
    "private with contexts": (["private", "#x"], {"path": "demo/dom.js", "contexts": []}),
    "vendored": (["vendored", "./x"], {"path": "demo/dom.js", "version": "1"}),
    "vendored prefix": (["vendored", "x/"], {"path": "demo/dom.js", "version": "1"}),
    "own name": (["vendored", "demo/x"], {"path": "demo/dom.js", "version": "1"}),
    "no version": (["vendored", "x"], {"path": "demo/dom.js"}),
    "version is a number": (["vendored", "x"], {"path": "demo/dom.js", "version": 1}),
    "more of a copy": (["vendored", "x"], {"path": "demo/dom.js", "version": "1", "x": 1}),
}


@pytest.mark.parametrize(("keys", "value"), UNUSUAL.values(), ids=UNUSUAL)
def test_what_takes_a_closer_look(keys: list[str], value: object) -> None:
    """In one of several documents, too."""
    document: Any = plain()
    parent = document
    for key in keys[:-1]:
        parent = parent[key]
    parent[keys[-1]] = value
    assert not are_plain([document])
    assert not are_plain([other(), document, {"name": "x", "namespace": "x"}])


@pytest.mark.parametrize("key", ["name", "namespace"])
def test_what_is_missing(key: str) -> None:
    document = plain()
    del document[key]
    assert not are_plain([document])


@given(st.lists(packages(), min_size=1, max_size=1), st.data())
def test_what_is_plain_is_right(found: list[list[Package]], data: st.DataObject) -> None:
    """Whatever stands in the place of something: where nothing takes a closer look, nothing is wrong."""
    documents: list[Any] = [copy.deepcopy({**each.manifest}) for each in found[0]] + [plain()]
    for _ in range(data.draw(st.integers(0, 2))):
        parent: Any = documents
        key: Any = data.draw(st.sampled_from(range(len(documents))))
        while isinstance(parent[key], (dict, list)) and parent[key] and data.draw(st.integers(0, 5)):
            parent = parent[key]
            key = data.draw(
                st.sampled_from(sorted(parent) if isinstance(parent, dict) else range(len(parent)))
            )
        values: list[Any] = [
            None,
            True,
            0,
            -1,
            "",
            "demo",
            "lit",
            "a/b.js",
            "./x.js",
            "..",
            [],
            {},
            [""],
            {"": {}},
            "x\ny",
        ]
        parent[key] = data.draw(st.sampled_from(values))
    usual = [document for document in documents if isinstance(document, dict)]
    if are_plain(usual):
        assert [check({**empty(), **document}) for document in usual] == [[]] * len(usual)
