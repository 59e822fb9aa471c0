"""Read a lock from its file, and take the packages of a site from it, in place of discovery."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable
from zlib import crc32

from importmap._base import json_text
from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._base.files import read_file
from importmap._base.garbage import Uncollected
from importmap._base.grammar import is_context, normalise
from importmap._base.tables import Table
from importmap._discovery import editable
from importmap._discovery.distributions import versions
from importmap._discovery.packages import same_version
from importmap._manifest.check import check
from importmap._manifest.document import empty
from importmap._manifest.package import Application, Package

from .document import FORMAT, OWN, Answers, Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

#: What follows the text of a package: its checksum, and the way to the next one, or the end.
_CHECKSUM = re.compile(rb',\n "crc32":"([0-9a-f]{8})"\n}(?:\n,\n|\n]\n\Z)')
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
        raw = self._raw()
        head, *documents = self._items(raw, lenient=True)
        self._check_head(head)
        if not _is_untouched(raw, len(documents)):
            documents = self._items(raw)[1:]
            self._check(documents)
        # All at once: one substitution is faster than a thousand.
        names = normalise("\n".join(document["name"] for document in documents)).split("\n")
        applications = [place for place, document in enumerate(documents) if document.get("application")]
        self._check_names(names, [names[place] for place in applications])
        packages = list(map(_package, names, documents))
        return Lock(packages, next((packages[place] for place in applications), None))

    def _raw(self) -> bytes:
        try:
            raw = read_file(self._place)
        except OSError as error:
            raise self._refused(f"cannot be read: {error.strerror}.") from None
        # Git may write the line ends of the machine.
        return raw.replace(b"\r\n", b"\n") if b"\r" in raw else raw

    def _items(self, raw: bytes, *, lenient: bool = False) -> list[Any]:
        try:
            items = json_text.read(raw, lenient=lenient)
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

    def _check(self, documents: Sequence[object]) -> None:
        """Hold each package to its format."""
        problems: list[Diagnostic] = []
        for number, document in enumerate(documents, start=1):
            if not isinstance(document, dict):
                problems += self._refused(f"package {number} must be a JSON object.").diagnostics
                continue
            name = document.get("name")
            problems += [
                problem.replace(
                    code="IM231",
                    distribution=normalise(name) if isinstance(name, str) else "",
                    place=f"{self._place}: {problem.place}",
                    hint=_AGAIN,
                )
                for problem in _problems(document)
            ]
        if problems:
            raise ManifestError(*problems)

    def _check_names(self, names: Sequence[str], applications: Sequence[str]) -> None:
        if len(set(names)) < len(names):
            count = Counter(names)
            twice = next(name for name in count if count[name] > 1)
            raise self._refused(f"the package {twice!r} stands twice.")
        if len(applications) > 1:
            raise self._refused(f"a site has one application, not {', '.join(map(repr, applications))}.")

    def _refused(self, message: str, hint: str = _AGAIN, *, line: int | None = None) -> ManifestError:
        place = self._place if line is None else f"{self._place}:{line}"
        return ManifestError(Diagnostic("IM231", "error", message, place=place, hint=hint))


def _is_untouched(raw: bytes, number: int) -> bool:
    """Whether all packages are as they were written.

    :param number: how many packages there are.
    """
    start = raw.find(b"\n,\n") + 3
    for match in _CHECKSUM.finditer(raw, start):
        if int(match[1], 16) != crc32(raw[start : match.start()]):
            return False
        start = match.end()
        number -= 1
    return number == 0 and start == len(raw)


def _problems(document: dict[str, Any]) -> list[Diagnostic]:
    """All that is wrong with a package, each problem with its dotted path."""
    problems = check({**empty(), **document})
    top = Table(document, "", problems)
    if "place" not in document:
        top.problem("IM231", "place", "is missing.")
    top.string("place")
    top.boolean("application")
    top.string("crc32")
    for key in sorted(editable.MEMBERS & document.keys()):
        top.problem("IM231", key, "a lock has no source tree.")
    answers = top.table("answers")
    for name, _ in answers.tables():
        if not is_context(name):
            answers.problem("IM231", name, "is not the name of a context.")
    return problems


def _package(name: str, document: dict[str, Any]) -> Package:
    own = {key: document.pop(key, None) for key in OWN}
    manifest = empty()
    manifest.update(document)  # type: ignore[typeddict-item]  # that has been checked
    kind = Application if own["application"] else Package
    return kind(
        distribution=name,
        version=document.get("version", ""),
        namespace=document["namespace"],
        manifest=manifest,
        place=own["place"],
        provider=None if own["answers"] is None else Answers(own["answers"]),
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
