"""Source trees of editable installs, followed or not; and the application's own project."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from site_folder import SiteFolder, write

from hatch_importmap.project import read_editable, read_project
from importmap import DeclarationError, Diagnostic, ImportMap, ManifestError, Registry
from importmap._manifest import encode

PYPROJECT = """
[build-system]
requires = ["hatchling", "hatch-importmap"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"

[project.entry-points.importmap]
demo = "demo"

[tool.hatch.build.targets.wheel]
packages = ["demo"]

[tool.hatch.build.hooks.importmap]

[tool.importmap.imports]
"*" = "demo/*.js"
"""

BEFORE = ImportMap({"demo/a": "/static/demo/a.js"})
AFTER = ImportMap({"demo/a": "/static/demo/a.js", "demo/b": "/static/demo/b.js"})


@pytest.fixture
def project(site: SiteFolder, tmp_path: Path) -> Path:
    """A project that is installed as editable."""
    project = write(
        tmp_path / "project",
        {"pyproject.toml": PYPROJECT, "demo": {"__init__.py": "", "static": {"demo": {"a.js": "1"}}}},
    )
    least: Any = {"project": str(project), "version": "1.0"}
    direct_url = json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})
    site.install("demo", beside={"direct_url.json": direct_url}, **read_editable(least))
    return project


def add_module(project: Path) -> None:
    folder = project / "demo" / "static" / "demo"
    (folder / "b.js").write_text("2")
    os.utime(folder, ns=(1, 1))


@pytest.fixture
def without_extra(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if hatchling were not installed any more."""
    monkeypatch.setitem(sys.modules, "hatch_importmap._shipped", None)


@pytest.mark.parametrize("live", [True, None, False])
def test_fresh(project: Path, live: bool | None) -> None:
    registry = Registry(live=live)
    assert registry.load() == BEFORE
    assert registry.load() is registry.load()
    assert registry.diagnostics() == ()


def test_stale_at_the_start(project: Path) -> None:
    """Unless the site says no, it is looked at once."""
    add_module(project)
    assert Registry(live=True).load() == AFTER
    assert Registry().load() == AFTER
    assert Registry(live=False).load() == BEFORE


def test_stale_later(project: Path) -> None:
    live, once, never = (Registry(live=live) for live in (True, None, False))
    assert live.load() == once.load() == never.load() == BEFORE
    add_module(project)
    assert live.load() == AFTER
    assert live.load() is live.load()
    assert once.load() == never.load() == BEFORE
    once.reload()
    assert once.load() == AFTER


def test_touched(project: Path) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT)
    assert Registry(live=True).load() == BEFORE
    assert Registry(live=True).diagnostics() == ()


def test_a_project_that_breaks(project: Path) -> None:
    """The recorded modules are served until it is whole again."""
    registry = Registry(live=True)
    (project / "pyproject.toml").write_text(PYPROJECT + "editor = 1\n")
    assert registry.load() == BEFORE
    [found] = registry.diagnostics()
    assert (found.code, found.severity, found.distribution) == ("IM111", "error", "demo")
    assert found.message.startswith(
        "the source tree cannot be read; the recorded modules are served.\nimportmap: 1 problem\n"
        "- tool.importmap.imports.editor: "
    )
    assert found.place == str(project)
    (project / "pyproject.toml").write_text(PYPROJECT)
    assert registry.load() == BEFORE
    assert registry.diagnostics() == ()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('demo = "demo"', 'other = "demo"', "its namespace"),
        ('name = "demo"', 'name = "other"', "its name"),
    ],
)
def test_a_project_that_changes_its_names(project: Path, old: str, new: str, what: str) -> None:
    """The metadata of what is installed stays the authority."""
    (project / "pyproject.toml").write_text(PYPROJECT.replace(old, new))
    registry = Registry(live=True)
    assert registry.load() == BEFORE
    [found] = registry.diagnostics()
    assert found.message == (
        f"the source tree cannot be read; the recorded modules are served.\n{what} changed: install it again."
    )


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize("live", [True, None])
def test_without_the_extra(project: Path, live: bool | None) -> None:
    """The recorded manifest serves; only what is really stale is told."""
    (project / "pyproject.toml").write_text(PYPROJECT)
    registry = Registry(live=live)
    assert registry.load() == BEFORE
    assert registry.diagnostics() == ()
    add_module(project)
    registry.reload()
    assert registry.load() == BEFORE
    assert registry.diagnostics() == (
        Diagnostic(
            "IM110",
            "warning",
            "the source tree has changed since it was installed; the recorded modules are served.",
            distribution="demo",
            place=str(project),
            hint='python -m pip install "hatch-importmap[live]"',
        ),
    )


