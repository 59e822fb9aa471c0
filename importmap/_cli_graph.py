"""The commands about what pages load: `collect`, `check` and `why`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

import click

from ._cli_output import (
    PROBLEMS,
    base_url_option,
    contexts_argument,
    finish,
    format_option,
    json_errors,
    owner,
    print_json,
    project_option,
    settings,
)
from ._diagnostics import Diagnostic
from ._errors import ImportMapError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._found import Found, Place
    from ._why import Answer


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
    from ._collect import collect as write
    from ._gather import Gathered
    from ._site import Site

    site = Site(settings(None, project))
    reached = site.shipped(contexts or site.contexts)
    gathered = Gathered(reached)
    if any(found.severity == "error" for found in gathered.diagnostics):
        click.echo(f"{folder}: nothing is written.")
    else:
        done = write(folder, gathered.files, hashed=hashed)
        click.echo(
            f"{folder}: {len(done.written)} written, {done.kept} unchanged, {len(done.removed)} removed."
        )
    finish([*site.diagnostics, *reached.diagnostics, *gathered.diagnostics])


@click.command()
@contexts_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="For people, for programs, or as annotations of GitHub Actions.",
)
@base_url_option
@project_option
def check(contexts: Sequence[str], form: str, base_url: str | None, project: str | None) -> None:
    """What is wrong with what pages load: those of some contexts, or of all.

    Imports that lead to nothing and missing files are errors.
    """
    from ._check_site import check_site

    configured = settings(base_url, project)
    named: Sequence[str]
    found: Sequence[Diagnostic]
    try:
        named, found = check_site(configured, contexts)
    except ImportMapError as error:
        named, found = contexts, error.diagnostics
    if form == "json":
        print_json(found, contexts=named)
    else:
        for diagnostic in found:
            text = f"{diagnostic.severity} {diagnostic.code}: {diagnostic}"
            click.echo(text if form == "text" else _annotation(diagnostic))
        click.echo(_summary(named, found))
    if any(diagnostic.severity == "error" for diagnostic in found):
        sys.exit(PROBLEMS)


@click.command()
@click.argument("name", metavar="SPECIFIER")
@contexts_argument
@format_option
@base_url_option
@project_option
def why(name: str, contexts: Sequence[str], form: str, base_url: str | None, project: str | None) -> None:
    """Who provides a module and who imports it, or why it is not there.

    SPECIFIER may also be a URL or a public path. Exit status 1 if no page has it.
    """
    from ._why import why as ask

    configured = settings(base_url, project)
    with json_errors(form, name=name, contexts=contexts, found=[], importers=[], reasons=[]):
        answer = ask(configured, name, contexts)
    if form == "json":
        print_json([], **answer)
    else:
        click.echo("\n".join([answer["name"], *_lines(answer)]))
    if not any(item["loaded"] and item["url"] is not None for item in answer["found"]):
        sys.exit(PROBLEMS)


def _annotation(found: Diagnostic) -> str:
    """A workflow command of GitHub Actions."""
    from ._check_site import position

    level = {"info": "notice"}.get(found.severity, found.severity)
    file, line, column = position(found.place)
    place: Mapping[str, object] = {"file": file, "line": line, "col": column} if line else {}
    named = ",".join(
        f"{key}={_escaped(value, ':,')}" for key, value in {**place, "title": found.code}.items()
    )
    return f"::{level} {named}::{_escaped(found.replace(place='') if line else found)}"


def _escaped(value: object, more: str = "") -> str:
    text = str(value)
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _summary(contexts: Sequence[str], found: Sequence[Diagnostic]) -> str:
    counts = []
    for severity, noun in (("error", "error"), ("warning", "warning"), ("info", "note")):
        count = sum(diagnostic.severity == severity for diagnostic in found)
        counts.append(f"{count} {noun}" if count == 1 else f"{count} {noun}s")
    # What keeps all maps from being made may keep contexts from being known.
    about = f"{_names(contexts)}: " if contexts else ""
    return f"{about}{', '.join(counts)}."


def _lines(answer: Answer) -> Iterable[str]:
    for item in answer["found"]:
        yield from (f"  {line}" for line in _about(item))
    yield from (f"  imported by {' > '.join(chain)}" for chain in answer["importers"])
    yield from (f"  {reason}" for reason in "\n".join(answer["reasons"]).splitlines())


def _about(item: Found) -> Iterable[str]:
    said = f", as {item['specifier']!r}" if item["kind"] != "file" else ""
    yield f"{item['kind']}, from {owner(item) or 'the site'}{said}"
    if "users" in item:
        yield f"  for     {', '.join(item['users'])}"
    if "contexts" in item:
        yield f"  entry   {_names(item['contexts'])}"
    if "target" in item:
        yield f"  site    {item['decision']}: {item['target']!r}"
    yield f"  loaded  {_names(item['loaded']) or 'nowhere'}"
    for key in ("path", "url", "file", "size", "sha384"):
        if item.get(key) is not None:
            yield f"  {key:7} {item[key]}"
    if "declared" in item:
        yield f"  in place of {_own(item['declared'])}"
    yield from (f"  in place of {_own(place)}, which is equal" for place in item.get("equal", ()))
    yield from (f"  imported by {' > '.join(chain)}" for chain in item["importers"])


def _own(place: Place) -> str:
    return f"{place.get('distribution', 'the site')}'s own {place.get('path') or place['url']}"


def _names(contexts: Sequence[str]) -> str:
    return ", ".join(map(repr, contexts))
