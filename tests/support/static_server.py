"""A site for browsers: packages whose files a local server has under hashed names only, and a page."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

import pytest

from importmap import ImportMap, Registry
from support.browser import PAGE_SECONDS
from support.module_server import NO_ICON, Server, serving

if TYPE_CHECKING:
    from support.browser import Browser, Page
    from support.site_folder import SiteFolder

#: Each module counts itself.
COUNT = "(globalThis.ran ??= []).push(import.meta.url)"

#: What a browser leaves as it is in a URL, of the characters that a public path may have.
UNQUOTED = "/:?!$&'()*+,;=@~"

#: How the script of a page ends.
DONE = "; globalThis.done = true"


class Module:
    """A module that counts itself, and its record in a manifest, as the build writes it.

    :param imports: what it imports statically.
    :param dynamic: what it imports dynamically, in specifiers that are literals.
    :param more: further code, of which a manifest knows nothing.
    """

    def __init__(self, *imports: str, dynamic: Sequence[str] = (), more: str = "") -> None:
        lines = [f"import {json.dumps(specifier)}" for specifier in imports]
        lines += [COUNT, *(f"await import({json.dumps(specifier)})" for specifier in dynamic), more]
        self.text = "\n".join(lines)
        edges = {"imports": list(imports), "dynamic": list(dynamic)}
        self.record: dict[str, Any] = {
            "sha384": integrity_of(self.text).removeprefix("sha384-"),
            "size": len(self.text),
            **{kind: specifiers for kind, specifiers in edges.items() if specifiers},
        }


def integrity_of(text: str, algorithm: str = "sha384") -> str:
    """The digest of a file in the form of Subresource Integrity."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, text.encode()).digest()).decode()}"


class Web:
    """The site. It is its own `Static`.

    :param folder: where its packages are installed.
    :param server: what has their files.
    """

    def __init__(self, folder: SiteFolder, server: Server) -> None:
        self.folder = folder
        self.server = server
        #: The URL of a file: with the fields `path`, `folder`, `stem`, `suffix`, `hash` and `port`.
        self.template = "/static/{folder}{stem}.{hash}{suffix}"
        self.modules: dict[str, Module] = {}
        self.pages: list[Page] = []

    def install(
        self, distribution: str, imports: Mapping[str, object], modules: Mapping[str, Module], **more: Any
    ) -> None:
        """Install a distribution and serve its files."""
        records = {path: module.record for path, module in modules.items()}
        self.folder.install(distribution, imports, modules=records, **more)
        self.modules.update(modules)
        for path, module in modules.items():
            self.server.texts[self.address(path)] = module.text

    def load(self, modules: Sequence[str] | None = None, **settings: Any) -> ImportMap:
        """The map of the site, about which there is nothing to say."""
        return Registry(static=self, strict=True, **settings).load(modules=modules)

    def page(
        self,
        import_map: ImportMap,
        script: str,
        attrs: Mapping[str, str] | None = None,
        *,
        preload: Sequence[str] = (),
        policy: str = "",
    ) -> None:
        """Make the page: the map, and a module script.

        :param attrs: attributes of both.
        :param preload: see `ImportMap.render`.
        :param policy: a Content Security Policy.
        """
        entry = "".join(f' {name}="{value}"' for name, value in (attrs or {}).items())
        url = self.server.url("/")
        self.server.texts[url] = (
            f"<!doctype html><meta charset=utf-8>{NO_ICON}{import_map.render(attrs, preload)}"
            f'<script type="module"{entry}>{script}{DONE}</script>'
        )
        self.server.headers[url] = {"Content-Security-Policy": policy} if policy else {}

    def open(self, browser: Browser) -> Page:
        """Open the page."""
        page = browser.open(self.server.url("/"))
        self.pages.append(page)
        return page

    @property
    def asked(self) -> list[str]:
        """The URLs of modules that were asked for, sorted, as often as they were."""
        return sorted(url for url in self.server.asked if url != self.server.url("/"))

    def check(self, page: Page, paths: Sequence[str] | None = None) -> None:
        """The page has run, and has loaded each of some modules once, without complaint.

        :param paths: public paths; None for all that are installed.
        """
        deadline = time.monotonic() + PAGE_SECONDS
        while not page.evaluate("globalThis.done"):
            assert page.complaints == []
            assert time.monotonic() < deadline, self.server.log
        assert complaints(page) == []
        expected = sorted(map(self.address, self.modules if paths is None else paths))
        assert expected
        assert sorted(page.evaluate("globalThis.ran")) == expected
        assert self.asked == expected

    def address(self, public_path: str) -> str:
        """The absolute URL of a file."""
        return urljoin(self.server.url("/"), quote(self.url(public_path), safe=UNQUOTED))

    # Static

    def url(self, public_path: str) -> str:
        path = PurePosixPath(public_path)
        return self.template.format(
            path=public_path,
            folder="" if str(path.parent) == "." else f"{path.parent}/",
            stem=path.stem,
            suffix=path.suffix,
            hash=hashlib.md5(self.modules[public_path].text.encode()).hexdigest()[:12],
            port=self.server.server_port,
        )

    def integrity(self, public_path: str) -> str | None:
        """None: what wants digests reads."""
        return None

    def read(self, public_path: str) -> bytes | None:
        return self.modules[public_path].text.encode()


def complaints(page: Page) -> list[str]:
    """All that a page has complained about up to now."""
    page.evaluate("console.error('the end')")
    deadline = time.monotonic() + PAGE_SECONDS
    while not any("the end" in complaint for complaint in page.complaints):
        assert time.monotonic() < deadline, page.complaints
        page.evaluate("0")
    return [complaint for complaint in page.complaints if "the end" not in complaint]


@pytest.fixture
def web(site: SiteFolder) -> Iterator[Web]:
    """A site with no packages yet."""
    with serving() as server:
        web = Web(site, server)
        yield web
        for page in web.pages:
            page.close()
