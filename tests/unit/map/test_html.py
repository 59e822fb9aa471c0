"""Maps as HTML, read back by an HTML parser."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importmap import Diagnostic, ImportMap, MissingModuleError
from importmap._map.html import attributes

IMPORTS = {"a": "/s/a.js", "b": "/s/b.js"}


class Page(HTMLParser):
    """The tags of a page with their attributes, and the content of its scripts."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.other = ""
        self._script = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")
            self._script = True

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[-1] += data
        else:
            self.other += data


class LazyNonce:
    """Like Django's: false until it is read."""

    def __init__(self) -> None:
        self.reads = 0

    def __str__(self) -> str:
        self.reads += 1
        return "n0nce"

    def __bool__(self) -> bool:
        return self.reads > 0


def test_markup() -> None:
    import_map = ImportMap({"a": "/s/a.js"}, contexts=["admin", "public"])
    assert import_map.render() == (
        f'<script type="importmap" data-importmap="admin public;{import_map.digest}">'
        '{"imports":{"a":"/s/a.js"}}</script>'
    )


def test_the_empty_map() -> None:
    assert Page(ImportMap().render()).scripts == ['{"imports":{}}']


def test_prints_itself_in_templates() -> None:
    """Jinja and Django ask for `__html__`, and print `str()` where there is none."""
    import_map = ImportMap(IMPORTS)
    assert str(import_map) == import_map.render()
    assert import_map.__html__() == import_map.render()
    assert import_map.render().__html__() == import_map.render()
    assert f"{import_map}" == import_map.render()


def test_attributes() -> None:
    attrs = {"nonce": "abc", "data-turbo-track": "reload", "async": True, "id": None, "hidden": False, "x": 0}
    [(tag, found)] = Page(ImportMap(IMPORTS, contexts=["admin"]).render(attrs=attrs)).tags
    assert tag == "script"
    assert found == {
        "type": "importmap",
        "data-importmap": f"admin;{ImportMap(IMPORTS).digest}",
        "nonce": "abc",
        "data-turbo-track": "reload",
        "async": None,
        "x": "0",
    }


@given(st.text())
def test_values_are_escaped_as_the_standard_library_does_it(value: str) -> None:
    assert attributes({"x": value}) == f' x="{html.escape(value)}"'


