"""Where entries and imports of a manifest lead, and the work that it takes to say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from importmap._base import grammar
from importmap._manifest.files import Files

PATHS = ["demo/a.js", "demo/sub/b.js", "demo/sub/.c.js", "top.js", "demo/a b.js", "demo/", "é.js", "x y/d.js"]


def test_refused() -> None:
    assert Files(PATHS).refused == {"demo/a b.js", "demo/", "x y/d.js"}
    assert Files([]).refused == set()


@pytest.mark.parametrize(
    ("folder", "holds"),
    [
        ("demo/", True),
        ("demo/sub/", True),
        ("dem/", False),
        ("demo/a/", False),
        ("demo/s/", False),
        ("é/", False),
        ("zzz/", False),
        ("", True),
    ],
)
def test_are_below(folder: str, holds: bool) -> None:
    assert Files(PATHS).are_below(folder) == holds
    assert Files(PATHS).are_below(folder) == any(path.startswith(folder) for path in PATHS)
    assert not Files([]).are_below(folder)


ASKED: Counter[str] = Counter()


class Counted(str):
    """A path that counts the questions about it."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        ASKED["<"] += 1
        return str(self) < str(other)

    def startswith(self, *args: object) -> bool:
        ASKED["startswith"] += 1
        return str(self).startswith(*args)  # type: ignore[arg-type]


def test_folders_are_looked_up() -> None:
    """Not each folder in each path: that would be 40,000 questions."""
    files = Files([Counted(f"demo/{number:03}/x.js") for number in range(200)])
    ASKED.clear()
    assert all(files.are_below(f"demo/{number:03}/") for number in range(200))
    assert ASKED["startswith"] == 200
    assert ASKED["<"] < 200 * 8 * 2


NO_FILE = "leads to no file of this manifest"
NO_NAME = "is neither relative nor a bare specifier"
NO_ASSET = "is not a relative path inside the package"


@pytest.mark.parametrize(
    ("path", "edge", "in_imports", "in_assets"),
    [
        ("demo/x.js", "./a.js", "", ""),
        ("demo/x.js", "././a.js", "", ""),
        ("demo/x.js", "../top.js", "", ""),
        ("demo/x.js", "./../top.js", "", ""),
        ("demo/x.js", "./sub/b.js", "", ""),
        ("demo/sub/x.js", "../a.js", "", ""),
        ("demo/sub/x.js", "./.c.js", "", ""),
        ("x.js", "./é.js", "", ""),
        ("x.js", "../top.js", NO_FILE, NO_ASSET),
        ("demo/sub/x.js", "../../top.js", "", ""),
        ("x y/x.js", "./d.js", "", ""),
        ("x y/z/x.js", "../d.js", "", ""),
        ("demo/x.js", "./none.js", NO_FILE, ""),
        ("demo/x.js", "../x y/d.js", NO_FILE, NO_ASSET),
        ("demo/x.js", "./a b.js", NO_FILE, NO_ASSET),
        ("demo/x.js", "../../top.js", NO_FILE, NO_ASSET),
        ("demo/x.js", "../demo/", NO_FILE, NO_ASSET),
        ("demo/x.js", "./", NO_FILE, NO_ASSET),
        ("demo/x.js", "..", NO_FILE, NO_ASSET),
        ("demo/sub/x.js", ".c.js", NO_FILE, NO_ASSET),
        ("demo/x.js", "./sub/../a.js", NO_FILE, NO_ASSET),
        ("demo/x.js", "lit", "", NO_ASSET),
        ("demo/x.js", "#dom", "", NO_ASSET),
        ("demo/x.js", "@a/b/c.js", "", NO_ASSET),
        ("demo/x.js", "/a.js", NO_NAME, NO_ASSET),
        ("demo/x.js", "https://x/", NO_NAME, NO_ASSET),
        ("demo/x.js", "", NO_NAME, NO_ASSET),
    ],
)
def test_edges(path: str, edge: str, in_imports: str, in_assets: str) -> None:
    files = Files(PATHS)
    for kind, why in {"imports": in_imports, "dynamic": in_imports, "assets": in_assets}.items():
        assert [*files.wrong_edges(kind, {path: [edge]})] == ([(path, edge, why)] if why else [])


def test_wrong_edges_stand_in_the_order_of_files() -> None:
    edges = {"demo/b.js": ["./y", "./x", "./a.js", "./y"], "z.js": ["lit"], "demo/a.js": ["./x", ""]}
    assert [*Files(PATHS).wrong_edges("imports", edges)] == [
        ("demo/b.js", "./y", NO_FILE),
        ("demo/b.js", "./x", NO_FILE),
        ("demo/b.js", "./y", NO_FILE),
        ("demo/a.js", "./x", NO_FILE),
        ("demo/a.js", "", NO_NAME),
    ]


def counting(monkeypatch: pytest.MonkeyPatch, *names: str) -> Counter[str]:
    """The calls of some functions of the grammar, from now on."""
    calls: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            calls[name] += 1
            return function(*args)

        return call

    for name in names:
        monkeypatch.setattr(grammar, name, counted(name, getattr(grammar, name)))
    return calls


def test_an_edge_is_judged_once_for_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [f"demo/{number}.js" for number in range(100)]
    files = Files(["top.js", *paths])
    calls = counting(monkeypatch, "is_mappable", "is_relative", "join")
    imported = ["lit", "#dom", "../top.js", *(f"./{number}.js" for number in range(100))]
    edges = dict.fromkeys(paths, imported)
    assert [*files.wrong_edges("imports", edges)] == []
    assert calls == {"is_mappable": 2}
