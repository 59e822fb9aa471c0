"""`importmap check`: what it finds, where, and in which order."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

import pytest
from support.shipping import ship, static
from support.site_folder import Files, SiteFolder, write

from importmap import ConflictError, Diagnostic, UnknownContextError
from importmap._site.settings import Settings
from importmap._tools import check as check_module
from importmap._tools.check import check_site, position


def check(*contexts: str, **settings: Any) -> list[str]:
    """What is found, a text each."""
    _, found = check_site(Settings(**settings), contexts)
    return [f"{each.severity} {each.code} {each}" for each in found]


def test_nothing(site: SiteFolder) -> None:
    ship(
        site,
        "demo",
        {"demo/a.js": 'import "./b.js"; import "demo/b"; import "react/jsx"', "demo/b.js": "1"},
        edges={"demo/a.js": {"imports": ["./b.js", "demo/b", "react/jsx"]}},
        ignore=["react"],
    )
    assert check_site(Settings(), ["default", "default"]) == (("default",), [])


def test_imports_that_lead_to_nothing(site: SiteFolder) -> None:
    """Each place where one is written; each once, in whatever contexts."""
    code = (
        '// import "lit"\nimport { html } from "lit";\n'
        '\texport * from "demo/bb";\nimport("lit"); import "demo/l/no.js"\n'
    )
    ship(
        site,
        "demo",
        {"demo/a.js": code, "demo/b.js": "1", "demo/l/x.js": "1"},
        {"a": {"path": "demo/a.js", "contexts": ["admin", "default"]}, "b": "demo/b.js", "l/": "demo/l/"},
        edges={"demo/a.js": {"imports": ["lit", "demo/bb", "demo/l/no.js"], "dynamic": ["lit", "./b.js"]}},
    )
    place = static(site, "demo") / "demo" / "a.js"
    prefix = (
        "warning IM051 demo: demo/l/: the prefix 'demo/l/' cannot be cache-busted: what is imported by it "
        "and has no entry of its own keeps its plain URL."
    )
    assert check() == [
        f"error IM216 demo: {place}:2:22: imports 'lit', which nothing provides.",
        f"error IM216 demo: {place}:3:16: imports 'demo/bb', which nothing provides. Did you mean 'demo/b'?",
        f"error IM216 demo: {place}:4:8: imports 'lit', which nothing provides.",
        (
            f"error IM216 demo: {place}:4:23: imports 'demo/l/no.js', which nothing provides. "
            "Did you mean 'demo/l/'?"
        ),
        prefix,
    ]


def test_places_that_cannot_be_known(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the parser the file is said; so it is where the manifest says more than the file."""
    ship(site, "demo", {"demo/a.js": "1"}, edges={"demo/a.js": {"imports": ["lit", "ace"]}})
    place = static(site, "demo") / "demo" / "a.js"
    expected = [
        f"error IM216 demo: {place}: imports 'ace', which nothing provides.",
        f"error IM216 demo: {place}: imports 'lit', which nothing provides.",
    ]
    assert check() == expected
    place.write_text('import "lit"')
    monkeypatch.setitem(sys.modules, "hatch_importmap.javascript.parse", None)
    assert check()[:2] == expected


def test_missing_and_changed_files(site: SiteFolder) -> None:
    ship(
        site,
        "demo",
        {"demo/a.js": 'import "lit"', "demo/b.js": "b"},
        edges={"demo/a.js": {"imports": ["lit"]}},
    )
    (static(site, "demo") / "demo" / "a.js").unlink()
    changed = static(site, "demo") / "demo" / "b.js"
    changed.write_text("changed")
    assert check() == [
        f"error IM218 demo: {changed.with_name('a.js')}: the file of 'demo/a.js' is missing.",
        "error IM216 demo: demo/a.js: imports 'lit', which nothing provides.",
        (
            f"warning IM219 demo: {changed}: the file of 'demo/b.js' is not the one that was shipped: "
            "its digest differs."
        ),
    ]


def test_only_the_contexts_that_are_asked_for(site: SiteFolder) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    ship(site, "other", {"other/a.js": "a"}, {"a": {"path": "other/a.js", "contexts": ["admin"]}})
    (static(site, "other") / "other" / "a.js").unlink()
    assert check("default") == []
    assert [text[:11] for text in check("admin")] == ["error IM218"]
    assert check_site(Settings())[0] == ("admin", "default")


def test_unmet_ranges_and_leaks(site: SiteFolder) -> None:
    """As composition tells them, for each context by itself."""
    ship(
        site,
        "demo",
        {"demo/a.js": 'import "other/a"'},
        {"a": {"path": "demo/a.js", "contexts": ["public", "shop"]}},
        edges={"demo/a.js": {"imports": ["other/a"]}},
        requires={"other": ">=2", "lit": ">=3"},
    )
    ship(site, "other", {"other/a.js": "a"}, {"a": {"path": "other/a.js", "contexts": ["admin"]}})
    chain = "where this package is not enabled: demo/a > demo/a.js > other/a."
    assert check() == [
        "warning IM207 demo: requires 'lit' >=3; installed: none.",
        "warning IM207 demo: requires 'other' >=2; installed: 1.0 in other.",
        *(
            f"warning IM215 other: 'other/a' is imported in {context!r}, {chain}\n"
            f"    importmap.configure(contexts={{{context!r}: {{'enable': ['other']}}}})"
            for context in ("public", "shop")
        ),
    ]


