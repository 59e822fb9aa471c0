"""`importmap why`: who provides a module and who imports it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click

from .output import (
    PROBLEMS,
    base_url_option,
    contexts_argument,
    format_option,
    json_errors,
    owner,
    print_json,
    project_option,
    quoted,
    say,
    settings,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._tools.lookup import Found, Place
    from importmap._tools.why import Answer


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
    from importmap._tools.why import why as ask

    configured = settings(base_url, project)
    with json_errors(form, name=name, contexts=contexts, found=[], importers=[], reasons=[]):
        answer = ask(configured, name, contexts)
    if form == "json":
        print_json([], **answer)
    else:
        say(answer["name"], *_lines(answer))
    if not any(item["loaded"] and item["url"] is not None for item in answer["found"]):
        sys.exit(PROBLEMS)


def _lines(answer: Answer) -> Iterable[str]:
    for item in answer["found"]:
        yield from (f"  {line}" for line in _about(item))
    yield from (f"  imported by {' > '.join(chain)}" for chain in answer["importers"])
    yield from (f"  {line}" for reason in answer["reasons"] for line in reason.split("\n"))


def _about(item: Found) -> Iterable[str]:
    said = f", as {item['specifier']!r}" if item["kind"] != "file" else ""
    yield f"{item['kind']}, from {owner(item) or 'the site'}{said}"
    if "users" in item:
        yield f"  for     {', '.join(item['users'])}"
    if "contexts" in item:
        yield f"  entry   {quoted(item['contexts'])}"
    if "target" in item:
        yield f"  site    {item['decision']}: {item['target']!r}"
    yield f"  loaded  {quoted(item['loaded']) or 'nowhere'}"
    for key in ("path", "url", "file", "size", "sha384"):
        if item.get(key) is not None:
            yield f"  {key:7} {item[key]}"
    if "declared" in item:
        yield f"  in place of {_own(item['declared'])}"
    yield from (f"  in place of {_own(place)}, which is equal" for place in item.get("equal", ()))
    yield from (f"  imported by {' > '.join(chain)}" for chain in item["importers"])


def _own(place: Place) -> str:
    return f"{place.get('distribution', 'the site')}'s own {place.get('path') or place['url']}"
