"""What the build hook looks at besides the declaration: its own table, the sdist, the finished wheel."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence

from importmap._base.diagnostics import DeclarationError, Diagnostic
from importmap._base.tables import Table
from importmap._manifest.document import encode

from .declaration import KEYS, PLACE
from .entries import expand
from .entry_point import packages_with_static
from .files import Shipped, publish
from .manifest import Built, raise_errors, read_project_tables
from .scan import scan, sha384

#: Options that Hatch gives every hook.
_OPTIONS = ["dependencies", "enable-by-default", "require-runtime-dependencies", "require-runtime-features"]


def options_problems(config: Mapping[str, object], place: str) -> list[Diagnostic]:
    """What is wrong in the table of the hook, where a declaration may have gone by mistake.

    :param place: the dotted path of the table.
    """
    table = Table(config, place, [])
    for key in config:
        if key in KEYS:
            table.problem("IM002", key, f"unknown key: it belongs in [{PLACE}].")
    table.unknown([*_OPTIONS, *KEYS])
    return table.problems


def hooks_after(later: Sequence[str], place: str, error: DeclarationError) -> DeclarationError:
    """The same error; where files are missing, with a word on the hooks that have not run yet.

    :param later: the names of these.
    :param place: the dotted path of the table of this hook.
    """
    if not later or not any(diagnostic.code in {"IM010", "IM011"} for diagnostic in error.diagnostics):
        return error
    names = ", ".join(map(repr, later))
    message = (
        f"runs before {names} and does not see the files that come from there; put it last among the hooks."
    )
    return DeclarationError(*error.diagnostics, Diagnostic("IM010", "error", message, place=place))


def check_sdist(
    pyproject: Mapping[str, object],
    shipped: Shipped | None,
    sdist: Shipped,
    *,
    severity: str,
    problems: list[Diagnostic],
) -> list[Diagnostic]:
    """Check the declaration, and that the sdist has the files that the wheel ships.

    :param pyproject: the document pyproject.toml.
    :param shipped: what the wheel ships; None where that is not known before it is built.
    :param sdist: what the sdist ships, below its top folder.
    :param severity: how bad it is if the sdist lacks a file.
    :param problems: problems that were found before.
    :returns: warnings.
    :raises DeclarationError: with all problems.
    """
    top = Table(pyproject, "", problems)
    _, declaration = read_project_tables(top, packages_with_static(shipped.files if shipped else []))
    diagnostics: list[Diagnostic] = []
    ignored: dict[Diagnostic, list[str]] = {}
    if shipped is not None:
        files = publish(shipped, declaration.roots, Table({}, PLACE, []))
        reached = scan(declaration, expand(declaration, files), files)
        # What else is wrong with the files, the build of the wheel says.
        diagnostics += [problem for problem in reached.problems if problem.code == "IM023"]
        for path, place in {**reached.places, **reached.beside}.items():
            relative = shipped.relative(files.source(path))
            if relative not in sdist.files:
                message = f"the wheel ships {path!r}, but the sdist does not have {relative}."
                diagnostics.append(Diagnostic("IM015", severity, message, place=str(place)))
                if relative in sdist.possible():
                    ignored[diagnostics[-1]] = [relative]
    return raise_errors([*top.problems, *sdist.with_artifacts(diagnostics, ignored)])


def check_wheel(wheel: str, manifest: str, built: Built, place: str) -> None:
    """Check that a finished wheel is what its manifest says.

    :param wheel: the file.
    :param manifest: the path that the manifest must have in it.
    :param built: what was handed to the builder.
    :param place: the dotted path of the table of the hook.
    :raises DeclarationError: with all problems.
    """
    problems: list[Diagnostic] = []
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        if manifest not in names or archive.read(manifest) != encode(built.manifest):
            problems.append(Diagnostic("IM016", "error", f"the wheel has no {manifest!r}, or another one."))
        for public, path in built.wheel_paths.items():
            if path not in names:
                problems.append(Diagnostic("IM010", "error", f"the wheel does not ship {public!r}."))
            elif sha384(archive.read(path)) != built.manifest["modules"][public]["sha384"]:
                message = (
                    f"{public!r} was changed while the wheel was built; put this hook last among the hooks."
                )
                problems.append(Diagnostic("IM010", "error", message, place=place))
        problems += [
            Diagnostic("IM010", "error", f"the wheel does not ship {public!r}.")
            for public in built.beside
            if built.files.wheel[public] not in names
        ]
    raise_errors([*problems, *_late(built, names, place)])


def check_contributions(built: Built, shipped: Shipped, place: str) -> None:
    """Check that no entry has come into an editable install after its manifest was made.

    :param built: what was handed to the builder.
    :param shipped: what would be shipped now.
    :param place: the dotted path of the table of the hook.
    :raises DeclarationError: with all problems.
    """
    raise_errors(_late(built, shipped.files, place))


def _late(built: Built, paths: Iterable[str], place: str) -> Iterator[Diagnostic]:
    """What a pattern takes now, and was not there when the manifest was made."""
    shipped = Shipped(built.files.shipped.root, dict.fromkeys(paths, ""))
    files = publish(shipped, built.declaration.roots, Table({}, PLACE, []))
    for path in expand(built.declaration, files).places():
        if path not in built.manifest["modules"]:
            message = f"{path!r} was added after this hook had run; put this hook last among the hooks."
            yield Diagnostic("IM010", "error", message, place=place)
