from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import pytest

from importmap import StaticURL, configure
from importmap._site.settings import Settings

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
    assert (settings.project, settings.strict, settings.live, settings.integrity) == (None, False, None, ())


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


@pytest.mark.parametrize(
    ("integrity", "algorithms"),
    [
        (False, ()),
        (True, ("sha384",)),
        ([], ()),
        (("sha512", "sha256"), ("sha256", "sha512")),
        (iter(["sha384", "sha384"]), ("sha384",)),
        ({"sha512", "sha384", "sha256"}, ("sha256", "sha384", "sha512")),
    ],
)
def test_integrity(integrity: bool | Iterable[str], algorithms: tuple[str, ...]) -> None:
    """One order, whatever order was asked for."""
    assert Settings(integrity=integrity).integrity == algorithms


GOOD = [
    ("a", "shop/a.js"),
    ("a", "/shop/a.js"),
    ("a", "https://cdn.example/a.js?x=1"),
    ("a/", "/shop/"),
    ("a/", "https://cdn.example/a/"),
    ("a", "/x?v=1"),
    ("a", "/shop/é.js?v=1&w=a/b%20"),
    ("Shop/Cart", "shop/cart.js"),
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
        ("a", "/a.js?"),
        ("a", "/a.js?<"),
        ("a", "/a.js#x"),
        ("a", "/a/../b.js?x"),
        ("a", "//cdn.example/a.js?x"),
        ("a/", "/a/?x=/"),
        ("a", "../a.js"),
        ("a", "./a.js"),
        ("a", "//cdn.example/a.js"),
        ("a", "http://cdn.example/a.js"),
        ("a", "/shop/"),
        ("a/", "/shop"),
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
    ("target", "meant"),
    [
        ("https://cdn.example/</script>", "https://cdn.example/%3C/script%3E"),
        ("https://cdn.example", "https://cdn.example/"),
        ("HTTPS://CDN.example:443/x/../a.js", "https://cdn.example/a.js"),
    ],
)
def test_targets_in_another_spelling(target: str, meant: str) -> None:
    with pytest.raises(ValueError, match="as browsers do") as caught:
        Settings(imports={"a": target})
    assert str(caught.value) == (
        f"the target of 'a': {target!r} is not spelled as browsers do. Write {meant!r}."
    )


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
        ({"imports": ["a"]}, "imports must be a mapping, not ['a']"),
        ({"imports": {1: "/x"}}, "imports: a specifier must be a string, not 1"),
        ({"overrides": "a"}, "overrides must be a mapping, not 'a'"),
        ({"overrides": {None: None}}, "overrides: a specifier must be a string, not None"),
        ({"disable": "demo"}, "disable must be a list of distributions, not a string"),
        ({"disable": None}, "disable must be a list of distributions, not None"),
        ({"disable": [1]}, "disable: the name of a distribution must be a string, not 1"),
        ({"contexts": ["admin"]}, "contexts must be a mapping, not ['admin']"),
        (
            {"contexts": {"admin": None}},
            "contexts['admin'] must be a table with 'enable' and 'disable', not None",
        ),
        (
            {"contexts": {1: {}}},
            (
                "contexts: 1 is refused: a context is letters, digits, '.', '_' and '-', "
                "and begins with a letter or digit"
            ),
        ),
        ({"static": None}, "static must be a URL or an object with the methods of Static, not None"),
        ({"static": 5}, "static must be a URL or an object with the methods of Static, not 5"),
        (
            {"static": PurePosixPath("/static")},
            ("static must be a URL or an object with the methods of Static, not PurePosixPath('/static')"),
        ),
        ({"project": 5}, "project must be the path of a file, not 5"),
        ({"integrity": None}, "integrity must be True, False or a list of algorithms, not None"),
        ({"integrity": "sha384"}, "integrity must be True, False or a list of algorithms, not 'sha384'"),
        ({"integrity": 1}, "integrity must be True, False or a list of algorithms, not 1"),
        ({"integrity": ["sha384", "md5"]}, "integrity: 'md5' is none of 'sha256', 'sha384', 'sha512'"),
        ({"integrity": ["SHA384"]}, "integrity: 'SHA384' is none of 'sha256', 'sha384', 'sha512'"),
        ({"integrity": [None]}, "integrity: None is none of 'sha256', 'sha384', 'sha512'"),
        ({"live": "yes"}, "live must be True, False or None, not 'yes'"),
        ({"strict": "no"}, "strict must be True or False, not 'no'"),
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


@pytest.mark.parametrize("name", ["", "/", "/a", "./a", "../a", "#a"])
def test_specifiers_that_are_not_bare(name: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        Settings(imports={name: "/a.js"})
    assert str(caught.value) == (
        f"imports: {name!r} is refused: a specifier is a bare name such as 'shop/cart'; browsers take "
        "what begins with '/', './' or '../' for a URL, and '#' names are private to a package"
    )


def test_unknown_settings() -> None:
    with pytest.raises(TypeError, match=r".") as caught:
        configure(statics="/static/")  # type: ignore[call-arg]  # the typo is the subject
    assert str(caught.value) == (
        "unexpected keyword argument 'statics'. Did you mean 'static'? Known: 'contexts', 'disable', "
        "'enable', 'imports', 'integrity', 'isolate', 'live', 'lock', 'overrides', 'project', 'shared', "
        "'static', 'strict'."
    )