REQUIRED = {"need": ">=1", "lit/": "*", "late": "*"}


def requiring(site: SiteFolder, code: str, imports: list[str], dynamic: list[str], **more: Any) -> str:
    """Install a package whose entry has some imports; return the place of its file."""
    edges = {"demo/a.js": {"imports": imports, "dynamic": dynamic}}
    ship(site, "demo", {"demo/a.js": code}, {"a": "demo/a.js"}, edges=edges, requires=REQUIRED, **more)
    return str(static(site, "demo") / "demo" / "a.js")


def certain(**settings: Any) -> list[str]:
    return [text for text in check(**settings) if not text.startswith("warning IM207")]


def test_static_imports_of_what_is_required_and_not_installed(site: SiteFolder) -> None:
    """The page certainly fails. What only a click imports stays a warning."""
    code = 'import "need/x"; import "lit/html.js"; import("late")'
    place = requiring(site, code, ["need/x", "lit/html.js"], ["late"])
    line = "importmap.configure(imports={{{!r}: ...}})  # or install a package that ships it"
    why = "which this package requires and no installed package provides."
    assert check() == [
        f"error IM216 demo: {place}:1:8: imports 'need/x', {why}\n    {line.format('need/x')}",
        f"error IM216 demo: {place}:1:25: imports 'lit/html.js', {why}\n    {line.format('lit/html.js')}",
        "warning IM207 demo: requires 'late' *; installed: none.",
        "warning IM207 demo: requires 'lit/' *; installed: none.",
        "warning IM207 demo: requires 'need' >=1; installed: none.",
    ]


def test_a_required_version_that_nobody_has(site: SiteFolder) -> None:
    place = requiring(site, 'import "need"', ["need"], [])
    ship(site, "old", {"old/a.js": "1"}, vendored={"need": {"path": "old/a.js", "version": "0.9"}})
    assert [text.partition(":1:8")[0] for text in certain()] == [f"error IM216 demo: {place}"]
    ship(site, "new", {"new/a.js": "1"}, vendored={"need": {"path": "new/a.js", "version": "1.1"}})
    assert [text[:10] for text in certain()] == ["info IM208"]


def test_what_the_site_provides_is_not_missing(site: SiteFolder) -> None:
    requiring(site, 'import "need"; import "lit/html.js"', ["need", "lit/html.js"], [])
    own = {"need": "https://cdn.example/need.js", "lit/": "https://cdn.example/lit/"}
    assert [text[:10] for text in certain(imports=own)] == ["info IM227"] * 2


def test_what_a_package_leaves_to_the_site_is_no_error(site: SiteFolder) -> None:
    """Page scripts may do without it in ways that nobody here knows."""
    requiring(site, 'import "need"', ["need"], [], ignore=["need"])
    assert certain() == []


def test_only_what_pages_load_at_once_is_certain(site: SiteFolder) -> None:
    """Behind a dynamic import only that import fails; and other contexts are not asked about."""
    files = {"demo/a.js": 'import("./b.js")', "demo/b.js": 'import "./c.js"', "demo/c.js": 'import "need"'}
    edges: dict[str, Any] = {
        "demo/a.js": {"dynamic": ["./b.js"]},
        "demo/b.js": {"imports": ["./c.js"]},
        "demo/c.js": {"imports": ["need"]},
    }
    entries: dict[str, Any] = {"a": "demo/a.js", "b": {"path": "demo/b.js", "contexts": ["admin"]}}
    ship(site, "demo", files, entries, edges=edges, requires={"need": "*"})
    warning = "warning IM207 demo: requires 'need' *; installed: none."
    assert check("default") == [warning]
    place = static(site, "demo") / "demo" / "c.js"
    assert [text.partition(": imports")[0] for text in check("admin")] == [
        f"error IM216 demo: {place}:1:8",
        warning,
    ]


def test_names_that_servers_get_wrong(site: SiteFolder) -> None:
    ship(
        site,
        "demo",
        {"demo/a.js": "a", "demo/b.mjs": "b", "demo/l/c.js": "c", "demo/unused.mjs": "u"},
        {"a": "demo/a.js", "l/": "demo/l/"},
        edges={"demo/a.js": {"imports": ["./b.mjs"]}},
    )
    assert check() == [
        (
            "warning IM050 demo: demo/b.mjs: servers send .mjs files with the wrong type, "
            "and browsers then refuse them."
        ),
        (
            "warning IM051 demo: demo/l/: the prefix 'demo/l/' cannot be cache-busted: "
            "what is imported by it and has no entry of its own keeps its plain URL."
        ),
    ]


