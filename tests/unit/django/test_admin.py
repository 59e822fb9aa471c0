"""The admin's pages have the map of the context `admin`, without a template of the site's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.loader import render_to_string
from django.test import AsyncClient, Client
from django.test.utils import override_settings
from django.urls import include, path
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from pytest_django import Settings
from support.django_pages import request
from support.django_site import settings as site_settings
from support.django_site.models import Article
from support.site_folder import SiteFolder, write

import importmap
from importmap import ConflictError, UnknownContextError
from importmap.contrib.django import Contexts
from importmap.contrib.django._admin.check import admin_diagnostics
from importmap.contrib.django._admin.template_folder import FOLDER, place_template_folder

TAG = '<script type="importmap"'
PAGE = "admin/base_site.html"
ENGINE: dict[str, Any] = site_settings.TEMPLATES[0]


if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Article]
else:
    # Generic for the type checker only.
    _ModelAdmin = admin.ModelAdmin


class ArticleAdmin(_ModelAdmin):
    ordering = ("pk",)
    search_fields = ("title",)
    autocomplete_fields = ("parent",)
    list_editable = ("body",)
    list_display = ("title", "body")

    def get_urls(self) -> list[Any]:
        def plain(request: HttpRequest) -> HttpResponse:
            return render(request, PAGE)

        def full(request: HttpRequest) -> HttpResponse:
            return render(request, PAGE, self.admin_site.each_context(request))

        wrap = self.admin_site.admin_view
        return [path("plain/", wrap(plain)), path("full/", wrap(full)), *super().get_urls()]


class ChartsAdmin(_ModelAdmin):
    class Media:
        js = (Contexts("charts"), "charts.js")


class BrokenAdmin(_ModelAdmin):
    class Media:
        js = (Contexts("chart"), "charts.js")


async def async_view(request: HttpRequest) -> HttpResponse:
    return render(request, PAGE, {"user": User(username="ada", is_staff=True)})


async def async_admin_view(request: HttpRequest) -> HttpResponse:
    return render(request, PAGE, {"user": User(username="ada", is_staff=True), "has_permission": True})


custom, charts, broken = AdminSite("custom"), AdminSite("charts"), AdminSite("broken")
custom.register(Article, ArticleAdmin)
charts.register(Article, ChartsAdmin)
broken.register(Article, BrokenAdmin)
urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("django.contrib.auth.urls")),
    path("staff/custom/", custom.urls),
    path("charts/", charts.urls),
    path("broken/", broken.urls),
    path("async/", async_view),
    path("async-admin/", async_admin_view),
]


@pytest.fixture
def demo(django_site: SiteFolder, settings: Settings) -> SiteFolder:
    """A site with a package for the admin and one for charts."""
    settings.ROOT_URLCONF = __name__
    django_site.install("demo", {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}})
    django_site.install("charts", {".": {"path": "charts/index.js", "contexts": ["charts"]}})
    return django_site


@pytest.fixture
def user(db: None) -> User:
    # Without a password, which is slow to hash.
    made: User = User.objects.create(username="ada", is_staff=True, is_superuser=True)
    return made


@pytest.fixture
def staff(demo: SiteFolder, user: User, client: Client) -> Client:
    client.force_login(user)
    return client


def has_map(page: str, *specifiers: str) -> bool:
    """Whether a page has one map, above all that loads modules.

    :param specifiers: what is in it; by default, the module for the admin.
    """
    if TAG not in page:
        return False
    assert page.count('"importmap"') == 1
    assert "module" not in page.partition(TAG)[0]
    text = page.partition(TAG)[2].partition(">")[2].partition("</script>")[0]
    assert sorted(json.loads(text)["imports"]) == sorted(specifiers or ["demo/editor"])
    return True


def get(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


class Use(Protocol):
    def __call__(self, files: Mapping[str, str], **options: Any) -> Path:
        """Give the site templates of its own.

        :param options: of its engine, in place of the usual ones.
        :returns: the folder of the templates.
        """


@pytest.fixture
def use(settings: Settings, tmp_path: Path) -> Use:
    def function(files: Mapping[str, str], **options: Any) -> Path:
        folder = tmp_path / "own"
        for name, content in files.items():
            write((folder / name).parent, {Path(name).name: content})
        settings.TEMPLATES = [{**ENGINE, "DIRS": [folder], **options}]
        return folder

    return function


def loaders(*names: object) -> dict[str, Any]:
    """Options of an engine that finds templates in another way."""
    return {"APP_DIRS": False, "OPTIONS": {**ENGINE["OPTIONS"], "loaders": names}}


FILESYSTEM = "django.template.loaders.filesystem.Loader"
APP_DIRECTORIES = "django.template.loaders.app_directories.Loader"
CACHED = "django.template.loaders.cached.Loader"


# Which pages


PAGES = [
    "/admin/",
    "/admin/django_site/",
    "/admin/django_site/article/",
    "/admin/django_site/article/?_popup=1",
    "/admin/django_site/article/add/",
    "/admin/django_site/article/add/?_popup=1",
    "/admin/django_site/article/1/change/",
    "/admin/django_site/article/1/change/?_popup=1",
    "/admin/django_site/article/1/history/",
    "/admin/django_site/article/1/delete/",
    "/admin/password_change/",
    "/admin/password_change/done/",
    "/admin/auth/user/add/",
    "/staff/custom/",
    "/staff/custom/django_site/",
    "/staff/custom/django_site/article/",
    "/staff/custom/django_site/article/1/change/",
    "/staff/custom/django_site/article/full/",
    "/staff/custom/django_site/article/plain/",
    # The pages of django.contrib.auth, which extend those of the admin.
    "/accounts/password_reset/",
]


@pytest.mark.parametrize("url", PAGES)
def test_a_page_of_the_admin(staff: Client, url: str) -> None:
    Article.objects.create(pk=1, title="One")
    page = get(staff, url)
    assert has_map(page)
    assert page.index("<script") == page.index(TAG)


def test_actions_and_forms_with_errors(staff: Client) -> None:
    Article.objects.create(pk=1, title="One")
    url = "/admin/django_site/article/"
    page = staff.post(url, {"action": "delete_selected", "_selected_action": ["1"]}).content.decode()
    assert "Are you sure" in page
    assert has_map(page)
    page = staff.post(f"{url}add/", {"title": ""}).content.decode()
    assert "This field is required" in page
    assert has_map(page)


def test_what_is_no_page(staff: Client) -> None:
    """A popup that closes itself, scripts and data."""
    Article.objects.create(pk=1, title="One")
    popup = staff.post("/admin/django_site/article/add/?_popup=1", {"title": "Two", "_popup": "1"})
    query = "?app_label=django_site&model_name=article&field_name=parent"
    others = [staff.get("/admin/jsi18n/"), staff.get(f"/staff/custom/autocomplete/{query}")]
    assert b"popup_response.js" in popup.content
    assert [response.status_code for response in (popup, *others)] == [200, 200, 200]
    assert not any(b"importmap" in response.content for response in (popup, *others))


def test_a_page_that_is_not_found(staff: Client, client: Client, use: Use) -> None:
    use({"404.html": f'{{% extends "{PAGE}" %}}'})
    assert has_map(get(staff, "/admin/nonsense/", 404))
    staff.logout()
    assert not has_map(get(staff, "/nonsense/", 404))


def test_anonymous_pages(demo: SiteFolder, client: Client, user: User) -> None:
    code = f"{urlsafe_base64_encode(force_bytes(user.pk))}/{default_token_generator.make_token(user)}"
    pages = [
        "/admin/login/",
        "/staff/custom/login/",
        "/accounts/password_reset/",
        "/accounts/password_reset/done/",
        f"/accounts/reset/{code}/",
        "/accounts/reset/done/",
    ]
    for url in pages:
        response = client.get(url, follow=True)
        assert response.status_code == 200
        assert b"admin/css/base.css" in response.content
        assert b"importmap" not in response.content


def test_the_page_after_logging_out(staff: Client) -> None:
    page = staff.post("/admin/logout/").content.decode()
    assert "Thanks for spending some quality time" in page
    assert not has_map(page)


@pytest.mark.parametrize(("is_staff", "is_active"), [(False, True), (True, False)])
def test_a_user_without_an_admin(
    demo: SiteFolder, client: Client, user: User, is_staff: bool, is_active: bool
) -> None:
    User.objects.update(is_staff=is_staff, is_active=is_active)
    client.force_login(user)
    assert not has_map(get(client, "/accounts/password_reset/"))
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain == [("/admin/login/?next=/admin/", 302)]
    assert not has_map(page.content.decode())


# A page that says whether there is permission is believed.


@pytest.mark.parametrize("permission", [True, False])
def test_has_permission(demo: SiteFolder, permission: bool) -> None:
    for user in (AnonymousUser(), User(is_staff=True)):
        page = render_to_string(PAGE, {"has_permission": permission}, request("/", user=user))
        assert has_map(page) is permission


def test_no_request_and_no_user(demo: SiteFolder) -> None:
    assert not has_map(render_to_string(PAGE))
    assert not has_map(render_to_string(PAGE, {"has_permission": True}))
    assert not has_map(render_to_string(PAGE, request=request("/")))


# What the map is


def test_a_nonce(demo: SiteFolder) -> None:
    page = render_to_string(PAGE, {"has_permission": True}, request("/", csp_nonce="abc"))
    assert has_map(page)
    assert importmap.load(["admin"]).render({"nonce": "abc"}) in page


@pytest.mark.parametrize("debug", [True, False])
def test_nothing_for_the_admin(
    django_site: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture, debug: bool
) -> None:
    settings.DEBUG = debug
    page = render_to_string(PAGE, {"has_permission": True}, request("/"))
    assert "</html>" in page
    assert "importmap" not in page
    assert caplog.records == []


def test_the_setting(staff: Client, settings: Settings) -> None:
    settings.IMPORTMAP = {**settings.IMPORTMAP, "admin": False}
    assert not has_map(get(staff, "/admin/"))
    settings.IMPORTMAP = {**settings.IMPORTMAP, "admin": True}
    assert has_map(get(staff, "/admin/"))


def test_contexts_of_the_media(staff: Client) -> None:
    assert has_map(get(staff, "/charts/"))
    page = get(staff, "/charts/django_site/article/add/")
    assert has_map(page, "charts", "demo/editor")
    assert '<script src="/static/charts.js"></script>' in page


def test_contexts_of_the_media_only(
    django_site: SiteFolder, user: User, client: Client, settings: Settings
) -> None:
    """No package has anything for all pages of the admin."""
    settings.ROOT_URLCONF, settings.DEBUG = __name__, True
    client.force_login(user)
    django_site.install("charts", {".": {"path": "charts/index.js", "contexts": ["charts"]}})
    assert not has_map(get(client, "/charts/"))
    assert has_map(get(client, "/charts/django_site/article/add/"), "charts")


def test_an_unknown_context_of_the_media(
    staff: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    url = "/broken/django_site/article/add/"
    assert has_map(get(staff, url))
    assert [record.getMessage() for record in caplog.records] == [
        (
            "IM213 no package and no configuration knows the context 'chart'. Did you mean 'charts'? "
            "Known: 'admin', 'charts', 'default'."
        )
    ]
    settings.DEBUG = True
    with pytest.raises(
        UnknownContextError, match="^no package and no configuration knows the context 'chart'"
    ):
        staff.get(url)


def test_a_conflict(
    demo: SiteFolder, staff: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    demo.install("other", {"x": "other/x.js"}, namespace="demo")
    assert "</html>" in get(staff, "/admin/")
    assert [record.getMessage()[:5] for record in caplog.records] == ["IM201"]
    settings.DEBUG = True
    with pytest.raises(ConflictError):
        staff.get("/admin/")


# Views and templates of the site's own


def test_async_views(demo: SiteFolder, user: User) -> None:
    """Who the user is cannot be asked there; the view may say `has_permission`."""
    client = AsyncClient()
    client.force_login(user)

    async def pages() -> list[str]:
        return [(await client.get(url)).content.decode() for url in ("/async/", "/async-admin/")]

    assert list(map(has_map, async_to_sync(pages)())) == [False, True]


OWN = {
    "below the base": {PAGE: '{% extends "admin/base.html" %}{% block blockbots %}Own{% endblock %}'},
    "above the base": {
        "admin/base.html": '{% extends "admin/base.html" %}{% block blockbots %}Own{% endblock %}'
    },
    "no dark mode": {PAGE: '{% extends "admin/base.html" %}{% block dark-mode-vars %}Own{% endblock %}'},
    "no styles": {
        PAGE: '{% extends "admin/base.html" %}{% block dark-mode-vars %}Own{% endblock %}'
        "{% block extrastyle %}{% endblock %}"
    },
    "nothing in the head": {
        "admin/base.html": '{% extends "admin/base.html" %}{% block dark-mode-vars %}Own{% endblock %}'
        "{% block extrastyle %}{% endblock %}{% block extrahead %}{% endblock %}"
    },
    "a base": {
        "admin/base.html": "<head>{% block extrahead %}"
        '<script type="module" src="own.js"></script>{% endblock %}</head><body>Own</body></html>'
    },
}


@pytest.mark.parametrize("files", OWN.values(), ids=OWN)
@pytest.mark.parametrize("debug", [True, False])
def test_templates_of_the_site(
    staff: Client, settings: Settings, files: Mapping[str, str], debug: bool, use: Use
) -> None:
    """With DEBUG off, the engine caches templates."""
    settings.DEBUG = debug
    use(files)
    assert admin_diagnostics() == []
    for _ in range(2):
        page = get(staff, "/admin/")
        assert "Own" in page
        assert has_map(page)


def test_a_template_that_prints_the_map_itself(staff: Client, settings: Settings, use: Use) -> None:
    settings.DEBUG = True
    own = (
        '{% extends "admin/base.html" %}{% load importmap %}'
        '{% block stylesheet %}own.css">{% importmap "charts" %}<br alt="{% endblock %}'
    )
    use({PAGE: own})
    assert has_map(get(staff, "/admin/"), "charts")


# Apps and engines

APPS = [
    app
    for app in site_settings.INSTALLED_APPS
    if app not in ("django.contrib.admin", "importmap.contrib.django")
]
ORDERS = [
    ["importmap.contrib.django", "django.contrib.admin", *APPS],
    ["django.contrib.admin", "importmap.contrib.django", *APPS],
    [*APPS, "importmap.contrib.django", "django.contrib.admin"],
    ["importmap.contrib.django", *APPS, "django.contrib.admin"],
]


@pytest.mark.parametrize("installed", ORDERS)
def test_the_order_of_apps(staff: Client, settings: Settings, installed: list[str]) -> None:
    settings.INSTALLED_APPS = installed
    assert has_map(get(staff, "/admin/"))
    assert admin_diagnostics() == []


def test_without_our_app(staff: Client) -> None:
    """A test that takes the app away gets Django's own pages; and ours again afterwards."""
    with override_settings(INSTALLED_APPS=["django.contrib.admin", *APPS]):
        assert not has_map(get(staff, "/admin/"))
        with override_settings(INSTALLED_APPS=site_settings.INSTALLED_APPS):
            assert has_map(get(staff, "/admin/"))
        assert not has_map(get(staff, "/admin/"))
    assert has_map(get(staff, "/admin/"))


