"""From entry points to packages: the three forms of a manifest, and who is believed."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.site_folder import SiteFolder, manifest

from importmap import Diagnostic, ManifestError, Package
from importmap._discovery.packages import discover
from importmap._discovery.sources import Sources
from importmap._manifest.document import encode

MANIFEST = "demo-1.0.dist-info/extra_metadata/importmap.json"


def found() -> list[Package]:
    """What is discovered without a complaint."""
    packages, diagnostics = discover()
    assert diagnostics == []
    return packages


def complaint() -> Diagnostic:
    """The only complaint about a site without a usable package."""
    packages, [diagnostic] = discover()
    assert packages == []
    return diagnostic


def raw(*args: Any, **more: Any) -> bytes:
    return encode(manifest(*args, **more))  # type: ignore[arg-type]  # a literal


def test_form_1_in_the_metadata(site: SiteFolder) -> None:
    site.install("demo")
    [package] = found()
    assert (package.distribution, package.version, package.namespace) == ("demo", "1.0", "demo")
    assert package.manifest == manifest("demo")
    assert package.place == MANIFEST
    assert repr(package) == "<Package demo 1.0 as 'demo'>"
    assert not package.is_alias
    assert hash(package) == hash(found()[0])
    assert package == found()[0]


def test_form_2_beside_the_package(site: SiteFolder) -> None:
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo\n"},
            "demo": {"__init__.py": "raise SystemExit", "importmap.json": raw("demo")},
        }
    )
    [package] = found()
    assert package.manifest == manifest("demo")
    assert package.place == str(site.path / "demo" / "importmap.json")
    assert "demo" not in sys.modules


def test_form_1_before_form_2(site: SiteFolder) -> None:
    site.install("demo", {"one": "demo/1.js"})
    site.add({"demo": {"__init__.py": "", "importmap.json": raw("demo", {"two": "demo/2.js"})}})
    assert list(found()[0].manifest["imports"]) == ["demo/one"]


def test_form_2_before_form_3(site: SiteFolder) -> None:
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo:imports\n"},
            "demo": {"__init__.py": "raise SystemExit", "importmap.json": raw("demo")},
        }
    )
    assert list(found()[0].manifest["imports"]) == ["demo/editor"]


def test_form_3_an_object(site: SiteFolder) -> None:
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo.maps:imports [extra]\n"},
            "demo": {"__init__.py": "", "maps.py": "imports = {'editor': 'demo/editor.js'}"},
        }
    )
    [package] = found()
    assert package.manifest["imports"] == {"demo/editor": {"path": "demo/editor.js", "contexts": ["default"]}}
    assert package.version == "1.0"
    assert package.place == "demo.maps:imports"


def test_none_of_the_three(site: SiteFolder) -> None:
    site.add({"demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo.app\n"}})
    assert complaint() == Diagnostic(
        "IM101",
        "error",
        "the distribution has no manifest: it was built without the hook, "
        "or its build backend did not ship demo/app/importmap.json.",
        distribution="demo",
        place=MANIFEST,
        hint="add the table [tool.hatch.build.hooks.importmap] to its pyproject.toml and build it again",
    )


NEVER_IMPORTED = {
    "nested": {"demo": {"__init__.py": "1 / 0", "app": {"__init__.py": "1 / 0"}}},
    "in a namespace package": {"demo": {"app": {"__init__.py": "1 / 0"}}},
    "a namespace package": {"demo": {"app": {}}},
    "a namespace package in a package": {"demo": {"__init__.py": "1 / 0", "app": {}}},
}


def with_manifest(files: Any, value: str) -> Any:
    """The files of a package, with a manifest in the folder that a dotted name leads to."""
    head, _, rest = value.partition(".")
    inner = files[head]
    changed = (
        {**inner, "importmap.json": raw("demo", package="demo.app")}
        if not rest
        else with_manifest(inner, rest)
    )
    return {**files, head: changed}


@pytest.mark.parametrize("files", NEVER_IMPORTED.values(), ids=NEVER_IMPORTED)
def test_never_imports(site: SiteFolder, files: Any) -> None:
    site.add(with_manifest(files, "demo.app"))
    site.add({"demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo.app\n"}})
    assert found()[0].place == str(site.path / "demo" / "app" / "importmap.json")
    assert "demo" not in sys.modules


def test_three_levels_of_namespace_packages(site: SiteFolder) -> None:
    """Python itself looks for the parent among the imported modules."""
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = a.b.c.d\n"},
            "a": {
                "b": {"c": {"d": {"__init__.py": "1 / 0", "importmap.json": raw("demo", package="a.b.c.d")}}}
            },
        }
    )
    assert found()[0].place.endswith("importmap.json")
    assert "a" not in sys.modules


def test_a_namespace_package_in_two_folders(
    site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "first" / "demo").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "first")
    test_never_imports(site, NEVER_IMPORTED["in a namespace package"])


def zipped(path: Path, files: dict[str, str | bytes], value: str = "demo") -> Path:
    """A zip file with a distribution in it whose entry point has a value."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo-1.0.dist-info/entry_points.txt", f"[importmap]\ndemo = {value}\n")
        archive.writestr("demo-1.0.dist-info/METADATA", "Name: demo\nVersion: 1.0\n")
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("init", [{"demo/__init__.py": "1 / 0"}, {"demo/": ""}])
@pytest.mark.parametrize("place", [MANIFEST, "demo/app/importmap.json"])
def test_in_a_zip_file(
    site: SiteFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    init: dict[str, str | bytes],
    place: str,
) -> None:
    files = {**init, "demo/app/__init__.py": "1 / 0", place: raw("demo", package="demo.app")}
    monkeypatch.syspath_prepend(zipped(tmp_path / "site.zip", files, "demo.app"))
    [package] = found()
    assert package.manifest["package"] == "demo.app"
    assert "demo" not in sys.modules


