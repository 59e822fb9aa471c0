"""The measured side that is Python: `python resolving_ours.py FOLDER WHAT`, see `main`. Prints JSON."""

from __future__ import annotations

import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

from importmap import ImportMap, parse

RUNS = 15

Lookups = list[tuple[str, str]]


def look_up(resolve: Callable[..., object], lookups: Lookups) -> float:
    """Microseconds a lookup."""
    start = time.perf_counter()
    for specifier, base in lookups:
        resolve(specifier, base=base)
    return (time.perf_counter() - start) / len(lookups) * 1e6


def dictionary(names: dict[str, str], lookups: Lookups) -> float:
    """The floor: the same loop with nothing but a dictionary."""
    start = time.perf_counter()
    for specifier, _ in lookups:
        names.get(specifier)
    return (time.perf_counter() - start) / len(lookups) * 1e6


def milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


def times(folder: Path, kind: str) -> dict[str, list[float]]:
    """Each run has a map and strings of its own: the first pass meets them for the first time."""
    text = (folder / "map.json").read_text()
    base_url = (folder / "map.json").as_uri()
    result: dict[str, list[float]] = {"first": [], "again": [], "dictionary": []}
    for _ in range(RUNS):
        lookups = json.loads((folder / f"{kind}.json").read_text())
        import_map, _ = parse(text, base_url)
        import_map.resolve("./warm.js")
        result["first"].append(look_up(import_map.resolve, lookups))
        result["again"].append(look_up(import_map.resolve, lookups))
        result["dictionary"].append(dictionary(json.loads(text)["imports"], lookups))
    return result


def building(folder: Path) -> dict[str, list[float]]:
    text = (folder / "map.json").read_text()
    base_url = (folder / "map.json").as_uri()
    result: dict[str, list[float]] = {"index": [], "parse": [], "json": []}
    for _ in range(RUNS):
        document = json.loads(text)
        import_map = ImportMap(document["imports"], document["scopes"], base_url=base_url)
        result["index"].append(milliseconds(partial(import_map.resolve, "./first.js")))
        result["parse"].append(milliseconds(partial(parse, text, base_url)))
        result["json"].append(milliseconds(partial(json.loads, text)))
    return result


def memory(folder: Path) -> float:
    """Megabytes of a parsed map that has resolved something, without its text."""
    text = (folder / "map.json").read_text()
    base_url = (folder / "map.json").as_uri()
    parse("{}", base_url)[0].resolve("./warm.js")
    gc.collect()
    tracemalloc.start()
    import_map = parse(text, base_url)[0]
    import_map.resolve("./first.js")
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1e6


def answers(folder: Path, kind: str) -> list[str]:
    import_map, _ = parse((folder / "map.json").read_text(), (folder / "map.json").as_uri())
    lookups = json.loads((folder / f"{kind}.json").read_text())
    return [import_map.resolve(specifier, base=base) for specifier, base in lookups]


def main() -> None:
    """FOLDER is one of `Inputs`; WHAT is `answers KIND`, `times KIND`, `building` or `memory`."""
    folder, what, *kind = sys.argv[1:]
    run: dict[str, Callable[..., object]] = {
        "answers": answers,
        "times": times,
        "building": building,
        "memory": memory,
    }
    print(json.dumps(run[what](Path(folder), *kind)))


if __name__ == "__main__":
    main()