def test_without_the_admin(demo: SiteFolder, settings: Settings) -> None:
    settings.INSTALLED_APPS = [*APPS, "importmap.contrib.django"]
    assert engines["django"].dirs == []
    assert admin_diagnostics() == []


def test_each_engine_has_our_folder_once(settings: Settings, tmp_path: Path) -> None:
    django, jinja2 = (
        "django.template.backends.django.DjangoTemplates",
        "django.template.backends.jinja2.Jinja2",
    )
    own = str(tmp_path)
    for _ in range(2):
        settings.TEMPLATES = [
            {"NAME": "one", "BACKEND": django, "DIRS": (own,), "APP_DIRS": True},
            {"NAME": "two", "BACKEND": django},
            {"BACKEND": jinja2, "DIRS": [own]},
        ]
        place_template_folder()
        assert [list(engine.dirs) for engine in engines.all()] == [[FOLDER, own], [FOLDER], [own]]
    settings.DEBUG = not settings.DEBUG
    assert [list(engine.dirs) for engine in engines.all()] == [[FOLDER, own], [FOLDER], [own]]


@pytest.mark.parametrize(
    "backend", [{}, {"BACKEND": None}, {"BACKEND": "x"}, {"BACKEND": "django.nothing.X"}]
)
def test_a_setting_that_django_refuses(settings: Settings, backend: dict[str, Any]) -> None:
    settings.TEMPLATES = [backend]
    (found,) = settings.TEMPLATES
    assert found == backend


