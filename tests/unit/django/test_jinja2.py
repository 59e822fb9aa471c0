"""The tags of `importmap.contrib.django.jinja2`."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import jinja2
import js_asset
import pytest
from django import forms
from django.template import TemplateSyntaxError, engines
from pytest_django import Settings
from support.django_pages import render, request
from support.site_folder import SiteFolder

import importmap
from importmap import ImportMapError
from importmap.contrib.django import Contexts

EXTENSION = "importmap.contrib.django.jinja2.ImportMapExtension"
BACKEND: dict[str, Any] = {
    "NAME": "jinja",
    "BACKEND": "django.template.backends.jinja2.Jinja2",
    "OPTIONS": {"extensions": [EXTENSION]},
}
SCRIPT = '<script type="module" src="/static/demo/editor.js"></script>'


@pytest.fixture(autouse=True)
def site(django_site: SiteFolder, settings: Settings) -> None:
    django_site.install("demo", {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}})
    django_site.install("shop", {"cart": {"path": "shop/cart.js", "contexts": ["public"]}})
    django_site.install("plain")
    settings.TEMPLATES = [*settings.TEMPLATES, BACKEND]


def page(template: str, **context: Any) -> str:
    """What a template prints through Django's backend, for a request of its own."""
    text: str = engines["jinja"].from_string(template).render(context, request())
    return text


def environment(**templates: str) -> jinja2.Environment:
    """An environment of Jinja alone."""
    loader = jinja2.DictLoader(templates)
    return jinja2.Environment(loader=loader, extensions=[EXTENSION], autoescape=True)


@pytest.mark.parametrize(
    "tag",
    [
        "{% importmap %}",
        '{% importmap "admin" %}',
        '{% importmap "admin" "public" %}',
        "{% importmap 'admin public' -%}",
        '{% importmap "admin" preload="demo/editor" %}',
        '{% importmap "admin" "public" preload="demo/editor shop/cart" nonce="r4nd0m" %}',
        '{% importmap "admin" "public" modules="shop/cart" %}',
        "{% importmap some %}",
        "{% importmap some.0 preload=modules %}",
    ],
)
def test_the_same_syntax_prints_the_same_as_in_django(tag: str) -> None:
    context = {"some": ["public", "admin"], "modules": ["shop/cart"]}
    ours = page(tag, **context)
    assert ours == render(tag.replace("-%}", "%}"), **context)
    assert ours.startswith('<script type="importmap"')


@pytest.mark.parametrize(
    "tag",
    [
        '{% importmap "admin", "public", preload="demo/editor" %}',
        '{% importmap "ad" ~ "min", public, preload=["demo/editor"], %}',
        '{% importmap public "admin" preload="demo" ~ "/editor" %}',
        '{% importmap "admin" "public" if true else "default" preload="demo/editor" %}',
    ],
)
def test_expressions_and_commas(tag: str) -> None:
    assert page(tag, public="public") == importmap.load(["admin", "public"]).render(preload=["demo/editor"])


def test_a_module() -> None:
    assert page('{% importmap "admin" %}|{% module "demo/editor" %}').endswith(f"|{SCRIPT}")
    two = page('{% importmap "admin" "public" %}|{% module "demo/editor" "shop/cart" %}')
    assert two.endswith(f'|{SCRIPT}\n<script type="module" src="/static/shop/cart.js"></script>')


@pytest.mark.parametrize("context", [{"csp_nonce": "r4nd0m"}, {}], ids=["variable", "request"])
def test_the_nonce_is_found(context: dict[str, str]) -> None:
    made = engines["jinja"].from_string('{% importmap "admin" %}{% module "demo/editor" %}')
    text = made.render(context, request(csp_nonce="r4nd0m"))
    assert text.count('nonce="r4nd0m"') == 2


def test_variables_that_the_template_does_not_find() -> None:
    """They are as good as not given, unless the environment is strict."""
    tag = '{% importmap "admin" modules=nothing preload=nothing nonce=nothing %}'
    text = engines["jinja"].from_string(tag).render({}, request(csp_nonce="r4nd0m"))
    assert text == importmap.load(["admin"]).render({"nonce": "r4nd0m"})
    strict = jinja2.Environment(extensions=[EXTENSION], undefined=jinja2.StrictUndefined, autoescape=True)
    with pytest.raises(jinja2.UndefinedError, match="^'nothing' is undefined$"):
        strict.from_string('{% importmap "admin" nonce=nothing %}').render()


def test_once_a_response(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    tags = '{% importmap "admin" %}{% importmap "public" %}'
    assert page(tags) == importmap.load(["admin"]).render()
    message = (
        "the response has a map of 'admin' already; a page can have one. The map of 'public' is not printed."
    )
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, f'IM402 {message}\n    {{% importmap "admin" "public" %}}')
    ]
    settings.DEBUG = True
    with pytest.raises(ImportMapError, match=f"^{message}"):
        page(tags)


def test_a_template_of_either_backend_knows_what_the_other_printed(caplog: pytest.LogCaptureFixture) -> None:
    asked = request()
    assert render('{% importmap "admin" %}', asked)
    jinja = engines["jinja"]
    assert jinja.from_string('{% importmap "admin" %}').render({}, asked) == ""
    assert jinja.from_string('{% module "demo/editor" %}').render({}, asked) == SCRIPT
    assert [record.getMessage()[:5] for record in caplog.records] == ["IM402"]


