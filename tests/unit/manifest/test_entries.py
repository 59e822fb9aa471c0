"""The table `imports`, key by key."""

from __future__ import annotations

from typing import Any

import pytest

from importmap._base.diagnostics import Diagnostic
from importmap._base.tables import Table
from importmap._manifest.entries import Item, read_imports

PATH_RULE = (
    "a path has no empty, '.' or '..' segment, no white space or control character, "
    'and none of % \\ ? # [ ] < > " { } | ^ `'
)
KEY_RULE = (
    "a key is '.', a path below the namespace, a pattern with one '*', "
    "a prefix that ends in '/', or a private name such as '#dom'"
)
SHA384 = "sha384-" + "A" * 64


def read(data: dict[Any, Any]) -> tuple[list[Item], list[Diagnostic]]:
    problems: list[Diagnostic] = []
    return read_imports(Table(data, "imports", problems), "prose"), problems


@pytest.mark.parametrize(
    ("key", "value", "item"),
    [
        (".", "prose/a.js", Item(".", "prose", "prose/a.js")),
        ("editor", "prose/a.js", Item("editor", "prose/editor", "prose/a.js")),
        ("./editor", "prose/a.js", Item("./editor", "prose/editor", "prose/a.js")),
        ("a/b.js", "a.js", Item("a/b.js", "prose/a/b.js", "a.js")),
        ("*", "prose/*.js", Item("*", "prose/*", "prose/*.js")),
        ("./l10n/*", "prose/l10n/*", Item("./l10n/*", "prose/l10n/*", "prose/l10n/*")),
        ("l10n/", "prose/l10n/", Item("l10n/", "prose/l10n/", "prose/l10n/")),
        ("./", "prose/", Item("./", "prose/", "prose/")),
        ("#dom", "prose/dom.js", Item("#dom", "#dom", "prose/dom.js")),
        ("#in/*", "prose/in/*.js", Item("#in/*", "#in/*", "prose/in/*.js")),
        ("#in/", "prose/in/", Item("#in/", "#in/", "prose/in/")),
        ("secret", False, Item("secret", "prose/secret")),
        ("secret/*", False, Item("secret/*", "prose/secret/*")),
        ("a", {"path": "a.js"}, Item("a", "prose/a", "a.js")),
        (
            "a",
            {"path": "a.js", "contexts": ["x", "y", "x"]},
            Item("a", "prose/a", "a.js", contexts=("x", "y")),
        ),
        ("a", {"path": "a.js", "contexts": []}, Item("a", "prose/a", "a.js", contexts=())),
        ("#a", {"path": "a.js"}, Item("#a", "#a", "a.js")),
        (
            "a",
            {"url": "https://cdn.example/a.js", "integrity": SHA384},
            Item("a", "prose/a", url="https://cdn.example/a.js", integrity=SHA384),
        ),
    ],
)
def test_reads(key: str, value: object, item: Item) -> None:
    assert read({key: value}) == ([item], [])


@pytest.mark.parametrize(
    ("specifier", "excluded", "pattern", "prefix", "private"),
    [
        ("prose/a", False, False, False, False),
        ("prose/*", False, True, False, False),
        ("prose/a/", False, False, True, False),
        ("#a", False, False, False, True),
    ],
)
def test_kinds(specifier: str, excluded: bool, pattern: bool, prefix: bool, private: bool) -> None:
    item = Item("", specifier, path="a")
    assert (item.is_excluded, item.is_pattern, item.is_prefix, item.is_private) == (
        excluded,
        pattern,
        prefix,
        private,
    )
    assert Item("", specifier).is_excluded


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "..",
        "../a",
        "a//b",
        "a b",
        "a/../b",
        "/a",
        "https://x/y",
        "#",
        "##",
        "*/*",
        "*/",
        "a?b",
        "\0",
    ],
)
def test_refuses_the_key(key: str) -> None:
    items, problems = read({key: "a.js"})
    assert items == []
    assert [problem.message for problem in problems] == [f"is refused: {KEY_RULE}; {PATH_RULE}."]