def test_an_engine_that_was_used_while_apps_became_ready(demo: SiteFolder) -> None:
    """It may have Django's template in its cache."""
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)
    engine = backend.engine
    engine.dirs.remove(FOLDER)
    assert not has_map(render_to_string(PAGE, {"has_permission": True}, request("/")))
    place_template_folder()
    assert engines["django"] is backend
    assert engine.dirs == [FOLDER]
    assert has_map(render_to_string(PAGE, {"has_permission": True}, request("/")))


FOUND = {
    "cached": loaders((CACHED, [FILESYSTEM, APP_DIRECTORIES])),
    "not cached": loaders(FILESYSTEM, APP_DIRECTORIES),
    "no app_dirs": {"APP_DIRS": False, "DIRS": [Path(admin.__file__).parent / "templates"]},
}
NOT_FOUND = {
    "apps first": loaders(APP_DIRECTORIES, FILESYSTEM),
    "apps only": loaders(APP_DIRECTORIES),
    "other folders": loaders((FILESYSTEM, [Path(admin.__file__).parent / "templates"])),
}


@pytest.mark.parametrize("options", FOUND.values(), ids=FOUND)
def test_engines_that_find_our_template(staff: Client, options: dict[str, Any], use: Use) -> None:
    use({}, **options)
    for _ in range(2):
        assert has_map(get(staff, "/admin/"))
    assert admin_diagnostics() == []


