"""One file that pages of a site can ask for, as adapters for web frameworks see it."""

from __future__ import annotations

from importmap._base.public import public
from importmap._base.value import Value


@public
class PackageFile(Value):
    """One file of a package that pages of the site can ask for.

    :param path: its public path, such as ``"django_prose_editor/editor.js"``.
    :param distribution: the normalised name of the distribution that ships the file (PEP 503).
    :param place: the path of the installed file; in an archive, the archive's path and the name in it.
    """

    __slots__ = ("distribution", "path", "place")

    path: str
    distribution: str
    place: str

    def __init__(self, *, path: str, distribution: str, place: str) -> None:
        self._set(path=path, distribution=distribution, place=place)
