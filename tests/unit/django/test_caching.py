"""When maps are made, for whom, and when again; and what broken packages do to a page."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import override_settings
from support.django_pages import render
from support.projects import DEMO_PYPROJECT
from support.site_folder import SiteFolder, write

import importmap
from hatch_importmap.project import read_editable
from importmap import ConflictError, ImportMap

if TYPE_CHECKING:
    from pytest_django import Settings

MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


class Counting(StaticFilesStorage):
    """Counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str | None] = Counter()

    def url(self, name: str | None) -> str:
        self.asked[name] += 1
        return super().url(name)


class Tenants(StaticFilesStorage):
    """Has another base for each tenant."""

    tenant = "one"

    @property
    def base_url(self) -> str:
        return f"/{self.tenant}/"

    def url(self, name: str | None) -> str:
        return f"{self.base_url}{name}"


@pytest.fixture
def demo(django_site: SiteFolder) -> SiteFolder:
    """A package with five modules in two contexts."""
    names = {name: f"demo/{name}.js" for name in "abcde"}
    entry = {"path": "demo/e.js", "contexts": ["admin"]}
    django_site.install("demo", {**names, "e": entry})
    files = {f"{name}.js": f"{name};" for name in "abcde"}
    django_site.add({"demo": {"__init__.py": "", "static": {"demo": files}}})
    return django_site


def use(settings: Settings, storage: str) -> Any:
    """Take another storage."""
    backend = storage if "." in storage else f"{__name__}.{storage}"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    return storages["staticfiles"]


def test_one_map_for_each_question(demo: SiteFolder, settings: Settings) -> None:
    """And each file's URL is asked for once."""
    storage = use(settings, "Counting")
    loaded = importmap.load()
    assert importmap.load() is loaded
    assert render("{% importmap %}") == render("{% importmap %}") == loaded.render()
    assert importmap.load(["admin"]) is importmap.load(["admin"]) is not loaded
    assert importmap.load(modules=["demo/a"]) is importmap.load(modules=["demo/a"]) is not loaded
    assert storage.asked == {f"demo/{name}.js": 1 for name in "abcde"}


def test_threads_that_ask_at_once(demo: SiteFolder, settings: Settings) -> None:
    storage = use(settings, "Counting")
    together = threading.Barrier(50)

    def page(_: int) -> tuple[str, ImportMap]:
        together.wait()
        return render("{% importmap %}"), importmap.load()

    with ThreadPoolExecutor(50) as pool:
        pages = list(pool.map(page, range(50)))
    assert {id(loaded) for _, loaded in pages} == {id(importmap.load())}
    assert {markup for markup, _ in pages} == {importmap.load().render()}
    assert storage.asked == {f"demo/{name}.js": 1 for name in "abcde"}


@pytest.mark.parametrize("in_threads", [False, True])
def test_tasks_that_ask_at_once(demo: SiteFolder, settings: Settings, in_threads: bool) -> None:
    storage = use(settings, "Counting")

    async def page(start: asyncio.Event) -> str:
        await start.wait()
        if in_threads:
            return await asyncio.to_thread(render, "{% importmap %}")
        return render("{% importmap %}")

    async def all_pages() -> list[str]:
        start = asyncio.Event()
        tasks = [asyncio.create_task(page(start)) for _ in range(50)]
        start.set()
        return await asyncio.gather(*tasks)

    assert set(asyncio.run(all_pages())) == {importmap.load().render()}
    assert storage.asked == {f"demo/{name}.js": 1 for name in "abcde"}


def test_collectstatic_in_the_process(demo: SiteFolder, settings: Settings, tmp_path: Path) -> None:
    """The storage has another manifest then."""
    settings.STATIC_ROOT = str(tmp_path / "root")
    storage = use(settings, MANIFEST)
    call_command("collectstatic", interactive=False, verbosity=0)
    before = importmap.load()
    assert before.url("demo/a") == storage.url("demo/a.js")
    write(demo.path, {"demo": {"static": {"demo": {"a.js": "changed;"}}}})
    os.utime(demo.path / "demo" / "static" / "demo" / "a.js", (4e9, 4e9))
    assert importmap.load() is before
    call_command("collectstatic", interactive=False, verbosity=0)
    after = importmap.load()
    assert after.url("demo/a") == storage.url("demo/a.js") != before.url("demo/a")
    assert importmap.load() is after


def test_tenants(demo: SiteFolder, settings: Settings) -> None:
    """Each has maps of its own, which are kept."""
    storage = use(settings, "Tenants")
    one = importmap.load()
    storage.tenant = "two"
    two = importmap.load()
    assert (one.url("demo/a"), two.url("demo/a")) == ("/one/demo/a.js", "/two/demo/a.js")
    storage.tenant = "one"
    assert importmap.load() is one


