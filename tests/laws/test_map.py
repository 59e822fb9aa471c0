"""Laws of import maps, over maps that look for trouble."""

from __future__ import annotations

import contextlib
import json
import pickle
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.profiles import check_seen
from support.trouble import (
    BASE,
    Questions,
    answer,
    answers,
    bases,
    is_spelled_twice,
    maps_of,
    mostly,
    names,
    pages,
    questions_to,
    rules,
    untyped,
    url,
    well_typed,
)

from importmap import ConflictError, ImportMap, ResolutionError, parse

# Parsing and printing


@given(untyped, bases, st.booleans())
def test_a_parsed_map_is_what_it_prints(read: dict[str, Any], base: str, isolated: bool) -> None:
    text = json.dumps({**read, "isolatedScopes": isolated})
    for extensions in (False, True):
        import_map, _ = parse(text, base, extensions=extensions)
        again, _ = parse(import_map.to_json(extensions=extensions), base, extensions=extensions)
        assert again == import_map
        assert rules(again) == rules(import_map)


@given(well_typed, bases)
def test_a_constructed_map_is_what_it_prints(arguments: dict[str, Any], base: str) -> None:
    import_map = ImportMap(**arguments)
    again, _ = parse(import_map.to_json(extensions=True), base, extensions=True)
    assert rules(again) == rules(import_map.with_base_url(base))
    # Of keys that are one URL, only one is kept.
    if not is_spelled_twice(import_map.with_base_url(base)):
        assert again == import_map
        assert parse(import_map.to_json(), base)[0] == ImportMap(**{**arguments, "depcache": {}})


# Resolving


@given(pages(2))
def test_resolving_is_a_function(page: tuple[list[ImportMap], Questions]) -> None:
    """Of the map's value: not of what was asked before, nor of how the map came about."""
    [a, b], asked = page
    for import_map in (a, a.extend(b, answers(a, asked))[0], a.override(b)):
        before = [answer(import_map, *question) for question in asked]
        assert [answer(import_map, *question) for question in asked] == before
        for other in (pickle.loads(pickle.dumps(import_map)), backwards(import_map)):
            assert other == import_map
            assert rules(other) == rules(import_map)
            assert [answer(other, *question) for question in reversed(asked)] == before[::-1]


@given(well_typed, bases.flatmap(lambda base: maps_of(base).flatmap(questions_to)))
def test_a_map_stands_where_it_is_asked(arguments: dict[str, Any], asked: Questions) -> None:
    """If it does not know where it stands."""
    import_map = ImportMap(**arguments)
    for specifier, base in asked:
        there = import_map.with_base_url(base)
        assert answer(import_map, specifier, base) == answer(there, specifier, base)


def backwards(import_map: ImportMap) -> ImportMap:
    """The same map, made from its parts in the opposite order."""

    def turn(table: Any) -> dict[str, Any]:
        return dict(reversed(table.items()))

    return ImportMap(
        turn(import_map.imports),
        turn({scope: turn(table) for scope, table in import_map.scopes.items()}),
        turn(import_map.integrity),
        turn(import_map.depcache),
        isolated_scopes=import_map.isolated_scopes,
        base_url=import_map.base_url,
    )


def test_a_normalised_map_is_the_same_map() -> None:
    seen: Counter[str] = Counter()

    @given(pages())
    def law(page: tuple[list[ImportMap], Questions]) -> None:
        [import_map], asked = page
        normal = import_map.normalize()
        assert normal.normalize() == normal
        nothing = ImportMap(base_url=import_map.base_url)
        for question in asked:
            assert url(normal, *question) == url(import_map, *question)
            seen["mapped"] += url(normal, *question) not in {None, url(nothing, *question)}
            seen["refused"] += answer(normal, *question)[0] == "IM312"

    law()
    check_seen(seen, "mapped", "refused", least=40)


# Several maps


def test_a_merge_never_changes_what_was_resolved() -> None:
    seen: Counter[str] = Counter()

    @given(pages(3))
    def law(page: tuple[list[ImportMap], Questions]) -> None:
        """Three maps, of which the last two come when something has been resolved."""
        [a, b, c], asked = page
        early, late = asked[::2], asked[1::2]
        first = answers(a, early)
        ab, _ = a.extend(b, first)
        second = answers(ab, late)
        abc, _ = ab.extend(c, [*first, *second])
        assert answers(ab, list(first)) == first
        both = {**first, **second}
        assert answers(abc, list(both)) == both
        # Without the rule it would not hold.
        seen["kept"] += sum(url(a.extend(b)[0], *question) != found for question, found in first.items())

    law()
    check_seen(seen, "kept", least=8)


