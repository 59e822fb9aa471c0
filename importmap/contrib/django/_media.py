"""``forms.Media``: a widget says which contexts its page needs, in the markup that it prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms

from importmap import Diagnostic, ImportMap
from importmap._base.grammar import CONTEXT_RULE, is_context
from importmap._base.public import public
from importmap._base.value import Immutable
from importmap._map.html import Html

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


@public
class Contexts(Immutable):
    """An asset for the ``js`` of media: the page's map needs these contexts. It prints nothing.

    ``{% importmap %}`` and the admin read it from the page's media.

    :param contexts: names of contexts.
    :raises TypeError: for no name, and for what is no string.
    :raises ValueError: for what cannot be the name of a context.
    """

    __slots__ = ("contexts",)

    contexts: tuple[str, ...]

    def __init__(self, *contexts: str) -> None:
        if not contexts:
            raise TypeError('Contexts needs the name of a context, such as Contexts("admin")')
        for name in contexts:
            if not isinstance(name, str):
                raise TypeError(f'Contexts takes names, as in Contexts("admin", "public"), not {name!r}')
            if not is_context(name):
                raise ValueError(f"the context {name!r} is refused: {CONTEXT_RULE}")
        # In the order of the alphabet, so that the same contexts are the same asset.
        self._set(contexts=tuple(sorted(set(contexts))))

    def __repr__(self) -> str:
        return f"Contexts({', '.join(map(repr, self.contexts))})"

    def __html__(self) -> Bearer:
        return Bearer("", Needs(self.contexts))

    def __str__(self) -> str:
        return self.__html__()


@public
def contexts_of_media(media: forms.Media) -> list[str]:
    """The contexts that media need, in the order of their assets."""
    return list(_of_scripts(media).contexts)


def take(media: forms.Media) -> tuple[Needs, forms.Media]:
    """What media need of the page's map, and the media without what the map will have.

    :returns: the needs; and the same media, or if they have an import map of django-js-asset,
        media of the same type with the same assets and nonce, and no import map.
    """
    needs = _of_scripts(media)
    # Media of django-js-asset have this method.
    render_importmap = getattr(media, "render_importmap", None)
    if render_importmap is None:
        return needs, media
    try:
        maps = [needs_of_map(markup) for markup in render_importmap()]
        rest = media["css"] + media["js"] if maps else media
    except Exception as error:  # noqa: BLE001  # whatever somebody's assets raise
        return needs + unread("the import map of the page's media is left where it is", error), media
    return sum(maps, needs), rest


def _of_scripts(media: forms.Media) -> Needs:
    try:
        scripts: Iterable[object] = media.render_js()
    except Exception as error:  # noqa: BLE001  # whatever somebody's assets raise
        return unread("the contexts of the page's media cannot be read", error)
    return sum((each.needs for each in scripts if isinstance(each, Bearer)), Needs())
