"""The entry point of group `importmap`: the namespace, and the import package that ships the files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from importmap._base.grammar import NAMESPACE_RULE, is_name, is_namespace, is_package, normalise
from importmap._base.suggest import did_you_mean
from importmap._base.tables import Table, quote_key

GROUP = "importmap"


@dataclass(frozen=True)
class EntryPoint:
    """What a distribution says about itself to be found by.

    :param namespace: the namespace that it owns.
    :param package: the dotted name of its import package.
    """

    namespace: str
    package: str

    @property
    def folder(self) -> str:
        """The folder of the package in the wheel."""
        return self.package.replace(".", "/")


def find_entry_point(project: Table, packages: Collection[str]) -> EntryPoint:
    """The entry point of a project.

    :param project: the `project` table; problems are noted in it.
    :param packages: import packages that ship a static folder, to guess from where it is missing.
    :returns: the entry point; a guess where there is a problem, so that the rest can be checked.
    """
    name = project_name(project)
    guess = EntryPoint(name or "project", _guess(name.replace("-", "_"), packages))
    group = project.table("entry-points").table(GROUP)
    lines = f'[project.entry-points.{GROUP}]\n{guess.namespace} = "{guess.package}"'
    if not group.data:
        message = "is missing: its name is the namespace, its value the import package that ships the files."
        group.problem("IM007", None, message, lines)
        return guess
    if len(group.data) > 1:
        keys = ", ".join(map(repr, group.data))
        group.problem(
            "IM007", None, f"has {len(group.data)} entry points: {keys}. A distribution has one namespace."
        )
        return guess
    (key,) = group.data
    package = _package(group, key) or guess.package
    if is_namespace(key) and (key == name or normalise(key) != name):
        return EntryPoint(key, package)
    if normalise(key) == name:
        message = f"is another spelling of the project's own name, which is {name!r}."
        group.problem("IM008", key, message, f'[project.entry-points.{GROUP}]\n{name} = "{package}"')
    else:
        group.problem("IM004", key, f"is refused: {NAMESPACE_RULE}.")
    return EntryPoint(guess.namespace, package)


def project_name(project: Table) -> str:
    """The normalised name of a project; ``""`` after noting that there is none."""
    name = project.string("name")
    if name is not None and is_name(name):
        return normalise(name)
    if name is not None:
        project.problem("IM004", "name", f"{name!a} is not the name of a distribution.")
    elif "name" not in project.data:
        project.problem("IM003", "name", "is missing.")
    return ""


def packages_with_static(paths: Iterable[str]) -> list[str]:
    """The import packages of a wheel that hold a folder `static`.

    :param paths: the paths of the wheel's files.
    """
    packages = {match[1].replace("/", ".") for path in paths if (match := re.match(r"(.+?)/static/", path))}
    return sorted(filter(is_package, packages))


def is_shipped(entry_point: EntryPoint, paths: Collection[str], project: Table) -> bool:
    """Whether the wheel has the package; a problem is noted if the entry point names it and it has not.

    :param paths: the paths of the wheel's files.
    :param project: the `project` table.
    """
    if any(path.startswith(entry_point.folder + "/") for path in paths):
        return True
    group = project.table("entry-points").table(GROUP)
    if group.data.get(entry_point.namespace) == entry_point.package:
        folders = {path.rpartition("/")[0].replace("/", ".") for path in paths}
        near = did_you_mean(entry_point.package, sorted(filter(is_package, folders)))
        message = f"the wheel has no package {entry_point.package!r}.{near}"
        group.problem("IM007", entry_point.namespace, message)
    return False


def _guess(package: str, packages: Collection[str]) -> str:
    return next(iter(packages), package or "package") if package not in packages else package


def _package(group: Table, key: str) -> str | None:
    """The import package that the entry point names; None after noting that it names none."""
    package = group.string(key)
    if package is None or is_package(package):
        return package
    name, colon, _ = package.partition(":")
    if colon and is_package(name.strip()):
        message = "names an attribute; what the build reads is the import package that ships the files."
        group.problem(
            "IM007", key, message, f'[project.entry-points.{GROUP}]\n{quote_key(key)} = "{name.strip()}"'
        )
    else:
        group.problem("IM007", key, f"{package!a} is not the dotted name of an import package.")
    return None
