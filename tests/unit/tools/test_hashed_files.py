"""HashedFiles: the files of a collected folder as composition asks for them, and bad folders."""

from __future__ import annotations

import json
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.browser import Browser
from support.import_time import HEAVY, loaded
from support.module_server import NO_ICON, serving
from support.projects import snapshot
from support.shipping import sha384, ship, tag
from support.site_folder import SiteFolder
from support.static_server import COUNT, complaints

from importmap import Diagnostic, HashedFiles, ImportMapError, ManifestError, Registry, Static
from importmap._compose.site import Site
from importmap._site.gather import Gathered
from importmap._site.graph import Graph
from importmap._site.reach import Reached
from importmap._site.settings import Settings
from importmap._tools.collect import collect
from importmap._tools.hashed_files import Collection, read_collection

EDITOR = 'import "./dom.js";\nimport("./deep/lazy.js");\n'


@pytest.fixture
def folder(site: SiteFolder, tmp_path: Path) -> Path:
    """A collected folder of one distribution."""
    ship(
        site,
        "demo",
        {"demo/editor.js": EDITOR, "demo/dom.js": "1", "demo/deep/lazy.js": 'import "../dom.js";'},
        {"editor": "demo/editor.js"},
        edges={
            "demo/editor.js": {
                "imports": ["./dom.js"],
                "dynamic": ["./deep/lazy.js"],
                "assets": ["./icon.svg"],
            },
            "demo/deep/lazy.js": {"imports": ["../dom.js"]},
        },
        assets={"demo/icon.svg": "<svg/>"},
    )
    checked = Settings()
    graph = Graph(Site(checked).packages, checked)
    collect(tmp_path / "out", Gathered(Reached(graph, ["default"])).files)
    return tmp_path / "out"


def test_answers(folder: Path) -> None:
    static: Static = HashedFiles(folder, "https://cdn.example/s")
    name = f"demo/editor.{tag(EDITOR)}.js"
    assert static.url("demo/editor.js") == f"https://cdn.example/s/{name}"
    assert static.integrity("demo/editor.js") == f"sha384-{sha384(EDITOR)}"
    assert static.read("demo/editor.js") == EDITOR.encode()
    assert static.url("demo/icon.svg") == "https://cdn.example/s/demo/icon.svg"
    (folder / name).unlink()
    assert static.read("demo/editor.js") is None


@pytest.mark.parametrize("method", ["url", "integrity", "read"])
def test_what_was_not_collected(method: str, folder: Path) -> None:
    with pytest.raises(LookupError) as caught:
        getattr(HashedFiles(folder, "/s/"), method)("demo/other.js")
    assert str(caught.value) == f"not collected into {folder}"


def test_composition(folder: Path) -> None:
    """Relative imports of all depths get URL keys; assets need none."""
    editor, dom, lazy = (
        f"/s/demo/{stem}.{tag(content)}.js"
        for stem, content in [("editor", EDITOR), ("dom", "1"), ("deep/lazy", 'import "../dom.js";')]
    )
    registry = Registry(static=HashedFiles(folder, "/s/"), strict=True)
    assert dict(registry.load().imports) == {
        "demo/editor": editor,
        "/s/demo/editor.js": editor,
        "/s/demo/dom.js": dom,
        "/s/demo/deep/lazy.js": lazy,
    }


def test_a_package_that_was_installed_later(site: SiteFolder, folder: Path) -> None:
    """Its entries are left out, and the reason is said."""
    site.install("later")
    registry = Registry(static=HashedFiles(folder, "/s/"))
    assert "later/editor" not in registry.load().imports
    assert registry.diagnostics() == (
        Diagnostic(
            "IM205",
            "warning",
            f"the file 'later/editor.js' cannot be served (not collected into {folder}); "
            "its entries are left out.",
            distribution="later",
            place="later/editor.js",
        ),
    )


def test_it_is_a_value(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    static = HashedFiles("out", "/s")
    assert (static.folder, static.base_url) == (str(folder), "/s/")
    url = static.url("demo/editor.js")
    for other in (HashedFiles(folder, "/s/"), pickle.loads(pickle.dumps(static))):
        assert other == static
        assert hash(other) == hash(static)
        assert repr(other) == f"HashedFiles(base_url='/s/', folder={str(folder)!r})"
        monkeypatch.chdir("/")
        assert other.url("demo/editor.js") == url
    assert HashedFiles(folder, "/t/") != static
    with pytest.raises(AttributeError):
        static.base_url = "/t/"


def test_it_is_read_once(folder: Path) -> None:
    static = HashedFiles(folder, "/s/")
    url = static.url("demo/dom.js")
    (folder / "importmap.json").unlink()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(static.url, ["demo/dom.js"] * 100)) == {url}


