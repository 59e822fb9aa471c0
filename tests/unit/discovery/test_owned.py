"""Whose a file is: metadata publishes and imports nothing that is not the distribution's own."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import os
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from support.shipping import ship, static
from support.site_folder import SiteFolder, manifest, write

from importmap import Diagnostic, ManifestError, Package, Registry
from importmap._base import files
from importmap._compose.registry import site_of
from importmap._discovery import distributions
from importmap._discovery.packages import discover
from importmap._discovery.sources import Sources

SECRET = '{"secret": 1}'
NOT_LISTED = "the distribution does not list it among its files"
NO_PACKAGE = "it lies in no package of the project that is installed as editable"


def sha256(content: str) -> str:
    raw = hashlib.sha256(content.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def record(site: SiteFolder, name: str, rows: Iterable[str]) -> None:
    """Give a distribution a list of files."""
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    site.add({info: {"RECORD": "".join(f"{row}\n" for row in (*rows, f"{info}/RECORD,,"))}})


def refusals(name: str, *paths: str) -> list[str]:
    """Why files of an installed distribution are refused; an empty text for one that is read."""
    packages, diagnostics = discover()
    assert diagnostics == []
    [package] = [each for each in packages if each.distribution == name]
    return [refusal(package, path) for path in paths or package.modules]


def refusal(package: Package, path: str) -> str:
    try:
        Sources(package).read(path)
    except ManifestError as error:
        [problem] = error.diagnostics
        assert (problem.code, problem.severity, problem.distribution) == (
            "IM220",
            "error",
            package.distribution,
        )
        head = f"the file of {path!r} is "
        assert problem.message.startswith(head)
        return problem.message.removeprefix(head).removeprefix("not the distribution's own: ").rstrip(".")
    return ""


def evil(site: SiteFolder, paths: Iterable[str], /, *, rows: Iterable[str] | None = (), **more: Any) -> None:
    """Install a distribution without files of its own, which names those of `mysite`."""
    site.install(
        "evil",
        {},
        entry_point="evil = mysite",
        **{
            "roots": ["mysite"],
            "package": "mysite",
            "modules": {path: {} for path in paths},
            "imports": {},
            **more,
        },
    )
    if rows is not None:
        record(site, "evil", rows)


@pytest.fixture
def mysite(site: SiteFolder) -> SiteFolder:
    """A folder with the site's own code, which no distribution has."""
    files = {"__init__.py": "", "settings.py": "SECRET_KEY = 1", "secrets.json": SECRET, ".env": "SECRET=1"}
    site.add({"mysite": {**files, "static": {"mysite": {"own.js": "1"}}}})
    return site


# Kinds


@pytest.mark.parametrize("name", ["settings.py", "settings.PY", "x.pyc", "x.pyi", "x.so", "x.pyd", "a/x.Pth"])
def test_python(mysite: SiteFolder, name: str) -> None:
    """Whether or not it is the package's own."""
    evil(mysite, [name], rows=[f"mysite/{name},,"])
    assert refusals("evil") == ["not published: pages load no such file"]


@pytest.mark.parametrize("name", [".env", ".git/config.json", "a/.secret.js"])
def test_dotfiles(mysite: SiteFolder, name: str) -> None:
    evil(mysite, [name], rows=[f"mysite/{name},,"])
    assert refusals("evil") == ["not published: names that begin with a dot are not published"]


def test_what_no_manifest_lists(site: SiteFolder) -> None:
    """A source map can have any name."""
    ship(site, "demo", {"demo/a.js": "//# sourceMappingURL=b.sqlite3"}, assets={"demo/b.sqlite3": SECRET})
    assert refusals("demo", "demo/b.sqlite3") == ["not published: the manifest does not list it"]
    registry = Registry(strict=True)
    assert list(registry.files) == ["demo/a.js"]


