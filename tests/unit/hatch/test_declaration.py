"""`[tool.importmap]`: what it may hold, and every problem with its dotted path."""

from __future__ import annotations

import string
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.projects import declared

from hatch_importmap.declaration import KEYS, Declaration
from importmap._base.diagnostics import DeclarationError, ImportMapError
from importmap._manifest.entries import Item

IMPORTS = {"editor": "prose/editor.js"}
EDITOR = Item("editor", "prose/editor", "prose/editor.js")
PATH_RULE = (
    "a path has no empty, '.' or '..' segment, no white space or control character, "
    'and none of % \\ ? # [ ] < > " { } | ^ `'
)
MISSING = (
    "tool.importmap.imports: is missing: it declares the modules.\n"
    "    [tool.importmap.imports]\n"
    '    editor = "my_package/editor.js"'
)
BARE = "is refused: a bare specifier is an npm name, with or without a path."


def problems_of(table: dict[str, Any]) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        declared(table, namespace="prose", package="prose")
    return [f"{problem.code} {problem}" for problem in caught.value.diagnostics]


def test_defaults() -> None:
    assert declared({"imports": IMPORTS}, namespace="prose", package="my.prose") == Declaration(
        namespace="prose",
        package="my.prose",
        contexts=("default",),
        roots=("my/prose/static",),
        imports=(EDITOR,),
        vendored=(),
        versions={},
        requires={},
        ignore=(),
        strict=False,
    )


def test_everything() -> None:
    table = {
        "contexts": ["admin", "public", "admin"],
        "static": ["a/static/", "b", "b/"],
        "imports": IMPORTS,
        "vendored": {
            "lit": {"path": "prose/lit.js", "version": "3.2.1"},
            "lit/": {"path": "prose/lit/", "version": "4.0.0-rc.1"},
        },
        "requires": {"lit": ">=3,<4", "@x/y": "*"},
        "ignore": ["jquery", "django/gettext"],
        "strict": True,
    }
    before = repr(table)
    declaration = declared(table, namespace="prose", package="prose")
    assert declaration == Declaration(
        namespace="prose",
        package="prose",
        contexts=("admin", "public"),
        roots=("a/static", "b"),
        imports=(EDITOR,),
        vendored=(Item("lit", "lit", "prose/lit.js"), Item("lit/", "lit/", "prose/lit/")),
        versions={"lit": "3.2.1", "lit/": "4.0.0-rc.1"},
        requires={"lit": ">=3,<4", "@x/y": "*"},
        ignore=("django/gettext", "jquery"),
        strict=True,
    )
    assert repr(table) == before


@pytest.mark.parametrize("table", [{}, {"imports": {}}, {"vendored": {}}, {"requires": {"lit": "*"}}])
def test_declares_nothing(table: dict[str, Any]) -> None:
    assert problems_of(table) == [f"IM003 {MISSING}"]


