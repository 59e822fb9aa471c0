"""The admin's pages under a theme, in a process of its own: themes change the admin of the whole process.

Takes the apps of the theme, and prints the pages and what the check finds as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.conf import settings

from support.django_site import settings as site_settings

#: Pages of staff; the last one is of nobody.
PAGES = [
    "/admin/",
    "/admin/django_site/",
    "/admin/django_site/article/",
    "/admin/django_site/article/?_popup=1",
    "/admin/django_site/article/add/",
    "/admin/django_site/article/add/?_popup=1",
    "/admin/django_site/article/1/change/",
    "/admin/django_site/article/1/history/",
    "/admin/django_site/article/1/delete/",
    "/admin/password_change/",
    "/admin/login/",
]


class ModuleScript:
    def __html__(self) -> str:
        return '<script type="module" src="/static/widget.js"></script>'


def show(*theme: str) -> dict[str, Any]:
    names = [name for name in dir(site_settings) if name.isupper()]
    configured = {name: getattr(site_settings, name) for name in names}
    configured["INSTALLED_APPS"] = [*theme, *site_settings.INSTALLED_APPS]
    configured["IMPORTMAP"] = {"enable": ["demo", "charts"]}
    # Tables are made at once, not one migration after another.
    labels = [app.rpartition(".")[2] for app in configured["INSTALLED_APPS"]]
    configured["MIGRATION_MODULES"] = dict.fromkeys(labels)
    settings.configure(**configured)
    django.setup()

    from django.contrib import admin
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    from importmap.contrib.django import Contexts
    from importmap.contrib.django._admin.check import admin_diagnostics
    from support.django_site.models import Article

    class ArticleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker only
        class Media:
            js = (Contexts("charts"), ModuleScript())

    admin.site.unregister(Article)
    admin.site.register(Article, ArticleAdmin)
    call_command("migrate", run_syncdb=True, verbosity=0)
    Article.objects.create(pk=1, title="One")
    client = Client()
    client.force_login(User.objects.create(username="ada", is_staff=True, is_superuser=True))
    pages = {}
    for url in PAGES:
        if url == PAGES[-1]:
            client.logout()
        response = client.get(url)
        assert response.status_code == 200, (url, response)
        pages[url] = response.content.decode()
    return {"pages": pages, "found": list(map(str, admin_diagnostics()))}


if __name__ == "__main__":
    json.dump(show(*sys.argv[1:]), sys.stdout)
