"""Pages that are made up, to see where markup goes in them, and a parser that judges it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from importmap.contrib.django._admin.head import Insertion

#: As a map begins; what parsers have to find.
MARK = b'<script type="importmap">{}</script>'

#: What may come before a head, what looks like a head, and what is in one: whole, in halves, and wrong.
_PIECES = (
    *(
        "<!doctype html>",
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01>\" 'x'>",
        "<!DOCTYPE",
        "<!docty",
        "<!>",
        "<!",
    ),
    *(
        "<html>",
        "<html lang=en>",
        "<HTML class='a>b'>",
        "<html/>",
        "<html ",
        "</html>",
        "<htm>",
        "<html\x00>",
        "<ht",
    ),
    *(
        "<head>",
        "<HEAD>",
        "<head/>",
        "<head ",
        "<head\n",
        "<head\x0c>",
        "<head\r>",
        "<head\x0b>",
        "</head>",
        "<headx>",
    ),
    *(
        "<header>",
        "<hea",
        "< head>",
        "<head=>",
        "<head\x00>",
        "<head a='<head>' b=\"<head>\" c=<head>",
        "<\u212aead>",
    ),
    *(
        "<!--",
        "-->",
        "--!>",
        "--!",
        "->",
        "<!-->",
        "<!--->",
        "<!---",
        "<!----!>",
        "<!-- <head> -->",
        "<!--<!--",
        "--",
    ),
    *(
        "<?xml version='1.0'?>",
        "<?",
        "<![CDATA[",
        "]]>",
        "<![CDATA[<head>]]>",
        "</",
        "</>",
        "</ x>",
        "</3>",
        "</\x00>",
    ),
    *(
        "<title>",
        "</title>",
        "<textarea>",
        "</textarea>",
        "<script>",
        "</script>",
        "<script type=module src=/x.js>",
    ),
    *(
        "<style>",
        "</style>",
        "<template>",
        "</template>",
        "<noscript>",
        "</noscript>",
        "<iframe>",
        "</iframe>",
    ),
    *(
        "<svg>",
        "</svg>",
        "<math>",
        "<plaintext>",
        "<xmp>",
        "<noembed>",
        "<noframes>",
        "<frameset>",
        "<select>",
    ),
    *(
        "<meta charset=utf-8>",
        "<META CHARSET='utf-8' />",
        "<meta name=x>",
        "<base href=/x/>",
        "<link rel=icon>",
        "<p>",
    ),
    *("<body>", "</body>", "<br>", "</br>", "</p>", "<body class='>'", "<a href=x>", "<image>", "<b", "</b"),
    *("=", '"', "'", "/", ">", "<", "a", "&lt;head>", "&", "\x00", "\ufeff", "\x1f", "é"),
    *(" ", "\n", "\t", "\r", "\r\n", "\x0c", "\x0b", "\xa0", "\u2028"),
)
_STARTS = (
    "",
    "<!doctype html>",
    "<!doctype html>\n<html>",
    "<!doctype html><html lang='de'>\n<head>",
    "\ufeff",
)

pages: st.SearchStrategy[bytes] = st.builds(
    lambda start, pieces: (start + "".join(pieces)).encode(),
    st.sampled_from(_STARTS),
    st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=10),
)


def inserted(
    page: bytes, cuts: tuple[int, ...] = (), *, mark: bytes = MARK, keeps_charset: bool = False
) -> tuple[bytes, bool]:
    """Put the mark into a page, of which the pieces end at some places.

    :returns: the page then, and whether it is said to be without a head.
    """
    said: list[bool] = []
    insertion = Insertion(mark, lambda: said.append(True), keeps_charset=keeps_charset)
    ends = [0, *sorted(cut % (len(page) + 1) for cut in cuts), len(page)]
    sent = [insertion.feed(page[start:end]) for start, end in pairwise(ends)]
    return b"".join([*sent, insertion.rest()]), bool(said)


def parsed(page: bytes) -> Any:
    """Return the tree that html5lib makes of a page in UTF-8."""
    import html5lib

    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=True)
    return parser.parse(page, transport_encoding="utf-8")


XHTML = "{http://www.w3.org/1999/xhtml}"


def take_mark(tree: Any, is_mark: Callable[[Any], bool]) -> str:
    """Take the mark out of a tree, and return where it was: of what it is a child, and after what."""
    for parent in tree.iter():
        for index, child in enumerate(parent):
            if is_mark(child):
                before = [
                    str(each.tag).removeprefix(XHTML) for each in parent[:index] if isinstance(each.tag, str)
                ]
                place = " ".join([str(parent.tag).removeprefix(XHTML), *before])
                tail = child.tail or ""
                if index:
                    parent[index - 1].tail = (parent[index - 1].tail or "") + tail
                else:
                    parent.text = (parent.text or "") + tail
                parent.remove(child)
                return place
    return "nowhere"


def is_mark(element: Any) -> bool:
    """Return whether an element is the mark, as what a browser runs."""
    return bool(
        element.tag == f"{XHTML}script" and element.get("type") == "importmap" and element.text == "{}"
    )
