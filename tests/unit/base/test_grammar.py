from __future__ import annotations

import sys
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importmap._base import grammar

GOOD_PATHS = [
    "a.js",
    "pkg/editor.js",
    "pkg/.hidden/..x/x..",
    "pkg/@scope/a+b~c-d_e,f;g=h&i!j'(k)*.js",
    "пакет/модуль.js",
    "a:b/c.js",
]
BAD_PATHS = [
    "",
    "/",
    "/a.js",
    "a/",
    "a//b.js",
    ".",
    "..",
    "./a.js",
    "../a.js",
    "a/./b.js",
    "a/../b.js",
    "a/..",
    "a/.",
    "a b.js",
    "a\tb.js",
    "a.js\n",
    "\x00",
    "a\x7f",
    "a\x85",
    "a\xa0b",
    "a\u2028b",
    "a\u3000b",
    "\ud800",
    "a/%2e%2e/b.js",
    *(f"a{character}b" for character in '%\\?#[]<>"{}|^`'),
]


@pytest.mark.parametrize("text", GOOD_PATHS)
def test_path(text: str) -> None:
    assert grammar.is_path(text)
    assert grammar.is_folder(text + "/")
    assert grammar.is_path_or_folder(text)
    assert grammar.is_path_or_folder(text + "/")
    assert grammar.is_private("#" + text)
    assert grammar.is_bare("pkg/" + text)


@pytest.mark.parametrize("text", BAD_PATHS)
def test_no_path(text: str) -> None:
    assert not grammar.is_path(text)
    assert not grammar.is_folder(text + "/")
    assert not grammar.is_private("#" + text)
    assert not grammar.is_path_or_folder(text + "/")
    assert not grammar.is_bare("pkg//" + text)


@pytest.mark.parametrize("text", [*BAD_PATHS, "a.js\nb.js", "\n"])
def test_no_paths(text: str) -> None:
    good = ["a/b-c_d.e+f~g/@h.js", "A/9.js", ".hidden", "é.js", "a,b"]
    assert grammar.no_paths(good) == set()
    assert grammar.no_paths(["a.js", text, "b.js"]) == {text}
    assert grammar.no_paths([*good, text, text]) == {text}


@given(st.lists(st.text(st.sampled_from("aA0._@+~-/\n %\\é"), max_size=8), max_size=4))
def test_one_look_at_paths_is_a_look_at_each(texts: list[str]) -> None:
    assert grammar.no_paths(texts) == {text for text in texts if not grammar.is_path(text)}


def test_plain_paths_are_asked_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(grammar, "is_path")
    assert grammar.no_paths([f"pkg/sub/module{number}.js" for number in range(100)]) == set()


@given(st.text(st.characters(), max_size=12) | st.text(st.sampled_from("ab./:@*&"), max_size=12))
def test_a_path_stays_below_its_prefix(path: str) -> None:
    """Whatever passes can be joined to a URL prefix without leaving it."""
    if grammar.is_path(path):
        seen_by_a_browser = unquote(path).replace("\\", "/").strip()
        assert seen_by_a_browser == path
        assert not {"", ".", ".."} & set(path.split("/"))


@pytest.mark.parametrize("text", ["a", "9", "django-prose-editor", "a.b_c-d", "@feincms/prose", "@0/0"])
def test_namespace(text: str) -> None:
    assert grammar.is_namespace(text)
    assert grammar.is_bare(text)
    assert grammar.is_bare(text + "/")


@pytest.mark.parametrize(
    "text",
    ["", "A", "-a", ".a", "_a", "a/b", "@a", "@/a", "@a/", "@a/b/c", "https:", "a b", "a\n", "é", "#a", "/a"],
)
def test_no_namespace(text: str) -> None:
    assert not grammar.is_namespace(text)


