"""Sites in Chromium: each import of each module, and each name on a page, is what the rules say."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

import pytest
from hypothesis import Phase, given, seed, settings
from support.composing import names_in, site_of
from support.generated_packages import BARE, STATICS, asked, packages, sites
from support.meaning import OUTSIDE, Found, Meaning, imports_of
from support.oracle_cases import Ask, Map
from support.oracle_page import OraclePage
from support.profiles import check_seen, number_of_examples
from support.trouble import url as resolved
from support.walking import PAGE, Walk

from importmap import Package
from importmap._site.selection import entries_in
from importmap._site.settings import Settings, is_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.browser import Browser
    from support.oracle_cases import Case

SETS = number_of_examples()
#: Cases a call: a browser may not be silent for long.
BATCH = 50

#: What each page asks for, beside its packages' names. What lies below a prefix need not have a name.
NAMES = {name for kind, names in BARE.items() if kind != "below a prefix" for name in names}

#: The rules that the examples have to follow, often.
RULES = {*OUTSIDE, "relative", "private", "vendored", "required", "barred", "nothing"}


class Played:
    """A site, of which some pages are asked.

    :param found: the packages.
    :param configuration: the site's.
    :param wanted: the contexts of the page.
    """

    def __init__(self, found: list[Package], configuration: dict[str, Any], wanted: list[str]) -> None:
        site, self.settings = site_of(found, **configuration), Settings(**configuration)
        self.map, diagnostics = site.load(wanted, None)
        self.walk = Walk(found, self.map, self.settings)
        self.meaning = Meaning(site.packages, self.settings)
        #: The relative imports that the site gives up: each a file, and the specifier.
        self.astray = names_in(diagnostics, "IM230")
        selected = {path for selection in site.reached(wanted).selections for path in selection.paths}
        #: What each module imports, by its URL.
        self.imports = {
            url: tuple(dict.fromkeys(imports_of(self.meaning.owners[path], path)))
            for url, (path, _, _) in self.walk.files.items()
            if path in selected & self.meaning.owners.keys()
        }
        public = {name for package in site.packages for name in package.manifest["imports"]}
        #: What the page itself asks for.
        self.names = tuple(sorted({*NAMES, *public} - {f"{package.namespace}/" for package in site.packages}))
        entries = (entries_in(package, wanted, self.settings.contexts) for package in site.packages)
        imported = () if self.settings.isolate else self.imports.values()
        #: The names that the map has something for.
        self.present = {name for names in (*entries, *imported) for name in names}

    @property
    def case(self) -> Case:
        """What is played: the map, and then all questions."""
        # Isolated modules may ask for more than they import.
        more = self.names if self.settings.isolate else ()
        asked_for = {url: tuple(dict.fromkeys((*own, *more))) for url, own in self.imports.items()}
        asks = (Ask(url, specifiers) for url, specifiers in asked_for.items() if specifiers)
        return Map(self.map.to_json(), PAGE), Ask(PAGE, self.names), *asks

    def expected(self, specifier: str, base: str) -> Found:
        """What the rules say: a public path, or the URL of something else."""
        if base == PAGE:
            found = self.meaning.of_name(specifier)
            if found.rule in ("public", "prefix") and specifier not in self.present:
                prefix = f"{specifier.partition('/')[0]}/"
                start = self.settings.overrides.get(prefix) if prefix in self.map.imports else None
                if start is None:
                    found = Found("nothing")
                elif specifier not in self.settings.overrides:
                    # All names lie below the prefix that the site leads somewhere else.
                    found = Found("prefix", start + specifier[len(prefix) :])
        else:
            path = self.walk.files[base][0]
            found = self.meaning.of_import(path, specifier)
            if (path, specifier) in self.astray:
                found = found._replace(rule="astray")
        target = found.target
        if target is not None and is_url(target):
            # As browsers spell it.
            target = quote(urljoin(PAGE, target), safe=":/")
        return found._replace(target=target)

    def module(self, url: str | None) -> str | None:
        """What there is at a URL."""
        if url in self.walk.files:
            return self.walk.files[url][0]
        return url if url is not None and self.walk.is_elsewhere(url) else None


def examples() -> list[Played]:
    """Always the same, and all ways to serve files in equal shares."""
    played: list[Played] = []

    @seed(20)
    @settings(database=None, phases=[Phase.generate])
    @given(packages(by_hand=False), sites(STATICS) | sites(STATICS, overrides=True), asked)
    def collect(found: list[Package], site: dict[str, Any], wanted: list[str]) -> None:
        static = STATICS[len(played) % len(STATICS)]
        played.append(Played(found, {**site, "static": static}, wanted))

    collect()
    return played


def test_each_import_is_what_the_rules_say(
    several_maps_browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the browser, and by `ImportMap.resolve`."""
    played, seen = examples(), Counter[str]()
    for one, ask, answers in answered(several_maps_browser, played):
        for specifier, answer in zip(ask.specifiers, answers, strict=True):
            said: object = (specifier, ask.base, one.map)
            assert answer == resolved(one.walk.page, specifier, ask.base), said
            if specifier not in one.imports.get(ask.base, one.names):
                seen["not imported"] += 1
                continue
            found = one.expected(specifier, ask.base)
            said = (specifier, ask.base, found, one.map)
            module = one.module(answer)
            # An import that was given up may find the key of another one.
            assert module == found.target or (found.rule == "astray" and module is None), said
            seen[found.rule] += 1
    modules = sum(len(one.imports) for one in played)
    moved = sum(bool(one.meaning.first) for one in played)
    with capsys.disabled():
        rules = ", ".join(f"{rule}: {number}" for rule, number in sorted(seen.items()))
        sys.stdout.write(
            f"\n{len(played)} sets, {modules} modules, {seen.total()} imports ({rules}); "
            f"{moved} sets with equal copies\n"
        )
    assert len(played) >= SETS
    seen["equal copies"] = moved
    check_seen(seen, *RULES, "equal copies", least=5)


def answered(browser: Browser, played: list[Played]) -> Iterator[tuple[Played, Ask, list[str | None]]]:
    """Each question of each page, with Chromium's answers."""
    with OraclePage(browser) as page:
        for start in range(0, len(played), BATCH):
            batch = played[start : start + BATCH]
            cases = [one.case for one in batch]
            for one, case, answers in zip(batch, cases, page.play(cases), strict=True):
                for step, found in zip(case, answers, strict=True):
                    if isinstance(step, Ask):
                        yield one, step, [answer.url for answer in found]
                    else:
                        assert found == [("", "")]
