"""Maps from packages that nobody has to install: all stages of a site after discovery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from unittest import mock

from importmap import Diagnostic, ImportMap, Package
from importmap._compose.site import Site
from importmap._site.settings import Settings
from support.serving import Serves
from support.site_folder import digest


def site_of(packages: Sequence[Package], /, **settings: Any) -> Site:
    """The site that has found some packages."""
    checked = Settings(**settings)
    found = [package for package in packages if package.distribution not in checked.disable]
    found.sort(key=lambda package: (package.namespace, package.distribution))
    with (
        mock.patch("importmap._compose.site.discover", return_value=(found, [])),
        mock.patch("importmap._compose.site.check_own_package", list),
    ):
        return Site(checked)


def compose(
    packages: Sequence[Package],
    wanted: Sequence[str] = ("default",),
    modules: Sequence[str] | None = None,
    /,
    **settings: Any,
) -> tuple[ImportMap, list[Diagnostic]]:
    """The map of some packages, and what was found on the way."""
    site = site_of(packages, **settings)
    import_map, diagnostics = site.load(wanted, modules)
    return import_map, [*site.diagnostics, *diagnostics]


def clean(
    packages: Sequence[Package],
    wanted: Sequence[str] = ("default",),
    modules: Sequence[str] | None = None,
    /,
    **settings: Any,
) -> ImportMap:
    """The map of some packages, about which there is nothing to say but what the site has decided."""
    import_map, diagnostics = compose(packages, wanted, modules, **settings)
    assert undecided(diagnostics) == []
    return import_map


def undecided(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """What was found, without what the site itself has decided."""
    return [found for found in diagnostics if found.code not in ("IM206", "IM227")]


def edges(*imports: str, dynamic: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    """The record of a module in a manifest: what it imports."""
    kinds = {"imports": list(imports), "dynamic": list(dynamic)}
    return {**{kind: found for kind, found in kinds.items() if found}, **more}


def graph(modules: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """The modules of a manifest, each with its static imports, and with the digest of its path."""
    return {path: edges(*imports, sha384=digest(path)) for path, imports in modules.items()}


def loaded(
    packages: Sequence[Package],
    wanted: Sequence[str] = ("default",),
    modules: Sequence[str] | None = None,
    /,
    **settings: Any,
) -> tuple[list[str], list[Diagnostic]]:
    """The public paths of all modules that a map is for: it has the integrity of each. And what was found."""
    settings = {"static": READABLE, "integrity": ["sha256"], **settings}
    import_map, diagnostics = compose(packages, wanted, modules, **settings)
    return [url.removeprefix("/s/") for url in import_map.integrity if url.startswith("/s/")], diagnostics


HASHED = Serves("/s/{folder}{stem}.{hash}{suffix}")
QUERY = Serves("/s/{path}?v={hash}")
OTHER_HOST = Serves("https://cdn.example/s/{folder}{stem}.{hash}{suffix}")
FLAT = Serves("/s/{hash}.js")


class Reads(Serves):
    """Can read what it serves: the content of each file is its path, as `site_folder.package` has it."""

    def read(self, public_path: str) -> bytes | None:
        return public_path.encode()


READABLE = Reads("/s/{path}")


def names_in(diagnostics: list[Diagnostic], code: str) -> set[tuple[str, str]]:
    """The places and names of some diagnostics."""
    return {(found.place, found.message.split("'")[1]) for found in diagnostics if found.code == code}
