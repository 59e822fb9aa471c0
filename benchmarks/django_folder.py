"""A Django site of 100 apps, five of which ship ten modules each: the same 50 entries for everybody."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from environment import Environment

OURS = "importmap.contrib.django"
APPS = 100
CONTEXTS = 50
#: Distribution -> specifier -> public path.
PACKAGES = {
    name: {f"{name}/module{number}": f"{name}/module{number}.js" for number in range(10)}
    for name in (f"package{number}" for number in range(5))
}
ENTRIES = {name: path for entries in PACKAGES.values() for name, path in entries.items()}

SETTINGS = f"""
import os
from pathlib import Path

HERE = Path(__file__).parent
SECRET_KEY = "benchmark"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "site_urls"
STATIC_URL = "/static/"
STATIC_ROOT = HERE / "root"
STATICFILES_DIRS = [("pyesm", HERE / "vendored")]
STORAGES = {{
    "default": {{"BACKEND": "django.core.files.storage.FileSystemStorage"}},
    "staticfiles": {{"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}},
}}
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    *{list(PACKAGES)},
    *(f"app{{number}}" for number in range({APPS - len(PACKAGES) - 1})),
    *os.environ["MORE_APPS"].split(),
]
TEMPLATES = [{{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [HERE / "templates"],
    "OPTIONS": {{"context_processors": ["django.template.context_processors.request"]}},
}}]
IMPORTMAP = {{
    "contexts": {{f"part{{number}}": {{"enable": {list(PACKAGES)}}} for number in range({CONTEXTS})}},
}}
PYESM_PROJECT_ROOT = HERE
"""
URLS = """
import os

from django.shortcuts import render
from django.urls import path

urlpatterns = [path("", lambda request: render(request, os.environ["PAGE"]))]
"""
TEMPLATES = {
    # As pages do, each asks the storage for one file.
    "nothing.html": '{% load static %}{% static "package0/style.css" %}',
    "first.html": '{% load static importmap %}{% static "package0/style.css" %}{% importmap "admin" %}',
    "empty.html": "",
    "importmap.html": '{% load importmap %}{% importmap "admin" %}',
    "js_asset.html": "{{ media }}",
    "pyesm.html": "{% load pyesm %}{% pyesm_importmap %}",
}


COLLECT = """
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
"""


def setup(apps: str = "", page: str = "") -> str:
    """Code that starts the site.

    :param apps: further installed apps.
    :param page: the template of its only page.
    """
    return f"""
import os
os.environ.update(DJANGO_SETTINGS_MODULE="site_settings", MORE_APPS={apps!r}, PAGE={page!r})
import django
django.setup()
"""


def make_site(folder: Path, environment: Environment) -> None:
    """Write the site and collect its static files."""
    _write(folder / "site_settings.py", SETTINGS)
    _write(folder / "site_urls.py", URLS)
    for name, text in TEMPLATES.items():
        _write(folder / "templates" / name, text)
    for number in range(APPS):
        _write(folder / f"app{number}" / "__init__.py", "")
        _install(folder, f"app{number}")
    for name in PACKAGES:
        _write(folder / name / "__init__.py", "")
        _write(folder / name / "static" / name / "style.css", "")
        _install(folder, name, manifest(name))
    for path in ENTRIES.values():
        _write(folder / path.partition("/")[0] / "static" / path, _module(path))
        _write(folder / "vendored" / path, _module(path))
    _write(folder / "pyproject.toml", '[tool.pyesm]\nshims = "never"\nintegrity = false\n')
    _write(folder / "pyesm.lock", json.dumps(lock()))
    environment.run(setup() + COLLECT, path=folder)


def manifest(distribution: str) -> dict[str, object]:
    """What the build hook writes for one of the packages."""
    entries = PACKAGES[distribution]
    return {
        "manifest": 1,
        "name": distribution,
        "version": "1.0",
        "namespace": distribution,
        "package": distribution,
        "roots": [f"{distribution}/static"],
        "modules": {path: {"sha384": _digest(path), "size": len(_module(path))} for path in entries.values()},
        "imports": {name: {"path": path, "contexts": ["admin"]} for name, path in entries.items()},
        "private": {},
        "vendored": {},
        "requires": {},
        "ignore": [],
    }


def lock() -> dict[str, object]:
    """The same entries as pyesm records them."""
    modules = [
        {"url": f"https://cdn.example/{path}", "path": path, "integrity": f"sha384-{_digest(path)}"}
        for path in ENTRIES.values()
    ]
    imports = {name: f"https://cdn.example/{path}" for name, path in ENTRIES.items()}
    return {"version": 1, "provider": "jsdelivr", "inputs_hash": "", "imports": imports, "modules": modules}


def _install(folder: Path, distribution: str, document: dict[str, object] | None = None) -> None:
    info = folder / f"{distribution}-1.0.dist-info"
    _write(info / "METADATA", f"Metadata-Version: 2.4\nName: {distribution}\nVersion: 1.0\n")
    if document is not None:
        _write(info / "entry_points.txt", f"[importmap]\n{distribution} = {distribution}\n")
        _write(info / "extra_metadata" / "importmap.json", json.dumps(document))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _module(path: str) -> str:
    return f"export default {path!r}\n"


def _digest(path: str) -> str:
    return base64.b64encode(hashlib.sha384(_module(path).encode()).digest()).decode()
