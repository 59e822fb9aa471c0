"""Whatever a file holds, a reader takes it or says why not.

The inputs are real ones with changes. An ordinary run tries the same few. A long one goes on for an hour, or
for as long as `FUZZING_SECONDS` in the environment says.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, TypeAlias
from zlib import crc32

import pytest
from support.figures import Figure
from support.html_pages import inserted
from support.mutation import mutated
from support.profiles import fuzzing_seconds, scaled, seed_of_run
from support.projects import DEMO_PYPROJECT, PYPROJECT
from support.site_folder import FULL, SiteFolder, write
from support.wheels import ROOT

import importmap
from hatch_importmap.javascript.parse import scan_javascript
from hatch_importmap.project import read_project
from importmap import ImportMapError, Registry
from importmap._manifest.document import decode, encode
from importmap._manifest.source_maps import source_maps
from importmap._tools.hashed_files import read_collection

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Takes one input in a folder of its own.
Reader: TypeAlias = Callable[[bytes, Path], object]

SEED = seed_of_run(20_262)
#: So much of a processor no input may take.
MOST_SECONDS = 2.0
#: What a lock has behind each package.
_CHECKSUM = re.compile(rb'(,\n "crc32":")([0-9a-f]{8})("\n}(?:\n,\n|\n\]\n\Z))')

DATA = ROOT / "tests" / "data" / "0.1"


def read_manifest(raw: bytes, folder: Path) -> None:
    document = decode(raw, distribution="demo", place="importmap.json")
    assert decode(encode(document), distribution="demo", place="importmap.json") == document


def read_locked(raw: bytes, folder: Path) -> None:
    """Read a lock as it is, and with checksums that are right."""
    place = folder / "importmap.lock"
    for text in (raw, forged(raw)):
        place.write_bytes(text)
        registry = Registry(lock=place)
        for context in registry.contexts:
            registry.load([context])


def forged(raw: bytes) -> bytes:
    """Return a lock whose checksums are those of what it holds."""
    start = raw.find(b"\n,\n") + 3
    while match := _CHECKSUM.search(raw, start):
        checksum = f"{crc32(raw[start : match.start()]):08x}".encode()
        raw = raw[: match.start(2)] + checksum + raw[match.end(2) :]
        start = match.end()
    return raw


def read_table(raw: bytes, folder: Path) -> None:
    (folder / "pyproject.toml").write_bytes(as_toml(raw))
    read_project(folder)


def read_application(raw: bytes, folder: Path) -> None:
    (folder / "pyproject.toml").write_bytes(as_toml(raw))
    registry = Registry(project=folder / "pyproject.toml")
    for context in registry.contexts:
        registry.load([context])


def as_toml(raw: bytes) -> bytes:
    """Return TOML for what is JSON, in which more can be changed that stays readable."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    lines = (f"{json.dumps(key)} = {inline(value)}\n" for key, value in document.items())
    return "".join(lines).encode(errors="surrogatepass")


def inline(value: Any) -> str:
    """Return a value as TOML, in one line; there is no null."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps("none" if value is None else value)


def read_javascript(raw: bytes, folder: Path) -> None:
    scan_javascript(raw)


def read_map(raw: bytes, folder: Path) -> None:
    page, _ = importmap.parse(
        raw.decode("utf-8", "surrogateescape"), "https://site.example/a/", extensions=True
    )
    page.to_json()
    for name in [*page.imports][:5]:
        try:
            page.resolve(name, base="https://site.example/a/b.js")
        except ImportMapError as error:
            str(error).encode()


def read_source_maps(raw: bytes, folder: Path) -> None:
    for suffix in (".js", ".css"):
        source_maps(f"demo/a{suffix}", raw)


def read_page(raw: bytes, folder: Path) -> None:
    page, _ = inserted(raw, keeps_charset=len(raw) % 2 == 0)
    assert len(page) >= len(raw)


def read_index(raw: bytes, folder: Path) -> None:
    (folder / "importmap.json").write_bytes(raw)
    read_collection(str(folder))


def read_metadata(raw: bytes, folder: Path) -> None:
    """Find packages where one file of metadata after the other is not what it was."""
    for name in ("METADATA", "RECORD", "direct_url.json", "entry_points.txt"):
        site = SiteFolder(folder / name)
        write(site.install("demo", beside={"METADATA": "Name: demo\nVersion: 1.0\n"}), {name: raw})
        before, sys.path[:] = sys.path[:], [str(site.path)]
        try:
            Registry().load()
        finally:
            sys.path[:] = before


def texts(*patterns: str) -> list[bytes]:
    """Return what files of this project hold."""
    found = [path.read_bytes() for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    assert found
    return found


def manifests() -> list[bytes]:
    wheels = [zipfile.ZipFile(path) for path in sorted(DATA.glob("*.whl"))]
    shipped = [
        wheel.read(name) for wheel in wheels for name in wheel.namelist() if name.endswith("importmap.json")
    ]
    for wheel in wheels:
        wheel.close()
    assert shipped
    return [*shipped, *texts("importmap/importmap.json"), encode(FULL)]


MODULES = [
    *texts("example_package/example_clock/static/**/*.js", "importmap/static/**/*.js", "tests/support/*.js"),
    b"""
