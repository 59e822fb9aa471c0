"""Whatever untrusted files hold, readers return a value or raise an `ImportMapError`."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.profiles import check_seen
from support.site_folder import Files, SiteFolder, manifest, write

from hatch_importmap.project import read_project
from importmap import ImportMapError, Registry
from importmap._compose.site import Site
from importmap._discovery.editable import distrust_project
from importmap._lock.write import encode as write_lock
from importmap._lock.write import lock as make_lock
from importmap._manifest.document import encode
from importmap._site.gather import Gathered
from importmap._site.settings import Settings
from importmap._tools.check import check_site
from importmap._tools.why import why

#: What has broken readers: half a character, no character, numbers and names without end, bad addresses.
ODD = [
    *(
        "",
        ".",
        "..",
        "/",
        "\0",
        "a\0b",
        "\ud800",
        "\udcff",
        "\n",
        "\r",
        "\u2028",
        "\x1b[2J",
        "a" * 300,
        "a/" * 2000,
    ),
    *(
        "x-y://[",
        "http://[",
        "http://a:b:c",
        "file://[::1",
        "//[",
        "%00",
        "%ff",
        "%",
        "data:,",
        "file:///%00",
    ),
    *("9" * 5000, "1." * 3000, f"1.0.dev{'9' * 5000}", f"=={'9' * 5000}", "1e999", "NaN", "0" * 5000),
    *("demo/a.js", "demo", "#x", "*", "../../x.js", "~", "C:\\x", "\\\\host\\x", "CON", "é", "importmap"),
]
texts = (
    st.sampled_from(ODD)
    | st.text(max_size=6)
    | st.text(st.characters(categories=["Cc", "Cf", "Cs"]), max_size=3)
)
scalars = (
    st.none() | st.booleans() | texts | st.sampled_from([0, -1, 2**63, 2**64, 10**4000, 1.5, float("inf")])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def damaged(draw: st.DrawFn, document: Any) -> Any:
    """A document in which a few members are others."""
    whole: Any = {"": json.loads(json.dumps(document))}
    for _ in range(draw(st.integers(0, 3))):
        parent: Any = whole
        key: Any = ""
        while isinstance(parent[key], (dict, list)) and parent[key] and draw(st.integers(0, 4)):
            parent = parent[key]
            key = draw(st.sampled_from(sorted(parent) if isinstance(parent, dict) else range(len(parent))))
        if draw(st.booleans()) or not isinstance(parent, dict) or parent is whole:
            parent[key] = draw(values)
        else:
            parent[draw(texts)] = parent.pop(key)
    return whole[""]


@st.composite
def spoilt(draw: st.DrawFn, text: bytes, pieces: list[bytes]) -> bytes:
    """A file in which a few bytes are others."""
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        text = (
            text[:start]
            + draw(st.sampled_from(pieces) | st.binary(max_size=3))
            + text[start + draw(st.integers(0, 4)) :]
        )
    return text


DEEP = [
    b"[" * 20_000,
    b'{"a":' * 20_000,
    b"a." * 20_000 + b"a=1",
    b"9" * 5000,
    b"1e999",
    b"\\ud800",
    b"\xff",
    b"\0",
]


def json_of(document: Any) -> st.SearchStrategy[bytes]:
    pieces = [*DEEP, b'"', b"{", b"}", b"[", b"]", b",", b":", b"1"]
    whole = json.dumps(document).encode()
    return damaged(document).map(lambda made: json.dumps(made).encode()) | spoilt(whole, pieces)


def attempt(seen: Counter[str], deed: Callable[[], object]) -> None:
    """Do something that may end in an `ImportMapError`, whose text can be printed anywhere."""
    try:
        deed()
    except ImportMapError as error:
        seen[type(error).__name__] += 1
        text = str(error)
    else:
        seen["fine"] += 1
        text = ""
    assert text.replace("\n", "").isprintable()


PACKAGE: Any = manifest(
    "demo",
    {
        "a": {"path": "demo/a.js", "contexts": ["default", "admin"]},
        "cdn": {"url": "https://cdn.example/x.js", "integrity": f"sha384-{'a' * 64}", "contexts": ["admin"]},
        "in/": "demo/in/",
    },
    private={"#x": {"path": "demo/x.js"}},
    vendored={
        "lit": {"path": "demo/in/lit.js", "version": "3.2"},
        "lit/": {"path": "demo/in/", "version": "3"},
    },
    requires={"other": ">=1", "lit": "*"},
    ignore=["react"],
    modules={
        "demo/a.js": {
            "size": 1,
            "imports": ["./x.js", "lit", "#x", "demo/cdn", "other"],
            "dynamic": ["react"],
        },
        "demo/x.js": {"assets": ["./x.css"]},
        "demo/in/lit.js": {"imports": ["../a.js"]},
    },
)
OTHER: Any = manifest("other", vendored={"lit": {"path": "other/editor.js", "version": "4"}})


def use(settings: Settings, seen: Counter[str]) -> None:
    """Ask a site for everything."""
    site = Site(settings)
    seen.update(package.distribution for package in site.packages)
    contexts = site.contexts or ("default",)
    for problem in site.diagnostics:
        assert str(problem).replace("\n", "").isprintable()
    site.load(contexts, None)[0].render()
    Gathered(site.shipped(contexts))
    site.has_changed()
    check_site(settings)
    why(settings, "lit")


def with_version(version: str) -> Any:
    """The manifest with a copy of another version."""
    return {**PACKAGE, "vendored": {"lit": {"path": "demo/in/lit.js", "version": version}}}


def test_installed_manifests(site: SiteFolder) -> None:
    seen: Counter[str] = Counter()
    site.install("other", vendored=OTHER["vendored"])
    site.add(
        {
            "demo": {
                "__init__.py": "",
                "static": {"demo": {"a.js": "1", "x.js": "//# sourceMappingURL=x-y://["}},
            }
        }
    )
    folder = site.install("demo")

    @given(json_of(PACKAGE), st.booleans(), st.booleans())
    @example(json.dumps(with_version("9" * 5000)).encode(), False, True)
    @example(json.dumps({**PACKAGE, "version": "9" * 5000}).encode(), True, False)
    @example(json.dumps({**PACKAGE, "requires": {"lit": f">={'9' * 5000}"}}).encode(), True, False)
    def law(raw: bytes, is_beside: bool, isolate: bool) -> None:
        write(site.path / "demo", {"importmap.json": raw})
        hook = folder / "extra_metadata" / "importmap.json"
        hook.unlink(missing_ok=True)
        if not is_beside:
            hook.write_bytes(raw)
        attempt(seen, lambda: use(Settings(isolate=isolate, shared=["lit"]), seen))

    law()
    check_seen(seen, "fine", "demo")


POINTS = b"[importmap]\ndemo = demo\n"


def test_entry_points(site: SiteFolder) -> None:
    seen: Counter[str] = Counter()
    site.add({"demo": {"__init__.py": ""}})
    folder = site.install("demo")
    (folder / "extra_metadata" / "importmap.json").rename(folder.parent / "demo" / "importmap.json")
    pieces = [
        *DEEP,
        b"[",
        b"]",
        b"=",
        b":",
        b"\n",
        b"a" * 300,
        b"a." * 300,
        b" [x]",
        b"demo:x",
        b"..",
        b"/",
        b"\r",
    ]

    @given(spoilt(POINTS, pieces))
    @example(b"[importmap]\ndemo = " + b"a." * 3000 + b"a\n")
    @example(b"[importmap]\ndemo = \xf0\x9d\x96\x98\n")
    def law(raw: bytes) -> None:
        (folder / "entry_points.txt").write_bytes(raw)
        attempt(seen, lambda: use(Settings(), seen))

    law()
    check_seen(seen, "fine", "demo")


def test_editable_installs(site: SiteFolder, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    project = write(tmp_path / "project", {"pyproject.toml": '[project]\nname = "demo"\n', "a.js": "1"})
    folder = site.install("demo")
    document = {
        **PACKAGE,
        "project": str(project),
        "files": {"demo/a.js": str(project / "a.js")},
        "pyproject": "",
        "watch": {str(project / "a.js"): [1, 1], str(project / "pyproject.toml"): [1, 1]},
        "build": {"artifacts": ["*"]},
    }
    document["modules"] = {path: {**module, "imports": []} for path, module in PACKAGE["modules"].items()}
    direct = {"url": project.as_uri(), "dir_info": {"editable": True}}
    toml = b'[project]\nname = "demo"\nversion = "1.0"\n[project.entry-points.importmap]\ndemo="demo"\n'

    @given(
        json_of(document),
        json_of(direct) | st.just(json.dumps(direct).encode()),
        toml_of(toml) | st.just(toml),
    )
    @example(json.dumps(document).encode(), json.dumps(direct).encode(), toml)
    @example(json.dumps(document).encode(), json.dumps({**direct, "url": "file:///\ud800"}).encode(), toml)
    @example(json.dumps(document).encode(), json.dumps({**direct, "url": "file://[::1/x"}).encode(), toml)
    @example(json.dumps(document).encode(), json.dumps({**direct, "url": "file:///x%00"}).encode(), toml)
    def law(raw: bytes, url: bytes, pyproject: bytes) -> None:
        (folder / "extra_metadata" / "importmap.json").write_bytes(raw)
        (folder / "direct_url.json").write_bytes(url)
        (project / "pyproject.toml").write_bytes(pyproject)
        distrust_project(str(project / "pyproject.toml"), "demo")
        attempt(seen, lambda: use(Settings(live=True), seen))

    law()
    check_seen(seen, "fine", "demo")


def toml_of(text: bytes) -> st.SearchStrategy[bytes]:
    pieces = [
        *DEEP,
        *(
            b'"',
            b"'",
            b"[",
            b"]",
            b"=",
            b"{",
            b"}",
            b"\n",
            b",",
            b"1",
            b"true",
            b"1979-05-27",
            b"inf",
            b"#",
            b"\r",
        ),
        *(
            b'"\\u0000"',
            b'"\\u202e"',
            b'"x-y://["',
            b'"../.."',
            b'"*"',
            b'"a/*/*"',
            b'""',
            b"[1]",
            b"{a=1}",
            b"0x",
        ),
        *(b'"' + b"9" * 5000 + b'"', b'">=' + b"9" * 5000 + b'"', b'"' + b"a/" * 2000 + b'a"'),
        *(
            b"[tool.hatch]\nbuild=1\n",
            b"[tool.hatch.build]\ninclude=[1]\n",
            b"[tool.hatch.build.targets]\nwheel=1\n",
        ),
    ]
    return spoilt(text, pieces)


TABLES = b"""
[project]
name = "demo"
version = "1.0"
dependencies = ["other"]
[project.entry-points.importmap]
demo = "demo"
[tool.importmap]
contexts = ["default"]
static = ["demo/static"]
ignore = ["react"]
[tool.importmap.imports]
a = "demo/a.js"
"*" = { path = "demo/*.js", contexts = ["admin"] }
"in/" = "demo/in/"
"#x" = "demo/x.js"
cdn = { url = "https://cdn.example/x.js", integrity = "sha256-DIGEST" }
[tool.importmap.vendored]
lit = { path = "demo/in/lit.js", version = "3.2" }
[tool.importmap.requires]
other = ">=1"
""".replace(b"DIGEST", b"a" * 43 + b"=")
CODE = 'import "./x.js"; import("react"); new URL("./x.css", import.meta.url)'


@pytest.mark.parametrize("backend", ["hatchling.build", "setuptools.build_meta", ""])
def test_projects(backend: str, tmp_path: Path) -> None:
    """Libraries of two kinds, and applications; with a file that is no text's name."""
    seen: Counter[str] = Counter()
    static: Files = {"demo": {"a.js": CODE, "x.js": "", "x.css": "", "in": {"lit.js": ""}}}
    write(tmp_path, {"demo": {"__init__.py": "", "static": static}})
    odd = os.fsdecode(os.fsencode(tmp_path / "demo" / "static" / "demo") + b"/\xff.js")
    tables = TABLES.replace(b"[tool.importmap]\n", b'[tool.importmap]\nnamespace = "demo"\n')
    if backend:
        tables = f'[build-system]\nbuild-backend = "{backend}"\nrequires = []\n'.encode() + TABLES

    @given(toml_of(tables), st.booleans())
    @example(tables, False)
    @example(tables, True)
    def law(raw: bytes, is_odd: bool) -> None:
        (tmp_path / "pyproject.toml").write_bytes(raw)
        with suppress(OSError):  # a file system may want names that are text
            Path(odd).unlink(missing_ok=True)
            if is_odd:
                Path(odd).touch()
        attempt(seen, lambda: encode(read_project(tmp_path)[0]))
        attempt(seen, lambda: Registry(project=tmp_path / "pyproject.toml").load())

    law()
    check_seen(seen, "fine", "DeclarationError")


