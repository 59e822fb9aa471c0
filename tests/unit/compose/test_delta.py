"""What a page that has a map still needs: the laws of `-`, `missing`, labels, and `importmap.delta`."""

from __future__ import annotations

import json
import pickle
import re
from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.profiles import check_seen
from support.site_folder import SiteFolder
from support.small_maps import (
    MODULES,
    NAMES,
    PAGE,
    answer,
    can_load,
    is_decided,
    maps,
)

import importmap
from importmap import ConflictError, ImportMap, ParseError, Registry, UnknownContextError, delta


def test_what_the_page_decides_stays() -> None:
    seen: Counter[str] = Counter()

    @given(maps, maps)
    def law(extra: ImportMap, base: ImportMap) -> None:
        try:
            needed = extra - base
        except ConflictError:
            seen["conflicts"] += 1
            return
        page, dropped = base.extend(needed)
        assert dropped == []
        seen["deltas"] += 1
        for module in filter(lambda module: can_load(base, module), MODULES):
            for name in NAMES:
                if is_decided(base, name, module):
                    assert answer(page, name, module) == answer(base, name, module)
                    seen["kept"] += 1
        outside = {} if "/" in base.scopes else {"/u.js": extra.imports}
        for module, table in {**extra.scopes, **outside}.items():
            for name in table:
                assert answer(page, name, module) == answer(extra, name, module)
                seen["taken"] += 1
        assert page.integrity == {**extra.integrity, **base.integrity}
        assert page.depcache == {**extra.depcache, **base.depcache}

    law()
    check_seen(seen, "conflicts", "deltas", "kept", "taken", least=40)


def test_a_page_that_takes_in_the_rest_of_a_map_has_that_map() -> None:
    """The maps of a site never disagree: then every name of every module is what the whole map says."""
    seen: Counter[str] = Counter()

    @given(maps, maps)
    def law(extra: ImportMap, base: ImportMap) -> None:
        try:
            whole = base | extra
            needed = whole - base
        except ConflictError:
            seen["conflicts"] += 1
            return
        page, _ = base.extend(needed)
        for module in MODULES:
            for name in NAMES:
                assert answer(page, name, module) == answer(whole, name, module)
                seen["changed"] += answer(base, name, module) != answer(whole, name, module)
        assert needed.label == whole.label
        assert page - base == needed
        # Nothing in it is idle: without any of its rules it would be another page.
        seen["smaller"] += len(needed.to_json()) < len(whole.to_json())

    law()
    check_seen(seen, "conflicts", "changed", "smaller", least=40)


def test_a_prefix_in_an_inner_scope() -> None:
    """It hides the longer names that a page has in `imports`: no single key of them is the new one."""
    base = ImportMap({"a/b": "/s/m.js"})
    extra = ImportMap(base.imports, {"/s/": {"a/": "/2/"}})
    with pytest.raises(ConflictError) as caught:
        extra - base
    assert str(caught.value) == "scopes['/s/']: 'a/b' is '/s/m.js' in one map and '/2/b' in the other."
    elsewhere = ImportMap(base.imports, {"/t/": {"a/": "/2/"}})
    assert elsewhere - base == ImportMap(scopes={"/t/": {"a/": "/2/"}})


def test_a_scope_that_covers_the_page() -> None:
    """Its own scripts have resolved names as well, if it is known where it stands."""
    base = ImportMap({"a": "/1"})
    extra = ImportMap({"a": "/1"}, {"/shop/": {"a": "/2"}})
    assert extra - base == ImportMap(scopes={"/shop/": {"a": "/2"}})
    for one, other in ((extra.with_base_url(PAGE), base), (extra, base.with_base_url(PAGE))):
        with pytest.raises(ConflictError) as caught:
            one - other
        assert str(caught.value) == "scopes['/shop/']: 'a' is '/1' in one map and '/2' in the other."


def test_missing() -> None:
    base = ImportMap({"a": "/a", "b/": "/b/", "gone": None})
    names = {"a": "/x", "b/c": "/c", "gone": "/gone", "blocked": None, "z": "/z", "c": "/c", "d/": "/d/"}
    urls = {"/a.js": "/a.1.js", "./a.js": "/a.1.js", "https://cdn.example/a.js": "/a.1.js"}
    extra = ImportMap({**names, **urls}, {"/s/": {"#e": "/e"}})
    assert base.missing(extra) == ["c", "d/", "z"]
    assert base.missing(base) == []
    assert ImportMap().missing(base) == ["a", "b/"]


