"""The command `list`: what is installed, and what the site itself has decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click

from importmap._compose.registry import Registry, site_of
from importmap._manifest.document import DEFAULT_CONTEXTS
from importmap._manifest.package import Package
from importmap._tools.lookup import decisions

from .output import (
    configuration,
    finish,
    format_option,
    json_errors,
    owner,
    print_json,
    project_option,
    say_table,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._tools.lookup import Found


@click.command(name="list")
@format_option
@project_option
def list_(form: str, project: str | None) -> None:
    """The packages that take part, and what the site itself maps, overrides and shares."""
    registry = Registry(**configuration(project=project))
    with json_errors(form, packages=[]):
        rows = [_row(package) for package in registry.packages]
        diagnostics = registry.diagnostics(registry.contexts)
        decided = decisions(site_of(registry).reached(registry.contexts))
    if form == "json":
        print_json(diagnostics, packages=rows, **decided)
    else:
        _print_packages(rows)
        if decided:
            _print_decisions(decided)
    finish(diagnostics)


def _row(package: Package) -> dict[str, object]:
    manifest = package.manifest
    entries = manifest["imports"].values()
    return {
        "distribution": package.distribution,
        "version": package.version,
        "namespace": package.namespace,
        "contexts": sorted({name for entry in entries for name in entry.get("contexts", DEFAULT_CONTEXTS)}),
        "modules": len(manifest["modules"]),
        "bytes": sum(module.get("size", 0) for module in manifest["modules"].values()),
    }


def _print_packages(rows: Sequence[dict[str, object]]) -> None:
    head = ("distribution", "version", "namespace", "contexts", "modules", "bytes")
    cells = (
        [", ".join(value) if isinstance(value, list) else str(value) for value in row.values()]
        for row in rows
    )
    say_table(head, cells, numbers=("modules", "bytes"))


def _print_decisions(decided: Mapping[str, Sequence[Found]]) -> None:
    rows = ((key, *_cells(item)) for key, items in decided.items() for item in items)
    say_table(("the site's", "specifier", "URL", "package", "in place of"), rows)


def _cells(item: Found) -> Iterator[str]:
    yield item["specifier"]
    yield item["url"] or ("blocked" if item.get("target", "") is None else "not served")
    yield owner(item)
    declared = item.get("declared", {})
    yield declared.get("path") or declared.get("url") or ""
