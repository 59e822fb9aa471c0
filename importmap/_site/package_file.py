"""One file that pages of a site can ask for, as adapters for web frameworks see it."""

from __future__ import annotations

from importmap._base.public import public
from importmap._base.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import KW_ONLY


@public
class PackageFile(Value):
    """One file of a package that pages of the site can ask for.

    :param path: its public path, such as ``"django_prose_editor/editor.js"``.
    :param distribution: the normalised name of the distribution that ships the file (PEP 503).
    :param place: the path of the installed file; in an archive, the archive's path and the name in it.
    """

    _: KW_ONLY
    path: str
    distribution: str
    place: str
