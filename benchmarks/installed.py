"""A folder of a thousand installed distributions, a hundred of which ship modules."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

DISTRIBUTIONS = 1000
EVERY = 10
ENTRIES = 20
METADATA = (
    "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n\n" + "A description of some length.\n" * 100
)


def install(folder: Path, *, ranges: int = 0) -> Path:
    """Write the metadata of all distributions, as installers do.

    :param ranges: how many of the packages require another one by a version range.
    """
    names = [f"dist-{number:04}" for number in range(DISTRIBUTIONS)]
    packages = names[::EVERY]
    for number, name in enumerate(names):
        version = f"1.{number}"
        info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(METADATA.format(name=name, version=version))
        (info / "RECORD").write_text("".join(f"{name}/module{line}.py,sha256=abc,1\n" for line in range(50)))
        if name in packages:
            requires = {packages[0]: ">=1,<2"} if 0 < packages.index(name) <= ranges else {}
            (info / "entry_points.txt").write_text(f"[importmap]\n{name} = {name.replace('-', '_')}\n")
            (info / "extra_metadata").mkdir()
            (info / "extra_metadata" / "importmap.json").write_bytes(_manifest(name, version, requires))
        elif number % 3 == 0:
            (info / "entry_points.txt").write_text(
                f"[console_scripts]\n{name} = {name.replace('-', '_')}:main\n"
            )
    return folder


def _manifest(name: str, version: str, requires: dict[str, str]) -> bytes:
    package = name.replace("-", "_")
    paths = [f"{package}/module{number}.js" for number in range(ENTRIES)]
    document = {
        "ignore": [],
        "imports": {
            f"{name}/module{number}": {"contexts": ["admin"], "path": path}
            for number, path in enumerate(paths)
        },
        "manifest": 1,
        "modules": {path: {"sha384": digest(path), "size": len(path)} for path in paths},
        "name": name,
        "namespace": name,
        "package": package,
        "private": {},
        "requires": requires,
        "roots": [f"{package}/static"],
        "vendored": {},
        "version": version,
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha384(text.encode()).digest()).decode()
