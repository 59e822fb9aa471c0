"""The Django view that serves deltas: who may have what, and what caches are told."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import include, path, reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings
from support.site_folder import SiteFolder

import importmap
from importmap import Registry
from importmap.contrib.django._settings import configuration, deltas
from importmap.contrib.django.views import DeltaView

pytestmark = pytest.mark.urls(__name__)


def is_staff(request: HttpRequest, context: str) -> bool:
    return context in ("editor", "public") or request.headers.get("X-Staff") == "yes"


#: What the view at /logged/ has asked its function about.
asked: list[str] = []


def log(request: HttpRequest, context: str) -> bool:
    asked.append(context)
    return context in ("editor", "public")


urlpatterns = [
    path("importmap/", include("importmap.contrib.django.urls")),
    path("staff/", DeltaView.as_view(allowed=is_staff)),
    path("anything/", DeltaView.as_view(allowed=lambda request, context: True)),
    path("nothing/", DeltaView.as_view(allowed=[])),
    path("words/", DeltaView.as_view(allowed="editor public")),
    path("logged/", DeltaView.as_view(allowed=log)),
]


@pytest.fixture(autouse=True)
def shop(django_site: SiteFolder, settings: Settings) -> SiteFolder:
    settings.IMPORTMAP = {"enable": lambda package: True, "deltas": ["editor", "nobody", "public"]}
    contexts = {"cart": "public", "editor": "editor", "admin": "admin"}
    django_site.install(
        "shop",
        {name: {"path": f"shop/{name}.js", "contexts": [context]} for name, context in contexts.items()},
    )
    return django_site


def ask(
    client: Client,
    contexts: str = "editor",
    page: str | None = None,
    url: str = "/importmap/",
    **headers: str,
) -> Any:
    label = importmap.load(["public"]).label if page is None else page
    sent: dict[str, Any] = {f"HTTP_{name}": value for name, value in headers.items()}
    return client.get(f"{url}?{urlencode({'contexts': contexts, 'page': label})}", **sent)


def refusal(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response
    return response.status_code, json.loads(response.content)["error"]


def test_a_delta(client: Client) -> None:
    response = ask(client)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    label = importmap.load(["public"]).label
    text, etag = importmap.delta(label, ["editor"])
    assert response.content.decode() == text
    assert json.loads(text)["importmap"] == {"imports": {"shop/editor": "/static/shop/editor.js"}}
    assert response["ETag"] == etag
    # The same for everybody.
    assert response["Cache-Control"] == "no-cache"
    assert "Vary" not in response
    assert reverse("importmap:delta") == "/importmap/"


def test_it_is_asked_for_again(client: Client) -> None:
    etag = ask(client)["ETag"]
    response = ask(client, IF_NONE_MATCH=etag)
    assert (response.status_code, response.content) == (304, b"")
    assert (response["ETag"], response["Cache-Control"]) == (etag, "no-cache")
    assert ask(client, IF_NONE_MATCH='"another"').status_code == 200


def test_after_a_deploy(client: Client, shop: SiteFolder, settings: Settings) -> None:
    """What was asked for before the deploy is answered neither from a cache nor anew."""
    label, etag = importmap.load(["public"]).label, ask(client)["ETag"]
    settings.STATIC_URL = "/v2/"
    response = ask(client, page=label, IF_NONE_MATCH=etag)
    assert refusal(response) == (409, "The site has another map than the page. Load the page again.")
    assert ask(client).status_code == 200


def test_several_contexts(client: Client) -> None:
    page = importmap.load(["public"]).label
    answers = [
        client.get(f"/anything/?{query}&{urlencode({'page': page})}").content
        for query in ("contexts=editor+admin", "contexts=admin&contexts=editor", "contexts=+admin++editor+")
    ]
    assert len(set(answers)) == 1
    assert json.loads(answers[0])["page"] == importmap.load(["admin", "editor", "public"]).label


def test_other_methods(client: Client) -> None:
    query = urlencode({"contexts": "editor", "page": importmap.load(["public"]).label})
    head = client.head(f"/importmap/?{query}")
    assert (head.status_code, head.content) == (200, b"")
    assert client.post(f"/importmap/?{query}").status_code == 405


# Who may have what


FORBIDDEN = (403, "A context is not allowed: one of the page, or one that it asks for.")


def test_only_what_the_site_names(client: Client) -> None:
    for contexts in ("admin", "editor admin", "default", "unheard-of", "edit", "\0", "é"):
        assert refusal(ask(client, contexts)) == FORBIDDEN
    assert refusal(ask(client, url="/nothing/")) == FORBIDDEN


def test_names_in_one_text(client: Client) -> None:
    """A part of a name, or of two, is none of them."""
    assert ask(client, url="/words/").status_code == 200
    for contexts in ("edit", "r", "r p"):
        assert refusal(ask(client, contexts, url="/words/")) == FORBIDDEN


def labels_with(*contexts: str) -> list[str]:
    """Labels of a page with some contexts: the right one, if there is one, and guesses."""
    names = " ".join(contexts)
    guesses = [f"{names};{digest}" for digest in ("AAAAAAAAAAAA", "/+/+/+/+/+/+")]
    if set(contexts) <= {"admin", "editor", "lazy", "public"}:
        guesses.insert(0, f"{names};{importmap.load(sorted(set(contexts))).digest}")
    return guesses


#: Labels that a context is in which the site does not name; the last ones do not exist.
GUESSED = [
    ("admin",),
    ("admin", "public"),
    ("public", "admin"),
    ("admin", "admin"),
    ("admin", "editor", "public"),
    ("lazy", "public"),
    ("default",),
    ("unheard-of",),
    ("public", "unheard-of"),
    ("Public",),
    ("shop",),
]


def everything(response: Any) -> object:
    return response.status_code, sorted(response.items()), response.content, response.cookies.output()


@pytest.mark.parametrize("url", ["/importmap/", "/staff/", "/words/", "/nothing/"])
def test_a_guess_tells_nothing(
    client: Client,
    shop: SiteFolder,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Right or wrong, of a context that there is or not: one answer, and nothing is looked up for it."""
    shop.add_own()
    labels = [label for contexts in GUESSED for label in labels_with(*contexts)]
    assert len(labels) == 2 * len(GUESSED) + 6
    wanted = ("editor", "admin", "unheard-of", "nobody", "editor admin", "public")
    expected = everything(ask(client, "admin", page="admin;AAAAAAAAAAAA", url=url))
    loads: list[object] = []
    monkeypatch.setattr(Registry, "load", lambda *given: loads.append(given))
    caplog.clear()
    answers = [ask(client, contexts, page=page, url=url) for page in labels for contexts in wanted]
    assert [everything(each) for each in answers] == [expected] * len(answers)
    assert refusal(answers[0]) == FORBIDDEN
    etag = {"IF_NONE_MATCH": "*"}
    assert everything(ask(client, page=labels[0], url=url, **etag)) == expected
    assert loads == []
    # Django says which URL was refused, and no more.
    assert {record.getMessage() for record in caplog.records} == {f"Forbidden: {url}"}


