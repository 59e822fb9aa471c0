"""Compare the files that a site serves with the ones that are installed now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from importmap._base.diagnostics import Diagnostic
from importmap._manifest.package import Package
from importmap._site.selection import Selection

from .urls import Urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._manifest.document import Module
    from importmap._site.static import Static


def outdated(selections: Iterable[Selection], static: Static, urls: Urls) -> Iterator[Diagnostic]:
    """Yield the packages of which a map has files that were collected from another version.

    Each module of the map costs one comparison. A module of a source tree has no digest to compare.

    :param static: how the site serves files; it can lack the method `is_current`.
    :param urls: the final URLs. A file without one is in no map.
    """
    ask: Callable[[str, str], bool] | None = getattr(static, "is_current", None)
    if ask is None:
        return

    def is_outdated(path: str, module: Module) -> bool:
        if "sha384" not in module or urls.get(path) is None:
            return False
        try:
            return not ask(path, module["sha384"])
        except LookupError:
            return False

    for selection in selections:
        package = selection.package
        if any(is_outdated(file.path, file.module) for file in selection.files):
            # All files of the package, so that each map says the same.
            paths = [path for path in sorted(package.modules) if is_outdated(path, package.modules[path])]
            yield _outdated(package, paths, getattr(static, "folder", ""))


def _outdated(package: Package, paths: list[str], folder: str) -> Diagnostic:
    message = f"{paths[0]!r} was collected from another file than is installed."
    if len(paths) > 1:
        message = (
            f"{paths[0]!r} and {len(paths) - 1} more were collected from other files than are installed."
        )
    return Diagnostic(
        "IM235",
        "warning",
        message,
        distribution=package.distribution,
        place=folder,
        hint=f'importmap collect "{folder}"' if folder else "",
    )