@pytest.mark.parametrize("options", NOT_FOUND.values(), ids=NOT_FOUND)
def test_engines_that_do_not_find_our_template(staff: Client, options: dict[str, Any], use: Use) -> None:
    use({}, **options)
    assert not has_map(get(staff, "/admin/"))
    own = Path(admin.__file__).parent / "templates" / "admin" / "base.html"
    assert list(map(str, admin_diagnostics())) == [
        (
            f"{own}: the pages of the admin have no import map: this template, which they are based on, "
            f"extends no template that prints it.\n{HINT}"
        )
    ]


def test_two_engines(staff: Client, settings: Settings, use: Use) -> None:
    """The first one that has the admin's templates makes its pages."""
    use({"own.html": "Own"}, NAME="first", APP_DIRS=False)
    settings.TEMPLATES = [*settings.TEMPLATES, {**ENGINE, "NAME": "second"}]
    assert has_map(get(staff, "/admin/"))
    assert render_to_string("own.html") == "Own"
    assert admin_diagnostics() == []


# The check

HINT = """\
    Print the map in the head of that template, above all scripts:
    {% load importmap %}{% if has_permission %}{% importmap "admin" %}{% endif %}
    Or let a middleware put it into the pages:
    MIDDLEWARE += ["importmap.contrib.django.middleware.ImportMapMiddleware"]"""
