"""A browser's word on import maps against ours.

A difference has to be one of the browser's departures from the standard. That is shown and not believed: made
to depart in the same points, our algorithms must give all of its answers. The rest are bugs of ours.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import TYPE_CHECKING, NamedTuple

import importmap
from importmap._map import url as urls
from support import webkit_model
from support.browser import Browser
from support.oracle_cases import Ask, Map, case, smaller
from support.oracle_page import Answer, OraclePage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from support.oracle_cases import Case

    Answers = list[list[Answer]]
    #: What each answer may be.
    Possible = list[list[set[Answer]]]


URL_PARSER = "its URLs are not those of the URL Standard; it is asked for those of each difference"
#: What Chromium does otherwise than the standard.
DEPARTURES = {
    "URL parser": URL_PARSER,
    "path-like": "what begins with /, ./ or ../ and is no URL beside its base is refused, not taken for bare",
    "refusals freeze": "what a rule refused is taken for resolved when another map comes",
    "non-special freezes": "resolved URLs of other schemes drop keys that end in a slash and are no prefixes",
    "text order": "of scopes that are one URL the last in the text wins; array indices should come first",
    "parsed twice": "an address is parsed again, which changes a file URL whose path begins with two slashes",
    "strict JSON": "a map with a lone surrogate, or a number beyond a double, is refused as not being JSON",
}
#: Cases a call: a browser may not be silent for long.
BATCH = 50
#: Calls a page: frames leave something behind.
CALLS = 40
#: Differences with all details.
SHOWN = 5
#: What refuses, by the diagnostic's code.
CODES = {"IM311": "unknown", "IM312": "null", "IM313": "rest", "IM314": "backtracking"}

#: A page without maps.
EMPTY = importmap.ImportMap()


@dataclass
class Tally:
    cases: int = 0
    resolutions: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    departures: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{self.resolutions} resolutions in {self.cases} cases"]
        for title, counter in (("outcomes", self.outcomes), ("departures of the browser", self.departures)):
            lines.append(f"{title}:")
            for name, count in counter.most_common():
                lines.append(f"  {count:9} {100 * count / self.resolutions:6.2f} %  {name}")
        return "\n".join([*lines, f"unexplained differences: {len(self.bugs)}", *self.bugs[:SHOWN]])


class Engine(NamedTuple):
    """A browser as a judge.

    :param departures: what it does otherwise than the standard.
    :param possible: what it may answer that departs in some points and has answered so before.
    :param says_why: whether it says why it refuses, and that it refuses a map.
    """

    departures: dict[str, str]
    possible: Callable[[Case, Answers, Collection[str]], Possible]
    says_why: bool

    def seen(self, answers: Answers) -> Answers:
        """As much of some answers as it tells."""
        if self.says_why:
            return answers
        return [
            [Answer("") if answer.reason == "map" else Answer(answer.url) for answer in step]
            for step in answers
        ]


def run(browser: Browser, engine: Engine, seed: int, count: int) -> Tally:
    """At least `count` resolutions of a seed's cases, from the first."""
    tally = Tally()
    while tally.resolutions < count:
        with OraclePage(browser) as page:
            judge = Judge(page, engine, tally)
            for _ in range(CALLS):
                judge.play([(seed, tally.cases + number) for number in range(BATCH)])
                if tally.resolutions >= count:
                    break
    return tally


