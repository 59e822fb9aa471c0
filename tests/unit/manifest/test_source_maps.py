"""The source maps that a file names: the same ones for the build, for `collect` and for adapters."""

from __future__ import annotations

import pytest

from importmap._manifest.source_maps import source_maps

#: A URL in a comment -> the path that it means in a file of the folder `p/q`; None if it means no file here.
URLS = {
    "a.js.map": "p/q/a.js.map",
    "./a.map": "p/q/a.map",
    "../a.map": "p/a.map",
    "maps/./deep/../a.map": "p/q/maps/a.map",
    "a.json": "p/q/a.json",
    "a": "p/q/a",
    "é.map": "p/q/é.map",
    "  a.map\t": "p/q/a.map",
    # The name alone counts.
    "a.map?v=1": "p/q/a.map",
    "a.map#x": "p/q/a.map",
    "a.map?v=1#x?y": "p/q/a.map",
    "?v=1": None,
    "#x": None,
    "": None,
    " ": None,
    # What is encoded is decoded, once.
    "a%20b.map": "p/q/a b.map",
    "%61.map": "p/q/a.map",
    "%C3%A9.map": "p/q/é.map",
    "a%2520.map": "p/q/a%20.map",
    "a%.map": "p/q/a%.map",
    "a%3Fb.map": "p/q/a?b.map",
    "%FF.map": "p/q/\ufffd.map",
    # The way out stays one, however it is written.
    "../../a.map": "a.map",
    "../../../a.map": "../a.map",
    "%2e%2e/%2E%2E/%2e./a.map": "../a.map",
    "..%2F..%2F..%2Fa.map": "../a.map",
    "%2Fetc/a.map": "/etc/a.map",
    "..\\..\\..\\a.map": "p/q/..\\..\\..\\a.map",
    "a b.map": "p/q/a b.map",
    # Elsewhere.
    "data:application/json;base64,e30=": None,
    "DATA:,x": None,
    "https://x.example/a.map": None,
    "//x.example/a.map": None,
    "/static/a.map": None,
    "x-y://[": None,
    "//[": None,
    "webpack+x.y:a.map": None,
    "a.map:x": None,
    "[": "p/q/[",
    "*.map": "p/q/*.map",
    "%00.map": "p/q/\0.map",
    "//]/[": None,
    "1:a.map": "p/q/1:a.map",
}


@pytest.mark.parametrize(("url", "path"), URLS.items(), ids=ascii)
def test_urls(url: str, path: str | None) -> None:
    expected = [] if path is None else [path]
    line, block = f"//# sourceMappingURL={url}", f"/*# sourceMappingURL={url} */"
    assert source_maps("p/q/x.js", line.encode()) == expected
    assert source_maps("p/q/x.mjs", line.encode()) == expected
    assert source_maps("p/q/x.css", block.encode()) == expected


COMMENTS: dict[str, dict[str, list[str]]] = {
    "x.js": {
        "//# sourceMappingURL=a.map": ["a.map"],
        "x();\n//# sourceMappingURL=a.map\r\n": ["a.map"],
        "//# sourceMappingURL=a.map\n\n// The end.\n": ["a.map"],
        "//# sourceMappingURL=a.map\n//# sourceMappingURL=b.map\n//# sourceMappingURL=./a.map": [
            "a.map",
            "b.map",
        ],
        # No whole line, or none that collectstatic knows.
        "x(); //# sourceMappingURL=a.map": [],
        " //# sourceMappingURL=a.map": [],
        "//@ sourceMappingURL=a.map": [],
        "//#sourceMappingURL=a.map": [],
        "//#  sourceMappingURL=a.map": [],
        "//# sourcemappingurl=a.map": [],
        "/*# sourceMappingURL=a.map */": [],
        "/* //# sourceMappingURL=a.map */": [],
        "//# sourceURL=a.map": [],
        "": [],
    },
    "x.css": {
        "a{}\n/*# sourceMappingURL=a.map */\n": ["a.map"],
        "/*#\tsourceMappingURL=a.map*/ \r\n": ["a.map"],
        "/*# sourceMappingURL=a.map */\n/*# sourceMappingURL=b.map */": ["a.map", "b.map"],
        "a{} /*# sourceMappingURL=a.map */": [],
        "/*# sourceMappingURL=a.map */ a{}": [],
        "/*# sourceMappingURL=a.map\n*/": [],
        "/*# sourceMappingURL= */": [],
        "//# sourceMappingURL=a.map": [],
    },
    # Nobody looks for comments in these.
    "x.json": {"//# sourceMappingURL=a.map": []},
    "x.js.map": {"//# sourceMappingURL=a.map": []},
    "x.ts": {"//# sourceMappingURL=a.map": []},
    "x.JS": {"//# sourceMappingURL=a.map": []},
    "x": {"//# sourceMappingURL=a.map": []},
}


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [(path, content, expected) for path, row in COMMENTS.items() for content, expected in row.items()],
    ids=ascii,
)
def test_comments(path: str, content: str, expected: list[str]) -> None:
    assert source_maps(path, content.encode()) == expected
    assert source_maps(f"p/{path}", content.encode()) == [f"p/{name}" for name in expected]


def test_any_bytes() -> None:
    assert source_maps("a.js", b"\xff\xfe\n//# sourceMappingURL=\xff.map\n\xff") == ["\ufffd.map"]
