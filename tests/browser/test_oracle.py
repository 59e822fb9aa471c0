"""Made-up import maps in real browsers: they give our answers, or depart from the standard."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.oracle import BATCH, CHROMIUM, WEBKIT, Judge, ours, run
from support.oracle_cases import Ask, Case, Map, case
from support.oracle_page import Answer, OraclePage
from support.profiles import scaled, seed_of_run
from support.wheels import ROOT

import importmap
from importmap import Diagnostic, ImportMap
from importmap._map import url as urls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.browser import Browser

SEED = seed_of_run(3)
RESOLUTIONS = scaled(25_000)

PAGE = "https://site.example/app/index.html"


#: Firefox takes one map only.
ENGINES = {"Chromium": CHROMIUM, "WebKit": WEBKIT}


@pytest.fixture
def page(chromium: Browser) -> Iterator[OraclePage]:
    with OraclePage(chromium) as page:
        yield page


@pytest.fixture
def webkit_page(webkit: Browser) -> Iterator[OraclePage]:
    with OraclePage(webkit) as page:
        yield page


def test_differences(several_maps_browser: Browser, capsys: pytest.CaptureFixture[str]) -> None:
    """None is unexplained. Each way to resolve and to refuse occurs often, and most is resolved by a rule."""
    tally = run(several_maps_browser, ENGINES[several_maps_browser.name], SEED, RESOLUTIONS)
    with capsys.disabled():
        sys.stdout.write(f"\nseed {SEED}, {several_maps_browser.name}: {tally}\n")
    assert not tally.bugs, tally.bugs[0]
    assert tally.resolutions >= RESOLUTIONS
    urls = {"imports, exact", "imports, prefix", "scope, exact", "scope, prefix", "URL as it is"}
    assert set(tally.outcomes) == {*urls, "null", "backtracking", "rest", "unknown"}
    assert min(tally.outcomes.values()) > RESOLUTIONS / 250
    by_a_rule = sum(tally.outcomes[it] for it in urls) - tally.outcomes["URL as it is"]
    assert by_a_rule > 0.4 * tally.resolutions


def test_the_seed_makes_the_cases() -> None:
    """Also in another process, where sets have another order."""
    cases = f"[oracle_cases.case({SEED}, number) for number in range({BATCH})]"
    script = f"from support import oracle_cases; print({cases})"
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT / "tests",
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".", "PYTHONIOENCODING": "utf-8:backslashreplace"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert case(SEED, 1) != case(SEED, 2) != case(SEED + 1, 2)


def test_the_page(page: OraclePage) -> None:
    """What is asked of Chromium, step by step."""
    specifiers = ("a", "./a", "n", "p/../a", "p///[", "b", "/\ud800")
    asked = [Ask(base, specifiers) for base in (PAGE, "data:text/javascript,hand(import.meta)")]
    imports = '{"a": "./a.js", "n": null, "p/": "/p/"}'
    steps: Case = (
        asked[0],
        Map(f'{{"imports": {imports}, "scopes": {{"data:": {{"a": "/data.js"}}}}}}', PAGE),
        *asked,
        Map("[", PAGE),
        Map('{"imports": {"b": "b.js", "a": "/second.js"}}', "blob:https://site.example/1"),
        Ask("about:blank", ("a", "b")),
    )
    mapped, beside = Answer("https://site.example/app/a.js"), Answer("https://site.example/app/a")
    null, backtracking, rest, unknown = (
        Answer(None, it) for it in ("null", "backtracking", "rest", "unknown")
    )
    assert page.play([(), steps]) == [
        [],
        [
            [unknown, beside, unknown, unknown, unknown, unknown, unknown],
            [Answer("")],
            [mapped, beside, null, backtracking, rest, unknown, unknown],
            [mapped, unknown, null, backtracking, rest, unknown, unknown],
            [Answer(None, "map")],
            [Answer("")],
            [mapped, null],
        ],
    ]


def test_the_url_parser(page: OraclePage) -> None:
    """Lone surrogates arrive there, and are refused in some places and replaced in others."""
    pairs = [("../x", PAGE), ("../x", None), ("x", "data:"), ("/\ud800", PAGE), ("/?\ud800", PAGE)]
    pairs += [("?\ud800", None), ("x:\udfff", None)]
    site = "https://site.example/"
    replaced = f"{site}?%EF%BF%BD", None, "x:%EF%BF%BD"
    assert page.urls(pairs) == [f"{site}x", None, None, None, *replaced]


@pytest.mark.parametrize(
    ("departure", "steps"),
    [
        ("URL parser", [Ask(PAGE, ("/x|y",))]),
        ("path-like", [Map('{"imports": {"//[": "/x.js"}}', PAGE), Ask(PAGE, ("//[",))]),
        (
            "refusals freeze",
            [
                Map('{"imports": {"a/": "/a/"}}', PAGE),
                Ask(PAGE, ("a/../b",)),
                Map('{"scopes": {"/": {"a/../b": "/b.js"}}}', PAGE),
                Ask(PAGE, ("a/../b",)),
            ],
        ),
        (
            "non-special freezes",
            [
                Ask(PAGE, ("weird://host/a/b",)),
                Map('{"scopes": {"/": {"weird://host/a/": "/a/"}}}', PAGE),
                Ask(PAGE, ("weird://host/a/",)),
            ],
        ),
        (
            "text order",
            [Map('{"scopes": {"./1": {}, "1": {"a": "/a.js"}}}', PAGE), Ask(f"{PAGE}/../1", ("a",))],
        ),
        (
            "URL parser + parsed twice",
            [Map('{"imports": {"a/": "..//b/"}}', "file:///c/d"), Ask("file:///c/d", ("a/x",))],
        ),
        ("URL parser", [Map('{"imports": {"a/": "file:"}}', PAGE), Ask(PAGE, ("a/..//x",))]),
        ("strict JSON", [Map('{"x": "\\ud800"}', PAGE)]),
        ("strict JSON", [Map('{"x": 1e999}', PAGE)]),
    ],
)
def test_departures_of_chromium(page: OraclePage, departure: str, steps: list[Map | Ask]) -> None:
    """One that is gone can go from the list of those that explain a difference."""
    theirs, own = page.play([tuple(steps)])[0], ours(tuple(steps))
    assert own != theirs
    assert Judge(page, CHROMIUM).explained(tuple(steps), own, theirs) == [departure]


def beside(*keys: str) -> Map:
    """A map in which keys that are one URL lead to different addresses."""
    return Map(json.dumps({"imports": {key: f"/{number}.js" for number, key in enumerate(keys)}}), PAGE)


@pytest.mark.parametrize(
    ("departure", "steps"),
    [
        ("URL parser", [Ask("weird://host/", ("/\\",))]),
        ("URL parser", [Ask(PAGE, ("weird:/a/..\\x",))]),
        ("URL parser", [Ask("file:///app/x.js", ("../C|/x",))]),
        ("URL parser", [Map('{"scopes": {"https:/": {"a": "/a.js"}}}', PAGE), Ask(PAGE, ("a",))]),
        (
            # The hash table of both keys has the second one first.
            "keys in any order",
            [beside("../../x.js", "/x.js"), Ask(PAGE, ("/x.js",))],
        ),
        (
            # So does that of both scopes: the outer one comes first.
            "scopes in any order",
            [
                Map(
                    '{"scopes": {"/a/": {"lit": "/out.js"}, "/a/b/": {"lit": "/in.js"}}}',
                    "https://o.example/",
                ),
                Ask("https://o.example/a/b/x.js", ("lit",)),
            ],
        ),
        (
            "exact scopes stay open",
            [
                Ask(PAGE, ("/x.js",)),
                Map(json.dumps({"scopes": {PAGE: {"/x.js": "/y.js"}}}), PAGE),
                Ask(PAGE, ("/x.js",)),
            ],
        ),
        (
            "non-special freezes",
            [
                Ask(PAGE, ("weird://host/a/b",)),
                Map('{"scopes": {"/": {"weird://host/a/": "/a/"}}}', PAGE),
                Ask(PAGE, ("weird://host/a/",)),
            ],
        ),
    ],
)
def test_departures_of_webkit(webkit_page: OraclePage, departure: str, steps: list[Map | Ask]) -> None:
    """One that is gone can go from the list of those that explain a difference."""
    theirs, own = webkit_page.play([tuple(steps)])[0], WEBKIT.seen(ours(tuple(steps)))
    assert own != theirs, "this WebKit keeps to the standard here"
    judge = Judge(webkit_page, WEBKIT)
    assert judge.explained(tuple(steps), own, theirs) == [departure]
    others = WEBKIT.departures.keys() - {departure}
    assert judge.unexplained(tuple(steps), theirs, others)


def test_the_model_of_webkit() -> None:
    """Without its departures it is the standard."""
    for number in range(10 * BATCH):
        one = case(SEED, number)
        own = WEBKIT.seen(ours(one))
        assert WEBKIT.possible(one, own, ()) == [[{answer} for answer in step] for step in own]


# An oracle that agrees with everything would pass all this.


def extend_at_once(page: ImportMap, new: ImportMap, _: object) -> tuple[ImportMap, list[Diagnostic]]:
    return EXTEND(page, new)


def parse_anywhere(text: str, base_url: str) -> tuple[ImportMap, list[Diagnostic]]:
    return PARSE(text, PAGE)


EXTEND, PARSE = ImportMap.extend, importmap.parse


@pytest.mark.parametrize(
    ("owner", "name", "wrong"),
    [
        (urls, "is_special", bool),
        (ImportMap, "extend", extend_at_once),
        (importmap, "parse", parse_anywhere),
    ],
)
def test_a_bug_is_found(
    page: OraclePage, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, wrong: object
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    judge = Judge(page, CHROMIUM)
    while not judge.tally.bugs:
        assert judge.tally.cases < 10 * BATCH
        judge.play([(SEED, judge.tally.cases)])


def test_the_report_of_a_bug(page: OraclePage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has nothing to do with it is left out."""
    monkeypatch.setattr(ImportMap, "extend", extend_at_once)
    steps = (
        Ask("about:blank", ("b", "https://o.example/x|y")),
        Map('{"imports": {"x": "/x.js", "a/": "/a/"}, "scopes": {"/": {"a/": null}}}', "https://o.example/"),
        Ask(PAGE, ("x", "a/b", "a/c")),
        Map('{"scopes": {"/app/": {"a/c": "/c.js", "a/b": "/b.js"}, "/": {}, "/": {}}, "y": ["z"]}', PAGE),
        Ask(PAGE, ("a/b", "//")),
    )
    assert Judge(page, CHROMIUM).report((1, 2), steps).splitlines() == [
        "seed 1, case 2:",
        """  '{"imports": {"a/": "/a/"}}' at https://o.example/""",
        "    'the map': 'taken'",
        f"  module at {PAGE}",
        "    'a/b': 'https://o.example/a/b'",
        f"""  '{{"scopes": {{"/app/": {{"a/b": "/b.js"}}}}}}' at {PAGE}""",
        "    'the map': 'taken'",
        f"  module at {PAGE}",
        "    'a/b': 'https://o.example/a/b'",
        "      ours: 'https://site.example/b.js'; departing: 'https://site.example/b.js'",
    ]
