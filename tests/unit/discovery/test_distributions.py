"""Finding distributions: the broken, the foreign and the unreadable."""

from __future__ import annotations

import importlib.metadata
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.site_folder import Files, SiteFolder, whole, write

from importmap import Diagnostic
from importmap._discovery.distributions import Foreign, Installed, find, versions

DEMO = "[importmap]\ndemo = demo\n"


@pytest.fixture(autouse=True)
def no_other_path(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test puts there is found."""
    import packaging.version  # noqa: F401  # still on the path now

    monkeypatch.setattr(sys, "path", [str(site.path)])


def found() -> list[Installed]:
    """What is found without a complaint."""
    diagnostics: list[Diagnostic] = []
    distributions = find(diagnostics)
    assert diagnostics == []
    return distributions


def complaints() -> tuple[list[str], list[Diagnostic]]:
    diagnostics: list[Diagnostic] = []
    return [installed.name for installed in find(diagnostics)], diagnostics


def info(text: str | bytes = DEMO, **more: str) -> Files:
    return {"entry_points.txt": text, **more}


def test_nothing() -> None:
    assert found() == []


def test_a_distribution(site: SiteFolder) -> None:
    site.add({"Demo_App-1.0_local.dist-info": info("[importmap]\n@scope/demo = demo.app\n", x="y")})
    [installed] = found()
    assert installed == Installed(
        f"{site.path}/Demo_App-1.0_local.dist-info",
        "demo-app",
        "1.0+local",
        (("@scope/demo", "demo.app"),),
    )
    assert installed.read("x") == b"y"
    assert installed.read("missing") is None
    assert installed.read("x/below-a-file") is None
    assert installed.place("x") == "Demo_App-1.0_local.dist-info/x"


def test_egg_info(site: SiteFolder) -> None:
    """Development installs of old have no version in the folder's name."""
    site.add(
        {
            "demo.egg-info": info(),
            "other-2.0-py3.11.egg-info": info(),
            "plain-1.0.egg-info": "Name: plain\n",
        }
    )
    assert sorted((installed.name, installed.version) for installed in found()) == [
        ("demo", ""),
        ("other", "2.0"),
    ]


def test_suffixes_in_any_case(site: SiteFolder) -> None:
    site.add({"demo-1.0.Dist-Info": info()})
    assert [installed.name for installed in found()] == ["demo"]


def test_the_first_on_the_path_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(tmp_path / "1", whole({"my_demo-1.0.dist-info": info("[importmap]\nfirst = demo\n")}))
    second = write(tmp_path / "2", whole({"My.Demo-2.0.dist-info": info("[importmap]\nsecond = demo\n")}))
    monkeypatch.setattr(sys, "path", [str(first), str(second), str(first)])
    assert [installed.version for installed in found()] == ["1.0"]


def test_the_first_wins_even_without_entry_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(tmp_path / "1", whole({"demo-1.0.dist-info": {}}))
    second = write(tmp_path / "2", whole({"demo-2.0.dist-info": info()}))
    monkeypatch.setattr(sys, "path", [str(first), str(second)])
    assert found() == []


@pytest.mark.parametrize(
    "leftover",
    [
        {},
        {"RECORD": "my_demo-2.0.dist-info/RECORD,,\n"},
        {"entry_points.txt": "[importmap]\nold = demo\n"},
        {"entry_points.txt": "[importmap]\nold = demo\n", "extra_metadata": {"importmap.json": "{}"}},
    ],
)
@pytest.mark.parametrize("kind", ["dist-info", "egg-info"])
@pytest.mark.parametrize("place", ["1", "2"])
def test_what_an_uninstallation_leaves_is_no_distribution(
    leftover: Files, kind: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it lies beside the distribution or in a folder before it, it hides nothing."""
    folders = {
        "1": write(tmp_path / "1", {}),
        "2": write(tmp_path / "2", whole({"my_demo-1.0.dist-info": info()})),
    }
    write(folders[place], {f"my_demo-2.0.{kind}": leftover})
    monkeypatch.setattr(sys, "path", [str(folder) for folder in folders.values()])
    names, diagnostics = complaints()
    assert (names, diagnostics) == (["my-demo"], [])
    assert [installed.version for installed in found()] == ["1.0"]
    assert versions(["my-demo"]) == {"my-demo": ["1.0"]}


def test_two_leftovers(site: SiteFolder) -> None:
    write(site.path, {"demo-1.0.dist-info": info(), "demo-2.0.dist-info": info()})
    assert (complaints(), versions(["demo"])) == (([], []), {})


def test_an_egg_info_can_be_a_file(site: SiteFolder) -> None:
    site.add({"demo-1.0.egg-info": "Name: demo\nVersion: 1.0\n", "demo-0.9.dist-info": {}})
    assert {name: sorted(found) for name, found in versions(["demo"]).items()} == {"demo": ["0.9", "1.0"]}


def test_a_distribution_with_metadata_that_nobody_can_look_at(site: SiteFolder) -> None:
    """What is there and cannot be read is no leftover."""
    (site.path / "demo-1.0.dist-info").mkdir()
    (site.path / "demo-1.0.dist-info" / "METADATA").symlink_to("METADATA")
    assert versions(["demo"]) == {"demo": ["1.0"]}


def test_other_groups_and_comments(site: SiteFolder) -> None:
    text = (
        "before any section\n[console_scripts]\nimportmap = x:y\n; x =\n"
        "#[importmap]\n[importmap]\n\n # a = b\n b=c=d \r\n"
    )
    site.add({"demo-1.0.dist-info": info(text), "other-1.0.dist-info": info("[x]\ny = importmap\n")})
    assert [installed.entry_points for installed in found()] == [(("b", "c=d"),)]


def test_large_files(site: SiteFolder) -> None:
    names = [f"name{number} = demo" for number in range(20_000)]
    site.add({"demo-1.0.dist-info": info("\n".join(["[importmap]", *names]))})
    assert len(found()[0].entry_points) == 20_000


@pytest.mark.parametrize("size", [16384, 32768, 16383, 0])
def test_files_of_every_size(site: SiteFolder, size: int) -> None:
    """What is read at once, what needs another look, and what is exactly as large as a look."""
    site.add({"demo-1.0.dist-info": info(DEMO, x="x" * size)})
    assert found()[0].read("x") == b"x" * size


def test_leftovers_of_pip(site: SiteFolder) -> None:
    site.add({"~demo-1.0.dist-info": info(), "~-emo-1.0.dist-info": info()})
    assert found() == []


def test_not_utf8(site: SiteFolder) -> None:
    site.add(
        {"bad-1.0.dist-info": info("[importmap]\nb = é\n".encode("latin-1")), "demo-1.0.dist-info": info()}
    )
    assert complaints() == (
        ["demo"],
        [
            Diagnostic(
                "IM103",
                "warning",
                "the file cannot be read: it is not UTF-8. The distribution is left out.",
                distribution="bad",
                place="bad-1.0.dist-info/entry_points.txt",
            )
        ],
    )


def test_a_line_without_an_equals_sign(site: SiteFolder) -> None:
    """importlib.metadata raises a TypeError for the whole environment."""
    site.add({"bad-1.0.dist-info": info("[importmap]\n\n\nb\n"), "demo-1.0.dist-info": info()})
    with pytest.raises(TypeError):
        importlib.metadata.entry_points(group="importmap")
    assert complaints() == (
        ["demo"],
        [
            Diagnostic(
                "IM103",
                "warning",
                "the file cannot be read: line 4 has no '='. The distribution is left out.",
                distribution="bad",
                place="bad-1.0.dist-info/entry_points.txt",
            )
        ],
    )


def test_a_folder_in_place_of_the_file(site: SiteFolder) -> None:
    site.add({"bad-1.0.dist-info": {"entry_points.txt": {}}, "demo-1.0.dist-info": info()})
    names, [diagnostic] = complaints()
    assert names == ["demo"]
    assert (diagnostic.code, diagnostic.distribution) == ("IM102", "bad")
    assert diagnostic.place == "bad-1.0.dist-info/entry_points.txt"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable(site: SiteFolder) -> None:
    site.add({"bad-1.0.dist-info": info(), "demo-1.0.dist-info": info()})
    (site.path / "bad-1.0.dist-info" / "entry_points.txt").chmod(0)
    assert complaints()[0] == ["demo"]


def test_two_versions_in_one_folder(site: SiteFolder) -> None:
    """An upgrade that went wrong; the number decides, not the alphabet."""
    site.add(
        {
            "demo-9.0.dist-info": info("[importmap]\nold = demo\n"),
            "demo-10.0.dist-info": info("[importmap]\nnew = demo\n"),
            "Demo-unknown.dist-info": info("[importmap]\nunknown = demo\n"),
            "other-1.0.dist-info": info(),
        }
    )
    diagnostics: list[Diagnostic] = []
    assert sorted((installed.name, installed.entry_points[0][0]) for installed in find(diagnostics)) == [
        ("demo", "new"),
        ("other", "demo"),
    ]
    assert diagnostics == [
        Diagnostic(
            "IM105",
            "warning",
            "the folder holds more than one version; demo-10.0.dist-info is used, "
            "not Demo-unknown.dist-info, demo-9.0.dist-info.",
            distribution="demo",
            place=str(site.path),
            hint="python -m pip install --force-reinstall demo",
        )
    ]


def test_two_versions_of_what_has_no_modules(site: SiteFolder) -> None:
    """Somebody else's leftovers are no affair of ours."""
    site.add({"demo-1.0.dist-info": info("[other]\nx = y\n"), "demo-2.0.dist-info": {"RECORD": ""}})
    diagnostics: list[Diagnostic] = []
    assert find(diagnostics) == []
    assert diagnostics == []


def test_metadata_of_two_kinds_in_one_folder(site: SiteFolder) -> None:
    """The dist-info is what an installer wrote."""
    site.add({"demo-1.0.egg-info": info("[importmap]\negg = demo\n"), "demo-1.0.dist-info": info()})
    assert complaints()[1][0].message == (
        "the folder holds more than one version; demo-1.0.dist-info is used, not demo-1.0.egg-info."
    )


def test_folders_that_are_not_there(
    tmp_path: Path, site: SiteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = write(tmp_path, {"file": "no zip"}) / "file"
    monkeypatch.setattr(sys, "path", [str(tmp_path / "missing"), str(text), "nul\0", str(text / "x")])
    assert found() == []


def test_the_working_directory(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    site.add({"demo-1.0.dist-info": info()})
    monkeypatch.chdir(site.path)
    monkeypatch.setattr(sys, "path", [""])
    [installed] = found()
    assert installed.read("entry_points.txt") == DEMO.encode()


def test_entries_of_the_path_that_are_no_strings(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own finders pass over them; people put paths there all the same."""
    site.add({"demo-1.0.dist-info": info()})
    entries: list[Any] = [None, 0, b"bytes", ["list"], site.path]
    monkeypatch.setattr(sys, "path", entries)
    monkeypatch.chdir(site.path)
    assert [installed.name for installed in found()] == ["demo"]


def test_strange_folder_names(site: SiteFolder) -> None:
    site.add({".dist-info": info(), "-1.dist-info": {}, "a\nb-1.dist-info": info(), "x.dist-info": info()})
    names, _ = complaints()
    assert "x" in names


def test_eggs(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    site.add({"demo-1.0-py3.egg": {"EGG-INFO": info(DEMO, **{"PKG-INFO": "Name: demo\nVersion: 1.0\n"})}})
    monkeypatch.setattr(sys, "path", [str(site.path / "demo-1.0-py3.egg")])
    assert [(installed.name, installed.version) for installed in found()] == [("demo", "1.0")]


def zipped(path: Path, files: dict[str, str | bytes]) -> str:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return str(path)


METADATA = "Metadata-Version: 2.1\nName: Demo_App\nVersion: 1.0\n"


def test_a_zip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = "demo_app-1.0.dist-info/"
    archive = zipped(
        tmp_path / "site.zip",
        {
            f"{folder}METADATA": METADATA,
            f"{folder}entry_points.txt": DEMO,
            f"{folder}bad": b"\xff",
            "other-1.0.dist-info/METADATA": "Name: other\nVersion: 1\n",
        },
    )
    monkeypatch.setattr(sys, "path", [archive])
    [installed] = found()
    assert isinstance(installed, Foreign)
    assert (installed.name, installed.version) == ("demo-app", "1.0")
    assert installed.entry_points == (("demo", "demo"),)
    assert installed.read("METADATA") == METADATA.encode()
    assert installed.read("missing") is None
    assert installed.place("METADATA") == "METADATA"
    with pytest.raises(OSError, match="UnicodeDecodeError"):
        installed.read("bad")


class Distribution(importlib.metadata.Distribution):
    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    def read_text(self, filename: str) -> str | None:
        return self._files.get(filename)

    def locate_file(self, path: Any) -> Any:
        raise NotImplementedError


class Finder:
    def __init__(self, *distributions: Any) -> None:
        self.distributions = distributions

    def find_distributions(self, context: object) -> Iterator[object]:
        for distribution in self.distributions:
            if isinstance(distribution, Exception):
                raise distribution
            yield distribution


def test_a_foreign_finder(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands on the path before it shadows what it brings."""
    demo = Distribution({"METADATA": METADATA, "entry_points.txt": DEMO})
    other = Distribution({"METADATA": "Name: other\n", "entry_points.txt": DEMO})
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder(demo, other, demo)])
    assert [(installed.name, installed.version) for installed in found()] == [
        ("demo-app", "1.0"),
        ("other", ""),
    ]
    site.add({"demo_app-2.0.dist-info": {}})
    assert [installed.name for installed in found()] == ["other"]


def test_a_finder_that_fails(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    site.add({"demo-1.0.dist-info": info()})
    monkeypatch.setattr(sys, "meta_path", [Finder(RuntimeError("broken")), *sys.meta_path])
    names, [diagnostic] = complaints()
    assert names == ["demo"]
    assert diagnostic.message == "the distributions cannot be listed: RuntimeError('broken')."
    assert diagnostic.code == "IM102"
    assert diagnostic.place == f"{__name__}.Finder"


def test_a_foreign_distribution_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    good = Distribution({"METADATA": METADATA, "entry_points.txt": DEMO})
    bad = Distribution({"METADATA": METADATA.replace("Demo", "Bad"), "entry_points.txt": "[importmap]\nx\n"})
    nameless = Distribution({"entry_points.txt": DEMO})
    monkeypatch.setattr(sys, "meta_path", [Finder(bad, nameless, good)])
    names, diagnostics = complaints()
    assert names == ["demo-app"]
    assert diagnostics[0].message == "the metadata cannot be read: ValueError(\"line 2 has no '='\")."
    assert [diagnostic.code for diagnostic in diagnostics] == ["IM102", "IM102"]


def test_finders_without_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [object()])
    assert found() == []


def test_the_backport(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """`importlib_metadata` takes the place of the standard library's finder, for the same folders."""
    site.add({"demo-1.0.dist-info": info()})
    backport = type("MetadataPathFinder", (Finder,), {"__module__": "importlib_metadata"})
    monkeypatch.setattr(sys, "meta_path", [backport(RuntimeError("not asked"))])
    assert [installed.name for installed in found()] == ["demo"]


def test_where_folders_have_no_handles(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows looks up each path from its root."""
    monkeypatch.setattr(os, "supports_dir_fd", set())
    site.add({"demo-1.0.dist-info": info(), "other-1.0.dist-info": {}})
    assert [installed.name for installed in found()] == ["demo"]
