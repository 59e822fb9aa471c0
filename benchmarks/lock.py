"""Loading a lock of a thousand packages, beside discovery of the same, and the parser alone."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from environment import Environment
from installed import digest
from report import Report

PACKAGES = 1000
LIBRARIES = ["ace", "lit", "preact", "three", "uhtml"]
VERSIONS = 3
#: Contexts, each of a part of the packages.
AREAS = 10

CLOCK = "import time\nstart = time.perf_counter()\n{code}\nprint((time.perf_counter() - start) * 1000)"
WRITE = """
from importmap._lock.write import encode, lock
from importmap._site.settings import Settings
from importmap._compose.site import Site
open({path!r}, "wb").write(encode(lock(Site(Settings()).packages, ["area-0"], "", "/")[0]))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        environment = Environment(Path(temporary, "environment"))
        folder = install(Path(temporary, "installed"))
        path = str(Path(temporary, "importmap.lock"))
        environment.run(WRITE.format(path=path), path=folder)

        report = Report(
            f"A lock of {PACKAGES:,} packages with {len(LIBRARIES)} third-party modules each",
            "ms",
        )
        read = f"from importmap._lock.read import read_lock\n{CLOCK.format(code=f'read_lock({path!r})')}"
        load = f"from importmap._lock.read import load_lock\n{CLOCK.format(code=f'load_lock({path!r})')}"
        parse = f"import json\n{CLOCK.format(code=f'json.loads(open({path!r}).read())')}"
        imports = "import packaging\nfrom importmap._discovery.packages import discover"
        search = f"{imports}\n{CLOCK.format(code='discover()')}"
        ours, parsed = environment.measure(read, path=folder), environment.measure(parse, path=folder)
        report.row("importmap: read_lock(path)", ours)
        report.row("the same, held against what is installed", environment.measure(load, path=folder))
        report.row("json.loads of the same text", parsed)
        report.row("importmap: discover()", environment.measure(search, path=folder, times=10))
        report.ratio("read_lock / json.loads", ours, parsed, 2.0)
        report.print()


def install(folder: Path) -> Path:
    """Write the metadata of packages that carry the same libraries, in different versions."""
    for number in range(PACKAGES):
        name = f"dist-{number:04}"
        package = name.replace("-", "_")
        info = folder / f"{package}-1.{number}.dist-info"
        (info / "extra_metadata").mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.{number}\n")
        (info / "entry_points.txt").write_text(f"[importmap]\n{name} = {package}\n")
        document = _manifest(name, package, f"1.{number}", number)
        raw = json.dumps(document, sort_keys=True, separators=(",", ":"))
        (info / "extra_metadata" / "importmap.json").write_text(f"{raw}\n")
    return folder


def _manifest(name: str, package: str, version: str, number: int) -> dict[str, object]:
    minors = {library: (number + place) % VERSIONS for place, library in enumerate(LIBRARIES)}
    files = {
        f"{package}/vendor/{library}.js": {"sha384": digest(f"{library} {minor}"), "size": 30_000 + minor}
        for library, minor in minors.items()
    }
    editor = {"imports": ["./dom.js", *LIBRARIES], "sha384": digest(name), "size": 5_000 + number}
    return {
        "ignore": [],
        "imports": {
            f"{name}/editor": {"contexts": [f"area-{number % AREAS}"], "path": f"{package}/editor.js"}
        },
        "manifest": 1,
        "modules": {
            f"{package}/dom.js": {"sha384": digest(package), "size": 700},
            f"{package}/editor.js": editor,
            **files,
        },
        "name": name,
        "namespace": name,
        "package": package,
        "private": {},
        "requires": {},
        "roots": [f"{package}/static"],
        "vendored": {
            library: {"path": f"{package}/vendor/{library}.js", "version": f"3.{minor}.0"}
            for library, minor in minors.items()
        },
        "version": version,
    }


if __name__ == "__main__":
    main()