def test_assets_of_any_kind(site: SiteFolder) -> None:
    files = {"demo/a.js": "1"}
    ship(site, "demo", files, edges={"demo/a.js": {"assets": ["./b.svg"]}}, assets={"demo/b.svg": "2"})
    assert list(Registry(strict=True).files) == ["demo/a.js", "demo/b.svg"]


@pytest.mark.parametrize("name", ["db.sqlite3", "server.pem", "x.key"])
def test_what_servers_keep_to_themselves(site: SiteFolder, name: str) -> None:
    """An asset of a wheel is no secret; of a folder without a list nobody knows whose it is."""
    files = {"demo/a.js": "1"}
    ship(site, "demo", files, edges={"demo/a.js": {"assets": [f"./{name}"]}}, assets={f"demo/{name}": SECRET})
    needs = "only a distribution with a list of its files publishes such a file"
    assert refusals("demo", f"demo/{name}") == [needs]
    record(site, "demo", [f"demo/static/demo/{name},{sha256(SECRET)},"])
    assert refusals("demo", f"demo/{name}") == [""]


# Lists of files


def test_a_distribution_without_files(mysite: SiteFolder) -> None:
    evil(mysite, ["settings.py", "secrets.json", "static/mysite/own.js"])
    assert refusals("evil")[1:] == [NOT_LISTED, NOT_LISTED]
    registry = Registry()
    assert "secrets.json" not in registry.files


def test_a_list(site: SiteFolder) -> None:
    ship(site, "demo", {"demo/a.js": "a", "demo/b.js": "b"})
    record(site, "demo", ["demo/static/demo/a.js,,"])
    assert refusals("demo") == ["", NOT_LISTED]


@pytest.mark.parametrize(
    "row",
    [
        "demo/static/demo/a.js,,",
        '"demo/static/demo/a.js",sha256=x,1',
        "demo\\static\\demo\\a.js,,",
        "./demo//static/demo/a.js",
        "demo/../demo/static/demo/a.js,,",
        "{site}/demo/static/demo/a.js,,",
    ],
)
def test_spellings_of_a_row(site: SiteFolder, row: str) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    record(site, "demo", [row.replace("{site}", str(site.path))])
    assert refusals("demo") == [""]


@pytest.mark.parametrize(
    "row",
    [
        "",
        "demo/static/demo/A.js,,",
        "../site/../demo/static/demo/a.js,,",
        "/demo/static/demo/a.js,,",
        "C:\\demo\\static\\demo\\a.js,,",
        "demo/static/demo,,",
        "\0",
    ],
)
def test_rows_that_are_others(site: SiteFolder, row: str) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    record(site, "demo", [row])
    assert refusals("demo") == [NOT_LISTED]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b'"demo/static/demo/a.js', b"x" * 200_000])
def test_damaged_lists(site: SiteFolder, raw: bytes) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    site.add({"demo-1.0.dist-info": {"RECORD": raw}})
    expected = "" if raw.endswith(b"a.js") else NOT_LISTED
    assert refusals("demo") == [expected]


def test_a_list_that_cannot_be_read(site: SiteFolder) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    (site.path / "demo-1.0.dist-info" / "RECORD").mkdir()
    assert refusals("demo") == [NOT_LISTED]


def test_a_list_of_an_older_installer(site: SiteFolder) -> None:
    ship(site, "demo", {"demo/a.js": "a", "demo/b.js": "b"})
    info = site.path / "demo-1.0.dist-info"
    (info / "installed-files.txt").write_text("../demo/static/demo/a.js\nPKG-INFO\n")
    (info / "METADATA").rename(info / "PKG-INFO")
    info.rename(site.path / "demo-1.0.egg-info")
    assert refusals("demo") == ["", NOT_LISTED]


