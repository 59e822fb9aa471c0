"""The value: immutable, hashable, picklable, sorted; and its JSON."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from importmap import ImportMap

FULL = ImportMap(
    {"b": "/s/b.js", "a": "/s/a.js", "blocked": None},
    {"/s/pkg/": {"#z": "/s/z.js", "#d": "/s/d.js"}, "/s/a.js": {"lit": None}},
    {"/s/b.js": "sha384-b", "/s/a.js": "sha384-a"},
    {"/s/a.js": ["/s/d.js", "/s/b.js"]},
    contexts=["admin", "public"],
)


def test_sorted() -> None:
    assert list(FULL.imports) == ["a", "b", "blocked"]
    assert list(FULL.scopes) == ["/s/a.js", "/s/pkg/"]
    assert list(FULL.scopes["/s/pkg/"]) == ["#d", "#z"]
    assert list(FULL.integrity) == ["/s/a.js", "/s/b.js"]


def test_order_of_edges_is_kept() -> None:
    assert FULL.depcache == {"/s/a.js": ("/s/d.js", "/s/b.js")}


@pytest.mark.parametrize("name", ["imports", "scopes", "integrity", "depcache"])
def test_mappings_are_read_only(name: str) -> None:
    section: Any = getattr(FULL, name)
    with pytest.raises(TypeError, match="does not support item assignment"):
        section["x"] = "/x.js"


def test_scopes_are_read_only_inside() -> None:
    scope: Any = FULL.scopes["/s/pkg/"]
    with pytest.raises(TypeError, match="does not support item assignment"):
        scope["x"] = "/x.js"


def test_attributes_are_read_only() -> None:
    with pytest.raises(AttributeError, match=r"^ImportMap is immutable: cannot set 'imports'$"):
        FULL.imports = {}


def test_keeps_nothing_of_its_arguments() -> None:
    imports: dict[str, str | None] = {"a": "/a.js"}
    scopes: dict[str, dict[str, str | None]] = {"/": {"b": "/b.js"}}
    edges = ["/b.js"]
    import_map = ImportMap(imports, scopes, depcache={"/a.js": edges})
    imports["x"] = scopes["/"]["x"] = "/x.js"
    edges.append("/x.js")
    assert import_map == ImportMap({"a": "/a.js"}, {"/": {"b": "/b.js"}}, depcache={"/a.js": ["/b.js"]})


@pytest.mark.parametrize(
    "other",
    [
        ImportMap({"a": "/b.js"}),
        ImportMap({"a": None}),
        ImportMap(),
        ImportMap({"a": "/a.js"}, {"/": {"a": "/a.js"}}),
        ImportMap({"a": "/a.js"}, integrity={"/a.js": "sha384-x"}),
        ImportMap({"a": "/a.js"}, depcache={"/a.js": ["/b.js"]}),
        {"imports": {"a": "/a.js"}},
    ],
)
def test_not_equal(other: object) -> None:
    assert ImportMap({"a": "/a.js"}) != other


def test_equal_whatever_the_order_and_the_label() -> None:
    one = ImportMap({"a": "/a.js", "b": "/b.js"}, contexts=["admin"])
    other = ImportMap({"b": "/b.js", "a": "/a.js"}, contexts=["public"])
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1


def test_empty_scopes_say_nothing() -> None:
    assert ImportMap(scopes={"/s/": {}}) == ImportMap()


def test_hash_of_everything() -> None:
    assert hash(FULL) == hash(copy.deepcopy(FULL))


def test_pickle_and_copy() -> None:
    FULL.render()
    for same in (pickle.loads(pickle.dumps(FULL)), copy.copy(FULL), copy.deepcopy(FULL)):
        assert same == FULL
        assert same.contexts == ("admin", "public")
        assert same.depcache == FULL.depcache
        assert same.render() == FULL.render()


def test_repr() -> None:
    assert repr(ImportMap()) == "ImportMap(imports={})"
    assert repr(FULL) == (
        "ImportMap(imports={'a': '/s/a.js', 'b': '/s/b.js', 'blocked': None}, "
        "scopes={'/s/a.js': {'lit': None}, '/s/pkg/': {'#d': '/s/d.js', '#z': '/s/z.js'}}, "
        "integrity={'/s/a.js': 'sha384-a', '/s/b.js': 'sha384-b'})"
    )


def test_json() -> None:
    assert ImportMap().to_json() == '{"imports":{}}'
    assert FULL.to_json() == (
        '{"imports":{"a":"/s/a.js","b":"/s/b.js","blocked":null},'
        '"integrity":{"/s/a.js":"sha384-a","/s/b.js":"sha384-b"},'
        '"scopes":{"/s/a.js":{"lit":null},"/s/pkg/":{"#d":"/s/d.js","#z":"/s/z.js"}}}'
    )


def test_json_with_extensions() -> None:
    assert json.loads(FULL.to_json(extensions=True)) == {
        **json.loads(FULL.to_json()),
        "depcache": {"/s/a.js": ["/s/d.js", "/s/b.js"]},
    }


def test_json_with_indent() -> None:
    assert ImportMap({"é": "/a.js"}).to_json(indent=2) == (
        '{\n  "imports": {\n    "\\u00e9": "/a.js"\n  }\n}'
    )


def test_digest_changes_with_the_map() -> None:
    one, other = ImportMap({"a": "/a.js"}), ImportMap({"a": "/b.js"})
    assert len(one.digest) == 12
    assert one.digest in one.csp_hash
    assert one.digest == ImportMap({"a": "/a.js"}, contexts=["admin"]).digest
    assert one.digest != other.digest
