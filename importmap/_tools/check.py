"""All that is wrong with what the pages of a site load."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import normalise
from importmap._base.suggest import Suggestions
from importmap._compose.site import Site
from importmap._discovery import source_tree
from importmap._site.equal_copies import united
from importmap._site.gather import File, Gathered
from importmap._site.graph import Graph
from importmap._site.reach import Reached
from importmap._site.settings import Settings
from importmap._site.third_party import Shared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._site.targets import File as TargetFile

_SEVERITIES = ["error", "warning", "info"]
#: At how many modules the search for copies to share looks at most; each name is a look at all modules.
_LOOKS = 50_000
_POSITION = re.compile(r"(?s)(.*):(\d+):(\d+)")


def check_site(settings: Settings, contexts: Sequence[str] = ()) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """Look at the map of each context by itself, and at the files that they lead to.

    :param contexts: the contexts; none for all that are known.
    :returns: the contexts, and what was found, the worst first.
    :raises ConflictError: if two distributions claim the same names or paths.
    :raises UnknownContextError: for a context that no package and no configuration knows.
    """
    site = Site(settings)
    named = tuple(dict.fromkeys(contexts)) or site.contexts
    reached = site.reached(named)
    gathered = Gathered(reached)
    problems = [*site.diagnostics, *gathered.diagnostics]
    for context in named:
        # Imports that lead to nothing are told below, with their places.
        problems += (problem for problem in site.load([context], None)[1] if problem.code != "IM216")
    problems += (*_unresolved(reached, gathered.files), *_servable(reached), *_undeclared(reached))
    problems += _sharable(site, settings, reached)
    return named, sorted(dict.fromkeys(problems), key=_order)


def position(place: str) -> tuple[str, int, int]:
    """File, line and column of a place; zeros where it names none."""
    match = _POSITION.fullmatch(place)
    return (place, 0, 0) if match is None else (match[1], int(match[2]), int(match[3]))


def _order(problem: Diagnostic) -> tuple[object, ...]:
    rank = _SEVERITIES.index(problem.severity)
    return rank, problem.distribution, position(problem.place), problem.code, problem.message


def _unresolved(reached: Reached, gathered: dict[str, File]) -> Iterator[Diagnostic]:
    """The imports that lead to nothing, each with all places where it is written."""
    suggestions = Suggestions(sorted({name for package in reached.packages for name in package.entries}))
    graph, loaded = reached.graph, _loaded_at_once(reached)
    for selection in reached.selections:
        package = selection.package
        for file in selection.files:
            # What a package has required is told without a place, unless a page certainly stops there.
            missing = {
                specifier: graph.is_missed(package, specifier)
                for specifier, is_static, target in graph.imports(file)
                if target.rule == "nothing"
                and not graph.is_ignored(package, specifier)
                and ((is_static and file in loaded) or not graph.is_missed(package, specifier))
            }
            for edge, place in _places(file.path, missing, gathered) if missing else ():
                if missing[edge]:
                    why = "which this package requires and no installed package provides."
                    line = f"importmap.configure(imports={{{edge!r}: ...}})"
                    hint = f"{line}  # or install a package that ships it"
                else:
                    why, hint = f"which nothing provides.{suggestions.did_you_mean(edge)}", ""
                message = f"imports {edge!r}, {why}"
                yield Diagnostic(
                    "IM216", "error", message, distribution=package.distribution, place=place, hint=hint
                )


def _loaded_at_once(reached: Reached) -> set[TargetFile]:
    """Return the files that a page loads as soon as it imports an entry: without any dynamic import."""
    loaded = {file for _, file in reached.entries()}
    queue = list(loaded)
    for file in queue:
        for _, is_static, target in reached.graph.imports(file):
            more = set(target.files) - loaded if is_static else ()
            loaded.update(more)
            queue += more
    return loaded


def _places(path: str, missing: Collection[str], files: dict[str, File]) -> Iterator[tuple[str, str]]:
    place = files[path].place if path in files else path
    written = source_tree.positions(files[path].content) if path in files else []
    placed = [(edge, f"{place}:{line}:{column}") for edge, line, column in written if edge in missing]
    yield from placed
    yield from ((edge, place) for edge in sorted({*missing} - {edge for edge, _ in placed}))


def _servable(reached: Reached) -> Iterator[Diagnostic]:
    """What builds warn of: names that servers or hashed URLs get wrong."""
    for selection in reached.selections:
        owner = selection.package.distribution
        for specifier, entry in selection.imports.items():
            if specifier.endswith("/"):
                message = (
                    f"the prefix {specifier!r} cannot be cache-busted: what is imported by it "
                    "and has no entry of its own keeps its plain URL."
                )
                yield Diagnostic("IM051", "warning", message, distribution=owner, place=entry["path"])
        for path in selection.paths:
            if path.endswith(".mjs"):
                message = "servers send .mjs files with the wrong type, and browsers then refuse them."
                yield Diagnostic("IM050", "warning", message, distribution=owner, place=path)


def _undeclared(reached: Reached) -> Iterator[Diagnostic]:
    """The packages whose modules a distribution requires, though its metadata does not."""
    for selection in reached.selections:
        package = selection.package
        owners = {
            name: owner
            for name in sorted(package.requires)
            if (owner := reached.packages.owner(name)) is not None and owner is not package
        }
        known = _required(package.distribution) if owners else None
        if known is None:
            continue
        for name, owner in owners.items():
            if owner.distribution not in known:
                about = f"a module of {owner.distribution}, which its metadata does not name."
                yield Diagnostic(
                    "IM058",
                    "warning",
                    f"requires {name!r}, {about}",
                    distribution=package.distribution,
                    hint=f'[project]\ndependencies = ["{owner.distribution}"]',
                )


def _sharable(site: Site, settings: Settings, reached: Reached) -> Iterator[Diagnostic]:
    """The third-party modules of which pages load several copies, where one would do."""
    copies: dict[str, set[str]] = {}
    for selection in reached.selections:
        paths = set(selection.paths)
        for name, copy in selection.package.vendored.items():
            if copy["path"] in paths:
                copies.setdefault(name, set()).add(copy["path"])
    names = sorted(name for name, paths in copies.items() if len(paths) > 1)
    # Each name is a look at the whole site, also at the files that pages load then.
    names = names[: 1 + _LOOKS // sum(len(package.modules) for package in site.packages)] if names else []
    loaded = _bytes(reached) if names else 0
    for name in names:
        shared = Shared(site.packages, {**settings.shared, name: None})
        graph = united(Graph(site.packages, settings, shared=shared))
        saved = loaded - _bytes(Reached(graph, reached.contexts))
        if saved > 0:
            message = (
                f"one copy of {name!r} in place of {len(copies[name])} would save {saved} of {loaded} bytes."
            )
            yield Diagnostic("IM226", "info", message, hint=f"importmap.configure(shared=[{name!r}])")


def _bytes(reached: Reached) -> int:
    """How much pages can load at most."""
    files = Gathered(reached).files
    paths = {path for selection in reached.selections for path in selection.paths}
    return sum(len(files[path].content) for path in paths & files.keys())


def _required(distribution: str) -> set[str] | None:
    """The distributions that the metadata of one names, in whatever extra; None if it has none."""
    # Slow to import, and only this command needs it.
    import importlib.metadata

    from importmap._discovery.distributions import metadata_of

    try:
        metadata = metadata_of(importlib.metadata.distribution(distribution))
        lines = metadata.get_all("Requires-Dist") or []
        is_known = "Name" in metadata
    except Exception:  # noqa: BLE001  # somebody else's finder or file may raise anything
        return None
    names = (re.match(r"[\w.-]+", line) for line in lines)
    return {normalise(match[0]) for match in names if match} if is_known else None
