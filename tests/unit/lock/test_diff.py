"""What has changed between two locks, or since a lock was written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from support.generated_packages import packages
from support.site_folder import FULL, SiteFolder, digest, package

from importmap import Package
from importmap._cli.app import cli
from importmap._lock.diff import differences, sentences
from importmap._lock.document import Answers, Lock
from importmap._lock.write import encode

INTEGRITY = f"integrity sha384-{digest('x')}"
PATHS = "path made/b.js, not made/a.js"
EDGES = "dynamic ./dom.js, not none; imports none, not ./dom.js, lit"
OLD = package(
    "demo",
    {"editor": "demo/editor.js", "gone": "demo/gone.js"},
    modules={
        "demo/editor.js": {"sha384": digest("1"), "size": 1, "imports": ["./dom.js", "lit"]},
        "demo/gone.js": {"sha384": digest("2"), "size": 2},
        "demo/dom.js": {"sha384": digest("3"), "size": 3},
        "demo/lit.js": {"sha384": digest("4"), "size": 4},
    },
    private={"#dom": {"path": "demo/dom.js"}},
    vendored={"lit": {"path": "demo/lit.js", "version": "3.1"}},
    requires={"ace": ">=1"},
)
NEW = package(
    "demo",
    {
        "editor": {"path": "demo/editor.js", "contexts": ["public", "admin"]},
        "more": {"path": "demo/more.js", "contexts": ["admin"]},
        "cdn": {"url": "https://cdn.example/x.js", "integrity": f"sha384-{digest('x')}"},
    },
    version="2.0",
    modules={
        "demo/editor.js": {"sha384": digest("5"), "size": 5, "dynamic": ["./dom.js"]},
        "demo/more.js": {},
        "demo/dom.js": {"sha384": digest("6"), "size": 3},
        "demo/lit.js": {"sha384": digest("4"), "size": 4},
    },
    private={"#dom": {"path": "demo/lit.js"}},
    vendored={"lit": {"path": "demo/lit.js", "version": "3.2"}},
    requires={"ace": ">=2", "@lit/context": "*"},
)
SENTENCES = f"""\
demo has changed: version 2.0, not 1.0.
demo: the public name 'demo/cdn' was added: contexts default, {INTEGRITY}, url https://cdn.example/x.js.
demo: the public name 'demo/editor' has changed: contexts admin, public, not default.
demo: the public name 'demo/gone' was removed.
demo: the public name 'demo/more' was added: contexts admin, path demo/more.js.
demo: the private name '#dom' has changed: path demo/lit.js, not demo/dom.js.
demo: the vendored module 'lit' has changed: version 3.2, not 3.1.
demo: the required module '@lit/context' was added: range *.
demo: the required module 'ace' has changed: range >=2, not >=1.
demo: the file 'demo/dom.js' has changed: other content.
demo: the file 'demo/editor.js' has changed: {EDGES}; other content; size 5, not 1.
demo: the file 'demo/gone.js' was removed.
demo: the file 'demo/more.js' was added.
""".splitlines()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str | Path, **obj: Any) -> Result:
    result = CliRunner().invoke(cli, list(map(str, args)), prog_name="importmap", obj=obj)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def write(name: str, *found: Package) -> str:
    Path(name).write_bytes(encode(Lock(found)))
    return name


def test_sentences() -> None:
    assert list(sentences(differences(Lock([OLD]), Lock([NEW])))) == SENTENCES


def test_packages() -> None:
    """Of one that came or went there is nothing more to say to people."""
    changes = differences(Lock([OLD, package("kit")]), Lock([OLD, package("tool")], package("tool")))
    assert list(sentences(changes)) == ["kit 1.0 was removed.", "tool 1.0 was added."]
    assert [(found.change, found.kind, found.name) for found in changes] == [
        ("removed", "package", "kit"),
        ("removed", "public", "kit/editor"),
        ("removed", "file", "kit/editor.js"),
        ("added", "package", "tool"),
        ("added", "public", "tool/editor"),
        ("added", "file", "tool/editor.js"),
    ]


def test_the_head_of_a_package() -> None:
    unknown = Package(distribution="demo", version="", namespace="demo", manifest=FULL, place="x")
    other = package("demo", **{**FULL, "namespace": "demo", "roots": [], "future": None})
    found = differences(Lock([unknown]), Lock([other], other))
    assert str(found[0]) == (
        "demo has changed: application True, not none; future none, not {'anything': [None, 1.5]}; "
        "roots none, not demo/static."
    )


def test_answers() -> None:
    """What a callable answered is compared by context."""
    made = Package(
        **{
            **{name: getattr(package("made"), name) for name in Package.__slots__},
            "place": "maps:ask",
            "provider": Answers({"admin": {"a": "made/a.js"}, "default": {}}),
        }
    )
    more = Package(
        **{
            **{name: getattr(made, name) for name in Package.__slots__},
            "provider": Answers({"admin": {"a": "made/b.js"}, "default": {"a": "made/b.js"}, "more": {}}),
        }
    )
    assert list(sentences(differences(Lock([made]), Lock([more])))) == [
        f"made: the public name 'made/a' has changed: contexts admin, default, not admin; {PATHS}.",
        "made: the file 'made/a.js' was removed.",
        "made: the file 'made/b.js' was added.",
    ]


# The command


def test_diff() -> None:
    result = run("diff", write("old.lock", OLD), write("new.lock", NEW))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == SENTENCES


def test_no_difference() -> None:
    result = run("diff", write("old.lock", OLD), write("new.lock", OLD))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_diff_as_json() -> None:
    result = run("diff", write("old.lock", OLD), write("new.lock", NEW), "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["diagnostics"] == []
    assert len(document["changes"]) == len(SENTENCES)
    assert document["changes"][2:4] == [
        {
            "change": "changed",
            "package": "demo",
            "kind": "public",
            "name": "demo/editor",
            "old": {"path": "demo/editor.js", "contexts": ["default"]},
            "new": {"path": "demo/editor.js", "contexts": ["admin", "public"]},
        },
        {
            "change": "removed",
            "package": "demo",
            "kind": "public",
            "name": "demo/gone",
            "old": {"path": "demo/gone.js", "contexts": ["default"]},
        },
    ]
    assert document["changes"][-1] == {
        "change": "added",
        "package": "demo",
        "kind": "file",
        "name": "demo/more.js",
        "new": {},
    }


def test_diff_of_what_is_no_lock() -> None:
    Path("new.lock").write_text("x")
    said = "new.lock: was not written by `importmap lock`.\n    importmap lock\n"
    result = run("diff", write("old.lock", OLD), "new.lock")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", said)
    result = run("diff", "old.lock", "new.lock", "--format", "json")
    assert (result.exit_code, result.stderr) == (1, said)
    assert [found["code"] for found in json.loads(result.stdout)["diagnostics"]] == ["IM231"]
    assert run("diff", "old.lock").exit_code == 2


def test_check(site: SiteFolder) -> None:
    site.install("demo")
    site.install("kit")
    assert run("lock").exit_code == 0
    before = Path("importmap.lock").read_bytes()
    result = run("lock", "--check")
    assert (result.exit_code, result.stdout) == (0, "importmap.lock: is up to date.\n")
    shutil.rmtree(site.path / "kit-1.0.dist-info")
    shutil.rmtree(site.path / "demo-1.0.dist-info")
    site.install("demo", version="1.1")
    result = run("lock", "--check")
    assert (result.exit_code, result.stderr) == (3, "")
    assert result.stdout == (
        "importmap.lock: is out of date.\n  demo has changed: version 1.1, not 1.0.\n  kit 1.0 was removed.\n"
    )
    assert Path("importmap.lock").read_bytes() == before
    assert run("lock", "--check", "-o", "other.lock").exit_code == 1
    assert run("lock").exit_code == 0
    assert run("lock", "--check").exit_code == 0


def test_what_does_not_make_a_lock_stale(site: SiteFolder) -> None:
    """Where metadata lies, and how the file is written."""
    site.install("demo")
    assert run("lock").exit_code == 0
    shutil.move(site.path / "demo-1.0.dist-info", site.path / "Demo-1.0.dist-info")
    items = json.loads(Path("importmap.lock").read_text())
    Path("importmap.lock").write_text(json.dumps(items, indent=4, sort_keys=True))
    assert run("lock", "--check").stdout == "importmap.lock: is up to date.\n"


@given(packages(), packages(), st.booleans())
def test_every_difference_is_seen(one: list[Package], other: list[Package], same: bool) -> None:
    """And the other way round it is the same difference."""
    old, new = Lock(one), Lock(one if same else other)
    there, back = differences(old, new), differences(new, old)
    manifests = [[unordered(found) for found in lock.packages] for lock in (old, new)]
    assert (there == []) == (manifests[0] == manifests[1])
    assert len({str(found) for found in there}) == len(there)
    assert [(found.package, found.kind, found.name) for found in there] == [
        (found.package, found.kind, found.name) for found in back
    ]
    assert [(found.old, found.new) for found in there] == [(found.new, found.old) for found in back]


def unordered(found: Package) -> dict[str, object]:
    """A manifest in which the order of contexts says nothing."""
    imports = {
        name: {**entry, "contexts": sorted(entry["contexts"])}
        for name, entry in found.manifest["imports"].items()
    }
    return {**found.manifest, "imports": imports}
