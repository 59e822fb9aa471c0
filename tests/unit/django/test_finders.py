"""The files of packages that are no apps, as `collectstatic`, `findstatic` and `runserver` find them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.views import serve
from django.core.management import call_command
from django.http import FileResponse, Http404, HttpRequest
from django.test import override_settings
from django.utils.module_loading import import_string
from support.django_files import EDITOR, MODULES, record, zip_up
from support.site_folder import SiteFolder

from hatch_importmap.project import read_editable
from importmap._compose.registry import process_registry
from importmap.contrib.django.finders import PackageFinder

if TYPE_CHECKING:
    from django.test import RequestFactory
    from pytest_django import Settings

FINDER = "importmap.contrib.django.finders.PackageFinder"
FILES = {"editor.js": EDITOR, "dom.js": "1;", "worker.js": "2;", "e.map": "{}", "unlisted.js": "3;"}
LISTED = ["demo/dom.js", "demo/e.map", "demo/editor.js", "demo/worker.js"]


@pytest.fixture
def demo(django_site: SiteFolder) -> SiteFolder:
    """An installed package that is no app, with a file that its manifest does not know."""
    django_site.install("demo", {"editor": "demo/editor.js"}, modules=MODULES)
    django_site.add({"demo": {"__init__.py": "", "static": {"demo": FILES}}})
    return django_site


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = str(tmp_path / "root")
    return tmp_path / "root"


def listed(patterns: list[str] | None = None) -> list[str]:
    return [path for path, _ in PackageFinder().list(patterns)]


def test_the_app_adds_it() -> None:
    from django.conf import global_settings, settings

    assert [*global_settings.STATICFILES_FINDERS, FINDER] == settings.STATICFILES_FINDERS
    assert FINDER not in global_settings.STATICFILES_FINDERS


@pytest.mark.parametrize("kind", [list, tuple])
def test_it_is_added_once(settings: Settings, kind: type) -> None:
    """To a list or a tuple; where the site has put it, it stays."""
    from importmap.contrib.django.apps import _add_finder

    default = "django.contrib.staticfiles.finders.AppDirectoriesFinder"
    settings.STATICFILES_FINDERS = given = kind([default])
    _add_finder()
    assert kind([default, FINDER]) == settings.STATICFILES_FINDERS
    assert given == kind([default])
    settings.STATICFILES_FINDERS = kind([FINDER, default])
    _add_finder()
    assert kind([FINDER, default]) == settings.STATICFILES_FINDERS


def test_without_the_app_for_static_files(settings: Settings) -> None:
    settings.STATICFILES_FINDERS = []
    apps = [app for app in settings.INSTALLED_APPS if app != "django.contrib.staticfiles"]
    with override_settings(INSTALLED_APPS=apps):
        assert settings.STATICFILES_FINDERS == []


def test_what_it_lists(demo: SiteFolder) -> None:
    """Modules, assets and source maps; nothing that no manifest names."""
    assert listed() == LISTED
    assert listed([]) == LISTED


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (["CVS", ".*", "*~"], LISTED),
        (["*.map"], ["demo/dom.js", "demo/editor.js", "demo/worker.js"]),
        (["demo/dom.js", "worker.js"], ["demo/e.map", "demo/editor.js"]),
        (["demo"], []),
    ],
)
def test_patterns_to_ignore(demo: SiteFolder, patterns: list[str], left: list[str]) -> None:
    assert listed(patterns) == left


def test_the_storage_of_what_it_lists(demo: SiteFolder) -> None:
    [(path, storage), *_] = PackageFinder().list([])
    place = demo.path / "demo" / "static" / "demo" / "dom.js"
    assert storage.path(path) == str(place)
    assert storage.location == str(demo.path / "demo" / "static")
    with storage.open(path) as file:
        assert file.read() == b"1;"
    assert storage.exists(path)
    assert storage.get_modified_time(path).timestamp() == pytest.approx(place.stat().st_mtime)


@pytest.mark.parametrize("link", [False, True])
def test_collectstatic(demo: SiteFolder, root: Path, link: bool) -> None:
    out = io.StringIO()
    call_command("collectstatic", interactive=False, link=link, verbosity=2, stdout=out)
    assert sorted(path.name for path in (root / "demo").iterdir()) == [
        "dom.js",
        "e.map",
        "editor.js",
        "worker.js",
    ]
    assert (root / "demo" / "dom.js").read_text() == "1;"
    assert (root / "demo" / "dom.js").is_symlink() is link
    assert "Found another file" not in out.getvalue()
    # Nothing has changed since.
    call_command("collectstatic", interactive=False, link=link, verbosity=1, stdout=out)
    assert out.getvalue().rstrip().partition("0 static files")[2].endswith("unmodified.")


def test_collectstatic_of_an_app(demo: SiteFolder, settings: Settings, root: Path) -> None:
    """Its files are Django's own to find."""
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "demo"]
    settings.IMPORTMAP = {}
    assert listed() == []
    assert finders.find("demo/dom.js", True) == [str(demo.path / "demo" / "static" / "demo" / "dom.js")]
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (root / "demo" / "unlisted.js").exists()


def test_an_app_with_its_files_elsewhere(demo: SiteFolder, settings: Settings) -> None:
    demo.add({"demo": {"web": {"demo": {"a.js": "4;"}}}})
    demo.install(
        "demo", {"a": "demo/a.js"}, modules={"demo/a.js": record("4;")}, roots=["demo/web", "demo/static"]
    )
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "demo"]
    settings.IMPORTMAP = {}
    assert listed() == ["demo/a.js"]