def test_blocks_and_included_templates_are_one_page() -> None:
    templates = environment(
        base="{% block head %}{% endblock %}|{% block body %}{% endblock %}",
        head='{% importmap "admin" %}',
        child='{% extends "base" %}{% importmap "public" %}'
        '{% block head %}{% set x = 1 %}{% include "head" %}{% endblock %}'
        '{% block body %}{% module "demo/editor" %}{% endblock %}',
    )
    page = templates.get_template("child").render(request=request())
    assert page == f"{importmap.load(['admin']).render()}|{SCRIPT}"


def test_without_a_request_each_map_is_a_page_of_its_own() -> None:
    import_map = importmap.load(["admin"]).render()
    both = '{% importmap "admin" %}{% module "demo/editor" %}'
    template = environment().from_string(both * 2)
    assert template.render() == (import_map + SCRIPT) * 2


def test_a_macro() -> None:
    """The module of a template that is imported without context is kept for all pages."""
    templates = environment(
        macros='{% macro head() %}{% importmap "admin" %}{% module "demo/editor" %}{% endmacro %}',
        page='{% import "macros" as macros %}{{ macros.head() }}',
    )
    for _ in range(2):
        text = templates.get_template("page").render(request=request())
        assert text == importmap.load(["admin"]).render() + SCRIPT


# The media of forms


def theirs() -> forms.Media:
    """Media of django-js-asset: a map, and a script."""
    media: forms.Media = js_asset.Media(importmap=js_asset.ImportMap({"other": "other.js"}), js=["init.js"])
    return media


def test_the_contexts_of_media() -> None:
    js: list[Any] = [Contexts("admin"), "init.js"]
    text = page('{% importmap "public", media=given %}\n{{ media }}', given=forms.Media(js=js))
    import_map = importmap.load(["admin", "public"]).render()
    assert [line for line in text.splitlines() if line] == [
        import_map,
        '<script src="/static/init.js"></script>',
    ]


def test_a_map_of_django_js_asset_is_united_with_ours() -> None:
    text = page("{% importmap 'public' media=media %}|{{ media }}", media=theirs())
    script, media = text.split("|")
    assert json.loads(script[script.index("{") : script.rindex("}") + 1])["imports"] == {
        "other": "/static/other.js",
        "shop/cart": "/static/shop/cart.js",
    }
    assert media == '<script src="/static/init.js"></script>'


def test_where_no_map_is_printed_theirs_stays() -> None:
    given = theirs()
    text = page("{% importmap 'admin' %}|{% importmap 'public' media=given %}{{ media }}", given=given)
    assert text.split("|")[1] == str(given)
    # A template that extends another prints nothing outside of blocks.
    child = '{% extends "base" %}{% importmap "public" media=media %}'
    templates = environment(base="{{ media }}", child=child)
    assert templates.get_template("child").render(media=given, request=request()) == str(given)


def test_what_is_no_media(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    text = page('{% importmap "public" media="form" %}|{{ media }}')
    assert text == f"{importmap.load(['public'])}|form"
    assert page('{% importmap "public" media=form %}') == importmap.load(["public"]).render()
    message = "media= takes a forms.Media, such as form.media, not 'form'."
    assert [record.getMessage() for record in caplog.records] == [f"IM403 {message}"]
    settings.DEBUG = True
    with pytest.raises(ImportMapError, match=f"^{message}$"):
        page('{% importmap "public" media="form" %}')


# What cannot be printed


def test_a_module_before_its_map(settings: Settings) -> None:
    settings.DEBUG = True
    with pytest.raises(ImportMapError, match="^the map comes before the module 'demo/editor'"):
        environment().from_string('{% module "demo/editor" %}').render()


def test_markup_is_escaped_nowhere_else() -> None:
    assert page('{% importmap "admin" nonce=x %}', x='"><b>').count("&quot;&gt;&lt;b&gt;") == 1
    assert "<b>" not in page('{% importmap "admin" nonce=x %}', x='"><b>')


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        (
            '{% importmap "a" preloads="b" %}',
            "{% importmap %} takes no argument 'preloads'. Did you mean 'preload'?",
        ),
        ('{% importmap "a" x="b" %}', "{% importmap %} takes no argument 'x'."),
        ('{% importmap nonce="a" nonce="b" %}', "{% importmap %} has 'nonce' twice."),
        ('{% importmap nonce="a" "b" %}', "{% importmap %} takes names before its keywords."),
        ('{% module "a" preload="b" %}', "{% module %} takes no argument 'preload'."),
        ("{% importmap preload= %}", "unexpected 'end of statement block'"),
    ],
)
def test_arguments_that_it_does_not_take(tag: str, message: str) -> None:
    with pytest.raises(jinja2.TemplateSyntaxError, match=f"^{re.escape(message)}") as caught:
        environment().from_string(f"\n{tag}")
    assert caught.value.lineno == 2


def test_django_shows_the_line(settings: Settings, tmp_path: Any) -> None:
    settings.TEMPLATES = [{**BACKEND, "DIRS": [tmp_path]}]
    (tmp_path / "page.html").write_text('<p>\n\n{% module x="y" %}')
    with pytest.raises(TemplateSyntaxError) as caught:
        engines["jinja"].get_template("page.html")
    shown = caught.value.template_debug  # type: ignore[attr-defined]  # Django sets it
    assert (shown["line"], shown["message"]) == (3, "{% module %} takes no argument 'x'.")
