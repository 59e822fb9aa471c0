"""A site with two contexts, for those who visit it and for those who edit it.

The only package name in it is in the two scripts: that of the module which each page begins with.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import importmap

if TYPE_CHECKING:
    from starlette.requests import Request

importmap.configure(static="/static/")

SCRIPTS = {
    "admin": """
      import "example-clock"
      import "example-clock/faces/analog"
      import { pickerFor } from "example-clock/picker"

      const clock = document.querySelector("example-clock")
      clock.after(pickerFor(clock))
    """,
    "public": """
      import "example-clock"
      import "example-clock/faces/analog"
    """,
}

PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{context}</title>
    <link rel="icon" href="data:,">
    {import_map}
    <script type="module" nonce="{nonce}">{script}</script>
  </head>
  <body>
    <nav><a href="/admin">admin</a> <a href="/public">public</a></nav>
    <h1>The page of the context “{context}”</h1>
    <example-clock face="analog"></example-clock>
  </body>
</html>
"""

POLICY = "default-src 'none'; img-src data:; script-src 'nonce-{nonce}'"


def page(request: Request) -> HTMLResponse:
    context = request.url.path.strip("/")
    nonce = secrets.token_urlsafe(16)
    html = PAGE.format(
        context=context,
        nonce=nonce,
        import_map=importmap.load([context]).render(attrs={"nonce": nonce}),
        script=SCRIPTS[context],
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY.format(nonce=nonce)})


def home(_request: Request) -> RedirectResponse:
    return RedirectResponse("/public")


app = Starlette(
    routes=[
        Route("/", home),
        *(Route(f"/{context}", page) for context in SCRIPTS),
        # Straight from the installed wheel.
        Mount("/static", StaticFiles(packages=[("example_clock", "static")])),
    ],
)
