"""The map of the admin's pages: that of the context `admin`, for staff only."""

from __future__ import annotations

from django import forms, template
from django.core.exceptions import SynchronousOnlyOperation
from django.http import HttpRequest

from importmap import ImportMapError, UnknownContextError
from importmap._compose.registry import load
from importmap._map.html import Html
from importmap.contrib.django._media import contexts_of_media
from importmap.contrib.django._page import page_of
from importmap.contrib.django._settings import serves_admin
from importmap.contrib.django._tags import print_map, request_of

#: A key of what one rendering remembers.
_ASKED = "importmap_admin"


def print_admin_map(context: template.Context) -> str:
    """The map of the admin, the first time that a page asks; nothing for everybody but staff.

    Nothing either if the page has a map already, or needs none.
    """
    if _ASKED in context.render_context:
        return ""
    context.render_context[_ASKED] = True
    request = request_of(context)
    if request is None or not serves_admin() or page_of(request).import_map is not None:
        return ""
    allowed = context.get("has_permission")
    if allowed is None:
        allowed = is_staff(request)
    contexts = contexts_of_page(context.get("media")) if allowed else []
    return Html(print_map(context, contexts)) if contexts else ""


def is_staff(request: HttpRequest) -> bool:
    """Whether somebody is logged in who may see an admin."""
    user = getattr(request, "user", None)
    try:
        return user is not None and user.is_active and user.is_staff
    except SynchronousOnlyOperation:
        # The template of an async view, which has not said `has_permission`.
        return False


def contexts_of_page(media: object) -> list[str]:
    """The contexts of a page of the admin: `admin`, if there is anything for it, and those of its media."""
    contexts = contexts_of_media(media) if isinstance(media, forms.Media) else []
    try:
        load(["admin"])
    except UnknownContextError:
        return contexts
    except ImportMapError:
        # Who prints the map says what is wrong.
        pass
    return ["admin", *(name for name in contexts if name != "admin")]
