from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

import importmap


def public(request: HttpRequest) -> HttpResponse:
    return render(request, "public.html")


def hashes(request: HttpRequest) -> HttpResponse:
    """The same page with a policy that has no nonce and no host: the map and its modules by their digests.

    Safari needs 'strict-dynamic' beside them.
    """
    response = public(request)
    sources = ("'strict-dynamic'", *importmap.load(["public"]).csp_hashes)
    response.headers["Content-Security-Policy"] = f"script-src {' '.join(sources)}"
    return response