def test_a_module_is_no_package(site: SiteFolder) -> None:
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo\n"},
            "demo.py": "",
            "importmap.json": raw("demo"),
        }
    )
    assert complaint().code == "IM101"


def test_below_a_module(site: SiteFolder) -> None:
    site.add({"demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo.app\n"}, "demo.py": ""})
    assert complaint().code == "IM101"


def test_a_package_without_the_file(site: SiteFolder) -> None:
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo\n"},
            "demo": {"__init__.py": ""},
        }
    )
    assert complaint().code == "IM101"


def test_a_zip_without_the_file(site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(zipped(tmp_path / "site.zip", {"demo/__init__.py": ""}))
    assert complaint().code == "IM101"


class BrokenFinder:
    @staticmethod
    def find_spec(name: str, path: object, target: object = None) -> None:
        if name == "demo":
            raise RuntimeError("broken")


def test_finders_that_fail_are_passed_over(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo\n"},
            "demo": {"__init__.py": "", "importmap.json": raw("demo")},
        }
    )
    monkeypatch.setattr(sys, "meta_path", [object(), BrokenFinder, *sys.meta_path])
    assert [package.distribution for package in found()] == ["demo"]


def test_two_entry_points(site: SiteFolder) -> None:
    site.install("demo", entry_point="demo = demo\nother = demo")
    assert complaint() == Diagnostic(
        "IM106",
        "error",
        "a distribution has one entry point of group 'importmap', not 'demo', 'other'. It is left out.",
        distribution="demo",
        place="demo-1.0.dist-info/entry_points.txt",
    )


@pytest.mark.parametrize("name", ["Demo", "https:", "../demo", "a/b", "", "<script>"])
def test_bad_names(site: SiteFolder, name: str) -> None:
    site.install("demo", entry_point=f"{name} = demo")
    assert complaint() == Diagnostic(
        "IM106",
        "error",
        f"the entry point's name {name!r} is refused: a namespace is an npm name: lower-case letters, "
        "digits, '.', '_' and '-', optionally after '@scope/'.",
        distribution="demo",
        place="demo-1.0.dist-info/entry_points.txt",
    )


@pytest.mark.parametrize("value", ["", "../demo", "demo-app", "demo/app", ":x", "[x]", "."])
def test_bad_values(site: SiteFolder, value: str) -> None:
    site.install("demo", entry_point=f"demo = {value}")
    assert complaint() == Diagnostic(
        "IM106",
        "error",
        f"the entry point's value {value!r} is not the name of an import package.",
        distribution="demo",
        place="demo-1.0.dist-info/entry_points.txt",
    )


def test_a_manifest_of_somebody_else(site: SiteFolder) -> None:
    """The metadata is the authority for every name; each difference is told."""
    other = manifest("other", {"x": "other/x.js"}, version="2.0", namespace="other")
    site.install("demo")
    site.add({"demo-1.0.dist-info": {"extra_metadata": {"importmap.json": json.dumps(other)}}})
    packages, diagnostics = discover()
    assert packages == []
    assert diagnostics == [
        Diagnostic("IM104", "error", message, distribution="demo", place=f"{MANIFEST}: {member}")
        for member, message in [
            ("name", "the manifest says 'other', the distribution's metadata says 'demo'."),
            ("namespace", "the manifest says 'other', the distribution's metadata says 'demo'."),
            ("package", "the manifest says 'other', the distribution's metadata says 'demo'."),
            ("version", "the manifest says '2.0', the distribution's metadata says '1.0'."),
        ]
    ]


