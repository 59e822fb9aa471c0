"""Read a lock from its file, and take the packages of a site from it, in place of discovery."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable

from importmap._base import json_text
from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._base.files import read_file
from importmap._base.garbage import Uncollected
from importmap._discovery.distributions import versions
from importmap._discovery.packages import same_version
from importmap._manifest.document import empty
from importmap._manifest.package import Package

from .check import names_of, problems_of
from .document import FORMAT, OWN, Answers, Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_AGAIN = "importmap lock"
_ALIEN = "was not written by `importmap lock`."


def read_lock(path: str | os.PathLike[str]) -> Lock:
    """Read the file that `importmap lock` wrote.

    :raises ManifestError: if the file is missing, damaged or of a newer format, with all that is wrong.
    """
    with Uncollected():
        return _Reader(os.fspath(path)).read()


class _Reader:
    """Reads one lock.

    :param place: the file.
    """

    def __init__(self, place: str) -> None:
        self._place = place

    def read(self) -> Lock:
        """What the lock holds. :raises ManifestError: see `read_lock`."""
        head, *documents = self._items(self._raw())
        self._check_head(head)
        names = names_of(documents)
        problems = [*problems_of(documents, names, self._place)]
        if problems:
            raise ManifestError(*problems)
        applications = [name for name, each in zip(names, documents, strict=True) if each.get("application")]
        packages = [*map(_package, names, documents)]
        return Lock(packages, next((each for each in packages if each.distribution in applications), None))

    def _raw(self) -> bytes:
        try:
            raw = read_file(self._place)
        except OSError as error:
            raise self._refused(f"cannot be read: {error.strerror}.") from None
        # Git may write the line ends of the machine.
        return raw.replace(b"\r\n", b"\n") if b"\r" in raw else raw

    def _items(self, raw: bytes) -> list[Any]:
        try:
            items = json_text.read(raw)
        except json_text.JSONTextError as error:
            if error.__cause__ is None:
                raise self._refused(f"{error}.") from None
            raise self._not_json(raw.decode(), error) from None
        if not isinstance(items, list) or not items:
            raise self._refused(_ALIEN)
        return items

    def _not_json(self, text: str, error: json_text.JSONTextError) -> ManifestError:
        lines = enumerate(text.split("\n"), start=1)
        conflicts = [number for number, line in lines if line.startswith("<<<<<<< ")]
        if conflicts:
            return self._refused("has a merge conflict in it.", line=conflicts[0])
        if not text.startswith("["):
            return self._refused(_ALIEN)
        cause = error.__cause__
        if not isinstance(cause, json.JSONDecodeError):
            return self._refused(f"{error}.")
        if cause.pos >= len(text.rstrip()) or cause.msg.startswith("Unterminated"):
            return self._refused("is cut off.", line=cause.lineno)
        return self._refused(f"is not JSON: {cause.msg}.", line=cause.lineno)

    def _check_head(self, head: Any) -> None:
        version = head.get("lock") if isinstance(head, dict) else None
        if type(version) is not int or version < 1:
            raise self._refused(_ALIEN)
        if version > FORMAT:
            hint = "python -m pip install --upgrade hatch-importmap"
            raise self._refused(f"has format {version}; this release reads format {FORMAT}.", hint=hint)

    def _refused(self, message: str, hint: str = _AGAIN, *, line: int | None = None) -> ManifestError:
        place = self._place if line is None else f"{self._place}:{line}"
        return ManifestError(Diagnostic("IM231", "error", message, place=place, hint=hint))


def _package(name: str, document: dict[str, Any]) -> Package:
    place, answers = document["place"], document.get("answers")
    manifest = empty()
    manifest.update(document)  # type: ignore[typeddict-item]  # that has been checked
    for key in OWN:
        manifest.pop(key, None)  # type: ignore[misc]  # that is none of a manifest's keys
    return Package(
        distribution=name,
        version=document.get("version", ""),
        namespace=document["namespace"],
        manifest=manifest,
        place=place,
        provider=None if answers is None else Answers(answers),
    )


def load_lock(
    path: str | os.PathLike[str], disable: Collection[str] = ()
) -> tuple[list[Package], Package | None, list[Diagnostic]]:
    """The packages of a lock, sorted by namespace; the application's own; and what is to be said of them.

    :param disable: normalised names of distributions to pass over.
    :raises ManifestError: if the lock cannot be read.
    """
    lock = read_lock(path)
    application = lock.application
    packages = [
        package
        for package in lock.packages
        if package is not application and package.distribution not in disable
    ]
    return packages, application, mismatches(packages, os.fspath(path))


def mismatches(packages: Iterable[Package], place: str) -> list[Diagnostic]:
    """Which packages of a lock are installed in another version, as far as metadata is there to say so.

    :param place: the lock, for messages.
    """
    locked = {package.distribution: package.version for package in packages if package.version}
    installed = versions(locked)
    return [
        Diagnostic(
            "IM232",
            "warning",
            f"the lock has {locked[name]}; installed: {', '.join(sorted({*installed[name]}))}.",
            distribution=name,
            place=place,
            hint="importmap lock",
        )
        for name in sorted(name for name, versions in installed.items() if locked[name] not in versions)
        if not any(same_version(locked[name], version) for version in installed[name])
    ]
