"""`importmap export`: what pages can import, in the words of another tool."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

import click

from .output import (
    base_url_option,
    configuration,
    contexts_argument,
    deliver_json,
    finish,
    output_option,
    project_option,
    settings,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._site.settings import Settings
    from importmap._site.static import Static

_FORMATS = ["jsconfig", "tsconfig", "deno", "externals", "importmap"]


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(_FORMATS))
@contexts_argument
@output_option
@base_url_option
@project_option
def export(
    form: str, contexts: Sequence[str], output: str | None, base_url: str | None, project: str | None
) -> None:
    """What pages can import, in the words of another tool: those of some contexts, or of all.

    FORMAT is jsconfig or tsconfig (`paths` for editors and TypeScript), deno (a map of the
    installed files), externals (names for a bundler) or importmap (the map as it is served).
    Paths are relative to the folder of the output, or to this one.
    """
    from importmap._compose.site import Site
    from importmap._site.settings import Settings
    from importmap._tools.export import Export

    if base_url is not None and form != "importmap":
        raise click.BadParameter(f"{form} has no URLs of the site", param_hint="--base-url")
    site = Site(settings(base_url, project))

    def served_by(static: Static | str) -> Settings:
        return Settings(**configuration(static=static, integrity=False, project=project))

    exported = Export(site, served_by, contexts)
    document = exported.document(form, os.path.dirname(os.path.abspath(output)) if output else os.getcwd())
    deliver_json(json.dumps(document, indent=2) + "\n", output)
    finish(exported.diagnostics)
