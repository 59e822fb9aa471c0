"""What an entry means never depends on the contexts asked for, nor on the order of discovery."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import permutations
from typing import Any
from urllib.parse import urljoin

from hypothesis import given
from hypothesis import strategies as st
from support.composing import compose
from support.generated_packages import (
    IMPORTS,
    ODD_STATICS,
    STATICS,
    asked,
    check_covered,
    covered,
    packages,
    sites,
    unrelated,
)

from importmap import Diagnostic, ImportMap, Package, parse
from importmap._base.grammar import covers
from importmap._compose.urls import encode
from importmap._site.settings import Settings

statics = sites([*STATICS, *ODD_STATICS], overrides=True)


def test_union() -> None:
    seen: Counter[str] = Counter()

    @given(packages(), statics, asked, asked)
    def law(found: list[Package], site: dict[str, Any], one: list[str], other: list[str]) -> None:
        both, diagnostics = compose(found, one + other, **site)
        assert compose(found, one, **site)[0] | compose(found, other, **site)[0] == both
        seen.update(covered(found, both, diagnostics))

    law()
    check_covered(seen, "made by hand", "URL keys")


def test_order() -> None:
    seen: Counter[str] = Counter()

    @given(
        packages().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), statics, asked
    )
    def law(found: tuple[list[Package], list[Package]], site: dict[str, Any], wanted: list[str]) -> None:
        (one, said), (other, said_too) = (compose(order, wanted, **site) for order in found)
        assert one.to_json(extensions=True) == other.to_json(extensions=True)
        assert said == said_too
        seen.update(covered(found[0], one, said))

    law()
    check_covered(seen, "made by hand", "URL keys")


def test_names_of_others() -> None:
    """A package adds nothing to `imports` but its own names, and the URL keys of its own files.

    Below a prefix of its own, each file that is imported has a name as well.
    """
    seen: Counter[str] = Counter()

    @given(packages(), statics, asked)
    def law(found: list[Package], site: dict[str, Any], wanted: list[str]) -> None:
        import_map, diagnostics = compose(found, wanted, **site)
        own = {name for package in found for name in package.manifest["imports"]}
        prefixes = tuple(name for name in own if name.endswith("/"))
        urls = ("/", "https://cdn.example/s/", "https://cdn.example/t/")
        for key in import_map.imports:
            assert key in {*own, *IMPORTS, *site.get("shared", [])} or key.startswith((*urls, *prefixes))
        for table in import_map.scopes.values():
            for key, url in table.items():
                is_third_party = key.startswith("#") or key in {"lit", "react"}
                # An isolated package's scope says what its modules do not get, and has its URL keys.
                assert (is_third_party and url is not None) or site.get("isolate")
        seen.update(covered(found, import_map, diagnostics))

    law()
    check_covered(seen, "made by hand", "URL keys")


def test_an_unrelated_package_changes_nothing() -> None:
    """For the others: all that it adds are its own names, scopes and URLs."""
    seen: Counter[str] = Counter()

    @given(packages(), packages().map(lambda found: unrelated(found[0])), statics, asked)
    def law(found: list[Package], new: Package, site: dict[str, Any], wanted: list[str]) -> None:
        site = {**site, "integrity": True}
        before, said = compose(found, wanted, **site)
        after, said_too = compose([*found, new], wanted, **site)
        urls = {encode(Settings(**site).static.url(path)) for path in new.manifest["modules"]}

        def others(table: Mapping[str, Any]) -> dict[str, Any]:
            """What is not of the new package, by its name or by the URL of a file."""
            return {
                key: others(value) if isinstance(value, Mapping) else value
                for key, value in table.items()
                if key not in urls and not re.search(r"\bfour\b", key)
            }

        assert before == ImportMap(**others(after.to_dict()), boundaries=others(after.boundaries))
        assert of_packages(said) == [
            problem for problem in of_packages(said_too) if problem.distribution != "four"
        ]
        seen.update(covered([*found, new], after, said_too))
        seen["scopes of the new package"] += len(after.scopes) - len(before.scopes)

    law()
    check_covered(seen, "made by hand", "URL keys", "scopes of the new package")


def of_packages(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """What is said of packages, and not of the site."""
    return [problem for problem in diagnostics if problem.distribution]


def test_no_scope_lies_in_another_one() -> None:
    """WebKit may look into any of them first. Nothing is ignored either, and no two keys are one."""
    seen: Counter[str] = Counter()

    @given(packages(), statics, asked)
    def law(found: list[Package], site: dict[str, Any], wanted: list[str]) -> None:
        import_map, diagnostics = compose(found, wanted, **site)
        said = parse(import_map.to_json(), "https://site.example/")[1]
        assert {one.code for one in said} <= {"IM304"}
        scopes = [urljoin("https://site.example/", scope) for scope in import_map.scopes]
        assert not any(covers(one, other) for one, other in permutations(scopes, 2))
        seen.update(covered(found, import_map, diagnostics))

    law()
    check_covered(seen, "made by hand", "URL keys", "scopes")
