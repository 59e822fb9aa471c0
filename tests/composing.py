"""Maps from packages, without a site: the pure stages after discovery, one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from importmap import Diagnostic, ImportMap, Package
from importmap._composition import Composer
from importmap._ownership import check_ownership
from importmap._selection import select
from importmap._settings import Settings


def compose(
    packages: Sequence[Package],
    wanted: Sequence[str] = ("default",),
    /,
    **settings: Any,
) -> tuple[ImportMap, list[Diagnostic]]:
    """The map of some packages, and what was found on the way."""
    checked = Settings(**settings)
    ordered = sorted(packages, key=lambda package: (package.namespace, package.distribution))
    check_ownership(ordered)
    selections = select(ordered, wanted, None, checked.contexts)
    return Composer(ordered, checked).compose(selections, wanted)


def clean(packages: Sequence[Package], wanted: Sequence[str] = ("default",), /, **settings: Any) -> ImportMap:
    """The map of some packages, about which there is nothing to say."""
    import_map, diagnostics = compose(packages, wanted, **settings)
    assert diagnostics == []
    return import_map


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


HASHED = Serves("/s/{folder}{stem}.{hash}{suffix}")
QUERY = Serves("/s/{path}?v={hash}")
OTHER_HOST = Serves("https://cdn.example/s/{folder}{stem}.{hash}{suffix}")
FLAT = Serves("/s/{hash}.js")
