"""Where the files of packages lie, for tools that read files and ask no server."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote
from urllib.request import url2pathname

from ._diagnostics import Diagnostic
from ._errors import ManifestError
from ._reached import Reached
from ._sources import Sources

#: Stands for the disk in URLs: a site's own URLs have another host, or none.
DISK = "https://disk.invalid"
#: What a URL can have raw in its path: as `importmap._urls` leaves it, so that both spell a folder alike.
_RAW = "/!$&'()*+,;=:@~"


class InstalledFiles:
    """Files where they are installed, as a `Static`: the path of each URL is that of the file.

    :param reached: what pages load, and whose each file is.
    """

    def __init__(self, reached: Reached) -> None:
        packages = reached.packages.values()
        self._sources = {package.namespace: Sources(package) for package in packages}
        self._owners = {
            path: reached.graph.shipper(package, path)
            for package in packages
            for path in package.manifest["modules"]
        }
        #: Why there is no file for a public path, by path.
        self.problems: dict[str, Diagnostic] = {}

    def url(self, public_path: str) -> str:
        """The URL of a file on `DISK`.

        :raises LookupError: if there is none that a tool can open, which is then in `problems`.
        """
        try:
            place = self._place(public_path).replace(os.sep, "/")
        except ManifestError as error:
            [self.problems[public_path]] = error.diagnostics
            raise LookupError(str(error)) from None
        return f"{DISK}/{quote(place.removeprefix('/'), safe=_RAW)}"

    def integrity(self, public_path: str) -> None:
        """Nobody asks: tools do not check what they read."""

    def read(self, public_path: str) -> bytes | None:
        """The bytes of a file; None if it cannot be read."""
        try:
            return Path(self._place(public_path)).read_bytes()
        except (ManifestError, OSError):
            return None

    def _place(self, path: str) -> str:
        owner = self._owners.get(path)
        if owner is None:
            message = f"{path!r} is no file of an installed package: only the site's server knows it."
            raise ManifestError(Diagnostic("IM234", "warning", message))
        place, _ = self._sources[owner.namespace].read(path)
        if not os.path.isfile(place):
            message = (
                f"the file of {path!r} lies in an archive, where other tools do not look: "
                "install the package unpacked."
            )
            raise ManifestError(
                Diagnostic("IM234", "error", message, distribution=owner.distribution, place=place)
            )
        return os.path.abspath(place)


def as_path(url: str, folder: str) -> str:
    """The file or folder that a URL on `DISK` stands for: relative, with ``/``, where that is possible.

    :param folder: the absolute path of the folder that the document lies in.
    """
    place = url2pathname(url[len(DISK) :])
    try:
        relative = os.path.relpath(place, folder)
    except ValueError:  # another drive
        return place.replace(os.sep, "/")
    path = relative.replace(os.sep, "/") + "/" * url.endswith("/")
    return path if path.startswith("../") else f"./{path}"


def as_url(url: str, folder: str) -> str:
    """The same as a URL: relative, or one of a file."""
    path = as_path(url, folder)
    if path.startswith("."):
        return quote(path, safe=_RAW)
    return Path(path).as_uri() + "/" * path.endswith("/")
