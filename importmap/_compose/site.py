"""What one look at the environment found: the packages of a site, ready to compose."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from importmap._base import faults, stamps
from importmap._base.diagnostics import ConflictError, Diagnostic
from importmap._discovery import source_tree
from importmap._discovery.own_package import check_own_package
from importmap._discovery.packages import discover, not_installed
from importmap._manifest.package import Package
from importmap._map.import_map import ImportMap
from importmap._site.equal_copies import united
from importmap._site.graph import Graph
from importmap._site.ownership import check_ownership
from importmap._site.packages import Packages
from importmap._site.reach import Reached
from importmap._site.selection import known_contexts
from importmap._site.settings import Settings

from .composer import Composer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._site.package_file import PackageFile


class Site:
    """The packages of a site at one moment.

    :param settings: the site's configuration.
    :raises ConflictError: if two distributions claim the same names or paths.
    """

    def __init__(self, settings: Settings) -> None:
        diagnostics = check_own_package()
        application = None
        if settings.lock is None:
            installed, more = discover(settings.disable)
        else:
            from importmap._lock.read import load_lock

            installed, application, more = load_lock(settings.lock, settings.disable)
        diagnostics += more
        enabled = []
        for package in installed:
            if settings.enables(package):
                enabled.append(source_tree.freshened(package, settings.live, diagnostics))
            else:
                diagnostics.append(_left_out(package))
        if settings.project is not None and application is None:
            application = source_tree.application(settings.project, diagnostics)
        if application is not None:
            enabled = _with_application(enabled, application, diagnostics)
        packages = Packages(enabled)
        try:
            check_ownership(packages)
        except ConflictError as error:
            # `disable` is the way out of a conflict; it may have a typo in it.
            typos = [problem for problem in diagnostics if problem.place == "disable"]
            raise ConflictError(*error.diagnostics, *typos) from None
        diagnostics += _unknown_distributions(settings, packages)
        self._settings = settings
        self._composer = Composer(packages, settings)
        self._apart = Graph(packages, settings)
        self._united: Graph | None = None
        diagnostics += self._apart.shared.diagnostics
        #: The packages that take part, sorted by namespace.
        self.packages = packages
        #: What was found on the way.
        self.diagnostics = tuple(diagnostics)
        # A project that was refused has no package; it is looked at again when it is mended.
        watched = [problem.place for problem in diagnostics if problem.code == "IM109"]
        watched += [] if settings.lock is None else [os.fspath(settings.lock)]
        self._watched = stamps.take(watched)
        self._files: Mapping[str, PackageFile] | None = None
        #: The files and folders that the system did not let be read, with what it said of each.
        self.faults = faults.take(diagnostics)
        self._united_with: list[Diagnostic] = []

    @property
    def contexts(self) -> tuple[str, ...]:
        """The contexts that a package or the configuration names, sorted."""
        return tuple(known_contexts(self.packages, self._settings.contexts))

    def has_changed(self) -> bool:
        """Whether a source tree is no longer what its package was read from."""
        return stamps.has_changed(self._watched) or any(map(source_tree.has_changed, self.packages))

    def load(
        self, contexts: Sequence[str], modules: Sequence[str] | None
    ) -> tuple[ImportMap, list[Diagnostic]]:
        """The map of some contexts, and what was found when it was made; see `Registry.load`."""
        reached = self.reached(contexts, modules)
        composed, diagnostics = self._composer.compose(reached.selections, reached.contexts, reached.graph)
        diagnostics = [*self._united_with, *reached.diagnostics, *diagnostics]
        self.faults.update(faults.take(diagnostics))
        return composed, diagnostics

    def reached(self, contexts: Sequence[str], modules: Sequence[str] | None = None) -> Reached:
        """What pages of some contexts load; see `Registry.load`."""
        if self._united is None:
            # Reads copies, which a process that only looks at packages never needs.
            self._united = united(self._apart, self._united_with)
        return Reached(self._united, contexts, modules)

    @property
    def files(self) -> Mapping[str, PackageFile]:
        """The files that pages of any context can ask for; see `Registry.files`."""
        if self._files is None:
            # Reads every file, which a process that only makes maps never needs.
            from importmap._site.gather import Gathered
            from importmap._site.package_file import PackageFile

            gathered = Gathered(self.shipped(self.contexts))
            self._files = MappingProxyType(
                {
                    path: PackageFile(path=path, distribution=file.package.distribution, place=file.place)
                    for path, file in sorted(gathered.files.items())
                }
            )
        return self._files

    def shipped(self, contexts: Sequence[str]) -> Reached:
        """The same with each package's own files, whichever copies are equal, for who serves them."""
        return Reached(self._apart, contexts)


def _with_application(
    packages: Iterable[Package], application: Package, diagnostics: list[Diagnostic]
) -> list[Package]:
    """All packages and the application, in place of its installed copy, which is reported."""
    copies = [
        package
        for package in packages
        if (package.distribution, package.namespace) == (application.distribution, application.namespace)
    ]
    diagnostics += [
        Diagnostic(
            "IM214",
            "info",
            "the application's own table stands for its installed copy.",
            distribution=copy.distribution,
            place=application.place,
        )
        for copy in copies
    ]
    others = [package for package in packages if package not in copies]
    return sorted([*others, application], key=lambda package: (package.namespace, package.distribution))


def _left_out(package: Package) -> Diagnostic:
    return Diagnostic(
        "IM224",
        "info",
        "is installed, but the site does not enable it: its modules are in no map.",
        distribution=package.distribution,
    )


def _unknown_distributions(settings: Settings, packages: Packages) -> list[Diagnostic]:
    known = {package.distribution for package in packages}
    named = {
        f"contexts[{context!r}]": sorted(decision.enable | decision.disable)
        for context, decision in settings.contexts.items()
    }
    if isinstance(settings.enable, frozenset):
        named["enable"] = sorted(settings.enable)
    return [
        not_installed(name, known, place)
        for place, names in named.items()
        for name in names
        if name not in known and name not in settings.disable
    ]