@pytest.mark.parametrize(
    ("folder", "version"),
    [
        ("demo-2026.8.10.dist-info", "2026.08.10"),
        ("demo-1.0+local.1.dist-info", "1.0+local.1"),
        ("demo-1.0_local.1.dist-info", "1.0+local.1"),
        ("demo-1.0.post1.dist-info", "1.0-1"),
        ("demo-1.0rc1.dist-info", "1.0-RC-1"),
        ("demo-odd.dist-info", "odd"),
        ("demo.egg-info", "1.0"),
    ],
)
def test_spellings_of_a_version(site: SiteFolder, folder: str, version: str) -> None:
    """Folders have the normalised one, metadata may keep the author's."""
    document = json.dumps(manifest("Demo", namespace="demo", package="demo", version=version))
    entry_points = "[importmap]\ndemo = demo\n"
    site.add({folder: {"entry_points.txt": entry_points, "extra_metadata": {"importmap.json": document}}})
    [package] = found()
    assert (package.distribution, package.version) == ("demo", version)


def test_versions_that_cannot_be_compared(site: SiteFolder) -> None:
    document = json.dumps(manifest("demo", version="other"))
    entry_points = "[importmap]\ndemo = demo\n"
    site.add(
        {
            "demo-odd.dist-info": {
                "entry_points.txt": entry_points,
                "extra_metadata": {"importmap.json": document},
            }
        }
    )
    assert complaint().message == "the manifest says 'other', the distribution's metadata says 'odd'."


def test_the_version_comes_from_the_folder(site: SiteFolder) -> None:
    document = manifest("demo")
    del document["version"], document["package"]
    site.install("demo")
    site.add({"demo-1.0.dist-info": {"extra_metadata": {"importmap.json": json.dumps(document)}}})
    assert found()[0].version == "1.0"


def test_an_alias(site: SiteFolder) -> None:
    site.install("demo", namespace="@scope/demo")
    [package] = found()
    assert package.is_alias
    assert list(package.manifest["imports"]) == ["@scope/demo/editor"]


def test_disabled_distributions_are_not_read(site: SiteFolder) -> None:
    site.install("demo")
    site.add({"demo-1.0.dist-info": {"extra_metadata": {"importmap.json": "broken"}}})
    assert discover({"demo"}) == ([], [])


def test_one_bad_manifest_does_not_take_the_others_with_it(site: SiteFolder) -> None:
    site.install("zoo")
    site.install("bad")
    site.add({"bad-1.0.dist-info": {"extra_metadata": {"importmap.json": "{"}}})
    site.install("demo")
    packages, [diagnostic] = discover()
    assert [package.distribution for package in packages] == ["demo", "zoo"]
    assert (diagnostic.code, diagnostic.distribution) == ("IM104", "bad")
    assert diagnostic.place == "bad-1.0.dist-info/extra_metadata/importmap.json"


def test_a_folder_in_place_of_the_manifest(site: SiteFolder) -> None:
    site.add(
        {
            "demo-1.0.dist-info": {
                "entry_points.txt": "[importmap]\ndemo = demo\n",
                "extra_metadata": {"importmap.json": {}},
            }
        }
    )
    diagnostic = complaint()
    assert (diagnostic.code, diagnostic.distribution) == ("IM102", "demo")
    assert diagnostic.message.startswith("the metadata cannot be read: ")
    assert diagnostic.message.endswith(". The distribution is left out.")


def test_a_manifest_in_a_zip_file_that_is_not_utf8(
    site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(zipped(tmp_path / "site.zip", {MANIFEST: b"\xff"}))
    diagnostic = complaint()
    assert (diagnostic.code, diagnostic.distribution) == ("IM102", "demo")
    assert diagnostic.place == "extra_metadata/importmap.json"


def test_the_garbage_collector_is_left_as_it_was(site: SiteFolder) -> None:
    import gc

    gc.disable()
    try:
        discover()
        assert not gc.isenabled()
    finally:
        gc.enable()
    discover()
    assert gc.isenabled()


def test_a_path_that_the_system_cannot_spell(site: SiteFolder) -> None:
    """No file has it: half a character here, and under an ASCII locale any other letter."""
    site.install("demo")
    site.add({"demo": {"__init__.py": ""}})
    [package] = discover()[0]
    with pytest.raises(ManifestError, match="is missing") as caught:
        Sources(package).read("demo/\ud800.js")
    assert [each.code for each in caught.value.diagnostics] == ["IM218"]