# Labels

A = ImportMap({"a": "/a.js"}, contexts=["public"])
B = ImportMap({"a": "/a.js", "b": "/b.js"}, contexts=["admin", "public"])


def label_in(markup: str) -> str:
    [label] = re.findall(r'data-importmap="([^"]*)"', markup)
    found: str = label
    return found


def test_the_label_of_a_map() -> None:
    assert B.label == f"admin public;{B.digest}"
    assert label_in(B.render()) == B.label
    assert B.with_base_url(PAGE).label == B.label


def test_a_difference_says_what_the_page_has_then() -> None:
    """So that the next difference begins there."""
    needed = B - A
    assert needed.to_json() == '{"imports":{"b":"/b.js"}}'
    assert needed.label == label_in(needed.render()) == (A | B).label == B.label
    assert (A - A).label == A.label
    other = ImportMap({"c": "/c.js"}, contexts=["editor"])
    assert (other - A).label == f"editor public;{(A | other).digest}"


def test_a_difference_keeps_its_label() -> None:
    needed = B - A
    for same in (pickle.loads(pickle.dumps(needed)), needed.with_base_url(PAGE)):
        assert same.label == B.label
    assert needed.digest == ImportMap({"b": "/b.js"}).digest
    for another in (needed | A, needed.override(A), needed.extend(A)[0]):
        assert another.label.endswith(f";{another.digest}")


# The function


@pytest.fixture
def shop(site: SiteFolder) -> SiteFolder:
    contexts = {"cart": "public", "editor": "editor", "admin": "admin"}
    entries = {name: {"path": f"shop/{name}.js", "contexts": [context]} for name, context in contexts.items()}
    modules: dict[str, Any] = {
        "shop/cart.js": {},
        "shop/editor.js": {"imports": ["shop/cart", "#dom"]},
        "shop/admin.js": {},
        "shop/dom.js": {},
    }
    site.install("shop", entries, modules=modules, private={"#dom": {"path": "shop/dom.js"}})
    return site


@pytest.fixture
def registry(shop: SiteFolder) -> Registry:
    return Registry()


def test_a_delta(registry: Registry) -> None:
    page = registry.load(["public"])
    text, etag = delta(page.label, ["editor"], registry)
    assert json.loads(text) == {
        "importmap": {
            "imports": {"shop/editor": "/static/shop/editor.js"},
            "scopes": {"/static/shop/": {"#dom": "/static/shop/dom.js"}},
        },
        "page": registry.load(["editor", "public"]).label,
    }
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag)
    assert delta(page.label, ["editor"], registry) == (text, etag)
    assert delta(page.label, ["admin"], registry)[1] != etag


def test_one_delta_after_another(registry: Registry) -> None:
    """In any order: each begins where the one before has ended, and the page has the map of all at last."""
    for contexts in permutations(["admin", "editor", "public"]):
        page = registry.load([contexts[0]])
        label = page.label
        for name in contexts[1:]:
            answer = json.loads(delta(label, [name], registry)[0])
            page, dropped = page.extend(ImportMap(**answer["importmap"]))
            assert dropped == []
            label = answer["page"]
        assert page.to_json() == registry.load(contexts).to_json()
        assert label == registry.load(sorted(contexts)).label


def test_nothing_is_missing(registry: Registry) -> None:
    label = registry.load(["public", "editor"]).label
    text, _ = delta(label, ["editor", "editor"], registry)
    assert json.loads(text) == {
        "importmap": {"imports": {}},
        "page": registry.load(["editor", "public"]).label,
    }


def test_the_registry_of_the_process(shop: SiteFolder) -> None:
    importmap.configure(static="/assets/")
    try:
        text, _ = delta(importmap.load(["public"]).label, ["admin"])
    finally:
        importmap.configure()
    assert '"/assets/shop/admin.js"' in text


def test_strangers_do_not_fill_the_registry(registry: Registry) -> None:
    """The maps of single contexts are all that it keeps for them."""
    for contexts in permutations(["admin", "default", "editor", "public"], 3):
        maps = [registry.load([name]) for name in contexts]
        label = f"{' '.join(contexts)};{(maps[0] | maps[1] | maps[2]).digest}"
        delta(label, contexts, registry)
    assert len(registry._maps) == 4


STALE = """\
a page says {label!r} of its map, and the site has another one.
    load the page again; it must print the map of its contexts, without modules= or additions"""