def test_a_file_that_two_list(site: SiteFolder) -> None:
    """Whose it is, the digest says."""
    ship(site, "victim", {"victim/a.json": SECRET})
    row = "victim/static/victim/a.json"
    claim: dict[str, Any] = {
        "roots": ["victim/static"],
        "package": "victim",
        "modules": {"victim/a.json": {}},
    }
    site.install("evil", {}, entry_point="evil = victim", imports={}, **claim)
    record(site, "evil", [f"{row},,"])
    record(site, "victim", [f"{row},{sha256(SECRET)},"])
    assert refusals("evil") == ["victim has it, too"]
    assert refusals("victim") == [""]
    # Who knows the content has nothing to learn.
    record(site, "evil", [f"{row},{sha256(SECRET)},"])
    assert refusals("evil") == [""]
    # In whatever case a file system has it.
    record(site, "victim", [f"{row.upper()},,"])
    record(site, "evil", [f"{row},md5=x,"])
    assert refusals("evil") == ["victim has it, too"]


def test_a_file_that_was_edited(site: SiteFolder) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    record(site, "demo", [f"demo/static/demo/a.js,{sha256('b')},"])
    assert refusals("demo") == [""]


def test_a_file_of_one_that_has_no_list(site: SiteFolder) -> None:
    ship(site, "victim", {"victim/a.json": SECRET})
    claim: dict[str, Any] = {
        "roots": ["victim/static"],
        "package": "victim",
        "modules": {"victim/a.json": {}},
    }
    site.install("evil", {}, entry_point="evil = victim", imports={}, **claim)
    assert refusals("evil") == ["its package is that of victim"]
    record(site, "evil", ["victim/static/victim/a.json,,"])
    assert refusals("evil") == ["victim has it, too"]
    assert refusals("victim") == [""]


# Distributions without a list


def test_the_package_of_another(site: SiteFolder) -> None:
    ship(site, "victim", {"victim/a.json": SECRET})
    (static(site, "victim") / "victim" / "b.json").write_text(SECRET)
    record(site, "victim", ["victim/__init__.py,,"])
    claim: dict[str, Any] = {
        "roots": ["victim/static"],
        "package": "victim",
        "modules": {"victim/a.json": {}, "victim/b.json": {}},
    }
    site.install("evil", {}, entry_point="evil = victim", imports={}, **claim)
    [package] = [each for each in discover()[0] if each.distribution == "evil"]
    sources = Sources(package)
    for path in package.modules:
        with pytest.raises(ManifestError, match="its package is that of victim"):
            sources.read(path)


@pytest.mark.parametrize("line", ["victim", "VICTIM\nother"])
def test_a_package_that_another_says_it_has(site: SiteFolder, line: str) -> None:
    ship(site, "victim", {"victim/a.json": SECRET})
    info = site.path / "victim-1.0.dist-info"
    info.rename(site.path / "else-1.0.dist-info")
    site.add({"else-1.0.dist-info": {"top_level.txt": line, "entry_points.txt": ""}})
    claim: dict[str, Any] = {
        "roots": ["victim/static"],
        "package": "victim",
        "modules": {"victim/a.json": {}},
    }
    site.install("evil", {}, entry_point="evil = victim", imports={}, **claim)
    assert refusals("evil") == ["its package is that of else"]
    (site.path / "else-1.0.dist-info" / "top_level.txt").unlink()
    (site.path / "else-1.0.dist-info" / "top_level.txt").mkdir()
    assert refusals("evil") == [""]


def test_several_packages_of_one(site: SiteFolder) -> None:
    roots = ["demo/static", "more/static", "plain/static"]
    ship(site, "demo", {"demo/a.js": "a", "more/b.js": "b", "plain/c.js": "c"}, roots=roots)
    for name in ("more", "plain"):
        (site.path / name / "static").mkdir(parents=True)
        (static(site, "demo") / name).rename(site.path / name / "static" / name)
    (site.path / "more" / "__init__.py").touch()
    assert refusals("demo") == ["", "", ""]