class Judge:
    def __init__(self, page: OraclePage, engine: Engine, tally: Tally | None = None) -> None:
        self.page = page
        self.engine = engine
        self.tally = tally or Tally()
        self.urls: dict[tuple[str, str | None], str | None] = {}

    def play(self, numbers: list[tuple[int, int]]) -> None:
        cases = [case(*number) for number in numbers]
        for number, one, theirs in zip(numbers, cases, self.page.play(cases), strict=True):
            self.tally.cases += 1
            self.tally.resolutions += sum(len(step.specifiers) for step in one if isinstance(step, Ask))
            try:
                own = self.engine.seen(ours(one, tally=self.tally.outcomes))
            except Exception as error:
                raise AssertionError(f"seed {number[0]}, case {number[1]} fails: {one!a}") from error
            if own == theirs:
                continue
            classes = self.explained(one, own, theirs)
            if classes is None:
                self.tally.bugs.append(self.report(number, one))
            else:
                self.tally.departures.update(classes)

    def explained(self, one: Case, own: Answers, theirs: Answers) -> list[str] | None:
        """The departures behind each difference; None if all of them together do not explain all of it."""
        departures = self.engine.departures
        if self.unexplained(one, theirs, departures):
            return None
        left = {(i, j) for i, step in enumerate(own) for j, it in enumerate(step) if it != theirs[i][j]}
        classes = []
        sizes = range(1, len(departures) + 1)
        for names in chain.from_iterable(combinations(departures, size) for size in sizes):
            here = left - self.unexplained(one, theirs, names) if left else left
            classes += [" + ".join(names)] * len(here)
            left -= here
        return classes

    def unexplained(self, one: Case, theirs: Answers, departures: Collection[str]) -> set[tuple[int, int]]:
        """The places of answers that departures do not explain."""
        possible = self.possible(one, theirs, departures)
        return {
            (i, j) for i, step in enumerate(theirs) for j, it in enumerate(step) if it not in possible[i][j]
        }

    def possible(self, one: Case, theirs: Answers, departures: Collection[str]) -> Possible:
        """What may be answered; for its URLs the browser is asked until there are no new ones."""
        if "URL parser" not in departures:
            return self.engine.possible(one, theirs, departures)
        while True:
            with self.browser_urls() as unknown:
                answers = self.engine.possible(one, theirs, departures)
            if not unknown:
                return answers
            self.urls.update(zip(unknown, self.page.urls(unknown), strict=True))

    @contextmanager
    def browser_urls(self) -> Iterator[list[tuple[str, str | None]]]:
        """In here URLs are what the browser says they are; gives what it has not been asked yet."""
        standard = urls.parse
        unknown: dict[tuple[str, str | None], None] = {}

        def parse(text: str, base: str | None = None) -> str | None:
            if (text, base) in self.urls:
                return self.urls[text, base]
            unknown[text, base] = None
            return standard(text, base)

        found: list[tuple[str, str | None]] = []
        urls.parse = parse
        try:
            yield found
        finally:
            urls.parse = standard
            found += unknown

    def report(self, number: tuple[int, int], one: Case) -> str:
        """The smallest case that shows an unexplained difference; it takes a while to find."""
        departures = self.engine.departures

        def differs(candidate: Case) -> bool:
            theirs = self.page.play([candidate])[0]
            return self.engine.seen(ours(candidate)) != theirs and bool(
                self.unexplained(candidate, theirs, departures)
            )

        small = smaller(one, differs) if len(self.tally.bugs) < SHOWN else one
        lines = [f"seed {number[0]}, case {number[1]}:"]
        theirs = self.page.play([small])[0]
        answers = (theirs, self.engine.seen(ours(small)), self.possible(small, theirs, departures))
        for step, three in zip(small, zip(*answers, strict=True), strict=True):
            asked = ("the map",) if isinstance(step, Map) else step.specifiers
            lines.append(
                f"  {step.text!a} at {step.base}" if isinstance(step, Map) else f"  module at {step.base}"
            )
            for what, (said, own, departing) in zip(asked, zip(*three, strict=True), strict=True):
                lines.append(f"    {what!a}: {_said(said)}")
                if own != said:
                    either = " or ".join(sorted(map(_said, departing)))
                    lines.append(f"      ours: {_said(own)}; departing: {either}")
        return "\n".join(lines)


def ours(one: Case, departures: Collection[str] = (), tally: Counter[str] | None = None) -> Answers:
    """Our answers for a case, in some points departing from the standard as Chromium does."""
    answers: Answers = []
    page = EMPTY
    resolved: list[tuple[str, str]] = []
    for step in one:
        if isinstance(step, Map):
            new = _parsed(step, departures)
            answers.append([Answer(None, "map") if new is None else Answer("")])
            if new is not None:
                page = new if page is EMPTY and not resolved else page.extend(new, resolved)[0]
            continue
        answers.append([_resolved(page, specifier, step.base, departures) for specifier in step.specifiers])
        for specifier, answer in zip(step.specifiers, answers[-1], strict=True):
            if answer.url is not None or ("refusals freeze" in departures and answer.reason != "unknown"):
                resolved.append((specifier, step.base))
                if "non-special freezes" in departures:
                    resolved += [(key, step.base) for key in _folders(specifier, step.base)]
        if tally is not None:
            tally.update(_outcomes(page.normalize(step.base), step, answers[-1]))
    return answers