HTML = "<!DOCTYPE html><html><head>{}</head><body></body></html>"
BASE = '{% extends "admin/base.html" %}'

GOOD = {
    "the tag": {"admin/base.html": '{% load importmap %}{% if 1 %}{% importmap "admin" %}{% endif %}'},
    "a block": {"admin/base.html": "{% if 1 %}{% block extrahead %}{% endblock %}{% endif %}"},
    "a block in a block": {
        "theme.html": "{% block head %}{% endblock %}",
        "admin/base.html": '{% extends "theme.html" %}{% block head %}'
        "{% block extrastyle %}{% endblock %}{% endblock %}",
    },
    "not known before a page is rendered": {PAGE: "{% extends theme %}"},
    "found by a filter": {PAGE: '{% extends theme|default:"admin/base.html" %}'},
    "a template that is missing": {PAGE: '{% extends "nothing.html" %}'},
    "a template that is broken": {PAGE: "{% nothing %}"},
}
BAD = {
    "no base": ({PAGE: "{% block extrahead %}{% endblock %}"}, PAGE, "extends no template that prints it"),
    "another base": (
        {PAGE: '{% extends "theme.html" %}', "theme.html": "{% block extrahead %}{% endblock %}"},
        "theme.html",
        "extends no template that prints it",
    ),
    "no block": (
        {"admin/base.html": "{% block content %}{% endblock %}"},
        "admin/base.html",
        "has none of the blocks 'dark-mode-vars', 'extrastyle', 'extrahead'",
    ),
    "a block of no page": (
        {
            "theme.html": "{% block content %}{% endblock %}",
            "admin/base.html": '{% extends "theme.html" %}{% block extrahead %}{% endblock %}',
        },
        "theme.html",
        "has none of the blocks 'dark-mode-vars', 'extrastyle', 'extrahead'",
    ),
}


