"""The same result as `importlib.metadata.entry_points`, wherever that returns."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import packaging.version  # noqa: F401  # imported while sys.path is whole
from hypothesis import event, given
from hypothesis import strategies as st

from importmap import Diagnostic
from importmap._discovery.distributions import find

stems = st.sampled_from(["demo", "Demo", "my_demo", "my.demo", "My--Demo", "a_", "é", "", "ẞ", "İ", "x y"])
versions = st.sampled_from(["", "-1.0", "-2.0", "-1.0_local", "-1.0-py3.11", "-x"])
suffixes = st.sampled_from([".dist-info", ".egg-info", ".Dist-Info", ".EGG-INFO", ".dist-info.bak", ""])
lines = st.sampled_from(
    [
        "[importmap]",
        "[importmap",
        "[[importmap]]",
        " [importmap] ",
        "[Importmap]",
        "[importmap.x]",
        "[console_scripts]",
        "[]",
        "demo = demo",
        "demo=demo.app:maps [extra]",
        "@scope/demo\t=\tdemo",
        "a = b = c",
        "= value",
        "name =",
        "# importmap",
        "#x = y",
        "; a = b",
        "no equals sign",
        "",
        "\x0c",
        "\x85 a = b\u2028c = d",
        "\ufeff[importmap]",
        "é = ü",
    ]
)
texts = st.lists(lines, max_size=6).flatmap(
    lambda chosen: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(chosen))
)


@dataclass(frozen=True)
class Info:
    stem: str
    version: str
    suffix: str
    text: str | None

    @property
    def files(self) -> dict[str, str]:
        folder = self.stem + self.version + self.suffix
        own = "METADATA" if self.suffix.lower() == ".dist-info" else "PKG-INFO"
        metadata = {f"{folder}/{own}": f"Metadata-Version: 2.1\nName: {self.name}\nVersion: 1.0\n"}
        return metadata if self.text is None else {**metadata, f"{folder}/entry_points.txt": self.text}

    @property
    def name(self) -> str:
        """The name that the folder's name has, up to the first hyphen."""
        return self.stem.partition("-")[0]

    @property
    def normalised(self) -> str:
        return re.sub(r"[-_.]+", "-", self.name).lower()


infos = st.builds(Info, stems, versions, suffixes, st.none() | texts)
folders = st.lists(st.lists(infos, max_size=4, unique_by=lambda info: info.normalised), max_size=3)


def write(path: Path, folder: list[Info], *, zipped: bool) -> str:
    files = {name: text for info in folder for name, text in info.files.items()}
    if zipped:
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    else:
        path.mkdir()
        for name, text in files.items():
            (path / name).parent.mkdir(exist_ok=True)
            (path / name).write_text(text, encoding="utf-8", newline="")
    return str(path)


@given(folders, st.lists(st.booleans(), min_size=3, max_size=3), st.booleans())
def test_same_as_the_standard_library(site: list[list[Info]], zipped: list[bool], twice: bool) -> None:
    with tempfile.TemporaryDirectory() as root:
        entries = [
            write(Path(root, f"{number}.zip" if as_zip else str(number)), folder, zipped=as_zip)
            for number, (folder, as_zip) in enumerate(zip(site, zipped, strict=False))
        ]
        with mock.patch.object(sys, "path", [*entries, *(entries if twice else [])]):
            diagnostics: list[Diagnostic] = []
            ours = [pair for installed in find(diagnostics) for pair in installed.entry_points]
            try:
                theirs = importlib.metadata.entry_points(group="importmap")
            except Exception as error:  # noqa: BLE001  # for any reason at all
                event(f"raises {type(error).__name__}")
                return
    assert sorted(ours) == sorted((entry_point.name, entry_point.value) for entry_point in theirs)
    assert diagnostics == []
