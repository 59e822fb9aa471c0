"""What media need of the page's map, and how they say so: in the markup that they print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from importmap import Diagnostic, ImportMap
from importmap._render import Html

from ._js_asset_map import Theirs, read, unite

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True)
class Needs:
    """What some media need of the map of their page.

    :param contexts: contexts that have to be in it.
    :param maps: maps of ours that have to be in it.
    :param theirs: maps of django-js-asset that have to be in it.
    :param problems: what could not be read.
    """

    contexts: tuple[str, ...] = ()
    maps: tuple[ImportMap, ...] = ()
    theirs: tuple[Theirs, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    def __add__(self, other: Needs) -> Needs:
        return Needs(
            tuple(dict.fromkeys(self.contexts + other.contexts)),
            self.maps + other.maps,
            self.theirs + other.theirs,
            self.problems + other.problems,
        )

    def united_with(self, import_map: ImportMap) -> tuple[ImportMap, list[Diagnostic]]:
        """A map that has the maps in it, too.

        :param import_map: the map of the contexts; it wins.
        :returns: the map, and everything that is wrong with the others.
        """
        problems = [*self.problems, *(problem for each in self.theirs for problem in each.problems)]
        for each in self.maps:
            import_map = each.override(import_map)
        if self.theirs:
            import_map, clashes = unite(import_map, self.theirs)
            problems += clashes
        return import_map, problems

    @property
    def attrs(self) -> dict[str, object]:
        """The attributes that the script element has to have."""
        return {name: value for each in self.theirs for name, value in each.attrs.items()}


class Bearer(Html):
    """Markup that says what it needs, to whoever reads it before it is printed."""

    __slots__ = ("needs",)

    needs: Needs

    def __new__(cls, markup: str, needs: Needs) -> Self:
        self = super().__new__(cls, markup)
        self.needs = needs
        return self


def needs_of_map(markup: object) -> Needs:
    """What the script element of an import map needs. :raises ValueError: if it cannot be read."""
    return markup.needs if isinstance(markup, Bearer) else Needs(theirs=(read(markup),))


def unread(what: str, error: Exception) -> Needs:
    """No needs, because somebody's asset or map raises an error.

    :param what: the beginning of a sentence that says what comes of it.
    """
    why = (str(error) or type(error).__name__).removesuffix(".")
    return Needs(problems=(Diagnostic("IM404", "warning", f"{what}: {why}."),))
