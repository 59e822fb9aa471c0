"""Source trees of editable installs, followed or not; and the application's own project."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from support.projects import DEMO_PYPROJECT
from support.site_folder import SiteFolder, write

from hatch_importmap.project import read_editable, read_project
from importmap import ConflictError, DeclarationError, Diagnostic, ImportMap, ManifestError, Registry
from importmap._discovery.source_tree import build
from importmap._manifest.document import encode

BEFORE = ImportMap({"demo/a": "/static/demo/a.js"})
AFTER = ImportMap({"demo/a": "/static/demo/a.js", "demo/b": "/static/demo/b.js"})


@pytest.fixture
def project(site: SiteFolder, tmp_path: Path) -> Path:
    """A project that is installed as editable."""
    project = write(
        tmp_path / "project",
        {"pyproject.toml": DEMO_PYPROJECT, "demo": {"__init__.py": "", "static": {"demo": {"a.js": "1"}}}},
    )
    least: Any = {"project": str(project), "version": "1.0"}
    direct_url = json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})
    site.install("demo", beside={"direct_url.json": direct_url}, **read_editable(least))
    return project


def add_module(project: Path) -> None:
    folder = project / "demo" / "static" / "demo"
    (folder / "b.js").write_text("2")
    os.utime(folder, ns=(1, 1))


@pytest.fixture(params=["hatch_importmap.shipped", "hatch_importmap.javascript.parse"])
def without_extra(project: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if hatchling, or what reads JavaScript, were not installed any more."""
    monkeypatch.setitem(sys.modules, request.param, None)


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
    (project / "pyproject.toml").write_text(DEMO_PYPROJECT)
    assert Registry(live=True).load() == BEFORE
    assert Registry(live=True).diagnostics() == ()


def test_an_imported_file_is_followed(project: Path) -> None:
    """Also one that no entry names: what it imports decides which files there are."""
    static = project / "demo" / "static" / "demo"
    table = DEMO_PYPROJECT.replace('"*" = "demo/*.js"', 'a = "demo/a.js"')
    write(static, {"a.js": 'import "./in/b.js"', "in": {"b.js": "1", "c.js": "1"}})
    (project / "pyproject.toml").write_text(table)
    registry = Registry(live=True)
    assert registry.load().imports == BEFORE.imports
    [package] = registry.packages
    assert list(package.manifest["modules"]) == ["demo/a.js", "demo/in/b.js"]
    assert registry.load() is registry.load()
    (static / "in" / "b.js").write_text('import "./c.js"')
    os.utime(static / "in" / "b.js", ns=(1, 1))
    registry.load()
    [package] = registry.packages
    assert package.manifest["modules"]["demo/in/b.js"] == {"size": 15, "imports": ["./c.js"]}
    assert list(package.manifest["files"]) == ["demo/a.js", "demo/in/b.js", "demo/in/c.js"]


def test_an_import_that_breaks(project: Path) -> None:
    """The recorded modules are served until the file is there."""
    folder = project / "demo" / "static" / "demo"
    registry = Registry(live=True)
    (folder / "a.js").write_text('import "./c/d.js"')
    assert registry.load() == BEFORE
    [found] = registry.diagnostics()
    assert found.message == "the source tree cannot be read; the recorded modules are served."
    assert found.hint == (
        "importmap: 1 problem\n"
        "- demo/static/demo/a.js:1:8: imports './c/d.js': the wheel does not ship 'demo/c/d.js'; "
        "it was looked for below 'demo/static'."
    )
    write(folder, {"c": {"d.js": ""}})
    os.utime(folder, ns=(1, 1))
    assert registry.load().imports == {**BEFORE.imports, "demo/c/d": "/static/demo/c/d.js"}
    assert registry.diagnostics() == ()
    [package] = registry.packages
    assert list(package.manifest["modules"]) == ["demo/a.js", "demo/c/d.js"]


def test_a_project_that_breaks(project: Path) -> None:
    """The recorded modules are served until it is whole again."""
    registry = Registry(live=True)
    (project / "pyproject.toml").write_text(DEMO_PYPROJECT + "editor = 1\n")
    assert registry.load() == BEFORE
    assert registry.load() is registry.load()
    [found] = registry.diagnostics()
    assert (found.code, found.severity, found.distribution) == ("IM111", "error", "demo")
    assert found.hint.startswith("importmap: 1 problem\n- tool.importmap.imports.editor: ")
    assert found.place == str(project)
    (project / "pyproject.toml").write_text(DEMO_PYPROJECT)
    assert registry.load() == BEFORE
    assert registry.diagnostics() == ()


