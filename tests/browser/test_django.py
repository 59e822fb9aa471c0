"""Django's admin and a public page in real browsers: packages of others, unchanged, beside ours.

One project makes three sites. `debug` runs in DEBUG. `deployed` has collected its static files under hashed
names; it has integrity, and a policy that allows scripts of its own host and those with the nonce. `strict`
is the same, but its policy asks for the nonce alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.template import defaulttags
from support.browser import BrowserError
from support.django_server import Site
from support.wheels import ROOT, uv

if TYPE_CHECKING:
    from support.browser import Browser, Page

ARTICLES = "admin/django_server_site/article/"

#: The pages of the admin, and what is true when the modules of all packages on them have run.
FORM = """document.querySelector("clock-face > example-clock > svg") != null &&
    document.querySelector(".field-body .tiptap") != null &&
    document.querySelector(".order-machine-wrapper") != null"""
LIST = """document.querySelectorAll("clock-face > example-clock > svg").length == 2 &&
    document.querySelectorAll(".field-body .tiptap").length == 2"""
ADMIN = {
    f"{ARTICLES}add/": FORM,
    f"{ARTICLES}1/change/": FORM,
    f"{ARTICLES}add/?_popup=1": FORM,
    ARTICLES: LIST,
}
PUBLIC = {"public/": 'document.querySelector("example-clock > svg") != null'}
HASHES = {"hashes/": PUBLIC["public/"]}
WORKS = {**ADMIN, **PUBLIC, **HASHES}

#: What makes the database of all sites.
FILL = """
from django.contrib.auth.models import User
from support.django_server_site.models import Article
User.objects.create_superuser("admin", password="admin")
for title in "one", "two":
    Article.objects.create(title=title, body=f"<p>{title}</p>")
