"""What `import importmap` costs a process."""

from __future__ import annotations

import tempfile
from pathlib import Path

from environment import Environment
from report import Report

IMPORT = """
import time
{before}
start = time.perf_counter()
import importmap
print((time.perf_counter() - start) * 1000)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        environment = Environment(Path(temporary, "environment"))
        report = Report("import importmap", "ms")
        framework = environment.measure(IMPORT.format(before="import dataclasses, json, logging, re, typing"))
        bare = environment.measure(IMPORT.format(before=""))
        report.row("with json, re, dataclasses, typing and logging there", framework)
        report.row("in a bare interpreter", bare)
        report.limit("with json, re, dataclasses, typing and logging there", framework, 4.0)
        report.print()


if __name__ == "__main__":
    main()
