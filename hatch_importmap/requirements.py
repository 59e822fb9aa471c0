"""What a package requires from others as modules, and does not depend on as a distribution."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points

from packaging.requirements import InvalidRequirement, Requirement

from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import normalise, owns
from importmap._base.tables import Table, quote_key

from .declaration import PLACE
from .entry_point import GROUP


def missing_dependencies(requires: Mapping[str, str], project: Table) -> Iterator[Diagnostic]:
    """A warning for each package that an installed distribution provides, and that is no dependency.

    :param requires: what the author declares.
    :param project: the `project` table.
    """
    dependencies = _dependencies(project)
    if not requires or dependencies is None:
        return
    named = {normalise(name) for name in map(_name, dependencies) if name}
    owners = _owners()
    for key, versions in requires.items():
        specifier = key.removesuffix("/")
        for namespace, owner in sorted(owners.items()):
            if owns(namespace, specifier) and owner not in named and normalise(namespace) not in named:
                message = f"is provided by {owner}, which project.dependencies does not name."
                requirement = owner if versions == "*" else f"{owner}{versions}"
                lines = ", ".join(
                    json.dumps(name, ensure_ascii=False) for name in [*dependencies, requirement]
                )
                place = f"{PLACE}.requires.{quote_key(key)}"
                hint = f"[project]\ndependencies = [{lines}]"
                yield Diagnostic("IM058", "warning", message, place=place, hint=hint)


def _dependencies(project: Table) -> list[object] | None:
    """The dependencies of a project; None where they are not known here."""
    dependencies = project.data.get("dependencies")
    if isinstance(dependencies, list):
        return dependencies
    # An application may keep them elsewhere; a library that names none has none.
    is_library = bool(project.table("entry-points").table(GROUP).data)
    return [] if is_library and "dependencies" not in (project.strings("dynamic") or []) else None


def _owners() -> dict[str, str]:
    """The namespaces of what is installed where the build runs, and the distributions that own them."""
    try:
        return {
            entry_point.name: normalise(entry_point.dist.name)
            for entry_point in entry_points(group=GROUP)
            if entry_point.dist is not None
        }
    except Exception:  # noqa: BLE001  # somebody's broken metadata is no matter of this build
        return {}


def _name(dependency: object) -> str:
    """The name in a requirement, or ``""``."""
    try:
        return Requirement(str(dependency)).name
    except InvalidRequirement:
        return ""
