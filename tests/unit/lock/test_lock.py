"""Locks: the file, the command that writes it, and the site that loads it."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from click.testing import CliRunner, Result
from support.import_time import HEAVY, loaded
from support.shipping import ship, static
from support.site_folder import SiteFolder, digest, manifest, package, whole, write

import importmap
from importmap import ImportMapError, ManifestError, Package, Registry
from importmap._cli.app import cli
from importmap._lock.document import Answers, Lock
from importmap._lock.read import mismatches, read_lock
from importmap._lock.write import encode, lock

LOCK = """\
[
{"lock":1,"note":"Written by `importmap lock`. After a merge conflict run it again."}
,
{"name":"demo",
 "version":"1.0",
 "namespace":"demo",
 "package":"demo",
 "place":"demo-1.0.dist-info/extra_metadata/importmap.json",
 "roots":["demo/static"],
 "computed":[],
 "imports":{
  "demo/editor":{"contexts":["admin"],"path":"demo/editor.js"}
 },
 "private":{
  "#dom":{"path":"demo/dom.js"}
 },
 "modules":{
  "demo/editor.js":{"imports":["#dom"],"sha384":"EDITOR","size":15},
  "demo/dom.js":{"sha384":"DOM","size":3}
 },
 "crc32":"CRC"
}
]
"""


@pytest.fixture(autouse=True)
def demo(site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteFolder:
    """One package, and a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    files = {"demo/editor.js": 'import "#dom";\n', "demo/dom.js": "dom"}
    ship(
        site,
        "demo",
        files,
        {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}},
        edges={"demo/editor.js": {"imports": ["#dom"]}},
        private={"#dom": {"path": "demo/dom.js"}},
    )
    return site


def run(*args: str | Path, **obj: Any) -> Result:
    result = CliRunner().invoke(cli, list(map(str, args)), prog_name="importmap", obj=obj)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def output(*args: str | Path, **obj: Any) -> str:
    """What is printed by a command that has nothing to complain about."""
    result = run(*args, **obj)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def refused(text: str | bytes) -> list[str]:
    """What a reader says of a lock: its messages, without the hint that all of them have."""
    Path("importmap.lock").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ManifestError) as caught:
        read_lock("importmap.lock")
    assert {found.code for found in caught.value.diagnostics} == {"IM231"}
    hint = "\n    importmap lock"
    assert all(str(found).endswith(hint) for found in caught.value.diagnostics)
    return [str(found).removesuffix(hint) for found in caught.value.diagnostics]


def expected() -> str:
    text = LOCK.replace("EDITOR", digest('import "#dom";\n')).replace("DOM", digest("dom"))
    package = text.partition("\n,\n")[2].partition(',\n "crc32"')[0]
    return text.replace("CRC", f"{crc32(package.encode()):08x}")


# Writing


def test_text() -> None:
    assert output("lock") == "importmap.lock: 1 package.\n"
    assert Path("importmap.lock").read_text() == expected()
    # It is JSON, for whoever else wants to read it.
    assert [item.get("name") for item in json.loads(expected())] == [None, "demo"]


def test_output(demo: SiteFolder, tmp_path: Path) -> None:
    demo.install("kit")
    assert output("lock", "-o", "other.lock") == "other.lock: 2 packages.\n"
    assert not Path("importmap.lock").exists()
    # A framework has configured one; it is not what is locked.
    Path("configured.lock").write_text("damaged")
    assert output("lock", lock=tmp_path / "configured.lock") == f"{tmp_path}/configured.lock: 2 packages.\n"
    assert output("lock", "-o", "other.lock", lock="configured.lock") == "other.lock: 2 packages.\n"


def test_what_a_site_leaves_out(demo: SiteFolder) -> None:
    """It is not locked; and the site that loads the lock has nothing to say about it."""
    demo.install("kit")
    demo.install("fork", namespace="demo")
    result = run("lock")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("demo and fork: both claim the namespace 'demo'.\n")
    assert output("lock", disable=["fork", "kit"]) == "importmap.lock: 1 package.\n"
    assert Registry(lock="importmap.lock", disable=["fork", "kit"]).diagnostics(["admin"]) == ()
    assert Registry(lock="importmap.lock", disable=["demo"]).packages == ()
    [found] = Registry(lock="importmap.lock", enable=["kit"], contexts={"admin": {}}).diagnostics(["admin"])[
        :1
    ]
    assert str(found) == "demo: is installed, but the site does not enable it: its modules are in no map."


