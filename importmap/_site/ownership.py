"""The owners of names and paths. Nobody's are taken silently."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from importmap._base.diagnostics import ConflictError, Diagnostic
from importmap._base.grammar import owns
from importmap._manifest.package import Package

from .packages import Packages


def check_ownership(packages: Packages) -> None:
    """Refuse packages that claim the same names or paths.

    :raises ConflictError: with every clash, naming both distributions.
    """
    conflicts = [
        *_namespaces(packages),
        *_aliases(packages),
        *_paths(packages),
        *_folders(packages),
        *_urls(packages),
    ]
    if conflicts:
        raise ConflictError(*conflicts)


def conflict(code: str, one: Package, other: Package, message: str) -> Diagnostic:
    """A clash of two packages; the way out that is named first is to do without `other`."""
    names = [one.distribution, other.distribution]
    hint = f"importmap.configure(disable=[{names[1]!r}])  # or {names[0]!r}: the site decides"
    return Diagnostic(code, "error", message, distribution=" and ".join(sorted(names)), hint=hint)


def _namespaces(packages: Packages) -> Iterator[Diagnostic]:
    # With a slash at their ends, all names below a namespace follow it immediately.
    ordered = sorted(packages, key=lambda package: f"{package.namespace}/")
    for outer, inner in pairwise(ordered):
        if outer.namespace == inner.namespace:
            yield conflict("IM201", outer, inner, f"both claim the namespace {inner.namespace!r}.")
        elif owns(outer.namespace, inner.namespace):
            message = f"the namespace {inner.namespace!r} lies inside the namespace {outer.namespace!r}."
            yield conflict("IM201", outer, inner, message)


def _aliases(packages: Packages) -> Iterator[Diagnostic]:
    users: dict[str, Package] = {}
    for package in packages:
        for section in (package.vendored, package.requires):
            for name in section:
                # What a package says of its own names is no claim against itself.
                if not owns(package.namespace, name.rstrip("/")):
                    users.setdefault(name.rstrip("/"), package)
    for name, user in sorted(users.items()):
        owner = packages.owner(name)
        if owner is not None and owner.is_alias:
            message = (
                f"{owner.distribution} claims the name {owner.namespace!r}, "
                f"which is not its own, and {user.distribution} vendors or requires {name!r}."
            )
            yield conflict("IM201", user, owner, message)


def _paths(packages: Packages) -> Iterator[Diagnostic]:
    seen: dict[str, Package] = {}
    for package in packages:
        modules = package.modules
        if not seen.keys().isdisjoint(modules):
            for path in sorted(seen.keys() & modules.keys()):
                mine, theirs = modules[path].get("sha384"), seen[path].modules[path].get("sha384")
                if mine is None or theirs is None:
                    message = f"both ship {path!r}, and it is not known to be the same file."
                    yield conflict("IM202", seen[path], package, message)
                elif mine != theirs:
                    message = f"both ship {path!r}, with different content."
                    yield conflict("IM202", seen[path], package, message)
        seen.update(dict.fromkeys(modules, package))


def _folders(packages: Packages) -> Iterator[Diagnostic]:
    # What a callable brings depends on the context, so it may not share the folder by which
    # another package's scope is known.
    users = {
        path.partition("/")[0]: package
        for package in packages
        if package.provider is None
        for path in package.modules
    }
    for package in packages:
        if package.provider is not None:
            for top in sorted({path.partition("/")[0] for path in package.modules} & users.keys()):
                message = (
                    f"{package.distribution} maps files in the folder {top!r} of {users[top].distribution}."
                )
                yield conflict("IM202", users[top], package, message)


def _urls(packages: Packages) -> Iterator[Diagnostic]:
    # A map has one integrity for each URL, so one package would decide for the other.
    seen: dict[str, tuple[Package, str]] = {}
    for package in packages:
        for entry in package.entries.values():
            if "url" in entry:
                url, integrity = entry["url"], entry["integrity"]
                owner, known = seen.setdefault(url, (package, integrity))
                if known != integrity:
                    yield conflict("IM202", owner, package, f"both use {url!r}, with different integrity.")
