"""Configured by the environment: ``SITE_MODE`` and ``SITE_FOLDER``."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

MODE = os.environ["SITE_MODE"]
FOLDER = Path(os.environ["SITE_FOLDER"])

DEBUG = MODE == "debug"
SECRET_KEY = MODE
ALLOWED_HOSTS = [".localhost"]
ROOT_URLCONF = "support.django_server_site.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
USE_TZ = True
SILENCED_SYSTEM_CHECKS = ["django_prose_editor.W004"]  # it wants a library that sanitizes HTML

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "importmap.contrib.django",
    "example_clock",
    "content_editor",
    "django_prose_editor",
    "support.django_server_site",
]

STATIC_URL = "/static/"
STATIC_ROOT = FOLDER / "static"
if not DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    IMPORTMAP = {"integrity": True}

#: What scripts have to have in each mode: nothing, a nonce or the site's own host, a nonce.
SOURCES = {"debug": [], "deployed": ["nonce", "self"], "strict": ["nonce"]}[MODE]

# Django's own policy where it has one.
if find_spec("django.middleware.csp"):
    from django.utils.csp import CSP

    _csp_middleware = "django.middleware.csp.ContentSecurityPolicyMiddleware"
    SECURE_CSP = {"script-src": [getattr(CSP, source.upper()) for source in SOURCES]} if SOURCES else {}
else:
    from csp import constants

    _csp_middleware = "csp.middleware.CSPMiddleware"
    if SOURCES:
        CONTENT_SECURITY_POLICY = {
            "DIRECTIVES": {
                "default-src": None,  # a policy for scripts alone, as the one of Django
                "script-src": [getattr(constants, source.upper()) for source in SOURCES],
            }
        }

MIDDLEWARE = [
    _csp_middleware,
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                *(["django.template.context_processors.csp"] if find_spec("django.middleware.csp") else []),
            ]
        },
    }
]
