"""Deno's `import.meta.resolve` as a judge of ours, where its rules are those of browsers.

Maps and modules are files, because Deno resolves for modules that it has loaded. No network is asked.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from support.deno_departures import DEPARTURES, SHAPES
from support.deno_maps import DATA, FILES, MODULES, Maker
from support.deno_model import DenoMap, resolve
from support.deno_process import MODULE, Deno, DenoError
from support.profiles import scaled, seed_of_run

from importmap import ImportMapError, parse

SEED = seed_of_run(20_260)
MAPS = scaled(40)
SPECIFIERS = 60
LEAST = scaled(10_000)


@dataclass
class Case:
    """A map, and what its modules resolve: (specifier, base, Deno's answer)."""

    seed: int
    text: str
    base_url: str
    answers: list[tuple[str, str, str | None]]


def ask(deno: Deno, seed: int, folder: Path) -> Case:
    for name in FILES:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(MODULE)
    maker = Maker(Random(seed), folder.as_uri())
    keys = [maker.key() for _ in range(20)]
    document = maker.document(keys)
    bases = [*(f"{folder.as_uri()}/{module}" for module in MODULES), DATA]
    # Deno imports the modules through the map, too: by names that nothing else in it matches.
    document["imports"].update({f"@base/{number}": base for number, base in enumerate(bases)})
    file = folder / "map.json"
    file.write_text(json.dumps(document))
    jobs = [(f"@base/{n}", [maker.specifier(keys) for _ in range(SPECIFIERS)]) for n in range(len(bases))]
    answers = [
        (specifier, base, url)
        for base, (_, specifiers), found in zip(bases, jobs, deno.resolve(file, jobs, folder), strict=True)
        for specifier, url in zip(specifiers, found, strict=True)
    ]
    return Case(seed, file.read_text(), file.as_uri(), answers)


def judge(case: Case, counts: Counter[str]) -> list[str]:
    """The differences that are no departures of Deno."""
    import_map, _ = parse(case.text, base_url=case.base_url)
    departing = DenoMap(case.text, case.base_url)
    unexplained = []
    for specifier, base, theirs in case.answers:
        ours = resolve(import_map, specifier, base)
        if ours == theirs:
            counts["refused" if ours is None else "resolved"] += 1
        elif departing.resolve(specifier, base) == theirs:
            counts["departures"] += 1
        else:
            here = f"seed {case.seed}, {specifier!a} in {base}"
            unexplained.append(f"{here}: {ours!a}, but Deno: {theirs!a}\n{case.text}")
    return unexplained


def judge_maps(deno: Deno, seed: int, maps: int, folder: Path) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(ask, deno, seed + number, folder / str(number)) for number in range(maps)]
        unexplained = [text for run in runs for text in judge(run.result(), counts)]
    return counts, unexplained


def test_same_as_deno(deno: Deno, tmp_path: Path) -> None:
    counts, unexplained = judge_maps(deno, SEED, MAPS, tmp_path)
    assert unexplained == []
    assert counts["resolved"] + counts["refused"] >= LEAST, counts
    assert min(counts["resolved"], counts["refused"]) >= LEAST // 5, counts
    assert 0 < counts["departures"] <= counts.total() // 10, counts


@pytest.mark.parametrize("name", DEPARTURES)
def test_departures(deno: Deno, tmp_path: Path, name: str) -> None:
    """Each is still one, so that the list says no more than is true."""
    imports, specifier, ours, theirs = DEPARTURES[name]
    (tmp_path / "main.js").write_text(MODULE)
    base = (tmp_path / "main.js").as_uri()
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"imports": {**imports, "@base": base}}))
    import_map, _ = parse(file.read_text(), base_url=file.as_uri())
    expected = [url and url.replace("FOLDER", tmp_path.as_uri()) for url in (ours, theirs)]
    [[answer]] = deno.resolve(file, [("@base", [specifier])], tmp_path)
    assert [resolve(import_map, specifier, base), answer] == expected


def test_prefix_in_disguise(deno: Deno, tmp_path: Path) -> None:
    """A key that ends in "/" only as a URL may have any address, whatever the HTML Standard asserts."""
    (tmp_path / "main.js").write_text(MODULE)
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"imports": {"./a/.": "./b", "@base": (tmp_path / "main.js").as_uri()}}))
    with pytest.raises(DenoError, match=r"assertion failed: resolution_result"):
        deno.resolve(file, [("@base", ["./a/c"])], tmp_path)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(deno: Deno, tmp_path: Path, name: str) -> None:
    text, ours, theirs = SHAPES[name]
    file = tmp_path / "map.json"
    file.write_text(text)
    script = tmp_path / "main.js"
    script.write_text("console.log(1)")
    assert (accepts_text(text), accepts_file(deno, file, script)) == (ours, theirs)


def accepts_text(text: str) -> bool:
    try:
        parse(text, base_url="file:///map.json")
    except ImportMapError:
        return False
    return True


def accepts_file(deno: Deno, file: Path, script: Path) -> bool:
    try:
        return deno.run(file, script) == "1\n"
    except DenoError:
        return False
