"""Composing the map of a thousand packages that carry the same third-party modules, in three versions."""

from __future__ import annotations

import tempfile
from pathlib import Path

from environment import Environment, Timing
from lock import LIBRARIES, PACKAGES, VERSIONS, install
from report import Report

AREAS = [f"area-{number}" for number in range(10)]
COMPOSE = """
import json, logging, re, time
from importmap import Registry

LIBRARIES, VERSIONS, CONTEXTS, SETTINGS = {constants!r}

class Static:
    reading = 0.0

    def url(self, path):
        return "/static/" + path

    def integrity(self, path):
        return None

    def read(self, path):
        start = time.perf_counter()
        package, _, name = path.partition("/")
        library = name.removeprefix("vendor/").removesuffix(".js")
        content = path
        if library in LIBRARIES:
            minor = (int(package[-4:]) + LIBRARIES.index(library)) % VERSIONS
            content = f"{{library}} {{minor}}" * 1000
        self.reading += time.perf_counter() - start
        return content.encode()

static = Static()
registry = Registry(static=static, **SETTINGS)
registry.packages
start = time.perf_counter()
import_map = registry.load(CONTEXTS)
print((time.perf_counter() - start - static.reading) * 1000)
"""
SIZE = """
copies = {url for names in import_map.scopes.values() for url in names.values()}
print(len(import_map.to_json()), len(copies))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        environment = Environment(Path(temporary, "environment"))
        folder = install(Path(temporary, "installed"))

        def code(contexts: list[str], **settings: object) -> str:
            return COMPOSE.format(constants=(LIBRARIES, VERSIONS, contexts, settings))

        def measure(contexts: list[str], **settings: object) -> Timing:
            return environment.measure(code(contexts, **settings), path=folder, times=10)

        def size(contexts: list[str], **settings: object) -> list[int]:
            printed = environment.run(f"{code(contexts, **settings)}\n{SIZE}", path=folder)
            return [int(word) for word in printed.split()[-2:]]

        report = Report(
            f"Composing {PACKAGES:,} packages with {len(LIBRARIES)} third-party modules each, "
            f"in {VERSIONS} versions, less the reading of the copies",
            "ms",
        )
        every, page = measure(AREAS), measure(AREAS[:1])
        report.row("the map of all contexts", every)
        report.row("the map of one context of ten", page)
        report.row("the map of all contexts, with shared copies", measure(AREAS, shared=LIBRARIES))
        report.limit("all contexts", every, 400)
        report.print()
        for name, (bytes_, copies) in {
            "all contexts": size(AREAS),
            "one context of ten": size(AREAS[:1]),
            "one context of ten, with shared copies": size(AREAS[:1], shared=LIBRARIES),
        }.items():
            print(f"{name}: a map of {bytes_:,} bytes, {copies} third-party modules in scopes")


if __name__ == "__main__":
    main()
