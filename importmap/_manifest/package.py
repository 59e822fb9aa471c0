"""A package: one distribution's modules, as discovery found them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from importmap._base.public import public
from importmap._base.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from .document import Manifest

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
        return Package(
            distribution=self.distribution,
            version=self.version,
            namespace=self.namespace,
            manifest=manifest,
            place=self.place,
            provider=self.provider,
        )

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
