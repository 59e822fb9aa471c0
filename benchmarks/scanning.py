"""Scanning and building a thousand real modules, and looking at their source tree again."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from environment import Environment
from report import Report
from support.npm import npm_install
from support.wheels import uv

PACKAGES = {"three": "0.187.0", "lodash-es": "4.18.1"}
FOLDERS = ("three/src", "three/examples/jsm", "lodash-es")
LEAST_MODULES, LEAST_BYTES = 1_000, 10_000_000

PROJECT = """
[build-system]
requires = ["hatchling>=1.27", "hatch-importmap"]
build-backend = "hatchling.build"

[project]
name = "corpus"
version = "1.0"

[project.entry-points.importmap]
corpus = "corpus"

[tool.hatch.build.hooks.importmap]

[tool.importmap]
ignore = [
  "three",
  "three/addons/inspector/Extension.js",
  "three/addons/inspector/ui/Tab.js",
  "three/addons/tsl/display/Lut3DNode.js",
  "three/tsl",
  "three/webgpu",
]

[tool.importmap.imports]
"addons/*" = "corpus/three/examples/jsm/*.js"
"addons/offscreen/*" = false
three = "corpus/three/src/Three.js"
group-by = "corpus/lodash-es/groupBy.js"
"""

IMPORTS = "import base64, dataclasses, hashlib, importlib.metadata, json, logging, os, re, resource, time\n"
CLOCK = "start = time.perf_counter()\n{code}\ntook = (time.perf_counter() - start) * 1000\n"
TOOK = "print(took)"

BUILD = CLOCK.format(
    code="from hatch_importmap.project import read_project\nmodules = read_project(PROJECT)[0]['modules']"
)
MODULES = "print(json.dumps({path: module['size'] for path, module in modules.items()}))"
# The build has one process, and Linux says kilobytes.
PEAK = "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)"
HASHING = "paths = json.load(open(PATHS))\n" + CLOCK.format(
    code="for path in paths:\n"
    "    with open(path, 'rb') as file: base64.b64encode(hashlib.sha384(file.read()).digest())"
)

LOAD = CLOCK.format(
    code="import importmap\nregistry = importmap.Registry(live=True)\nfirst = registry.load()"
)
AGAIN = CLOCK.format(code="again = registry.load()")
#: The next look finds another stamp, as after an edit.
TOUCH = "os.utime(MODULE)\n"
CHECK = """
assert 'corpus/three' in again.imports
assert (again is first) is SAME
assert not registry.diagnostics(), registry.diagnostics()
print(took)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        node_modules = npm_install(Path(temporary, "npm"), PACKAGES)
        environment = Environment(Path(temporary, "environment"), "hatch-importmap[live]")
        project = write_project(Path(temporary, "project"), node_modules)
        paths = Path(temporary, "paths.json")
        names = f"{IMPORTS}PROJECT = {str(project)!r}\nPATHS = {str(paths)!r}\n"

        modules: dict[str, int] = json.loads(environment.run(names + BUILD + MODULES))
        if len(modules) < LEAST_MODULES or sum(modules.values()) < LEAST_BYTES:
            raise RuntimeError(f"{len(modules)} modules, {sum(modules.values())} bytes")
        files = [project / "corpus" / "static" / path for path in modules]
        paths.write_text(json.dumps(list(map(str, files))))
        size = f"{len(modules):,} modules, {sum(modules.values()) / 1e6:.1f} MB"

        report = Report(f"Scan and build of {size}, in a fresh process", "ms")
        built = environment.measure(names + BUILD + TOOK, times=10)
        hashed = environment.measure(names + HASHING + TOOK, times=10)
        report.row("hatch_importmap: scan and manifest", built)
        report.row("reading and hashing the same files, nothing else", hashed)
        report.limit("scan and build", built, 3000.0)
        report.print()

        report = Report("The most memory that the same process has", "MB")
        peak = environment.measure(names + BUILD + PEAK, times=5)
        report.row("hatch_importmap: scan and manifest", peak)
        report.row("a process without it", environment.measure(IMPORTS + PEAK, times=5))
        report.limit("memory", peak, 300.0)
        report.print()

        site = install_editable(environment, project, Path(temporary))
        names = f"{IMPORTS}MODULE = {str(files[0])!r}\n"
        same, other = (CHECK.replace("SAME", str(same)) for same in (True, False))
        report = Report(f"Live reading of an editable install of {size}", "ms")
        again = environment.measure(names + LOAD + AGAIN + same, path=site, times=10)
        first = environment.measure(names + LOAD + "again = first\n" + same, path=site, times=10)
        report.row("load again, nothing has changed", again)
        report.row("the first load of a process, nothing has changed since the installation", first)
        touched = names + LOAD + TOUCH + AGAIN + TOUCH + AGAIN
        report.row(
            "load after a module was touched", environment.measure(touched + other, path=site, times=5)
        )
        first = environment.measure(names + LOAD + "again = first\n" + same, path=site, times=5)
        report.row("the first load of a process, a module was touched since the installation", first)
        report.limit("load again, nothing has changed", again, 30.0)
        report.print()


def write_project(folder: Path, node_modules: Path) -> Path:
    """A project that ships folders of the packages, and has entries for most of what is in them."""
    for name in FOLDERS:
        shutil.copytree(node_modules / name, folder / "corpus" / "static" / "corpus" / name)
    (folder / "corpus" / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(PROJECT)
    return folder


def install_editable(environment: Environment, project: Path, scratch: Path) -> Path:
    """Install the project into a folder of its own, as it is worked on."""
    (wheel,) = (environment.python.parent.parent / "wheel").glob("*.whl")
    constraints = scratch / "build-constraints.txt"
    constraints.write_text(f"hatch-importmap @ {wheel.as_uri()}\n")
    site = scratch / "site"
    uv(
        *("pip", "install", "--python", environment.python, "--build-constraints", constraints),
        *("--no-deps", "--target", site, "--editable", project),
    )
    return site


if __name__ == "__main__":
    main()