@given(pages(2))
def test_the_first_map_wins(page: tuple[list[ImportMap], Questions]) -> None:
    [a, b], _ = page
    merged, _ = a.extend(b)
    assert rules(merged) == {**rules(b), **rules(a)}


def test_every_loss_is_reported_once() -> None:
    seen: Counter[str] = Counter()

    @given(pages(2, isolated=(False,)))
    def law(page: tuple[list[ImportMap], Questions]) -> None:
        [a, b], asked = page
        merged, diagnostics = a.extend(b, answers(a, asked))
        old, new, there = rules(a), rules(b), rules(merged)
        lost = [rule for rule in new if rule not in there or there[rule] != new[rule]]
        same = [rule for rule in new if rule in old and old[rule] == new[rule]]
        severities = Counter(diagnostic.severity for diagnostic in diagnostics)
        assert severities == Counter(warning=len(lost), info=len(same))
        assert len(set(diagnostics)) == len(diagnostics)
        # And nothing is there that no map has said.
        assert there == {
            rule: old.get(rule, new.get(rule)) for rule in [*old, *new] if rule not in lost or rule in old
        }
        seen["lost to the page's entry"] += len(old.keys() & lost)
        seen["lost to what was resolved"] += len(set(lost) - old.keys())

    law()
    check_seen(seen, "lost to the page's entry", "lost to what was resolved", least=8)


def test_a_union_resolves_like_one_of_the_two() -> None:
    seen: Counter[str] = Counter()

    @given(pages(2))
    def law(page: tuple[list[ImportMap], Questions]) -> None:
        [a, b], asked = page
        with contextlib.suppress(ConflictError):
            both = a | b
            for question in asked:
                assert url(both, *question) in {url(a, *question), url(b, *question)}
                seen["asked"] += 1
                seen["different"] += url(a, *question) != url(b, *question)

    law()
    check_seen(seen, "asked", least=160)
    check_seen(seen, "different", least=8)


# The closure


def walk(import_map: ImportMap, entry: str, base: str) -> list[str] | None:
    """Breadth first, in the order of each list; None where something cannot be resolved."""
    edges = import_map.normalize().depcache
    try:
        urls = [import_map.resolve(entry, base)]
        for found in urls:
            for specifier in edges.get(found, ()):
                if (target := import_map.resolve(specifier, found)) not in urls:
                    urls.append(target)
    except ResolutionError:
        return None
    return urls


#: Graphs: names, addresses and keys of the depcache meet more often than in `maps`.
FILES = ["/app/1.js", "./2.js", "./3/", "/app/3/4.js", "https://site.example/app/5.js", "/app/6.js"]
files = st.sampled_from(FILES)
modules = files | st.sampled_from(["a", "b", "../app/6.js", "./4.js"])
graphs = st.builds(
    ImportMap,
    st.fixed_dictionaries({"a": files, "b": files}, optional={"./2.js": files, "./4.js": st.none()}),
    st.dictionaries(files, st.dictionaries(st.sampled_from(["a", "b", "/app/6.js"]), files), max_size=2),
    depcache=st.fixed_dictionaries(dict.fromkeys(FILES, st.lists(modules, min_size=1, max_size=3))),
    base_url=st.just(BASE),
)


def test_the_closure_is_the_breadth_first_walk() -> None:
    seen: Counter[str] = Counter()

    @given(mostly(graphs, maps_of(BASE)), mostly(modules, names))
    def law(import_map: ImportMap, entry: str) -> None:
        expected = walk(import_map, entry, BASE)
        try:
            found = import_map.closure(entry, BASE)
        except ResolutionError:
            assert expected is None
            seen["refused"] += 1
            return
        assert found == expected
        assert found[0] == import_map.resolve(entry, BASE)
        assert len(set(found)) == len(found)
        seen["of several"] += len(found) > 2

    law()
    check_seen(seen, "of several", "refused", least=8)