@pytest.mark.parametrize(
    "text",
    [
        *("https://x/y", "/a", "./a", "../a", "#a", "a//", "a//b", "a/b//", "a/../b", "a/..", "A", "", "/"),
        *("@", "@/", "@a", "@a/", "@a//", "@a//b", "@a/B", "@A/b", "a/b\n", "a\n/b", "a/ b"),
    ],
)
def test_not_bare(text: str) -> None:
    assert not grammar.is_bare(text)


@pytest.mark.parametrize("text", ["admin", "A1", "shop.cart_2-b"])
def test_context(text: str) -> None:
    assert grammar.is_context(text)


@pytest.mark.parametrize("text", ["", "-a", "a b", "a;b", "é", "a\n"])
def test_no_context(text: str) -> None:
    assert not grammar.is_context(text)


@pytest.mark.parametrize("text", ["./a.js", "../a.js", "../../a/b.js", "./../a.js"])
def test_relative(text: str) -> None:
    assert grammar.is_relative(text)


@pytest.mark.parametrize(
    "text", ["a.js", "/a.js", "./", "..", "./a/../b.js", "./a.js?x", ".//a.js", "./%2e%2e/a", ".a.js", "./.."]
)
def test_not_relative(text: str) -> None:
    assert not grammar.is_relative(text)


@pytest.mark.parametrize("text", ["demo", "a.b.c", "_x", "модуль"])
def test_package(text: str) -> None:
    assert grammar.is_package(text)


@pytest.mark.parametrize("text", ["", ".a", "a.", "a..b", "a-b", "1a", "a b", "a/b", "a\n"])
def test_no_package(text: str) -> None:
    assert not grammar.is_package(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.example/",
        "https://cdn.example:8080/lit@3/index.js?module&x=%20",
        "https://localhost:65535/a.js",
        "https://127.0.0.1/a.js",
        "https://a-b.1c.example/x..y/.../%2e.js/",
        "https://cdn.example/a'b.js?c/../d?e",
    ],
)
def test_https_url(text: str) -> None:
    assert grammar.is_https_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://cdn.example/x.js",
        "https://cdn.example",
        "https:///x.js",
        "https://user@cdn.example/x.js",
        "https://cdn.example/x.js#y",
        "https://cdn.example/</script>",
        "https://cdn.example/é.js",
        "https://cdn.example/x.js\n",
        "//cdn.example/x.js",
        "data:text/javascript,",
        # What browsers spell otherwise
        "HTTPS://cdn.example/x.js",
        "https://CDN.example/x.js",
        "https://cdn.example:443/x.js",
        "https://cdn.example:0443/x.js",
        "https://cdn.example:/x.js",
        "https://cdn.example:65536/x.js",
        "https://cdn.example/a/../x.js",
        "https://cdn.example/./x.js",
        "https://cdn.example/a/%2E%2e/x.js",
        "https://cdn.example/a/.%2e?x",
        "https://cdn.example/a/..",
        "https://cdn.example/x.js?it's",
        "https://127.1/x.js",
        "https://0x7f.0.0.1/x.js",
        "https://127.0.0.01/x.js",
        "https://256.0.0.1/x.js",
        "https://1.2.3.4.5/x.js",
        "https://0x/x.js",
        "https://2130706433/x.js",
        "https://cdn.example./x.js",
        "https://cdn..example/x.js",
        "https://xn--a/x.js",
        "https://cdn.ex%61mple/x.js",
        "https:/cdn.example/x.js",
        "https:cdn.example/x.js",
        "https:\\\\cdn.example\\x.js",
        "https://cdn.example/x\ty.js",
    ],
)
def test_no_https_url(text: str) -> None:
    assert not grammar.is_https_url(text)