def test_errors(demo: SiteFolder) -> None:
    """What has an error is left out of maps, so it would be missing in the lock."""
    demo.install("old")
    demo.add({"old-1.0.dist-info": {"extra_metadata": {"importmap.json": "{"}}})
    result = run("lock")
    assert (result.exit_code, result.stdout) == (1, "importmap.lock: nothing is written.\n")
    assert result.stderr.startswith("error IM104: old: ")
    assert not Path("importmap.lock").exists()
    assert run("lock", "--check").stdout == ""


def test_a_folder_that_is_not_there() -> None:
    result = run("lock", "-o", "missing/importmap.lock")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: Could not open file 'missing/importmap.lock': No such file or directory\n"


def test_a_manifest_without_a_version(demo: SiteFolder) -> None:
    """The version is that of the metadata, and the lock has it; where nobody knows it, it has none."""
    bare = manifest("bare")
    del bare["version"]
    write(demo.path / "bare", {"__init__.py": "", "importmap.json": json.dumps(bare)})
    demo.add({"bare-3.0.dist-info": {"entry_points.txt": "[importmap]\nbare = bare\n"}})
    output("lock")
    text = Path("importmap.lock").read_text()
    assert ' "version":"3.0",\n' in text
    # The file beside the package: without the folder of this machine.
    assert ' "place":"bare/importmap.json",\n' in text
    assert str(demo.path) not in text
    one, other = Registry().packages[0], Registry(lock="importmap.lock").packages[0]
    assert (one.version, one.namespace, one.import_package) == ("3.0", "bare", "bare")
    assert (other.version, other.namespace, other.import_package) == ("3.0", "bare", "bare")
    unknown = Package(
        distribution="bare", version="", namespace="bare", manifest=one.manifest, place="x.json"
    )
    assert b"version" not in encode(lock([unknown], (), "", "/")[0])


def test_places() -> None:
    """No absolute path is in a lock."""

    def place(text: str, folder: str) -> str:
        found = Package(**{**fields(package("demo")), "place": text})
        return lock([found], (), "", folder)[0].packages[0].place

    assert place("demo.maps:imports", "/home/me") == "demo.maps:imports"
    assert place("/home/me/shop/pyproject.toml", "/home/me") == "shop/pyproject.toml"
    assert place("/elsewhere/pyproject.toml", "/home/me") == "pyproject.toml"
    assert place("../elsewhere/pyproject.toml", str(Path.cwd().parent)) == "elsewhere/pyproject.toml"
    assert place("../elsewhere/pyproject.toml", "/nowhere") == "pyproject.toml"


def fields(found: Package) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__slots__}


def test_a_manifest_that_speaks_of_locks(demo: SiteFolder) -> None:
    """What a lock says beside manifests, no package says of itself."""
    demo.install("eve", application=True, answers={"admin": {"a": "eve/a.js"}}, place="/etc", crc32="0")
    output("lock")
    text = Path("importmap.lock").read_text()
    assert "answers" not in text
    assert "application" not in text
    lock = read_lock("importmap.lock")
    assert lock.application is None
    assert [found.place.partition("/")[0] for found in lock.packages] == [
        "demo-1.0.dist-info",
        "eve-1.0.dist-info",
    ]


# What a package may be


