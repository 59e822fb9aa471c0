"""Discovery and loading beside the same reading through `importlib.metadata`."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from environment import Environment, Timing
from installed import EVERY, install, plain, realistic
from report import Report

IMPORTS = "import importlib.metadata, json, logging, dataclasses, typing, packaging.specifiers, sys, time\n"
CLOCK = "start = time.perf_counter()\n{code}\nprint((time.perf_counter() - start) * 1000)"

#: The environment's own distribution has its manifest beside its package; only ours reads that one, too.
READ = """
for entry_point in importlib.metadata.entry_points(group="importmap"):
    json.loads(entry_point.dist.read_text("extra_metadata/importmap.json") or "null")
"""
LIMIT = f"""
names = os.listdir(folder)
for name in sorted(names)[::{EVERY}]:
    with open(f"{{folder}}/{{name}}/extra_metadata/importmap.json", "rb") as file:
        file.read()
"""
OURS = "from importmap._discovery.packages import discover\n"
LOAD = "import importmap; importmap.load(['admin'])"

#: Where discovery begins. As in discovery, nothing looks for garbage.
PART = """
import gc
from importmap._discovery.distributions import find
from importmap._manifest.document import decode
def read(installed):
    return installed.read("extra_metadata/importmap.json")
gc.disable()
"""
#: The parts of discovery, each with the code that has to run before.
PARTS = {
    "finding the distributions": ("", "find([])"),
    "reading their manifests": ("found = find([])", "[*map(read, found)]"),
    "json.loads": ("raws = [*filter(None, map(read, find([])))]", "[*map(json.loads, raws)]"),
    "json.loads, the refusals of JSON, and the check": (
        "raws = [*filter(None, map(read, find([])))]",
        "[decode(raw, distribution='d', place='p') for raw in raws]",
    ),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        environment = Environment(Path(temporary, "environment"))
        real = install(Path(temporary, "realistic"), realistic)
        least = install(Path(temporary, "plain"), plain)
        ranges = install(Path(temporary, "ranges"), partial(plain, ranges=20))

        report = Report("Discovery: 1,000 distributions, 100 with 20 modules, everything imported", "ms")
        report_discovery(report, environment, "as real packages have them", real, 0.7)
        report_discovery(report, environment, "public entries alone", least, 0.5)
        report.print()

        report = Report("The parts of discovery, with manifests as real packages have them", "ms")
        report_parts(report, environment, real)
        report.print()

        report = Report("A whole process, above the bare interpreter", "ms")
        interpreter = environment.measure_process("pass", path=real)
        report.row("the bare interpreter", interpreter)
        ours, theirs = measure_load(environment, interpreter, real)
        report.row(f"{LOAD}: as real packages have them", ours)
        report.row("importlib.metadata, which only reads", theirs)
        report.ratio("load / importlib.metadata, as real packages have them", ours, theirs, 1.1)
        ours, theirs = measure_load(environment, interpreter, least)
        report.row(f"{LOAD}: public entries alone", ours)
        with_ranges = environment.measure_process(LOAD, path=ranges).less(interpreter)
        report.row("the same, where 20 packages have version ranges", with_ranges)
        report.row("importlib.metadata, which only reads", theirs)
        report.ratio("load / importlib.metadata, public entries alone", ours, theirs, 0.7)
        report.ratio("with ranges / importlib.metadata", with_ranges, theirs)
        report.print()

        report = Report("A second load of the same contexts", "µs")
        again = (
            "import importmap, time\nimportmap.load(['admin'])\nload = importmap.load\ntimes = 100_000\n"
            "start = time.perf_counter()\nfor _ in range(times): load(['admin'])\n"
            "print((time.perf_counter() - start) / times * 1e6)"
        )
        second = environment.measure(again, path=real, times=10)
        report.row("importmap.load(['admin'])", second)
        report.limit("second load", second, 2.0)
        report.print()


def report_discovery(report: Report, environment: Environment, kind: str, folder: Path, limit: float) -> None:
    """Measure discovery of one kind of manifests, beside the standard library and the bare files."""
    ours = environment.measure(IMPORTS + OURS + CLOCK.format(code="discover()"), path=folder)
    theirs = environment.measure(IMPORTS + CLOCK.format(code=READ), path=folder)
    listing = f"import os\nfolder = {str(folder)!r}\n"
    bare = environment.measure(IMPORTS + listing + CLOCK.format(code=LIMIT), path=folder)
    report.row(f"importmap: discover(), {kind}", ours)
    report.row("importlib.metadata: entry_points + read_text + json.loads", theirs)
    report.row("the limit: list the folder, read the 100 files", bare)
    report.ratio(f"discover / importlib.metadata, {kind}", ours, theirs, limit)


def report_parts(report: Report, environment: Environment, folder: Path) -> None:
    """Say where the time of discovery goes."""
    whole = environment.measure(IMPORTS + OURS + CLOCK.format(code="discover()"), path=folder)
    parts = {
        name: environment.measure(f"{IMPORTS}{PART}{before}\n{CLOCK.format(code=code)}", path=folder)
        for name, (before, code) in PARTS.items()
    }
    for name, timing in parts.items():
        report.row(name, timing)
    finding, reading, loads, decoding = parts.values()
    report.row("of that, refusals and check alone", decoding.less(loads))
    report.row("the rest of discover(): packages and their metadata", whole.less(finding, reading, decoding))


def measure_load(environment: Environment, interpreter: Timing, folder: Path) -> tuple[Timing, Timing]:
    """Measure a process that loads a map, and one that only reads by the standard library."""
    ours = environment.measure_process(LOAD, path=folder).less(interpreter)
    read = "import importlib.metadata, json\n" + READ
    return ours, environment.measure_process(read, path=folder).less(interpreter)


if __name__ == "__main__":
    main()
