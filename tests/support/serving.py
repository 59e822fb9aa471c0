"""Ways in which a site serves files. Uses nothing of importmap, so that any revision of it can be asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath


class Serves:
    """How a site serves files: at a URL for each path.

    :param template: with the fields ``path``, ``folder``, ``stem``, ``suffix`` and ``hash``.
    :param urls: what differs from that, by path; an empty URL is a missing file.
    """

    def __init__(self, template: str, urls: Mapping[str, str] | None = None) -> None:
        self.template = template
        self.urls = urls or {}

    def url(self, public_path: str) -> str:
        path = PurePosixPath(public_path)
        url = self.urls.get(
            public_path,
            self.template.format(
                path=public_path,
                folder="" if str(path.parent) == "." else f"{path.parent}/",
                stem=path.stem,
                suffix=path.suffix,
                hash=hashlib.sha256(public_path.encode()).hexdigest()[:4],
            ),
        )
        if not url:
            raise LookupError("not collected")
        return url

    def integrity(self, public_path: str) -> str | None:
        return None

    def read(self, public_path: str) -> bytes | None:
        return None


def name_of(path: str) -> str:
    """What is in a file: its name, so that copies of a module may be equal."""
    return path.rpartition("/")[2]


class Twins(Serves):
    """Can read what it serves."""

    def read(self, public_path: str) -> bytes | None:
        return name_of(public_path).encode()