def test_a_source_tree(demo: SiteFolder, tmp_path: Path) -> None:
    """Its files have no digests until it is locked; and the lock has nothing of the machine."""
    project = write(
        tmp_path / "app",
        {
            "pyproject.toml": '[project]\nname = "shop"\nversion = "2.0"\n'
            '[tool.importmap.imports]\n"*" = "shop/*.js"\n',
            "static": {"shop": {"cart.js": "cart", "tax.js": "tax"}},
        },
    )
    project_file = project / "pyproject.toml"
    plain = Registry(project=project_file)
    import_map = plain.load()
    assert output("lock", "--project", project_file) == "importmap.lock: 2 packages.\n"
    [_, shop] = read_lock("importmap.lock").packages
    assert shop.manifest["modules"] == {
        "shop/cart.js": {"sha384": digest("cart"), "size": 4},
        "shop/tax.js": {"sha384": digest("tax"), "size": 3},
    }
    assert shop.place == "app/pyproject.toml"
    assert str(tmp_path) not in Path("importmap.lock").read_text()
    (project / "static" / "shop" / "cart.js").unlink()
    [_, shop] = lock(plain.packages, (), "", "/")[0].packages
    assert shop.manifest["modules"]["shop/cart.js"] == {"size": 4}
    # The application is in the lock, so its source is not read, nor is it asked whether it is enabled.
    shutil.rmtree(project)
    configurations: list[Any] = [{}, {"project": project_file}, {"enable": ["demo"]}]
    for settings in configurations:
        registry = Registry(lock="importmap.lock", **settings)
        assert registry.load() == import_map
        assert registry.diagnostics() == ()


def test_a_lock_without_the_application(tmp_path: Path) -> None:
    """The application is read as ever; what is installed comes from the lock."""
    output("lock")
    (tmp_path / "shop.json").write_text(json.dumps(manifest("shop")))
    registry = Registry(lock="importmap.lock", project="shop.json")
    assert [found.distribution for found in registry.packages] == ["demo", "shop"]


MAPS = """
answers = {
    "admin": {
        ".": "made/index.js", "a": {"path": "made/a.js", "contexts": ["admin", "shop"]}, "#p": "made/p.js"
    },
    "default": {"a": "made/a.js", "b": {"url": "https://cdn.example/b.js", "integrity": "sha384-DIGEST"}},
}
def ask(contexts):
    return answers.get(contexts[0], {})
""".replace("DIGEST", digest("b"))


def test_a_callable(demo: SiteFolder) -> None:
    """It is asked once, and the lock answers in its place."""
    demo.add({"made-1.0.dist-info": {"entry_points.txt": "[importmap]\nmade = maps:ask\n"}, "maps.py": MAPS})
    result = run("lock")
    assert (result.exit_code, result.stdout) == (0, "importmap.lock: 2 packages.\n")
    assert result.stderr == "info IM233: made: maps:ask: the lock has what this callable answers now.\n"
    plain, locked = Registry(), Registry(lock="importmap.lock")
    for contexts in (["admin"], ["default"], ["admin", "default"]):
        assert locked.load(contexts) == plain.load(contexts)
    assert locked.packages[1].provider == Answers(
        {
            "admin": {
                ".": {"contexts": ["admin"], "path": "made/index.js"},
                "a": {"contexts": ["admin", "shop"], "path": "made/a.js"},
                "#p": "made/p.js",
            },
            "default": {
                "a": {"contexts": ["default"], "path": "made/a.js"},
                "b": {
                    "contexts": ["default"],
                    "url": "https://cdn.example/b.js",
                    "integrity": f"sha384-{digest('b')}",
                },
            },
        }
    )
    # A context that it was not asked about has nothing of it.
    later = Registry(lock="importmap.lock", contexts={"later": {}})
    assert later.load(["later"]).imports == {}


def test_a_callable_that_fails(demo: SiteFolder) -> None:
    demo.add(
        {
            "made-1.0.dist-info": {"entry_points.txt": "[importmap]\nmade = maps:ask\n"},
            "maps.py": "def ask(contexts):\n    return 1\n",
        }
    )
    result = run("lock")
    assert (result.exit_code, result.stdout) == (1, "importmap.lock: nothing is written.\n")
    assert (
        "error IM107: made: maps:ask(['admin']): the entries must be a mapping, not int.\n" in result.stderr
    )


# Loading


def test_load_without_metadata(demo: SiteFolder) -> None:
    """As in an image from which it was removed: nothing but the lock is read."""
    output("lock")
    before = Registry().load(["admin"])
    shutil.rmtree(demo.path)
    registry = Registry(lock="importmap.lock", strict=True)
    assert registry.load(["admin"]) == before
    assert registry.contexts == ("admin", "default")
    importmap.configure(lock="importmap.lock")
    assert importmap.load(["admin"]) == before
    importmap.configure()


