"""`importmap graph`: the module graph for Mermaid or Graphviz, or drawn."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

import click

from importmap._base.printable import printable_lines

from .output import contexts_argument, deliver, finish, output_option, project_option, settings


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
    from importmap._compose.site import Site
    from importmap._tools.drawing import Drawing, to_dot, to_mermaid

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
        said = printable_lines(done.stderr.decode(errors="replace").strip())
        raise click.ClickException(f"dot failed: {said}")
    return done.stdout