def test_built_projects(site: SiteFolder, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    site.install("other")
    document = {key: value for key, value in PACKAGE.items() if key != "package"}
    write(tmp_path / "app" / "static" / "demo", {"a.js": "1", "x.js": "//# sourceMappingURL=%00x"})
    path = tmp_path / "app" / "importmap.json"

    @given(json_of({**document, "roots": ["static"]}))
    @example(json.dumps({**document, "watch": {"\0": [0, 0]}}).encode())
    @example(json.dumps({**document, "project": "\0", "files": {"demo/a.js": "\0"}}).encode())
    def law(raw: bytes) -> None:
        path.write_bytes(raw)
        attempt(seen, lambda: use(Settings(project=path), seen))

    law()
    check_seen(seen, "fine", "ManifestError", "demo")


def test_source_maps(site: SiteFolder) -> None:
    """A module's comments name files, and nothing else."""
    seen: Counter[str] = Counter()
    site.install("demo", {"a": "demo/a.js"}, modules={"demo/a.js": {}})
    folder = site.path / "demo" / "static" / "demo"
    write(site.path, {"demo": {"__init__.py": ""}})
    write(folder, {"a.js.map": "{}"})

    @given(st.lists(st.sampled_from([*ODD, "a.js.map", "?", "#", "/"]), max_size=4).map("".join))
    @example("x-y://[")
    def law(url: str) -> None:
        content = f"//# sourceMappingURL={url}\n".encode("utf-8", "surrogatepass")
        (folder / "a.js").write_bytes(content)
        attempt(seen, lambda: use(Settings(), seen))

    law()
    assert set(seen) == {"demo", "fine"}


@pytest.fixture
def lock(site: SiteFolder, tmp_path: Path) -> Path:
    """A good lock."""
    parts = ("imports", "modules", "private", "vendored", "requires")
    site.install("demo", **{key: PACKAGE[key] for key in parts})
    made = Site(Settings())
    path = tmp_path / "importmap.lock"
    path.write_bytes(write_lock(make_lock(made.packages, made.contexts, "", str(tmp_path))[0]))
    return path


def locks_of(good: bytes) -> st.SearchStrategy[bytes]:
    pieces = [*DEEP, b'"', b"{", b"}", b",", b":", b'"path":"\\u0000"', b'"x":1,', b"..", b"%2e", b"\n"]
    return spoilt(good, [*pieces, b"javascript:"])


def test_locks(lock: Path) -> None:
    seen: Counter[str] = Counter()

    @given(locks_of(lock.read_bytes()))
    def law(raw: bytes) -> None:
        lock.write_bytes(raw)
        attempt(seen, lambda: use(Settings(lock=lock), seen))

    law()
    check_seen(seen, "fine", "ManifestError", "demo")


def test_locks_with_forged_checksums(lock: Path) -> None:
    """Whoever edits a lock can also write the checksum that belongs to the edit."""
    seen: Counter[str] = Counter()
    good = lock.read_bytes()

    @given(locks_of(good))
    @example(good.replace(b'"path":"demo/in/"', b'"x":""'))
    @example(good.replace(b'"demo/a.js":{', b'"demo/a.js":1,"x":{'))
    @example(good.replace(b'"roots":["demo/static"]', b'"roots":["../.."]'))
    def law(raw: bytes) -> None:
        lock.write_bytes(forged(raw))
        attempt(seen, lambda: use(Settings(lock=lock), seen))

    law()
    check_seen(seen, "fine", "ManifestError", "demo")


def forged(raw: bytes) -> bytes:
    """The lock with the checksum of each package as it is now."""
    marker = b',\n "crc32":"'
    pieces = raw.split(b"\n,\n")
    for number, piece in enumerate(pieces):
        body, found, rest = piece.partition(marker)
        if found:
            pieces[number] = body + marker + f"{crc32(body):08x}".encode() + rest[8:]
    return b"\n,\n".join(pieces)
