"""The map of the admin's pages, where a theme's templates cannot print it."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from importmap import Diagnostic

from ._admin.head import Insertion
from ._admin.map import contexts_of_page, is_staff
from ._page import nonce_of, note, page_of
from ._settings import serves_admin

#: Charsets that write other characters with the bytes of ASCII.
_STATEFUL = ("hz", "iso2022", "utf-7")


class ImportMapMiddleware(MiddlewareMixin):
    """Puts the map of the context `admin` first into the head of the admin's pages, for staff only.

    For themes that our template cannot extend; a page that has a map is left as it is. This is the
    last middleware in ``MIDDLEWARE``: below those that compress the pages, that say who the user
    is, and that send a Content Security Policy with the nonce that is read here.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Put the map into a page of the admin that prints none."""
        view = _admin_view(request)
        if view and _is_page(response) and serves_admin() and is_staff(request):
            page = page_of(request)
            # Of a TemplateResponse, as the admin's views return it.
            media = (getattr(response, "context_data", None) or {}).get("media")
            contexts = contexts_of_page(media) if page.import_map is None else []
            if contexts and not _has_obstacle(view, response):
                markup = page.print_map(contexts, nonce=nonce_of(None, request))
                # The map itself is ASCII, and attributes may have references to characters.
                _insert(markup.encode("ascii", "xmlcharrefreplace"), view, response)
        return response


def _admin_view(request: HttpRequest) -> str:
    """The name of the admin's view that has answered; or ``""``."""
    match = request.resolver_match
    return match.view_name if match is not None and "admin" in match.app_names else ""


def _is_page(response: HttpResponseBase) -> bool:
    """Whether a response is HTML that browsers show."""
    return (
        response.get("Content-Type", "").partition(";")[0].strip().lower() == "text/html"
        and not 300 <= response.status_code < 400
        # A part of a page, by its bytes.
        and not response.has_header("Content-Range")
        and not response.get("Content-Disposition", "").lower().startswith("attachment")
    )


def _has_obstacle(view: str, response: HttpResponseBase) -> bool:
    """Whether nothing can be put into a page, which is reported."""
    encoding = response.get("Content-Encoding")
    if encoding is not None:
        why = f"it comes with the Content-Encoding {encoding!r} already"
        line = f"{ImportMapMiddleware.__module__}.{ImportMapMiddleware.__qualname__}"
        hint = f'In MIDDLEWARE, "{line}" stands below "django.middleware.gzip.GZipMiddleware".'
    elif not _contains_ascii(response.charset):
        why, hint = f"its charset {response.charset!r} does not contain ASCII", "Send it as UTF-8."
    else:
        return False
    _report(view, why, hint)
    return True


def _contains_ascii(charset: str) -> bool:
    """Whether the bytes of ASCII are there, and mean the same wherever they stand."""
    try:
        name = codecs.lookup(charset).name
        return "<head>".encode(charset) == b"<head>" and not name.startswith(_STATEFUL)
    except (LookupError, ValueError):
        return False


def _insert(markup: bytes, view: str, response: Any) -> None:
    insertion = Insertion(
        markup,
        partial(_report, view, "its head does not begin", "Begin its head with <head>."),
        keeps_charset="charset" not in response["Content-Type"].lower(),
    )
    if response.streaming:
        inserted = _inserted_async if response.is_async else _inserted
        response.streaming_content = inserted(response.streaming_content, insertion)
        del response["Content-Length"]
    else:
        content = insertion.feed(response.content) + insertion.rest()
        if content == response.content:
            return
        response.content = content
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(content))
    # They tell one version from another of the page without the map.
    del response["ETag"]
    del response["Last-Modified"]


def _inserted(pieces: Iterable[bytes], insertion: Insertion) -> Iterator[bytes]:
    for piece in pieces:
        yield insertion.feed(piece)
    yield insertion.rest()


async def _inserted_async(pieces: AsyncIterable[bytes], insertion: Insertion) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield insertion.feed(piece)
    yield insertion.rest()


def _report(view: str, why: str, hint: str) -> None:
    # The page is as good as without the middleware: nothing is raised, in DEBUG either.
    message = f"the map is not put into this page: {why}."
    note(Diagnostic("IM406", "warning", message, place=view, hint=hint))
