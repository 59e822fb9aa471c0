"""What is different between two locks: facts that were added, removed or changed."""

from __future__ import annotations

from importmap._base.value import Value
from importmap._discovery.python_entries import in_contexts
from importmap._manifest.document import DEFAULT_CONTEXTS
from importmap._manifest.package import Package

from .document import Answers, Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    #: Of which kind a fact is, and what it is about: a specifier, a public path or a distribution.
    Key = tuple[str, str]
    Fact = Mapping[str, object]

#: The kinds of facts in their order, and how each is called in a sentence.
_NOUNS = {
    "package": "",
    "public": "the public name",
    "private": "the private name",
    "vendored": "the vendored module",
    "required": "the required module",
    "file": "the file",
}


class Change(Value):
    """A fact that is another one in two locks.

    :param package: the distribution that it is about.
    :param kind: ``"package"``, ``"public"``, ``"private"``, ``"vendored"``, ``"required"`` or ``"file"``.
    :param name: the distribution, specifier or public path.
    :param old: what the first lock says; None if it says nothing.
    :param new: what the second lock says; None if it says nothing.
    """

    package: str
    kind: str
    name: str
    old: Fact | None
    new: Fact | None

    @property
    def change(self) -> str:
        """``"added"``, ``"removed"`` or ``"changed"``."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    def __str__(self) -> str:
        old, new = self.old or {}, self.new or {}
        text = f"{self.package}: {_NOUNS[self.kind]} {self.name!r}"
        if self.kind == "package":
            text = self.package
            if self.change != "changed":
                return f"{text} {_shown({**old, **new}.get('version'))} was {self.change}."
        keys = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
        if self.change == "removed":
            return f"{text} was removed."
        if self.change == "added":
            details = [f"{key} {_shown(new[key])}" for key in keys if key != "sha384"]
            return f"{text} was added: {', '.join(details)}." if details else f"{text} was added."
        details = [
            "other content"
            if key == "sha384"
            else f"{key} {_shown(new.get(key))}, not {_shown(old.get(key))}"
            for key in keys
        ]
        return f"{text} has changed: {'; '.join(details)}."

    def to_dict(self) -> dict[str, object]:
        """The change as a JSON-ready dictionary."""
        members = {"change": self.change, "package": self.package, "kind": self.kind, "name": self.name}
        facts = {"old": self.old, "new": self.new}
        return {**members, **{key: fact for key, fact in facts.items() if fact is not None}}


def differences(old: Lock, new: Lock) -> list[Change]:
    """All facts that are not the same in two locks, by package."""
    one, other = (
        {package.distribution: _facts(package, lock) for package in lock.packages} for lock in (old, new)
    )
    return [
        Change(name, *key, before.get(key), after.get(key))
        for name in sorted({*one, *other})
        for before, after in ((one.get(name, {}), other.get(name, {})),)
        for key in sorted({*before, *after}, key=_place)
        if before.get(key) != after.get(key)
    ]


def sentences(changes: Sequence[Change]) -> Iterator[str]:
    """The changes for people: of a package that came or went, no more than that."""
    whole = {change.package for change in changes if change.kind == "package" and change.change != "changed"}
    for change in changes:
        if change.kind == "package" or change.package not in whole:
            yield str(change)


def _place(key: Key) -> tuple[int, str]:
    """Where a fact stands among those of its package: the package first, the files last."""
    return list(_NOUNS).index(key[0]), key[1]


def _facts(package: Package, lock: Lock) -> dict[Key, Fact]:
    """What a lock says of a package."""
    if isinstance(package.provider, Answers):
        package = in_contexts(package, list(package.provider.answers), [])
    manifest: Any = package.manifest
    sections = ("imports", "private", "vendored", "requires", "modules")
    facts: dict[Key, Fact] = {
        ("package", package.distribution): {
            **{key: value for key, value in manifest.items() if key not in (*sections, "manifest", "name")},
            **({"application": True} if package is lock.application else {}),
        }
    }
    for name, entry in manifest["imports"].items():
        facts["public", name] = {**entry, "contexts": sorted(entry.get("contexts", DEFAULT_CONTEXTS))}
    facts |= {("private", name): entry for name, entry in manifest["private"].items()}
    facts |= {("vendored", name): copy for name, copy in manifest["vendored"].items()}
    facts |= {("required", name): {"range": wanted} for name, wanted in manifest["requires"].items()}
    facts |= {("file", path): module for path, module in manifest["modules"].items()}
    return facts


def _shown(value: object) -> str:
    if value in (None, [], {}, ""):
        return "none"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return str(value)
