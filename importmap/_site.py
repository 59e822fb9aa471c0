"""What one look at the environment found: the packages of a site, ready to compose."""

from __future__ import annotations

from collections.abc import Sequence

from . import _live as live
from ._composition import Composer
from ._diagnostics import Diagnostic, did_you_mean
from ._discovery import discover
from ._grammar import normalise
from ._map import ImportMap
from ._ownership import check_ownership
from ._package import Package
from ._selection import known_contexts, select
from ._sentinel import check_own_package
from ._settings import Settings


class Site:
    """The packages of a site at one moment.

    :param settings: the site's configuration.
    :raises ConflictError: if two distributions claim the same names or paths.
    """

    def __init__(self, settings: Settings) -> None:
        diagnostics = check_own_package()
        found, more = discover(settings.disable)
        diagnostics += more
        packages = [live.freshened(package, settings.live, diagnostics) for package in found]
        if settings.project is not None:
            application = live.application(settings.project, diagnostics)
            # Where it is installed as well, the site has said what it wants to be read.
            packages = [package for package in packages if package.distribution != application.distribution]
            packages.append(application)
            packages.sort(key=lambda package: (package.namespace, package.distribution))
        check_ownership(packages)
        diagnostics += _unknown_distributions(settings, packages)
        self._settings = settings
        self._composer = Composer(packages, settings)
        #: The packages that take part, sorted by namespace.
        self.packages = tuple(packages)
        #: What was found on the way.
        self.diagnostics = tuple(diagnostics)

    @property
    def contexts(self) -> tuple[str, ...]:
        """The contexts that a package or the configuration names, sorted."""
        return tuple(known_contexts(self.packages, self._settings.contexts))

    def has_changed(self) -> bool:
        """Whether a source tree is no longer what its package was read from."""
        return any(live.has_changed(package) for package in self.packages)

    def load(
        self, contexts: Sequence[str], modules: Sequence[str] | None
    ) -> tuple[ImportMap, list[Diagnostic]]:
        """The map of some contexts, and what was found when it was made; see `Registry.load`."""
        diagnostics: list[Diagnostic] = []
        packages: Sequence[Package] = self.packages
        if any(package.provider for package in packages):
            from ._objects import in_contexts

            packages = [in_contexts(package, contexts, diagnostics) for package in packages]
            check_ownership(packages)
        if modules is not None:
            # The site's own entries are in every map.
            modules = [name for name in modules if name not in self._settings.imports]
        selections = select(packages, contexts, modules, self._settings.contexts)
        composed, more = self._composer.compose(selections, sorted(set(contexts)))
        return composed, diagnostics + more


def _unknown_distributions(settings: Settings, packages: Sequence[Package]) -> list[Diagnostic]:
    known = sorted(package.distribution for package in packages)
    named = {
        f"contexts[{context!r}]": sorted(decision.enable | decision.disable)
        for context, decision in settings.contexts.items()
    }
    return [
        Diagnostic(
            "IM204",
            "warning",
            f"no package of the distribution {name!r} is installed.{did_you_mean(name, known)}",
            place=place,
        )
        for place, names in named.items()
        for name in names
        if normalise(name) not in known and name not in settings.disable
    ]