def test_vendored_alone_will_do() -> None:
    vendored = {"lit": {"path": "prose/lit.js", "version": "3.2.1"}}
    assert declared({"vendored": vendored}, namespace="prose", package="prose").imports == ()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"context": ["a"]}, "IM002 tool.importmap.context: unknown key. Did you mean 'contexts'?"),
        ({"x": 1}, "IM002 tool.importmap.x: unknown key."),
        (
            {"namespace": "x"},
            "IM002 tool.importmap.namespace: unknown key: the name of the entry point is the namespace.",
        ),
        ({"contexts": "a"}, "IM001 tool.importmap.contexts: must be an array, not a string."),
        ({"contexts": [1]}, "IM001 tool.importmap.contexts[0]: must be a string, not an integer."),
        (
            {"contexts": [""]},
            (
                "IM004 tool.importmap.contexts: '' is refused: "
                "a context is letters, digits, '.', '_' and '-', and begins with a letter or digit."
            ),
        ),
        ({"strict": 1}, "IM001 tool.importmap.strict: must be a boolean, not an integer."),
        ({"static": "a"}, "IM001 tool.importmap.static: must be an array, not a string."),
        (
            {"static": []},
            'IM003 tool.importmap.static: must name a folder.\n    static = ["prose/static"]',
        ),
        ({"static": ["../a"]}, f"IM004 tool.importmap.static: '../a' is refused: {PATH_RULE}."),
        ({"vendored": 1}, "IM001 tool.importmap.vendored: must be a table, not an integer."),
        (
            {"vendored": {"lit": "lit.js"}},
            "IM001 tool.importmap.vendored.lit: must be a table, not a string.",
        ),
        (
            {"vendored": {"lit": {"path": "lit.js"}}},
            "IM003 tool.importmap.vendored.lit.version: is missing.",
        ),
        (
            {"vendored": {"lit": {"version": "1"}}},
            "IM003 tool.importmap.vendored.lit.path: is missing.",
        ),
        (
            {"vendored": {"lit": {"path": "lit.js", "version": "1", "contexts": []}}},
            "IM002 tool.importmap.vendored.lit.contexts: unknown key.",
        ),
        (
            {"vendored": {"lit": {"path": "lit.js", "version": 1}}},
            "IM001 tool.importmap.vendored.lit.version: must be a string, not an integer.",
        ),
        (
            {"vendored": {"lit": {"path": "lit.js", "version": "4.0.0-next.12+build"}}},
            (
                "IM009 tool.importmap.vendored.lit.version: "
                "'4.0.0-next.12+build' is not a version as Python packages have them (PEP 440).\n"
                '    version = "4.0.0.dev12"'
            ),
        ),
        (
            {"vendored": {"lit": {"path": "lit.js", "version": "^3"}}},
            (
                "IM009 tool.importmap.vendored.lit.version: "
                "'^3' is not a version as Python packages have them (PEP 440).\n"
                '    For example "3.2.1", or "4.0.0.dev1" for "4.0.0-next.1".'
            ),
        ),
        (
            {"vendored": {"lit/": {"path": "lit.js", "version": "1"}}},
            (
                "IM004 tool.importmap.vendored.\"lit/\".path: 'lit.js' is refused: "
                "a prefix and its path both end in '/', other keys and paths do not."
            ),
        ),
        (
            {"vendored": {"lit/*": {"path": "lit/*", "version": "1"}}},
            f'IM004 tool.importmap.vendored."lit/*": {BARE}',
        ),
        (
            {"vendored": {"./lit": {"path": "lit", "version": "1"}}},
            f'IM004 tool.importmap.vendored."./lit": {BARE}',
        ),
        (
            {"vendored": {"prose/x": {"path": "lit", "version": "1"}}},
            (
                'IM004 tool.importmap.vendored."prose/x": '
                "lies in this package's own namespace 'prose'; it belongs in [tool.importmap.imports]."
            ),
        ),
        ({"requires": {"#x": "*"}}, f'IM004 tool.importmap.requires."#x": {BARE}'),
        (
            {"requires": {"prose": "*"}},
            "IM004 tool.importmap.requires.prose: lies in this package's own namespace 'prose'.",
        ),
        ({"requires": {"lit": 3}}, "IM001 tool.importmap.requires.lit: must be a string, not an integer."),
        *(
            (
                {"requires": {"lit": versions}},
                (
                    f"IM009 tool.importmap.requires.lit: {versions!r} is not a range of versions "
                    "as Python packages have them (PEP 440).\n"
                    '    For example ">=3.2,<4", or "*" for any version.'
                ),
            )
            for versions in ("^3", "3.x", "", " ", "1.0", ">=" + "9" * 5000)
        ),
        ({"ignore": ["./x"]}, f"IM004 tool.importmap.ignore: './x' {BARE}"),
        ({"ignore": ["x*"]}, f"IM004 tool.importmap.ignore: 'x*' {BARE}"),
        ({"ignore": 1}, "IM001 tool.importmap.ignore: must be an array, not an integer."),
    ],
)
def test_refuses(table: dict[str, Any], message: str) -> None:
    assert problems_of({"imports": IMPORTS, **table}) == [message]


def test_the_text_of_the_error() -> None:
    with pytest.raises(DeclarationError) as caught:
        declared({"strict": 1, "imports": {"a": 1}}, namespace="prose", package="prose")
    assert str(caught.value) == (
        "importmap: 2 problems\n"
        "- tool.importmap.imports.a: must be a public path, a table or false, not an integer.\n"
        "- tool.importmap.strict: must be a boolean, not an integer."
    )


words = st.sampled_from(
    ["", ".", "*", "a/", "a/*", "#a", "lit", "prose/a", "a.js", "1.0", ">=1", "\ud800", "9" * 5000]
)
keys = st.one_of(
    words,
    st.sampled_from([*KEYS, "path", "url", "integrity", "version"]),
    st.text(alphabet=string.printable, max_size=5),
)
values = st.recursive(
    st.one_of(
        words,
        st.text(max_size=5),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.datetimes(),
        st.dates(),
        st.times(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(keys, values, max_size=4))
def test_any_table_is_declared_or_refused(table: dict[str, Any]) -> None:
    with suppress(ImportMapError):
        declared(table, namespace="prose", package="prose")


copies = st.fixed_dictionaries(
    {}, optional={"path": values, "version": values, "url": values, "contexts": values}
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "imports": st.dictionaries(keys, copies | values, max_size=3),
            "vendored": st.dictionaries(keys, copies, max_size=3),
            "requires": st.dictionaries(keys, values, max_size=3),
            "static": values,
            "ignore": values,
            "contexts": values,
        },
    )
)
def test_any_table_of_the_right_shape_is_declared_or_refused(table: dict[str, Any]) -> None:
    with suppress(ImportMapError):
        declared(table, namespace="prose", package="prose")