def test_a_shared_folder(site: SiteFolder) -> None:
    """Two distributions have a package each in it."""
    for name in ("a", "b"):
        root = f"acme/{name}/static"
        more: dict[str, Any] = {"package": f"acme.{name}", "roots": [root], "modules": {f"{name}/x.js": {}}}
        site.install(f"acme-{name}", {}, entry_point=f"acme-{name} = acme.{name}", imports={}, **more)
        site.add({"acme": {name: {"__init__.py": "", "static": {name: {"x.js": "1"}}}}})
    assert refusals("acme-a") == [""]
    assert refusals("acme-b") == [""]
    record(site, "acme-b", ["acme/b/static/b/x.js,,"])
    assert refusals("acme-a") == [""]
    assert refusals("acme-b") == [""]


def test_a_package_elsewhere(mysite: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site's own folder is on the path; the distribution is installed in another one."""
    project = tmp_path / "project"
    project.mkdir()
    (mysite.path / "mysite").rename(project / "mysite")
    monkeypatch.syspath_prepend(project)
    evil(mysite, ["secrets.json"], rows=None)
    assert refusals("evil") == ["it lies in no package beside the distribution's metadata"]


def test_a_link_to_another_folder(site: SiteFolder, tmp_path: Path) -> None:
    """A list names what an installer wrote; a link that leads elsewhere is not that."""
    ship(site, "demo", {"demo/a.js": "a"})
    record(site, "demo", ["demo/static/demo/a.js,,"])
    place = static(site, "demo") / "demo" / "a.js"
    place.unlink()
    place.symlink_to(write(tmp_path / "etc", {"a.js": SECRET}) / "a.js")
    [package], _ = discover()
    with pytest.raises(ManifestError, match="lies outside the distribution"):
        Sources(package).read("demo/a.js")


@pytest.mark.parametrize("with_list", [True, False])
def test_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_list: bool) -> None:
    archive = tmp_path / "demo.zip"
    document = manifest("demo", {"a": "demo/a.js", "b": "demo/b.js"})
    files = {
        "demo/__init__.py": "",
        "demo/static/demo/a.js": "a",
        "demo/static/demo/b.js": "b",
        "demo-1.0.dist-info/METADATA": "Name: demo\nVersion: 1.0\n",
        "demo-1.0.dist-info/entry_points.txt": "[importmap]\ndemo = demo\n",
        "demo-1.0.dist-info/extra_metadata/importmap.json": json.dumps(document),
        **({"demo-1.0.dist-info/RECORD": "demo/static/demo/a.js,,\n"} if with_list else {}),
    }
    with zipfile.ZipFile(archive, "w") as writing:
        for name, text in files.items():
            writing.writestr(name, text)
    monkeypatch.syspath_prepend(archive)
    assert refusals("demo") == ["", NOT_LISTED if with_list else ""]


class Finder:
    """Finds the distributions of one folder, which is not on `sys.path`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(self, *args: object) -> None:
        return None

    def find_distributions(self, context: object) -> object:
        # Finders may list more than they are asked for.
        path = importlib.metadata.DistributionFinder.Context(path=[str(self._folder)])
        return importlib.metadata.MetadataPathFinder.find_distributions(path)


class Failing(Finder):
    def find_distributions(self, context: object) -> object:
        raise RuntimeError("out of order")


def test_another_finder(site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says where the files of its distributions lie."""
    ship(site, "demo", {"demo/a.js": "a", "demo/b.js": "b"})
    record(site, "demo", ["demo/static/demo/a.js,,"])
    site.add({"demo-1.0.dist-info": {"METADATA": "Name: demo\nVersion: 1.0\n"}})
    found = [package for package in discover()[0] if package.distribution == "demo"]
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    write(hidden, {"another-1.0.dist-info": {"METADATA": "Name: another\nVersion: 1.0\n"}})
    (site.path / "demo-1.0.dist-info").rename(hidden / "demo-1.0.dist-info")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Failing(hidden), Finder(hidden)])
    # The metadata is elsewhere than the files.
    assert [refusal(found[0], path) for path in ("demo/a.js", "demo/b.js")] == [NOT_LISTED, NOT_LISTED]
    (site.path / "demo").rename(hidden / "demo")
    (site.path / "demo").symlink_to(hidden / "demo", target_is_directory=True)
    monkeypatch.setattr(sys, "path", [str(hidden), *sys.path])
    (hidden / "demo-1.0.dist-info").rename(hidden / "demo-1.0.dist-info.gone")
    assert refusal(found[0], "demo/a.js") == ""


