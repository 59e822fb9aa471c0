"""The variable `importmap` of `context_processors.importmap`."""

from __future__ import annotations

import logging

import pytest
from django.template import engines
from pytest_django import Settings
from support.django_pages import request
from support.site_folder import SiteFolder

import importmap
from importmap import ImportMapError, UnknownContextError

PROCESSOR = "importmap.contrib.django.context_processors.importmap"


@pytest.fixture(autouse=True)
def site(django_site: SiteFolder, settings: Settings) -> None:
    django_site.install("demo", {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}})
    django_site.install("shop", {"cart": {"path": "shop/cart.js", "contexts": ["public"]}})
    django_site.install("plain")
    backend = dict(settings.TEMPLATES[0])
    backend["OPTIONS"] = {"context_processors": [PROCESSOR]}
    jinja = {"BACKEND": "django.template.backends.jinja2.Jinja2", "OPTIONS": backend["OPTIONS"]}
    settings.TEMPLATES = [{**backend, "NAME": "django"}, {**jinja, "NAME": "jinja"}]


@pytest.fixture(params=["django", "jinja"])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def render(engine: str, template: str, **attributes: object) -> str:
    text: str = engines[engine].from_string(template).render({}, request("/", **attributes))
    return text


def test_the_map_of_a_context(engine: str) -> None:
    assert render(engine, "{{ importmap.admin }}") == importmap.load(["admin"]).render()


def test_the_default_context(engine: str) -> None:
    assert render(engine, "{{ importmap }}") == importmap.load().render()


def test_several_contexts(engine: str) -> None:
    assert render(engine, "{{ importmap.admin.public }}") == importmap.load(["admin", "public"]).render()


def test_several_contexts_in_one_string() -> None:
    page = render("jinja", '{{ importmap["admin public"] }}')
    assert page == importmap.load(["admin", "public"]).render()


def test_the_nonce_of_the_request(engine: str) -> None:
    page = render(engine, "{{ importmap.admin }}", csp_nonce="r4nd0m")
    assert page == importmap.load(["admin"]).render({"nonce": "r4nd0m"})


def test_the_tag_of_a_module_finds_the_map() -> None:
    page = render("django", '{% load importmap %}{{ importmap.admin }}\n{% module "demo/editor" %}')
    assert page.endswith('\n<script type="module" src="/static/demo/editor.js"></script>')


def test_a_second_map(engine: str, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    page = render(engine, "{{ importmap.admin }}{{ importmap.public }}")
    assert page == importmap.load(["admin"]).render()
    message = (
        "the response has a map of 'admin' already; a page can have one. The map of 'public' is not printed."
    )
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, f'IM402 {message}\n    {{% importmap "admin" "public" %}}')
    ]
    settings.DEBUG = True
    with pytest.raises(ImportMapError, match=f"^{message}"):
        render(engine, "{{ importmap.admin }}{{ importmap.public }}")


def test_nothing_is_printed_before_it_is_asked_for(engine: str) -> None:
    page = render(engine, "{% if importmap.public %}{{ importmap.admin }}{% endif %}")
    assert page == importmap.load(["admin"]).render()


def test_a_context_that_nobody_knows(engine: str, settings: Settings) -> None:
    assert render(engine, "{{ importmap.admins }}") == ""
    settings.DEBUG = True
    message = "^no package and no configuration knows the context 'admins'. Did you mean 'admin'?"
    with pytest.raises(UnknownContextError, match=message):
        render(engine, "{{ importmap.admins }}")
