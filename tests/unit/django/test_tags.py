"""The template tags: one map a response, its preloads, scripts, and the nonce."""

from __future__ import annotations

import logging
import re
import sys
from types import SimpleNamespace

import pytest
from django.core.signals import got_request_exception
from django.template import Context, TemplateSyntaxError, engines
from django.utils.functional import SimpleLazyObject
from pytest_django import Settings
from support.django_pages import LOAD, render, request
from support.site_folder import SiteFolder, digest

import importmap
from importmap import (
    ConflictError,
    ImportMapError,
    MissingModuleError,
    StaticURL,
    UnknownContextError,
)

ADMIN = {"path": "demo/admin.js", "contexts": ["admin"]}
TREE = {
    "demo/editor.js": {"imports": ["./dom.js"]},
    "demo/dom.js": {},
    "demo/admin.js": {},
}


@pytest.fixture(autouse=True)
def demo(django_site: SiteFolder) -> SiteFolder:
    """A package with a module for each page, and one for the admin."""
    django_site.install("demo", {"editor": "demo/editor.js", "admin": ADMIN}, modules=TREE)
    return django_site


# The map


def test_the_map_of_a_context() -> None:
    page = render('{% importmap "admin" %}')
    assert page == importmap.load(["admin"]).render()
    assert '"demo/admin":"/static/demo/admin.js"' in page
    assert "demo/editor" not in page


@pytest.mark.parametrize(
    "arguments", ['"admin" "default"', '"admin default"', "both", "both.0 both.1"], ids=str
)
def test_several_contexts(arguments: str) -> None:
    page = render(f"{{% importmap {arguments} %}}", both=["admin", "default"])
    assert page == importmap.load(["admin", "default"]).render()


def test_without_a_context_it_is_the_default_one() -> None:
    assert render("{% importmap %}") == importmap.load().render()


def test_modules() -> None:
    page = render('{% importmap "admin" "default" modules="demo/admin" %}')
    assert page == importmap.load(["admin", "default"], modules=["demo/admin"]).render()
    assert render("{% importmap modules=none %}", none=[]) == importmap.load(modules=[]).render()


@pytest.mark.parametrize("preload", ['"demo/editor"', "names", '" demo/editor "'])
def test_preloads(preload: str) -> None:
    page = render(f"{{% importmap preload={preload} %}}", names=["demo/editor"])
    assert page == importmap.load().render(preload=["demo/editor"])
    assert page.count("modulepreload") == 2


def test_as_a_variable() -> None:
    assert render("{% importmap as found %}<head>{{ found }}</head>") == f"<head>{importmap.load()}</head>"


def test_nothing_from_a_package_is_unescaped(demo: SiteFolder, settings: Settings) -> None:
    settings.STATIC_URL = "/</script><script>alert(1)//"
    page = render('{% importmap preload="demo/editor" %}{% module "demo/editor" %}')
    assert page.count("<script") == page.count("</script>") == 2
    assert "alert(1)" in page


# The nonce


def lazy(value: str) -> object:
    """A nonce as Django's: false until it is read."""

    class Nonce(SimpleLazyObject):  # type: ignore[type-arg]  # Django before 6.1 has no arguments for it
        def __bool__(self) -> bool:
            return False

    return Nonce(lambda: value)


def test_no_nonce() -> None:
    assert "nonce" not in render('{% importmap preload="demo/editor" %}{% module "demo/editor" %}')


def test_the_nonce_of_the_context() -> None:
    page = render('{% importmap preload="demo/editor" %}{% module "demo/editor" %}', csp_nonce=lazy("s3"))
    assert page.count(' nonce="s3"') == len(re.findall("<(?:script|link)", page)) == 4


def test_the_nonce_of_django_csp() -> None:
    assert ' nonce="s3"' in render("{% importmap %}", request(csp_nonce=lazy("s3")))


