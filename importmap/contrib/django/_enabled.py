"""Which installed packages take part: those that have an installed app, and those that the site names."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from django.apps import apps

from importmap import Package


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