def test_a_lock_that_is_written_again(demo: SiteFolder) -> None:
    """While a site is worked on."""
    output("lock")
    live, registry = Registry(lock="importmap.lock", live=True), Registry(lock="importmap.lock")
    for one in (live, registry):
        assert "kit" not in {found.distribution for found in one.packages}
    demo.install("kit")
    output("lock")
    assert "kit/editor" in live.load().imports
    assert "kit/editor" not in registry.load().imports
    registry.reload()
    assert "kit/editor" in registry.load().imports


def test_what_it_imports(demo: SiteFolder, tmp_path: Path) -> None:
    """Not more than a load without a lock."""
    output("lock")
    lock = str(tmp_path / "importmap.lock")
    code = f"import importmap\nassert importmap.Registry(lock={lock!r}).load(['admin']).imports"
    modules = loaded(code)
    assert "importmap._lock.read" in modules
    assert modules & HEAVY == set()


def test_the_files_of_a_locked_package(demo: SiteFolder, tmp_path: Path) -> None:
    """They are found by their import package, without metadata."""
    output("lock")
    shutil.rmtree(demo.path / "demo-1.0.dist-info")
    assert output("collect", "out", lock="importmap.lock") == "out: 3 written, 0 unchanged, 0 removed.\n"
    assert static(demo, "demo").is_dir()


