"""Registers the build hook with Hatch."""

from __future__ import annotations

from hatchling.plugin import hookimpl

from .plugin import ImportMapBuildHook


@hookimpl
def hatch_register_build_hook() -> type[ImportMapBuildHook]:
    return ImportMapBuildHook