import a, {b as c} from "./x.js" with {type: "json"}
export * from `y`
import(`a${b}`)
new URL("./x.wasm", import.meta.url)
import.meta.resolve("z")
/re/g.test(x) ? <!-- 1 : 2
//# sourceMappingURL=a.js.map?x#y
/*# sourceMappingURL=x-y://[ */
//# sourceMappingURL=%61.map
""",
]
MAPS = [
    b'{"imports":{"a":"/a.js","b/":"/b/"},"scopes":{"/s/":{"a":null}},"integrity":{"/a.js":"sha384-x"}}',
    b'{"imports":{"https://x/":"./y/"},"depcache":{"/a.js":["./b.js"]},"isolatedScopes":true}',
]
APPLICATION = b"""
[project]
name = "shop"
version = "1.0"

[tool.importmap]
static = ["static"]
contexts = ["public", "admin"]
requires = { lit = ">=3" }
ignore = ["react"]

[tool.importmap.imports]
cart = "shop/cart.js"
"*" = { path = "shop/*.js", contexts = ["public"] }
"icons/" = "shop/icons/"
cdn = { url = "https://cdn.example/x.js", integrity = "sha384-DIGEST" }
"#dom" = "shop/cart.js"

[tool.importmap.vendored]
lit = { path = "shop/cart.js", version = "3.2.1" }
""".replace(b"DIGEST", b"A" * 64)
TABLES = [
    APPLICATION,
    APPLICATION.replace(
        b"[project]",
        b'[build-system]\nbuild-backend = "x"\n\n[project.entry-points.importmap]\nshop = "shop"\n[project]',
    ),
    *(text.encode() for text in (PYPROJECT, DEMO_PYPROJECT)),
    *texts("example_package/pyproject.toml"),
]
TABLES += [json.dumps(tomllib.loads(text.decode())).encode() for text in TABLES] * 3
PAGES = [
    *texts("example_site/wall/templates/**/*.html"),
    b"<!doctype html>\n<html lang=de>\n<!-- x --><head>\n<meta charset=utf-8>",
]
INDEXES = [
    b'{"collection": 1, "files": {"a/b.js": {"file": "a/b.0123456789ab.js", "sha384": "'
    + base64.b64encode(bytes(48))
    + b'"}}, "plain": ["a/b.js"]}'
]
METADATA = [
    b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n\nText\n",
    b"demo/__init__.py,sha256=x,1\ndemo-1.0.dist-info/RECORD,,\n",
    b'{"url": "file:///srv/demo", "dir_info": {"editable": true}}',
    b"[importmap]\ndemo = demo\nother = demo.maps:entries [x]\n\n[console_scripts]\nx = y:z\n",
]

#: By reader: how it reads, what it is given, and how many inputs an ordinary run tries.
READERS: dict[str, tuple[Reader, list[bytes], int]] = {
    "manifests": (read_manifest, manifests(), 600),
    "locks": (read_locked, [(DATA / "importmap.lock").read_bytes()], 100),
    "tables": (read_table, TABLES, 100),
    "applications": (read_application, [text for text in TABLES if b"build-system" not in text], 100),
    "JavaScript": (read_javascript, MODULES, 600),
    "import maps": (read_map, [*MAPS, *manifests()], 600),
    "source maps": (read_source_maps, MODULES, 600),
    "pages": (read_page, [*PAGES, *MODULES[:2]], 600),
    "indexes of collections": (read_index, INDEXES, 300),
    "metadata": (read_metadata, METADATA, 50),
}


@pytest.mark.parametrize("name", READERS)
def test_a_reader(name: str, tmp_path: Path, figure: Figure) -> None:
    """Nothing but our own errors come out of it, and nothing takes long."""
    read, inputs, number = READERS[name]
    assert inputs
    for folder in ("", "shop/", "demo/", "prose/", "example_clock/"):
        own = folder or "shop/"
        write(tmp_path / f"{folder}static/{own}icons", {"a.js": ""})
        write(tmp_path / f"{folder}static/{own}", {"cart.js": 'import "./cart.js"\n', "editor.js": ""})
        write(tmp_path / folder, {"__init__.py": ""})
    least, seconds = scaled(number), fuzzing_seconds() / len(READERS)
    began = time.monotonic()
    foreign: list[str] = []
    slow: list[str] = []
    refused = tried = 0
    while tried < least or time.monotonic() - began < seconds:
        seed = SEED + tried
        tried += 1
        raw = mutated(Random(seed), inputs)
        start = time.process_time()
        try:
            read(raw, tmp_path)
        except ImportMapError as error:
            str(error).encode()
            refused += 1
        except Exception as error:  # noqa: BLE001  # each is a fault
            foreign.append(f"Random({seed}): {error!r}")
        if time.process_time() - start > MOST_SECONDS:
            slow.append(f"Random({seed})")
    figure(
        f"fuzzing of {name}",
        inputs=tried,
        seconds=time.monotonic() - began,
        refused=refused,
        foreign_exceptions=len(foreign),
        slow_inputs=len(slow),
    )
    assert foreign[:10] == []
    # Some are still what they say that they are.
    assert refused < tried
    assert slow[:10] == []
