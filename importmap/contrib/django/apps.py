"""The app. When Django is ready, it configures `importmap.load` for the site."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.signals import got_request_exception, setting_changed

from importmap._compose.registry import configure

from ._admin.template_folder import place_template_folder
from ._page import forget
from ._settings import FINDER, configuration


class ImportMapConfig(AppConfig):
    """The app: ``INSTALLED_APPS += ["importmap.contrib.django"]``."""

    name = "importmap.contrib.django"
    label = "importmap"
    verbose_name: str = "Import maps"

    def ready(self) -> None:
        """Configure `importmap.load`, and register checks, the finder and the admin's template."""
        # Registers the checks.
        from . import checks  # noqa: F401

        _configure()
        _add_finder()
        place_template_folder()
        got_request_exception.connect(forget)
        setting_changed.connect(_setting_changed)


def _configure() -> None:
    # What is wrong with the settings is said by a system check.
    configured, _ = configuration()
    configure(**configured)


def _add_finder() -> None:
    finders = settings.STATICFILES_FINDERS
    if apps.is_installed("django.contrib.staticfiles") and FINDER not in finders:
        # Another list, or tuple: this one may be Django's own default.
        settings.STATICFILES_FINDERS = type(finders)([*finders, FINDER])


#: What the maps depend on, of what tests change.
_SETTINGS = {
    "DEBUG",
    "IMPORTMAP",
    "INSTALLED_APPS",
    "STATICFILES_STORAGE",
    "STATIC_ROOT",
    "STATIC_URL",
    "STORAGES",
}


def _setting_changed(*, setting: str, **_: object) -> None:
    if setting in _SETTINGS:
        _configure()
    if setting in {"INSTALLED_APPS", "TEMPLATES"}:
        place_template_folder()