MIXED = "a prefix and its path both end in '/', other keys and paths do not."
STARS = "a pattern and its path both have one '*', other keys and paths none."


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("a", 1, "IM001 imports.a: must be a public path, a table or false, not an integer."),
        ("a", True, "IM001 imports.a: must be a public path, a table or false, not true."),
        ("a", [], "IM001 imports.a: must be a public path, a table or false, not an array."),
        ("a/", False, 'IM001 imports."a/": cannot be false: only exact keys and patterns can.'),
        ("a", "/a.js", f"IM004 imports.a: '/a.js' is refused: {PATH_RULE}."),
        ("a", "x/%2e%2e/a.js", f"IM004 imports.a: 'x/%2e%2e/a.js' is refused: {PATH_RULE}."),
        ("a", "./a.js", f"IM004 imports.a: './a.js' is refused: {PATH_RULE}."),
        ("a", "a\ud800", f"IM004 imports.a: 'a\\ud800' is refused: {PATH_RULE}."),
        ("a", "a/", f"IM004 imports.a: 'a/' is refused: {MIXED}"),
        ("a/", "a", f"IM004 imports.\"a/\": 'a' is refused: {MIXED}"),
        ("a", "*.js", f"IM004 imports.a: '*.js' is refused: {STARS}"),
        ("*", "a.js", f"IM004 imports.\"*\": 'a.js' is refused: {STARS}"),
        ("*", "*/*.js", f"IM004 imports.\"*\": '*/*.js' is refused: {STARS}"),
        ("a", {}, "IM003 imports.a: must have a path or a url."),
        ("a", {"path": 1}, "IM001 imports.a.path: must be a string, not an integer."),
        ("a", {"path": "a.js", "pth": 1}, "IM002 imports.a.pth: unknown key. Did you mean 'path'?"),
        (
            "a",
            {"path": "a.js", "contexts": ["a b"]},
            (
                "IM004 imports.a.contexts: 'a b' is refused: "
                "a context is letters, digits, '.', '_' and '-', and begins with a letter or digit."
            ),
        ),
        (
            "a",
            {"path": "a.js", "integrity": SHA384},
            "IM006 imports.a.integrity: belongs to a url; the build makes the digests of files.",
        ),
        (
            "a",
            {"path": "a.js", "url": "https://x/", "integrity": SHA384},
            "IM006 imports.a.url: a path is there already; an entry has one of them.",
        ),
        (
            "*",
            {"url": "https://x/", "integrity": SHA384},
            'IM006 imports."*".url: only an exact key can stand for a url.',
        ),
        (
            "a/",
            {"url": "https://x/", "integrity": SHA384},
            'IM006 imports."a/".url: only an exact key can stand for a url.',
        ),
        (
            "a",
            {"url": "http://x/", "integrity": SHA384},
            "IM004 imports.a.url: 'http://x/' is not an absolute https URL.",
        ),
        (
            "a",
            {"url": 1, "integrity": SHA384},
            "IM001 imports.a.url: must be a string, not an integer.",
        ),
        (
            "a",
            {"url": "https://x/"},
            (
                "IM003 imports.a.integrity: is missing: a url needs the digest of what it loads.\n"
                '    integrity = "sha384-…"'
            ),
        ),
        (
            "a",
            {"url": "https://x/", "integrity": 1},
            "IM001 imports.a.integrity: must be a string, not an integer.",
        ),
        (
            "a",
            {"url": "https://x/", "integrity": "md5-x"},
            "IM004 imports.a.integrity: 'md5-x' is not a digest such as 'sha384-…'.",
        ),
        (
            "#a",
            {"path": "a.js", "contexts": ["x"]},
            (
                'IM006 imports."#a".contexts: cannot stand here: '
                "a private name stands for a file, and for this package's modules only."
            ),
        ),
        (5, "a.js", "IM001 imports: the key 5 must be a string."),
    ],
)
def test_refuses(key: str, value: object, message: str) -> None:
    items, (problem,) = read({key: value})
    assert items == []
    assert f"{problem.code} {problem}" == message


def test_private_names_have_no_url() -> None:
    _, problems = read({"#a": {"url": "https://x/", "integrity": SHA384}})
    why = "cannot stand here: a private name stands for a file, and for this package's modules only."
    assert [str(problem) for problem in problems] == [
        f'imports."#a".url: {why}',
        f'imports."#a".integrity: {why}',
    ]


def test_two_spellings_of_one_specifier() -> None:
    items, (problem,) = read({"a": "a.js", "./a": "b.js"})
    assert items == [Item("a", "prose/a", "a.js")]
    assert problem.code == "IM005"
    assert str(problem) == "imports.\"./a\": is the same specifier as the key 'a': 'prose/a'."


def test_all_problems_at_once() -> None:
    _, problems = read({"a": 1, "b": 2, "c d": 3})
    assert [problem.place for problem in problems] == ["imports.a", "imports.b", 'imports."c d"']
