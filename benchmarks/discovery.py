"""Discovery and loading beside the same reading through `importlib.metadata`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from environment import Environment
from installed import EVERY, install
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


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        environment = Environment(Path(temporary, "environment"))
        plain = install(Path(temporary, "plain"))
        ranges = install(Path(temporary, "ranges"), ranges=20)

        report = Report("Discovery: 1,000 distributions, 100 with 20 entries, everything imported", "ms")
        ours = environment.measure(
            IMPORTS
            + "from importmap._discovery.packages import discover\n"
            + CLOCK.format(code="discover()"),
            path=plain,
        )
        theirs = environment.measure(IMPORTS + CLOCK.format(code=READ), path=plain)
        listing = f"import os\nfolder = {str(plain)!r}\n"
        bare = environment.measure(IMPORTS + listing + CLOCK.format(code=LIMIT), path=plain)
        report.row("importmap: discover()", ours)
        report.row("importlib.metadata: entry_points + read_text + json.loads", theirs)
        report.row("the limit: list the folder, read the 100 files", bare)
        report.ratio("discover / importlib.metadata", ours, theirs, 0.4)
        report.print()

        report = Report("A whole process, above the bare interpreter", "ms")
        interpreter = environment.measure_process("pass", path=plain)
        load = "import importmap; importmap.load(['admin'])"
        ours = environment.measure_process(load, path=plain).less(interpreter)
        with_ranges = environment.measure_process(load, path=ranges).less(interpreter)
        theirs = environment.measure_process("import importlib.metadata, json\n" + READ, path=plain).less(
            interpreter
        )
        report.row("the bare interpreter", interpreter)
        report.row(load, ours)
        report.row("the same, where 20 packages have version ranges", with_ranges)
        report.row("importlib.metadata, which only reads", theirs)
        report.ratio("load / importlib.metadata", ours, theirs, 0.7)
        report.ratio("with ranges / importlib.metadata", with_ranges, theirs)
        report.print()

        report = Report("A second load of the same contexts", "µs")
        again = (
            "import importmap, time\nimportmap.load(['admin'])\nload = importmap.load\ntimes = 100_000\n"
            "start = time.perf_counter()\nfor _ in range(times): load(['admin'])\n"
            "print((time.perf_counter() - start) / times * 1e6)"
        )
        second = environment.measure(again, path=plain, times=10)
        report.row("importmap.load(['admin'])", second)
        report.limit("second load", second, 2.0)
        report.print()


if __name__ == "__main__":
    main()
