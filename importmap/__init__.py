"""One import map of the JavaScript modules that installed Python packages ship.

``importmap.load(["admin"])`` is all that a site needs; the other names are for sites
that configure, combine or inspect what they get.
"""

from ._diagnostics import Diagnostic
from ._errors import (
    ConflictError,
    DeclarationError,
    ImportMapError,
    ManifestError,
    MissingModuleError,
    UnknownContextError,
)
from ._map import ImportMap
from ._package import Package
from ._registry import Registry, configure, load
from ._static import StaticURL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._protocol import Static

__all__ = [
    "ConflictError",
    "DeclarationError",
    "Diagnostic",
    "ImportMap",
    "ImportMapError",
    "ManifestError",
    "MissingModuleError",
    "Package",
    "Registry",
    "Static",
    "StaticURL",
    "UnknownContextError",
    "configure",
    "load",
]

#: By this other parts of the project see that the package is really theirs.
__distribution__ = "hatch-importmap"


def __getattr__(name: str) -> object:
    # A protocol needs `typing`, which a process that only loads maps does not.
    if name == "Static":
        from ._protocol import Static

        return Static
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