METADATA = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"


@pytest.mark.parametrize(
    ("metadata", "is_named"),
    [
        (METADATA, False),
        (METADATA + "Requires-Dist: other-widgets-more\nRequires-Dist: (\n", False),
        (METADATA + "Requires-Dist: Other.Widgets (>=1)\n", True),
        (METADATA + 'Requires-Dist: other_widgets>=1; extra == "x"\n', True),
        ("", True),
        (None, True),
    ],
)
def test_distributions_that_are_not_required(metadata: str | None, is_named: bool, site: SiteFolder) -> None:
    """Where the metadata says nothing at all, nothing is said of it."""
    beside = {} if metadata is None else {"METADATA": metadata}
    ship(
        site,
        "demo",
        {"demo/a.js": "a"},
        requires={"other-widgets/a": ">=1", "other-widgets": "*", "demo": "*", "lit": "*"},
        vendored={"lit": {"path": "demo/a.js", "version": "3"}},
        beside=beside,
    )
    ship(site, "other-widgets", {"other_widgets/a.js": "a"})
    hint = '\n    [project]\n    dependencies = ["other-widgets"]'
    text = "a module of other-widgets, which its metadata does not name."
    assert check() == (
        []
        if is_named
        else [
            f"warning IM058 demo: requires 'other-widgets', {text}{hint}",
            f"warning IM058 demo: requires 'other-widgets/a', {text}{hint}",
        ]
    )


def test_metadata_that_cannot_be_read(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise RuntimeError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", fail)
    ship(site, "demo", {"demo/a.js": "a"}, requires={"other": "*"})
    ship(site, "other", {"other/a.js": "a"})
    assert check() == []


def test_an_application(site: SiteFolder, tmp_path: Path) -> None:
    """Is not installed, so that nothing is required in its metadata."""
    ship(site, "other", {"other/a.js": "a"})
    table = (
        '[tool.importmap]\nnamespace = "shop"\nimports.cart = "shop/cart.js"\nrequires = { other = "*" }\n'
        'ignore = ["lit"]\n'
    )
    files: Files = {"pyproject.toml": table, "static": {"shop": {"cart.js": 'import "other/a"'}}}
    assert check(project=write(tmp_path / "shop", files) / "pyproject.toml") == []


def test_what_was_found_on_the_way(site: SiteFolder) -> None:
    """Discovery's own diagnostics are there, once, the worst first."""
    ship(site, "demo", {"demo/a.js": "a"}, {"a": {"path": "demo/a.js", "contexts": ["admin"]}})
    ship(site, "next", {"next/a.js": "a"}, vendored={"lit": {"path": "next/a.js", "version": "3.1"}})
    ship(site, "user", {"user/a.js": "a"}, requires={"lit": "*"})
    site.add({"bad-1.0.dist-info": {"entry_points.txt": "[importmap]\nbad\n"}})
    site.install("broken", manifest=2)
    assert [text[:20] for text in check()] == [
        "error IM104 broken: ",
        "warning IM103 bad: b",
        "info IM208 user: get",
    ]


def test_what_is_raised(site: SiteFolder) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    with pytest.raises(UnknownContextError):
        check("amdin")
    site.install("other", namespace="demo")
    with pytest.raises(ConflictError):
        check()


def test_lines_in_their_order(site: SiteFolder) -> None:
    """As numbers, not as text."""
    code = "".join(f'import "x{number}";\n' for number in range(12))
    names = [f"x{number}" for number in range(12)]
    ship(site, "demo", {"demo/a.js": code}, edges={"demo/a.js": {"imports": names}})
    found: list[Diagnostic] = check_site(Settings())[1]
    assert [position(each.place)[1] for each in found] == list(range(1, 13))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/a/b.js:12:3", ("/a/b.js", 12, 3)),
        ("C:\\a.js:1:2", ("C:\\a.js", 1, 2)),
        ("a.js:1", ("a.js:1", 0, 0)),
        ("tool.importmap", ("tool.importmap", 0, 0)),
        ("", ("", 0, 0)),
    ],
)
def test_position(place: str, expected: tuple[str, int, int]) -> None:
    assert position(place) == expected


def test_so_many_copies_are_looked_at(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each name is a look at all modules of the site, so their product has a bound."""
    names = [f"v{number}" for number in range(5)]
    for owner in ("one", "two"):
        ship(
            site,
            owner,
            {f"{owner}/{name}.js": f"{owner} {name}" for name in ["a", *names]},
            {"a": f"{owner}/a.js"},
            edges={f"{owner}/a.js": {"imports": names}},
            vendored={name: {"path": f"{owner}/{name}.js", "version": "1"} for name in names},
        )
    assert [text.partition(" in place")[0] for text in check()] == [
        f"info IM226 one copy of {name!r}" for name in names
    ]
    monkeypatch.setattr(check_module, "_LOOKS", 20)
    assert [text.partition(" in place")[0] for text in check()] == [
        f"info IM226 one copy of {name!r}" for name in names[:2]
    ]
