"""A site with a lock is the site without it; a lock is the same bytes, whoever writes it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import given
from support.composing import site_of
from support.generated_packages import ODD_STATICS, STATICS, asked, check_covered, covered, packages, sites

from importmap import MissingModuleError, Package
from importmap._compose.site import Site
from importmap._lock.document import Lock
from importmap._lock.read import read_lock
from importmap._lock.write import encode, lock
from importmap._site.settings import Settings


def locked(path: Path, found: list[Package], /, **configuration: Any) -> Site:
    """The site of some packages, by way of a lock."""
    made, diagnostics = lock(found, (), "", str(path.parent))
    assert diagnostics == []
    path.write_bytes(encode(made))
    with mock.patch("importmap._compose.site.check_own_package", list):
        return Site(Settings(lock=path, **configuration))


def narrowed(site: Site, wanted: list[str]) -> object:
    """The map of one module, or why there is none."""
    try:
        return site.load(wanted, ["one/a"])
    except MissingModuleError as error:
        return error.diagnostics


def test_maps(tmp_path: Path) -> None:
    """However the files are served, whatever is asked for: the same map, and the same said of it."""
    seen: Counter[str] = Counter()

    @given(packages(), sites([*STATICS, *ODD_STATICS]), asked)
    def law(found: list[Package], site: dict[str, Any], wanted: list[str]) -> None:
        without, with_lock = site_of(found, **site), locked(tmp_path / "importmap.lock", found, **site)
        assert with_lock.packages == without.packages
        assert with_lock.contexts == without.contexts
        assert with_lock.diagnostics == without.diagnostics
        one, said = without.load(wanted, None)
        other, said_too = with_lock.load(wanted, None)
        assert other.to_json(extensions=True) == one.to_json(extensions=True)
        assert said_too == said
        assert narrowed(with_lock, wanted) == narrowed(without, wanted)
        seen.update(covered(found, one, said))

    law()
    check_covered(seen, "made by hand", "URL keys")


@given(packages())
def test_text(found: list[Package]) -> None:
    """Reading a lock and writing it again changes nothing; nor does the order of the packages."""
    made, _ = lock(found, (), "", "/")
    assert encode(made) == encode(lock(found[::-1], (), "", "/")[0])
    assert encode(Lock(made.packages)).count(b"\n,\n") == len(found)


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "importmap.lock"

    @given(packages())
    def law(found: list[Package]) -> None:
        made, _ = lock(found, (), "", "/")
        path.write_bytes(encode(made))
        assert read_lock(path) == made
        assert made.packages == tuple(sorted(found, key=lambda package: package.namespace))

    law()
