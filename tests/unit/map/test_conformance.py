"""The test data of the import map reference implementation, every case of it.

The data is not part of the project: it is looked for in ``shared/conformance`` beside the project.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.wheels import ROOT

import importmap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from importmap import ImportMap

FOLDER = ROOT.parent / "shared" / "conformance"

if not FOLDER.is_dir():
    pytest.skip(f"the data of the reference implementation is not at {FOLDER}", allow_module_level=True)

FILES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.json"))}

PROSE = {"name", "link", "details"}
INPUT = {"importMap", "importMapBaseURL", "baseURL"}
EXPECTATIONS = {"expectedResults", "expectedParsedImportMap", "expectedDepcache"}


def leaves(test: dict[str, Any], path: str, above: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tests without tests of their own, each with every key that it inherits."""
    keys = {**above, **{key: value for key, value in test.items() if key != "tests"}}
    assert keys.keys() <= INPUT | EXPECTATIONS | PROSE, path
    if "tests" not in test:
        yield path, keys
    for name, inner in test.get("tests", {}).items():
        yield from leaves(inner, f"{path}: {name}", keys)


LEAVES = {path: keys for name, text in FILES.items() for path, keys in leaves(json.loads(text), name, {})}


def checks(keys: dict[str, Any]) -> int:
    """How many things a test expects."""
    parsed = "expectedParsedImportMap" in keys
    return parsed + len(keys.get("expectedResults", ())) + len(keys.get("expectedDepcache", ()))


def test_there_are_cases() -> None:
    """Counted again, without regard to what stands in what."""
    assert len(FILES) == 21
    pairs: list[tuple[str, Any]] = []

    def note(found: list[tuple[str, Any]]) -> dict[str, Any]:
        pairs.extend(found)
        return dict(found)

    for text in FILES.values():
        json.loads(text, object_pairs_hook=note)
    sizes = {"expectedParsedImportMap": lambda _: 1, "expectedResults": len, "expectedDepcache": len}
    written = sum(sizes[key](value) for key, value in pairs if key in sizes)
    assert written == 197
    # An expectation that several tests inherit is written once.
    assert sum(map(checks, LEAVES.values())) == 213
    assert all(map(checks, LEAVES.values()))


@pytest.mark.parametrize("keys", LEAVES.values(), ids=LEAVES)
def test_conforms(keys: dict[str, Any]) -> None:
    source = keys["importMap"]
    text = source if isinstance(source, str) else json.dumps(source)
    if keys.get("expectedParsedImportMap", ()) is None:
        with pytest.raises(importmap.ParseError):
            importmap.parse(text, keys["importMapBaseURL"], extensions=True)
        assert checks(keys) == 1
        return
    import_map, _ = importmap.parse(text, keys["importMapBaseURL"], extensions=True)
    if "expectedParsedImportMap" in keys:
        # The data is older than `integrity`, and names `depcache` in some places only.
        missing: dict[str, Any] = {"integrity": {}, "depcache": {}}
        assert as_json(import_map.normalize()) == {**missing, **keys["expectedParsedImportMap"]}
    base = keys.get("baseURL")
    for specifier, url in keys.get("expectedResults", {}).items():
        assert resolution(import_map, specifier, base) == url, specifier
    for specifier, urls in keys.get("expectedDepcache", {}).items():
        assert closure(import_map, specifier, base) == urls, specifier


def as_json(import_map: ImportMap) -> dict[str, Any]:
    return {
        "imports": dict(import_map.imports),
        "scopes": {scope: dict(names) for scope, names in import_map.scopes.items()},
        "integrity": dict(import_map.integrity),
        "depcache": {url: list(edges) for url, edges in import_map.depcache.items()},
    }


def resolution(import_map: ImportMap, specifier: str, base: str | None) -> str | None:
    try:
        return import_map.resolve(specifier, base)
    except importmap.ResolutionError:
        return None


def closure(import_map: ImportMap, specifier: str, base: str | None) -> list[str] | None:
    try:
        return import_map.closure(specifier, base)
    except importmap.ResolutionError:
        return None