def test_another_version(demo: SiteFolder, caplog: pytest.LogCaptureFixture) -> None:
    output("lock")
    shutil.move(demo.path / "demo-1.0.dist-info", demo.path / "demo-1.1.dist-info")
    registry = Registry(lock="importmap.lock")
    message = "demo: importmap.lock: the lock has 1.0; installed: 1.1.\n    importmap lock"
    with caplog.at_level(logging.INFO, "importmap"):
        registry.load(["admin"])
        registry.load(["default"])
    assert [record.getMessage() for record in caplog.records] == [f"IM232 {message}"]
    assert caplog.records[0].levelname == "WARNING"
    with pytest.raises(ImportMapError) as caught:
        Registry(lock="importmap.lock", strict=True).load(["admin"])
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("folders", "said"),
    [
        (["demo-1.0.dist-info"], None),
        (["Demo-1.0.0.dist-info"], None),
        (["demo-1.0-py3.11.egg-info"], None),
        (["demo-2.0-py3.11.egg-info"], "2.0"),
        (["demo-1.0+local.dist-info"], "1.0+local"),
        (["demo-1.0_local.dist-info"], "1.0+local"),
        (["demo-0.9.dist-info", "demo-1.0.dist-info"], None),
        (["demo-0.9.dist-info", "demo-1.1.dist-info"], "0.9, 1.1"),
        (["Demo-1.1.Dist-Info"], "1.1"),
        (["demo-1.1.dist-info", "Demo-1.1.egg-info"], "1.1"),
        (["demo.egg-info", "demo_extra-2.0.dist-info", "demo-2.0.txt", "~demo-2.0.dist-info"], None),
        (["a\nb-3.dist-info", "demo-1.0.dist-info"], None),
        ([], None),
    ],
)
def test_versions(
    folders: list[str], said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first folder that has a distribution counts, as for imports."""
    write(tmp_path / "first", whole({name: {} for name in folders}))
    write(tmp_path / "second", whole({"kit-9.dist-info": {}}))
    write(tmp_path / "third", whole({"kit-8.dist-info": {}}))
    # These are none.
    write(tmp_path / "first", {"kit-7.dist-info": {"RECORD": ""}, "demo-7.dist-info": {}})
    (tmp_path / "file.zip").write_bytes(b"")
    path = [tmp_path / name for name in ("missing", "file.zip", "first", "second", "third")]
    monkeypatch.setattr("sys.path", list(map(str, path)))
    found = mismatches([package("demo"), package("kit", version="9"), package("none")], "importmap.lock")
    messages = [] if said is None else [f"demo: importmap.lock: the lock has 1.0; installed: {said}."]
    assert [str(one).partition("\n")[0] for one in found] == messages


# What is refused


@pytest.mark.parametrize("lock", [1, True, b"importmap.lock", ["importmap.lock"]])
def test_settings(lock: Any) -> None:
    with pytest.raises(ValueError, match="^lock must be the path of a file, not ") as caught:
        Registry(lock=lock)
    assert str(caught.value).endswith(repr(lock))


def test_missing() -> None:
    with pytest.raises(ManifestError) as caught:
        Registry(lock="importmap.lock").load()
    message = "importmap.lock: cannot be read: No such file or directory.\n    importmap lock"
    assert str(caught.value) == message
    result = run("lock", "--check")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{message}\n")


def test_newer() -> None:
    Path("importmap.lock").write_text(expected().replace('"lock":1', '"lock":2'))
    with pytest.raises(ManifestError) as caught:
        read_lock("importmap.lock")
    assert str(caught.value) == (
        "importmap.lock: has format 2; this release reads format 1.\n"
        "    python -m pip install --upgrade hatch-importmap"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "[1]",
        '[{"lock":true}]',
        '[{"lock":0}]',
        '[{"lock":"1"}]',
        '# This file is @generated by a tool.\n[[package]]\nname = "demo"\n',
        '{"imports": {}}',
    ],
)
def test_alien(text: str) -> None:
    assert refused(text) == ["importmap.lock: was not written by `importmap lock`."]


def test_damaged() -> None:
    text = expected()
    assert refused(text.encode().replace(b"demo/dom.js", b"demo/\xff.js")) == [
        "importmap.lock: is not UTF-8."
    ]
    assert refused(text.replace(' "package":"demo",\n', ' "package":,\n')) == [
        "importmap.lock:7: is not JSON: Expecting value."
    ]
    assert refused(text + "more") == ["importmap.lock:24: is not JSON: Extra data."]
    assert refused(text.replace('"size":3', '"size":NaN')) == [
        "importmap.lock: is not JSON: NaN is not a JSON number."
    ]
    assert refused(text.replace('"size":3', '"size":3,"size":4')) == [
        "importmap.lock: is not JSON: the key 'size' stands twice in one object."
    ]
    assert refused(text.replace("#dom", "\\ud800")) == ["importmap.lock: holds a lone surrogate."]
    assert refused(text.replace('"size":3', f'"size":{"[" * 100_000}')) == [
        "importmap.lock: is nested too deeply."
    ]


def test_a_part_of_a_lock() -> None:
    """However much is missing at its end: never half of the packages."""
    text = expected()
    assert refused(text[: len(text) // 2]) == ["importmap.lock:12: is cut off."]
    assert refused(text.removesuffix("]\n")) == ["importmap.lock:23: is cut off."]
    for end in range(len(text) - 2):
        refused(text[:end])


def test_wrong_values() -> None:
    text = expected()
    path = "a path has no empty, '.' or '..' segment, no white space or control character, "
    path += 'and none of % \\ ? # [ ] < > " { } | ^ `'
    assert refused(text.replace('"size":3', '"size":"3"')) == [
        'demo: importmap.lock: modules."demo/dom.js".size: must be an integer, not a string.'
    ]
    assert refused(text.replace("demo/dom.js", "demo/%2e%2e/dom.js")) == [
        f'demo: importmap.lock: modules."demo/%2e%2e/dom.js": is refused: {path}.',
    ]
    assert refused(text.replace(' "namespace":"demo",\n', "")) == [
        "demo: importmap.lock: namespace: is missing.",
        "demo: importmap.lock: imports.\"demo/editor\": is not a specifier of the namespace ''.",
    ]
    assert refused(text.replace('"name":"demo"', '"name":1')) == [
        "importmap.lock: package 1: name: must be a string, not an integer."
    ]
    assert refused(
        text.replace('"place":"demo-1.0.dist-info/extra_metadata/importmap.json"', '"application":1')
    ) == [
        "demo: importmap.lock: place: is missing.",
        "demo: importmap.lock: application: must be a boolean, not an integer.",
    ]
    assert refused(
        text.replace('"roots"', '"answers":{"a b":{},"c":1},"place":1,"files":{},"roots"').replace(
            '"place":"d', '"x":"d'
        )
    ) == [
        "demo: importmap.lock: place: must be a string, not an integer.",
        "demo: importmap.lock: files: a lock has no source tree.",
        (
            'demo: importmap.lock: answers."a b": is refused: a context is letters, digits, '
            "'.', '_' and '-', and begins with a letter or digit."
        ),
        "demo: importmap.lock: answers.c: must be a table, not an integer.",
    ]
    assert refused(text.removesuffix("]\n") + ",\n1\n]\n") == [
        "importmap.lock: package 2 must be a JSON object."
    ]


def test_two_packages_that_are_one() -> None:
    head, part = expected().removesuffix("\n]\n").split("\n,\n")
    assert refused(f"{head}\n,\n{part}\n,\n{part}\n]") == ["importmap.lock: the package 'demo' stands twice."]
    shop = part.replace('"name":"demo"', '"name":"Shop","application":true')
    part = part.replace('"name":"demo"', '"name":"demo","application":true')
    assert refused(f"{head}\n,\n{part}\n,\n{shop}\n]") == [
        "importmap.lock: a site has one application, not 'demo', 'shop'."
    ]


def test_packages_share_no_empty_section() -> None:
    Path("importmap.lock").write_bytes(encode(Lock([package("demo"), package("kit")])))
    first, second = (found.manifest for found in read_lock("importmap.lock").packages)
    assert first["requires"] == second["requires"] == {}
    assert first["requires"] is not second["requires"]
    assert first["ignore"] is not second["ignore"]


def test_odd_packages() -> None:
    """Prefixes, other alphabets, members of later formats."""
    full = package("full", {"": {"path": "full/"}}, modules={"full/é.js": {"future": 1}}, future={"x": [1.5]})
    for found in (full, package("kit", version="1!2.0")):
        Path("importmap.lock").write_bytes(encode(Lock([found, package("demo")])))
        assert read_lock("importmap.lock") == Lock([found, package("demo")])


def test_other_line_ends() -> None:
    """As Git may write them."""
    output("lock")
    before = read_lock("importmap.lock")
    Path("importmap.lock").write_bytes(expected().replace("\n", "\r\n").encode())
    assert read_lock("importmap.lock") == before
    assert output("lock", "--check") == "importmap.lock: is up to date.\n"


# Merging


def git(*command: str) -> subprocess.CompletedProcess[str]:
    identity = ["-c", "user.name=Me", "-c", "user.email=me@shop.example", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *command], check=False, capture_output=True, text=True)


def commit(branch: str, site: SiteFolder, **versions: str) -> None:
    """A branch on which some packages have other versions, and other files."""
    git("checkout", "-B", branch, "main")
    for name, version in versions.items():
        shutil.rmtree(site.path / f"{name}-1.0.dist-info")
        path = f"{name}/{branch}.js"
        site.install(name, {"z": path}, version=version)
    output("lock")
    assert git("commit", "-am", branch).returncode == 0
    for name, version in versions.items():
        shutil.rmtree(site.path / f"{name}-{version}.dist-info")
        site.install(name)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_merges(demo: SiteFolder) -> None:
    """Two branches that each change another package can be merged, neighbours too; the same one not."""
    for name in ("one", "three", "two"):
        demo.install(name)
    output("lock")
    assert git("init", "-b", "main").returncode == 0
    git("add", "importmap.lock")
    assert git("commit", "-m", "main").returncode == 0
    commit("first", demo, one="2.0", two="2.0")
    commit("second", demo, three="3.0")
    commit("third", demo, three="4.0")
    git("checkout", "main")
    assert git("merge", "first").returncode == 0
    assert git("merge", "-m", "merged", "second").returncode == 0
    found = {one.distribution: one.version for one in read_lock("importmap.lock").packages}
    assert found == {"demo": "1.0", "one": "2.0", "three": "3.0", "two": "2.0"}
    assert git("merge", "third").returncode != 0
    text = Path("importmap.lock").read_text()
    line = text[: text.index("<<<<<<<")].count("\n") + 1
    assert refused(text) == [f"importmap.lock:{line}: has a merge conflict in it."]
    # The way out that the message names.
    assert output("lock") == "importmap.lock: 4 packages.\n"
