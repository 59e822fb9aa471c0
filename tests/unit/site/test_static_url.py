"""Static URLs: where files are served, and what is made of the answers."""

from __future__ import annotations

from typing import Any

import pytest

from importmap import Diagnostic, Static, StaticURL
from importmap._compose.urls import Urls, directory, encode


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("/", "/"),
        ("/static", "/static/"),
        ("/static/", "/static/"),
        ("/a/b/", "/a/b/"),
        ("https://cdn.example", "https://cdn.example/"),
        ("http://cdn.example:8000/x", "http://cdn.example:8000/x/"),
        ("//cdn.example/x/", "//cdn.example/x/"),
    ],
)
def test_base(base: str, expected: str) -> None:
    static = StaticURL(base)
    assert static.base == expected
    assert static.url("demo/a.js") == expected + "demo/a.js"
    assert static.integrity("demo/a.js") is None
    assert static.read("demo/a.js") is None
    assert static == StaticURL(expected)


@pytest.mark.parametrize(
    "base",
    [
        "",
        "static/",
        "./static/",
        "../static",
        "data:x",
        "ftp://x/",
        "/a?b",
        "/a#b",
        "///",
        "https:///",
        "/a b",
    ],
)
def test_refused_base(base: str) -> None:
    with pytest.raises(ValueError, match="relative one would mean something else") as caught:
        StaticURL(base)
    shown = base if base.endswith("/") or not base else base + "/"
    assert str(caught.value) == (
        f"the static URL {shown!r} must begin with '/', 'https://' or '//': "
        "a relative one would mean something else on each page"
    )


def test_the_protocol_is_public() -> None:
    static: Static = StaticURL("/static/")
    assert static.url("x") == "/static/x"
    assert Static.__name__ == "Static"


class Answers:
    """A site that serves each file at a URL of its own."""

    def __init__(self, **urls: str) -> None:
        self.urls = {f"demo/{name}.js": url for name, url in urls.items()}
        self.asked: list[str] = []

    def url(self, public_path: str) -> str:
        self.asked.append(public_path)
        return self.urls[public_path]

    def integrity(self, public_path: str) -> str | None:
        raise NotImplementedError

    def read(self, public_path: str) -> bytes | None:
        raise NotImplementedError


def test_asks_once() -> None:
    static = Answers(a="/s/demo/a.js")
    urls = Urls(static)
    for _ in range(2):
        assert urls.get("demo/a.js") == "/s/demo/a.js"
        assert urls.get("demo/b.js") is None
    assert static.asked == ["demo/a.js", "demo/b.js"]


def test_problems() -> None:
    urls = Urls(Answers(relative="static/demo/relative.js", page="./x.js", data="data:text/javascript,"))
    assert [urls.get(f"demo/{name}.js") for name in ("missing", "relative", "page", "data")] == [None] * 4
    assert [str(problem) for problem in urls.problems.values()] == [
        (
            "demo/missing.js: the file 'demo/missing.js' cannot be served ('demo/missing.js'); "
            "its entries are left out."
        ),
        (
            "demo/relative.js: the static URL 'static/demo/relative.js' of 'demo/relative.js' is relative; "
            "its entries are left out."
        ),
        "demo/page.js: the static URL './x.js' of 'demo/page.js' is relative; its entries are left out.",
        (
            "demo/data.js: the static URL 'data:text/javascript,' of 'demo/data.js' is relative; "
            "its entries are left out."
        ),
    ]
    assert [problem.code for problem in urls.problems.values()] == ["IM205", "IM210", "IM210", "IM210"]


@pytest.mark.parametrize(("answer", "kind"), [(None, "NoneType"), (b"/s/demo/a.js", "bytes")])
def test_answers_that_are_no_strings(answer: Any, kind: str) -> None:
    urls = Urls(Answers(a=answer))
    assert urls.get("demo/a.js") is None
    assert urls.problems == {
        "demo/a.js": Diagnostic(
            "IM210",
            "warning",
            f"the static URL of 'demo/a.js' must be a string, not {kind}; its entries are left out.",
            place="demo/a.js",
        )
    }


def test_what_djangos_storages_raise() -> None:
    class Storage(Answers):
        def url(self, public_path: str) -> str:
            raise ValueError("Missing staticfiles manifest entry for 'demo/a.js'")

    urls = Urls(Storage())
    assert urls.get("demo/a.js") is None
    assert urls.problems == {
        "demo/a.js": Diagnostic(
            "IM205",
            "warning",
            "the file 'demo/a.js' cannot be served (Missing staticfiles manifest entry for 'demo/a.js'); "
            "its entries are left out.",
            place="demo/a.js",
        )
    }


@pytest.mark.parametrize(
    ("url", "encoded"),
    [
        ("/s/a-b_c.d~e!$&'()*+,;=:@[]%20?x=/y#z", "/s/a-b_c.d~e!$&'()*+,;=:@[]%20?x=/y#z"),
        ("/s/é.js", "/s/%C3%A9.js"),
        ('/s/a b|c^d`e{f}"<>\\.js', "/s/a%20b%7Cc%5Ed%60e%7Bf%7D%22%3C%3E%5C.js"),
        ("/s/%C3%A9 é", "/s/%C3%A9%20%C3%A9"),
        ("/s/\n", "/s/%0A"),
    ],
)
def test_encode(url: str, encoded: str) -> None:
    """All that a browser would encode, and nothing twice."""
    assert encode(url) == encoded
    assert encode(encoded) == encoded


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/s/a/b.js", "/s/a/"),
        ("/s/a/b.js?x=/y/z", "/s/a/"),
        ("/s/a/b.js#/x/y", "/s/a/"),
        ("https://x/b.js", "https://x/"),
    ],
)
def test_directory(url: str, expected: str) -> None:
    assert directory(url) == expected


@pytest.mark.parametrize(
    ("path", "url", "folder"),
    [
        ("demo/a.js", "/s/demo/a.js", "/s/demo/"),
        ("demo/a.js", "/demo/a.js", "/demo/"),
        ("demo/a.js", "/s/demo/a.0123.js", "/s/demo/"),
        ("demo/a.js", "https://x/s/demo/a.js?v=1", "https://x/s/demo/"),
        ("demo/sub/a.js", "/s/demo/sub/a.js", "/s/demo/"),
        ("demo/sub/a.js", "/s/demo/a.js", None),
        ("demo/a.js", "/s/xdemo/a.js", None),
        ("demo/a.js", "/s/0123.js", None),
        ("demo/a.js", "/s/x?f=demo/a.js", None),
        ("a.js", "/s/a.js", None),
        ("é/a.js", "/s/é/a.js", "/s/%C3%A9/"),
        ("é/a.js", "/s/%C3%A9/a.js", "/s/%C3%A9/"),
    ],
)
def test_folder(path: str, url: str, folder: str | None) -> None:
    static = Answers()
    static.urls[path] = url
    assert Urls(static).folder(path) == folder


def test_folder_of_a_missing_file() -> None:
    assert Urls(Answers()).folder("demo/a.js") is None