def test_findstatic(demo: SiteFolder) -> None:
    place = str((demo.path / "demo" / "static" / "demo" / "worker.js").resolve())
    out = io.StringIO()
    call_command("findstatic", "demo/worker.js", stdout=out)
    assert out.getvalue() == f"Found 'demo/worker.js' here:\n  {place}\n"
    call_command("findstatic", "demo/worker.js", first=True, verbosity=0, stdout=(out := io.StringIO()))
    assert out.getvalue() == f"{place}\n"
    call_command("findstatic", "demo/unlisted.js", stderr=(err := io.StringIO()))
    assert err.getvalue() == "No matching file found for 'demo/unlisted.js'.\n"


def test_both_signatures(demo: SiteFolder) -> None:
    """Django has renamed a parameter."""
    finder: Any = PackageFinder()
    place = str(demo.path / "demo" / "static" / "demo" / "dom.js")
    assert finder.find("demo/dom.js") == place
    assert finder.find("demo\\dom.js") == place
    assert finder.find("demo/dom.js", all=True) == finder.find("demo/dom.js", find_all=True) == [place]
    assert finder.find("demo/none.js", all=False) == []
    assert finder.find("demo/none.js", True) == finder.find("../demo/__init__.py") == []


@pytest.mark.django_db  # the end of a response looks after the connection
def test_the_view_of_runserver(demo: SiteFolder, settings: Settings, rf: RequestFactory) -> None:
    settings.DEBUG = True
    response = serve(rf.get("/static/demo/dom.js"), "demo/dom.js")
    assert isinstance(response, FileResponse)
    assert response.getvalue() == b"1;"
    response.close()
    for path in ("demo/unlisted.js", "demo/../demo/unlisted.js", "demo"):
        with pytest.raises(Http404):
            serve(rf.get(f"/static/{path}"), path)


async def no_response(request: HttpRequest) -> None:
    """What the middleware is made for, and not asked here."""


@pytest.mark.parametrize(
    ("server", "middleware"),
    [
        ("WHITENOISE", "whitenoise.middleware.WhiteNoiseMiddleware"),
        ("SERVESTATIC", "servestatic.middleware.ServeStaticMiddleware"),
    ],
)
def test_servers_that_use_finders(
    demo: SiteFolder, settings: Settings, root: Path, server: str, middleware: str
) -> None:
    """They list all files when they start."""
    root.mkdir()
    setattr(settings, f"{server}_USE_FINDERS", True)
    setattr(settings, f"{server}_AUTOREFRESH", False)
    served = import_string(middleware)(no_response).files
    known: Any = finders.get_finders()
    for finder in known:
        # For its error pages.
        assert all(storage.location for storage in finder.storages.values())
    assert [url for url in served if url.startswith("/static/demo/")] == [
        f"/static/{path}" for path in LISTED
    ]


def test_an_editable_package(django_site: SiteFolder, settings: Settings, tmp_path: Path) -> None:
    """Its files are found where they lie, and new ones at once."""
    settings.DEBUG = True
    project = tmp_path / "project"
    folder = project / "src" / "js"
    folder.mkdir(parents=True)
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling", "hatch-importmap"]\n'
        'build-backend = "hatchling.build"\n[project]\nname = "demo"\nversion = "1.0"\n'
        '[project.entry-points.importmap]\ndemo = "demo"\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["demo"]\n'
        '[tool.hatch.build.targets.wheel.force-include]\n"src/js" = "demo/static/demo"\n'
        '[tool.hatch.build.hooks.importmap]\n[tool.importmap.imports]\n"*" = "demo/*.js"\n'
    )
    (project / "demo").mkdir()
    (project / "demo" / "__init__.py").touch()
    (folder / "a.js").write_text("1")
    least: Any = {"project": str(project), "version": "1.0"}
    direct_url = json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})
    django_site.install("demo", beside={"direct_url.json": direct_url}, **read_editable(least))
    finder = PackageFinder()
    assert finder.find("demo/a.js") == str(folder / "a.js")
    (folder / "b.js").write_text("2")
    assert finder.find("demo/b.js") == str(folder / "b.js")
    assert [(path, storage.location) for path, storage in finder.list([])] == [
        ("demo/a.js", str(folder)),
        ("demo/b.js", str(folder)),
    ]


def test_a_package_in_a_zip_file(demo: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are in no folder that Django could serve from."""
    zip_up(demo, tmp_path / "demo.zip")
    monkeypatch.syspath_prepend(tmp_path / "demo.zip")
    assert [package.distribution for package in process_registry().packages] == ["demo"]
    assert listed() == []


def test_files_that_are_missing(demo: SiteFolder) -> None:
    (demo.path / "demo" / "static" / "demo" / "dom.js").unlink()
    assert listed() == [path for path in LISTED if path != "demo/dom.js"]


def test_packages_in_conflict(demo: SiteFolder, settings: Settings) -> None:
    """There is no map; that is what a system check is for, not `collectstatic`."""
    demo.install("other", {"a": "demo/dom.js"}, modules={"demo/dom.js": {}})
    settings.IMPORTMAP = {"enable": lambda package: True}
    assert listed() == []
    assert finders.find("demo/dom.js") is None


def test_packages_that_are_not_enabled(demo: SiteFolder, settings: Settings) -> None:
    settings.IMPORTMAP = {}
    assert listed() == []
