"""`importmap check`: the problems of what pages load, for people, programs and GitHub Actions."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from importmap._base.diagnostics import Diagnostic, ImportMapError
from importmap._base.printable import printable

from .output import (
    PROBLEMS,
    base_url_option,
    contexts_argument,
    lines_of,
    print_json,
    project_option,
    quoted,
    say,
    settings,
)


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
    from importmap._tools.check import check_site

    configured = settings(base_url, project)
    named: Sequence[str]
    diagnostics: Sequence[Diagnostic]
    try:
        named, diagnostics = check_site(configured, contexts)
    except ImportMapError as error:
        named, diagnostics = contexts, error.diagnostics
    if form == "json":
        print_json(diagnostics, contexts=named)
    else:
        for diagnostic in diagnostics:
            say(*(lines_of(diagnostic) if form == "text" else [_annotation(diagnostic)]))
        say(_summary(named, diagnostics))
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        sys.exit(PROBLEMS)


def _annotation(diagnostic: Diagnostic) -> str:
    """A workflow command of GitHub Actions."""
    from importmap._tools.check import position

    level = {"info": "notice"}.get(diagnostic.severity, diagnostic.severity)
    file, line, column = position(diagnostic.place)
    place: Mapping[str, object] = {"file": file, "line": line, "col": column} if line else {}
    named = ",".join(
        f"{key}={_escaped(value, ':,')}" for key, value in {**place, "title": diagnostic.code}.items()
    )
    return f"::{level} {named}::{_escaped(diagnostic.replace(place='') if line else diagnostic)}"


def _escaped(value: object, more: str = "") -> str:
    # A diagnostic is printable, and has line feeds.
    text = str(value) if isinstance(value, Diagnostic) else printable(str(value))
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _summary(contexts: Sequence[str], diagnostics: Sequence[Diagnostic]) -> str:
    counts = []
    for severity, noun in (("error", "error"), ("warning", "warning"), ("info", "note")):
        count = sum(diagnostic.severity == severity for diagnostic in diagnostics)
        counts.append(f"{count} {noun}" if count == 1 else f"{count} {noun}s")
    # What keeps all maps from being made may keep contexts from being known.
    about = f"{quoted(contexts)}: " if contexts else ""
    return f"{about}{', '.join(counts)}."