# The application's own project

APPLICATION = """
[tool.importmap]
namespace = "shop"

[tool.importmap.imports]
cart = "shop/cart.js"
"#dom" = "shop/dom.js"
"""

SHOP = ImportMap({"shop/cart": "/static/shop/cart.js"}, {"/static/shop/": {"#dom": "/static/shop/dom.js"}})


@pytest.fixture
def application(site: SiteFolder, tmp_path: Path) -> Path:
    folder = write(
        tmp_path / "application",
        {"pyproject.toml": APPLICATION, "static": {"shop": {"cart.js": "1", "dom.js": "2"}}},
    )
    return folder / "pyproject.toml"


def test_an_application(application: Path) -> None:
    registry = Registry(project=str(application))
    assert registry.load() == SHOP
    [package] = registry.packages
    assert (package.distribution, package.version, package.namespace) == ("shop", "", "shop")
    assert package.place == str(application)


def test_a_path_object(application: Path) -> None:
    assert Registry(project=application).load() == SHOP


def test_an_application_among_packages(application: Path, site: SiteFolder) -> None:
    site.install("demo")
    site.install("zoo")
    assert [found.namespace for found in Registry(project=str(application)).packages] == [
        "demo",
        "shop",
        "zoo",
    ]


def test_an_application_that_is_installed_too(application: Path, site: SiteFolder) -> None:
    """Its own table is what the site has asked for."""
    site.install("shop", {"old": "shop/old.js"})
    assert Registry(project=str(application)).load() == SHOP


def test_an_application_is_followed(application: Path) -> None:
    registry = Registry(project=str(application), live=True)
    assert registry.load() == SHOP
    application.write_text(APPLICATION.replace("cart =", "basket ="))
    assert list(registry.load().imports) == ["shop/basket"]


def test_the_production_form(application: Path, tmp_path: Path) -> None:
    """The JSON that `importmap build` wrote."""
    path = tmp_path / "importmap.json"
    path.write_bytes(encode(read_project(application)[0]))
    assert Registry(project=str(path)).load() == SHOP


def test_a_broken_application(application: Path) -> None:
    application.write_text(APPLICATION + "x = 1\n")
    with pytest.raises(DeclarationError) as caught:
        Registry(project=str(application)).load()
    assert [found.place for found in caught.value.diagnostics] == ["tool.importmap.imports.x"]


def test_no_such_manifest(tmp_path: Path, site: SiteFolder) -> None:
    path = str(tmp_path / "missing.json")
    with pytest.raises(ManifestError) as caught:
        Registry(project=path).load()
    [found] = caught.value.diagnostics
    assert (found.code, found.place) == ("IM102", path)
    assert found.message.startswith("the project's manifest cannot be read: ")


def test_a_broken_manifest(tmp_path: Path, site: SiteFolder) -> None:
    path = tmp_path / "importmap.json"
    path.write_text("{")
    with pytest.raises(ManifestError) as caught:
        Registry(project=str(path)).load()
    assert caught.value.diagnostics[0].place == str(path)


def test_warnings_about_an_application(application: Path) -> None:
    application.write_text(APPLICATION + '"./" = "shop/"\n')
    assert [found.code for found in Registry(project=str(application)).diagnostics()] == ["IM051"]


def test_an_application_that_is_installed_as_well(application: Path, site: SiteFolder) -> None:
    """Of the two, the site takes the project; disabling the other is the way out."""
    site.install("shop", {"cart": "shop/cart.js"})
    assert Registry(project=str(application), disable=["shop"]).load() == SHOP
