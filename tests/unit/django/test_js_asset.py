"""django-js-asset on a page with `{% importmap %}`: one map, with the entries of both."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import hypothesis
import js_asset
import pytest
from django import forms
from django.template import defaulttags
from django.utils.functional import SimpleLazyObject
from django.utils.html import json_script
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from pytest_django import Settings
from support.django_media import THEIRS, demo, left_out, map_of, media  # a fixture  # noqa: F401  # a fixture
from support.django_pages import render, request
from support.site_folder import SiteFolder

import importmap
from importmap import ImportMap
from importmap.contrib.django import Contexts

BOTH = {
    "cdn": "https://cdn.example/x.js",
    "demo/admin": "/static/demo/admin.js",
    "demo/editor": "/static/demo/editor.js",
    "theirs": "/static/theirs.js",
}
#: What stands in the head, piece by piece.
PIECES = {
    "whole": "{{ media }}",
    "pieces": "{{ media.css }}{{ media.js }}",
    "pieces with their map": "{{ media.importmap }}{{ media.css }}{{ media.js }}",
}


@pytest.mark.parametrize("printed", PIECES.values(), ids=PIECES)
@pytest.mark.parametrize("given", ["", "media=form.media"])
def test_one_map(printed: str, given: str) -> None:
    media_or_form = {"form": {"media": media()}} if given else {"media": media()}
    page = render(f'{{% importmap "admin" {given} %}}{printed}', **media_or_form)
    assert map_of(page) == {"imports": BOTH}
    assert re.findall(r'(?:src|href)="(.*?)"', page) == ["/static/x.css", "/static/x.js", "/static/y.js"]
    assert page.startswith('<script type="importmap" data-importmap="admin editor;')


def test_without_the_tag_nothing_is_different() -> None:
    assert str(media()) == str(media(THEIRS))
    assert map_of(str(media())) == {"imports": {key: BOTH[key] for key in THEIRS}}


def test_the_union_has_the_law_of_maps() -> None:
    ours, theirs = importmap.load(["admin", "editor"]), ImportMap({key: BOTH[key] for key in THEIRS})
    assert render('{% importmap "admin" %}', media=media()) == (ours | theirs).render()


def test_scopes_and_integrity() -> None:
    sections = {
        "scopes": {"/static/theirs/": {"a": "a.js"}},
        "integrity": {"https://cdn.example/x.js": "sha384-x"},
    }
    assert map_of(render('{% importmap "admin" %}{{ media }}', media=media(**sections))) == {
        "imports": BOTH,
        "scopes": {"/static/theirs/": {"a": "/static/a.js"}},
        "integrity": {"https://cdn.example/x.js": "sha384-x"},
    }


def test_their_modules_can_be_preloaded_and_started() -> None:
    page = render(
        '{% importmap "admin" preload="theirs demo/admin" %}{% module "theirs" "demo/admin" %}', media=media()
    )
    assert re.findall(r'href="(.*?)"', page) == ["/static/theirs.js", "/static/demo/admin.js"]
    assert re.findall(r'src="(.*?)"', page) == ["/static/theirs.js", "/static/demo/admin.js"]


def test_media_without_a_map_stay_as_they_are() -> None:
    given = js_asset.Media(js=[Contexts("editor"), "x.js"], nonce="s3")
    page = render('{% importmap "admin" %}{{ media }}', media=given)
    assert map_of(page)["imports"].keys() == {"demo/admin", "demo/editor"}
    assert page.endswith('<script src="/static/x.js" nonce="s3"></script>')


def test_what_is_not_printed_twice_is_not_lost() -> None:
    """A response that has a map already leaves theirs where it is."""
    asked = request()
    first = render('{% importmap "admin" %}', asked)
    page = render('{% importmap "admin" %}{{ media }}', asked, media=media())
    assert map_of(first)["imports"].keys() == {"demo/admin"}
    assert map_of(page)["imports"].keys() == THEIRS.keys()


def test_a_sum_of_many_media() -> None:
    total = forms.Media(js=["a.js"]) + media({"a": "a.js"}) + media({"a": "b.js", "b": "b.js"})
    page = render('{% importmap "admin" %}{{ media.js }}', media=total + forms.Media(js=["x.js", "z.js"]))
    assert map_of(page)["imports"]["a"] == "/static/b.js"
    scripts = re.findall(r'src="/static/(.*?)"', str(total["js"]))
    assert re.findall(r'src="/static/(.*?)"', page) == [*scripts, "z.js"]


# The nonce


class LazyNonce(SimpleLazyObject):  # type: ignore[type-arg]  # not generic when it runs
    """As Django's: false until it is read.

    :param read: is added to each time that it is made.
    """

    def __init__(self, read: list[str]) -> None:
        def make() -> str:
            read.append("s3")
            return "s3"

        super().__init__(make)

    def __bool__(self) -> bool:
        return False


@pytest.mark.parametrize(
    "where",
    [lambda nonce: {"csp_nonce": nonce}, lambda nonce: {"media": media(nonce=nonce)}],
    ids=["context", "media"],
)
def test_a_nonce_is_on_every_tag(where: Callable[[object], dict[str, Any]]) -> None:
    read: list[str] = []
    nonce = LazyNonce(read)
    context = {"media": media().with_nonce(nonce), **where(nonce)}
    page = render('{% importmap "admin" preload="theirs" %}{{ media }}{% module "theirs" %}', **context)
    assert page.count('nonce="s3"') == len(re.findall("<(?:script|link)", page)) == 6
    assert read == ["s3"]


def test_a_nonce_of_the_page_comes_before_that_of_the_media() -> None:
    page = render('{% importmap "admin" nonce="s4" %}{{ media.js }}', media=media(nonce="s3"))
    assert re.findall('nonce="(.*?)"', page) == ["s4", "s3", "s3"]


def test_attributes_of_their_map() -> None:
    attributes = {"data-turbo-track": "reload", "data-quoted": '"<&>"', "async": True}
    page = render('{% importmap "admin" %}', media=media(THEIRS, **attributes))
    assert ' data-quoted="&quot;&lt;&amp;&gt;&quot;" data-turbo-track="reload" async>{' in page


# What they say otherwise


CDN = "https://cdn.example/lib.js"
DIGEST = f"sha384-{64 * 'A'}"
CLASHES: list[tuple[dict[str, dict[str, Any]], str]] = [
    (
        {"imports": {"demo/admin": "other.js"}},
        left_out("demo: imports['demo/admin']", "/static/demo/admin.js", "/static/other.js"),
    ),
    (
        {"imports": {"shop/cart": "other.js"}},
        left_out("imports['shop/cart']", "/static/cart.js", "/static/other.js"),
    ),
    (
        {"scopes": {"/static/lib/": {"lit": "other.js"}}},
        left_out("scopes['/static/lib/']['lit']", "/static/lib/lit.js", "/static/other.js"),
    ),
    ({"integrity": {CDN: "sha384-other"}}, left_out(f"integrity[{CDN!r}]", DIGEST, "sha384-other")),
]


@pytest.fixture
def lib(django_site: SiteFolder, settings: Settings) -> None:
    """What there is to disagree about."""
    django_site.install(
        "lib",
        {
            "index": {"path": "lib/index.js", "contexts": ["admin"]},
            "cdn": {"url": CDN, "integrity": DIGEST, "contexts": ["admin"]},
        },
        modules={"lib/index.js": {"imports": ["lit"]}, "lib/lit.js": {}},
        vendored={"lit": {"path": "lib/lit.js", "version": "3.0"}},
    )
    settings.IMPORTMAP = {**settings.IMPORTMAP, "imports": {"shop/cart": "cart.js"}, "strict": True}


@pytest.mark.usefixtures("lib")
@pytest.mark.parametrize(("theirs", "message"), CLASHES, ids=["package", "site", "scope", "integrity"])
@pytest.mark.parametrize("debug", [True, False])
def test_ours_wins(
    theirs: dict[str, Any], message: str, debug: bool, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """And nothing is raised, however strict the site is."""
    settings.DEBUG = debug
    brought = js_asset.Media(importmap=js_asset.ImportMap(**theirs))
    for _ in range(2):
        page = render('{% importmap "admin" %}{{ media }}', media=brought)
        assert map_of(page) == json.loads(importmap.load(["admin"]).to_json())
    assert caplog.messages == [message]
    assert caplog.records[0].levelname == "WARNING"


def test_a_clash_is_logged_once_whatever_the_url(caplog: pytest.LogCaptureFixture) -> None:
    """A storage may sign its URLs, for each page anew."""
    for signature in "ab":
        brought = media({"demo/admin": f"https://cdn.example/x.js?{signature}"})
        render('{% importmap "admin" %}', media=brought)
    assert len(caplog.messages) == 1


def test_the_same_entry_is_no_clash(caplog: pytest.LogCaptureFixture) -> None:
    render('{% importmap "admin" %}', media=media({"demo/admin": "demo/admin.js"}))
    assert caplog.messages == []


class Printing(forms.Media):
    """Media whose map is whatever it prints."""

    def __init__(self, *printed: object) -> None:
        super().__init__(js=["x.js"])
        self.printed = printed

    def render_importmap(self) -> list[object]:
        return [printed() if callable(printed) else printed for printed in self.printed]


def script(text: str) -> str:
    return f'<script type="importmap">{text}</script>'


def fail() -> None:
    raise ValueError("Missing staticfiles manifest entry for 'x.js'")


UNREAD: dict[str, tuple[object, str]] = {
    "no script": ("<p>", "it is no script element that could be read"),
    "no text": (None, "it is no script element that could be read"),
    "another script": ('<script type="module">{}</script>', "it is no script element that could be read"),
    "two scripts": (script("{}") * 2, "it is no script element that could be read"),
    "no JSON": (script("{"), "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    "too deep": (script("[" * 100_000), "its JSON is nested too deeply"),
    "an array": (script("[]"), "the map must be an object, not an array"),
    "imports": (script('{"imports": 1}'), "imports must be an object, not a number"),
    "scopes": (script('{"scopes": "/"}'), "scopes must be an object, not a string"),
    "a scope": (script('{"scopes": {"/a/": null}}'), "scopes['/a/'] must be an object, not null"),
    "integrity": (script('{"integrity": true}'), "integrity must be an object, not a boolean"),
    "an error": (fail, "Missing staticfiles manifest entry for 'x.js'"),
}


@pytest.mark.parametrize(("printed", "message"), UNREAD.values(), ids=UNREAD)
@pytest.mark.parametrize("debug", [True, False])
def test_a_map_that_cannot_be_read(
    printed: object, message: str, debug: bool, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DEBUG = debug
    brought = Printing(printed)
    for _ in range(2):
        page = render('{% importmap "admin" %}{{ media.printed|length }}', media=brought)
        assert page == f"{importmap.load(['admin'])}1"
    assert caplog.messages == [f"IM404 the import map of the page's media is left where it is: {message}."]


def test_media_that_even_theirs_refuses(caplog: pytest.LogCaptureFixture) -> None:
    """An import map among the scripts is an error of django-js-asset 5."""
    brought = media() + js_asset.Media(js=[js_asset.ImportMap({"a": "a.js"})])
    assert render('{% importmap "admin" %}', media=brought) == importmap.load(["admin"]).render()
    why = "Import maps in js lists aren't supported anymore, pass them as Media(importmap=...) instead"
    assert caplog.messages == [
        f"IM404 the contexts of the page's media cannot be read: {why}.",
        f"IM404 the import map of the page's media is left where it is: {why}.",
    ]


def test_entries_that_cannot_be_used(caplog: pytest.LogCaptureFixture) -> None:
    """They are what a browser makes of them, and the others stay."""
    sections = {
        "imports": {"a": 1, "b": None, "c": "/c.js", "": "/d.js"},
        "integrity": {"/c.js": [], "/d.js": "x"},
    }
    page = render('{% importmap "admin" %}', media=Printing(script(json.dumps(sections))))
    assert map_of(page) == {
        "imports": {"": "/d.js", "a": None, "b": None, "c": "/c.js", "demo/admin": "/static/demo/admin.js"},
        "integrity": {"/d.js": "x"},
    }
    assert caplog.messages == [
        "IM304 imports['a']: is blocked: its address is a number, not a string.",
        "IM308 integrity['/c.js']: is ignored: it must be a string, not an array.",
    ]


#: JSON that has the keys of an import map, and anything below them.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=8,
)
SECTIONS = st.dictionaries(st.sampled_from(["imports", "scopes", "integrity", "other"]), ANYTHING)


@given(SECTIONS | ANYTHING)
@hypothesis.settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_their_map_holds(document: object) -> None:
    text = json_script(document).removeprefix('<script type="application/json">').removesuffix("</script>")
    page = render('{% importmap "admin" %}', media=Printing(script(text)))
    assert page.count("<script") == page.count("</script>") == 1
    assert map_of(page)["imports"]["demo/admin"] == "/static/demo/admin.js"


def test_nothing_of_theirs_ends_the_script() -> None:
    evil = "</script><script>alert(1)</script>\u2028\ud800"
    page = render('{% importmap "admin" %}', media=media({evil: f"https://cdn.example/{evil}"}))
    assert page.count("<script") == page.count("</script>") == 1
    assert map_of(page)["imports"][evil] == f"https://cdn.example/{evil}"


def test_django_js_asset_is_not_needed() -> None:
    code = "import sys, importmap.contrib.django; sys.exit('js_asset' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_nonce_by_django_itself() -> None:
    """Django 6.1 has a tag that prints media with the page's nonce."""
    if "csp_nonce_attr" not in defaulttags.register.tags:
        pytest.skip("Django has no csp_nonce_attr yet")
    context = {"csp_nonce": LazyNonce([]), "media": media()}
    page = render('{% importmap "admin" %}{% csp_nonce_attr media %}', **context)
    assert page.count('nonce="s3"') == len(re.findall("<(?:script|link)", page)) == 4
    assert map_of(page)["imports"] == BOTH
