"""``forms.Media``: a widget says which contexts its page needs."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from importmap._grammar import CONTEXT_RULE, is_context
from importmap._value import Value

from ._media_needs import Bearer, Needs, needs_of_map, unread


class Contexts(Value):
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

    __str__ = __html__


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