def test_our_own_files(site: SiteFolder) -> None:
    """They are no secret, wherever Python imports us from."""
    site.add_own()
    assert refusals("hatch-importmap") == [""]


def test_a_second_root(site: SiteFolder) -> None:
    """What one root has of somebody else, another may have of its own."""
    ship(site, "demo", {"demo/a.js": "a"}, roots=["more/static", "demo/static"])
    site.add({"more": {"static": {"demo": {"a.js": SECRET}}}})
    record(site, "demo", ["demo/static/demo/a.js,,"])
    assert refusals("demo") == [""]
    (static(site, "demo") / "demo" / "a.js").unlink()
    assert refusals("demo") == [NOT_LISTED]


# Editable installs


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(
        tmp_path / "project",
        {
            "pyproject.toml": '[project]\nname = "demo"\n',
            ".env": "SECRET=1",
            "secrets.json": SECRET,
            "conf": {"secrets.json": SECRET},
            "node_modules": {"x": {"x.js": "1"}},
            "src": {
                "demo": {"__init__.py": "", "static": {"demo": {"a.js": "a"}}, "db.sqlite3": SECRET},
                "more": {"__init__.py": "", "static": {"more": {"b.js": "b"}}},
            },
        },
    )


def link(site: SiteFolder, project: Path, files: dict[str, str], **more: Any) -> None:
    """Install a project as editable whose hook has written the manifest; the files by public path."""
    direct_url = json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})
    site.install(
        "demo",
        {},
        beside={"direct_url.json": direct_url},
        **{
            "project": str(project),
            "files": {public: str(project / source) for public, source in files.items()},
            "pyproject": "",
            "watch": {},
            "modules": {public: {} for public in files},
            "imports": {},
            "roots": ["demo/static", "more/static"],
            **more,
        },
    )


OWN = {"demo/a.js": "src/demo/static/demo/a.js"}


def test_an_editable_install(site: SiteFolder, project: Path) -> None:
    link(site, project, OWN)
    assert refusals("demo") == [""]


def test_it_has_links(site: SiteFolder, project: Path) -> None:
    """A wheel can bring a direct_url.json; only an installer brings what links the project."""
    link(site, project, OWN)
    record(site, "demo", [])
    assert refusals("demo") == [NOT_LISTED]
    record(site, "demo", ["_demo.pth,,", "gone.pth,,"])
    site.add({"_demo.pth": f"# {project}\n\nrelative\n{project.parent}\n"})
    assert refusals("demo") == [NOT_LISTED]
    site.add({"_demo.pth": f"{project / 'src'}\n"})
    assert refusals("demo") == [""]


@pytest.mark.parametrize(
    ("public", "source"),
    [
        ("secrets.json", "secrets.json"),
        ("conf/secrets.json", "conf/secrets.json"),
        ("x.js", "node_modules/x/x.js"),
        ("demo/x.js", "node_modules/x/x.js"),
        ("pyproject.toml", "pyproject.toml"),
    ],
)
def test_the_rest_of_a_project(site: SiteFolder, project: Path, public: str, source: str) -> None:
    link(site, project, {public: source})
    assert refusals("demo") == [NO_PACKAGE]


