"""Where the head of a page begins: by hand, and as a parser of HTML says, of any page."""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.html_pages import MARK, inserted, is_mark, pages, parsed, take_mark
from support.profiles import check_seen

from importmap.contrib.django._admin import head_finder
from importmap.contrib.django._admin.head_finder import HeadFinder

#: Where the mark goes: at the first "@". None is a fragment, or a document whose head does not begin.
PLACES = [
    "<!doctype html><html><head>@<title>x</title></head>",
    "<head>@",
    "<HEAD\nlang='>' title=\">\" x=y>@",
    "<head/>@",
    "<head x='>'y>@",
    "<head a=b/>@",
    "<head a= />@<title>",
    "<head ='x>@'>",
    '\ufeff<!doctype html>\r\n<html lang="de">\n<head>@\n<meta charset=utf-8>',
    # What looks like a head.
    "<!doctype html><html data-x='<head>'><head>@",
    "<html data-x=<head>@><head>",
    "<!doctype html><!-- <head> --><head>@",
    "<!doctype html><!-- > --><!----><head >@",
    "<!doctype html><!-- --!><head>@<!-- -->",
    "<!doctype html><!--><head>@-->",
    "<!doctype html><!---><head>@-->",
    "<!doctype html><!----!><head>@-->",
    "<!doctype html><!-- --!-> <head> --><head>@",
    "<!doctype html><!-- <!-- --><head>@-->",
    "<!doctype html><!-- --!---><head>@",
    "<!doctype html><![CDATA[<head>@]]><head>",
    "<?xml version='1.0'?><!doctype html><head>@",
    "<!doctype html><!x <head><head>@",
    "<!doctype html><!-x <head><head>@",
    "<!doctype html></ <head><head>@",
    "<!doctype html PUBLIC '<head>@'>",
    "<!doctype html></x></p></title></><head>@",
    # A head without a tag.
    "<!doctype html>@<title><head></title><head>",
    "<!doctype html> \n @<script>'<head>'</script>",
    "<!doctype html>@<textarea><head></textarea>",
    "<!doctype html>@<template><head></template>",
    "<!doctype html>@<svg><head></svg>",
    "<!doctype html>@<plaintext><head>",
    "<!doctype html>@<noscript><head></noscript>",
    "<!doctype html>@<iframe><head></iframe>",
    "<!doctype html>@<style><head></style>",
    "<!doctype html>@<header><head>",
    "<html>@</head><head>",
    "<html>@</body>",
    "<html>@</br>",
    "<html>@</html>",
    "<html>@<body class='<head>'>",
    "<html>@&lt;head><head>",
    "<html>@< head>",
    "<html>@<3",
    "<html>@\x00<head>",
    "<html>@\x0b<head>",
    "<html>@\xa0<head>",
    "<html>\n@\ufeff<head>",
    "<html><html><!doctype html><head>@",
]
FRAGMENTS = [
    "",
    "<div>One</div>",
    "<title>x</title><head>",
    "<header><head>",
    "x<!doctype html><html><head>",
    "<!-- <!doctype html> --><p>",
    "</body><head>",
    "<meta charset=utf-8>",
    "<template><html><head></template>",
    "{}",
    " ",
    "<",
    "\ufffe<head>",
]
#: Documents that end before their heads begin.
HEADLESS = [
    "<!doctype html>",
    "<!doctype html><html lang=en>",
    "<html><!-- <head>",
    "<html><!-- <head> -- >",
    "<html><head",
    "<html><head x='>",
    "<html><title",
    "<html><",
    "<html></x",
]


@pytest.mark.parametrize("page", PLACES)
def test_a_document(page: str) -> None:
    before, _, after = page.partition("@")
    content = (before + after).encode()
    expected = before.encode() + MARK + after.encode()
    assert inserted(content) == (expected, False)
    # In pieces of one byte, and in two.
    assert inserted(content, tuple(range(len(content)))) == (expected, False)
    for cut in range(len(content)):
        assert inserted(content, (cut,)) == (expected, False)


@pytest.mark.parametrize("page", FRAGMENTS)
def test_a_fragment(page: str) -> None:
    content = page.encode()
    assert inserted(content) == (content, False)
    assert inserted(content, tuple(range(len(content)))) == (content, False)


@pytest.mark.parametrize("page", HEADLESS)
def test_a_document_without_a_head(page: str) -> None:
    content = page.encode()
    assert inserted(content) == (content, True)
    assert inserted(content, tuple(range(len(content)))) == (content, True)


