"""From a declaration and the files that are shipped to the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from importmap._base.diagnostics import DeclarationError, Diagnostic
from importmap._base.tables import Table
from importmap._manifest.check import FORMAT

from .declaration import Declaration, declare
from .entries import Entry, expand
from .entry_point import EntryPoint, find_entry_point, is_shipped, packages_with_static, project_name
from .files import PublicFiles, Shipped, publish
from .requirements import missing_dependencies
from .scan import scan

if TYPE_CHECKING:
    from importmap._manifest.document import Entry as ManifestEntry
    from importmap._manifest.document import Manifest


@dataclass(frozen=True)
class Built:
    """A manifest and what it was made from.

    :param manifest: the manifest.
    :param declaration: what the author declares.
    :param files: the public files.
    :param beside: the public paths of assets and source maps.
    :param warnings: what the author should know.
    """

    manifest: Manifest
    declaration: Declaration
    files: PublicFiles
    beside: tuple[str, ...]
    warnings: list[Diagnostic]

    @property
    def wheel_paths(self) -> dict[str, str]:
        """The public path of each module, and its path in the wheel."""
        return {path: self.files.wheel[path] for path in self.manifest["modules"]}


def read_project_tables(pyproject: Table, packages: list[str]) -> tuple[str, Declaration]:
    """The name of a project and its declaration; problems are noted in the table."""
    project = pyproject.table("project")
    entry_point = find_entry_point(project, packages)
    table = pyproject.table("tool").table("importmap")
    declaration = declare(table, namespace=entry_point.namespace, package=entry_point.package)
    return project_name(project), declaration


def build(
    pyproject: Mapping[str, object],
    shipped: Shipped,
    version: str | None,
    problems: Iterable[Diagnostic] = (),
) -> Built:
    """The standard manifest of a project.

    :param pyproject: the document pyproject.toml.
    :param shipped: what the wheel ships.
    :param version: the project's version; None where it is not known.
    :param problems: problems that were found before.
    :raises DeclarationError: with all problems.
    """
    top = Table(pyproject, "", [*problems])
    name, declaration = read_project_tables(top, packages_with_static(shipped.files))
    entry_point = EntryPoint(declaration.namespace, declaration.package)
    if not is_shipped(entry_point, shipped.files, top.table("project")):
        # Without the package there is no telling where the files should be.
        raise_errors(top.problems)
    return build_manifest(name, version, declaration, shipped, top)


def build_manifest(
    name: str,
    version: str | None,
    declaration: Declaration,
    shipped: Shipped,
    top: Table,
    *,
    lenient: bool = False,
) -> Built:
    """The standard manifest of a declaration.

    :param top: the document; the problems that are noted in it are raised with those found here.
    :param lenient: whether to do without the imports where JavaScript cannot be read.
    :raises DeclarationError: with all problems.
    """
    files = publish(shipped, declaration.roots, top.table("tool").table("importmap"))
    expansion = expand(declaration, files)
    reached = scan(declaration, expansion, files, lenient=lenient)
    diagnostics = [
        *top.problems,
        *expansion.problems,
        *reached.problems,
        *missing_dependencies(declaration.requires, top.table("project")),
    ]
    warnings = raise_errors(expansion.missing.with_artifacts(diagnostics))
    manifest: Manifest = {
        "manifest": FORMAT,
        "name": name,
        "namespace": declaration.namespace,
        "package": declaration.package,
        "roots": list(declaration.roots),
        "modules": reached.modules,
        "imports": {
            entry.specifier: _import(entry, declaration.contexts)
            for entry in expansion.imports
            if not entry.item.is_private
        },
        "private": {
            entry.specifier: {"path": entry.path}
            for entry in expansion.imports
            if entry.item.is_private and entry.path is not None
        },
        "vendored": {
            entry.specifier: {"path": entry.path, "version": declaration.versions[entry.item.specifier]}
            for entry in expansion.vendored
            if entry.path is not None
        },
        "requires": dict(declaration.requires),
        "ignore": list(declaration.ignore),
        "computed": reached.computed,
    }
    if version is not None:
        manifest["version"] = version
    return Built(manifest, declaration, files, tuple(reached.beside), warnings)


def raise_errors(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Raise all errors among some findings.

    :returns: the others, each once.
    :raises DeclarationError: if there is an error.
    """
    # Tables that are looked at twice say the same twice.
    once = list(dict.fromkeys(diagnostics))
    errors = [diagnostic for diagnostic in once if diagnostic.severity == "error"]
    if errors:
        raise DeclarationError(*errors)
    return once


def _import(entry: Entry, contexts: tuple[str, ...]) -> ManifestEntry:
    item = entry.item
    of_entry = list(contexts if item.contexts is None else item.contexts)
    if entry.path is not None:
        return {"path": entry.path, "contexts": of_entry}
    return {"url": item.url or "", "integrity": item.integrity or "", "contexts": of_entry}
