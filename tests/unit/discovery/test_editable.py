"""Editable installs: absolute paths are believed only where an installer wrote that they are its own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.site_folder import SiteFolder, write

from importmap import Diagnostic, Package
from importmap._discovery import editable
from importmap._discovery.packages import discover


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "мой project",
        {
            "pyproject.toml": '[project]\nname = "Demo"\n',
            "demo": {"static": {"demo": {"editor.js": "1"}}},
        },
    )


def source(project: Path) -> str:
    return str(project / "demo" / "static" / "demo" / "editor.js")


def install(
    site: SiteFolder, project: Path, direct_url: object, /, **more: Any
) -> tuple[list[Package], list[Diagnostic]]:
    """What is discovered of an editable install, as far as direct_url.json says so."""
    members = {
        "project": str(project),
        "files": {"demo/editor.js": source(project)},
        "pyproject": "",
        "watch": {source(project): [1, 1]},
        "modules": {"demo/editor.js": {"size": 1}},
        **more,
    }
    files = {} if direct_url is None else {"direct_url.json": json.dumps(direct_url)}
    site.install("demo", beside=files, **members)
    return discover()


def url(project: Path, *, editable: object = True) -> dict[str, Any]:
    return {"url": project.as_uri(), "dir_info": {"editable": editable}}


MANIFEST = "demo-1.0.dist-info/extra_metadata/importmap.json"


def reason(found: tuple[list[Package], list[Diagnostic]], place: str = MANIFEST) -> str:
    """Why the only package is not believed."""
    packages, [diagnostic] = found
    assert packages == []
    assert (diagnostic.code, diagnostic.severity, diagnostic.distribution) == ("IM109", "error", "demo")
    assert diagnostic.place == place
    assert diagnostic.message.startswith("the manifest is not believed: ")
    return diagnostic.message.removeprefix("the manifest is not believed: ")


def test_believed(site: SiteFolder, project: Path) -> None:
    """Whatever letters and spaces its path has."""
    [package], diagnostics = install(site, project, url(project))
    assert diagnostics == []
    assert package.manifest["project"] == str(project)


def test_believed_through_a_link(site: SiteFolder, project: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(project, target_is_directory=True)
    packages, diagnostics = install(site, project, url(link))
    assert len(packages) == 1
    assert diagnostics == []


@pytest.mark.parametrize(
    "direct_url",
    [
        None,
        {},
        [],
        "editable",
        {"url": "file:///x"},
        {"dir_info": {}, "url": "file:///x"},
        {"dir_info": [], "url": "file:///x"},
        {"dir_info": {"editable": True}},
        {"dir_info": {"editable": True}, "url": 1},
        {"dir_info": {"editable": True}, "url": "https://example.org/demo"},
        {"dir_info": {"editable": True}, "url": "file://[broken"},
    ],
)
def test_not_editable(site: SiteFolder, project: Path, direct_url: object) -> None:
    assert reason(install(site, project, direct_url)) == (
        "it names a source tree, but the distribution is not installed as editable."
    )


@pytest.mark.parametrize("editable", [False, 1, "true", None])
def test_editable_must_be_true(site: SiteFolder, project: Path, editable: object) -> None:
    assert reason(install(site, project, url(project, editable=editable))) == (
        "it names a source tree, but the distribution is not installed as editable."
    )


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000])
def test_broken_direct_url(site: SiteFolder, project: Path, raw: bytes) -> None:
    install(site, project, url(project))
    site.add({"demo-1.0.dist-info": {"direct_url.json": raw}})
    assert reason(discover()) == "it names a source tree, but the distribution is not installed as editable."


def test_another_project(site: SiteFolder, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert reason(install(site, project, url(other))) == (
        f"it names the source tree {str(project)!r}, but {str(other)!r} is installed as editable."
    )


def test_a_project_that_no_system_has(site: SiteFolder, project: Path) -> None:
    nowhere = {"url": "file:///x%00y", "dir_info": {"editable": True}}
    assert reason(install(site, project, nowhere)) == (
        "it names a source tree, but the distribution is not installed as editable."
    )


@pytest.mark.parametrize("relative", ["", ".", "demo", "../demo"])
def test_a_relative_project(site: SiteFolder, project: Path, relative: str) -> None:
    found = install(site, project, url(project), project=relative)
    assert reason(found) == f"'project' is not an absolute path: {relative!r}."


@pytest.mark.parametrize(
    "path", ["editor.js", "../editor.js", "{tmp}/outside.js", "{tmp}/мой project2/x.js", "{tmp}"]
)
def test_a_file_outside(site: SiteFolder, project: Path, tmp_path: Path, path: str) -> None:
    outside = path.replace("{tmp}", str(tmp_path))
    found = install(site, project, url(project), files={"demo/editor.js": outside})
    assert reason(found) == f"the file {outside!r} lies outside the project."


def test_a_file_outside_by_way_of_dots(site: SiteFolder, project: Path) -> None:
    outside = f"{project}{os.sep}..{os.sep}x.js"
    found = install(site, project, url(project), files={"demo/editor.js": outside})
    assert reason(found) == f"the file {outside!r} lies outside the project."


def test_a_link_to_a_file_outside(site: SiteFolder, project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.js").write_text("secret")
    Path(source(project)).unlink()
    Path(source(project)).symlink_to(tmp_path / "secret.js")
    assert reason(install(site, project, url(project))) == (
        f"the file {source(project)!r} lies outside the project."
    )


def shipped(site: SiteFolder, folder: Path, path: Path, name: str = "evil/x.js") -> str:
    """Why a wheel is not believed that brings everything an editable install has."""
    return reason(
        install(site, folder, url(folder), files={name: str(path)}, modules={"demo/editor.js": {}, name: {}}),
        str(folder / "pyproject.toml"),
    )


def test_a_wheel_that_ships_its_own_direct_url(site: SiteFolder, tmp_path: Path) -> None:
    """The folder knows nothing of it."""
    etc = write(tmp_path / "etc", {"x.js": "secret"})
    assert shipped(site, etc, etc / "x.js") == (
        "the project's name cannot be read: No such file or directory."
    )


def test_the_project_of_somebody_else(site: SiteFolder, project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "victim"\n')
    assert shipped(site, project, Path(source(project))) == "the project is called 'victim'."


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[project]",
        b"[project]\nname = 1",
        b"project = 'demo'",
        b"project = ['demo']",
        b"[project",
        b"\xff",
        b"x = " + b"[" * 100_000,
    ],
)
def test_a_project_without_a_name(site: SiteFolder, project: Path, document: bytes) -> None:
    (project / "pyproject.toml").write_bytes(document)
    assert shipped(site, project, Path(source(project))) == "the project's name cannot be read."


@pytest.mark.parametrize(
    ("public", "name"),
    [
        ("demo/x.js", "settings.py"),
        ("demo/x.json", ".env"),
        ("demo/x.wasm", "settings.py"),
        ("demo/x.wasm", "editor.js"),
        ("demo/x", ".env"),
        ("demo/x", "LICENSE"),
    ],
)
def test_a_file_of_another_kind(site: SiteFolder, project: Path, public: str, name: str) -> None:
    """What a file is called in the project decides what it is, not what a manifest calls it."""
    path = project / name
    found = install(site, project, url(project), files={public: str(path)}, modules={public: {}}, imports={})
    assert reason(found) == f"the file {str(path)!r} is of another kind than {public!r}."


def test_a_link_to_a_file_of_another_kind(site: SiteFolder, project: Path) -> None:
    Path(source(project)).unlink()
    Path(source(project)).symlink_to(project / "pyproject.toml")
    assert reason(install(site, project, url(project))) == (
        f"the file {source(project)!r} is of another kind than 'demo/editor.js'."
    )


@pytest.mark.parametrize(
    ("public", "name"), [("demo/x.js", "x.mjs"), ("demo/x.wasm", "y.wasm"), ("demo/LICENSE", "LICENSE")]
)
def test_files_of_a_kind(site: SiteFolder, project: Path, public: str, name: str) -> None:
    files = {public: str(project / name)}
    packages, diagnostics = install(
        site, project, url(project), files=files, modules={public: {}}, imports={}
    )
    assert (len(packages), diagnostics) == (1, [])


def test_an_ordinary_wheel_names_no_files(site: SiteFolder, project: Path) -> None:
    """Without a project there is nothing that they could lie in."""
    site.install("demo", beside={"direct_url.json": json.dumps(url(project))}, modules={"demo/editor.js": {}})
    document = json.loads((site.path / "demo-1.0.dist-info/extra_metadata/importmap.json").read_text())
    document["files"] = {"demo/editor.js": source(project)}
    site.add({"demo-1.0.dist-info": {"extra_metadata": {"importmap.json": json.dumps(document)}}})
    assert reason(discover()) == "only an editable install may name a source tree."


@pytest.mark.parametrize("member", sorted(editable.MEMBERS))
def test_beside_the_package_nothing_is_believed(site: SiteFolder, project: Path, member: str) -> None:
    """Not even from an editable install: any build backend ships this file."""
    install(site, project, url(project), build={})
    path = site.path / "demo-1.0.dist-info" / "extra_metadata" / "importmap.json"
    document = json.loads(path.read_text())
    path.unlink()
    kept = {key: value for key, value in document.items() if key == member or key not in editable.MEMBERS}
    site.add({"demo": {"__init__.py": "", "importmap.json": json.dumps(kept)}})
    packages, [diagnostic] = discover()
    assert packages == []
    assert diagnostic == Diagnostic(
        "IM109",
        "error",
        "the manifest is not believed: only an editable install may name a source tree.",
        distribution="demo",
        place=str(site.path / "demo" / "importmap.json"),
    )
