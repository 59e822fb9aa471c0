"""The commands for other tools: `export` and `graph`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence

import click

from ._cli_output import (
    base_url_option,
    configuration,
    contexts_argument,
    deliver,
    finish,
    output_option,
    project_option,
    settings,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._protocol import Static
    from ._settings import Settings

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
    from ._export import Export
    from ._settings import Settings
    from ._site import Site

    if base_url is not None and form != "importmap":
        raise click.BadParameter(f"{form} has no URLs of the site", param_hint="--base-url")
    site = Site(settings(base_url, project))

    def served_by(static: Static | str) -> Settings:
        return Settings(**configuration(static=static, integrity=False, project=project))

    found = Export(site, served_by, contexts)
    document = found.document(form, os.path.dirname(os.path.abspath(output)) if output else os.getcwd())
    deliver(json.dumps(document, indent=2).encode() + b"\n", output)
    finish(found.diagnostics)


@click.command()
@contexts_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "dot", "svg"]),
    default="mermaid",
    help="For Mermaid (the default), for Graphviz, or drawn by Graphviz.",
)
@output_option
@project_option
def graph(contexts: Sequence[str], form: str, output: str | None, project: str | None) -> None:
    """Which module imports which, on the pages of some contexts, or of all.

    Packages are clusters. The area of a module is its size, its colour says which contexts load
    it, and entries have a thick border. Dashed imports are dynamic.
    """
    from ._drawing import Drawing
    from ._drawing_text import to_dot, to_mermaid
    from ._site import Site

    dot = shutil.which("dot") if form == "svg" else ""
    if dot is None:
        message = "svg is drawn by Graphviz, whose program `dot` is not on PATH: install graphviz."
        raise click.BadParameter(message, param_hint="--format")
    drawing = Drawing(Site(settings(None, project)), contexts)
    text = (to_mermaid(drawing) if form == "mermaid" else to_dot(drawing)).encode()
    deliver(_drawn(dot, text) if dot else text, output)
    finish(drawing.diagnostics)


def _drawn(dot: str, text: bytes) -> bytes:
    """The SVG of a drawing."""
    done = subprocess.run([dot, "-Tsvg"], input=text, capture_output=True, check=False)  # noqa: S603  # no shell, and nothing of the text is run
    if done.returncode:
        raise click.ClickException(f"dot failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
