"""The middleware puts the map into pages of the admin whose templates cannot print it."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.template import engines
from django.template.response import TemplateResponse
from django.test import AsyncClient, Client
from django.urls import include, path
from django.utils.decorators import sync_and_async_middleware
from django.views.decorators.gzip import gzip_page
from pytest_django import Settings
from support.django_pages import render, request
from support.django_site import settings as site_settings
from support.site_folder import SiteFolder, write

import importmap
from importmap import ConflictError
from importmap.contrib.django import Contexts

MIDDLEWARE = "importmap.contrib.django.middleware.ImportMapMiddleware"
HEAD = b"<!DOCTYPE html><html><head>"
REST = b'<script type="module" src="/x.js"></script></head><body></body></html>'
PAGE = HEAD + REST

#: What the views answer; set by each test.
Make = Callable[[HttpRequest], HttpResponseBase]
answers: dict[str, Make] = {}


def view(request: HttpRequest) -> HttpResponseBase:
    return answers["now"](request)


async def async_view(request: HttpRequest) -> HttpResponseBase:
    return answers["now"](request)


@sync_and_async_middleware
def log_in(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Everybody is somebody: as `X-User` says, or an editor."""

    def user(request: HttpRequest) -> Any:
        is_staff = "X-Nobody" not in request.headers
        return User(username="ada", is_staff=is_staff) if is_staff else AnonymousUser()

    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest) -> Any:
            request.user = user(request)
            return await get_response(request)

        return async_middleware

    def sync_middleware(request: HttpRequest) -> Any:
        request.user = user(request)
        return get_response(request)

    return sync_middleware


views = [
    path("view/", view, name="view"),
    path("async/", async_view, name="async"),
    path("gzip/", gzip_page(view), name="gzip"),
]
urlpatterns = [
    path("staff/", include((views, "admin"), namespace="staff")),
    path("public/", include((views, "shop"))),
    path("admin/", admin.site.urls),
    path("view/", view),
]


@pytest.fixture
def demo(django_site: SiteFolder, settings: Settings) -> SiteFolder:
    """A site with a package for the admin, whose admin prints no map."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.log_in", MIDDLEWARE]
    django_site.install("demo", {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}})
    return django_site


def answer(make: Make, url: str = "/staff/view/", **more: Any) -> HttpResponse:
    """What a browser gets where a view makes some response."""
    answers["now"] = make
    found: Any = Client().get(url, **more)
    return cast("HttpResponse", found)


def the_map(*contexts: str) -> bytes:
    return importmap.load(list(contexts) or ["admin"]).render().encode()


def stream(*pieces: bytes, **more: Any) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter(pieces), **more)


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else bytes(response.content)


NOT_PUT = "the map is not put into this page:"


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged, without code and view."""
    return [record.getMessage().partition(": ")[2] for record in caplog.records]


# Pages


@pytest.mark.parametrize("make", [lambda _: HttpResponse(PAGE), lambda _: stream(PAGE)])
def test_a_page(demo: SiteFolder, make: Make) -> None:
    assert body(answer(make)) == HEAD + the_map() + REST
    assert body(answer(make, "/staff/async/")) == HEAD + the_map() + REST


@pytest.mark.parametrize(
    "head",
    [
        b"<head>",
        b"<HEAD>",
        b"<head\nlang='>' title=\">\" x=y>",
        b"<head/>",
        b"<!-- <head> --><head>",
        b"<!-- > --><!----><head >",
        b'\xef\xbb\xbf<!doctype html><html lang="de">\n<head>',
        b"<!doctype html><!-- \xe4 --><head>",
        b"<!doctype html><html>\n",
    ],
)
def test_where_a_head_begins(demo: SiteFolder, head: bytes) -> None:
    assert body(answer(lambda _: HttpResponse(head + REST))) == head + the_map() + REST
    # Cut anywhere, too.
    page = head + REST
    pieces = [page[index : index + 1] for index in range(len(page))]
    assert body(answer(lambda _: stream(*pieces))) == head + the_map() + REST