def test_what_is_wrong_with_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """The right spelling is named where something that parses URLs is installed."""
    odd = "https://cdn.example:443/x/../chart.js"
    meant = "https://cdn.example/chart.js"
    assert grammar.wrong_url(odd) == f"{odd!r} is not spelled as browsers do. Write {meant!r}."
    for text in ("x", "http://x/", "https://user@cdn.example/x.js", "https://xn--a/x.js", "\ud800"):
        assert grammar.wrong_url(text) == f"{text!a} is not an absolute https URL."
    monkeypatch.setitem(sys.modules, "ada_url", None)
    assert grammar.wrong_url(odd) == f"{odd!r} is not an absolute https URL."


@pytest.mark.parametrize(
    "text",
    [
        "sha256-" + "a" * 43 + "=",
        "sha384-" + "a" * 64,
        "sha512-" + "a" * 86 + "==",
        "sha384-" + "a" * 64 + " sha256-" + "b" * 43 + "=",
    ],
)
def test_integrity(text: str) -> None:
    assert grammar.is_integrity(text)


@pytest.mark.parametrize("text", ["", "sha1-abc", "sha384-" + "a" * 63, "sha384-" + "a" * 64 + " ", "a" * 64])
def test_no_integrity(text: str) -> None:
    assert not grammar.is_integrity(text)


@pytest.mark.parametrize("text", ["a", "Django-Prose.Editor_2", "9"])
def test_name(text: str) -> None:
    assert grammar.is_name(text)


@pytest.mark.parametrize("text", ["", "-a", "a-", "a b", "a/b", "é", "a\n"])
def test_no_name(text: str) -> None:
    assert not grammar.is_name(text)


def test_owns() -> None:
    assert grammar.owns("a", "a")
    assert grammar.owns("a", "a/b")
    assert grammar.owns("@s/a", "@s/a/b")
    assert not grammar.owns("a", "ab")
    assert not grammar.owns("a/b", "a")


def test_normalise() -> None:
    assert grammar.normalise("Django__Prose.-Editor") == "django-prose-editor"


@pytest.mark.parametrize(
    ("base", "edge", "target"),
    [
        ("pkg/a.js", "./b.js", "pkg/b.js"),
        ("pkg/sub/a.js", "../b.js", "pkg/b.js"),
        ("pkg/sub/a.js", "../../other/b.js", "other/b.js"),
        ("pkg/sub/a.js", "./../b.js", "pkg/b.js"),
        ("pkg/a.js", "../../b.js", None),
        ("a.js", "../b.js", None),
        ("a.js", "./b.js", "b.js"),
        ("a.js", "././b/c.js", "b/c.js"),
        ("pkg/a.js", "../b.js", "b.js"),
        ("pkg/sub/a.js", ".././../other/b.js", "other/b.js"),
        ("pkg/sub/deep/a.js", "../../..b/.c.js", "pkg/..b/.c.js"),
        ("pkg/a.js", "./a.js", "pkg/a.js"),
        ("a/" * 3 + "a.js", "../" * 3 + "b.js", "b.js"),
        ("a/" * 3 + "a.js", "../" * 4 + "b.js", None),
        ("pkg/", "./a.js", "pkg/a.js"),
        ("pkg/", "../a.js", "a.js"),
    ],
)
def test_join(base: str, edge: str, target: str | None) -> None:
    assert grammar.join(base, edge) == target


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("lit", True),
        ("lit/html.js", True),
        ("lithium", False),
        ("@a/b/c/d", True),
        ("@a/c", False),
        ("", False),
    ],
)
def test_below(specifier: str, expected: bool) -> None:
    assert (specifier in grammar.Below(["lit/", "@a/b"])) == expected


def test_names_of_many_parts() -> None:
    """They match as all others do, and not each of their beginnings is made."""
    long = "a/" * 2000
    table = {"b": 1, "a/": 1, "a/a/": 1, "a/b/": 1, long + "x/": 1, long + "x": 1}
    assert grammar.match(long + "y", table) == "a/a/"
    assert grammar.match(long + "x", table) == long + "x"
    assert grammar.match("b/" * 2000, table) is None