def test_what_is_served_raw_is_encoded(tmp_path: Path) -> None:
    collection = Collection({"démo/a.js": ("démo/a.1.js", "A" * 64)})
    (tmp_path / "importmap.json").write_bytes(collection.encode())
    assert HashedFiles(tmp_path, "/s/").url("démo/a.js") == "/s/d%C3%A9mo/a.1.js"


def test_base_that_is_relative(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^the static URL 's/' must begin with '/', 'https://' or '//': "):
        HashedFiles(tmp_path, "s")


def test_integrity(folder: Path) -> None:
    """As recorded: what is collected is what is served."""
    registry = Registry(static=HashedFiles(folder, "/s/"), integrity=True, strict=True)
    assert dict(registry.load().integrity) == {
        f"/s/demo/{stem}.{tag(content)}.js": f"sha384-{sha384(content)}"
        for stem, content in [("editor", EDITOR), ("dom", "1"), ("deep/lazy", 'import "../dom.js";')]
    }


def test_what_it_loads(folder: Path) -> None:
    """Nothing before it is asked for, and then nothing heavy."""
    assert "importmap._tools.hashed_files" not in loaded("import importmap")
    code = f"import importmap\nimportmap.HashedFiles({str(folder)!r}, '/s/').url('demo/dom.js')"
    modules = loaded(code)
    assert "importmap._tools.hashed_files" in modules
    assert modules & HEAVY == set()


def test_in_a_browser(any_browser: Browser, site: SiteFolder, tmp_path: Path) -> None:
    """Hashed names for all that the map leads to, plain ones for workers and prefixes; integrity of each."""
    files = {
        "demo/app.js": f"""
            import "./ui/row.js"
            {COUNT}
            const worker = new Worker(new URL("./work/worker.js", import.meta.url), {{type: "module"}})
            globalThis.answer = await new Promise((found) => {{ worker.onmessage = (e) => found(e.data) }})
            worker.terminate()
            await import("demo/l/" + "de.js")
        """,
        "demo/ui/row.js": f'import "../core.js"; import "demo/core"; {COUNT}',
        "demo/core.js": COUNT,
        "demo/l/de.js": f'import "../core.js"; {COUNT}',
        "demo/l/fr.js": COUNT,
        "demo/work/worker.js": 'import { answer } from "./task.js"; postMessage(answer)',
        "demo/work/task.js": "export const answer = 42",
    }
    edges = {
        "demo/app.js": {"imports": ["./ui/row.js"], "assets": ["./work/worker.js"]},
        "demo/ui/row.js": {"imports": ["../core.js", "demo/core"]},
        "demo/l/de.js": {"imports": ["../core.js"]},
        "demo/work/worker.js": {"imports": ["./task.js"]},
    }
    ship(site, "demo", files, {".": "demo/app.js", "core": "demo/core.js", "l/": "demo/l/"}, edges=edges)
    out = tmp_path / "out"
    checked = Settings()
    collect(out, Gathered(Site(checked).shipped(["default"])).files)
    import_map = Registry(static=HashedFiles(out, "/s/"), integrity=True).load()
    with serving() as server:
        for name, content in snapshot(out).items():
            server.texts[server.url(f"/s/{name}")] = content.decode()
        server.texts[server.url("/")] = (
            f"<!doctype html><meta charset=utf-8>{NO_ICON}{import_map.render(preload=['demo'])}"
            '<script type="module">import "demo"; globalThis.done = true</script>'
        )
        page = any_browser.open(server.url("/"))
        page.wait_for("globalThis.done")
        assert page.evaluate("globalThis.answer") == 42
        loaded_urls = [
            f"demo/{name}.{tag(files[f'demo/{name}.js'])}.js" for name in ("app", "core", "ui/row")
        ]
        expected = sorted(server.url(f"/s/{name}") for name in [*loaded_urls, "demo/l/de.js"])
        assert sorted(page.evaluate("globalThis.ran")) == expected
        workers = [server.url(f"/s/demo/work/{name}.js") for name in ("worker", "task")]
        assert sorted(server.asked) == sorted([server.url("/"), *expected, *workers])
        assert complaints(page) == []
        page.close()


# Bad folders


def refusal(folder: Path) -> list[str]:
    """Why a folder is refused, each problem once and with the file's name."""
    with pytest.raises(ManifestError) as caught:
        HashedFiles(folder, "/s/").url("demo/a.js")
    assert {found.code for found in caught.value.diagnostics} == {"IM223"}
    index = str(folder / "importmap.json")
    assert all(found.place.startswith(index) for found in caught.value.diagnostics)
    return [str(found).removeprefix(index) for found in caught.value.diagnostics]


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as caught:
        HashedFiles(tmp_path / "none", "/s/").url("demo/a.js")
    assert str(caught.value) == (
        f'{tmp_path}/none: the folder has no importmap.json.\n    importmap collect "{tmp_path}/none"'
    )


def test_an_index_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "importmap.json").mkdir()
    assert refusal(tmp_path) == [": cannot be read: Is a directory."]


