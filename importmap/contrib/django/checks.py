"""System checks: what `importmap.load` would find, and what keeps modules from loading.

None has the tag ``staticfiles``: `collectstatic` has to run whatever they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, register

from importmap import Diagnostic, ImportMapError, Package
from importmap._base.printable import printable, printable_lines
from importmap._compose.registry import process_registry, site_of
from importmap._discovery.packages import not_installed
from importmap._site.reach import Reached
from importmap._site.settings import Settings

from ._checks.policy import advice, two_nonces
from ._settings import Enabled, configuration
from ._static import StorageStatic

TAG = "importmap"
#: How other sites are configured.
_CONFIGURE = r"importmap\.configure\((\w+)=(.*)\)"
_KINDS = {"error": checks.Error, "warning": checks.Warning, "info": checks.Info}


@register(TAG)
def check_maps(**_: object) -> list[CheckMessage]:
    """The settings, and the map of all contexts."""
    configured, diagnostics = configuration()
    return _messages([*diagnostics, *_composed(configured)])


@register(TAG)
def check_files(**_: object) -> list[CheckMessage]:
    """Whether the files of all packages are found, and served as JavaScript."""
    from ._checks.files import unfound, wrong_types

    configured = configuration()[0]
    reached = _reached()
    if reached is None:
        return []
    diagnostics = list(wrong_types(reached))
    # A site that serves files otherwise needs no finders.
    if apps.is_installed("django.contrib.staticfiles") and isinstance(configured["static"], StorageStatic):
        diagnostics += unfound(reached)
    return _messages(diagnostics)


@register(TAG)
def check_admin(**_: object) -> list[CheckMessage]:
    """Whether the admin's templates print its map."""
    from ._admin.check import admin_diagnostics

    return _messages(admin_diagnostics())


@register(TAG)
def check_nonces(**_: object) -> list[CheckMessage]:
    """Whether there is one nonce."""
    return _messages(two_nonces())


@register(TAG, deploy=True)
def check_deployment(**_: object) -> list[CheckMessage]:
    """Advice for production: integrity, and Content Security Policies."""
    configured = configuration()[0]
    reached = _reached()
    if settings.DEBUG or reached is None or not reached.packages:
        return []
    has_admin = apps.is_installed("django.contrib.admin")
    return _messages(advice(integrity=bool(configured.get("integrity")), admin=has_admin))


def _composed(configured: dict[str, Any]) -> Iterable[Diagnostic]:
    """What is found when the map of all contexts is made, or keeps it from being made."""
    from ._checks.files import collected

    registry = process_registry()
    try:
        diagnostics: Iterable[Diagnostic] = registry.diagnostics(registry.contexts or ("default",))
        packages = registry.packages
    except ImportMapError as error:
        return error.diagnostics
    except Exception as error:  # noqa: BLE001  # a function of the site's own, or its `static`
        return [Diagnostic("IM401", "error", f"no map can be made: {error!r}", place="settings.IMPORTMAP")]
    if isinstance(configured["static"], StorageStatic):
        diagnostics = collected(diagnostics, configured["static"])
    if isinstance(configured["enable"], Enabled):
        diagnostics = [*map(_with_hint, diagnostics), *_not_installed(configured, packages)]
    return diagnostics


def _reached() -> Reached | None:
    """What all pages can load of each package; None where `check_maps` says what is wrong."""
    try:
        site = site_of(process_registry())
        return site.shipped(site.contexts)
    except Exception:  # noqa: BLE001  # as there
        return None


def _with_hint(diagnostic: Diagnostic) -> Diagnostic:
    """The same finding, with what to do about it here."""
    if diagnostic.code != "IM224":
        return diagnostic
    line = f'IMPORTMAP = {{"enable": ["{diagnostic.distribution}"]}}'
    return diagnostic.replace(hint=f"Add an app of the package to INSTALLED_APPS; where it has none:\n{line}")


def _not_installed(configured: dict[str, Any], packages: Iterable[Package]) -> list[Diagnostic]:
    """The distributions that the site enables, and that are not there."""
    known = {package.distribution for package in packages} | Settings(**configured).disable
    listed = configured["enable"].listed
    return [not_installed(name, known, "enable") for name in sorted(listed) if name not in known]


def _messages(diagnostics: Iterable[Diagnostic]) -> list[CheckMessage]:
    return [
        _KINDS[each.severity](
            str(each.replace(distribution="", hint="")),
            hint=re.sub(_CONFIGURE, r'IMPORTMAP = {"\1": \2}', printable_lines(each.hint)) or None,
            obj=printable(each.distribution) or None,
            id=f"{TAG}.{each.code}",
        )
        for each in diagnostics
    ]
