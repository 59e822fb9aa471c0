"""Source trees: the only way from here to `hatch_importmap`, taken when a site asks for it."""

from __future__ import annotations

import os

from importmap._base import stamps
from importmap._base.diagnostics import DeclarationError, Diagnostic, ImportMapError, ManifestError
from importmap._base.faults import fault, is_fault
from importmap._base.files import read_file
from importmap._base.grammar import normalise
from importmap._manifest.package import Application, Package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._manifest.document import Manifest

_EXTRA = 'python -m pip install "hatch-importmap[live]"'


def has_changed(package: Package) -> bool:
    """Whether the source tree of a package was touched since it was read."""
    return stamps.has_changed(package.manifest.get("watch", {}))


def freshened(package: Package, live: bool | None, diagnostics: list[Diagnostic]) -> Package:
    """An editable package as its source tree is now.

    :param live: False leaves it as it was recorded.
    :param diagnostics: why it could not be read again is added to it.
    """
    manifest = package.manifest
    if live is False or "project" not in manifest or not has_changed(package):
        return package
    recorded = manifest["watch"]
    # Before anything is read: what is touched meanwhile shows at the next look.
    now = stamps.take(recorded)
    try:
        from hatch_importmap.project import read_editable

        fresh = read_editable(manifest)
        _check_names(manifest, fresh)
        return package.with_manifest(fresh)
    except ImportError:
        if stamps.is_outdated(recorded, manifest.get("pyproject", "")):
            message = "the source tree has changed since it was installed; the recorded modules are served."
            diagnostics.append(
                Diagnostic(
                    "IM110",
                    "warning",
                    message,
                    distribution=package.distribution,
                    place=manifest["project"],
                    hint=_EXTRA,
                )
            )
    except (ImportMapError, OSError) as error:
        if isinstance(error, OSError) and is_fault(error):
            diagnostics.append(fault(error, str(error.filename), package.distribution))
        why = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else error
        diagnostics.append(
            Diagnostic(
                "IM111",
                "error",
                "the source tree cannot be read; the recorded modules are served.",
                distribution=package.distribution,
                place=manifest["project"],
                hint=str(why),
            )
        )
    # One attempt for each change: the next is made when something is touched again.
    return package.with_manifest({**manifest, "watch": now})


def _check_names(recorded: Manifest, fresh: Manifest) -> None:
    """What a distribution is called, only an installer decides."""
    changed = [name for name in ("name", "namespace", "package") if fresh.get(name) != recorded.get(name)]
    if changed:
        message = f"its {' and its '.join(changed)} changed: install it again."
        raise ManifestError(Diagnostic("IM111", "error", message))


def build(project: str) -> tuple[Manifest, list[Diagnostic]]:
    """The manifest that a build of a project would write, and its warnings.

    :raises ImportMapError: with all that is wrong with the project.
    """
    from hatch_importmap.project import read_project

    try:
        return read_project(project)
    except OSError as error:
        raise _unreadable(error, project) from None


def positions(source: bytes) -> list[tuple[str, int, int]]:
    """What a module imports, with line and column; nothing where the parser is not installed."""
    try:
        from hatch_importmap.javascript.parse import scan_javascript
    except ImportError:
        return []
    return [
        (imported.specifier, imported.line, imported.column) for imported in scan_javascript(source).imports
    ]


def application(path: str | os.PathLike[str], diagnostics: list[Diagnostic]) -> Package:
    """The application's own modules.

    :param path: its pyproject.toml, read in place, or the JSON that `importmap build` wrote.
    :raises ImportMapError: if it cannot be read.
    """
    manifest = _application_manifest(os.fspath(path), diagnostics)
    return Application(
        distribution=normalise(manifest["name"]),
        version=manifest.get("version", ""),
        namespace=manifest["namespace"],
        manifest=manifest,
        place=os.fspath(path),
    )


def _application_manifest(path: str, diagnostics: list[Diagnostic]) -> Manifest:
    if path.endswith(".json"):
        from importmap._manifest.document import decode

        try:
            return decode(read_file(path), distribution="", place=path)
        except OSError as error:
            message = f"the project's manifest cannot be read: {error.strerror}."
            raise ManifestError(Diagnostic("IM102", "error", message, place=path)) from None
    from hatch_importmap.project import read_application

    try:
        manifest, warnings = read_application(path)
    except OSError as error:
        raise _unreadable(error, path) from None
    diagnostics += warnings
    return manifest


def _unreadable(error: OSError, project: str) -> DeclarationError:
    place = str(error.filename or project)
    return DeclarationError(Diagnostic("IM017", "error", f"cannot be read: {error.strerror}.", place=place))
