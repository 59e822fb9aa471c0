"""Third-party modules: which copy a package's own modules get (scopes only, never `imports`)."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from ._diagnostics import Diagnostic
from ._grammar import owns, top
from ._package import Package


class Copy:
    """A third-party module that a package gets: whose, which file, which version."""

    __slots__ = ("package", "path", "version")

    def __init__(self, package: Package, path: str, version: str) -> None:
        self.package = package
        self.path = path
        self.version = version


def own_copies(package: Package) -> dict[str, Copy]:
    """The third-party modules that a package carries for itself, by specifier."""
    vendored = package.manifest["vendored"]
    return {name: Copy(package, copy["path"], copy["version"]) for name, copy in vendored.items()}


def required_copies(
    package: Package, packages: Sequence[Package], provided: Container[str]
) -> tuple[dict[str, Copy], list[Diagnostic]]:
    """The modules of others that a package asked for by `requires`.

    The highest version that satisfies the range is taken; it depends on the installed
    packages only, never on the contexts of a page.

    :param packages: all packages of the site, sorted by namespace.
    :param provided: specifiers that the site itself maps, or shares.
    :returns: copies by specifier, and what is missing or borrowed.
    """
    copies: dict[str, Copy] = {}
    diagnostics = []
    for name, wanted in sorted(package.manifest["requires"].items()):
        if name in package.manifest["vendored"] or name in provided:
            continue
        namespace = top(name.rstrip("/"))
        owner = next((other for other in packages if other.namespace == namespace), None)
        if owner is not None:
            if not satisfies(owner.version, wanted):
                message = f"requires {name!r} {wanted}; installed: {owner.version} in {owner.distribution}."
                diagnostics.append(_problem(package, message))
            continue
        candidates = [copy for other in packages if (copy := own_copies(other).get(name)) is not None]
        fitting = [copy for copy in candidates if satisfies(copy.version, wanted)]
        if fitting:
            best = copies[name] = max(fitting, key=order)
            # And what lies below the name, of the same package, so of the same version.
            below = own_copies(best.package).items()
            copies.update({other: copy for other, copy in below if owns(name.rstrip("/"), other)})
            message = f"gets {name!r} {best.version} from {best.package.distribution}."
            diagnostics.append(Diagnostic("IM208", "info", message, distribution=package.distribution))
        else:
            there = ", ".join(f"{copy.version} in {copy.package.distribution}" for copy in candidates)
            message = f"requires {name!r} {wanted}; installed: {there or 'none'}."
            diagnostics.append(_problem(package, message))
    return copies, diagnostics


def absent_modules(
    package: Package, packages: Sequence[Package], present: Callable[[Package], Iterable[str]]
) -> list[Diagnostic]:
    """The modules of others that a package requires and that the page does not have.

    For packages that do not say what they import: nothing brings these modules along.

    :param present: the public specifiers of a package in the contexts of the page.
    """
    return [
        _problem(package, f"requires {name!r}, which {owner.distribution} has in other contexts only.")
        for name, wanted in sorted(package.manifest["requires"].items())
        for owner in packages
        if owns(owner.namespace, name.rstrip("/"))
        and owner is not package
        and owner.provider is None
        and satisfies(owner.version, wanted)
        and not any(owns(name.rstrip("/"), specifier) for specifier in present(owner))
    ]


def _problem(package: Package, message: str) -> Diagnostic:
    return Diagnostic("IM207", "warning", message, distribution=package.distribution)


def satisfies(version: str, wanted: str) -> bool:
    """Whether a version lies in a range (PEP 440), of which it may be a prerelease."""
    if wanted.strip() == "*":
        return True
    # Slow to import, and most sites have no ranges.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return SpecifierSet(wanted).contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False


def order(copy: Copy) -> tuple[object, str]:
    """Copies sort by version, then by namespace."""
    from packaging.version import InvalidVersion, Version

    try:
        return (1, Version(copy.version)), copy.package.namespace
    except InvalidVersion:
        return (0, copy.version), copy.package.namespace
