"""The command line: what a site would get, what is installed, what a build would write."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import click

from importmap._base.diagnostics import ImportMapError
from importmap._compose.registry import Registry
from importmap._discovery import source_tree
from importmap._discovery.own_package import MARK
from importmap._manifest.document import DEFAULT_CONTEXTS, encode
from importmap._map.import_map import ImportMap

from .check import check
from .collect import collect
from .export import export
from .graph import graph
from .list import list_
from .lock import diff, lock
from .output import (
    PROBLEMS,
    base_url_option,
    configuration,
    contexts_argument,
    deliver_json,
    finish,
    json_errors,
    output_option,
    project_option,
    say,
    say_table,
)
from .why import why


class Group(click.Group):
    """Our errors are sentences for a person: no traceback, exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ImportMapError as error:
            say(*str(error).split("\n"), err=True)
            sys.exit(PROBLEMS)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=MARK)
def cli() -> None:
    """Import maps of the JavaScript modules that installed packages ship.

    Exit status: 0 fine, 1 problems found, 2 wrong usage.
    """
    # Each command prints what was found; a handler keeps `logging` from printing it as well.
    logging.getLogger("importmap").addHandler(logging.NullHandler())


@cli.command()
@contexts_argument
@click.option("--json", "form", flag_value="json", help="Print the map as JSON.")
@click.option("--html", "form", flag_value="html", help="Print the map as a template does.")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
@base_url_option
@project_option
def show(contexts: Sequence[str], form: str, base_url: str | None, project: str | None) -> None:
    """The merged map of some contexts (default: `default`)."""
    try:
        registry = Registry(**configuration(static=base_url, project=project))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--base-url") from None
    contexts = contexts or DEFAULT_CONTEXTS
    with json_errors(form):
        import_map = registry.load(contexts)
        diagnostics = registry.diagnostics(contexts)
    if form == "json":
        deliver_json(import_map.to_json(indent=2) + "\n")
    elif form == "html":
        click.echo(import_map.render())
    else:
        _print_map(import_map)
        others = [name for name in registry.contexts if name not in contexts]
        if others and not import_map.imports:
            asked, known = (", ".join(map(repr, names)) for names in (contexts, others))
            say(f"No package has entries in {asked}. Other contexts: {known}.")
    finish(diagnostics)


@cli.command()
@click.argument("project", default=".", type=click.Path(exists=True))
@output_option
def build(project: str, output: str | None) -> None:
    """The manifest that a build of PROJECT would write, with the build's warnings.

    A preview for Hatch projects. For other build backends it is the file to ship beside
    the package's __init__.py; for an application, the production form of its project.
    """
    manifest, warnings = source_tree.build(project)
    deliver_json(encode(manifest).decode(), output)
    finish(warnings)


for command in (check, collect, diff, export, graph, list_, lock, why):
    cli.add_command(command)


def _print_map(import_map: ImportMap) -> None:
    tables = {"": import_map.imports, **import_map.scopes}
    rows = ((name, url or "blocked", scope) for scope, names in tables.items() for name, url in names.items())
    say_table(("specifier", "URL", "only for modules of"), rows)
