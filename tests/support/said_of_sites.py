"""Say all that one revision of importmap says of generated sites, a line of JSON for each.

``compare_revisions`` runs this module once for each of two revisions, so it uses only what both have.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any
from unittest import mock

from importmap import ImportMapError, Package
from importmap._compose.site import Site
from importmap._site.settings import Settings
from importmap._tools.check import check_site
from importmap._tools.drawing import Drawing, to_dot
from importmap._tools.lookup import decisions
from importmap._tools.why import why
from support.serving import Serves, Twins


def said(case: dict[str, Any]) -> dict[str, Any]:
    """Return all that there is to say of a site."""
    packages = [
        Package(
            distribution=manifest["name"],
            version=manifest["version"],
            namespace=manifest["namespace"],
            manifest=manifest,
            place="importmap.json",
        )
        for manifest in case["packages"]
    ]
    static = case["static"]
    if not isinstance(static, str):
        reads = static.pop("reads")
        static = Twins(**static) if reads else Serves(**static)
    settings = Settings(static=static, **case["settings"])
    packages = [package for package in packages if package.distribution not in settings.disable]
    packages.sort(key=lambda package: (package.namespace, package.distribution))
    with (
        mock.patch("importmap._compose.site.discover", return_value=(packages, [])),
        mock.patch("importmap._compose.site.check_own_package", list),
    ):
        answers: dict[str, Any] = {}
        ask: Callable[[], object]
        for kind, ask in {
            "map": lambda: of_map(settings, case["contexts"], None),
            "modules": lambda: of_map(settings, case["contexts"], case["modules"]),
            "selections": lambda: of_selections(settings, case["contexts"]),
            "why": lambda: [why(settings, name, case["contexts"]) for name in case["names"]],
            "decisions": lambda: decisions(Site(settings).reached(case["contexts"])),
            "drawing": lambda: to_dot(Drawing(Site(settings), case["contexts"])).splitlines(),
            "check": lambda: listed(check_site(settings, case["contexts"])[1]),
        }.items():
            try:
                answers[kind] = ask()
            except ImportMapError as error:
                answers[kind] = [type(error).__name__, *listed(error.diagnostics)]
        return answers


def of_map(settings: Settings, contexts: list[str], modules: list[str] | None) -> object:
    site = Site(settings)
    import_map, diagnostics = site.load(contexts, modules)
    document = json.loads(import_map.to_json(extensions=True))
    boundaries = {scope: list(names) for scope, names in import_map.boundaries.items()}
    return [document, boundaries, listed([*site.diagnostics, *diagnostics])]


def of_selections(settings: Settings, contexts: list[str]) -> object:
    return [
        [selection.package.namespace, sorted(selection.imports.items()), sorted(selection.paths)]
        for selection in Site(settings).reached(contexts).selections
    ]


def listed(diagnostics: Any) -> list[list[str]]:
    return [
        [each.code, each.severity, each.message, each.distribution, each.place, each.hint]
        for each in diagnostics
    ]


for line in sys.stdin:
    sys.stdout.write(json.dumps(said(json.loads(line)), sort_keys=True) + "\n")
