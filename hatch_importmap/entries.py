"""From the keys of a declaration to exact entries, as Node expands package.json `exports`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import PATH_RULE, is_path
from importmap._base.tables import quote_key
from importmap._manifest.entries import Item

from .declaration import PLACE, Declaration
from .files import PublicFiles, finder, matcher
from .missing import MissingFiles


@dataclass(frozen=True)
class Entry:
    """One specifier and the file that it stands for.

    :param specifier: the full specifier, without a ``*``.
    :param path: the public path; None where the item has a URL.
    :param item: the key that it comes from.
    """

    specifier: str
    path: str | None
    item: Item


@dataclass(frozen=True)
class Expansion:
    """All entries of a declaration, and what was found on the way.

    :param missing: what knows about files that are not shipped.
    """

    imports: list[Entry]
    vendored: list[Entry]
    problems: list[Diagnostic]
    missing: MissingFiles

    def places(self) -> dict[str, str]:
        """Each public path that is no folder, and the first key that leads to it."""
        places: dict[str, str] = {}
        for section, entries in (("imports", self.imports), ("vendored", self.vendored)):
            for entry in entries:
                if entry.path is not None and not entry.path.endswith("/"):
                    places.setdefault(entry.path, _place(section, entry.item))
        return places


def expand(declaration: Declaration, files: PublicFiles) -> Expansion:
    """The entries of a declaration.

    :param declaration: what the author declares.
    :param files: the files that the wheel ships.
    :returns: the entries, each table sorted by specifier; errors and warnings beside them.
    """
    problems: list[Diagnostic] = []
    missing = MissingFiles(files)
    imports = _expand_table("imports", declaration.imports, files, missing, problems)
    vendored = _expand_table("vendored", declaration.vendored, files, missing, problems)
    expansion = Expansion(imports, vendored, problems, missing)
    if declaration.vendored or any(item.is_private for item in declaration.imports):
        problems += outside_folders(expansion.places())
    problems += wrong_types(expansion.places())
    return expansion


def pattern_rank(specifier: str) -> tuple[int, int]:
    """Sorts patterns and prefixes by how much they say: PATTERN_KEY_COMPARE of Node, the best first."""
    base = specifier.index("*") + 1 if "*" in specifier else len(specifier)
    return -base, -len(specifier)


def _place(section: str, item: Item) -> str:
    return f"{PLACE}.{section}.{quote_key(item.key)}"


def _expand_table(
    section: str,
    items: Iterable[Item],
    files: PublicFiles,
    missing: MissingFiles,
    problems: list[Diagnostic],
) -> list[Entry]:
    exact = {item.specifier: item for item in items if not (item.is_pattern or item.is_prefix)}
    wide = [item for item in items if item.is_pattern or item.is_prefix]
    wide.sort(key=lambda item: pattern_rank(item.specifier))
    entries = [Entry(specifier, item.path, item) for specifier, item in exact.items() if not item.is_excluded]
    problems += [
        missing.report(_place(section, entry.item), "IM010", entry.path)
        for entry in entries
        if entry.path is not None and entry.path not in files.wheel
    ]
    for item in wide:
        matched = list(_matches(item, files))
        place = _place(section, item)
        if item.path is not None and not matched:
            problems.append(missing.report(place, "IM011", item.path, is_pattern=True))
        problems += [
            Diagnostic("IM004", "error", f"matches {path!a}, which is refused: {PATH_RULE}.", place=place)
            for _, path in matched
            if not is_path(path)
        ]
        if item.is_prefix:
            entries.append(Entry(item.specifier, item.path, item))
            problems += _prefix_problems(section, item, exact)
        entries += [
            Entry(specifier, path, item)
            for specifier, path in matched
            if specifier not in exact and _winner(specifier, wide) is item
        ]
    return sorted(entries, key=lambda entry: entry.specifier)


def _matches(item: Item, files: PublicFiles) -> Iterator[tuple[str, str]]:
    """The specifiers that a pattern or prefix stands for, with their public paths."""
    if item.path is not None:
        matches = finder(item.path)
        for path in sorted(files.wheel):
            star = matches(path)
            if star is None:
                continue
            specifier = item.specifier + star if item.is_prefix else item.specifier.replace("*", star)
            # As in Node, a star that makes an empty segment is no match.
            if is_path(specifier.removeprefix("#")) or not is_path(path):
                yield specifier, path


def _winner(specifier: str, wide: list[Item]) -> Item:
    """The pattern or prefix that says most about a specifier; one of them matches it."""
    return next(item for item in wide if matcher(item.specifier)(specifier) is not None)


def _prefix_problems(section: str, item: Item, exact: dict[str, Item]) -> Iterator[Diagnostic]:
    message = (
        "each file below it gets an entry of its own too; "
        "any other name that is imported through the prefix has a URL that is not cache-busted."
    )
    pattern = f'"{item.key}*" = "{item.path}*"'
    hint = pattern if section == "imports" else ""
    yield Diagnostic("IM051", "warning", message, place=_place(section, item), hint=hint)
    for specifier, other in exact.items():
        if other.is_excluded and specifier.startswith(item.specifier):
            message = f"cannot be excluded: the prefix {item.key!r} maps it all the same."
            yield Diagnostic("IM006", "error", message, place=_place(section, other), hint=pattern)


def outside_folders(places: Mapping[str, str]) -> Iterator[Diagnostic]:
    """An error for each file that lies in no folder.

    :param places: public path -> what leads to it.
    """
    for path, place in places.items():
        if "/" not in path:
            message = (
                f"{path!r} must lie in a folder of this package's own: "
                "private and third-party names need a URL prefix that no other package has."
            )
            yield Diagnostic("IM013", "error", message, place=place)


def wrong_types(places: Mapping[str, str]) -> Iterator[Diagnostic]:
    """A warning for each file that many servers send with the wrong type.

    :param places: public path -> what leads to it.
    """
    for path, place in places.items():
        if path.endswith(".mjs"):
            message = f"many servers send {path!r} with a type that browsers refuse; name it .js."
            yield Diagnostic("IM050", "warning", message, place=place)
