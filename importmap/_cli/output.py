"""What the commands print, and how they end."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console

from importmap._base.diagnostics import Diagnostic, ImportMapError
from importmap._base.files import remove_leftovers, write_atomically
from importmap._site.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._tools.lookup import Found

#: Exit statuses: of what has problems, and of `--check` where something is out of date.
PROBLEMS, STALE = 1, 3

project_option = click.option(
    "--project",
    type=click.Path(exists=True, dir_okay=False),
    help="The application's own pyproject.toml, or the JSON that `importmap build` wrote.",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="For people or for programs.",
)
contexts_argument = click.argument("contexts", nargs=-1, metavar="[CONTEXT]...")
output_option = click.option(
    "-o", "--output", type=click.Path(), help="The file to write (default: print it)."
)
base_url_option = click.option(
    "--base-url", metavar="URL", help="Where the site serves static files (default: /static/)."
)


def configuration(**options: object) -> dict[str, Any]:
    """The keyword arguments of `Registry`: what a framework has configured, and the options that were given.

    :param options: `static` and `project`; None where the command line does not say.
    """
    configured: dict[str, Any] = click.get_current_context().obj or {}
    return {**configured, **{key: value for key, value in options.items() if value is not None}}


def settings(base_url: str | None, project: str | None) -> Settings:
    try:
        return Settings(**configuration(static=base_url, project=project))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--base-url") from None


def write(path: str, data: bytes) -> None:
    """Write a file. :raises click.FileError: if that is not possible."""
    remove_leftovers(os.path.dirname(os.path.abspath(path)))
    try:
        write_atomically(path, data)
    except OSError as error:
        raise click.FileError(path, error.strerror) from None


def deliver(data: bytes, output: str | None) -> None:
    """Write what a command has made to its `output_option`, or print it."""
    if output is None:
        click.echo(data, nl=False)
    else:
        write(output, data)


def print_json(diagnostics: Iterable[Diagnostic], **members: object) -> None:
    document = {**members, "diagnostics": [diagnostic.to_dict() for diagnostic in diagnostics]}
    click.echo(json.dumps(document, indent=2))


@contextmanager
def json_errors(form: str, **members: object) -> Iterator[None]:
    """Programs find what keeps a command from its result where they look for the result."""
    try:
        yield
    except ImportMapError as error:
        if form == "json":
            print_json(error.diagnostics, **members)
        raise


def owner(item: Found) -> str:
    """The distribution that an item is of, with its version; nothing where it is the site's own."""
    return " ".join(filter(None, [item.get("distribution"), item.get("version")]))


def console() -> Console:
    # A pipe has no width: nothing may be folded there.
    width = None if sys.stdout.isatty() else 10_000
    return Console(width=width, highlight=False, markup=False, emoji=False)


def finish(diagnostics: Iterable[Diagnostic]) -> None:
    """Print what was found, and end as the worst of it demands."""
    diagnostics = list(diagnostics)
    for diagnostic in diagnostics:
        click.echo(f"{diagnostic.severity} {diagnostic.code}: {diagnostic}", err=True)
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        sys.exit(PROBLEMS)


def quoted(contexts: Sequence[str]) -> str:
    """The names of contexts in a sentence."""
    return ", ".join(map(repr, contexts))
