"""`importmap collect`: all modules in one folder, under names that change with their content."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from importmap._base.faults import CODE

from .output import STALE, contexts_argument, finish, project_option, say, settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._tools.collect import Differences


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@contexts_argument
@click.option(
    "--hash/--no-hash",
    "hashed",
    default=True,
    help="Names that change with the content (the default), or not.",
)
@click.option("--check", is_flag=True, help="Write nothing, and say what is not as it would be written.")
@project_option
def collect(folder: str, contexts: Sequence[str], hashed: bool, check: bool, project: str | None) -> None:
    """Copy all modules that pages can load into DIR.

    Those of some contexts, or of all; with their assets and source maps, under names that change
    with their content. The file importmap.json in DIR says which is which: for
    importmap.HashedFiles(DIR, base_url). Exit status 3 if --check finds it out of date.
    """
    from importmap._compose.site import Site
    from importmap._site.gather import Gathered
    from importmap._tools.collect import collect as write
    from importmap._tools.collect import differences

    site = Site(settings(None, project))
    reached = site.shipped(contexts or site.contexts)
    gathered = Gathered(reached)
    diagnostics = [*site.diagnostics, *reached.diagnostics, *gathered.diagnostics]
    if check:
        # What is missing now may only be what could not be read.
        finish(diagnostics)
        _report(folder, differences(folder, gathered.files, hashed=hashed))
        return
    # What the system hides now would be removed from the folder.
    has_faults = any(diagnostic.code == CODE for diagnostic in diagnostics)
    if has_faults or any(diagnostic.severity == "error" for diagnostic in gathered.diagnostics):
        say(f"{folder}: nothing is written.")
    else:
        done = write(folder, gathered.files, hashed=hashed)
        say(f"{folder}: {len(done.written)} written, {done.kept} unchanged, {len(done.removed)} removed.")
    finish(diagnostics)


def _report(folder: str, found: Differences) -> None:
    if not found:
        say(f"{folder}: is up to date.")
        return
    say(f"{folder}: is out of date.")
    for paths, what in (
        (found.missing, "is missing"),
        (found.changed, "has changed"),
        (found.left, "is left over"),
    ):
        for path in paths:
            say(f"  {path}: {what}.")
    sys.exit(STALE)