def test_a_function_is_asked_about_each_name(client: Client) -> None:
    """Of the page and of what it wants; once, in the order in which they stand."""
    names = "public editor unheard-of public"
    del asked[:]
    assert refusal(ask(client, page=f"{names};AAAAAAAAAAAA", url="/logged/")) == FORBIDDEN
    assert asked == ["public", "editor", "unheard-of"]
    del asked[:]
    assert ask(client, "editor editor", url="/logged/").status_code == 200
    assert asked == ["public", "editor"]


@pytest.mark.parametrize(
    "table", [{}, {"deltas": []}, {"deltas": "editor"}, {"deltas": {"editor": True}}, {"deltas": None}, None]
)
def test_without_settings_nobody_gets_anything(client: Client, settings: Settings, table: Any) -> None:
    settings.IMPORTMAP = table and {**table, "enable": lambda package: True}
    assert deltas() == frozenset()
    assert refusal(ask(client, page="public;AAAAAAAAAAAA"))[0] == 403


def test_a_function_decides(client: Client) -> None:
    """By the request; so no cache may give one visitor's answer to another."""
    assert refusal(ask(client, "admin", url="/staff/"))[0] == 403
    assert refusal(ask(client, "editor admin", url="/staff/"))[0] == 403
    for contexts, headers in (("editor", {}), ("admin editor", {"X_STAFF": "yes"})):
        response = ask(client, contexts, url="/staff/", **headers)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-cache"
        assert response["Vary"] == "Cookie"
        etag = response["ETag"]
        again = ask(client, contexts, url="/staff/", IF_NONE_MATCH=etag, **headers)
        assert (again.status_code, again["Vary"]) == (304, "Cookie")