@pytest.mark.parametrize(
    ("changed", "url"),
    [
        ({"STATIC_URL": "/files/"}, "/files/demo/a.js"),
        (
            {"STORAGES": {"staticfiles": {"BACKEND": f"{__name__}.Tenants"}}},
            "/one/demo/a.js",
        ),
        ({"IMPORTMAP": {"enable": ["demo"], "static": "/elsewhere/"}}, "/elsewhere/demo/a.js"),
        ({"IMPORTMAP": {}}, None),
        ({"DEBUG": True}, "/static/demo/a.js"),
    ],
)
def test_override_settings(demo: SiteFolder, changed: dict[str, Any], url: str | None) -> None:
    before = importmap.load()
    assert before.url("demo/a") == "/static/demo/a.js"
    with override_settings(**changed):
        assert importmap.load() is not before
        assert importmap.load().imports.get("demo/a") == url
    assert importmap.load() == before


def test_override_installed_apps(demo: SiteFolder, settings: Settings) -> None:
    settings.IMPORTMAP = {}
    assert importmap.load() == ImportMap()
    with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, "demo"]):
        assert importmap.load().url("demo/a") == "/static/demo/a.js"
    assert importmap.load() == ImportMap()


# DEBUG


@pytest.fixture
def project(django_site: SiteFolder, settings: Settings, tmp_path: Path) -> Path:
    """A project that is installed as editable, on a site that is worked on."""
    settings.DEBUG = True
    folder = tmp_path / "project"
    write(
        folder,
        {"pyproject.toml": DEMO_PYPROJECT, "demo": {"__init__.py": "", "static": {"demo": {"a.js": ""}}}},
    )
    least: Any = {"project": str(folder), "version": "1.0"}
    direct_url = json.dumps({"url": folder.as_uri(), "dir_info": {"editable": True}})
    django_site.install("demo", beside={"direct_url.json": direct_url}, **read_editable(least))
    return folder


def test_an_editable_package_changes(project: Path) -> None:
    static = project / "demo" / "static" / "demo"
    before = importmap.load()
    assert before.imports == {"demo/a": "/static/demo/a.js"}
    assert importmap.load() is before
    # A new file.
    (static / "b.js").write_text("")
    assert importmap.load().imports == {"demo/a": "/static/demo/a.js", "demo/b": "/static/demo/b.js"}
    # What a file imports.
    (static / "b.js").write_text('import "./a.js"; // more bytes than before')
    assert importmap.load().depcache == {"/static/demo/b.js": ("/static/demo/a.js",)}
    # The table.
    table = DEMO_PYPROJECT.replace('"*" = "demo/*.js"', 'one = "demo/a.js"')
    (project / "pyproject.toml").write_text(table)
    assert importmap.load().imports == {"demo/one": "/static/demo/a.js"}


def test_the_sites_own_table_changes(django_site: SiteFolder, settings: Settings, tmp_path: Path) -> None:
    settings.DEBUG = True
    table = '[project]\nname = "shop"\n[tool.importmap]\nstatic = ["static"]\n[tool.importmap.imports]\n'
    path = tmp_path / "pyproject.toml"
    write(
        tmp_path, {"pyproject.toml": table + 'cart = "shop/cart.js"\n', "static": {"shop": {"cart.js": ""}}}
    )
    settings.IMPORTMAP = {"project": str(path)}
    assert importmap.load().imports == {"shop/cart": "/static/shop/cart.js"}
    path.write_text(table + 'basket = "shop/cart.js"\n')
    assert importmap.load().imports == {"shop/basket": "/static/shop/cart.js"}
    # It breaks, which a page says, and is mended.
    path.write_text(table + "basket = 1\n")
    with pytest.raises(importmap.ImportMapError, match=r"tool\.importmap\.imports\.basket"):
        render("{% importmap %}")
    path.write_text(table + 'cart = "shop/cart.js"\n')
    assert '"shop/cart":' in render("{% importmap %}")


def test_nothing_is_followed_in_production(project: Path, settings: Settings) -> None:
    settings.DEBUG = False
    before = importmap.load()
    (project / "demo" / "static" / "demo" / "b.js").write_text("")
    assert importmap.load() is before


# Which packages take part


@pytest.mark.parametrize(
    ("app", "package", "is_enabled"),
    [
        ("demo", "demo", True),
        ("demo.sub", "demo", True),
        ("demo", "demo.sub", True),
        ("demo.sub", "demo.other", False),
        ("demo2", "demo", False),
        ("demo", "demo2", False),
    ],
)
def test_packages_of_apps(
    django_site: SiteFolder, settings: Settings, app: str, package: str, is_enabled: bool
) -> None:
    """An app is, contains, or lies in the import package."""
    for name in (app, package):
        top, _, sub = name.partition(".")
        django_site.add({top: {"__init__.py": "", **({sub: {"__init__.py": ""}} if sub else {})}})
    django_site.install("my-dist", {"a": "my_dist/a.js"}, package=package)
    settings.IMPORTMAP = {}
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, app]
    assert ("my-dist/a" in importmap.load().imports) is is_enabled


