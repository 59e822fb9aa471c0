"""The folder of our `admin/base.html`, by which the admin's own pages print their map."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.utils.module_loading import import_string

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")
_APPS = ("django.contrib.admin", "importmap.contrib.django")


def place_template_folder() -> None:
    """Make our folder the first of all, whatever the order of apps.

    Django extends the same template of the next folder then, of the site's own or of an app. To be
    called again when the site's templates or apps change.
    """
    wanted = all(map(apps.is_installed, _APPS))
    # Engines are made of this setting when they are first used, and again when tests change it.
    settings.TEMPLATES = [
        _placed(options, wanted) if _is_django(options) else options for options in settings.TEMPLATES
    ]
    if wanted and "templates" in vars(engines):
        # Another app has used templates while it became ready.
        for backend in engines.all():
            if isinstance(backend, DjangoTemplates) and FOLDER not in backend.engine.dirs:
                backend.engine.dirs.insert(0, FOLDER)
                for loader in backend.engine.template_loaders:
                    loader.reset()


def _placed(options: Mapping[str, Any], wanted: bool) -> dict[str, Any]:
    folders = [folder for folder in options.get("DIRS", ()) if folder != FOLDER]
    return {**options, "DIRS": [FOLDER, *folders] if wanted else folders}


def _is_django(options: Mapping[str, Any]) -> bool:
    try:
        return issubclass(import_string(options["BACKEND"]), DjangoTemplates)
    except (AttributeError, ImportError, KeyError, TypeError):
        # Django says what is wrong with it.
        return False
