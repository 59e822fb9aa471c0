"""Packages that use django-js-asset, unchanged, beside ours: on forms and in the admin."""

from __future__ import annotations

from typing import ClassVar

import pytest
from content_editor.admin import ContentEditor
from content_editor.models import Region
from django import forms
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import path
from django_prose_editor.widgets import AdminProseEditorWidget, ProseEditorWidget
from pytest_django import Settings
from support.django_media import THEIRS, demo, left_out, map_of, media  # a fixture  # noqa: F401  # a fixture
from support.django_pages import render
from support.django_site.models import Article
from support.site_folder import SiteFolder

from importmap.contrib.django import Contexts


def test_prose_editor_on_a_form() -> None:
    class Form(forms.Form):
        body = forms.CharField(widget=ProseEditorWidget)
        teaser = forms.CharField(widget=AdminProseEditorWidget)

        class Media:
            js = (Contexts("admin"),)

    page = render("{% importmap media=form.media %}{{ media }}", form=Form())
    assert map_of(page)["imports"] == {
        "demo/admin": "/static/demo/admin.js",
        "demo/page": "/static/demo/page.js",
        "django-prose-editor/configurable": "/static/django_prose_editor/configurable.js",
        "django-prose-editor/editor": "/static/django_prose_editor/editor.js",
    }
    assert page.count("django_prose_editor/default.js") == 1


def test_a_name_that_its_own_distribution_has_declared(
    django_site: SiteFolder, caplog: pytest.LogCaptureFixture
) -> None:
    """A package that has moved on, while its media still bring the old map."""
    django_site.install(
        "django-prose-editor", {"editor": {"path": "django_prose_editor/new.js", "contexts": ["admin"]}}
    )
    page = render('{% importmap "admin" %}{{ media }}', media=ProseEditorWidget().media)
    assert map_of(page)["imports"]["django-prose-editor/editor"] == "/static/django_prose_editor/new.js"
    where = "django-prose-editor: imports['django-prose-editor/editor']"
    new, old = "/static/django_prose_editor/new.js", "/static/django_prose_editor/editor.js"
    assert caplog.messages == [left_out(where, new, old)]


# The admin


class Short(forms.TextInput):
    """A widget of the change list that brings a map of its own."""

    media = media()


class Part(Article):
    """An article with a content editor."""

    regions: ClassVar = [Region(key="main", title="Main")]

    class Meta:
        proxy = True
        app_label = "django_site"


class Inline(admin.StackedInline):  # type: ignore[type-arg]  # not generic when it runs
    model = Article
    extra = 1
    formfield_overrides: ClassVar = {models.TextField: {"widget": AdminProseEditorWidget}}


class ArticleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # as above
    list_display = ("id", "title")
    list_editable = ("title",)
    inlines = (Inline,)
    formfield_overrides: ClassVar = {models.CharField: {"widget": Short}}


class PartAdmin(ContentEditor):  # type: ignore[misc]  # has no types
    formfield_overrides: ClassVar = {models.TextField: {"widget": AdminProseEditorWidget}}


site = admin.AdminSite()
site.register(Article, ArticleAdmin)
site.register(Part, PartAdmin)
urlpatterns = [path("admin/", site.urls)]

SHORT = {*THEIRS, "demo/editor"}
PROSE = {"django-prose-editor/configurable", "django-prose-editor/editor"}
CONTENT = {
    f"content-editor/{name}"
    for name in ("cloning", "context", "dragdrop", "machine", "regions", "sections", "utils")
}
#: Pages of the admin, and what their widgets bring.
PAGES: dict[str, set[str]] = {
    "article/": SHORT,
    "article/add/": SHORT | PROSE,
    "article/add/?_popup=1": SHORT | PROSE,
    "article/1/change/": SHORT | PROSE,
    "part/": set(),
    "part/1/change/": PROSE | CONTENT,
}


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "brought"), PAGES.items(), ids=PAGES)
def test_the_admin(page: str, brought: set[str], settings: Settings, admin_client: Client) -> None:
    """Change lists print their media piece by piece, forms as a whole."""
    settings.ROOT_URLCONF = __name__
    Article.objects.create(pk=1, title="x")
    html = admin_client.get(f"/admin/django_site/{page}").content.decode()
    assert map_of(html)["imports"].keys() == {"demo/admin", *brought}
    assert html.index("<script") == html.index('<script type="importmap"')
    assert html.count("/static/content_editor/index.js") == (brought >= CONTENT)
    assert html.count("/static/x.js") == (brought >= SHORT)