def test_a_project_that_changes_its_namespace(project: Path) -> None:
    """The metadata of what is installed stays the authority."""
    (project / "pyproject.toml").write_text(DEMO_PYPROJECT.replace('demo = "demo"', 'other = "demo"'))
    registry = Registry(live=True)
    assert registry.load() == BEFORE
    [found] = registry.diagnostics()
    assert found.hint == "its namespace changed: install it again."


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (DEMO_PYPROJECT.replace('name = "demo"', 'name = "other"'), "the project is called 'other'"),
        ("[project", "the project's name cannot be read"),
    ],
)
def test_a_project_that_is_refused(project: Path, document: str, reason: str) -> None:
    """Until it is mended, which shows at the next load."""
    registry = Registry(live=True)
    (project / "pyproject.toml").write_text(document)
    assert registry.load() == ImportMap()
    assert registry.load() is registry.load()
    assert registry.diagnostics() == (
        Diagnostic(
            "IM109",
            "error",
            f"the manifest is not believed: {reason}.",
            distribution="demo",
            place=str(project / "pyproject.toml"),
        ),
    )
    (project / "pyproject.toml").write_text(DEMO_PYPROJECT)
    assert registry.load() == BEFORE
    assert registry.diagnostics() == ()


def test_a_project_that_the_system_refuses(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is served whatever the disk does."""
    monkeypatch.setattr("hatch_importmap.project.read_editable", refuse)
    add_module(project)
    registry = Registry(live=True)
    assert registry.load() == BEFORE
    assert registry.load() is registry.load()
    assert registry.diagnostics() == (
        Diagnostic(
            "IM112",
            "error",
            "the system does not let it be read: Permission denied. It is left out.",
            distribution="demo",
            place="/x/a.js",
        ),
        Diagnostic(
            "IM111",
            "error",
            "the source tree cannot be read; the recorded modules are served.",
            distribution="demo",
            place=str(project),
            hint="/x/a.js: Permission denied.",
        ),
    )


def refuse(*_: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied", "/x/a.js")


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize("live", [True, None])
def test_without_the_extra(project: Path, live: bool | None) -> None:
    """The recorded manifest serves; only what is really stale is told."""
    (project / "pyproject.toml").write_text(DEMO_PYPROJECT)
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


@pytest.mark.usefixtures("without_extra")
def test_one_look_for_each_change(project: Path) -> None:
    """Without the extra nothing is read again, so there is nothing to look for until the next change."""
    registry = Registry(live=True)
    before = registry.load()
    assert registry.load() is before
    (project / "pyproject.toml").write_text(DEMO_PYPROJECT)
    os.utime(project / "pyproject.toml", ns=(1, 1))
    touched = registry.load()
    assert touched is not before
    assert registry.load() is touched
    add_module(project)
    stale = registry.load()
    assert stale is not touched
    assert registry.load() is stale
    assert [found.code for found in registry.diagnostics()] == ["IM110"]


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
    registry = Registry(project=str(application), strict=True)
    assert registry.load() == SHOP
    assert registry.diagnostics() == (
        Diagnostic(
            "IM214",
            "info",
            "the application's own table stands for its installed copy.",
            distribution="shop",
            place=str(application),
        ),
    )


def test_an_application_with_the_name_of_another_distribution(application: Path, site: SiteFolder) -> None:
    """The name was only made from the namespace; what the other declares stays."""
    site.install("acme-shop", {"old": "acme_shop/old.js"})
    application.write_text(APPLICATION.replace('namespace = "shop"', 'namespace = "@acme/shop"'))
    registry = Registry(project=str(application))
    assert [(found.distribution, found.namespace) for found in registry.packages] == [
        ("acme-shop", "@acme/shop"),
        ("acme-shop", "acme-shop"),
    ]
    assert registry.diagnostics() == ()


def test_an_application_with_the_namespace_of_another_distribution(
    application: Path, site: SiteFolder
) -> None:
    site.install("other", namespace="shop")
    with pytest.raises(ConflictError) as caught:
        Registry(project=str(application)).load()
    assert [found.code for found in caught.value.diagnostics] == ["IM201"]


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


@pytest.mark.parametrize("name", ["read_application", "read_project"])
def test_what_the_system_refuses_of_a_project(
    application: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"hatch_importmap.project.{name}", refuse)
    with pytest.raises(DeclarationError) as caught:
        build(str(application)) if name == "read_project" else Registry(project=application).load()
    assert caught.value.diagnostics == (
        Diagnostic("IM017", "error", "cannot be read: Permission denied.", place="/x/a.js"),
    )


def test_an_application_whose_copy_is_disabled(application: Path, site: SiteFolder) -> None:
    site.install("shop", {"cart": "shop/cart.js"})
    registry = Registry(project=str(application), disable=["shop"])
    assert registry.load() == SHOP
    assert registry.diagnostics() == ()
