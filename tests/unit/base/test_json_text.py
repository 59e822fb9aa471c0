"""JSON from outside: every refusal with its message, and the work that a reader does."""

from __future__ import annotations

import json
from collections import Counter
from typing import NoReturn

import pytest

from importmap._base import json_text
from importmap._base.json_text import JSONTextError, read

GOOD = {
    "scalars": b'[1, -1.5e3, "x", true, false, null]',
    "white space": b' {\t"a"\n:\r1 , "b" : {"a":[ ]}}\n',
    "colons in texts": b'{"https://x/": ": :", "a": ["x:y", ":", "b\\": c"], "b" :1}',
    "one key in two objects": b'{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}',
    "another alphabet": '{"é": "漢"}'.encode(),
    "both halves of a character": b'{"a": "\\ud83d\\ude00", "b": "\\\\ud800"}',
    "no object": b'"a"',
}


@pytest.mark.parametrize("raw", GOOD.values(), ids=GOOD)
def test_good(raw: bytes) -> None:
    assert read(raw) == json.loads(raw)


REFUSED = {
    "not UTF-8": (b'{"a": "\xff"}', "is not UTF-8"),
    "half a character": (b'{"a": "\\ud800"}', "holds a lone surrogate"),
    "half a character in a key": (b'{"\\uDC00": 1}', "holds a lone surrogate"),
    "too deep": (b"[" * 100_000, "is nested too deeply"),
    "too deep, and closed": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "is nested too deeply"),
    "nothing": (b"", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
    "more": (b"{} {}", "is not JSON: Extra data: line 1 column 4 (char 3)"),
    "BOM": (b"\xef\xbb\xbf{}", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
    "NaN": (b"[NaN]", "is not JSON: NaN is not a JSON number"),
    "infinite": (b"[-Infinity]", "is not JSON: -Infinity is not a JSON number"),
    "twice": (b'{"a": 1, "a": 1}', "is not JSON: the key 'a' stands twice in one object"),
    "twice, one of them escaped": (
        b'{"a": 1, "\\u0061": 1}',
        "is not JSON: the key 'a' stands twice in one object",
    ),
    "twice, with white space": (
        b'{"a" : 1, "a"\n:\t1}',
        "is not JSON: the key 'a' stands twice in one object",
    ),
    "twice, hidden by a text": (
        b'{"a" :1,"a":2,"x":":y"}',
        "is not JSON: the key 'a' stands twice in one object",
    ),
    "twice, and empty": (b'{"": {}, "": {}}', "is not JSON: the key '' stands twice in one object"),
    "three times": (
        b'{"b": 1, "a": 1, "c": 1, "c": 2, "a": 2, "a": 3}',
        "is not JSON: the key 'a' stands twice in one object",
    ),
    "twice, deep inside": (
        b'{"a": 1, "b": [{"c\\n": {}, "c\\n": {}}], "a": 1}',
        "is not JSON: the key 'c\\n' stands twice in one object",
    ),
    "twice, and then no JSON": (
        b'{"x": {"a": 1, "a": 2}, b}',
        "is not JSON: the key 'a' stands twice in one object",
    ),
    "twice, and then too deep": (
        b'[{"a": 1, "a": 2}' + b",[" * 40_000,
        "is not JSON: the key 'a' stands twice in one object",
    ),
    "NaN, and then twice": (b'{"a": NaN, "a": 1}', "is not JSON: NaN is not a JSON number"),
    "twice, and half a character": (
        b'{"a": "\\ud800", "a": 1}',
        "is not JSON: the key 'a' stands twice in one object",
    ),
}


@pytest.mark.parametrize(("raw", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(raw: bytes, message: str) -> None:
    with pytest.raises(JSONTextError) as caught:
        read(raw)
    assert str(caught.value) == message


def test_the_cause() -> None:
    """The decoder's own error says where a text is no JSON."""
    with pytest.raises(JSONTextError) as caught:
        read(b"[\n1,]")
    assert isinstance(caught.value.__cause__, json.JSONDecodeError)
    assert caught.value.__cause__.lineno == 2
    with pytest.raises(JSONTextError) as caught:
        read(b"\xff")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":{"b":[]},"c":1}\n',
        json.dumps({"a": {"b": ["./c.js", "lit"]}, "c": 1.5}, indent=2).encode(),
        b'{"url":"https://cdn.example:8080/x.js"}',
        b'{"url" : "https://cdn.example:8080/x.js"}',
    ],
    ids=["compact", "printed", "colons", "colons and white space"],
)
def test_a_good_text_is_decoded_once(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(text: str) -> NoReturn:
        raise AssertionError(text)

    monkeypatch.setattr(json_text._careful_decoder, "decode", decode)
    assert read(raw) == json.loads(raw)


COMPARED: Counter[str] = Counter()


class Counted(str):
    """A key that counts how often it is compared."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        COMPARED["=="] += 1
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def test_a_key_that_stands_twice_is_found_in_one_walk() -> None:
    keys = [*map(str, range(1000)), "999"]
    COMPARED.clear()
    with pytest.raises(ValueError, match=r"^the key '999' stands twice in one object$"):
        json_text._refuse_duplicates([(Counted(key), None) for key in keys])
    assert COMPARED["=="] < 5 * len(keys)
