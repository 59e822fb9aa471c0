"""Third-party modules that a site shares: one copy for page scripts, and for all whom it satisfies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache

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
        needs = {package.namespace: _Need(package, name) for package in users}
        # Of a thousand packages most need the same, and carry the same: each case is looked at once.
        kinds = Counter(need.key for need in needs.values())
        can_do = cache(_can_do)

        def use(copy: Copy) -> int:
            offer = copy.version, frozenset(_family(copy.package, name))
            # A package can always do with its own.
            own = not can_do(needs[copy.package.namespace].key, offer)
            return own + sum(number for need, number in kinds.items() if can_do(need, offer))

        best = max(chosen, key=lambda copy: (use(copy), *order(copy)))
        family = _family(best.package, name)
        self.copies.update(family)
        message = f"{name!r} {best.version} is shared."
        self._note(message, best.package)
        for package in users:
            need = needs[package.namespace]
            if package is best.package or can_do(need.key, (best.version, frozenset(family))):
                self._users.setdefault(package.namespace, set()).update(family)
                continue
            reason = need.reason(best, family)
            if name in package.manifest["vendored"]:
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


class _Need:
    """With which copies of a module a package can do.

    :param name: the module; the package carries or requires it.
    """

    def __init__(self, package: Package, name: str) -> None:
        vendored, requires = package.manifest["vendored"], package.manifest["requires"]
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
