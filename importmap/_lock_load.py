"""The packages of a site from its lock: in place of discovery, whatever is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable

from ._diagnostics import Diagnostic
from ._discovery import same_version
from ._grammar import normalise
from ._lock_read import read_lock
from ._package import Package


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
    versions = {package.distribution: package.version for package in packages if package.version}
    found = _installed(versions)
    return [
        Diagnostic(
            "IM232",
            "warning",
            f"the lock has {versions[name]}; installed: {', '.join(sorted(found[name]))}.",
            distribution=name,
            place=place,
            hint="importmap lock",
        )
        for name in sorted(found)
        if versions[name] not in found[name]
        and not any(same_version(versions[name], version) for version in found[name])
    ]


def _installed(names: Collection[str]) -> dict[str, set[str]]:
    """The versions of some distributions in the first folder of `sys.path` that has them.

    The names of their folders say them, so that nothing is opened: a look at each distribution
    by importlib.metadata would take longer than all the rest.
    """
    found: dict[str, set[str]] = {}
    for entry in dict.fromkeys(map(str, sys.path)):
        try:
            children = os.listdir(entry or ".")
        except (OSError, ValueError):
            # A zip file, or nothing at all.
            continue
        infos = [
            child.rpartition(".")[0] for child in children if child.endswith((".dist-info", ".egg-info"))
        ]
        # All names at once: one substitution is faster than a thousand.
        stems = normalise("\n".join(info.partition("-")[0] for info in infos)).split("\n")
        here: dict[str, set[str]] = {}
        for name, info in zip(stems, infos, strict=False):
            if name in names and name not in found and (version := info.partition("-")[2]):
                # In an egg-info's name a Python follows; only local versions have escapes.
                here.setdefault(name, set()).add(version.partition("-")[0].replace("_", "+", 1))
        found.update(here)
    return found
