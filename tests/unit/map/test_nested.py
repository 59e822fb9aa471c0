"""Scopes that lie in one another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from importmap import Diagnostic, parse

PAGE = "https://site.example/app/index.html"

Scopes = dict[str, dict[str, Any]]


def notes(scopes: Scopes) -> list[Diagnostic]:
    """Return what is said of scopes as such; some addresses are null on purpose."""
    found = parse(json.dumps({"scopes": scopes}), PAGE)[1]
    return [one for one in found if one.code != "IM304"]


def note(name: str, inner: str, outer: str) -> Diagnostic:
    message = (
        f"'{name}' leads elsewhere in scopes['{outer}'], which lies around: "
        "WebKit, and so Safari, may look there first."
    )
    return Diagnostic("IM326", "warning", message, place=f"scopes['{inner}']")


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        ({"/a/": {"x": "/1.js"}, "/a/b/": {"x": "/2.js"}}, [note("x", "/a/b/", "/a/")]),
        ({"/a/b.js": {"x": "/2.js"}, "/a/": {"x": "/1.js"}}, [note("x", "/a/b.js", "/a/")]),
        ({"../a/": {"x": "/1.js"}, "/a/b/": {"x": None}}, [note("x", "/a/b/", "../a/")]),
        ({"/a/": {"x/": "/1/"}, "/a/b/": {"x/y": "/2.js"}}, [note("x/y", "/a/b/", "/a/")]),
        ({"/a/": {"x/y": "/1.js"}, "/a/b/": {"x/": "/2/"}}, [note("x/y", "/a/b/", "/a/")]),
        ({"/a/": {"x/": None}, "/a/b/": {"x/y": "/2.js"}}, [note("x/y", "/a/b/", "/a/")]),
        ({"/a/": {"/x.js": "/1.js"}, "/a/b/": {"../x.js": "/2.js"}}, [note("../x.js", "/a/b/", "/a/")]),
        ({"/": {"x": "/1.js"}, "/a/": {}, "/a/b/": {"x": "/2.js"}}, [note("x", "/a/b/", "/")]),
        (
            {"/": {"x": "/1.js"}, "/a/": {"x": "/2.js"}, "/a/b/": {"x": "/3.js"}},
            [note("x", "/a/", "/"), note("x", "/a/b/", "/a/")],
        ),
        # They agree, or have different names, or different modules.
        ({"/a/": {"x": "/1.js"}, "/a/b/": {"x": "../1.js"}}, []),
        ({"/a/": {"x/": "/1/"}, "/a/b/": {"x/y": "/1/y"}}, []),
        ({"/a/": {"x": "/1.js"}, "/a/b/": {"y": "/2.js"}}, []),
        ({"/a/": {"x": "/1.js"}, "/a/b/": {"x/": "/2/"}}, []),
        ({"/a/": {"y/b": "/1.js"}, "/a/b/": {"x/": "/2/"}}, []),
        ({"/a": {"x": "/1.js"}, "/a/b/": {"x": "/2.js"}}, []),
        ({"/a/c/": {"x": "/1.js"}, "/a/b/": {"x": "/2.js"}}, []),
    ],
)
def test_scopes_within_scopes(scopes: Scopes, said: list[Diagnostic]) -> None:
    assert notes(scopes) == said


def test_no_flood() -> None:
    """A chain of scopes with many names is looked at as long as it pays."""
    names = {f"n{number}": "/1.js" for number in range(20_000)}
    chain: Scopes = {f"/{'a/' * depth}": {"x/": "/1/"} for depth in range(2, 1_000)}
    last = {f"/{'a/' * 1_000}": {"n1": "/2.js"}}
    assert notes({"/a/": names, **chain, **last}) == []
    assert [one.code for one in notes({"/a/": names, **last})] == ["IM326"]