def test_a_project_that_our_hook_builds(site: SiteFolder, project: Path) -> None:
    """It ships files from wherever it says, but for its own folder."""
    files = {"x.js": "node_modules/x/x.js", "secrets.json": "secrets.json"}
    link(site, project, files)
    for path, text in {
        "pyproject.toml": '[project]\nname = "demo"\n[tool.hatch.build.hooks.importmap]\n',
        "hatch.toml": "[build.targets.wheel.hooks.importmap]\n",
    }.items():
        (project / "pyproject.toml").write_text('[project]\nname = "demo"\n')
        (project / path).write_text(text)
        assert refusals("demo") == ["", NO_PACKAGE]
    (project / "hatch.toml").write_text("[build]\ntargets = 1\n")
    assert refusals("demo") == [NO_PACKAGE, NO_PACKAGE]


def test_a_second_package_of_a_project(site: SiteFolder, project: Path) -> None:
    files = {"more/b.js": "src/more/static/more/b.js"}
    link(site, project, files)
    assert refusals("demo") == [NO_PACKAGE]
    for line in (str(project / "src"), "import _demo"):
        record(site, "demo", ["_demo.pth,,"])
        site.add({"_demo.pth": f"{line}\n"})
        assert refusals("demo") == [""]
    (project / "src" / "more" / "__init__.py").unlink()
    assert refusals("demo") == [NO_PACKAGE]


def test_a_database_of_a_project(site: SiteFolder, project: Path) -> None:
    link(site, project, {"db.sqlite3": "src/demo/db.sqlite3"}, roots=["demo"])
    assert refusals("demo") == ["only a distribution with a list of its files publishes such a file"]


