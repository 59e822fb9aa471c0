"""The view that answers ``extend()`` of ``importmap/lazy``."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views import View

from importmap import ConflictError, ParseError, UnknownContextError
from importmap._compose.delta import delta, read_label

from ._settings import deltas
from ._tags import names

#: The contexts that everybody may have, or a function that is asked about each.
Allowed = Collection[str] | Callable[[HttpRequest, str], bool]


class DeltaView(View):
    """What a page needs to have the modules of further contexts.

    ``?contexts=editor`` names them, with spaces between, and ``page`` is what the page's map has in
    `data-importmap`. Errors are JSON, too: 400, if that cannot be read; 403 for a context that is not
    allowed; 404 for one that there is not; 409, if the page has to be loaded again.

    The contexts of the page have to be allowed like those that it asks for. Otherwise the status would
    tell a stranger whether a made-up digest is right, and so what the context has.

    :cvar allowed: the contexts that everybody may have, or a function of the request and a context;
        None for ``settings.IMPORTMAP["deltas"]``.
    """

    allowed: Allowed | None = None
    http_method_names: Sequence[str] = ("get", "head", "options")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Return the delta as JSON, or a refusal."""
        contexts = names(*request.GET.getlist("contexts"))
        if not contexts:
            return _refusal(400, "contexts= names no context.")
        page = request.GET.get("page", "")
        try:
            own, _ = read_label(page)
        except ParseError:
            return _refusal(400, "page= is not what data-importmap says of a page.")
        allowed = deltas() if self.allowed is None else self.allowed
        if isinstance(allowed, str):
            # A part of a name is no name.
            allowed = names(allowed)
        # Before any map is made: neither the answer nor its time may depend on a context that is not allowed.
        for name in dict.fromkeys((*own, *contexts)):
            if not (allowed(request, name) if callable(allowed) else name in allowed):
                return _refusal(403, "A context is not allowed: one of the page, or one that it asks for.")
        try:
            text, etag = delta(page, contexts)
        except UnknownContextError:
            return _refusal(404, "There is no such context.")
        except ConflictError as error:
            if error.diagnostics[0].code != "IM236":
                # Two of the site's packages claim the same: no page can help that.
                raise
            return _refusal(409, "The site has another map than the page. Load the page again.")
        response = HttpResponse(text, content_type="application/json", headers={"ETag": etag})
        if callable(allowed):
            response.headers["Cache-Control"] = "private, no-cache"
            patch_vary_headers(response, ["Cookie"])
        else:
            response.headers["Cache-Control"] = "no-cache"
        return get_conditional_response(request, etag=etag, response=response) or response


def _refusal(status: int, error: str) -> HttpResponse:
    return HttpResponse(
        json.dumps({"error": error}),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
