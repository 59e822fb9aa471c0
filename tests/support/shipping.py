"""Fake installed distributions with their files, for what reads them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.site_folder import SiteFolder, write


def sha384(content: str | bytes) -> str:
    """A digest as a manifest has it."""
    raw = content.encode() if isinstance(content, str) else content
    return base64.b64encode(hashlib.sha384(raw).digest()).decode()


def tag(content: str | bytes) -> str:
    """What a content puts into the name of its file."""
    raw = content.encode() if isinstance(content, str) else content
    return hashlib.sha384(raw).hexdigest()[:12]


def static(site: SiteFolder, distribution: str) -> Path:
    """The static root of a distribution."""
    return site.path / distribution.replace("-", "_") / "static"


def ship(
    site: SiteFolder,
    distribution: str,
    files: Mapping[str, str | bytes],
    imports: Mapping[str, object] | None = None,
    /,
    *,
    edges: Mapping[str, Mapping[str, object]] | None = None,
    assets: Mapping[str, str | bytes] | None = None,
    **more: Any,
) -> None:
    """Install a distribution with a manifest and its files.

    :param files: public path -> content, of the files that the manifest lists.
    :param imports: its public entries. Default: one for each of these files, by its path.
    :param edges: public path -> what the manifest says that it imports.
    :param assets: the files that lie beside them.
    """
    top = distribution.replace("-", "_")
    modules = {
        path: {
            "sha384": sha384(content),
            "size": len(content),
            **(edges or {}).get(path, {}),
        }
        for path, content in files.items()
    }
    site.install(
        distribution,
        imports or {path.removeprefix(f"{top}/").removesuffix(".js"): path for path in files},
        modules=modules,
        **more,
    )
    write(site.path / top, {"__init__.py": ""})
    for path, content in {**files, **(assets or {})}.items():
        place = static(site, distribution) / path
        write(place.parent, {place.name: content})