def test_an_environment_inside_a_project(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is installed there is not the project's."""
    inside = SiteFolder(write(project / "venv", {}))
    monkeypatch.syspath_prepend(inside.path)
    ship(inside, "victim", {"victim/a.json": SECRET})
    link(inside, project, {"victim/a.json": "venv/victim/static/victim/a.json"}, roots=["victim/static"])
    assert refusals("demo") == [NO_PACKAGE]
    other = SiteFolder(write(tmp_path / "other", {}))
    monkeypatch.syspath_prepend(other.path)
    more: dict[str, Any] = {"roots": ["victim/static"], "package": "victim"}
    link(
        other,
        project,
        {"victim/a.json": "venv/victim/static/victim/a.json"},
        entry_point="demo = victim",
        **more,
    )
    assert refusals("demo") == [NO_PACKAGE]


def test_a_package_that_is_a_link(site: SiteFolder, project: Path) -> None:
    """As Flit installs it."""
    link(site, project, OWN)
    document = manifest("demo", {}, modules={"demo/a.js": {}}, imports={})
    site.add({"demo-1.0.dist-info": {"extra_metadata": {"importmap.json": json.dumps(document)}}})
    record(site, "demo", [])
    (site.path / "demo").symlink_to(project / "src" / "demo", target_is_directory=True)
    assert refusals("demo") == [""]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this platform")
def test_a_direct_url_that_is_a_pipe(site: SiteFolder) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    os.mkfifo(site.path / "demo-1.0.dist-info" / "direct_url.json")
    assert refusals("demo") == [""]


# What is imported


MAPS = 'imports = {"editor": "demo/editor.js"}\nprint("imported")\n'


def refused(module: str) -> str:
    """Why the object of the only distribution is not imported."""
    packages, diagnostics = discover()
    if packages:
        assert diagnostics == []
        return ""
    [problem] = diagnostics
    head = "the object is not imported: "
    assert problem.replace(message="") == Diagnostic(
        "IM107", "error", "", distribution="demo", place=f"{module}:imports"
    )
    assert problem.message.startswith(head)
    return problem.message.removeprefix(head).rstrip(".")


def entries(site: SiteFolder, module: str, rows: Iterable[str] | None = None) -> None:
    site.add({"demo-1.0.dist-info": {"entry_points.txt": f"[importmap]\ndemo = {module}:imports\n"}})
    if rows is not None:
        record(site, "demo", rows)


@pytest.mark.parametrize(
    ("module", "files"),
    [
        ("demo_maps", {"demo_maps.py": MAPS}),
        ("demo", {"demo": {"__init__.py": MAPS}}),
        ("demo.maps", {"demo": {"__init__.py": "", "maps.py": MAPS}}),
        ("acme.demo.maps", {"acme": {"demo": {"maps.py": MAPS}}}),
    ],
)
def test_an_own_module(site: SiteFolder, module: str, files: Any, capsys: pytest.CaptureFixture[str]) -> None:
    site.add(files)
    entries(site, module)
    assert refused(module) == ""
    assert capsys.readouterr().out == "imported\n"
    for name in [name for name in sys.modules if name.partition(".")[0] == module.partition(".")[0]]:
        del sys.modules[name]
    entries(site, module, [])
    assert refused(module) == NOT_LISTED
    assert capsys.readouterr().out == ""
    tail = "/__init__.py" if module == "demo" else ".py"
    entries(site, module, [f"{module.replace('.', '/')}{tail},,"])
    assert refused(module) == ""


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("subprocess", "it lies in no package beside the distribution's metadata"),
        ("json.decoder", "it lies in no package beside the distribution's metadata"),
        ("sys", "there is no such module"),
        ("os", "there is no such module"),
        ("no_such_module", "there is no such module"),
        ("no_such.module", "there is no such module"),
        ("pytest", "it lies in no package beside the distribution's metadata"),
        ("victim.maps", "its package is that of victim"),
    ],
)
def test_modules_of_others(
    site: SiteFolder, module: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.add({"victim": {"__init__.py": MAPS, "maps.py": MAPS}, "victim-1.0.dist-info": {"METADATA": ""}})
    entries(site, module)
    if module == "os" and sys.version_info < (3, 11):
        why = "it lies in no package beside the distribution's metadata"
    assert refused(module) == why
    assert capsys.readouterr().out == ""


def test_a_module_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "demo.zip"
    with zipfile.ZipFile(archive, "w") as writing:
        writing.writestr("demo_maps.py", MAPS)
        writing.writestr("demo-1.0.dist-info/METADATA", "Name: demo\nVersion: 1.0\n")
        writing.writestr("demo-1.0.dist-info/entry_points.txt", "[importmap]\ndemo = demo_maps:imports\n")
    monkeypatch.syspath_prepend(archive)
    assert refused("demo_maps") == ""
    del sys.modules["demo_maps"]


def test_a_module_of_a_project(site: SiteFolder, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(project / "src")
    write(project / "src", {"demo_maps.py": MAPS})
    direct_url = json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})
    site.add({"demo-1.0.dist-info": {"direct_url.json": direct_url}, "_demo.pth": f"{project / 'src'}\n"})
    entries(site, "demo_maps", ["_demo.pth,,"])
    assert refused("demo_maps") == ""
    del sys.modules["demo_maps"]


# Costs


def test_maps_read_no_list(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """And files read each list once."""
    names = ("one", "two")
    for name in names:
        ship(site, name, {f"{name}/{letter}.js": letter for letter in "abc"})
        record(site, name, [f"{name}/static/{name}/{letter}.js,," for letter in "abc"])
    read: list[str] = []

    def reading(path: str) -> bytes | None:
        read.append(path)
        return original(path)

    original = files.read_if_there
    monkeypatch.setattr(distributions, "read_if_there", reading)
    registry = Registry(strict=True)
    registry.load()
    assert not [path for path in read if path.endswith("RECORD")]
    assert len(registry.files) == 6
    records = [path for path in read if path.endswith("RECORD")]
    assert {str(site.path / f"{name}-1.0.dist-info" / "RECORD") for name in names} <= {*records}
    assert len(records) == len({*records})
    assert site_of(registry).files is registry.files
