"""From entry points to packages: each installed distribution's manifest, read and checked."""

from __future__ import annotations

import os

from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._base.faults import fault, is_fault
from importmap._base.garbage import Uncollected
from importmap._base.grammar import NAMESPACE_RULE, is_namespace, is_package, normalise
from importmap._base.suggest import did_you_mean
from importmap._manifest.document import FILE_NAME, decode
from importmap._manifest.package import Package

from . import editable
from .distributions import Installed, find
from .folders import read_beside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from importmap._manifest.document import Manifest


def discover(disable: Collection[str] = ()) -> tuple[list[Package], list[Diagnostic]]:
    """All packages of the running interpreter, sorted by namespace, and what was wrong.

    :param disable: normalised names of distributions to pass over.
    """
    with Uncollected():
        return _discover(disable)


def _discover(disable: Collection[str]) -> tuple[list[Package], list[Diagnostic]]:
    diagnostics: list[Diagnostic] = []
    packages = []
    names = set()
    for installed in find(diagnostics):
        names.add(installed.name)
        if installed.name in disable:
            continue
        try:
            packages.append(_read(installed))
        except ManifestError as error:
            diagnostics += error.diagnostics
        except OSError as error:
            diagnostics.append(_unreadable(error, installed.name))
    packages.sort(key=lambda package: (package.namespace, package.distribution))
    # One whose entry points cannot be read has no name here, but it is installed.
    names |= {diagnostic.distribution for diagnostic in diagnostics}
    diagnostics += [not_installed(name, names, "disable") for name in sorted(disable) if name not in names]
    return packages, diagnostics


def _unreadable(error: OSError, name: str) -> Diagnostic:
    place = str(error.filename or "")
    if is_fault(error):
        return fault(error, place, name)
    message = f"the metadata cannot be read: {error.strerror}. The distribution is left out."
    return Diagnostic("IM102", "error", message, distribution=name, place=place)


def not_installed(name: str, known: Collection[str], place: str) -> Diagnostic:
    """The configuration names a distribution that is not there.

    :param place: the key of the configuration.
    """
    message = f"no package of the distribution {name!r} is installed.{did_you_mean(name, sorted(known))}"
    return Diagnostic("IM204", "warning", message, place=place)


def _refused(installed: Installed, code: str, message: str, place: str, hint: str = "") -> ManifestError:
    return ManifestError(
        Diagnostic(code, "error", message, distribution=installed.name, place=place, hint=hint)
    )


def _read(installed: Installed) -> Package:
    """The package of a distribution, by the first form of its manifest that exists."""
    if len(installed.entry_points) > 1:
        names = ", ".join(repr(name) for name, _ in installed.entry_points)
        message = f"a distribution has one entry point of group 'importmap', not {names}. It is left out."
        raise _refused(installed, "IM106", message, installed.place("entry_points.txt"))
    [(namespace, value)] = installed.entry_points
    package, colon, attribute = value, "", ""
    if not is_package(value):
        # Entry points specification: `package.module:object.attribute [extras]`.
        package, colon, attribute = map(str.strip, value.partition("[")[0].partition(":"))
    if not is_namespace(namespace):
        message = f"the entry point's name {namespace!r} is refused: {NAMESPACE_RULE}."
        raise _refused(installed, "IM106", message, installed.place("entry_points.txt"))
    if not is_package(package):
        message = f"the entry point's value {value!r} is not the name of an import package."
        raise _refused(installed, "IM106", message, installed.place("entry_points.txt"))

    # 1. The manifest that the build hook wrote.
    filename = f"extra_metadata/{FILE_NAME}"
    raw, place, from_hook = installed.read(filename), installed.place(filename), True
    if raw is None:
        # 2. The manifest that any build backend ships beside the package's __init__.py.
        raw, place = read_beside(package, FILE_NAME)
        from_hook = False
    if raw is not None:
        manifest = decode(raw, distribution=installed.name, place=place)
        _check_authority(manifest, installed, namespace, package, place)
        if not editable.MEMBERS.isdisjoint(manifest):
            _check_source_tree(manifest, installed, place, from_hook)
        return Package(
            distribution=installed.name,
            version=manifest.get("version") or installed.version,
            namespace=namespace,
            manifest=manifest,
            place=place,
        )
    # 3. An object that holds the entries, or makes them.
    if colon:
        from .owned import import_refusal
        from .python_entries import package_from_object

        if reason := import_refusal(installed, package):
            message = f"the object is not imported: {reason}."
            raise _refused(installed, "IM107", message, f"{package}:{attribute}")
        return package_from_object(installed, namespace, package, attribute)
    raise _refused(
        installed,
        "IM101",
        "the distribution has no manifest: it was built without the hook, "
        f"or its build backend did not ship {package.replace('.', '/')}/{FILE_NAME}.",
        installed.place(filename),
        "add the table [tool.hatch.build.hooks.importmap] to its pyproject.toml and build it again",
    )


def _check_source_tree(manifest: Manifest, installed: Installed, place: str, from_hook: bool) -> None:
    """Only an editable install may name files outside the distribution."""
    if not from_hook or "project" not in manifest:
        reason = "only an editable install may name a source tree"
    else:
        reason = editable.distrust(manifest, installed)
    if not reason:
        place = os.path.join(manifest["project"], "pyproject.toml")
        reason = editable.distrust_project(place, installed.name)
    if reason:
        raise _refused(installed, "IM109", f"the manifest is not believed: {reason}.", place)


def _check_authority(
    manifest: Manifest, installed: Installed, namespace: str, package: str, place: str
) -> None:
    """The metadata of an installed distribution is the authority for what it is called."""
    said = (manifest["name"], manifest["namespace"], manifest.get("package"), manifest.get("version"))
    if said == (installed.name, namespace, package, installed.version):
        return
    claims = [
        ("name", normalise(manifest["name"]), installed.name),
        ("namespace", manifest["namespace"], namespace),
        ("package", manifest.get("package", package), package),
    ]
    version = manifest.get("version")
    if version and installed.version and not same_version(version, installed.version):
        claims.append(("version", version, installed.version))
    problems = [
        Diagnostic(
            "IM104",
            "error",
            f"the manifest says {said!r}, the distribution's metadata says {true!r}.",
            distribution=installed.name,
            place=f"{place}: {key}",
        )
        for key, said, true in claims
        if said != true
    ]
    if problems:
        raise ManifestError(*problems)


def same_version(one: str, other: str) -> bool:
    """Return whether two spellings mean one version (PEP 440)."""
    if one == other:
        return True
    # Folder names are normalised, and metadata may keep the author's spelling.
    from packaging.version import Version

    try:
        return Version(one) == Version(other)
    except ValueError:
        return False