@pytest.mark.parametrize("files", GOOD.values(), ids=GOOD)
def test_templates_that_print_the_map(demo: SiteFolder, files: Mapping[str, str], use: Use) -> None:
    use(files)
    assert admin_diagnostics() == []


@pytest.mark.parametrize(("files", "place", "wrong"), BAD.values(), ids=BAD)
def test_templates_that_do_not_print_the_map(
    staff: Client, files: Mapping[str, str], place: str, wrong: str, use: Use
) -> None:
    folder = use(files)
    assert not has_map(get(staff, "/admin/"))
    assert list(map(str, admin_diagnostics())) == [
        (
            f"{folder / place}: the pages of the admin have no import map: this template, which they "
            f"are based on, {wrong}.\n{HINT}"
        )
    ]


def test_sites_that_need_no_template(django_site: SiteFolder, settings: Settings, use: Use) -> None:
    files, _, _ = BAD["no base"]
    use(files)
    # No package has anything for the admin.
    assert admin_diagnostics() == []
    django_site.install("demo", {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}})
    settings.IMPORTMAP = {**settings.IMPORTMAP, "admin": False}
    assert admin_diagnostics() == []
    settings.IMPORTMAP = {"enable": lambda package: True}
    assert [found.code for found in admin_diagnostics()] == ["IM405"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "importmap.contrib.django.middleware.ImportMapMiddleware"]
    assert admin_diagnostics() == []


def test_templates_of_another_engine(demo: SiteFolder, settings: Settings, tmp_path: Path) -> None:
    write(tmp_path / "own" / "admin", {"base_site.html": "Own"})
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": [tmp_path / "own"]},
        ENGINE,
    ]
    assert admin_diagnostics() == []
