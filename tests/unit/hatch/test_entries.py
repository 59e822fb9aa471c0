"""Keys to entries: Node's rules, and what is said of files that are not there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from support.projects import declared

from hatch_importmap.entries import Expansion, expand
from hatch_importmap.files import Artifacts, PublicFiles, Shipped, finder, matcher, publish
from importmap._base.tables import Table

PATH_RULE = (
    "a path has no empty, '.' or '..' segment, no white space or control character, "
    'and none of % \\ ? # [ ] < > " { } | ^ `'
)


def files_of(
    public: Iterable[str],
    root: Path = Path("/project"),
    *,
    on_disk: Iterable[str] = (),
    table: str | None = "tool.hatch.build",
    patterns: Iterable[str] = (),
) -> PublicFiles:
    """The public files of a package `pkg` below `src/`; others are on disk, but not shipped.

    :param table: the table whose artifacts could ship these, if any.
    :param patterns: the artifacts that are there.
    """
    for path in on_disk:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    files = {f"pkg/static/{path}": str(root / "src/pkg/static" / path) for path in public}
    files["pkg/__init__.py"] = str(root / "src/pkg/__init__.py")
    possible = {**files, **{path.removeprefix("src/"): str(root / path) for path in on_disk}}
    artifacts = None if table is None else Artifacts(table, [*patterns], lambda: possible)
    return publish(Shipped(str(root), files, artifacts=artifacts), ("pkg/static",), Table({}, "", []))


def expand_all(files: PublicFiles, imports: dict[str, Any], **more: Any) -> Expansion:
    return expand(declared({"imports": imports, **more}, namespace="ns", package="pkg"), files)


def entries(expansion: Expansion) -> dict[str, str | None]:
    return {entry.specifier: entry.path for entry in expansion.imports}


def problems(expansion: Expansion) -> list[str]:
    found = expansion.missing.with_artifacts(expansion.problems)
    return [f"{problem.code} {problem}" for problem in found]


FILES = ["pz/b.js", "p/a.js", "p/b.js", "p/in/c.js", "p/in/d.js", "p/in/deep/e.js", "p/style.css", "q/c.js"]


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ({".": "p/a.js"}, {"ns": "p/a.js"}),
        (
            {"*": "p/*.js"},
            {
                "ns/a": "p/a.js",
                "ns/b": "p/b.js",
                "ns/in/c": "p/in/c.js",
                "ns/in/d": "p/in/d.js",
                "ns/in/deep/e": "p/in/deep/e.js",
            },
        ),
        ({"x/*.js": "p/in/*.js", "x/deep/*": False}, {"ns/x/c.js": "p/in/c.js", "ns/x/d.js": "p/in/d.js"}),
        # An exact key beats a pattern, whatever it says.
        ({"*": "p/in/*.js", "c": "p/a.js", "d": False, "deep/*": False}, {"ns/c": "p/a.js"}),
        # A longer pattern beats a shorter one, though the file that it stands for is missing.
        ({"*": "p/*.js", "in/*": "q/*.js"}, {"ns/a": "p/a.js", "ns/b": "p/b.js", "ns/in/c": "q/c.js"}),
        (
            {"*": "p/*.js", "in/*": False, "in/d": "p/in/d.js"},
            {"ns/a": "p/a.js", "ns/b": "p/b.js", "ns/in/d": "p/in/d.js"},
        ),
        # A star that leaves an empty segment is no match.
        ({"*": "p*.js"}, {"ns/z/b": "pz/b.js"}),
        # Of two with the same base the longer key wins.
        (
            {"in/*": "p/in/*.js", "in/*/e": False},
            {"ns/in/c": "p/in/c.js", "ns/in/d": "p/in/d.js"},
        ),
        ({"#in/*": "p/in/*.js", "#in/deep/*": False}, {"#in/c": "p/in/c.js", "#in/d": "p/in/d.js"}),
        (
            {"x/": "p/in/"},
            {
                "ns/x/": "p/in/",
                "ns/x/c.js": "p/in/c.js",
                "ns/x/d.js": "p/in/d.js",
                "ns/x/deep/e.js": "p/in/deep/e.js",
            },
        ),
        (
            {"x/": "p/in/", "x/c.js": "q/c.js", "x/deep/": "p/in/deep/"},
            {
                "ns/x/": "p/in/",
                "ns/x/c.js": "q/c.js",
                "ns/x/d.js": "p/in/d.js",
                "ns/x/deep/": "p/in/deep/",
                "ns/x/deep/e.js": "p/in/deep/e.js",
            },
        ),
    ],
)
def test_expands(imports: dict[str, Any], expected: dict[str, str]) -> None:
    expansion = expand_all(files_of(FILES), imports)
    assert entries(expansion) == expected
    assert list(entries(expansion)) == sorted(expected)
    assert [problem for problem in expansion.problems if problem.code != "IM051"] == []


def test_a_url_needs_no_file() -> None:
    target = {"url": "https://cdn.example/a.js", "integrity": "sha384-" + "A" * 64}
    expansion = expand_all(files_of([]), {"a": target})
    assert entries(expansion) == {"ns/a": None}
    assert expansion.places() == {}
    assert expansion.problems == []


def test_vendored_copies() -> None:
    lit = {"path": "p/in/", "version": "3"}
    expansion = expand_all(files_of(FILES), {".": "p/a.js"}, vendored={"lit/": lit})
    assert [(entry.specifier, entry.path) for entry in expansion.vendored] == [
        ("lit/", "p/in/"),
        ("lit/c.js", "p/in/c.js"),
        ("lit/d.js", "p/in/d.js"),
        ("lit/deep/e.js", "p/in/deep/e.js"),
    ]
    assert problems(expansion) == [
        (
            'IM051 tool.importmap.vendored."lit/": each file below it gets an entry of its own too; '
            "any other name that is imported through the prefix has a URL that is not cache-busted."
        )
    ]
    assert expansion.places() == {
        "p/a.js": 'tool.importmap.imports."."',
        "p/in/c.js": 'tool.importmap.vendored."lit/"',
        "p/in/d.js": 'tool.importmap.vendored."lit/"',
        "p/in/deep/e.js": 'tool.importmap.vendored."lit/"',
    }


@pytest.mark.parametrize(
    ("path", "name", "star"),
    [
        ("a.js", "a.js", ""),
        ("a.js", "b.js", None),
        ("a/", "a/b.js", "b.js"),
        ("a/", "ab.js", None),
        ("a/*.js", "a/b/c.js", "b/c"),
        ("a/*.js", "a/.js", None),
        ("a*a", "aa", None),
        ("a*a", "aaa", "a"),
    ],
)
def test_matcher(path: str, name: str, star: str | None) -> None:
    assert matcher(path)(name) == star


@pytest.mark.parametrize(
    ("path", "name", "star"),
    [
        (".a.js", ".a.js", ""),
        ("*", ".a.js", None),
        ("a/*.js", "a/.b.js", None),
        ("a/*.js", "a/b/.c/d.js", None),
        ("a/", "a/.b/c.js", None),
        ("a/", "a/b/.c.js", None),
        ("a/", "a/b.c.js", "b.c.js"),
        ("a/b*", "a/b.js", ".js"),
        ("a/b*", "a/b.js/.c", None),
        ("a/.b/*.js", "a/.b/c.js", "c"),
        ("a/.*.js", "a/.b.js", "b"),
        ("a/*/.b.js", "a/c/.b.js", "c"),
        ("a/*.js", "b.js", None),
    ],
)
def test_finder_passes_over_hidden_files(path: str, name: str, star: str | None) -> None:
    """As in a shell: what is hidden has to be named."""
    assert finder(path)(name) == star


def test_hidden_files_have_no_entries() -> None:
    files = files_of(["p/.#a.js", "p/.hidden.js", "p/.tool/b.js", "p/a.js", ".well-known/c.js"])
    imports = {"*": "p/*.js", "all/": "p/", "hidden": "p/.hidden.js", "c/*": ".well-known/*.js"}
    assert entries(expand_all(files, imports)) == {
        "ns/a": "p/a.js",
        "ns/all/": "p/",
        "ns/all/a.js": "p/a.js",
        "ns/c/c": ".well-known/c.js",
        "ns/hidden": "p/.hidden.js",
    }


@pytest.mark.parametrize(
    ("imports", "message"),
    [
        (
            {"x": "p/edtor.js"},
            (
                "IM010 tool.importmap.imports.x: the wheel does not ship 'p/edtor.js'; "
                "it was looked for below 'pkg/static'. Did you mean 'p/editor.js'?"
            ),
        ),
        (
            {"x": "static/p/editor.js"},
            (
                "IM010 tool.importmap.imports.x: the wheel does not ship 'static/p/editor.js'; "
                "it was looked for below 'pkg/static'. Did you mean 'p/editor.js'?"
            ),
        ),
        (
            {"x": "editor.js"},
            (
                "IM010 tool.importmap.imports.x: the wheel does not ship 'editor.js'; "
                "it was looked for below 'pkg/static'. Did you mean 'p/editor.js'?"
            ),
        ),
        (
            {"x": "zzz"},
            (
                "IM010 tool.importmap.imports.x: the wheel does not ship 'zzz'; "
                "it was looked for below 'pkg/static'."
            ),
        ),
        (
            {"*": "z/*.js"},
            (
                "IM011 tool.importmap.imports.\"*\": 'z/*.js' matches no file of the wheel; "
                "it was looked for below 'pkg/static'."
            ),
        ),
        (
            {"l/": "pp/"},
            (
                "IM011 tool.importmap.imports.\"l/\": 'pp/' matches no file of the wheel; "
                "it was looked for below 'pkg/static'. Did you mean 'p/'?"
            ),
        ),
    ],
)
def test_not_shipped(imports: dict[str, Any], message: str, tmp_path: Path) -> None:
    expansion = expand_all(files_of(["p/editor.js"], tmp_path), imports)
    assert [problem for problem in problems(expansion) if not problem.startswith("IM051")] == [message]


@pytest.mark.parametrize(
    ("imports", "message"),
    [
        (
            {"x": "p/gen.js"},
            (
                "IM010 tool.importmap.imports.x: the wheel does not ship 'p/gen.js': "
                "src/pkg/static/p/gen.js is there, but ignored.\n"
                "    [tool.hatch.build]\n"
                '    artifacts = ["src/pkg/static/p/gen.js"]'
            ),
        ),
        (
            {"*": "p/gen/*.js"},
            (
                "IM011 tool.importmap.imports.\"*\": 'p/gen/*.js' matches no file of the wheel: "
                "src/pkg/static/p/gen/deep/a.js is there, but ignored.\n"
                "    [tool.hatch.build]\n"
                '    artifacts = ["src/pkg/static/p/gen/**/*.js"]'
            ),
        ),
        (
            {"g-*": "p/g*.js"},
            (
                "IM011 tool.importmap.imports.\"g-*\": 'p/g*.js' matches no file of the wheel: "
                "src/pkg/static/p/gen.js is there, but ignored.\n"
                "    [tool.hatch.build]\n"
                '    artifacts = ["src/pkg/static/p/g*.js", "src/pkg/static/p/g*/**/*.js"]'
            ),
        ),
        (
            {"gen/": "p/gen/"},
            (
                "IM011 tool.importmap.imports.\"gen/\": 'p/gen/' matches no file of the wheel: "
                "src/pkg/static/p/gen/deep/a.js is there, but ignored.\n"
                "    [tool.hatch.build]\n"
                '    artifacts = ["src/pkg/static/p/gen/**"]'
            ),
        ),
    ],
)
def test_on_disk_but_ignored(imports: dict[str, Any], message: str, tmp_path: Path) -> None:
    on_disk = ["src/pkg/static/p/gen.js", "src/pkg/static/p/gen/deep/a.js", "src/pkg/static/p/gen/deep/b.js"]
    files = files_of(["p/editor.js"], tmp_path, on_disk=on_disk)
    found = problems(expand_all(files, imports))
    assert [problem for problem in found if not problem.startswith("IM051")] == [message]


def test_the_artifacts_that_are_there_already_stay(tmp_path: Path) -> None:
    table = "tool.hatch.build.targets.wheel"
    files = files_of([], tmp_path, on_disk=["src/pkg/static/a.js"], table=table, patterns=["*.css"])
    assert problems(expand_all(files, {"x": "a.js"})) == [
        (
            "IM010 tool.importmap.imports.x: the wheel does not ship 'a.js': "
            "src/pkg/static/a.js is there, but ignored.\n"
            "    [tool.hatch.build.targets.wheel]\n"
            '    artifacts = ["*.css", "src/pkg/static/a.js"]'
        )
    ]


def test_one_list_of_artifacts_for_all(tmp_path: Path) -> None:
    files = files_of([], tmp_path, on_disk=["src/pkg/static/a.js", "src/pkg/static/b.js"])
    assert problems(expand_all(files, {"a": "a.js", "b": "b.js", "c": "c.js"})) == [
        (
            "IM010 tool.importmap.imports.a: the wheel does not ship 'a.js': "
            "src/pkg/static/a.js is there, but ignored."
        ),
        (
            "IM010 tool.importmap.imports.b: the wheel does not ship 'b.js': "
            "src/pkg/static/b.js is there, but ignored.\n"
            "    [tool.hatch.build]\n"
            '    artifacts = ["src/pkg/static/a.js", "src/pkg/static/b.js"]'
        ),
        (
            "IM010 tool.importmap.imports.c: the wheel does not ship 'c.js'; "
            "it was looked for below 'pkg/static'."
        ),
    ]


def test_no_artifacts_for_files_of_others(tmp_path: Path) -> None:
    """What lies outside the project is not found by a pattern of the project."""
    outside = tmp_path / "outside"
    shipped = {"pkg/static/a.js": str(outside / "pkg/static/a.js")}
    (outside / "pkg/static").mkdir(parents=True)
    (outside / "pkg/static/b.js").touch()
    artifacts = Artifacts("tool.hatch.build", [], lambda: shipped)
    project = Shipped(str(tmp_path / "project"), shipped, artifacts=artifacts)
    files = publish(project, ("pkg/static",), Table({}, "", []))
    assert problems(expand_all(files, {"b": "b.js"})) == [
        (
            "IM010 tool.importmap.imports.b: the wheel does not ship 'b.js': "
            "../outside/pkg/static/b.js is there, "
            "but in a folder that the wheel leaves out: see 'packages' and 'only-include'."
        )
    ]


def test_names_decide_what_was_probably_meant() -> None:
    files = files_of(["p/clock.css", "p/clock.js", "q/clock.js", "q/hand.js"])
    near = {"p/clck.js": "p/clock.js", "q/clck.js": "q/clock.js", "r/hand.js": "q/hand.js", "p/zzz.js": ""}
    for path, meant in near.items():
        (problem,) = problems(expand_all(files, {"x": path}))
        assert problem.endswith(f"Did you mean {meant!r}?" if meant else "below 'pkg/static'.")


def test_no_artifacts_where_the_backend_has_none(tmp_path: Path) -> None:
    files = files_of([], tmp_path, on_disk=["src/pkg/static/a.js"], table=None)
    assert problems(expand_all(files, {"x": "a.js"})) == [
        (
            "IM010 tool.importmap.imports.x: the wheel does not ship 'a.js': "
            "src/pkg/static/a.js is there, but ignored."
        )
    ]


def test_a_file_that_is_against_the_grammar() -> None:
    expansion = expand_all(files_of(["p/a b.js", "p/c.js"]), {"*": "p/*.js"})
    assert problems(expansion) == [
        f"IM004 tool.importmap.imports.\"*\": matches 'p/a b.js', which is refused: {PATH_RULE}."
    ]


def test_a_prefix_entry_is_a_warning() -> None:
    expansion = expand_all(files_of(FILES), {"x/": "p/in/"})
    (problem,) = expansion.problems
    assert problem.severity == "warning"
    assert problems(expansion) == [
        (
            'IM051 tool.importmap.imports."x/": each file below it gets an entry of its own too; '
            "any other name that is imported through the prefix has a URL that is not cache-busted.\n"
            '    "x/*" = "p/in/*"'
        )
    ]


def test_nothing_can_be_excluded_from_a_prefix() -> None:
    expansion = expand_all(files_of(FILES), {"x/": "p/in/", "x/c.js": False, "y": False})
    assert problems(expansion)[1:] == [
        (
            'IM006 tool.importmap.imports."x/c.js": cannot be excluded: '
            "the prefix 'x/' maps it all the same.\n"
            '    "x/*" = "p/in/*"'
        )
    ]


@pytest.mark.parametrize("more", [{"vendored": {"lit": {"path": "p/a.js", "version": "3"}}}, {}])
def test_private_and_third_party_names_need_a_folder(more: dict[str, Any]) -> None:
    imports = {"a": "top.js", "b": "p/a.js"} | ({} if more else {"#c": "p/b.js"})
    (problem,) = problems(expand_all(files_of([*FILES, "top.js"]), imports, **more))
    assert problem == (
        "IM013 tool.importmap.imports.a: 'top.js' must lie in a folder of this package's own: "
        "private and third-party names need a URL prefix that no other package has."
    )
    assert problems(expand_all(files_of(["top.js"]), {"a": "top.js"})) == []


def test_mjs_is_a_warning() -> None:
    expansion = expand_all(files_of(["p/a.mjs"]), {"a": "p/a.mjs"})
    assert [problem.severity for problem in expansion.problems] == ["warning"]
    assert problems(expansion) == [
        (
            "IM050 tool.importmap.imports.a: "
            "many servers send 'p/a.mjs' with a type that browsers refuse; name it .js."
        )
    ]


def test_two_roots_with_one_public_path() -> None:
    table = Table({"static": ["a", "b", "c"]}, "tool.importmap", [])
    shipped = Shipped("/x", {"a/x.js": "/x/a/x.js", "b/x.js": "/x/b/x.js", "b/y.js": "/x/b/y.js"})
    files = publish(shipped, ("a", "b", "c"), table)
    assert files.wheel == {"x.js": "a/x.js", "y.js": "b/y.js"}
    assert [f"{problem.code} {problem}" for problem in table.problems] == [
        "IM010 tool.importmap.static: the wheel ships no file below 'c'.",
        "IM012 tool.importmap.static: 'a/x.js' and 'b/x.js' have the same public path 'x.js'.",
    ]


def test_a_root_that_is_misspelt() -> None:
    table = Table({"static": ["pkg/statics"]}, "tool.importmap", [])
    publish(Shipped("/x", {"pkg/static/x.js": "/x/pkg/static/x.js"}), ("pkg/statics",), table)
    assert [problem.message for problem in table.problems] == [
        "the wheel ships no file below 'pkg/statics'. Did you mean 'pkg/static'?"
    ]


def test_a_source_on_another_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*paths: str) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr("os.path.relpath", refuse)
    assert Shipped("C:/project", {}).relative("D:/x.js") == "D:/x.js"


def test_folders_in_which_files_may_appear(tmp_path: Path) -> None:
    files = files_of(["p/a.js", "p/in/c.js"], tmp_path, on_disk=["src/pkg/static/other/x.txt"])
    static = tmp_path / "src/pkg/static"
    assert files.source_folders() == [str(static / name) for name in (".", "other", "p", "p/in")]
