"""`settings.IMPORTMAP`: the keys of `configure`, and two of its own."""

from __future__ import annotations

import pytest
from pytest_django import Settings
from support.site_folder import SiteFolder

import importmap
from importmap import ImportMap
from importmap._site.settings import Settings as SiteSettings
from importmap.contrib.django._settings import configuration, serves_admin
from importmap.contrib.django._static import StorageStatic


@pytest.fixture(autouse=True)
def demo(django_site: SiteFolder) -> SiteFolder:
    django_site.install("demo", {"editor": "demo/editor.js"})
    return django_site


def test_without_settings(settings: Settings) -> None:
    del settings.IMPORTMAP
    configured, problems = configuration()
    assert problems == []
    assert sorted(configured) == ["enable", "live", "static"]
    assert isinstance(configured["static"], StorageStatic)
    assert configured["live"] is None
    assert serves_admin()


def test_the_keys_of_configure(settings: Settings) -> None:
    settings.IMPORTMAP = {
        "enable": ["Demo"],
        "static": "https://cdn.example/",
        "imports": {"shop/": "/shop/"},
        "integrity": ["sha256"],
    }
    assert importmap.load().imports == {
        "demo/editor": "https://cdn.example/demo/editor.js",
        "shop/": "/shop/",
    }
    configured, problems = configuration()
    assert (configured["integrity"], problems) == (["sha256"], [])


def test_debug(settings: Settings) -> None:
    """Files change: they are followed, and have no integrity."""
    settings.DEBUG = True
    settings.IMPORTMAP = {"integrity": True}
    configured, _ = configuration()
    assert (configured["live"], configured["integrity"]) == (True, False)
    settings.IMPORTMAP = {"live": False}
    assert configuration()[0]["live"] is False


def test_admin(settings: Settings) -> None:
    for said, meant in [(True, True), (False, False), ("no", True)]:
        settings.IMPORTMAP = {"admin": said}
        assert serves_admin() is meant
    settings.IMPORTMAP = []
    assert serves_admin()


def test_what_is_refused(settings: Settings) -> None:
    """All of it at once; the rest is configured."""
    settings.IMPORTMAP = {
        "disabled": ["demo"],
        "strict": "no",
        "admin": 1,
        "enable": "demo",
        "static": "static/",
        "imports": {"shop/cart": "shop/cart.js"},
        3: True,
    }
    configured, problems = configuration()
    known = f"Known: {', '.join(map(repr, sorted({*SiteSettings.__slots__, 'admin', 'deltas', 'enable'})))}."
    relative = (
        "the static URL 'static/' must begin with '/', 'https://' or '//': "
        "a relative one would mean something else on each page."
    )
    assert [str(problem) for problem in problems] == [
        f"settings.IMPORTMAP['disabled']: unknown key. Did you mean 'disable'? {known}",
        "settings.IMPORTMAP['strict']: strict must be True or False, not 'no'.",
        "settings.IMPORTMAP['admin']: must be True or False, not 1.",
        "settings.IMPORTMAP['enable']: enable must be a list of distributions, not a string.",
        f"settings.IMPORTMAP['static']: {relative}",
        f"settings.IMPORTMAP[3]: unknown key. {known}",
    ]
    assert {(problem.code, problem.severity) for problem in problems} == {("IM401", "error")}
    assert sorted(configured) == ["enable", "imports", "live", "static"]
    assert importmap.load() == ImportMap({"shop/cart": "/static/shop/cart.js"})


@pytest.mark.parametrize("value", [["demo"], "demo", 3])
def test_no_table(value: object, settings: Settings) -> None:
    settings.IMPORTMAP = value
    (problem,) = configuration()[1]
    assert str(problem) == f"settings.IMPORTMAP: must be a dictionary, not {value!r}."
    assert importmap.load() == ImportMap()
