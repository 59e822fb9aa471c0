"""A package: one distribution's modules, as discovery found them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from importmap._base.public import public
from importmap._base.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from .document import Entry, Manifest, Module, Vendored

    #: Asked for the entries of some contexts; returns a mapping with the grammar of `imports`.
    Provider = Callable[[Sequence[str]], object]


@public
class Package(Value):
    """One distribution, as a site sees it.

    :param distribution: its normalised name (PEP 503).
    :param version: its version, ``""`` if unknown.
    :param namespace: the specifier prefix that it owns.
    :param manifest: its manifest, a checked document that is not to be changed.
    :param place: the file or object that the manifest came from.
    :param provider: gives the entries of each context, where a callable decides.
    """

    _: KW_ONLY
    distribution: str
    version: str
    namespace: str
    manifest: Manifest
    place: str
    provider: Provider | None = None

    def __hash__(self) -> int:
        return hash((self.distribution, self.version, self.namespace))

    def __repr__(self) -> str:
        return f"<Package {self.distribution} {self.version} as {self.namespace!r}>"

    def with_manifest(self, manifest: Manifest) -> Package:
        """The same package with another manifest."""
        return type(self)(
            distribution=self.distribution,
            version=self.version,
            namespace=self.namespace,
            manifest=manifest,
            place=self.place,
            provider=self.provider,
        )

    # The sections of the manifest, so that nobody else needs to know how they are written.

    @property
    def modules(self) -> Mapping[str, Module]:
        """Return all that is known of each file, by public path."""
        return self.manifest["modules"]

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Return the public entries, by specifier."""
        return self.manifest["imports"]

    @property
    def private(self) -> Mapping[str, Entry]:
        """Return the entries that only the package's own modules see, by specifier, such as ``#dom``."""
        return self.manifest["private"]

    @property
    def vendored(self) -> Mapping[str, Vendored]:
        """Return the third-party modules that the package carries, by specifier."""
        return self.manifest["vendored"]

    @property
    def requires(self) -> Mapping[str, str]:
        """Return the ranges of versions that the package requires, by specifier."""
        return self.manifest["requires"]

    @property
    def ignore(self) -> Sequence[str]:
        """Return the specifiers that the package leaves to the site."""
        return self.manifest["ignore"]

    def is_known(self, path: str) -> bool:
        """Tell whether all that a file can load is known: its imports, and nothing that it computes.

        Of the files of a manifest that says nothing about this, it is not known.

        :param path: its public path.
        """
        return path in self.modules and path not in self.manifest.get("computed", self.modules)

    @property
    def says_imports(self) -> bool:
        """Tell whether the manifest says what modules import; a manifest made by hand may not."""
        return any("imports" in module or "dynamic" in module for module in self.modules.values())

    @property
    def import_package(self) -> str:
        """The import package that ships the files; ``""`` if that is not known."""
        if "package" in self.manifest:
            return self.manifest["package"]
        if not self.place.endswith(".json"):
            return self.place.partition(":")[0]
        return next((root.split("/")[0] for root in self.manifest["roots"]), "")

    @property
    def is_alias(self) -> bool:
        """Tell whether the namespace differs from the distribution's own name."""
        return self.namespace != self.distribution


class Application(Package):
    """The application's own modules, whose files its configuration names."""

    __slots__ = ()
