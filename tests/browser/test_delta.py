"""Differences in browsers: a page that takes one in resolves what the whole map says."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from support.oracle_cases import Ask, Map
from support.oracle_page import OraclePage
from support.profiles import scaled, seed_of_run
from support.small_maps import ADDRESSES, KEYS, MODULES, NAMES, PAGE, SCOPES, answer, can_load, is_decided

from importmap import ConflictError, ImportMap, parse

if TYPE_CHECKING:
    from support.browser import Browser
    from support.oracle_page import Answer

SEED = seed_of_run(20)
PAIRS = scaled(200)


def table(random: Random, size: int) -> dict[str, str | None]:
    names = {}
    for key in random.sample(KEYS, random.randint(0, size)):
        address = random.choice([*ADDRESSES, None])
        names[key] = f"{address}/" if address is not None and key.endswith("/") else address
    return names


def some_map(random: Random) -> ImportMap:
    scopes = random.sample(SCOPES, random.randint(0, 3))
    return ImportMap(table(random, 4), {scope: table(random, 3) for scope in scopes}, base_url=PAGE)


@cache
def pairs() -> list[tuple[ImportMap, ImportMap]]:
    """The map of a page, and one that has all of it, and more that browsers can take in."""
    random = Random(SEED)
    found: list[tuple[ImportMap, ImportMap]] = []
    while len(found) < PAIRS:
        base, extra = some_map(random), some_map(random)
        try:
            whole = base | extra
            needed = whole - base
        except ConflictError:
            continue
        if needed != ImportMap():
            found.append((base, whole))
    return found


def pairs_for(browser: Browser) -> list[tuple[ImportMap, ImportMap]]:
    """Those that a browser reads as the standard does.

    WebKit looks into scopes in any order, and what a module has resolved freezes nothing in its exact scope.
    """
    if browser.name != "WebKit":
        return pairs()
    read = [
        (base, whole)
        for base, whole in pairs()
        if not any(scope.endswith(".js") for scope in (*base.scopes, *whole.scopes))
        and all(found.code != "IM326" for found in parse(whole.to_json(), PAGE)[1])
    ]
    assert len(read) > PAIRS / 4
    return read


def asked(modules: list[str]) -> list[Ask]:
    return [Ask(f"https://site.example{module}", tuple(NAMES)) for module in modules]


def expected(import_map: ImportMap, modules: list[str]) -> list[list[str | None]]:
    answers = [[answer(import_map, name, module) for name in NAMES] for module in modules]
    return [[found if found.startswith("https:") else None for found in some] for some in answers]


def urls(answers: list[list[Answer]]) -> list[list[str | None]]:
    return [[found.url for found in some] for some in answers]


def test_a_page_with_a_difference(several_maps_browser: Browser) -> None:
    """The difference comes before anything is resolved: the page then has the whole map."""
    cases: list[tuple[Map | Ask, ...]] = [
        (Map(base.to_json(), PAGE), Map((whole - base).to_json(), PAGE), *asked(MODULES))
        for base, whole in pairs_for(several_maps_browser)
    ]
    differing = 0
    with OraclePage(several_maps_browser) as page:
        for (base, whole), answers in zip(pairs_for(several_maps_browser), page.play(cases), strict=True):
            assert urls(answers[2:]) == expected(whole, MODULES), (base, whole)
            differing += expected(base, MODULES) != expected(whole, MODULES)
    assert differing > len(cases) / 2


def test_a_page_that_has_resolved_something(several_maps_browser: Browser) -> None:
    """It drops what would act on a name that it has resolved, as `extend` says; all else is as above."""
    seen: Counter[str] = Counter()
    cases: list[tuple[Map | Ask, ...]] = []
    pages = []
    for base, whole in pairs_for(several_maps_browser):
        first = [Ask(f"https://site.example{module}", tuple(resolved(base, module))) for module in MODULES]
        needed = whole - base
        page, dropped = base.extend(needed, [(name, ask.base) for ask in first for name in ask.specifiers])
        pages.append(page)
        cases.append((Map(base.to_json(), PAGE), *first, Map(needed.to_json(), PAGE), *asked(MODULES)))
        seen["resolved"] += sum(len(ask.specifiers) for ask in first)
        if not dropped:
            seen["taken in"] += 1
            assert expected(page, MODULES) == expected(whole, MODULES)
    with OraclePage(several_maps_browser) as frames:
        for page, answers in zip(pages, frames.play(cases), strict=True):
            assert urls(answers[-len(MODULES) :]) == expected(page, MODULES), page
    assert seen["taken in"] > len(cases) / 2
    assert seen["resolved"] > len(cases)


def resolved(base: ImportMap, module: str) -> list[str]:
    """What a module of a page may have resolved: what the map decides, and refuses not."""
    if not can_load(base, module):
        return []
    return [
        name for name in NAMES if is_decided(base, name, module) and answer(base, name, module)[:2] != "IM"
    ]
