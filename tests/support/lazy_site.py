"""A site for browsers that answers `importmap/lazy`: its packages, hashed files, pages, and deltas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

import importmap
from importmap import ConflictError, ImportMap, Registry
from support.module_server import _Handler
from support.static_server import Module, Web
from support.wheels import ROOT

if TYPE_CHECKING:
    from support.browser import Browser, Page

LAZY = "importmap/static/importmap/lazy.js"

#: Where deltas are, with the contexts that are wanted behind it.
DELTA = "/delta?contexts="


class LazySite:
    """A shop of three contexts. A page of the first one asks for the others later.

    :param web: the site, in which nothing is installed yet.
    """

    def __init__(self, web: Web) -> None:
        self.web = web
        web.folder.add_own()
        own = Module()
        own.text = (ROOT / LAZY).read_text(encoding="utf-8")
        self.serve("importmap/lazy.js", own)
        entries = {"cart": ["public"], "editor": ["editor"], "admin": ["admin"]}
        web.install(
            "shop",
            {name: {"path": f"shop/{name}.js", "contexts": contexts} for name, contexts in entries.items()},
            {
                "shop/cart.js": Module("./price.js"),
                "shop/price.js": Module(),
                "shop/editor.js": Module("shop/cart", "#dom", "./price.js"),
                "shop/dom.js": Module(),
                "shop/admin.js": Module("./dom.js", dynamic=["shop/editor"]),
            },
            private={"#dom": {"path": "shop/dom.js"}},
        )
        self.registry = Registry(static=web, strict=True)
        #: The query of each delta that was asked for, and what it was answered.
        self.asked: list[tuple[dict[str, str], int]] = []
        #: A status that is answered in any case.
        self.status = 0
        #: Where a redirect leads.
        self.location = ""
        web.server.RequestHandlerClass = type("Handler", (_LazyHandler,), {"site": self})

    def serve(self, path: str, module: Module) -> None:
        self.web.modules[path] = module
        self.web.server.texts[self.web.address(path)] = module.text

    def deploy(self) -> None:
        """Another release of the site: its files are elsewhere."""
        self.web.template = "/v2/{folder}{stem}.{hash}{suffix}"
        for path, module in self.web.modules.items():
            self.serve(path, module)
        self.registry.reload()

    def load(self, *contexts: str) -> ImportMap:
        return self.registry.load(contexts)

    def open(
        self,
        browser: Browser,
        script: str,
        contexts: tuple[str, ...] = ("public", "lazy"),
        *,
        attrs: Mapping[str, str] | None = None,
        policy: str = "",
    ) -> Page:
        """A page of some contexts with a module script."""
        self.web.page(self.load(*contexts), script, attrs, policy=policy)
        return self.web.open(browser)

    def delta(self, query: Mapping[str, str]) -> tuple[int, str]:
        if self.status:
            return self.status, "{}"
        try:
            return 200, importmap.delta(query["page"], query["contexts"].split(), self.registry)[0]
        except ConflictError:
            return 409, "{}"

    def ran(self, page: Page) -> list[str]:
        """The public paths of the modules that have run, in order."""
        paths = {self.web.address(path): path for path in self.web.modules}
        return [paths[url] for url in page.evaluate("globalThis.ran ?? []")]


class _LazyHandler(_Handler):
    site: LazySite

    def do_GET(self) -> None:  # noqa: N802  # the base class names it
        parts = urlsplit(self.path)
        if parts.path != urlsplit(DELTA).path:
            super().do_GET()
            return
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, text = self.site.delta(query)
        self.site.asked.append((query, status))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if self.site.location:
            self.send_header("Location", self.site.location)
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture
def lazy(web: Web) -> LazySite:
    """The shop, without a page."""
    return LazySite(web)