def test_attribute_values_are_escaped() -> None:
    value = """"'<>& é"""
    [(_, found)] = Page(ImportMap().render(attrs={"title": value})).tags
    assert found["title"] == value


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a>b", "a/b", "a\x00", 'a"b', "a'b", "<a", "a\n"])
def test_bad_attribute_names(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of an HTML attribute") as caught:
        ImportMap().render(attrs={name: "x"})
    assert str(caught.value) == f"{name!r} cannot be the name of an HTML attribute"


def test_a_lazy_nonce_is_read_once_for_each_tag() -> None:
    nonce = LazyNonce()
    import_map = ImportMap(IMPORTS)
    page = Page(import_map.render(attrs={"nonce": nonce}, preload=["a", "b"]))
    assert [found["nonce"] for _, found in page.tags] == ["n0nce"] * 3
    assert nonce.reads == 3


def test_a_nonce_is_never_remembered() -> None:
    import_map = ImportMap(IMPORTS)
    assert "first" in import_map.render(attrs={"nonce": "first"}, preload=["a"])
    assert "first" not in import_map.render(attrs={"nonce": "second"}, preload=["a"])
    assert "nonce" not in import_map.render(preload=["a"])


PRELOADED = ImportMap(
    {
        "a": "/s/a.js",
        "b": "https://cdn.example/b.mjs?x=1",
        "c": "//cdn.example/c.js",
        "d": "/s/d.json",
        "n": None,
    },
    integrity={"/s/a.js": "sha384-a", "https://cdn.example/b.mjs?x=1": "sha384-b"},
    depcache={"/s/a.js": ["/s/e.js", "/s/d.json"], "/s/e.js": ["/s/f.js", "/s/a.js"], "/s/f.js": ["/s/e.js"]},
)


def hrefs(*preload: str) -> list[str | None]:
    page = Page(PRELOADED.render(preload=preload))
    assert page.other.strip() == ""
    assert [tag for tag, _ in page.tags] == ["script"] + ["link"] * (len(page.tags) - 1)
    return [found["href"] for _, found in page.tags[1:]]


def test_nothing_is_preloaded_unasked() -> None:
    assert hrefs() == []


def test_preloads_follow_the_map_in_the_order_asked_for() -> None:
    assert hrefs("c", "b") == ["//cdn.example/c.js", "https://cdn.example/b.mjs?x=1"]


def test_preloads_hold_the_static_closure_each_once() -> None:
    assert hrefs("a", "a") == ["/s/a.js", "/s/e.js", "/s/f.js"]
    assert hrefs("c", "a") == ["//cdn.example/c.js", "/s/a.js", "/s/e.js", "/s/f.js"]


def test_only_javascript_is_preloaded() -> None:
    assert hrefs("d") == []


def test_a_url_without_a_suffix_is_taken_for_javascript() -> None:
    import_map = ImportMap({"htmx": "https://esm.example/htmx@2"})
    assert 'href="https://esm.example/htmx@2"' in import_map.render(preload=["htmx"])


def test_preloads_carry_integrity_and_cors_where_the_map_has_them() -> None:
    page = Page(PRELOADED.render(preload=["a", "b", "c"], attrs={"nonce": "x", "id": "map"}))
    links = [found for _, found in page.tags[1:]]
    assert links == [
        {"rel": "modulepreload", "href": "/s/a.js", "integrity": "sha384-a", "nonce": "x"},
        {
            "rel": "modulepreload",
            "href": "https://cdn.example/b.mjs?x=1",
            "integrity": "sha384-b",
            "crossorigin": "anonymous",
            "nonce": "x",
        },
        {"rel": "modulepreload", "href": "//cdn.example/c.js", "crossorigin": "anonymous", "nonce": "x"},
        {"rel": "modulepreload", "href": "/s/e.js", "nonce": "x"},
        {"rel": "modulepreload", "href": "/s/f.js", "nonce": "x"},
    ]


def test_preload_of_what_is_not_there() -> None:
    with pytest.raises(MissingModuleError) as caught:
        ImportMap({"demo/editor": "/s/a.js"}).render(preload=["demo/edito"])
    assert caught.value.diagnostics == (
        Diagnostic("IM212", "error", "the map has no 'demo/edito'. Did you mean 'demo/editor'?"),
    )


def test_preload_of_what_is_blocked() -> None:
    with pytest.raises(MissingModuleError, match=r"^the map has no 'n'\.$"):
        PRELOADED.render(preload=["n"])


def test_preload_takes_no_string() -> None:
    with pytest.raises(TypeError, match=r"^preload is a list of specifiers, not a string$"):
        PRELOADED.render(preload="a")


HOSTILE = [
    "</script>",
    "<!--",
    "<script>",
    "]]>",
    "-->",
    "&lt;",
    "\u2028\u2029",
    "é",
    '"',
    "\\",
    "\x00",
    "\ud800",
]


@given(
    st.dictionaries(
        st.sampled_from(HOSTILE) | st.text(max_size=8),
        st.none() | st.sampled_from(HOSTILE) | st.text(max_size=8),
        max_size=4,
    )
)
def test_nothing_ends_the_script(table: dict[str, str | None]) -> None:
    """One script, whose content is the map and has the hash that we say it has."""
    import_map = ImportMap(table, {"/": table}, {"/a": "</script>"}, contexts=["\"'<>&"])
    markup = import_map.render(attrs={"nonce": '"></script><script>'})
    assert markup.isascii()
    page = Page(markup)
    assert [tag for tag, _ in page.tags] == ["script"]
    [script] = page.scripts
    assert not set(script) & set("<>&")
    assert json.loads(script) == json.loads(import_map.to_json())
    assert json.loads(script)["imports"] == table
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert import_map.csp_hash == f"'sha256-{digest}'"
    assert page.other == ""
