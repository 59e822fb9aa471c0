"""The registry composes the stages once and remembers the maps; `load` asks the process's own."""

from __future__ import annotations

# The lock of `threading.RLock`, without the rest of that module.
import os
from _thread import RLock
from collections.abc import Mapping, Sequence

from importmap._base.diagnostics import Diagnostic, ImportMapError, ManifestError, MissingModuleError
from importmap._base.public import public
from importmap._site.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from typing_extensions import Unpack

    from importmap._manifest.package import Package
    from importmap._map.import_map import ImportMap
    from importmap._site.package_file import PackageFile
    from importmap._site.settings import Configuration

    from .site import Site

    #: What `Static.version` said, the contexts, and the only modules.
    Key: TypeAlias = tuple[object, tuple[str, ...], tuple[str, ...] | None]


#: Of how many versions of its URLs a site's maps are kept: of tenants, or of a storage that is filled again.
_VERSIONS = 32
#: How many maps a registry keeps. It forgets those that nobody has asked for since it made so many others.
MAPS = 1_024


@public
class Registry:
    """The packages of one site, and its maps. Thread-safe.

    Nothing is read before the first map is asked for.

    :param settings: see `configure`.
    """

    def __init__(self, **settings: Unpack[Configuration]) -> None:
        self._settings = Settings(**settings)
        #: The lock of each process: a fork may copy one that a thread of the parent holds.
        self._locks = {os.getpid(): RLock()}
        self._logged: set[Diagnostic] = set()
        self._version = getattr(self._settings.static, "version", None)
        self.reload()

    def reload(self) -> None:
        """Forget packages and maps; the next `load` looks again."""
        with self._lock:
            #: By what `Static.version` said when they were made.
            self._sites: dict[object, Site] = {}
            self._maps: dict[Key, ImportMap] = {}
            #: Maps that were asked for some time ago. The one that is asked for again moves to the others.
            self._older: dict[Key, ImportMap] = {}

    def load(self, contexts: Sequence[str] = ("default",), modules: Sequence[str] | None = None) -> ImportMap:
        """The merged import map of the packages that are enabled in some contexts.

        :param contexts: names of contexts; their entries are united.
        :param modules: the only specifiers that the page needs; None for all of the contexts.
        :returns: the map; the same object until something changes.
        :raises UnknownContextError: for a context that no package and no configuration knows.
        :raises MissingModuleError: for one of `modules` that the contexts do not have.
        :raises ValueError: for no context at all.
        :raises ConflictError: if two distributions claim the same names or paths.
        :raises ImportMapError: for any diagnostic but information, if the site is strict.
        """
        if isinstance(contexts, str) or isinstance(modules, str):
            raise TypeError("contexts and modules are lists of names, not strings")
        if not contexts:
            raise ValueError("load needs at least one context")
        version = None if self._version is None else self._version()
        key = (version, tuple(contexts), None if modules is None else tuple(modules))
        if self._settings.live is not True:
            # Reading a dictionary is atomic: no lock on the way of every request.
            import_map = self._maps.get(key)
            if import_map is not None:
                return import_map
        # As `Site` below: a process that only imports the package need not wait for it.
        from importmap._base.garbage import Uncollected

        with self._lock, Uncollected():
            site = self._current(version)
            import_map = self._maps.get(key, self._older.get(key))
            if import_map is None:
                import_map, diagnostics = site.load(*key[1:])
                self._report((*site.diagnostics, *diagnostics))
            self._keep(key, import_map, site)
            return import_map

    @property
    def packages(self) -> tuple[Package, ...]:
        """The packages that take part, sorted by namespace."""
        with self._lock:
            return tuple(self._now().packages)

    @property
    def contexts(self) -> tuple[str, ...]:
        """The contexts that a package or the configuration names, sorted."""
        with self._lock:
            return self._now().contexts

    @property
    def files(self) -> Mapping[str, PackageFile]:
        """The files that pages of any context can ask for, by public path, sorted.

        They are the modules, their assets and their source maps, as they are installed. The first
        call reads them all. It is the same object until something changes.

        :raises ConflictError: if two distributions claim the same names or paths.
        """
        with self._lock:
            return self._now().files

    def diagnostics(self, contexts: Sequence[str] = ("default",)) -> tuple[Diagnostic, ...]:
        """What was found while the packages were discovered and the map of `contexts` was made."""
        if isinstance(contexts, str):
            raise TypeError("contexts are a list of names, not a string")
        with self._lock:
            site = self._now()
            return (*site.diagnostics, *site.load(tuple(contexts), None)[1])

    @property
    def _lock(self) -> RLock:
        """The lock of this process."""
        process = os.getpid()
        lock = self._locks.get(process)
        if lock is None:
            # In the child of a fork. The parent's thread that held the lock, if one did, is not here to
            # release it, and has left a site that is half made.
            lock = RLock()
            with lock:
                known = self._locks.setdefault(process, lock)
                if known is lock:
                    others = [other for number, other in self._locks.items() if number != process]
                    if not all(other.acquire(blocking=False) for other in others):
                        self._sites = {}
                    self._locks = {process: lock}
                lock = known
        return lock

    def _is_past(self, site: Site) -> bool:
        """Tell whether a site has to be looked at again."""
        if site.faults:
            from importmap._base import faults

            if faults.has_changed(site.faults):
                return True
        return self._settings.live is True and site.has_changed()

    def _keep(self, key: Key, import_map: ImportMap, site: Site) -> None:
        """Keep a map, and forget those that were not asked for the longest."""
        if site.faults:
            # It is given out only after a look at the faults.
            if len(self._older) >= MAPS // 2:
                self._older = {}
            self._older[key] = import_map
            return
        if key not in self._maps and len(self._maps) >= MAPS // 2:
            self._older, self._maps = self._maps, {}
        self._maps[key] = import_map

    def _now(self) -> Site:
        return self._current(None if self._version is None else self._version())

    def _current(self, version: object) -> Site:
        """The site as it is now: read the first time, and read again when a source tree has changed."""
        site = self._sites.get(version)
        if site is not None and self._is_past(site):
            self.reload()
            site = None
        if site is None:
            # Most of the package; a process that only imports it need not wait for that.
            from .site import Site

            if len(self._sites) >= _VERSIONS:
                self.reload()
            site = self._sites[version] = Site(self._settings)
        return site

    def _report(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Log each diagnostic once, or raise it if the site is strict."""
        new = [diagnostic for diagnostic in dict.fromkeys(diagnostics) if diagnostic not in self._logged]
        if not new:
            return
        serious = [diagnostic for diagnostic in new if diagnostic.severity != "info"]
        if self._settings.strict and serious:
            raise _error_class(serious)(*serious)
        # Slow to import, and most sites have nothing to say.
        import logging

        logger = logging.getLogger("importmap")
        for diagnostic in new:
            self._logged.add(diagnostic)
            level = getattr(logging, diagnostic.severity.upper())
            logger.log(level, "%s %s", diagnostic.code, diagnostic)


def _error_class(serious: Sequence[Diagnostic]) -> type[ImportMapError]:
    codes = {diagnostic.code for diagnostic in serious}
    if all(code.startswith("IM1") for code in codes):
        return ManifestError
    return MissingModuleError if codes <= {"IM205", "IM207", "IM209", "IM210", "IM216"} else ImportMapError


_registry = Registry()


@public
def configure(**settings: Unpack[Configuration]) -> None:
    """Configure the process's registry, in place of what was configured before.

    :param static: how files are served: a URL such as ``"/static/"`` or ``"https://cdn.example/"``,
        or an object with the methods of `Static`. Default ``"/static/"``.
    :param contexts: context -> ``{"enable": [distributions], "disable": [distributions]}``.
    :param disable: distributions to leave out altogether, before anything else.
    :param enable: the distributions that take part, or a function that is asked about each
        `Package`; None for all that are installed.
    :param project: the application's own pyproject.toml, or the JSON that `importmap build` wrote.
    :param imports: the site's own entries: specifier -> public path, absolute path or https URL.
    :param overrides: specifier of a package -> public path, absolute path or https URL; None blocks it.
    :param shared: third-party specifiers of which page scripts and packages get one copy; a mapping
        says of which distributions.
    :param integrity: True, or a list of the algorithms sha256, sha384 and sha512: the map says the
        digests of all modules, over the bytes that are served.
    :param isolate: keep each package's modules from all but their own files, and what the package
        requires.
    :param strict: raise what is otherwise logged.
    :param live: follow the source trees of editable installs at each `load`; None looks once
        per process, False never.
    :param lock: the file that `importmap lock` wrote; its packages are loaded, and none is looked for.
    :raises TypeError: for any other key.
    :raises ValueError: for a value that cannot be meant.
    """
    global _registry  # noqa: PLW0603  # the one piece of global state there is
    _registry = Registry(**settings)


def process_registry() -> Registry:
    """What `configure` has configured, for adapters that look further than `load`."""
    return _registry


@public
def load(contexts: Sequence[str] = ("default",), modules: Sequence[str] | None = None) -> ImportMap:
    """The merged import map of some contexts, from the process's registry; see `Registry.load`."""
    return _registry.load(contexts, modules)


def site_of(registry: Registry) -> Site:
    """Return the site behind a registry, for parts of this package that look further than maps."""
    with registry._lock:  # noqa: SLF001  # the same module
        return registry._now()  # noqa: SLF001  # as above