GOOD: dict[str, Any] = {
    "collection": 1,
    "files": {"demo/a.js": {"file": "demo/a.1.js", "sha384": "A" * 64}},
    "plain": ["demo/a.js"],
}
PATH_RULE = (
    "a path has no empty, '.' or '..' segment, no white space or control character, "
    'and none of % \\ ? # [ ] < > " { } | ^ `'
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\xff", [": is not UTF-8."]),
        (
            b"{",
            [": is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."],
        ),
        (b"[" * 100_000, [": is nested too deeply."]),
        (b'{"collection": NaN}', [": is not JSON: NaN is not a JSON number."]),
        (b'{"a": 1, "a": 1}', [": is not JSON: the key 'a' stands twice in one object."]),
        (b"[]", [": was not written by `importmap collect`."]),
        (b'{"imports": {}}', [": was not written by `importmap collect`."]),
        (b'{"manifest": 1}', [": was not written by `importmap collect`."]),
        (
            b'{"collection": 2}',
            [
                (
                    ": has format 2; this release reads format 1.\n"
                    "    python -m pip install --upgrade hatch-importmap"
                )
            ],
        ),
        (b'{"collection": 0, "files": {}}', [": collection: must be 1."]),
        (b'{"collection": true, "files": {}}', [": collection: must be an integer, not a boolean."]),
        (b'{"collection": 1}', [": files: is missing."]),
        (b'{"collection": 1, "files": []}', [": files: must be a table, not an array."]),
        (b'{"collection": 1, "files": {"a.js": 1}}', [': files."a.js": must be a table, not an integer.']),
        (
            b'{"collection": 1, "files": {"../a.js": {"file": "/etc/passwd", "sha384": 1}}, "plain": ["b"]}',
            [
                ': files."../a.js".sha384: must be a string, not an integer.',
                f': files."../a.js": is refused: {PATH_RULE}.',
                f": files.\"../a.js\".file: '/etc/passwd' is refused: {PATH_RULE}.",
                ': files."../a.js".sha384: must be 64 characters of base64.',
                ": plain: 'b' is none of the files.",
            ],
        ),
        (
            b'{"collection": 1, "files": {"a.js": {"file": "importmap.json", "sha384": "%s"}}, "plain": [1]}'
            % (b"A" * 64),
            [
                f": files.\"a.js\".file: 'importmap.json' is refused: {PATH_RULE}.",
                ": plain[0]: must be a string, not an integer.",
            ],
        ),
        (
            b'{"collection": 1, "files": {"a.js": {"file": "a.js", "sha384": "%s", "shipped": "A"}}}'
            % (b"A" * 64),
            [': files."a.js".shipped: must be 64 characters of base64.'],
        ),
        (json.dumps({**GOOD, "files": {"\ud800": {}}}).encode(), [": holds a lone surrogate."]),
    ],
)
def test_refused(raw: bytes, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "importmap.json").write_bytes(raw)
    assert refusal(tmp_path) == expected


def test_keys_of_the_future(tmp_path: Path) -> None:
    row = {**GOOD["files"]["demo/a.js"], "sha512": 1}
    document = {**GOOD, "files": {"demo/a.js": row}, "made": [None]}
    (tmp_path / "importmap.json").write_text(json.dumps(document))
    assert HashedFiles(tmp_path, "/s/").url("demo/a.js") == "/s/demo/a.1.js"


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["demo/a.js", "../x", "/x", "a\\b", "importmap.json", "A" * 64, "C:/x", "x\0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["collection", "files", "plain", "file", "sha384", "demo/a.js", "../x"]), inner
        )
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {"collection": st.just(1) | VALUES},
        optional={
            "files": st.dictionaries(
                st.text(max_size=5) | st.sampled_from(["demo/a.js", "../x"]),
                st.fixed_dictionaries({}, optional={"file": VALUES, "sha384": VALUES}) | VALUES,
                max_size=2,
            ),
            "plain": VALUES,
        },
    )
    | VALUES
)
def test_whatever_is_in_the_file(fuzzed: Path, document: object) -> None:
    """A collection whose paths stay below the folder, or an error of ours."""
    (fuzzed / "importmap.json").write_text(json.dumps(document), encoding="utf-8")
    _check(fuzzed)


@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,1eE-."\\uacoletinfs', max_size=60).map(str.encode))
def test_whatever_the_bytes_are(fuzzed: Path, raw: bytes) -> None:
    (fuzzed / "importmap.json").write_bytes(raw)
    _check(fuzzed)


def _check(folder: Path) -> None:
    try:
        collection = read_collection(str(folder))
    except ImportMapError as error:
        str(error).encode()
        return
    assert collection is not None
    for name in collection.names():
        assert os.path.normpath(folder / name).startswith(f"{folder}{os.sep}")
    assert read_collection(str(folder)) == collection
