"""Texts from outside become printable, and only those that are not."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importmap._base.printable import printable, printable_json, printable_lines

#: What may steer a terminal, turn a line, hide in it or break it; Cn is not assigned.
CATEGORIES = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("demo/é 日本 😀.js", "demo/é 日本 😀.js"),
        ("", ""),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\r::error file=x", r"a\r::error file=x"),
        ("a\nb\tc\0", r"a\nb\tc\x00"),
        ("\x7f\x85\x9b", r"\x7f\x85\x9b"),
        ("\u202e\u2066\u200b\u2028\ufeff", r"\u202e\u2066\u200b\u2028\ufeff"),
        ("\udc80\ud800", r"\udc80\ud800"),
        ("\U000e0001", r"\U000e0001"),
        (r"C:\new", r"C:\new"),
    ],
)
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_an_ordinary_text_is_itself() -> None:
    text = "demo: the wheel does not ship 'demo/é.js'"
    assert printable(text) is text


def test_every_character() -> None:
    """Nothing of these categories comes out, and the escape says which character it was."""
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        shown = printable(character)
        assert not {unicodedata.category(each) for each in shown} & CATEGORIES
        if shown != character:
            assert shown.encode().decode("unicode_escape") == character


def test_lines_stay() -> None:
    assert printable_lines("a\x1b\n\n\u202eb\r\n") == "a\\x1b\n\n\\u202eb\\r\n"


@given(st.text() | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Cn"])))
def test_json_has_the_same_value(text: str) -> None:
    document = json.dumps({"a": [text]}, ensure_ascii=False, indent=2)
    shown = printable_json(document)
    assert json.loads(shown) == json.loads(document)
    assert shown.isascii()
    assert shown.replace("\n", "").isprintable()
