"""The static URL of a site that serves all files below one prefix."""

from __future__ import annotations

import re

from importmap._base.public import public
from importmap._base.value import Immutable

_BASE = re.compile(r"(?:https?:)?//[^/?#\s]+/(?:[^?#\s]*/)?|/(?:[^/?#\s][^?#\s]*/)?")


@public
class StaticURL(Immutable):
    """Files below one URL, under their own names; nothing is known of their bytes.

    :param base: an absolute path, or a URL with a host; with or without a final ``/``.
    :raises ValueError: for a base that is relative to the page.
    """

    __slots__ = ("base",)

    base: str

    def __init__(self, base: str) -> None:
        base = base if base.endswith("/") or not base else base + "/"
        if _BASE.fullmatch(base) is None:
            raise ValueError(
                f"the static URL {base!r} must begin with '/', 'https://' or '//': "
                "a relative one would mean something else on each page"
            )
        self._set(base=base)

    def url(self, public_path: str) -> str:
        """The base and the path."""
        return self.base + public_path

    def integrity(self, public_path: str) -> str | None:
        """None: the bytes are served by somebody else."""
        return None

    def read(self, public_path: str) -> bytes | None:
        """None: the bytes are served by somebody else."""
        return None
