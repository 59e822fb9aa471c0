"""URLs as browsers parse them, in the one place that does."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import importmap
from importmap import ImportMap
from importmap._map import url as urls
from importmap._map.url import is_special, parse, parse_specifier

BASE = "https://site.example/app/index.html"
MISSING = 'Import maps are resolved with ada-url: python -m pip install "hatch-importmap[resolve]"'


@pytest.mark.parametrize(
    ("text", "base", "url"),
    [
        ("HTTPS://Site.Example:443", None, "https://site.example/"),
        (" https://site.example/a\tb ", None, "https://site.example/ab"),
        ("https:/site.example\\a", None, "https://site.example/a"),
        ("https://bücher.example/é?ü#ö", None, "https://xn--bcher-kva.example/%C3%A9?%C3%BC#%C3%B6"),
        ("data:text/javascript,0", None, "data:text/javascript,0"),
        ("file:", None, "file:///"),
        ("", BASE, BASE),
        ("#f", BASE, f"{BASE}#f"),
        ("b.js", BASE, "https://site.example/app/b.js"),
        ("../../../b.js", BASE, "https://site.example/b.js"),
        ("//cdn.example", BASE, "https://cdn.example/"),
        ("%2e%2e/b", BASE, "https://site.example/b"),
        ("node:fs", BASE, "node:fs"),
        ("", None, None),
        ("b.js", None, None),
        ("/b.js", None, None),
        ("https://", None, None),
        ("https://[", BASE, None),
        ("https://site.example:65536/", BASE, None),
        ("b.js", "data:text/html,x", None),
        ("b.js", "mailto:x@site.example", None),
    ],
)
def test_parse(text: str, base: str | None, url: str | None) -> None:
    assert parse(text, base) == url


@pytest.mark.parametrize(
    ("character", "encoded"),
    [
        (chr(0xD800), "%EF%BF%BD"),
        (chr(0xDFFF), "%EF%BF%BD"),
        ("\udc00\ud800", "%EF%BF%BD%EF%BF%BD"),
        ("\ud83d\ude00", "%F0%9F%98%80"),
        ("\U0001f600", "%F0%9F%98%80"),
        ("\ufeff", "%EF%BB%BF"),
    ],
)
def test_surrogates_without_their_half_are_the_replacement_character(character: str, encoded: str) -> None:
    assert parse(f"https://site.example/{character}/b") == f"https://site.example/{encoded}/b"
    assert parse(f"/{character}/b", BASE) == f"https://site.example/{encoded}/b"


@pytest.mark.parametrize(
    ("specifier", "url"),
    [
        ("/b.js", "https://site.example/b.js"),
        ("./b.js", "https://site.example/app/b.js"),
        ("../b.js", "https://site.example/b.js"),
        ("//cdn.example/b.js", "https://cdn.example/b.js"),
        ("https://cdn.example/./b.js", "https://cdn.example/b.js"),
        (" https://cdn.example", "https://cdn.example/"),
        ("node:fs", "node:fs"),
        ("//[", None),
        ("https://[", None),
        ("b.js", None),
        ("b/c.js", None),
        (".", None),
        ("..", None),
        (".\\b.js", None),
        ("\\b.js", None),
        (" ./b.js", None),
        ("#b", None),
        ("?b", None),
        ("a b:c", None),
        ("", None),
    ],
)
def test_what_is_like_a_url(specifier: str, url: str | None) -> None:
    assert parse_specifier(specifier, BASE) == url


def test_a_path_beside_a_base_that_has_none() -> None:
    assert parse_specifier("./b.js", "data:text/html,x") is None


@pytest.mark.parametrize("scheme", ["file", "ftp", "http", "https", "ws", "wss"])
def test_special(scheme: str) -> None:
    assert is_special(f"{scheme}://site.example/")


@pytest.mark.parametrize(
    "url", ["about:blank", "blob:https://site.example/1", "data:,", "node:fs", "httpss:/"]
)
def test_not_special(url: str) -> None:
    assert not is_special(url)


def test_another_parser_can_take_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything goes through the attribute of the module."""
    asked = []

    def other(text: str, base: str | None = None) -> str | None:
        asked.append((text, base))
        return f"x:{text}"

    monkeypatch.setattr(urls, "parse", other)
    assert ImportMap({"a": "/a.js"}).resolve("a", "base") == "x:/a.js"
    assert asked == [("base", None), ("/a.js", "x:base"), ("base", None)]


def test_without_ada_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ada_url", None)
    monkeypatch.delitem(sys.modules, "importmap._map.url")
    with pytest.raises(ImportError) as caught:
        importlib.import_module("importmap._map.url")
    assert str(caught.value) == MISSING


@pytest.mark.parametrize(
    "code",
    [
        "importmap.ImportMap({'a': '/a.js'}).resolve('a', 'https://site.example/')",
        "importmap.ImportMap({'a': '/a.js'}, base_url='https://site.example/').closure('a')",
        "importmap.ImportMap().extend(importmap.ImportMap())",
        "importmap.parse",
        "from importmap import check_isolation",
        "from importmap import worker_imports",
    ],
)
def test_a_site_without_ada_url_is_told_what_to_install(code: str) -> None:
    home = Path(importmap.__file__).parent.parent
    # A path entry of its own, as everything else that is installed beside the package is not to be found.
    script = f"""
import sys
sys.modules["ada_url"] = None
sys.path.insert(0, {str(home)!r})
import importmap
try:
    {code}
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], check=True, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (f"{MISSING}\n", "")
