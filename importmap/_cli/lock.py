"""The commands about locks: `lock` and `diff`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from importmap._site.settings import Settings

from .output import (
    STALE,
    configuration,
    finish,
    format_option,
    json_errors,
    print_json,
    project_option,
    say,
    write,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._base.diagnostics import Diagnostic
    from importmap._lock.document import Lock

FILE_NAME = "importmap.lock"


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    help=f"The file to write, or to check (default: {FILE_NAME}, or the one that is configured).",
)
@click.option("--check", is_flag=True, help="Write nothing, and say what has changed since.")
@project_option
def lock(output: str | None, check: bool, project: str | None) -> None:
    """What installed packages serve, in one file for version control.

    importmap.configure(lock=FILE) loads it in their place. Exit status 3 if --check finds it out of
    date.
    """
    from importmap._lock.read import read_lock
    from importmap._lock.write import encode

    configured = configuration(project=project)
    place = output or os.fspath(configured.get("lock") or FILE_NAME)
    current, diagnostics = _look(Settings(**{**configured, "lock": None}), place)
    if check:
        # What is wrong with the lock is of no use if what it is compared with is not right.
        finish(diagnostics)
        _compare(read_lock(place), current, place)
        return
    summary = f"{len(current.packages)} package{'s' * (len(current.packages) != 1)}"
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        summary = "nothing is written"
    else:
        write(place, encode(current))
    say(f"{place}: {summary}.")
    finish(diagnostics)


@click.command()
@click.argument("old", type=click.Path(dir_okay=False))
@click.argument("new", type=click.Path(dir_okay=False))
@format_option
def diff(old: str, new: str, form: str) -> None:
    """What two locks have differently: what was added, removed and changed."""
    from importmap._lock.diff import differences, sentences
    from importmap._lock.read import read_lock

    with json_errors(form, changes=[]):
        changes = differences(read_lock(old), read_lock(new))
    if form == "json":
        print_json([], changes=[change.to_dict() for change in changes])
    else:
        for sentence in sentences(changes):
            say(sentence)


def _look(settings: Settings, place: str) -> tuple[Lock, Sequence[Diagnostic]]:
    """What a lock of the site would hold now."""
    from importmap._compose.site import Site
    from importmap._lock.write import lock as locked

    site = Site(settings)
    project = "" if settings.project is None else os.fspath(settings.project)
    folder = os.path.dirname(os.path.abspath(place))
    current, diagnostics = locked(site.packages, site.contexts, project, folder)
    return current, [*site.diagnostics, *diagnostics]


def _compare(written: Lock, current: Lock, place: str) -> None:
    from importmap._lock.diff import differences, sentences

    changes = list(sentences(differences(written, current)))
    if not changes:
        say(f"{place}: is up to date.")
        return
    say(f"{place}: is out of date.")
    for sentence in changes:
        say(f"  {sentence}")
    sys.exit(STALE)
