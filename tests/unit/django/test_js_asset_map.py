"""`JSAssetImportMap`: our map where django-js-asset takes one of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import js_asset
import pytest
from django import forms
from pytest_django import Settings
from support.django_media import demo, left_out, map_of  # a fixture  # noqa: F401  # a fixture
from support.django_pages import render
from support.site_folder import SiteFolder

import importmap
from importmap import ImportMap
from importmap.contrib.django import JSAssetImportMap


def test_a_page_without_the_tag() -> None:
    widget = js_asset.Media(importmap=JSAssetImportMap("admin"), js=["x.js"])
    page = render("{{ media }}", media=widget)
    assert page.startswith(importmap.load(["admin"]).render())
    assert render("{{ media.importmap }}", media=widget) == importmap.load(["admin"]).render()


def test_a_page_with_the_tag() -> None:
    """The context counts, and the map is not printed again."""
    widget = js_asset.Media(importmap=JSAssetImportMap("admin"), js=["x.js"])
    page = render("{% importmap %}{{ media }}", media=widget)
    assert page == f'{importmap.load(["default", "admin"])}<script src="/static/x.js"></script>'


SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "ours first": lambda ours, theirs: ours | theirs,
    "theirs first": lambda ours, theirs: theirs | ours,
    "media, ours first": lambda ours, theirs: (
        js_asset.Media(importmap=ours) + js_asset.Media(importmap=theirs)
    ),
    "media, theirs first": lambda ours, theirs: (
        js_asset.Media(importmap=theirs) + forms.Media() + js_asset.Media(importmap=ours)
    ),
}


@pytest.mark.parametrize("add", SUMS.values(), ids=SUMS)
def test_sums(add: Callable[[Any, Any], Any], caplog: pytest.LogCaptureFixture) -> None:
    theirs = js_asset.ImportMap({"demo/admin": "other.js", "theirs": "theirs.js"})
    total = add(JSAssetImportMap("admin"), theirs)
    assert map_of(str(total)) == {
        "imports": {"demo/admin": "/static/demo/admin.js", "theirs": "/static/theirs.js"}
    }
    assert [message[:5] for message in caplog.messages] == ["IM404"]
    if isinstance(total, forms.Media):
        total = total._importmap  # type: ignore[attr-defined]  # theirs, to print it alone
    more = JSAssetImportMap("editor") | total | JSAssetImportMap(ImportMap({"a": "/a.js"}))
    assert map_of(str(more))["imports"].keys() == {"a", "demo/admin", "demo/editor", "theirs"}
    page = render("{% importmap %}{{ media }}", media=js_asset.Media(importmap=more))
    assert map_of(page)["imports"].keys() == {"a", "demo/admin", "demo/editor", "demo/page", "theirs"}


def test_the_later_of_theirs_wins() -> None:
    one, other = js_asset.ImportMap({"a": "a.js"}), js_asset.ImportMap({"a": "b.js"})
    ours = JSAssetImportMap("admin")
    assert map_of(str(one | ours | other))["imports"]["a"] == "/static/b.js"
    assert map_of(str(other | (one | ours)))["imports"]["a"] == "/static/a.js"


def test_the_same_widget_many_times() -> None:
    widget = js_asset.Media(importmap=JSAssetImportMap("admin") | js_asset.ImportMap({"a": "a.js"}))
    other = js_asset.Media(importmap=js_asset.ImportMap({"a": "b.js"}))
    total = widget + other + widget
    assert len(total._importmap.parts) == 3  # theirs, to look at it alone
    assert map_of(str(total))["imports"] == {"a": "/static/a.js", "demo/admin": "/static/demo/admin.js"}


def test_a_map_of_ones_own() -> None:
    mine = ImportMap({"mine": "/mine.js"})
    for adaptor in (JSAssetImportMap(mine), js_asset.ImportMap() | JSAssetImportMap(mine)):
        assert map_of(adaptor.render()) == {"imports": {"mine": "/mine.js"}}
    for adaptor in (mine | JSAssetImportMap("admin"), JSAssetImportMap("admin") | mine):
        assert map_of(str(adaptor))["imports"].keys() == {"demo/admin", "mine"}


def test_it_is_lazy(django_site: SiteFolder) -> None:
    """A widget is made before the site is configured, and the site may change in tests."""
    adaptor = js_asset.ImportMap({"a": "a.js"}) | JSAssetImportMap("later")
    django_site.install("late", {".": {"path": "late/index.js", "contexts": ["later"]}})
    importmap.configure(enable=lambda package: True)
    assert map_of(adaptor.render())["imports"].keys() == {"a", "late"}


def test_the_attributes_of_the_adaptor() -> None:
    theirs = js_asset.ImportMap({"a": "a.js"}, id="map")
    adaptor = theirs | JSAssetImportMap("admin")
    page = render("{{ media }}", media=js_asset.Media(importmap=adaptor, nonce="s3"))
    assert re.search(r'^<script type="importmap" data-importmap="admin;.{12}" id="map" nonce="s3">', page)


def test_the_adaptor_as_a_value() -> None:
    adaptor = JSAssetImportMap("admin") | js_asset.ImportMap({"a": "a.js"})
    assert repr(adaptor) == "JSAssetImportMap('admin', ImportMap({'imports': {'a': 'a.js'}}))"
    assert render("{{ map }}", map=adaptor) == str(adaptor) == adaptor.render()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], 'JSAssetImportMap needs the name of a context, such as JSAssetImportMap("admin")'),
        ([["admin"]], "JSAssetImportMap takes names of contexts and import maps, not ['admin']"),
        ([{}], "JSAssetImportMap takes names of contexts and import maps, not {}"),
    ],
)
def test_wrong_parts(arguments: list[Any], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        JSAssetImportMap(*arguments)
    assert str(caught.value) == message


def test_a_wrong_context() -> None:
    with pytest.raises(ValueError, match="^the context 'a b' is refused: a context is letters"):
        JSAssetImportMap("a b")


def test_what_cannot_be_united() -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        JSAssetImportMap("admin") | {"a": "a.js"}
    with pytest.raises(TypeError, match="unsupported operand"):
        {"a": "a.js"} | JSAssetImportMap("admin")


class Failing:
    """A map of theirs that cannot be rendered."""

    def render(self) -> str:
        raise LookupError


def test_their_map_fails_in_a_sum(caplog: pytest.LogCaptureFixture) -> None:
    assert str(JSAssetImportMap("admin") | Failing()) == str(importmap.load(["admin"]))
    assert caplog.messages == ["IM404 an import map of django-js-asset is left out: LookupError."]


def test_our_map_fails_in_a_sum(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    total = JSAssetImportMap("kiosk") | js_asset.ImportMap({"a": "a.js"})
    assert map_of(str(total)) == {"imports": {"a": "/static/a.js"}}
    message = (
        "no package and no configuration knows the context 'kiosk'. Known: 'admin', 'default', 'editor'."
    )
    assert caplog.messages == [f"IM213 {message}"]
    settings.DEBUG = True
    with pytest.raises(importmap.UnknownContextError) as caught:
        str(total)
    assert str(caught.value) == message


def test_a_clash_where_the_packages_are_in_conflict(
    django_site: SiteFolder, caplog: pytest.LogCaptureFixture
) -> None:
    """A map of one's own does not depend on them."""
    django_site.install("other", namespace="demo", package="other")
    total = JSAssetImportMap(ImportMap({"demo/admin": "/mine.js"})) | js_asset.ImportMap(
        {"demo/admin": "a.js"}
    )
    assert map_of(str(total)) == {"imports": {"demo/admin": "/mine.js"}}
    assert caplog.messages == [left_out("imports['demo/admin']", "/mine.js", "/static/a.js")]
