"""`settings.IMPORTMAP` as the keyword arguments of `importmap.configure`, and which packages take part.

A package takes part if it has an installed app, or if the site names it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from django.apps import apps
from django.conf import settings

from importmap import Package
from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import is_context
from importmap._base.suggest import did_you_mean
from importmap._site.settings import Settings

from ._static import StorageStatic


class Enabled:
    """Asked about each package when packages are discovered.

    :param listed: distributions that take part without an app.
    """

    def __init__(self, listed: Collection[str]) -> None:
        self.listed = listed

    def __call__(self, package: Package) -> bool:
        return package.distribution in self.listed or self.has_app(package.import_package)

    def has_app(self, name: str) -> bool:
        """Whether an installed app is, contains, or lies in an import package."""
        return name in self._apps or any(
            app.startswith(f"{name}.") or name.startswith(f"{app}.") for app in self._apps
        )

    @cached_property
    def _apps(self) -> frozenset[str]:
        return frozenset(config.name for config in apps.get_app_configs())


#: The finder of packages that are no apps.
FINDER = "importmap.contrib.django.finders.PackageFinder"
#: Keys that `importmap.configure` does not have, or has in another form.
_OWN = ("admin", "deltas", "enable")


def configuration() -> tuple[dict[str, Any], list[Diagnostic]]:
    """What the site configures, as far as it can be meant, and what is wrong with the rest.

    Beside the keys of `importmap.configure` there are ``admin`` (False: the admin's pages get no
    map by themselves), ``deltas`` (contexts that everybody's pages have or may ask for later) and ``enable``
    (distributions that take part without an installed app).
    """
    table: object = getattr(settings, "IMPORTMAP", None) or {}
    if not isinstance(table, Mapping):
        return _defaults({}), [_refused("", f"must be a dictionary, not {table!r}.")]
    good: dict[str, Any] = {}
    problems: list[Diagnostic] = []
    known = sorted({*Settings.__slots__, *_OWN})
    for key, value in table.items():
        if key not in known:
            message = f"unknown key.{did_you_mean(str(key), known)} Known: {', '.join(map(repr, known))}."
            problems.append(_refused(key, message))
        elif key == "admin":
            if not isinstance(value, bool):
                problems.append(_refused(key, f"must be True or False, not {value!r}."))
        elif key == "deltas":
            if not _are_contexts(value):
                problems.append(_refused(key, f"must be a list of contexts, not {value!r}."))
        else:
            try:
                Settings(**{key: value})
            except ValueError as error:
                problems.append(_refused(key, f"{error}."))
            else:
                good[key] = value
    return _defaults(good), problems


def serves_admin() -> bool:
    """Whether the admin's pages get their map by themselves."""
    table = getattr(settings, "IMPORTMAP", None)
    return not isinstance(table, Mapping) or table.get("admin", True) is not False


def deltas() -> frozenset[str]:
    """The contexts that the pages of everybody have, or may ask for."""
    table = getattr(settings, "IMPORTMAP", None)
    contexts = table.get("deltas", ()) if isinstance(table, Mapping) else ()
    return frozenset(contexts) if _are_contexts(contexts) else frozenset()


def _are_contexts(value: object) -> bool:
    if not isinstance(value, (list, tuple, set, frozenset)):
        return False
    return all(isinstance(name, str) and is_context(name) for name in value)


def _defaults(table: dict[str, Any]) -> dict[str, Any]:
    configured = {"static": StorageStatic(), "live": True if settings.DEBUG else None, **table}
    enable = Settings(enable=table.get("enable", ())).enable
    configured["enable"] = enable if callable(enable) else Enabled(enable or ())
    if settings.DEBUG:
        # Files change while they are worked on.
        configured["integrity"] = False
    return configured


def _refused(key: object, message: str) -> Diagnostic:
    place = f"settings.IMPORTMAP[{key!r}]" if key else "settings.IMPORTMAP"
    return Diagnostic("IM401", "error", message, place=place)
