"""`forms.Media`: widgets say which contexts their page needs, and the tag adds these."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from typing import Any, ClassVar

import js_asset
import pytest
from django import forms
from django.contrib import admin
from django.template import Context, engines
from django.test import RequestFactory
from pytest_django import Settings
from support.django_media import demo  # a fixture  # noqa: F401  # a fixture
from support.django_pages import LOAD, render, request
from support.django_site.models import Article

import importmap
from importmap._base.grammar import CONTEXT_RULE
from importmap.contrib.django import Contexts, contexts_of_media

SCRIPT = '<script src="/static/x.js"></script>'


class Editor(forms.Textarea):
    class Media:
        js = (Contexts("editor"), "x.js")
        css: ClassVar = {"all": ["x.css"]}


class Child(Editor):
    class Media:
        js = ("y.js", Contexts("admin"))


class ScriptsOfEditor(Editor):
    class Media:
        extend = ("js",)
        js = ("y.js",)


class Alone(Editor):
    class Media:
        extend = False
        js = (Contexts("admin"),)


class Both(forms.MultiWidget):
    def __init__(self) -> None:
        super().__init__([Editor(), Alone()])


class Form(forms.Form):
    body = forms.CharField(widget=Editor)
    teaser = forms.CharField(widget=Editor)

    class Media:
        js = (Contexts("admin"), "z.js")


def media_of(*assets: Any) -> forms.Media:
    return forms.Media(js=assets)


def media_of_admin() -> forms.Media:
    class ArticleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic when it runs
        class Media:
            js = (Contexts("editor"), Contexts("admin"))

    return ArticleAdmin(Article, admin.site).media


#: Media, and the contexts that they need.
MEDIA: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "none": (forms.Media, []),
    "scripts only": (lambda: forms.Media(js=["x.js"]), []),
    "media": (lambda: media_of(Contexts("editor", "admin")), ["admin", "editor"]),
    "a widget": (lambda: Editor().media, ["editor"]),
    "a widget that inherits": (lambda: Child().media, ["editor", "admin"]),
    "a widget that inherits scripts": (lambda: ScriptsOfEditor().media, ["editor"]),
    "a widget that does not inherit": (lambda: Alone().media, ["admin"]),
    "a widget of widgets": (lambda: Both().media, ["editor", "admin"]),
    "a form": (lambda: Form().media, ["editor", "admin"]),
    "a formset": (lambda: forms.formset_factory(Form, extra=2)().media, ["editor", "admin"]),
    "an empty formset": (lambda: forms.formset_factory(Form, extra=0)().media, ["editor", "admin"]),
    "scripts of a form": (lambda: Form().media["js"], ["editor", "admin"]),
    "styles of a form": (lambda: Form().media["css"], []),
    "the admin": (media_of_admin, ["editor", "admin"]),
    "a sum": (lambda: forms.Media(js=["z.js"]) + Editor().media + Editor().media, ["editor"]),
    "js_asset": (lambda: js_asset.Media(js=[Contexts("editor")], nonce="s3"), ["editor"]),
    "js_asset to the left": (lambda: js_asset.Media(js=["z.js"]) + Editor().media, ["editor"]),
    "js_asset to the right": (lambda: Editor().media + js_asset.Media(js=["z.js"]), ["editor"]),
    "js_asset from media": (lambda: js_asset.Media.from_media(Form().media)["js"], ["editor", "admin"]),
    "assets of js_asset": (
        lambda: media_of(
            js_asset.JSON({"a": 1}, id="a"),
            js_asset.Script("x.js", defer=True),
            js_asset.Stylesheet("x.css", media="all"),
            Contexts("editor"),
            js_asset.InlineStyle("p {}"),
        ),
        ["editor"],
    ),
}


@pytest.mark.parametrize(("made", "contexts"), MEDIA.values(), ids=MEDIA)
def test_contexts_survive(made: Callable[[], forms.Media], contexts: list[str]) -> None:
    assert sorted(contexts_of_media(made())) == sorted(contexts)


@pytest.mark.parametrize(("made", "contexts"), MEDIA.values(), ids=MEDIA)
def test_contexts_print_nothing(made: Callable[[], forms.Media], contexts: list[str]) -> None:
    lines = str(made()).split("\n")
    assert {line[:4] for line in lines} <= {"", "<lin", "<scr", "<sty"}
    assert ("" in lines) == bool(contexts or lines == [""])


def test_the_order_of_other_assets_stays() -> None:
    media = media_of("a.js", Contexts("admin"), "b.js") + forms.Media(js=["b.js", "c.js"])
    assert re.findall(r'src="/static/(.*?)"', str(media)) == ["a.js", "b.js", "c.js"]


def test_the_same_contexts_are_one_asset() -> None:
    assert Contexts("a", "b") == Contexts("b", "a", "b")
    assert hash(Contexts("a", "b")) == hash(Contexts("b", "a"))
    assert Contexts("a") != Contexts("b")
    assert Contexts("a") != "a"
    media = media_of(Contexts("a")) + media_of("x.js", Contexts("a"))
    assert len(media.render_js()) == 2


def test_contexts_as_a_value() -> None:
    contexts = Contexts("admin", "editor")
    assert repr(contexts) == "Contexts('admin', 'editor')"
    assert pickle.loads(pickle.dumps(contexts)) == copy.deepcopy(contexts) == contexts
    assert str(contexts) == contexts.__html__() == ""
    with pytest.raises(AttributeError):
        contexts.contexts = ("public",)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ([], TypeError, 'Contexts needs the name of a context, such as Contexts("admin")'),
        ([["admin"]], TypeError, 'Contexts takes names, as in Contexts("admin", "public"), not [\'admin\']'),
        ([None], TypeError, 'Contexts takes names, as in Contexts("admin", "public"), not None'),
        (
            ["admin public"],
            ValueError,
            f"the context 'admin public' is refused: {CONTEXT_RULE}",
        ),
    ],
)
def test_wrong_contexts(arguments: list[Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        Contexts(*arguments)
    assert str(caught.value) == message


# The tag


def test_the_contexts_of_given_media() -> None:
    page = render('{% importmap "admin" media=form.media %}{{ media }}', form=Form())
    both = importmap.load(["admin", "editor"])
    assert page.startswith(both.render())
    assert page.count(SCRIPT) == 1
    assert page.count("<script") == 3


def test_without_contexts_of_its_own_the_tag_is_for_the_default_one() -> None:
    page = render("{% importmap media=media %}", media=media_of(Contexts("editor")))
    assert page == importmap.load(["default", "editor"]).render()


def test_the_variable_media() -> None:
    page = render('{% importmap "admin" %}{{ media.js }}', media=Editor().media)
    assert page == f"{importmap.load(['admin', 'editor'])}\n{SCRIPT}"


@pytest.mark.parametrize("media", ["", None, "x", 1, forms.Media(js=["x.js"])])
def test_a_variable_media_that_has_no_contexts(media: object) -> None:
    assert render('{% importmap "admin" %}', media=media) == importmap.load(["admin"]).render()


def test_given_media_come_before_the_variable() -> None:
    page = render("{% importmap media=form.media %}{{ media.js }}", form=Editor(), media=Alone().media)
    assert page == f"{importmap.load(['default', 'editor'])}\n{SCRIPT}"


def test_media_that_the_template_does_not_find() -> None:
    assert render('{% importmap "admin" media=form.media %}') == importmap.load(["admin"]).render()


def test_modules_of_the_page_and_contexts_of_its_media() -> None:
    page = render('{% importmap modules="demo/page" media=media %}', media=Editor().media)
    assert page == (importmap.load(modules=["demo/page"]) | importmap.load(["editor"])).render()
    assert '"demo/editor"' in page
    assert '"demo/admin"' not in page


def test_the_nonce() -> None:
    page = render('{% importmap "admin" media=media nonce="s3" %}', media=Editor().media)
    assert page == importmap.load(["admin", "editor"]).render({"nonce": "s3"})


UNKNOWN = "no package and no configuration knows the context 'kiosk'. Known: 'admin', 'default', 'editor'."
MODULES = ["", 'modules="demo/page" ']


@pytest.mark.parametrize("modules", MODULES)
def test_an_unknown_context(modules: str, caplog: pytest.LogCaptureFixture) -> None:
    media = media_of(Contexts("kiosk", "editor"))
    page = render(f"{{% importmap {modules}media=media %}}", media=media)
    assert '"demo/page"' in page
    assert '"demo/editor"' in page
    assert caplog.messages == [f"IM213 {UNKNOWN}"]


@pytest.mark.parametrize("modules", MODULES)
def test_an_unknown_context_in_debug(modules: str, settings: Settings) -> None:
    settings.DEBUG = True
    with pytest.raises(importmap.UnknownContextError) as caught:
        render(f"{{% importmap {modules}media=media %}}", media=media_of(Contexts("kiosk")))
    assert str(caught.value) == UNKNOWN


class Broken(forms.Media):
    def render_js(self, **_: object) -> list[Any]:
        raise ValueError("no such file")


def test_media_that_cannot_be_printed(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    """Nothing is added to what goes wrong where the media are printed."""
    for debug in (False, True):
        settings.DEBUG = debug
        assert render('{% importmap "admin" %}', media=Broken()) == importmap.load(["admin"]).render()
    assert caplog.messages == ["IM404 the contexts of the page's media cannot be read: no such file."]


def test_media_of_another_type(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    template = '{% importmap "admin" media="x.js" %}'
    assert render(template) == importmap.load(["admin"]).render()
    message = "media= takes a forms.Media, such as form.media, not 'x.js'."
    assert caplog.messages == [f"IM403 {message}"]
    settings.DEBUG = True
    with pytest.raises(importmap.ImportMapError) as caught:
        render(template)
    assert str(caught.value) == message


# The variable `media` afterwards


def test_a_context_that_is_the_callers_own_is_not_changed() -> None:
    variables = {"form": Form(), "media": Alone().media}
    before = dict(variables)
    template: Any = engines["django"].from_string(LOAD + "{% importmap media=form.media %}{{ media.js }}")
    assert SCRIPT in template.render(variables)
    assert variables == before
    assert SCRIPT in template.template.render(Context(variables))
    assert variables == before


@pytest.mark.parametrize("variables", [{}, {"media": Alone().media}], ids=["new", "replaced"])
def test_the_variable_is_set_for_the_whole_page(settings: Settings, variables: dict[str, Any]) -> None:
    """The blocks and loops of a template have variables of their own."""
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "libraries": {"importmap": "importmap.contrib.django.templatetags.importmap"},
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {
                            "base.html": "{% block head %}{% endblock %}<body>{% block body %}{% endblock %}",
                            "page.html": '{% extends "base.html" %}{% load importmap %}'
                            "{% block head %}{% with a=1 %}{% importmap media=form.media %}{% endwith %}"
                            "{% endblock %}{% block body %}{{ media.js }}{% endblock %}",
                        },
                    )
                ],
            },
        }
    ]
    template = engines["django"].get_template("page.html")
    for asked in (None, request()):
        page = template.render({"form": Editor(), **variables}, asked)
        assert page == f"{importmap.load(['default', 'editor'])}<body>\n{SCRIPT}"


def test_one_request_two_templates() -> None:
    """What a widget needs is known to the page that includes it, not to a fragment."""
    asked = RequestFactory().get("/")
    assert '"demo/editor"' in render("{% importmap media=media %}", asked, media=Editor().media)
    assert render("{{ media.js }}", asked, media=Editor().media) == f"\n{SCRIPT}"
