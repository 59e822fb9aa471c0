"""Hold the packages of a lock to their format: nothing in the file is believed because of who wrote it."""

from __future__ import annotations

import re
from collections import Counter

from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import CONTEXT_RULE, is_context, is_name, normalise
from importmap._base.tables import Table
from importmap._discovery import editable
from importmap._manifest.check import check
from importmap._manifest.document import empty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

_drive = re.compile(r"[A-Za-z]:(?:.*[/\\]|.*\.(?:json|toml)\Z)", re.DOTALL)


def names_of(documents: Sequence[Any]) -> list[str]:
    """Return the normalised names of the packages; ``""`` where there is none."""
    names = [document.get("name") if isinstance(document, dict) else "" for document in documents]
    texts = [name if isinstance(name, str) and "\n" not in name else "" for name in names]
    # All at once: one substitution is faster than a thousand.
    return normalise("\n".join(texts)).split("\n") if texts else []


def problems_of(documents: Sequence[Any], names: Sequence[str], lock: str) -> Iterator[Diagnostic]:
    """Yield all that is wrong with the packages of a lock.

    :param documents: the items of its array but for the first.
    :param names: their names; see `names_of`.
    :param lock: the file, for messages.
    """
    for number, (document, name) in enumerate(zip(documents, names, strict=True), start=1):
        if not isinstance(document, dict):
            yield _problem(f"package {number} must be a JSON object.", place=lock)
            continue
        # What is no name says nothing to a reader.
        owner = name if is_name(name) else ""
        where = lock if owner else f"{lock}: package {number}"
        for problem in _problems(document):
            yield _problem(problem.message, distribution=owner, place=f"{where}: {problem.place}")
    if len({*names}) < len(names):
        for name, number in Counter(names).items():
            if number > 1 and is_name(name):
                yield _problem(f"the package {name!r} stands twice.", place=lock)
    applications = [
        name
        for name, document in zip(names, documents, strict=True)
        if isinstance(document, dict) and document.get("application") is True
    ]
    if len(applications) > 1:
        yield _problem(f"a site has one application, not {', '.join(map(ascii, applications))}.", place=lock)


def _problem(message: str, *, place: str, distribution: str = "") -> Diagnostic:
    return Diagnostic(
        "IM231", "error", message, distribution=distribution, place=place, hint="importmap lock"
    )


def _problems(document: dict[str, Any]) -> list[Diagnostic]:
    """Return all that is wrong with a package, each problem with its dotted path."""
    problems = check({**empty(), **document})
    top = Table(document, "", problems)
    if "place" not in document:
        top.problem("IM231", "place", "is missing.")
    if (place := top.string("place")) is not None and not is_place(place):
        top.problem("IM231", "place", f"{place!a} is neither a relative path nor the name of an object.")
    top.boolean("application")
    for key in sorted(editable.MEMBERS & document.keys()):
        top.problem("IM231", key, "a lock has no source tree.")
    _check_answers(top)
    return problems


def is_place(text: str) -> bool:
    """Tell whether a text names a file below some folder, or an object in a module."""
    return (
        text != ""
        and not text.startswith(("/", "\\"))
        and "\0" not in text
        and ".." not in re.split(r"[/\\]", text)
        and _drive.match(text) is None
    )


def _check_answers(top: Table) -> None:
    """Hold the answers of a callable to the grammar of entries that are made in Python."""
    answers = top.table("answers")
    if not answers.data:
        return
    from importmap._manifest.entries import read_imports

    namespace = top.data.get("namespace")
    for context, entries in answers.tables():
        if not is_context(context):
            answers.problem("IM231", context, f"is refused: {CONTEXT_RULE}.")
        for item in read_imports(entries, namespace if isinstance(namespace, str) else ""):
            if item.is_pattern or item.is_prefix:
                entries.problem(
                    "IM231", item.key, "patterns and prefixes need a manifest, which knows the files."
                )