@pytest.mark.parametrize(
    "page",
    [
        "<head><meta charset=utf-8>@<title>x</title>",
        "<!doctype html><head> \n <!-- <p> --><META content='text/html; charset = utf-8' />@<meta x>",
        "<!doctype html><meta charset=utf-8>@<title>x</title>",
        "<head>@<meta name=viewport><meta charset=utf-8>",
        "<head>@<meta http-equiv=Content-Security-Policy content=x><meta charset=utf-8>",
        "<head>@<title>x</title><meta charset=utf-8>",
        "<head>@<script></script><meta charset=utf-8>",
        "<head>@</meta charset=utf-8>",
        "<head>@x",
        "<!doctype html>@<p><meta charset=utf-8>",
        "<!doctype html>@x<meta charset=utf-8>",
        "<!doctype html>@</body><meta charset=utf-8>",
        "<head>@",
        "<head>@ <meta charset=utf-8",
    ],
)
def test_where_the_page_says_its_charset(page: str) -> None:
    """Browsers look for that in the first 1,024 bytes."""
    before, _, after = page.partition("@")
    content = (before + after).encode()
    expected = (before.encode() + MARK + after.encode(), False)
    assert inserted(content, keeps_charset=True) == expected
    assert inserted(content, tuple(range(len(content))), keeps_charset=True) == expected


@pytest.mark.parametrize("page", ["<meta charset=utf-8><title>x</title>", "<p><meta charset=utf-8>", "x"])
def test_a_fragment_that_says_its_charset(page: str) -> None:
    assert inserted(page.encode(), keeps_charset=True) == (page.encode(), False)


# As a parser says


def is_said_by_a_parser(page: bytes, content: bytes) -> str:
    """Look whether the mark is first in the head, and changes nothing else; return the kind of the page."""
    tree, without = parsed(content), parsed(page)
    place = take_mark(tree, is_mark)
    if content == page:
        assert place == "nowhere"
        return "untouched"
    assert place == "head"
    assert ET.tostring(tree) == ET.tostring(without)
    return "inserted"


def test_any_page() -> None:
    pytest.importorskip("html5lib")
    seen: Counter[str] = Counter()

    @given(pages, st.lists(st.integers(0, 200), max_size=3))
    def law(page: bytes, cuts: list[int]) -> None:
        content, is_headless = inserted(page, tuple(cuts))
        assert (content, is_headless) == inserted(page)
        seen[is_said_by_a_parser(page, content)] += 1
        seen["headless"] += is_headless

    law()
    check_seen(seen, "untouched", "inserted", "headless", least=10)


def test_no_document_is_passed_over() -> None:
    """A page that begins as documents do has the mark, unless no head of it begins."""
    pytest.importorskip("html5lib")
    seen: Counter[str] = Counter()

    @given(pages)
    def law(page: bytes) -> None:
        # The space, lest the mark should complete a tag.
        page = b"<!doctype html>" + page + b" "
        content, is_headless = inserted(page)
        after = take_mark(parsed(page + MARK), is_mark)
        assert (content == page) == is_headless
        seen["headless" if is_headless else "inserted"] += 1
        if is_headless:
            # It begins the head, or is within something that is not over.
            assert after in ("head", "nowhere")

    law()
    check_seen(seen, "headless", "inserted", least=10)


# The amount of work


def steps(page: bytes, piece: int) -> int:
    """Return how many lines of the finder run for a page that comes in pieces."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename != head_finder.__file__:
            return None
        count += event == "line"
        return trace

    finder = HeadFinder()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for end in range(piece, len(page) + piece, piece):
            if finder.look(page[:end]):
                break
    finally:
        sys.settrace(before)
    return count


HOSTILE = [
    "<head ",
    "<html ",
    "<!--",
    "<!-- --!",
    "<!doctype html><!-- -",
    "<!doctype html><head '",
    "<html a='\"",
    "<html =",
    "</x>",
    "</x ",
    "<html>",
    "<!doctype>",
    "<!-->",
    "<?",
    "</>",
    " ",
    "<!",
]


@pytest.mark.parametrize("pattern", HOSTILE)
@pytest.mark.parametrize("start", ["", "<!doctype html>", "<!--", "<html x='"])
def test_the_work_grows_like_the_page(pattern: str, start: str) -> None:
    """Each byte is looked at once, however the page comes."""
    for piece in (1, 7, 100_000):
        page = start.encode() + pattern.encode() * 200
        twice = start.encode() + pattern.encode() * 400
        # A token costs some lines more than another byte.
        assert steps(twice, piece) <= 2 * steps(page, piece) + 50
        assert steps(twice, piece) <= 20 * len(twice) + 50
