"""`importmap collect`: all modules in one folder, under names that change with their content."""

from __future__ import annotations

from collections.abc import Sequence

import click

from .output import contexts_argument, finish, project_option, say, settings


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@contexts_argument
@click.option(
    "--hash/--no-hash",
    "hashed",
    default=True,
    help="Names that change with the content (the default), or not.",
)
@project_option
def collect(folder: str, contexts: Sequence[str], hashed: bool, project: str | None) -> None:
    """Copy all modules that pages can load into DIR.

    Those of some contexts, or of all; with their assets and source maps, under names that change
    with their content. The file importmap.json in DIR says which is which: for
    importmap.HashedFiles(DIR, base_url).
    """
    from importmap._compose.site import Site
    from importmap._site.gather import Gathered
    from importmap._tools.collect import collect as write

    site = Site(settings(None, project))
    reached = site.shipped(contexts or site.contexts)
    gathered = Gathered(reached)
    if any(diagnostic.severity == "error" for diagnostic in gathered.diagnostics):
        say(f"{folder}: nothing is written.")
    else:
        done = write(folder, gathered.files, hashed=hashed)
        say(f"{folder}: {len(done.written)} written, {done.kept} unchanged, {len(done.removed)} removed.")
    finish([*site.diagnostics, *reached.diagnostics, *gathered.diagnostics])
