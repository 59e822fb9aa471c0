"""Third-party modules that a site shares: one copy for page scripts, and for all whom it satisfies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ._diagnostics import Diagnostic, did_you_mean
from ._grammar import owns
from ._package import Package
from ._third_party import Copy, order, own_copies, satisfies


class Shared:
    """What a site shares, decided over all of its packages.

    :param packages: all packages of the site, sorted by namespace.
    :param wanted: specifier -> the distribution whose copy it has to be; None for the best one.
    """

    def __init__(self, packages: Sequence[Package], wanted: Mapping[str, str | None]) -> None:
        #: The copies, by specifier: of the shared names, and of all that lies below them.
        self.copies: dict[str, Copy] = {}
        #: What there is to say about them.
        self.diagnostics: list[Diagnostic] = []
        #: Which of these names each package gets, by namespace.
        self._users: dict[str, set[str]] = {}
        for name, distribution in sorted(wanted.items()):
            self._share(packages, name, distribution)

    def names_for(self, package: Package) -> set[str]:
        """The names for which a package gets the shared copy."""
        return self._users.get(package.namespace, set())

    def _share(self, packages: Sequence[Package], name: str, distribution: str | None) -> None:
        candidates = [copy for package in packages if (copy := own_copies(package).get(name)) is not None]
        chosen = [copy for copy in candidates if distribution in (None, copy.package.distribution)]
        if not chosen:
            self.diagnostics.append(_unknown(packages, name, distribution, candidates))
            return
        users = [package for package in packages if _wants(package, name)]

        def use(copy: Copy) -> int:
            return sum(not _reason(package, name, copy) for package in users)

        best = max(chosen, key=lambda copy: (use(copy), *order(copy)))
        family = _family(best.package, name)
        self.copies.update(family)
        message = f"{name!r} {best.version} is shared."
        self._note(message, best.package)
        for package in users:
            reason = _reason(package, name, best)
            if not reason:
                self._users.setdefault(package.namespace, set()).update(family)
            elif name in package.manifest["vendored"]:
                version = package.manifest["vendored"][name]["version"]
                self._note(
                    f"keeps its own {name!r} {version}: the shared one is {best.version}{reason}.", package
                )
            else:
                self._note(f"does not get the shared {name!r}: it is {best.version}{reason}.", package)

    def _note(self, message: str, package: Package) -> None:
        self.diagnostics.append(Diagnostic("IM225", "info", message, distribution=package.distribution))


def _wants(package: Package, name: str) -> bool:
    return name in package.manifest["vendored"] or name in package.manifest["requires"]


def _reason(package: Package, name: str, copy: Copy) -> str:
    """Why a package cannot do with a copy; ``""`` if it can."""
    if package is copy.package:
        return ""
    manifest = package.manifest
    wanted = manifest["requires"].get(name)
    if wanted is None:
        # A package that does not say what else it can do with needs what it carries.
        wanted = "==" + manifest["vendored"][name]["version"]
    if not satisfies(copy.version, wanted):
        return f", and this package needs {wanted}"
    has = _family(copy.package, name)
    missing = sorted(
        each
        for section in (manifest["vendored"], manifest["requires"])
        for each in section
        if owns(name.rstrip("/"), each.rstrip("/")) and each not in has
    )
    if missing:
        return f" of {copy.package.distribution}, which has no {', '.join(map(repr, missing))}"
    return ""


def _family(package: Package, name: str) -> dict[str, Copy]:
    """The copies of a package that go together: of a name, and of what lies below it, file by file."""
    return {
        specifier: copy
        for key, found in own_copies(package).items()
        if owns(name.rstrip("/"), key.rstrip("/"))
        for specifier, copy in _exact(key, found)
    }


def _exact(key: str, copy: Copy) -> Iterator[tuple[str, Copy]]:
    """A copy, and the files below a prefix: by their own names they can have hashed URLs."""
    yield key, copy
    if key.endswith("/"):
        for path in copy.package.manifest["modules"]:
            if path.startswith(copy.path):
                yield key + path[len(copy.path) :], Copy(copy.package, path, copy.version)


def _unknown(
    packages: Sequence[Package], name: str, distribution: str | None, candidates: Sequence[Copy]
) -> Diagnostic:
    place = "shared" if distribution is None else f"shared[{name!r}]"
    if candidates:
        owners = ", ".join(copy.package.distribution for copy in candidates)
        message = f"{distribution} carries no copy of {name!r}; these do: {owners}."
    else:
        known = sorted({key for package in packages for key in package.manifest["vendored"]})
        message = f"no package carries a copy of {name!r}.{did_you_mean(name, known)}"
    return Diagnostic("IM204", "warning", message, place=place)