@pytest.fixture(params=["deployed", "gone", "modules", "added"])
def stale(request: pytest.FixtureRequest, registry: Registry) -> str:
    """The label of a page with another map than the site has for its contexts."""
    page = registry.load(["public"])
    labels = {
        "deployed": "public;AAAAAAAAAAAA",
        "gone": f"public sale;{page.digest}",
        "modules": registry.load(["public"], modules=[]).label,
        "added": (page | ImportMap({"htmx": "/htmx.js"})).label,
    }
    return labels[request.param]


def test_another_map(stale: str, registry: Registry) -> None:
    with pytest.raises(ConflictError) as caught:
        delta(stale, ["editor"], registry)
    assert [found.code for found in caught.value.diagnostics] == ["IM236"]
    assert str(caught.value) == STALE.format(label=stale)


def test_a_name_that_the_pages_scripts_have_from_the_site(site: SiteFolder) -> None:
    """A package has a copy of its own, and no module of it that the page has so far imports it.

    Maps alone cannot know that: `-` refuses.
    """
    entries = {
        name: {"path": f"shop/{name}.js", "contexts": [context]}
        for name, context in (("cart", "public"), ("editor", "editor"))
    }
    modules: dict[str, Any] = {"shop/cart.js": {}, "shop/editor.js": {"imports": ["lit"]}, "shop/lit.js": {}}
    site.install("shop", entries, modules=modules, vendored={"lit": {"path": "shop/lit.js", "version": "3"}})
    registry = Registry(imports={"lit": "/vendor/lit.js"})
    page, whole = registry.load(["public"]).with_base_url(PAGE), registry.load(["editor", "public"])
    with pytest.raises(ConflictError) as caught:
        whole - page
    message = "'lit' is '/vendor/lit.js' in one map and '/static/shop/lit.js' in the other."
    assert str(caught.value) == f"scopes['/static/shop/']: {message}"
    answer = json.loads(delta(page.label, ["editor"], registry)[0])
    assert answer["importmap"]["scopes"] == {"/static/shop/": {"lit": "/static/shop/lit.js"}}
    extended, dropped = page.extend(ImportMap(**answer["importmap"]), [("lit", PAGE)])
    assert dropped == []
    assert extended.to_json() == whole.to_json()


@pytest.mark.parametrize(
    "label",
    [
        "",
        ";",
        "public",
        "public;",
        "public;AAAA",
        ";AAAAAAAAAAAA",
        "public;AAAAAAAAAAA<",
        "public;AAAAAAAAAAAA\n",
        "public\n;AAAAAAAAAAAA",
        "<public>;AAAAAAAAAAAA",
        "público;AAAAAAAAAAAA",
        "x" * 200,
    ],
)
def test_no_label(label: str, registry: Registry) -> None:
    with pytest.raises(ParseError) as caught:
        delta(label, ["editor"], registry)
    shown = repr(label if len(label) <= 100 else f"{label[:99]}…")
    assert str(caught.value) == f"{shown} is not what data-importmap says of a page: contexts and a digest."


def test_unknown_contexts(registry: Registry) -> None:
    with pytest.raises(UnknownContextError) as caught:
        delta(registry.load(["public"]).label, ["editr"], registry)
    assert str(caught.value) == (
        "no package and no configuration knows the context 'editr'. Did you mean 'editor'? "
        "Known: 'admin', 'default', 'editor', 'public'."
    )


def test_wrong_arguments(registry: Registry) -> None:
    label = registry.load(["public"]).label
    with pytest.raises(TypeError, match=r"^contexts is a list of names, not a string$"):
        delta(label, "editor", registry)
    with pytest.raises(ValueError, match=r"^delta needs at least one context$"):
        delta(label, [], registry)


def labels() -> Iterator[st.SearchStrategy[str]]:
    names = st.sampled_from(["public", "admin", "editor", "nobody", " ", "", "\0", "é", "x" * 3000])
    digests = st.from_regex(r"[A-Za-z0-9+/]{12}", fullmatch=True)
    yield st.text()
    yield st.builds(lambda some, digest: f"{' '.join(some)};{digest}", st.lists(names), digests | st.text())


@given(st.one_of(*labels()))
def test_what_strangers_send(label: str) -> None:
    """Whatever comes as a label, there is one refusal or the other."""
    with pytest.raises((ParseError, ConflictError)) as caught:
        delta(label, ["default"], REGISTRY)
    assert [found.code for found in caught.value.diagnostics] in (["IM236"], ["IM237"])


#: A site with nothing in it, whatever is installed.
REGISTRY = Registry(enable=())
