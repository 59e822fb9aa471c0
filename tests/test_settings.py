from __future__ import annotations

from typing import Any

import pytest

from importmap import StaticURL, configure
from importmap._settings import Settings

TARGET_RULE = (
    "must be a public path, an absolute path or an https URL, ending in '/' if the specifier does; "
    "a path has no empty, '.' or '..' segment, no white space or control character, "
    'and none of % \\ ? # [ ] < > " { } | ^ `'
)


def test_defaults() -> None:
    settings = Settings()
    assert settings.static == StaticURL("/static/")
    assert (settings.contexts, settings.imports, settings.overrides) == ({}, {}, {})
    assert settings.disable == frozenset()
    assert (settings.project, settings.strict, settings.live) == (None, False, None)


def test_static_is_a_url_or_an_object() -> None:
    static = StaticURL("https://cdn.example/")
    assert Settings(static="https://cdn.example").static == static
    assert Settings(static=static).static is static


def test_names_are_normalised() -> None:
    settings = Settings(
        disable=["My_Demo"], contexts={"admin": {"enable": ["A.B"], "disable": ("C__D",)}, "empty": {}}
    )
    assert settings.disable == {"my-demo"}
    assert settings.contexts["admin"].enable == {"a-b"}
    assert settings.contexts["admin"].disable == {"c-d"}
    assert settings.contexts["empty"].enable == frozenset()


def test_keeps_nothing_of_its_arguments() -> None:
    imports = {"a": "/a.js"}
    settings = Settings(imports=imports, overrides=imports)
    imports["b"] = "/b.js"
    assert settings.imports == settings.overrides == {"a": "/a.js"}


GOOD = [
    ("a", "shop/a.js"),
    ("a", "/shop/a.js"),
    ("a", "https://cdn.example/a.js?x=1"),
    ("a/", "/shop/"),
    ("a/", "https://cdn.example/a/"),
]


@pytest.mark.parametrize(("name", "target"), GOOD)
def test_targets(name: str, target: str) -> None:
    assert Settings(imports={name: target}).imports == {name: target}
    assert Settings(overrides={name: target, "b": None}).overrides == {name: target, "b": None}


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("a", ""),
        ("a", "shop/a.js?x"),
        ("a", "../a.js"),
        ("a", "./a.js"),
        ("a", "//cdn.example/a.js"),
        ("a", "http://cdn.example/a.js"),
        ("a", "https://cdn.example/</script>"),
        ("a", "/shop/"),
        ("a/", "/shop"),
        ("a/", "https://cdn.example"),
        ("a/", "shop/"),
    ],
)
def test_bad_targets(name: str, target: str) -> None:
    for kind in ("imports", "overrides"):
        with pytest.raises(ValueError, match=r"^the target ") as caught:
            Settings(**{kind: {name: target}})  # type: ignore[arg-type]  # which of them is the parameter
        message = f"the target {target!r} of {name!r} {TARGET_RULE}"
        if target == "shop/":
            message = (
                f"the target {target!r} of {name!r} must be an absolute path or an https URL: "
                "a folder has no URL"
            )
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"imports": {"a": None}}, "imports['a']: None can only stand in overrides"),
        ({"imports": {"a": 1}}, "the target of 'a' must be a string, not 1"),
        ({"imports": {"a": "../x"}, "overrides": {"a": "/x"}}, f"the target '../x' of 'a' {TARGET_RULE}"),
        (
            {"imports": {"a": None}, "overrides": {"a": "/x"}},
            "imports['a']: None can only stand in overrides",
        ),
        ({"disable": "demo"}, "disable must be a list of distributions, not a string"),
        (
            {"contexts": {"admin": {"enable": "demo"}}},
            "contexts['admin']['enable'] must be a list of distributions, not a string",
        ),
        (
            {"contexts": {"admin": {"enabled": []}}},
            "contexts['admin']: unknown key 'enabled'. Did you mean 'enable'?",
        ),
        (
            {"contexts": {"a b": {}}},
            (
                "contexts: 'a b' is refused: a context is letters, digits, '.', '_' and '-', "
                "and begins with a letter or digit"
            ),
        ),
        (
            {"static": "static/"},
            (
                "the static URL 'static/' must begin with '/', 'https://' or '//': "
                "a relative one would mean something else on each page"
            ),
        ),
    ],
)
def test_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        configure(**settings)
    assert str(caught.value) == message


def test_unknown_settings() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'statics'"):
        configure(statics="/static/")  # type: ignore[call-arg]  # the typo is the subject
