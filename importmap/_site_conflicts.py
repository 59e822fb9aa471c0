"""What a site's own entries and URLs may not take from its packages."""

from __future__ import annotations

from collections.abc import Sequence

from ._diagnostics import Diagnostic
from ._errors import ConflictError
from ._grammar import owns
from ._ownership import conflict
from ._package import Package
from ._settings import Settings
from ._urls import Urls, comparable


def check_site_entries(packages: Sequence[Package], settings: Settings) -> None:
    """The site's own entries take no name that a package owns. :raises ConflictError: if they do."""
    conflicts = [
        Diagnostic(
            "IM203",
            "error",
            f"the site's own entry {name!r} takes a name of this distribution.",
            distribution=package.distribution,
            hint=f"importmap.configure(overrides={{{name!r}: {target!r}}})"
            if name in package.manifest["imports"]
            else "choose a name that no distribution owns",
        )
        for name, target in settings.imports.items()
        for package in packages
        if owns(package.namespace, name.rstrip("/"))
    ]
    conflicts += [
        Diagnostic(
            "IM203",
            "error",
            f"shared: {name!r} is a name of this distribution, whose modules are no copies.",
            distribution=package.distribution,
        )
        for name in settings.shared
        for package in packages
        if owns(package.namespace, name.rstrip("/"))
    ]
    if conflicts:
        raise ConflictError(*conflicts)


def check_urls(packages: Sequence[Package], urls: Urls) -> None:
    """A map has one integrity for each URL: no package gives that of another's file.

    :raises ConflictError: if one does.
    """
    mapped = {
        entry["url"]: package
        for package in packages
        for entry in package.manifest["imports"].values()
        if "url" in entry
    }
    if not mapped:
        return
    owners = {
        comparable(url): (owner, path)
        for owner in packages
        for path in owner.manifest["modules"]
        if (url := urls.get(path)) is not None
    }
    conflicts = [
        conflict(
            "IM202",
            owned[0],
            package,
            f"{package.distribution} maps to {url!r}, which is the URL of {owned[1]!r} here.",
        )
        for url, package in mapped.items()
        if (owned := owners.get(comparable(url))) is not None and owned[0] is not package
    ]
    if conflicts:
        raise ConflictError(*conflicts)
