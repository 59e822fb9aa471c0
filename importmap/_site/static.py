"""Static: the only question that composition asks of the outside."""

from __future__ import annotations

from typing import Protocol

from importmap._base.public import public


@public
class Static(Protocol):
    """How a site serves the files of its packages. Frameworks' adapters implement it.

    A fourth method is asked at each `load` where there is one: ``version()``, a hashable value
    that is another one when URLs are others. Each version has maps of its own.

    A fifth one is asked when a map is made: ``is_current(public_path, sha384)`` tells whether the served
    file comes from the installed one, whose digest the manifest says. If it does not, that is IM235.
    """

    def url(self, public_path: str) -> str:
        """The absolute path or URL of a file.

        :param public_path: a path such as ``django_prose_editor/editor.js``.
        :raises LookupError: if the file is not served; a ValueError counts as the same.
        """

    def integrity(self, public_path: str) -> str | None:
        """The digests of the bytes that are served, in the form of Subresource Integrity."""

    def read(self, public_path: str) -> bytes | None:
        """The bytes that are served; None if they are out of reach."""
