"""What the commands print, and how they end."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

import click
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from importmap._base.diagnostics import Diagnostic, ImportMapError
from importmap._base.printable import printable, printable_json
from importmap._base.writing import remove_leftovers, write_atomically
from importmap._site.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._tools.lookup import Found

#: Exit statuses: of what has problems, and of `--check` where something is out of date.
PROBLEMS, STALE = 1, 3
#: How many rows a table has at most that is fitted to a terminal, which takes long.
_FOLDED = 500
#: How wide the column of a table is at most.
_WIDEST = 1000

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
    """Write what a command has made to its `output_option`, or print it.

    :param data: a document in UTF-8 that is printable in lines.
    """
    if output is None:
        click.echo(data, nl=False)
    else:
        write(output, data)


def deliver_json(text: str, output: str | None = None) -> None:
    """The same for JSON, which is printed in printable ASCII, so that any stream takes it."""
    if output is None:
        click.echo(printable_json(text), nl=False)
    else:
        write(output, text.encode())


def say(*lines: str, err: bool = False) -> None:
    """Print some lines for people. All text that is no document for programs is printed here.

    :param lines: texts from anywhere. Not one of them can do more to a terminal than fill a line.
    :param err: whether they go to the standard error stream.
    """
    for line in lines:
        click.echo(_readable(line, sys.stderr if err else sys.stdout), err=err)


def say_table(head: Iterable[str], rows: Iterable[Iterable[str]], *, numbers: Container[str] = ()) -> None:
    """Print a table.

    :param head: the names of the columns.
    :param rows: their texts, from anywhere.
    :param numbers: the columns that hold numbers.
    """
    columns = list(head)
    cells = [[_readable(text, sys.stdout) for text in row] for row in rows]
    if not sys.stdout.isatty() or len(cells) > _FOLDED:
        click.echo("\n".join(_wide_table(columns, cells, numbers)))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold", justify="right" if name in numbers else "left")
    for row in cells:
        table.add_row(*row)
    Console(highlight=False, markup=False, emoji=False).print(table)


def _wide_table(head: list[str], rows: list[list[str]], numbers: Container[str]) -> Iterator[str]:
    """Yield the lines of a table without folds: a pipe has no width, and long tables are read by programs.

    A text that is wider than most leaves its column, or each row would be as wide.
    """
    widths = [
        max(min(_WIDEST, cell_len(text)) for text in column) for column in zip(head, *rows, strict=True)
    ]
    blank = " " * (sum(widths) + 3 * len(widths) - 1)

    def line(row: list[str]) -> str:
        texts = []
        for name, text, width in zip(head, row, widths, strict=True):
            space = " " * (width - cell_len(text))
            texts.append(space + text if name in numbers else text + space)
        return f" {'   '.join(texts)} "

    rule = "─" if _readable("─", sys.stdout) == "─" else "-"
    yield from (blank, line(head), f" {rule * (len(blank) - 2)} ")
    yield from map(line, rows)
    yield blank


def _readable(text: str, stream: TextIO) -> str:
    """Return a text as a line, with escapes for what is not printable or a stream cannot encode."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return printable(text).encode(encoding, "backslashreplace").decode(encoding)


def print_json(diagnostics: Iterable[Diagnostic], **members: object) -> None:
    """Print the result of a command for programs, with what was found on the way."""
    document = {**members, "diagnostics": [diagnostic.to_dict() for diagnostic in diagnostics]}
    deliver_json(json.dumps(document, indent=2) + "\n")


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


def lines_of(diagnostic: Diagnostic) -> list[str]:
    """Return the lines of a finding, the first with its severity and code."""
    return f"{diagnostic.severity} {diagnostic.code}: {diagnostic}".split("\n")


def finish(diagnostics: Iterable[Diagnostic]) -> None:
    """Print what was found, and end as the worst of it demands."""
    diagnostics = list(diagnostics)
    for diagnostic in diagnostics:
        say(*lines_of(diagnostic), err=True)
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        sys.exit(PROBLEMS)


def quoted(contexts: Sequence[str]) -> str:
    """The names of contexts in a sentence."""
    return ", ".join(map(repr, contexts))
