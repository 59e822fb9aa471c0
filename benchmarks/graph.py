"""Loading the module graph of a large site in a fresh process, and following it from one entry."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from environment import Environment
from report import Report

PACKAGES = 100
MODULES = 100
EDGES = 3
ENTRIES = 10
#: So many packages import each other and nobody else: their entries lead to all of their modules.
RING = 10

IMPORTS = "import dataclasses, importlib.metadata, json, logging, re, time, typing\n"
CLOCK = "start = time.perf_counter()\n{code}\nprint((time.perf_counter() - start) * 1000)"
LOAD = "import importmap; loaded = importmap.load(['default'])"

#: What most frameworks do: they look the name up in a manifest of theirs. The map that it makes has
#: a key for each relative import.
HASHED = """
import importmap

class Hashed(importmap.StaticURL):
    def url(self, public_path):
        return self.base + NAMES[public_path]

NAMES = {NAMES}
importmap.configure(static=Hashed("/static/"))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        environment = Environment(Path(temporary, "environment"))
        site = Path(temporary, "site")
        edges = install(site)
        if edges != PACKAGES * MODULES * EDGES:
            raise RuntimeError(f"{edges} edges")
        hashed = HASHED.replace("{NAMES}", repr({path: hashed_name(path) for path in public_paths()}))
        # Written down, so that Python compiles it once, and not in each process.
        (site / "hashed.py").write_text(hashed)

        size = f"{PACKAGES} packages, {PACKAGES * MODULES:,} modules, {edges:,} edges"
        report = Report(f"Loading {size} in a fresh process", "ms")
        interpreter = environment.measure_process("pass", path=site)
        names = environment.measure_process("import hashed", path=site)
        plain = environment.measure_process(LOAD, path=site).less(interpreter)
        with_keys = environment.measure_process(f"import hashed; {LOAD}", path=site).less(names)
        inside = environment.measure(IMPORTS + CLOCK.format(code=LOAD), path=site)
        reading = environment.measure(IMPORTS + CLOCK.format(code=read(site)), path=site)
        report.row("the bare interpreter", interpreter)
        report.row("load with StaticURL: the whole process, above that", plain)
        report.row("load with StaticURL, json, re, dataclasses, typing and logging there", inside)
        report.row("reading the files and json.loads, nothing else", reading)
        report.row("load with hashed names: the whole process, above one with the names", with_keys)
        report.limit("load with StaticURL, the imports there", inside, 150.0)
        report.limit("load with StaticURL, the whole process", plain, 150.0)
        report.print()

        report = Report(f"The closure of an entry: {RING * MODULES:,} modules", "ms")
        timed = LOAD + "\nimport time\n" + CLOCK.format(code="found = loaded.closure('pack-000/e0')")
        timed += f"\nassert len(found) == {RING * MODULES}, len(found)"
        plain = environment.measure(timed, path=site)
        with_keys = environment.measure("import hashed\n" + timed, path=site)
        report.row("closure, the first after a load", plain)
        report.row("the same with hashed names", with_keys)
        report.limit("closure", plain, 3.0)
        report.print()


def read(site: Path) -> str:
    """Code that reads what has to be read."""
    paths = [str(path) for path in sorted(site.glob("*/extra_metadata/importmap.json"))]
    return f"for path in {paths}:\n    with open(path, 'rb') as file: json.loads(file.read())"


def install(folder: Path) -> int:
    """Write the metadata of all packages; how many edges there are."""
    total = 0
    for number in range(PACKAGES):
        name = f"pack-{number:03}"
        info = folder / f"pack_{number:03}-1.0.dist-info"
        (info / "extra_metadata").mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[importmap]\n{name} = pack_{number:03}\n")
        modules: dict[str, dict[str, Any]] = {
            path_of(number, module): {
                "sha384": base64.b64encode(hashlib.sha384(b"%d" % module).digest()).decode(),
                "size": 1000 + module,
                "imports": list(imports(number, module)),
            }
            for module in range(MODULES)
        }
        total += sum(len(set(module["imports"])) for module in modules.values())
        document = {
            "ignore": [],
            "imports": {
                f"{name}/e{entry}": {"contexts": ["default"], "path": path_of(number, entry)}
                for entry in range(ENTRIES)
            },
            "manifest": 1,
            "modules": modules,
            "name": name,
            "namespace": name,
            "package": f"pack_{number:03}",
            "private": {},
            "requires": {f"pack-{other:03}": "*" for other in ring(number) if other != number},
            "roots": [f"pack_{number:03}/static"],
            "vendored": {},
            "version": "1.0",
        }
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        (info / "extra_metadata" / "importmap.json").write_text(text + "\n")
    return total


def imports(package: int, module: int) -> Iterator[str]:
    """A binary tree in each package; its leaves import others; each module imports an entry of the ring."""
    children = [child for child in (2 * module + 1, 2 * module + 2) if child < MODULES]
    others = ((module * 17 + step) % MODULES for step in (3, 8))
    for other in [*children, *others][: EDGES - 1]:
        here, there = folder_of(module), folder_of(other)
        yield f"{'./' if here == there else '../' if here else './sub/'}m{other}.js"
    first = package - package % RING
    yield f"pack-{first + (package + 1 + module) % RING:03}/e{module % ENTRIES}"


def ring(package: int) -> range:
    first = package - package % RING
    return range(first, first + RING)


def folder_of(module: int) -> str:
    return "" if module % 3 else "sub/"


def path_of(package: int, module: int) -> str:
    return f"pack_{package:03}/{folder_of(module)}m{module}.js"


def public_paths() -> Iterator[str]:
    return (path_of(package, module) for package in range(PACKAGES) for module in range(MODULES))


def hashed_name(path: str) -> str:
    return f"{path[:-3]}.{hashlib.sha256(path.encode()).hexdigest()[:12]}.js"


if __name__ == "__main__":
    main()