def test_the_nonce_of_the_middleware_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django 6 has one for each response, whether or not its context processor is there."""
    middleware = SimpleNamespace(get_nonce=lambda asked: getattr(asked, "of_middleware", None))
    monkeypatch.setitem(sys.modules, "django.middleware.csp", middleware)
    assert ' nonce="s3"' in render("{% importmap %}", request(of_middleware=lazy("s3")))
    assert ' nonce="s4"' in render("{% importmap %}", request(csp_nonce="s4"))
    monkeypatch.delitem(sys.modules, "django.middleware.csp")
    assert "nonce" not in render("{% importmap %}", request(of_middleware=lazy("s3")))


def test_a_nonce_of_ones_own() -> None:
    page = render('{% importmap nonce=mine %}{% module "demo/editor" %}', csp_nonce=lazy("s3"), mine='"<s4>')
    assert page.count(' nonce="&quot;&lt;s4&gt;"') == 2
    assert "s3" not in page


def test_variables_that_the_template_does_not_find() -> None:
    """They are as good as not given: no map is empty, and no nonce that is there gets lost."""
    page = render('{% importmap "admin" modules=none preload=none nonce=none %}', csp_nonce=lazy("s3"))
    assert page == importmap.load(["admin"]).render({"nonce": "s3"})


def test_the_nonce_is_read_once_and_only_if_something_is_printed() -> None:
    read = []

    def make() -> str:
        read.append(1)
        return "s3"

    nonce = SimpleLazyObject(make)
    render('{% importmap "nobody" %}', csp_nonce=nonce)
    assert read == []
    render('{% importmap %}{% module "demo/editor" %}', csp_nonce=nonce)
    assert read == [1]


# Module scripts


def test_a_module_script() -> None:
    page = render('{% importmap %}\n{% module "demo/editor" %}')
    assert page.split("\n")[1] == '<script type="module" src="/static/demo/editor.js"></script>'


def test_several_module_scripts() -> None:
    page = render('{% importmap "admin" "default" %}\n{% module "demo/editor" "demo/admin" %}')
    assert page.split("\n")[1:] == [
        '<script type="module" src="/static/demo/editor.js"></script>',
        '<script type="module" src="/static/demo/admin.js"></script>',
    ]


def test_a_module_script_of_another_host_with_integrity(demo: SiteFolder, settings: Settings) -> None:
    url = "https://cdn.example/x.js"
    entry = {"url": url, "integrity": f"sha384-{digest('x')}", "contexts": ["default"]}
    settings.IMPORTMAP = {**settings.IMPORTMAP, "disable": ["demo"]}
    demo.install("other", {"cdn": entry})
    page = render('{% importmap %}\n{% module "other/cdn" %}')
    attributes = f'src="{url}" integrity="sha384-{digest("x")}" crossorigin="anonymous"'
    assert page.split("\n")[1] == f'<script type="module" {attributes}></script>'


def test_a_module_above_the_map(settings: Settings) -> None:
    settings.DEBUG = True
    with pytest.raises(ImportMapError) as caught:
        render('{% module "demo/editor" %}{% importmap %}')
    assert str(caught.value) == (
        "the map comes before the module 'demo/editor': a browser has to know it by then. "
        "Print {% importmap %} above {% module %}."
    )


@pytest.mark.parametrize("name", ["demo/edit", "demo/admin"])
def test_a_module_that_the_map_has_not(
    name: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    template = f"{{% importmap %}}{{% module '{name}' %}}<p>"
    assert render(template) == f"{importmap.load()}<p>"
    (line,) = caplog.messages
    assert line.startswith(f"IM212 the map has no '{name}'.")
    settings.DEBUG = True
    with pytest.raises(MissingModuleError, match=f"^the map has no '{name}'"):
        render(template)


# Once per response


TWICE = '<head>{% importmap "default" %}</head><p>{% importmap "admin" %}</p>'
SECOND = (
    "the response has a map of 'default' already; a page can have one. The map of 'admin' is not printed.\n"
    '    {% importmap "admin" "default" %}'
)


def test_a_second_map(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        assert render(TWICE) == f"<head>{importmap.load()}</head><p></p>"
    assert caplog.messages == [f"IM402 {SECOND}"]
    assert [(record.name, record.levelno) for record in caplog.records] == [("importmap", logging.ERROR)]


def test_a_second_map_in_debug(settings: Settings) -> None:
    settings.DEBUG = True
    with pytest.raises(ImportMapError) as caught:
        render(TWICE)
    assert str(caught.value) == SECOND


def test_a_second_map_in_another_template(caplog: pytest.LogCaptureFixture) -> None:
    """The view prints a part of the page before the page."""
    asked = request()
    part = render("{% importmap %}", asked)
    assert render("{{ part|safe }}{% importmap %}", asked, part=part) == part
    assert [message[:5] for message in caplog.messages] == ["IM402"]


def test_the_page_that_says_that_another_failed() -> None:
    asked = request()
    first = render("{% importmap %}", asked)
    got_request_exception.send(sender=None, request=asked)
    assert render("{% importmap %}", asked) == first
    got_request_exception.send(sender=None, request=request())
    got_request_exception.send(sender=None)


def test_without_a_request(caplog: pytest.LogCaptureFixture) -> None:
    """What is rendered together is one page, with what it includes."""
    engine = engines["django"].engine  # type: ignore[attr-defined]  # of the backend
    included = engine.from_string(LOAD + '{% importmap %}{% module "demo/editor" %}')
    template = engine.from_string(
        LOAD + '{% importmap %}{% module "demo/editor" %}|{% include part %}|{% include part only %}'
    )
    script = '<script type="module" src="/static/demo/editor.js"></script>'
    for _ in range(2):
        page = template.render(Context({"part": included}))
        assert page == f"{importmap.load()}{script}|{script}|{script}"
    assert [message[:5] for message in caplog.messages] == ["IM402"]


# What cannot be printed


def test_an_unknown_context(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    template = '{% importmap "admin" "nobody" %}<p>'
    for _ in range(2):
        assert render(template) == f"{importmap.load(['admin'])}<p>"
    assert render('{% importmap "nobody" %}') == ""
    assert caplog.messages == [
        "IM213 no package and no configuration knows the context 'nobody'. Known: 'admin', 'default'."
    ]
    settings.DEBUG = True
    with pytest.raises(UnknownContextError, match=r"^no package and no configuration knows"):
        render(template)


def test_an_unknown_module(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    assert render('{% importmap modules="demo/edit" %}<p>') == f"{importmap.load()}<p>"
    assert render('{% importmap preload="demo/none" %}<p>') == f"{importmap.load()}<p>"
    assert [message[:5] for message in caplog.messages] == ["IM212", "IM212"]
    settings.DEBUG = True
    with pytest.raises(MissingModuleError, match="demo/edit"):
        render('{% importmap modules="demo/edit" %}')
    with pytest.raises(MissingModuleError, match="demo/none"):
        render('{% importmap preload="demo/none" %}')


def test_a_conflict(demo: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    demo.install("other", namespace="demo")
    assert render('{% importmap %}<p>{% module "demo/editor" %}') == "<p>"
    assert [message[:5] for message in caplog.messages] == ["IM201", "IM403"]
    settings.DEBUG = True
    with pytest.raises(ConflictError):
        render("{% importmap %}")


class Missing(StaticURL):
    """A site that has collected nothing."""

    __slots__ = ()

    def url(self, public_path: str) -> str:
        raise LookupError("not collected")


@pytest.mark.parametrize(
    ("more", "codes"),
    [({"overrides": {"demo/none": None}}, ["IM204"]), ({"static": Missing("/")}, ["IM205", "IM205"])],
)
def test_a_strict_site(
    more: dict[str, object], codes: list[str], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be printed does not stop a page in production."""
    settings.IMPORTMAP = {**settings.IMPORTMAP, "strict": True, **more}
    assert render("{% importmap %}<p>") == "<p>"
    assert [message[:5] for message in caplog.messages] == codes


@pytest.mark.parametrize("template", ["{% importmap 3 %}", "{% importmap preload=3 %}", "{% module 3 %}"])
def test_arguments_that_are_no_names(template: str) -> None:
    with pytest.raises(TypeError, match="^names are strings, or lists of strings, not 3$"):
        render(template)


def test_arguments_that_there_are_not() -> None:
    with pytest.raises(
        TemplateSyntaxError, match="'importmap' received unexpected keyword argument 'preloads'"
    ):
        render('{% importmap preloads="demo/editor" %}')