@pytest.mark.parametrize("names", [["My_Dist"], ("my.dist",)])
def test_packages_that_are_listed(django_site: SiteFolder, settings: Settings, names: object) -> None:
    """However the name is spelled; others are left out, and that is logged for who wants to know."""
    django_site.install("my-dist")
    django_site.install("other")
    settings.IMPORTMAP = {"enable": names}
    assert list(importmap.load().imports) == ["my-dist/editor"]


def test_packages_that_are_disabled(django_site: SiteFolder, settings: Settings) -> None:
    django_site.install("my-dist")
    settings.IMPORTMAP = {"enable": ["my-dist"], "disable": ["my-dist"]}
    assert importmap.load() == ImportMap()


# Broken and hostile packages


def page_beside(site: SiteFolder, caplog: pytest.LogCaptureFixture) -> list[str]:
    """A page with another package, which works; what is logged, once."""
    caplog.set_level(logging.WARNING)
    site.install("good", {"a": "good/a.js"})
    first = render("{% importmap %}<p>")
    assert first.endswith("</script><p>")
    assert '"imports":{"good/a":"/static/good/a.js"}' in first
    assert render("{% importmap %}<p>") == first
    return [record.getMessage() for record in caplog.records]


def test_a_package_without_a_manifest(django_site: SiteFolder, caplog: pytest.LogCaptureFixture) -> None:
    django_site.add({"bad-1.0.dist-info": {"entry_points.txt": "[importmap]\nbad = bad\n"}})
    message = (
        "IM101 bad: bad-1.0.dist-info/extra_metadata/importmap.json: the distribution has no manifest: "
        "it was built without the hook, or its build backend did not ship bad/importmap.json.\n"
        "    add the table [tool.hatch.build.hooks.importmap] to its pyproject.toml and build it again"
    )
    assert page_beside(django_site, caplog) == [message]


MARKUP = "</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "install",
    [
        lambda site: site.install("bad", {MARKUP: "bad/a.js"}),
        lambda site: site.install("bad", {"a": f"bad/{MARKUP}.js"}),
        lambda site: site.install("bad", {"a": "bad/%2e%2e/good/a.js"}),
        lambda site: site.install("bad", {"a": "../good/a.js"}),
        lambda site: site.install("bad", {"a": "bad/a.js"}, namespace=f"bad{MARKUP}"),
        lambda site: site.install("bad", {"a": "bad/a.js"}, version=MARKUP.replace("/", ""), manifest=2),
        lambda site: site.install("bad", modules={"bad/a.js": {"imports": ["./%2e%2e/good/a.js"]}}),
        lambda site: site.install("bad", {"a": {"url": "javascript:alert(1)", "integrity": "sha256-x"}}),
    ],
)
def test_a_hostile_package(
    django_site: SiteFolder, caplog: pytest.LogCaptureFixture, install: Callable[[SiteFolder], object]
) -> None:
    """It is left out whole, and that is logged."""
    install(django_site)
    messages = page_beside(django_site, caplog)
    assert messages
    assert {message.split()[1] for message in messages} == {"bad:"}


def test_a_package_that_says_what_it_is_not(
    django_site: SiteFolder, caplog: pytest.LogCaptureFixture
) -> None:
    """The metadata of what is installed is the authority."""
    django_site.install("bad", {"a": "bad/a.js"}, name="good", entry_point="good = bad", namespace="good")
    [message] = page_beside_nothing(caplog)
    assert message.startswith("IM104 bad: ")


def test_a_package_that_takes_a_name(
    django_site: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody's names are taken: there is no map, until the site decides. The page is there."""
    django_site.install("good", {"a": "good/a.js"})
    django_site.install("bad", {"a": "bad/a.js"}, namespace="good")
    [message] = page_beside_nothing(caplog)
    assert message.startswith("IM201 bad and good: both claim the namespace 'good'.")
    settings.DEBUG = True
    with pytest.raises(ConflictError, match="both claim the namespace 'good'"):
        render("{% importmap %}")
    settings.IMPORTMAP = {"enable": ["good"], "disable": ["bad"]}
    assert '"good/a":"/static/good/a.js"' in render("{% importmap %}")


def page_beside_nothing(caplog: pytest.LogCaptureFixture) -> list[str]:
    """A page without entries; what is logged, once."""
    caplog.set_level(logging.WARNING)
    pages = [render("{% importmap %}<p>the page") for _ in range(2)]
    assert all(page.endswith("<p>the page") and "/static/" not in page for page in pages)
    return [record.getMessage() for record in caplog.records]