"""

#: Send the form of the page to log in, which all of the admin leads to at first.
LOG_IN = """(async () => {
    const form = document.querySelector("#login-form")
    form.username.value = form.password.value = "admin"
    return (await fetch(form.action, {method: "POST", body: new FormData(form)})).url
})()"""

MAPS = "[...document.querySelectorAll('script[type=importmap]')].map((map) => map.text)"

#: The tags that have to do with modules, in the order of the page.
TAGS = """[...document.querySelectorAll("script, link[rel=modulepreload]")]
    .map((tag) => tag.type || tag.rel || "script")
    .filter((kind) => ["importmap", "module", "modulepreload"].includes(kind))"""

#: The scripts that the page has fetched. One URL is one module, however often it is fetched: Chromium asks
#: its cache once more for a module that has integrity in the map but not in its tag, which it has seen first.
FETCHED = """performance.getEntriesByType("resource")
    .map((entry) => entry.name)
    .filter((url) => new URL(url).pathname.endsWith(".js"))"""

CHOOSE = """(() => {{
    const field = document.querySelector("clock-face"), menu = field.querySelector("select")
    menu.value = {face}
    menu.dispatchEvent(new Event("change", {{bubbles: true}}))
    return field.querySelector("example-clock").firstChild.localName
}})()"""

POLICY = "fetch(location).then((answer) => answer.headers.get('Content-Security-Policy'))"
NONCE = re.compile(r"nonce-[^']+")

HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")

#: What the log of a site has to say of a request that went wrong, or of anything else.
TROUBLE = re.compile(r'^.*(?:Traceback|Warning|importmap|HTTP/1\.1" [45]).*$', re.MULTILINE)


class Sites:
    """The running sites, and the pages that have been opened.

    :param folder: for the database, static files and logs.
    :param packages: a folder of installed packages, beside those of this environment.
    """

    def __init__(self, folder: Path, packages: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._path = os.pathsep.join(map(str, (packages, ROOT / "tests")))
        self._stack = stack
        self._urls: dict[str, str] = {}
        self._pages: dict[tuple[Browser, str, str], Page] = {}
        self._logged_in: set[tuple[Browser, str]] = set()
        site = self.site("debug")
        site.manage("migrate", "--run-syncdb", "--verbosity=0")
        site.manage("shell", "-c", FILL)
        self.site("deployed").manage("collectstatic", "--noinput", "--verbosity=0")

    def site(self, mode: str) -> Site:
        environment = {
            "DJANGO_SETTINGS_MODULE": "support.django_server_site.settings",
            "PYTHONPATH": self._path,
            "SITE_FOLDER": str(self._folder),
            "SITE_MODE": mode,
        }
        return Site([sys.executable, "-m", "django"], self.log(mode), environment)

    def log(self, mode: str) -> Path:
        return self._folder / f"{mode}.log"

    def url(self, mode: str) -> str:
        """The address of a site, which starts when it is first asked for.

        Each has a host of its own, so that browsers keep cookies apart.
        """
        if mode not in self._urls:
            # WhiteNoise has the static files where they are collected.
            options = [] if mode == "debug" else ["--nostatic"]
            port = self._stack.enter_context(self.site(mode).serving(*options))
            self._urls[mode] = f"http://{mode}.localhost:{port}/"
        return self._urls[mode]

    def page(self, browser: Browser, mode: str, path: str) -> Page:
        """A page on which all modules have run.

        Up to Django 6.0 the admin's own scripts have no nonce, and the strict policy blocks them. From 6.1 on
        each of its tags has it, and so have those of other packages, whose assets are Django's.
        """
        if mode == "strict" and path in ADMIN and "csp_nonce_attr" not in defaulttags.register.tags:
            pytest.skip("the admin of this Django prints no nonces")
        key = browser, mode, path
        if key not in self._pages:
            url = self.url(mode)
            try:
                if path in ADMIN and (browser, mode) not in self._logged_in:
                    self._log_in(browser, f"{url}admin/")
                    self._logged_in.add((browser, mode))
                page = self._pages[key] = browser.open(url + path)
                page.wait_for(f"document.readyState == 'complete' && {WORKS[path]}")
            except BrowserError as error:
                pytest.fail(f"{error}\n{self.log(mode).read_text(encoding='utf-8')}")
        return self._pages[key]

    def _log_in(self, browser: Browser, url: str) -> None:
        """As somebody does who comes to the admin; the page for that has no map."""
        page = browser.open(url)
        page.wait_for("document.readyState == 'complete' && document.querySelector('#login-form') != null")
        assert page.evaluate(MAPS) == []
        assert page.evaluate(LOG_IN) == url
        assert page.complaints == []
        page.close()

    def close(self) -> None:
        for page in self._pages.values():
            page.close()


@pytest.fixture(scope="module")
def sites(example_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    folder = tmp_path_factory.mktemp("sites")
    # The tests' environment has the rest: ours, and the packages of others.
    uv("pip", "install", "--no-deps", "--target", folder / "packages", example_wheel)
    with ExitStack() as stack:
        sites = Sites(folder, folder / "packages", stack)
        stack.callback(sites.close)
        yield sites


@pytest.fixture(params=["debug", "deployed", "strict"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def import_map(page: Page) -> dict[str, Any]:
    """The one map of a page, which comes before everything that loads a module."""
    [text] = page.evaluate(MAPS)
    [first, *others] = page.evaluate(TAGS)
    assert first == "importmap"
    assert "module" in others
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@pytest.mark.parametrize("path", [*ADMIN, *PUBLIC])
def test_nothing_is_complained_of(any_browser: Browser, sites: Sites, mode: str, path: str) -> None:
    """All modules of all packages run; the browser says nothing, and the site neither."""
    page = sites.page(any_browser, mode, path)
    assert page.complaints == []
    import_map(page)
    assert TROUBLE.findall(sites.log(mode).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [*ADMIN, *PUBLIC])
def test_each_module_is_loaded_once(any_browser: Browser, sites: Sites, mode: str, path: str) -> None:
    """By whatever specifier, and with hashed names where the site has them."""
    page = sites.page(any_browser, mode, path)
    paths = {urlsplit(url).path for url in page.evaluate(FETCHED)}
    assert {bool(HASHED.search(path)) for path in paths} == {mode != "debug"}
    plain = [HASHED.sub(".js", path) for path in paths]
    assert sorted(plain) == sorted(set(plain))
    clock = {f"/static/example_clock/{name}.js" for name in ("clock", "dom", "time", "faces/analog")}
    assert clock <= set(plain)


@pytest.mark.parametrize("path", ADMIN)
def test_the_widget(any_browser: Browser, sites: Sites, mode: str, path: str) -> None:
    """The clock beside the menu has the chosen face."""
    page = sites.page(any_browser, mode, path)
    for face, element in (("digital", "time"), ("analog", "svg")):
        assert page.evaluate(CHOOSE.format(face=json.dumps(face))) == element
    assert page.complaints == []


def test_entries_of_the_admin_are_on_its_pages_only(chromium: Browser, sites: Sites, mode: str) -> None:
    """The public page has less to carry than if all packages shared one map for all pages."""
    admin, public = (sites.page(chromium, mode, path) for path in (f"{ARTICLES}add/", "public/"))
    everything, shown = (set(import_map(page)["imports"]) for page in (admin, public))
    more = {name for name in everything - shown if not name.startswith("/")}
    assert {name.partition("/")[0] for name in more} == {
        "content-editor",
        "django-prose-editor",
        "example-clock",
    }
    assert {name for name in more if name.startswith("example-clock")} == {
        "example-clock/picker",
        "example-clock/widget",
    }
    assert shown < everything
    [large], [small] = admin.evaluate(MAPS), public.evaluate(MAPS)
    numbers = f"one map of all packages {len(large)} characters, the public page's {len(small)}"
    print(f"{mode}: {numbers}")  # noqa: T201  # what `-rP` shows
    assert len(small) < len(large)


@pytest.mark.parametrize(
    ("mode", "sources"),
    [("debug", None), ("deployed", ["'nonce'", "'self'"]), ("strict", ["'nonce'"])],
)
def test_the_policy_of_each_site(
    chromium: Browser, sites: Sites, mode: str, sources: Sequence[str] | None
) -> None:
    """The control: nothing is complained of although there is a policy."""
    policy = sites.page(chromium, mode, "public/").evaluate(POLICY)
    if sources is None:
        assert policy is None
    else:
        directive, *found = NONCE.sub("nonce", policy).split()
        assert (directive, sorted(found)) == ("script-src", sources)


def test_a_policy_of_hashes(any_browser: Browser, sites: Sites) -> None:
    """No nonce and no host: the public page runs by the digests of its map and modules."""
    page = sites.page(any_browser, "deployed", "hashes/")
    assert page.complaints == []
    assert import_map(page)["integrity"]