@pytest.mark.parametrize("status", [200, 403, 404, 422, 500])
def test_statuses(demo: SiteFolder, status: int) -> None:
    response = answer(lambda _: HttpResponse(PAGE, status=status))
    assert (response.status_code, response.content) == (status, HEAD + the_map() + REST)


@pytest.mark.parametrize(
    ("charset", "title"), [("utf-8", "Ä表"), ("iso-8859-15", "Ä€"), ("shift_jis", "表ソ")]
)
def test_charsets(demo: SiteFolder, charset: str, title: str) -> None:
    content_type = f"text/html; charset={charset}"
    before, after = f"<!doctype html><!-- {title} --><html lang='{title}'><head>", f"<title>{title}</title>"
    response = answer(lambda _: HttpResponse(before + after, content_type=content_type))
    assert response.content.decode(charset) == before + the_map().decode() + after


@pytest.mark.parametrize(
    ("content_type", "place"),
    [
        ("text/html; charset=utf-8", HEAD),
        ('text/html; Charset="UTF-8"', HEAD),
        ("text/html", HEAD + b"<meta charset=utf-8>"),
    ],
)
def test_where_only_the_page_says_its_charset(demo: SiteFolder, content_type: str, place: bytes) -> None:
    """Browsers look for that in the first bytes of a page: no map may push it away."""
    page = HEAD + b"<meta charset=utf-8>" + REST
    assert body(answer(lambda _: HttpResponse(page, content_type=content_type))) == (
        place + the_map() + page.removeprefix(place)
    )
    assert body(
        answer(lambda _: stream(*(page[i : i + 1] for i in range(len(page))), content_type=content_type))
    ) == (place + the_map() + page.removeprefix(place))


def test_a_nonce_that_is_not_ascii(demo: SiteFolder) -> None:
    """A map is ASCII in each charset; what an attribute says is written with references."""

    def make(request: HttpRequest) -> HttpResponse:
        request.csp_nonce = "ä"  # type: ignore[attr-defined]  # as django-csp has it
        return HttpResponse(PAGE, content_type="text/html; charset=iso-8859-1")

    assert b' nonce="&#228;">' in answer(make).content


@pytest.mark.parametrize("pattern", [b"<head ", b"<html ", b"<!--"])
def test_a_flood(demo: SiteFolder, pattern: bytes) -> None:
    """Twenty thousand tags without an end took most of a minute."""
    content = b"<!doctype html>" + pattern * 20_000
    assert answer(lambda _: HttpResponse(content)).content == content


def test_headers(demo: SiteFolder) -> None:
    """What was said of the page without the map is no longer true."""
    headers = {
        "ETag": '"x"',
        "Last-Modified": "Sat, 21 Nov 2026 12:00:00 GMT",
        "Content-Length": str(len(PAGE)),
    }
    response = answer(lambda _: HttpResponse(PAGE, headers=headers))
    assert response.headers["Content-Length"] == str(len(response.content))
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers
    response = answer(lambda _: stream(PAGE, headers=headers))
    assert not {"ETag", "Last-Modified", "Content-Length"} & set(response.headers)
    assert "Content-Length" not in answer(lambda _: HttpResponse(PAGE)).headers


def test_an_etag_of_the_whole_page(demo: SiteFolder, settings: Settings) -> None:
    """Middleware above makes one of the page as it is sent."""
    settings.MIDDLEWARE = ["django.middleware.http.ConditionalGetMiddleware", *settings.MIDDLEWARE]
    first = answer(lambda _: HttpResponse(PAGE)).headers["ETag"]
    assert answer(lambda _: HttpResponse(PAGE), headers={"If-None-Match": first}).status_code == 304
    demo.install("more", {".": {"path": "more/index.js", "contexts": ["admin"]}})
    settings.IMPORTMAP = {**settings.IMPORTMAP}
    assert answer(lambda _: HttpResponse(PAGE), headers={"If-None-Match": first}).status_code == 200


