"""Widgets with a map of django-js-asset, and the maps of pages that have them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import js_asset
import pytest

from importmap.contrib.django import Contexts
from support.site_folder import SiteFolder

#: What the widgets map by themselves.
THEIRS = {"theirs": "theirs.js", "cdn": "https://cdn.example/x.js"}


@pytest.fixture(autouse=True)
def demo(django_site: SiteFolder) -> SiteFolder:
    """A package with an entry for each of three contexts."""
    contexts = {"admin": ["admin"], "editor": ["editor"], "page": ["default"]}
    django_site.install(
        "demo",
        {name: {"path": f"demo/{name}.js", "contexts": names} for name, names in contexts.items()},
    )
    return django_site


def media(imports: Mapping[str, object] = THEIRS, /, nonce: object = "", **sections: Any) -> Any:
    """Media of a widget that brings a map of its own."""
    return js_asset.Media(
        importmap=js_asset.ImportMap(imports, **sections),
        nonce=nonce,
        css={"all": ["x.css"]},
        js=[Contexts("editor"), "x.js", js_asset.Script("y.js", type="module")],
    )


def map_of(page: str) -> dict[str, Any]:
    """The import map of a page, which has one."""
    [text] = re.findall(r'<script type="importmap"[^>]*>(.*?)</script>', page)
    found: dict[str, Any] = json.loads(text)
    return found


def left_out(where: str, ours: str, theirs: str) -> str:
    """What is logged where a map says something else than ours."""
    return f"IM404 {where}: is {ours!r}; a map of django-js-asset says {theirs!r}, which is left out."
