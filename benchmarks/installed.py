"""A folder of a thousand installed distributions, a hundred of which ship modules."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

DISTRIBUTIONS = 1000
EVERY = 10
MODULES = 20
#: One package in so many has a manifest that somebody has written by hand.
HAND_MADE = 10
#: One package in so many requires the first one.
REQUIRING = 3
METADATA = (
    "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n\n" + "A description of some length.\n" * 100
)


def install(folder: Path, encode: Callable[[str, int], bytes]) -> Path:
    """Write the metadata of all distributions, as installers do.

    :param encode: gives the manifest of a package, by its name and number.
    """
    for number in range(DISTRIBUTIONS):
        name, version = _name(number), f"1.{number}"
        info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(METADATA.format(name=name, version=version))
        (info / "RECORD").write_text("".join(f"{name}/module{line}.py,sha256=abc,1\n" for line in range(50)))
        if number % EVERY == 0:
            (info / "entry_points.txt").write_text(f"[importmap]\n{name} = {name.replace('-', '_')}\n")
            (info / "extra_metadata").mkdir()
            (info / "extra_metadata" / "importmap.json").write_bytes(encode(name, number // EVERY))
        elif number % 3 == 0:
            (info / "entry_points.txt").write_text(
                f"[console_scripts]\n{name} = {name.replace('-', '_')}:main\n"
            )
    return folder


def realistic(name: str, number: int) -> bytes:
    """Return a manifest as real packages have it, one in ten hand-made and pretty-printed."""
    document = _realistic(name, number)
    if number % HAND_MADE:
        return _compact(document)
    return json.dumps(document, indent=2).encode()


def plain(name: str, number: int, *, ranges: int = 0) -> bytes:
    """Return a manifest of public entries alone.

    :param ranges: how many of the packages require the first one by a version range.
    """
    package = name.replace("-", "_")
    document = _manifest(name, number, [f"{package}/module{place}.js" for place in range(MODULES)])
    if 0 < number <= ranges:
        document["requires"] = {_name(0): ">=1,<2"}
    return _compact(document)


def _realistic(name: str, number: int) -> dict[str, Any]:
    package = name.replace("-", "_")
    paths = [f"{package}/module{place}.js" for place in range(MODULES - 2)]
    document = _manifest(name, number, paths)
    dom, lit = f"{package}/internal/dom.js", f"{package}/vendor/lit.js"
    document["private"] = {"#dom": {"path": dom}}
    document["vendored"] = {"lit": {"path": lit, "version": f"3.{number % 3}.0"}}
    requires = number % REQUIRING == 1
    if requires:
        document["requires"] = {_name(0): ">=1"}
    for place, path in enumerate(paths):
        document["modules"][path] |= _imports(place, requires=requires)
    for path in (dom, lit):
        document["modules"][path] = _file(path) | {
            "imports": ["../module0.js", "../module1.js", "../module2.js"]
        }
    return document


def _imports(place: int, *, requires: bool) -> dict[str, list[str]]:
    """Return three imports: relative ones, and one that is bare or dynamic."""
    near = [f"./module{(place + step) % (MODULES - 2)}.js" for step in (1, 5, 7)]
    bare = ["lit", "#dom", f"{_name(0)}/module0" if requires else "./internal/dom.js"][place % 3]
    if place % 4 == 3:
        return {"dynamic": near[2:], "imports": near[:2]}
    return {"imports": [*near[:2], bare]}


def _manifest(name: str, number: int, paths: list[str]) -> dict[str, Any]:
    package = name.replace("-", "_")
    return {
        "manifest": 1,
        "name": name,
        "version": f"1.{number * EVERY}",
        "namespace": name,
        "package": package,
        "roots": [f"{package}/static"],
        "modules": {path: _file(path) for path in paths},
        "imports": {
            f"{name}/module{place}": {"contexts": ["admin"], "path": path} for place, path in enumerate(paths)
        },
        "private": {},
        "vendored": {},
        "requires": {},
        "ignore": [],
    }


def _file(path: str) -> dict[str, Any]:
    return {"sha384": digest(path), "size": len(path)}


def _name(number: int) -> str:
    return f"dist-{number:04}"


def _compact(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha384(text.encode()).digest()).decode()
