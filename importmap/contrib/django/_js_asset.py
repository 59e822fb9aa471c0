"""Our map as an import map of django-js-asset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from importmap import ImportMap, ImportMapError
from importmap._base.public import public

from ._media import Bearer, Contexts, Needs, needs_of_map, unread
from ._page import raise_or_log, with_media


@public
class JSAssetImportMap:
    """What ``js_asset.Media(importmap=...)`` takes: our map, for pages that have no ``{% importmap %}``.

    ``|`` unites it with import maps of django-js-asset, on either side. Maps are made when they
    are printed; where they disagree, ours wins. ``{% importmap %}`` takes it out of the media.

    :param parts: names of contexts, or import maps: ours, and those of django-js-asset, of which
        the later wins.
    :raises TypeError: for no part, and for anything else.
    :raises ValueError: for what cannot be the name of a context.
    """

    def __init__(self, *parts: Any) -> None:
        if not parts:
            raise TypeError('JSAssetImportMap needs the name of a context, such as JSAssetImportMap("admin")')
        for part in parts:
            if isinstance(part, str):
                Contexts(part)
            elif not _is_map(part):
                raise TypeError(f"JSAssetImportMap takes names of contexts and import maps, not {part!r}")
        # Of a part that is there many times, as the same widget is on a form, the last counts.
        self.parts: tuple[Any, ...] = tuple({id(part): part for part in reversed(parts)}.values())[::-1]

    def __repr__(self) -> str:
        return f"JSAssetImportMap({', '.join(map(repr, self.parts))})"

    def __or__(self, other: object) -> JSAssetImportMap:
        return JSAssetImportMap(*self.parts, *_parts(other)) if _is_map(other) else NotImplemented

    def __ror__(self, other: object) -> JSAssetImportMap:
        return JSAssetImportMap(other, *self.parts) if _is_map(other) else NotImplemented

    def render(self, *, attrs: Mapping[str, object] | None = None) -> Bearer:
        """The script element of the map.

        :param attrs: further attributes, such as a nonce.
        :raises ImportMapError: in DEBUG, what is logged otherwise.
        """
        needs = sum(map(_needs, self.parts), Needs())
        try:
            import_map = with_media([], None, needs)
        except ImportMapError as error:
            raise_or_log(error)
            import_map = with_media([], None, replace(needs, contexts=()))
        return Bearer(import_map.render({**needs.attrs, **(attrs or {})}), needs)

    def __html__(self) -> Bearer:
        return self.render()

    def __str__(self) -> str:
        return self.__html__()


def _is_map(part: object) -> bool:
    return callable(getattr(part, "render", None))


def _parts(part: object) -> tuple[Any, ...]:
    return part.parts if isinstance(part, JSAssetImportMap) else (part,)


def _needs(part: Any) -> Needs:
    if isinstance(part, str):
        return Needs(contexts=(part,))
    if isinstance(part, ImportMap):
        return Needs(maps=(part,))
    try:
        return needs_of_map(part.render())
    except Exception as error:  # noqa: BLE001  # whatever somebody's map raises
        return unread("an import map of django-js-asset is left out", error)