def test_compression_above(demo: SiteFolder, settings: Settings) -> None:
    settings.MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE]
    long = PAGE + b" " * 200
    for make in (lambda _: HttpResponse(long), lambda _: stream(long)):
        response = answer(make, headers={"Accept-Encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(body(response)) == HEAD + the_map() + REST + b" " * 200


@pytest.mark.parametrize("middleware", ["csp.middleware", "django.middleware.csp"])
def test_a_policy_with_a_nonce(demo: SiteFolder, settings: Settings, middleware: str) -> None:
    """A stream is sent when the policy has been said."""
    # Django has one since 6.0.
    pytest.importorskip(middleware)
    if middleware == "csp.middleware":
        from csp.constants import NONCE

        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": [NONCE]}}
        above = f"{middleware}.CSPMiddleware"
    else:
        from django.utils.csp import CSP

        settings.SECURE_CSP = {"script-src": [CSP.NONCE]}
        above = f"{middleware}.ContentSecurityPolicyMiddleware"
    settings.MIDDLEWARE = [above, *settings.MIDDLEWARE]
    for make in (lambda _: HttpResponse(PAGE), lambda _: stream(PAGE)):
        response = answer(make)
        nonce = response.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
        assert nonce
        assert body(response) == HEAD + importmap.load(["admin"]).render({"nonce": nonce}).encode() + REST


def test_the_media_of_a_page(demo: SiteFolder) -> None:
    """Of a response that knows what it was rendered with, as the admin's do."""
    demo.install("charts", {".": {"path": "charts/index.js", "contexts": ["charts"]}})
    assets: list[Any] = [Contexts("charts"), "x.js"]
    media = forms.Media(js=assets)
    template = engines["django"].from_string(PAGE.decode())
    response = answer(lambda request: TemplateResponse(request, template, {"media": media}))
    assert response.content == HEAD + the_map("admin", "charts") + REST
    response = answer(lambda request: TemplateResponse(request, template))
    assert response.content == HEAD + the_map() + REST


def test_a_page_that_has_a_map(demo: SiteFolder) -> None:
    """`{% importmap %}` has printed one, whichever."""
    demo.install("charts", {".": {"path": "charts/index.js", "contexts": ["charts"]}})

    def make(request: HttpRequest) -> HttpResponse:
        return HttpResponse(render('<head>{% importmap "charts" %}', request))

    assert answer(make).content == b"<head>" + the_map("charts")


def test_asking_for_the_headers_only(demo: SiteFolder) -> None:
    """They are those of the page."""
    answers["now"] = lambda _: HttpResponse(PAGE, headers={"Content-Length": str(len(PAGE))})
    get, head = Client().get("/staff/view/"), Client().head("/staff/view/")
    assert head.content == b""
    assert head.headers == get.headers


def test_a_map_that_cannot_be_made(
    demo: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    demo.install("other", {"x": "other/x.js"}, namespace="demo")
    assert answer(lambda _: HttpResponse(PAGE)).content == PAGE
    assert [record.getMessage()[:5] for record in caplog.records] == ["IM201"]
    settings.DEBUG = True
    with pytest.raises(ConflictError):
        answer(lambda _: HttpResponse(PAGE))


# Streams


def test_pieces_are_sent_as_soon_as_the_head_has_begun(demo: SiteFolder) -> None:
    made: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        for piece in (b"<html>", b"<he", b"ad", b">", b"<title>", b"x"):
            made.append(piece)
            yield piece

    response = answer(lambda _: StreamingHttpResponse(pieces()))
    sent = filter(None, response.streaming_content)  # type: ignore[attr-defined]
    assert made == []
    assert next(sent) == b"<html><head>" + the_map()
    assert made[-1] == b">"
    assert next(sent) == b"<title>"
    assert made[-1] == b"<title>"
    assert list(sent) == [b"x"]


def test_a_stream_without_a_head_is_not_held_back(demo: SiteFolder, caplog: pytest.LogCaptureFixture) -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        yield b"<html>"
        for index in range(100):
            made.append(index)
            yield b" " * 1024
        yield b"<head>"

    response = answer(lambda _: StreamingHttpResponse(pieces()))
    sent = filter(None, response.streaming_content)  # type: ignore[attr-defined]
    assert next(sent) == b"<html>" + b" " * 16 * 1024
    assert made == list(range(16))
    assert b"".join(sent) == b" " * 84 * 1024 + b"<head>"
    assert said(caplog) == [f"{NOT_PUT} its head does not begin.\n    Begin its head with <head>."]


@pytest.mark.parametrize("read", [True, False])
def test_a_stream_is_closed(demo: SiteFolder, db: None, read: bool) -> None:
    """With the response, whether it was read or not."""
    closed: list[bool] = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return iter([PAGE])

        def close(self) -> None:
            closed.append(True)

    response = answer(lambda _: StreamingHttpResponse(Pieces()))
    if read:
        assert body(response) == HEAD + the_map() + REST
    else:
        response.close()
    assert closed == [True]


def test_a_stream_that_fails(demo: SiteFolder) -> None:
    def pieces() -> Iterator[bytes]:
        yield PAGE
        raise OSError("gone")

    response = answer(lambda _: StreamingHttpResponse(pieces()))
    sent = iter(response.streaming_content)  # type: ignore[attr-defined]
    assert next(sent) == HEAD + the_map() + REST
    with pytest.raises(OSError, match="gone"):
        next(sent)


def test_a_file(demo: SiteFolder, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(PAGE)
    response = answer(lambda _: FileResponse((tmp_path / "page.html").open("rb")))
    assert body(response) == HEAD + the_map() + REST
    assert "Content-Length" not in response.headers


# Asynchronous servers


def answer_async(make: Make, url: str) -> tuple[Any, bytes]:
    answers["now"] = make

    async def get() -> tuple[Any, bytes]:
        response: Any = await AsyncClient().get(url)
        if not response.streaming:
            return response, response.content
        return response, b"".join([piece async for piece in response])

    return async_to_sync(get)()


async def pieces_async(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@pytest.mark.parametrize("url", ["/staff/view/", "/staff/async/"])
def test_async(demo: SiteFolder, url: str, caplog: pytest.LogCaptureFixture) -> None:
    assert answer_async(lambda _: HttpResponse(PAGE), url)[1] == HEAD + the_map() + REST
    assert answer_async(lambda _: HttpResponse(PAGE), "/public/view/")[1] == PAGE
    half = len(HEAD) - 3
    response, page = answer_async(
        lambda _: StreamingHttpResponse(pieces_async(PAGE[:half], PAGE[half:])), url
    )
    assert response.is_async
    assert page == HEAD + the_map() + REST
    assert answer_async(lambda _: StreamingHttpResponse(pieces_async(b"<html>")), url)[1] == b"<html>"
    assert len(said(caplog)) == 1


# What is left alone


@pytest.mark.parametrize("url", ["/public/view/", "/view/"])
def test_other_views(demo: SiteFolder, url: str) -> None:
    assert answer(lambda _: HttpResponse(PAGE), url).content == PAGE


def test_a_url_that_leads_nowhere(demo: SiteFolder) -> None:
    assert b"importmap" not in answer(lambda _: HttpResponse(PAGE), "/nowhere/").content


def test_anonymous_users(demo: SiteFolder) -> None:
    assert answer(lambda _: HttpResponse(PAGE), headers={"X-Nobody": "1"}).content == PAGE


def test_the_setting(demo: SiteFolder, settings: Settings) -> None:
    settings.IMPORTMAP = {**settings.IMPORTMAP, "admin": False}
    assert answer(lambda _: HttpResponse(PAGE)).content == PAGE


def test_nothing_for_the_admin(
    django_site: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, [f"{__name__}.log_in", MIDDLEWARE]
    assert answer(lambda _: HttpResponse(PAGE)).content == PAGE
    assert caplog.records == []


UNTOUCHED: list[Make] = [
    lambda _: JsonResponse({"html": PAGE.decode()}),
    lambda _: HttpResponse(PAGE, content_type="text/plain"),
    lambda _: HttpResponse(PAGE, content_type="application/xhtml+xml"),
    lambda _: HttpResponse(PAGE, headers={"Content-Disposition": 'attachment; filename="x.html"'}),
    lambda _: HttpResponseRedirect("/", content=PAGE),
    lambda _: HttpResponse(b""),
    lambda _: HttpResponse(status=204),
    lambda _: HttpResponseNotModified(),
    # Pieces of pages, as scripts ask for them.
    lambda _: HttpResponse(b"<div>One</div>", headers={"ETag": '"x"', "Content-Length": "14"}),
    lambda _: stream(b"<div>", b"One</div>"),
    lambda _: HttpResponse(b"<title>One</title><header><head>"),
    lambda _: HttpResponse(PAGE, status=206, headers={"Content-Range": f"bytes 0-{len(PAGE) - 1}/9999"}),
    lambda _: stream(),
]


@pytest.mark.parametrize("make", UNTOUCHED)
def test_what_is_no_page(demo: SiteFolder, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    response, without = answer(make), make(request())
    assert body(response) == body(without)
    assert response.items() >= without.items()  # type: ignore[operator]
    assert caplog.records == []


# Pages into which nothing can be put


@pytest.mark.parametrize("debug", [True, False])
def test_compression_below(
    demo: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture, debug: bool
) -> None:
    settings.DEBUG = debug
    long = PAGE + b" " * 200
    for _ in range(2):
        response = answer(lambda _: HttpResponse(long), "/staff/gzip/", headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(response.content) == long
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == (
        f"IM406 staff:gzip: {NOT_PUT} it comes with the Content-Encoding 'gzip' already.\n"
        f'    In MIDDLEWARE, "{MIDDLEWARE}" stands below "django.middleware.gzip.GZipMiddleware".'
    )


@pytest.mark.parametrize("charset", ["utf-16", "nonsense", "iso-2022-jp", "hz", "utf-7", "undefined"])
def test_charsets_without_ascii(demo: SiteFolder, charset: str, caplog: pytest.LogCaptureFixture) -> None:
    content_type = f"text/html; charset={charset}"
    assert answer(lambda _: HttpResponse(PAGE, content_type=content_type)).content == PAGE
    assert said(caplog) == [
        f"{NOT_PUT} its charset '{charset}' does not contain ASCII.\n    Send it as UTF-8."
    ]


@pytest.mark.parametrize("page", [b"<!doctype html>", b"<html lang=en>", b"<html><!-- <head>"])
def test_pages_without_a_head(demo: SiteFolder, page: bytes, caplog: pytest.LogCaptureFixture) -> None:
    response = answer(lambda _: HttpResponse(page, headers={"ETag": '"x"'}))
    assert (response.content, response.headers["ETag"]) == (page, '"x"')
    assert said(caplog) == [f"{NOT_PUT} its head does not begin.\n    Begin its head with <head>."]


# The admin itself


@pytest.mark.parametrize("is_async", [False, True])
def test_a_theme_that_cannot_be_extended(
    demo: SiteFolder, db: None, settings: Settings, tmp_path: Path, is_async: bool
) -> None:
    write(
        tmp_path / "own" / "admin",
        {"base_site.html": f"{PAGE.decode()}{{% block content %}}{{% endblock %}}"},
    )
    settings.TEMPLATES = [{**site_settings.TEMPLATES[0], "DIRS": [tmp_path / "own"]}]
    settings.MIDDLEWARE = [*site_settings.MIDDLEWARE, MIDDLEWARE]
    client: Any = AsyncClient() if is_async else Client()

    async def get_async(url: str) -> Any:
        return await client.get(url)

    def get(url: str) -> bytes:
        response = async_to_sync(get_async)(url) if is_async else client.get(url)
        assert response.status_code == 200
        content: bytes = response.content
        return content

    assert get("/admin/login/").startswith(PAGE)
    client.force_login(User.objects.create(username="ada", is_staff=True, is_superuser=True))
    assert get("/admin/").startswith(HEAD + the_map() + REST)
    assert get("/admin/auth/user/add/").startswith(HEAD + the_map() + REST)
