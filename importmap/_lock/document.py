"""A lock: what installed packages ship, in one file that a site loads in their place.

A lock is a JSON array, written for version control: each fact has a line, and between two packages
is a line that never changes, so that changes of both can be merged. The first item is
``{"lock": 1}``, the version of the format. The others are packages: each is its manifest, without
sections that are empty, and these members:

- ``place``: the file or object that the manifest came from;
- ``application``: true of the application's own modules;
- ``answers``: context -> entries, where a callable decides;
- ``crc32``: of the text before it. It changes with each fact of the package, so that two changes of one
  package are a conflict for version control, wherever they are. Readers do not look at it.
"""

from __future__ import annotations

from importmap._base.value import Immutable, Value
from importmap._manifest.package import Package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: The version of the format that this release reads and writes.
FORMAT = 1
#: The members of a package that are none of its manifest.
OWN = frozenset({"answers", "application", "crc32", "place"})


class Answers(Value):
    """What a callable has answered, in its place.

    :param answers: context -> entries, with the grammar of `imports`.
    """

    answers: Mapping[str, Mapping[str, object]]

    def __call__(self, contexts: Sequence[str]) -> Mapping[str, object]:
        """The entries of some contexts; none for a context that was not asked about."""
        return {key: entry for name in contexts for key, entry in self.answers.get(name, {}).items()}


class Lock(Immutable):
    """What a lock holds.

    :param packages: all packages, sorted by namespace.
    :param application: the one that is the application's own, if there is one.
    """

    __slots__ = ("application", "packages")

    packages: tuple[Package, ...]
    application: Package | None

    def __init__(self, packages: Iterable[Package], application: Package | None = None) -> None:
        order = sorted(packages, key=lambda package: (package.namespace, package.distribution))
        self._set(packages=tuple(order), application=application)