def test_a_function_that_asks_who_it_is(rf: Any) -> None:
    view = DeltaView.as_view(allowed=lambda request, context: bool(request.user.is_authenticated))
    request = rf.get("/", {"contexts": "editor", "page": importmap.load(["public"]).label})
    request.user = AnonymousUser()
    response: HttpResponseBase = view(request)
    assert response.status_code == 403


# What cannot be answered


@pytest.mark.parametrize("contexts", ["", " "])
def test_no_context(client: Client, contexts: str) -> None:
    assert refusal(ask(client, contexts)) == (400, "contexts= names no context.")


@pytest.mark.parametrize("page", ["", "public", "<script>;AAAAAAAAAAAA"])
def test_no_label(client: Client, page: str) -> None:
    assert refusal(ask(client, page=page)) == (400, "page= is not what data-importmap says of a page.")
    assert client.get("/importmap/?contexts=editor").status_code == 400


def test_an_unknown_context(client: Client) -> None:
    """The names of the others are not told."""
    assert refusal(ask(client, "nobody")) == (404, "There is no such context.")


@pytest.mark.parametrize("page", ["public;AAAAAAAAAAAA", "nobody;AAAAAAAAAAAA"])
def test_another_map(client: Client, page: str) -> None:
    assert refusal(ask(client, page=page))[0] == 409


def test_a_broken_site_is_no_refusal(client: Client, shop: SiteFolder, settings: Settings) -> None:
    """To load the page again would not help."""
    label = importmap.load(["public"]).label
    shop.install("other", namespace="shop", package="other")
    settings.STATIC_URL = "/v2/"
    with pytest.raises(importmap.ConflictError, match=r"both claim the namespace 'shop'"):
        ask(client, page=label)


@given(
    contexts=st.text() | st.sampled_from(["editor", "editor nobody"]),
    page=st.text() | st.from_regex(r"[a-z ]{1,20};[A-Za-z0-9+/]{12}", fullmatch=True),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_strangers_send(contexts: str, page: str, client: Client) -> None:
    query = {
        name: value.encode(errors="surrogatepass") for name, value in (("contexts", contexts), ("page", page))
    }
    for url in ("/importmap/", "/anything/"):
        response = client.get(f"{url}?{urlencode(query)}")
        assert response.status_code in {400, 403, 404, 409}
        assert response["Content-Type"] == "application/json"


# The setting


@pytest.mark.parametrize("value", ["editor", {"editor": True}, ["editor", 1], ["a/b"], None, 3])
def test_a_setting_that_cannot_be_meant(settings: Settings, value: object) -> None:
    settings.IMPORTMAP = {"deltas": value}
    _, problems = configuration()
    message = f"settings.IMPORTMAP['deltas']: must be a list of contexts, not {value!r}."
    assert [(found.code, str(found)) for found in problems] == [("IM401", message)]


@pytest.mark.parametrize("value", [["editor"], ("editor",), {"editor"}, frozenset({"editor"})])
def test_a_setting(settings: Settings, value: object) -> None:
    settings.IMPORTMAP = {"deltas": value}
    configured, problems = configuration()
    assert problems == []
    assert "deltas" not in configured
    assert deltas() == {"editor"}
