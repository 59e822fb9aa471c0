"""The entry point of group `importmap`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from hatch_importmap.entry_point import EntryPoint, find_entry_point, is_shipped, packages_with_static
from importmap._base.diagnostics import Diagnostic
from importmap._base.tables import Table

NAMESPACE_RULE = (
    "a namespace is an npm name: lower-case letters, digits, '.', '_' and '-', optionally after '@scope/'"
)


def find(
    entry_points: Any, *, name: Any = "Django_Prose", packages: Collection[str] = ()
) -> tuple[EntryPoint, list[str]]:
    problems: list[Diagnostic] = []
    project = {"name": name, "entry-points": {"importmap": entry_points}}
    found = find_entry_point(Table(project, "project", problems), packages)
    return found, [f"{problem.code} {problem}" for problem in problems]


@pytest.mark.parametrize("namespace", ["django-prose", "content-editor", "@feincms/prose", "a_b.c"])
def test_finds(namespace: str) -> None:
    assert find({namespace: "my.prose"}) == (EntryPoint(namespace, "my.prose"), [])
    assert EntryPoint(namespace, "my.prose").folder == "my/prose"


@pytest.mark.parametrize(
    ("packages", "guess"),
    [
        ([], "django_prose"),
        (["content_editor"], "content_editor"),
        (["content_editor", "django_prose"], "django_prose"),
    ],
)
def test_missing(packages: list[str], guess: str) -> None:
    problems: list[Diagnostic] = []
    found = find_entry_point(Table({"name": "Django_Prose"}, "project", problems), packages)
    assert found == EntryPoint("django-prose", guess)
    (problem,) = problems
    assert f"{problem.code} {problem}" == (
        "IM007 project.entry-points.importmap: is missing: "
        "its name is the namespace, its value the import package that ships the files.\n"
        "    [project.entry-points.importmap]\n"
        f'    django-prose = "{guess}"'
    )


def test_missing_with_a_nameless_project() -> None:
    problems: list[Diagnostic] = []
    assert find_entry_point(Table({}, "project", problems), []) == EntryPoint("project", "package")
    assert [problem.place for problem in problems] == ["project.name", "project.entry-points.importmap"]


@pytest.mark.parametrize(
    ("entry_points", "message"),
    [
        (
            {"a": "a", "b": "b"},
            (
                "IM007 project.entry-points.importmap: has 2 entry points: 'a', 'b'. "
                "A distribution has one namespace."
            ),
        ),
        (
            {"django_prose": "my.prose"},
            (
                "IM008 project.entry-points.importmap.django_prose: "
                "is another spelling of the project's own name, which is 'django-prose'.\n"
                "    [project.entry-points.importmap]\n"
                '    django-prose = "my.prose"'
            ),
        ),
        (
            {"Django_Prose": "my.prose"},
            (
                "IM008 project.entry-points.importmap.Django_Prose: "
                "is another spelling of the project's own name, which is 'django-prose'.\n"
                "    [project.entry-points.importmap]\n"
                '    django-prose = "my.prose"'
            ),
        ),
        ({"Prose": "prose"}, f"IM004 project.entry-points.importmap.Prose: is refused: {NAMESPACE_RULE}."),
        (
            {"https:": "prose"},
            f'IM004 project.entry-points.importmap."https:": is refused: {NAMESPACE_RULE}.',
        ),
        (
            {"@x/prose": "my.prose:imports"},
            (
                'IM007 project.entry-points.importmap."@x/prose": '
                "names an attribute; what the build reads is the import package that ships the files.\n"
                "    [project.entry-points.importmap]\n"
                '    "@x/prose" = "my.prose"'
            ),
        ),
        (
            {"prose": "my-prose"},
            (
                "IM007 project.entry-points.importmap.prose: "
                "'my-prose' is not the dotted name of an import package."
            ),
        ),
        (
            {"prose": "a b:c"},
            (
                "IM007 project.entry-points.importmap.prose: "
                "'a b:c' is not the dotted name of an import package."
            ),
        ),
        ({"prose": 1}, "IM001 project.entry-points.importmap.prose: must be a string, not an integer."),
    ],
)
def test_refuses(entry_points: dict[str, Any], message: str) -> None:
    assert find(entry_points)[1] == [message]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (5, "IM001 project.name: must be a string, not an integer."),
        ("a b", "IM004 project.name: 'a b' is not the name of a distribution."),
    ],
)
def test_refuses_the_name(name: object, message: str) -> None:
    assert find({"prose": "prose"}, name=name) == (EntryPoint("prose", "prose"), [message])


def test_packages_with_static() -> None:
    paths = ["b/static/x.js", "a/b/static/static/y.js", "a-b/static/x.js", "static/x.js", "c/x.js"]
    assert packages_with_static(paths) == ["a.b", "b"]


@pytest.mark.parametrize(
    ("package", "shipped", "message"),
    [
        ("my.prose", True, None),
        ("my.pros", False, "the wheel has no package 'my.pros'. Did you mean 'my.prose'?"),
        ("x", False, "the wheel has no package 'x'."),
    ],
)
def test_a_package_that_is_not_shipped(package: str, shipped: bool, message: str | None) -> None:
    problems: list[Diagnostic] = []
    project = Table({"entry-points": {"importmap": {"prose": package}}}, "project", problems)
    paths = ["my/prose/__init__.py", "x.py"]
    assert is_shipped(EntryPoint("prose", package), paths, project) == shipped
    place = "IM007 project.entry-points.importmap.prose"
    assert [f"{problem.code} {problem}" for problem in problems] == (
        [f"{place}: {message}"] if message else []
    )


def test_nothing_is_said_of_a_package_that_was_guessed() -> None:
    problems: list[Diagnostic] = []
    assert not is_shipped(EntryPoint("prose", "x"), [], Table({}, "project", problems))
    assert problems == []
