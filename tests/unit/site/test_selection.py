from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.site_folder import package

from importmap import Diagnostic, MissingModuleError, UnknownContextError
from importmap._site.selection import check_contexts, known_contexts, select
from importmap._site.settings import SiteContext


def entry(path: str, *contexts: str) -> dict[str, object]:
    return {"path": path, "contexts": list(contexts)}


DEMO = package(
    "demo",
    {
        "admin": entry("demo/1.js", "admin"),
        "both": entry("demo/2.js", "admin", "public"),
        "plain": {"path": "demo/3.js"},
        "never": entry("demo/4.js"),
    },
)
OTHER = package("other", {"public": entry("other/1.js", "public")})


def names(
    contexts: Sequence[str], modules: Sequence[str] | None = None, **site: Mapping[str, Sequence[str]]
) -> list[str]:
    decisions = {name: SiteContext(name, table) for name, table in site.items()}
    selections = select([DEMO, OTHER], contexts, modules, decisions)
    assert all(selection.imports for selection in selections)
    return [specifier for selection in selections for specifier in selection.imports]


@pytest.mark.parametrize(
    ("contexts", "expected"),
    [
        (["default"], ["demo/plain"]),
        (["admin"], ["demo/admin", "demo/both"]),
        (["public"], ["demo/both", "other/public"]),
        (["public", "admin"], ["demo/admin", "demo/both", "other/public"]),
        (["public", "public"], ["demo/both", "other/public"]),
        ([], []),
    ],
)
def test_contexts(contexts: list[str], expected: list[str]) -> None:
    assert names(contexts) == expected


def test_the_default_is_always_known() -> None:
    assert known_contexts([], {}) == ["default"]
    assert select([], ["default"], None, {}) == []


def test_known_contexts() -> None:
    site = {"shop": SiteContext("shop", {})}
    assert known_contexts([DEMO, OTHER], site) == ["admin", "default", "public", "shop"]


def test_unknown_contexts() -> None:
    with pytest.raises(UnknownContextError) as caught:
        check_contexts([DEMO, OTHER], ["amdin", "admin", "zzz"], {})
    known = "Known: 'admin', 'default', 'public'."
    assert caught.value.diagnostics == (
        Diagnostic(
            "IM213",
            "error",
            f"no package and no configuration knows the context 'amdin'. Did you mean 'admin'? {known}",
        ),
        Diagnostic("IM213", "error", f"no package and no configuration knows the context 'zzz'. {known}"),
    )


def test_enable() -> None:
    """Every public entry of the distribution, in that context."""
    everything = ["demo/admin", "demo/both", "demo/plain", "demo/never"]
    assert names(["shop"], shop={"enable": ["Demo"]}) == everything
    assert names(["shop", "admin"], shop={"enable": ["demo"]}) == everything
    assert names(["admin"], shop={"enable": ["demo"]}) == ["demo/admin", "demo/both"]


def test_disable() -> None:
    """None of them, whatever the package says; in other contexts it stays."""
    assert names(["public"], public={"disable": ["demo"]}) == ["other/public"]
    assert names(["public", "admin"], public={"disable": ["demo"]}) == [
        "demo/admin",
        "demo/both",
        "other/public",
    ]
    assert names(["public"], public={"disable": ["demo"], "enable": ["demo"]}) == ["other/public"]


def test_modules() -> None:
    """Only what is named, in the contexts that it is in."""
    assert names(["admin", "public"], ["other/public", "demo/both"]) == ["demo/both", "other/public"]
    assert names(["admin"], []) == []


def test_a_prefix_among_the_modules() -> None:
    """It does not lead to the hashed files that have names of their own below it."""
    icons = ["icons/", "icons/a.js", "icons/b.js"]
    table = {name: entry(f"kit/{name}", "public") for name in [*icons, "iconset"]}
    table["icons/b.js"] = entry("kit/icons/b.js", "admin")
    [selection] = select([package("kit", table)], ["public"], ["kit/icons/"], {})
    assert list(selection.imports) == ["kit/icons/", "kit/icons/a.js"]


def test_missing_modules() -> None:
    with pytest.raises(MissingModuleError) as caught:
        names(["admin", "default"], ["demo/both", "demo/botj", "other/public", "zzz"])
    there = "the contexts 'admin', 'default' have no module"
    assert caught.value.diagnostics == (
        Diagnostic("IM212", "error", f"{there} 'demo/botj'. Did you mean 'demo/both'?"),
        Diagnostic("IM212", "error", f"{there} 'other/public'. Its contexts are 'public'."),
        Diagnostic("IM212", "error", f"{there} 'zzz'."),
    )


contexts = st.lists(st.sampled_from(["admin", "public", "default", "shop"]), max_size=4)
distributions = st.lists(st.sampled_from(["demo", "other"]), max_size=2)
sites = st.dictionaries(
    st.sampled_from(["admin", "public", "default"]),
    st.fixed_dictionaries({}, optional={"enable": distributions, "disable": distributions}),
).map(lambda site: {"shop": {}, **site})


@given(contexts, contexts, sites)
def test_a_union_of_contexts_selects_the_union(
    one: list[str], other: list[str], site: dict[str, dict[str, list[str]]]
) -> None:
    assert {*names(one, None, **site), *names(other, None, **site)} == set(names(one + other, None, **site))
