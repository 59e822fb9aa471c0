"""Projects read in place: what a build would write, without building.

`importmap` imports it only when a site or the command line asks for a source tree.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from importmap._base.diagnostics import DeclarationError, Diagnostic
from importmap._base.files import read_file
from importmap._base.grammar import NAMESPACE_RULE, is_namespace
from importmap._base.tables import Table

from .declaration import KEYS, declare
from .editable import editable
from .entry_point import GROUP, find_entry_point, packages_with_static, project_name
from .files import Shipped
from .manifest import Built, build, build_manifest, read_project_tables

if TYPE_CHECKING:
    from importmap._manifest.document import Manifest
if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["read_application", "read_editable", "read_project"]


def read_project(path: str | os.PathLike[str]) -> tuple[Manifest, list[Diagnostic]]:
    """The manifest that a wheel of this project would have.

    With hatchling as build backend, hatchling says which files are shipped, though its hooks do
    not run. With any other, every file on disk in the import package and its static roots counts.
    A project that is not built at all is an application; see `read_application`.

    :param path: the project folder, or its pyproject.toml.
    :returns: the standard manifest, and warnings.
    :raises DeclarationError: with all problems.
    """
    root, pyproject = _open(path)
    if _is_application(pyproject):
        built = _build_application(root, pyproject)
    elif _is_hatchling(pyproject):
        from_hatchling, version = _ask_hatchling(root, pyproject)
        built = build(pyproject, from_hatchling, version)
    else:
        # Without the version: this file is kept beside the modules, from release to release,
        # and the metadata of the distribution is the authority.
        built = build(pyproject, _on_disk(root, pyproject), None)
    return built.manifest, built.warnings


def read_editable(recorded: Manifest) -> Manifest:
    """The manifest of an editable install as its source tree is now.

    :param recorded: the manifest that was written when it was installed.
    :raises DeclarationError: with all problems.
    :raises ImportError: if hatchling or tree-sitter is not installed.
    """
    from .javascript.parse import scan_javascript  # noqa: F401  # a site without it serves what was recorded
    from .shipped import shipped_files, wheel_at

    root, pyproject = _open(recorded["project"])
    contributions = recorded.get("build", {})
    shipped = shipped_files(wheel_at(str(root), pyproject), contributions)
    return editable(build(pyproject, shipped, recorded.get("version")), contributions).manifest


def read_application(path: str | os.PathLike[str]) -> tuple[Manifest, list[Diagnostic]]:
    """The manifest of an application's own modules, read from its pyproject.toml in place.

    No build backend is asked: every file on disk below the static roots counts as shipped.

    :param path: its pyproject.toml, or the folder of it.
    :returns: a manifest with the source tree, like that of an editable install, and warnings.
    :raises DeclarationError: with all problems.
    """
    root, pyproject = _open(path)
    if _is_library(pyproject):
        message = "is that of a library: it is to be installed, not read in place."
        hint = f'python -m pip install -e "{root}"'
        place = str(root / "pyproject.toml")
        raise DeclarationError(Diagnostic("IM017", "error", message, place=place, hint=hint))
    # Without the scanner a page works as well; relative imports are not cache-busted.
    built = editable(_build_application(root, pyproject, lenient=True), {})
    return built.manifest, built.warnings


def _build_application(root: Path, pyproject: dict[str, object], *, lenient: bool = False) -> Built:
    """The manifest of an application, with digests, as its production form is written."""
    top = Table(pyproject, "", [])
    table = top.table("tool").table("importmap")
    name, namespace = _application_names(top.table("project"), table)
    declaration = declare(table, namespace=namespace, package="", static="static", keys=[*KEYS, "namespace"])
    shipped = Shipped(str(root), _walk(root, declaration.roots), noun="the project")
    built = build_manifest(name, _static_version(pyproject), declaration, shipped, top, lenient=lenient)
    del built.manifest["package"]
    return built


def _open(path: str | os.PathLike[str]) -> tuple[Path, dict[str, object]]:
    """The folder of a project, and its pyproject.toml."""
    file = Path(os.path.abspath(path))
    # Unlike those of `Path`, these functions raise no error for a name that is too long.
    if os.path.isdir(file):
        file = file / "pyproject.toml"
    why = "the name must be pyproject.toml"
    if file.name == "pyproject.toml" or not os.path.exists(file):
        try:
            return file.parent, tomllib.loads(read_file(file).decode())
        except OSError as error:
            why = error.strerror or str(error)
        except RecursionError:
            why = "it is nested too deeply"
        # UnicodeDecodeError and TOMLDecodeError are ValueErrors too.
        except ValueError as error:
            why = str(error)
    raise DeclarationError(Diagnostic("IM017", "error", f"cannot be read: {why}.", place=str(file)))


def _application_names(project: Table, table: Table) -> tuple[str, str]:
    """The name and the namespace of an application; problems are noted in the tables."""
    own = table.string("namespace")
    name = project_name(project) if "name" in project.data else ""
    namespace = name
    if project.table("entry-points").table(GROUP).data:
        namespace = find_entry_point(project, []).namespace
    if own is not None and not is_namespace(own):
        table.problem("IM004", "namespace", f"{own!a} is refused: {NAMESPACE_RULE}.")
    elif own is not None and namespace not in {"", own}:
        message = f"has no effect: the namespace is {namespace!r}, which the table 'project' gives."
        table.problem("IM006", "namespace", message)
    elif not own and not namespace:
        message = "is missing, and there is no project.name to take its place."
        table.problem("IM003", "namespace", message, 'namespace = "my-site"')
    namespace = namespace or own or "project"
    return name or namespace.removeprefix("@").replace("/", "-"), namespace


def _is_library(pyproject: Mapping[str, object]) -> bool:
    """Whether a project is built, and is found by its entry point or has the hook."""
    top = Table(pyproject, "", [])
    build = top.table("tool").table("hatch").table("build")
    wheel = build.table("targets").table("wheel")
    return (
        "build-system" in pyproject
        and not _is_application(pyproject)
        and (
            bool(top.table("project").table("entry-points").table(GROUP).data)
            or any("importmap" in table.table("hooks").data for table in (build, wheel))
        )
    )


def _is_application(pyproject: Mapping[str, object]) -> bool:
    """Whether a project says how it is called and not how it is built: no library can do without both."""
    top = Table(pyproject, "", [])
    if "namespace" in top.table("tool").table("importmap").data:
        return True
    return (
        "build-system" not in pyproject and not top.table("project").table("entry-points").table(GROUP).data
    )


def _is_hatchling(pyproject: Mapping[str, object]) -> bool:
    backend = Table(pyproject, "", []).table("build-system").string("build-backend")
    return backend is not None and backend.startswith("hatchling")


def _ask_hatchling(root: Path, pyproject: dict[str, object]) -> tuple[Shipped, str | None]:
    try:
        from .shipped import shipped_files, version_at, wheel_at
    except ImportError:
        message = "hatchling is not installed; it says which files this project ships."
        hint = 'python -m pip install "hatch-importmap[live]"'
        raise DeclarationError(Diagnostic("IM017", "error", message, place=str(root), hint=hint)) from None
    # Hatchling runs the plugins of metadata, and one that is not installed here hides a static version, too.
    version = _static_version(pyproject) or version_at(str(root))
    return shipped_files(wheel_at(str(root), pyproject), {}), version


def _static_version(pyproject: Mapping[str, object]) -> str | None:
    """The version in the `project` table, in its normal form; None if there is none."""
    version = Table(pyproject, "", []).table("project").string("version")
    try:
        return None if version is None else str(Version(version))
    except ValueError:
        return None


def _on_disk(root: Path, pyproject: Mapping[str, object]) -> Shipped:
    """The files of a project whose build backend is not asked: all that lie where they should."""
    bases = [root / "src", root]
    with_static = [folder.relative_to(base) for base in bases for folder in sorted(base.glob("*/static"))]
    packages = packages_with_static(f"{folder.as_posix()}/" for folder in with_static)
    _, declaration = read_project_tables(Table(pyproject, "", []), packages)
    package = declaration.package.replace(".", "/")
    base = next((base for base in bases if os.path.isdir(base / package)), root)
    return Shipped(str(root), _walk(base, [package, *declaration.roots]))


def _walk(base: Path, folders: Iterable[str]) -> dict[str, str]:
    """All files below some folders: their path below `base`, and their absolute path."""
    return {
        (below := Path(top, name)).relative_to(base).as_posix(): str(below)
        for folder in folders
        for top, _, names in os.walk(base / folder)
        for name in names
    }
