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
    ParseError,
    ResolutionError,
    UnknownContextError,
)
from ._map import ImportMap
from ._package import Package
from ._registry import Registry, configure, load
from ._static import StaticURL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._delta import delta
    from ._extensions import check_isolation, worker_imports
    from ._hashed_files import HashedFiles
    from ._parse import parse
    from ._protocol import Static

__all__ = [
    "ConflictError",
    "DeclarationError",
    "Diagnostic",
    "HashedFiles",
    "ImportMap",
    "ImportMapError",
    "ManifestError",
    "MissingModuleError",
    "Package",
    "ParseError",
    "Registry",
    "ResolutionError",
    "Static",
    "StaticURL",
    "UnknownContextError",
    "check_isolation",
    "configure",
    "delta",
    "load",
    "parse",
    "worker_imports",
]

#: Names that a process which only loads maps does not need, and where they are.
_LAZY = {
    "HashedFiles": "_hashed_files",
    "Static": "_protocol",
    "check_isolation": "_extensions",
    "delta": "_delta",
    "parse": "_parse",
    "worker_imports": "_extensions",
}

#: By this other parts of the project see that the package is really theirs.
__distribution__ = "hatch-importmap"


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f".{_LAZY[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
