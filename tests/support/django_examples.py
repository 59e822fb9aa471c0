"""One real message for each diagnostic code of `importmap.contrib.django`."""

from __future__ import annotations

import mimetypes
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import js_asset
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test.utils import override_settings
from django.urls import resolve

from importmap import Diagnostic, ImportMapError, load
from importmap.contrib.django import checks, middleware
from importmap.contrib.django._admin.check import admin_diagnostics
from importmap.contrib.django._checks.files import unfound, wrong_types
from importmap.contrib.django._checks.policy import advice, two_nonces
from importmap.contrib.django._media import take
from importmap.contrib.django._settings import configuration
from support.django_pages import render, request
from support.site_folder import SiteFolder, write


def of_django(folder: Path) -> Iterator[Diagnostic]:
    """What a Django site is told.

    :param folder: a folder to work in.
    """
    with override_settings(IMPORTMAP={"strict": "no"}):
        yield from configuration()[1]
    with override_settings(IMPORTMAP={"contexts": {"admin": {}, "public": {}}}, DEBUG=True):
        yield from _raised(render, '{% importmap "public" %}{% importmap "admin" %}')
        yield from _raised(render, '{% module "my-widgets/editor" %}')
    with override_settings(IMPORTMAP={"imports": {"my-widgets/editor": "my_widgets/editor.js"}}):
        theirs = js_asset.ImportMap({"my-widgets/editor": "widgets/editor.js"})
        needs, _ = take(js_asset.Media(importmap=theirs))
        yield from needs.united_with(load())[1]
    yield from _of_the_admin(folder)
    yield from _of_checks(folder)


def _of_the_admin(folder: Path) -> Iterator[Diagnostic]:
    """What a site is told whose theme prints no map, and then that it compresses pages too early."""
    templates = write(folder / "site" / "templates" / "admin", {"base.html": "<head></head>"}).parent
    engine = {**settings.TEMPLATES[0], "DIRS": [templates]}
    with override_settings(IMPORTMAP={"contexts": {"admin": {}}}, TEMPLATES=[engine]):
        yield from admin_diagnostics()
        page = HttpResponse("<head></head>", headers={"Content-Encoding": "gzip"})
        asked = request(user=User(is_staff=True), resolver_match=resolve("/admin/"))
        with mock.patch.object(middleware, "note") as noted:
            middleware.ImportMapMiddleware(lambda _: page)(asked)
        yield noted.call_args.args[0]


def _of_checks(folder: Path) -> Iterator[Diagnostic]:
    """What the system checks say of a site with one package, whose files are nowhere."""
    site = SiteFolder(folder / "django")
    site.add({})
    site.install("my-widgets")
    changed = {
        "IMPORTMAP": {"enable": ["my-widgets"]},
        "MIDDLEWARE": [
            "django.middleware.csp.ContentSecurityPolicyMiddleware",
            "csp.middleware.CSPMiddleware",
        ],
        "SECURE_CSP": {"script-src": ["'self'"]},
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.AppDirectoriesFinder"],
        "STATIC_ROOT": str(folder / "django" / "static"),
        "STORAGES": {
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
        },
    }
    path = [str(site.path), *sys.path]
    with mock.patch.object(sys, "path", path), override_settings(**changed):
        configured = configuration()[0]
        yield from checks._composed(configured)
        reached = checks._reached()
        assert reached is not None
        yield from unfound(reached)
        with mock.patch.object(mimetypes, "guess_type", return_value=("text/plain", None)):
            yield from wrong_types(reached)
        yield from two_nonces()
        yield from advice(integrity=False, admin=True)


def _raised(function: Callable[..., object], *args: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(ImportMapError) as caught:
        function(*args)
    return caught.value.diagnostics
