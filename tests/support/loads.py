"""A process that loads maps from many threads, and forks while they do: a script for tests of reliability.

    python tests/support/loads.py LOADS THREADS FORKS

It prints, as JSON, how often a map was made at most, in the process and in each child, and what went wrong.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from typing import Any

from importmap import ImportMap, Registry
from importmap._compose.site import Site

#: What a page can ask for.
CHOICES = [["default"], ["admin"], ["public"], ["admin", "default"], ["admin", "public"]]
#: So long no child may take.
CHILD_SECONDS = 20

#: How often each map was made in this process.
made: Counter[tuple[str, ...]] = Counter()
_load = Site.load


#: A map is being made.
_begun = threading.Event()
#: It may be finished. A child has another one, because a thread that is gone may hold the lock of this one.
_may_end = threading.Event()


def count(site: Site, contexts: Any, modules: Any) -> Any:
    made[tuple(contexts)] += 1
    _begun.set()
    _may_end.wait()
    return _load(site, contexts, modules)


def load(registry: Registry, loads: int, threads: int) -> list[str]:
    """Load maps from some threads that begin at the same time; return what went wrong."""
    wrong: list[str] = []
    found: dict[tuple[str, ...], set[int]] = {tuple(choice): set() for choice in CHOICES}
    maps: list[ImportMap] = []
    barrier = threading.Barrier(threads)

    def work(number: int) -> None:
        try:
            barrier.wait()
            for step in range(loads // threads):
                choice = CHOICES[(number + step) % len(CHOICES)]
                import_map = registry.load(choice)
                maps.append(import_map)
                found[tuple(choice)].add(id(import_map))
        except Exception as error:  # noqa: BLE001  # is reported
            wrong.append(repr(error))

    workers = [threading.Thread(target=work, args=[number]) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wrong += [f"{choice}: {len(ids)} maps" for choice, ids in found.items() if len(ids) != 1]
    return wrong


def in_child(registry: Registry) -> dict[str, Any]:
    """Load each map in a child; what it has computed, and what is wrong with it."""
    global _may_end  # noqa: PLW0603  # see there
    _may_end = threading.Event()
    _may_end.set()
    made.clear()
    wrong = load(registry, 8 * len(CHOICES), 8)
    texts = {" ".join(choice): registry.load(choice).to_json() for choice in CHOICES}
    return {"most": max(made.values(), default=0), "wrong": wrong, "texts": texts}


def fork(registry: Registry) -> int:
    """Fork a child that writes its report into a pipe; return where it comes out."""
    read, write = os.pipe()
    if os.fork() == 0:
        # What hangs ends by this signal.
        import signal

        signal.alarm(CHILD_SECONDS)
        try:
            with os.fdopen(write, "w") as file:
                json.dump(in_child(registry), file)
        finally:
            os._exit(0)
    os.close(write)
    return read


def main(loads: int, threads: int, forks: int) -> None:
    """Load in some threads, and fork: while the first map is made, and while the next ones are."""
    # All that is imported on the way, lest a child should wait for an import that a thread has begun.
    Registry().load(CHOICES[-1])
    Site.load = count  # type: ignore[assignment,method-assign]  # to count
    registry = Registry(static="/static/")
    wrong: list[str] = []
    worker = threading.Thread(target=lambda: wrong.extend(load(registry, loads, threads)))
    worker.start()
    _begun.wait()
    pipes = [fork(registry) for _ in range(forks // 2)]
    _may_end.set()
    pipes += [fork(registry) for _ in range(forks - forks // 2)]
    worker.join()
    texts = {" ".join(choice): registry.load(choice).to_json() for choice in CHOICES}
    children: list[dict[str, Any]] = []
    for pipe in pipes:
        with os.fdopen(pipe) as file:
            said = file.read()
        os.wait()
        children.append(json.loads(said) if said else {"most": 0, "wrong": ["it hangs"], "texts": texts})
    wrong += [problem for child in children for problem in child["wrong"]]
    wrong += ["a child has other maps" for child in children if child["texts"] != texts]
    most = max([*made.values(), *(child["most"] for child in children)])
    print(json.dumps({"most": most, "wrong": wrong, "children": len(children)}))  # noqa: T201  # the report


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
