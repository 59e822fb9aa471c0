"""One import map of the JavaScript modules that installed Python packages ship.

``importmap.load(["admin"])`` is all that a site needs; the other names are for sites
that configure, combine or inspect what they get.
"""

from ._base.diagnostics import (
    ConflictError,
    DeclarationError,
    Diagnostic,
    ImportMapError,
    ManifestError,
    MissingModuleError,
    ParseError,
    ResolutionError,
    UnknownContextError,
)
from ._compose.registry import Registry, configure, load
from ._site.static_url import StaticURL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._compose.delta import delta
    from ._manifest.package import Package
    from ._map.extensions import check_isolation, worker_imports
    from ._map.html import Html
    from ._map.import_map import ImportMap
    from ._map.parse import parse
    from ._site.package_file import PackageFile
    from ._site.static import Static
    from ._tools.hashed_files import HashedFiles

__all__ = [
    "ConflictError",
    "DeclarationError",
    "Diagnostic",
    "HashedFiles",
    "Html",
    "ImportMap",
    "ImportMapError",
    "ManifestError",
    "MissingModuleError",
    "Package",
    "PackageFile",
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

#: Names that a process does not need before its first map, and the modules that define them.
_LAZY = {
    "HashedFiles": "_tools.hashed_files",
    "Html": "_map.html",
    "ImportMap": "_map.import_map",
    "Package": "_manifest.package",
    "PackageFile": "_site.package_file",
    "Static": "_site.static",
    "check_isolation": "_map.extensions",
    "delta": "_compose.delta",
    "parse": "_map.parse",
    "worker_imports": "_map.extensions",
}

#: By this other parts of the project see that the package is really theirs.
__distribution__ = "hatch-importmap"


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        value = getattr(import_module(f".{_LAZY[name]}", __name__), name)
        # Next time Python finds it without asking.
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
