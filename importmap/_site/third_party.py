"""Third-party modules: which copy a package's own modules get, and which one a site shares.

A package's copy stands in its scopes, never in `imports`. A shared copy serves page scripts,
and every package that it satisfies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache

from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import owns
from importmap._base.suggest import did_you_mean
from importmap._manifest.package import Package

from .packages import Copy, Packages


def required_copies(
    package: Package, packages: Packages, provided: Container[str]
) -> tuple[dict[str, Copy], list[Diagnostic]]:
    """The modules of others that a package asked for by `requires`.

    The highest version that satisfies the range is taken; it depends on the installed
    packages only, never on the contexts of a page.

    :param packages: all packages of the site.
    :param provided: specifiers that the site itself maps, or shares.
    :returns: copies by specifier, and what is missing or borrowed.
    """
    copies: dict[str, Copy] = {}
    diagnostics = []
    for name, wanted in sorted(package.requires.items()):
        if name in package.vendored or name in provided:
            continue
        owner = packages.owner(name)
        if owner is not None:
            if not satisfies(owner.version, wanted):
                message = f"requires {name!r} {wanted}; installed: {owner.version} in {owner.distribution}."
                diagnostics.append(_problem(package, message))
            continue
        candidates = packages.versions_of(name)
        fitting = [copy for copy in candidates if satisfies(copy.version, wanted)]
        if fitting:
            best = copies[name] = max(fitting, key=order)
            # And what lies below the name, of the same package, so of the same version.
            below = packages.copies(best.package).items()
            copies.update({other: copy for other, copy in below if owns(name.rstrip("/"), other)})
            message = f"gets {name!r} {best.version} from {best.package.distribution}."
            diagnostics.append(Diagnostic("IM208", "info", message, distribution=package.distribution))
        else:
            there = ", ".join(f"{copy.version} in {copy.package.distribution}" for copy in candidates)
            message = f"requires {name!r} {wanted}; installed: {there or 'none'}."
            diagnostics.append(_problem(package, message))
    return copies, diagnostics


def absent_modules(
    package: Package, packages: Packages, present: Callable[[Package], Iterable[str]]
) -> list[Diagnostic]:
    """The modules of others that a package requires and that the page does not have.

    For packages that do not say what they import: nothing brings these modules along.

    :param present: the public specifiers of a package in the contexts of the page.
    """
    return [
        _problem(package, f"requires {name!r}, which {owner.distribution} has in other contexts only.")
        for name, wanted in sorted(package.requires.items())
        if (owner := packages.owner(name)) is not None
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
    from packaging.specifiers import SpecifierSet

    try:
        return SpecifierSet(wanted).contains(version, prereleases=True)
    except ValueError:
        # Neither a range nor a version, or a number of more digits than Python reads.
        return False


def order(copy: Copy) -> tuple[object, str]:
    """Copies sort by version, then by namespace."""
    from packaging.version import Version

    try:
        return (1, Version(copy.version)), copy.package.namespace
    except ValueError:
        return (0, copy.version), copy.package.namespace


class Shared:
    """What a site shares, decided over all of its packages.

    :param packages: all packages of the site.
    :param wanted: specifier -> the distribution whose copy it has to be; None for the best one.
    """

    def __init__(self, packages: Packages, wanted: Mapping[str, str | None]) -> None:
        self._packages = packages
        #: The copies, by specifier: of the shared names, and of all that lies below them.
        self.copies: dict[str, Copy] = {}
        #: What there is to say about them.
        self.diagnostics: list[Diagnostic] = []
        #: Which of these names each package gets, by namespace.
        self._users: dict[str, set[str]] = {}
        for name, distribution in sorted(wanted.items()):
            self._share(name, distribution)

    def names_for(self, package: Package) -> set[str]:
        """The names for which a package gets the shared copy."""
        return self._users.get(package.namespace, set())

    def _share(self, name: str, distribution: str | None) -> None:
        packages = self._packages
        candidates = packages.versions_of(name)
        chosen = [copy for copy in candidates if distribution in (None, copy.package.distribution)]
        if not chosen:
            self.diagnostics.append(_unknown(packages, name, distribution, candidates))
            return
        users = [package for package in packages if _wants(package, name)]
        needs = {package.namespace: _Need(package, name) for package in users}
        # Of a thousand packages most need the same, and carry the same: each case is looked at once.
        kinds = Counter(need.key for need in needs.values())
        can_do = cache(_can_do)

        def use(copy: Copy) -> int:
            offer = copy.version, frozenset(_family(packages, copy.package, name))
            # A package can always do with its own.
            own = not can_do(needs[copy.package.namespace].key, offer)
            return own + sum(number for need, number in kinds.items() if can_do(need, offer))

        best = max(chosen, key=lambda copy: (use(copy), *order(copy)))
        family = _family(packages, best.package, name)
        self.copies.update(family)
        message = f"{name!r} {best.version} is shared."
        self._note(message, best.package)
        for package in users:
            need = needs[package.namespace]
            if package is best.package or can_do(need.key, (best.version, frozenset(family))):
                self._users.setdefault(package.namespace, set()).update(family)
                continue
            reason = need.reason(best, family)
            if name in package.vendored:
                version = package.vendored[name]["version"]
                self._note(
                    f"keeps its own {name!r} {version}: the shared one is {best.version}{reason}.", package
                )
            else:
                self._note(f"does not get the shared {name!r}: it is {best.version}{reason}.", package)

    def _note(self, message: str, package: Package) -> None:
        self.diagnostics.append(Diagnostic("IM225", "info", message, distribution=package.distribution))


def _wants(package: Package, name: str) -> bool:
    return name in package.vendored or name in package.requires


class _Need:
    """With which copies of a module a package can do.

    :param name: the module; the package carries or requires it.
    """

    def __init__(self, package: Package, name: str) -> None:
        vendored, requires = package.vendored, package.requires
        # A package that does not say what else it can do with needs what it carries.
        self.range = requires[name] if name in requires else f"=={vendored[name]['version']}"
        below = name.rstrip("/")
        #: The name, and those below it that the package has.
        self.names = frozenset(each for each in (*vendored, *requires) if owns(below, each.rstrip("/")))
        self.key = self.range, self.names

    def reason(self, copy: Copy, family: Container[str]) -> str:
        """Why the package cannot do with a copy, as the end of a sentence."""
        if not satisfies(copy.version, self.range):
            return f", and this package needs {self.range}"
        missing = ", ".join(repr(each) for each in sorted(self.names) if each not in family)
        return f" of {copy.package.distribution}, which has no {missing}"


def _can_do(need: tuple[str, frozenset[str]], offer: tuple[str, frozenset[str]]) -> bool:
    """Whether a version lies in a range, and all names are there."""
    (wanted, names), (version, there) = need, offer
    return satisfies(version, wanted) and names <= there


def _family(packages: Packages, package: Package, name: str) -> dict[str, Copy]:
    """Return the copies of a package that go together: of a name, and of all below it, file by file."""
    return {
        specifier: copy
        for key, own in packages.copies(package).items()
        if owns(name.rstrip("/"), key.rstrip("/"))
        for specifier, copy in _exact(packages, key, own)
    }


def _exact(packages: Packages, key: str, copy: Copy) -> Iterator[tuple[str, Copy]]:
    """Yield a copy, and the files below a prefix: by their own names they can have hashed URLs."""
    yield key, copy
    if key.endswith("/"):
        for file in packages.files(copy.package, copy.path):
            yield key + file.path[len(copy.path) :], Copy(copy.package, file.path, copy.version)


def _unknown(
    packages: Sequence[Package], name: str, distribution: str | None, candidates: Sequence[Copy]
) -> Diagnostic:
    place = "shared" if distribution is None else f"shared[{name!r}]"
    if candidates:
        owners = ", ".join(copy.package.distribution for copy in candidates)
        message = f"{distribution} carries no copy of {name!r}; these do: {owners}."
    else:
        known = sorted({key for package in packages for key in package.vendored})
        message = f"no package carries a copy of {name!r}.{did_you_mean(name, known)}"
    return Diagnostic("IM204", "warning", message, place=place)