def _chromium(one: Case, theirs: Answers, departures: Collection[str]) -> Possible:
    return [[{answer} for answer in step] for step in ours(one, departures)]


CHROMIUM = Engine(DEPARTURES, _chromium, says_why=True)
WEBKIT = Engine({"URL parser": URL_PARSER, **webkit_model.DEPARTURES}, webkit_model.possible, says_why=False)


def _parsed(step: Map, departures: Collection[str]) -> importmap.ImportMap | None:
    try:
        parsed = importmap.parse(step.text, base_url=step.base)[0]
    except importmap.ParseError:
        return None
    if "strict JSON" in departures and not _is_strict(step.text):
        return None
    if "text order" in departures:
        return importmap.parse(_without_indices(step.text), base_url=step.base)[0]
    return parsed


def _without_indices(text: str) -> str:
    """A map whose scopes are the same URLs, but none is an array index."""
    value = json.loads(text, parse_float=len)  # a number is a number, and may be out of range
    scopes = value.get("scopes", {}).items()
    return json.dumps(
        {**value, "scopes": {f"{'./' * 9 * key.isdigit()}{key}": names for key, names in scopes}}
    )


def _is_strict(text: str) -> bool:
    value = json.loads(text, object_pairs_hook=list, parse_constant=str)
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return False
    return True


def _resolved(page: importmap.ImportMap, specifier: str, base: str, departures: Collection[str]) -> Answer:
    path_like = specifier.startswith(("/", "./", "../"))
    if path_like and "path-like" in departures and urls.parse_specifier(specifier, base) is None:
        return Answer(None, "unknown")
    try:
        url = page.resolve(specifier, base)
        if "parsed twice" in departures and url.startswith("file:///.//"):
            name = urls.parse_specifier(specifier, base) or specifier
            seen = page.normalize(base)
            tables = (seen.imports, *seen.scopes.values())
            if not any(name in table for table in tables) and any(
                name.startswith(key) and address is not None and address.startswith("file:///.//")
                for table in tables
                for key, address in table.items()
            ):
                return Answer(None, "backtracking")
        return Answer(url)
    except importmap.ResolutionError as error:
        return Answer(None, CODES[error.diagnostics[0].code])


def _folders(specifier: str, base: str) -> list[str]:
    """The parts of a URL of no special scheme that end in a slash."""
    url = urls.parse_specifier(specifier, base)
    if url is None or urls.is_special(url):
        return []
    return [url[: slash.end()] for slash in re.finditer("/", url)]


def _said(answer: Answer) -> str:
    return f"refused, {answer.reason}" if answer.url is None else ascii(answer.url or "taken")


def _outcomes(page: importmap.ImportMap, step: Ask, answers: list[Answer]) -> Iterator[str]:
    """In a word, what became of each specifier: which rule it was, or why there is none."""
    base = urls.parse(step.base) or ""
    scopes = [
        table
        for scope, table in page.scopes.items()
        if base == scope or (scope.endswith("/") and base.startswith(scope))
    ]
    for specifier, answer in zip(step.specifiers, answers, strict=True):
        if answer.url is None:
            yield answer.reason
            continue
        url = urls.parse_specifier(specifier, base)
        name = url or specifier
        for where, tables in (("scope", scopes), ("imports", [page.imports])):
            if any(name in table for table in tables):
                yield f"{where}, exact"
                break
            if (url is None or urls.is_special(url)) and any(
                key[-1] == "/" and name.startswith(key) for table in tables for key in table
            ):
                yield f"{where}, prefix"
                break
        else:
            yield "URL as it is"
