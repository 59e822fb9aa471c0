"""Locks whose checksums are right, and whose contents are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from support.site_folder import digest, package

from importmap import ConflictError, ManifestError, Package, Registry
from importmap._lock.check import is_place
from importmap._lock.document import Answers, Lock
from importmap._lock.read import read_lock
from importmap._lock.write import encode
from importmap._manifest.document import empty

PATH = "a path has no empty, '.' or '..' segment, no white space or control character, "
PATH += 'and none of % \\ ? # [ ] < > " { } | ^ `'
LOCK = Path("importmap.lock")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def items(*packages: Package, application: Package | None = None) -> list[Any]:
    """The items of a lock, to be changed."""
    found: list[Any] = json.loads(encode(Lock(packages, application)))
    return found


def forge(found: list[Any]) -> None:
    """Write a lock with the checksums of what it holds."""
    parts = [json.dumps(found[0])]
    for part in found[1:]:
        body = json.dumps({key: value for key, value in part.items() if key != "crc32"}, indent=1)
        body = body.removesuffix("\n}")
        parts.append(f'{body},\n "crc32":"{crc32(body.encode()):08x}"\n}}')
    LOCK.write_text("[\n{}\n]\n".format("\n,\n".join(parts)))


def refused(found: list[Any]) -> list[str]:
    forge(found)
    with pytest.raises(ManifestError) as caught:
        Registry(lock=LOCK).load()
    assert {problem.code for problem in caught.value.diagnostics} == {"IM231"}
    hint = "\n    importmap lock"
    return [str(problem).removesuffix(hint) for problem in caught.value.diagnostics]


def test_the_helper() -> None:
    forge(items(package("demo")))
    assert read_lock(LOCK) == Lock([package("demo")])


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = items(
        *(package(f"demo-{number:02}") for number in range(40)),
        package("full", {"": {"path": "full/"}}, modules={"full/é.js": {}}),
    )
    first, second, third, last = found[1], found[20], found[21], found[40]
    first["roots"] = "../../etc"
    second["imports"] = {"lit": {"url": "javascript:alert(1)", "integrity": f"sha384-{digest('x')}"}}
    second["roots"] = ["../../etc"]
    third["name"] = "\x1b[2J"
    third["application"] = "yes"
    del last["namespace"], last["place"], last["imports"]
    assert refused(found) == [
        "demo-00: importmap.lock: roots: must be an array, not a string.",
        f"demo-19: importmap.lock: roots: '../../etc' is refused: {PATH}.",
        "demo-19: importmap.lock: imports.lit: is not a specifier of the namespace 'demo-19'.",
        "demo-19: importmap.lock: imports.lit.url: 'javascript:alert(1)' is not an absolute https URL.",
        "importmap.lock: package 21: name: '\\x1b[2J' is not the name of a distribution.",
        "importmap.lock: package 21: application: must be a boolean, not a string.",
        "demo-39: importmap.lock: namespace: is missing.",
        "demo-39: importmap.lock: place: is missing.",
    ]


@pytest.mark.parametrize(
    "key", sorted({*empty(), "name", "namespace", "package", "version", "place", "application"})
)
@pytest.mark.parametrize("value", [None, 2, 1.5, [[]], {"x": 1}, {"x": []}])
def test_wrong_types(key: str, value: object) -> None:
    found = items(package("demo", private={}, vendored={}, requires={}))
    if isinstance(value, dict) and key in ("imports", "modules", "private", "requires", "vendored"):
        value = {"x": None}
    found[1][key] = value
    messages = refused(found)
    assert messages
    assert all(key in message for message in messages[:1])


@pytest.mark.parametrize(
    "place", ["", "/etc/x.json", "\\x.json", "../x.json", "a\\..\\x.json", "C:/x.json", "c:x.json"]
)
def test_places_outside(place: str) -> None:
    """An application's files lie beside its place."""
    found = items(package("demo"))
    found[1]["place"] = place
    assert refused(found) == [
        f"demo: importmap.lock: place: {place!a} is neither a relative path nor the name of an object."
    ]


def test_places() -> None:
    for place in (
        "x.json",
        "my shop/pyproject.toml",
        "m:maps",
        "demo.maps:imports.all",
        "é/x.json",
        "./x.json",
    ):
        assert is_place(place)
    assert not is_place("x\0.json")


ENTRIES = "'javascript:alert(1)' is not an absolute https URL."


def test_answers() -> None:
    found = items(package("made"))
    found[1]["answers"] = {
        "a b": {},
        "admin": {
            "a": {"url": "javascript:alert(1)", "integrity": f"sha384-{digest('x')}"},
            "b": 1,
            "c/*": "made/*.js",
            "../x": "made/x.js",
            "d": "../../etc/passwd",
            "e": "made/e.js",
        },
    }
    key = "a key is '.', a path below the namespace, a pattern with one '*', a prefix that ends in '/', "
    key += f"or a private name such as '#dom'; {PATH}"
    assert refused(found) == [
        (
            'made: importmap.lock: answers."a b": is refused: a context is letters, digits, '
            "'.', '_' and '-', and begins with a letter or digit."
        ),
        f"made: importmap.lock: answers.admin.a.url: {ENTRIES}",
        "made: importmap.lock: answers.admin.b: must be a public path, a table or false, not an integer.",
        f'made: importmap.lock: answers.admin."../x": is refused: {key}.',
        f"made: importmap.lock: answers.admin.d: '../../etc/passwd' is refused: {PATH}.",
        (
            'made: importmap.lock: answers.admin."c/*": patterns and prefixes need a manifest, '
            "which knows the files."
        ),
    ]
    found[1]["answers"] = {"admin": {"e": "made/e.js", "f": False}}
    forge(found)
    assert read_lock(LOCK).packages[0].provider == Answers(found[1]["answers"])
    found[1] |= {"answers": {"admin": {"e": "made/e.js"}}, "namespace": 1}
    assert refused(found)[0] == "made: importmap.lock: namespace: must be a string, not an integer."


def test_packages_that_contradict_each_other() -> None:
    demo, kit, shop = (package(name) for name in ("demo", "kit", "shop"))
    found = items(demo, kit, shop)
    found.append({**found[1], "name": "Demo"})
    found[2]["application"] = found[3]["application"] = True
    found[3]["size"] = [1]
    found += [1, None]
    assert refused_items(found) == [
        "importmap.lock: package 5 must be a JSON object.",
        "importmap.lock: package 6 must be a JSON object.",
        "importmap.lock: the package 'demo' stands twice.",
        "importmap.lock: a site has one application, not 'kit', 'shop'.",
    ]


def refused_items(found: list[Any]) -> list[str]:
    """The same without checksums, for items that are no packages."""
    LOCK.write_text(json.dumps(found))
    with pytest.raises(ManifestError) as caught:
        read_lock(LOCK)
    return [str(problem).removesuffix("\n    importmap lock") for problem in caught.value.diagnostics]


def test_two_packages_of_one_namespace() -> None:
    """The site decides, as among installed packages."""
    forge(items(package("demo"), package("fork", namespace="demo")))
    with pytest.raises(ConflictError, match="both claim the namespace 'demo'"):
        Registry(lock=LOCK).load()
    assert "demo/editor" in Registry(lock=LOCK, disable=["fork"]).load().imports


def test_texts() -> None:
    """What stands around the array, or in it, and is none of a lock."""
    good = encode(Lock([package("demo")]))
    for raw, message in {
        b"\xef\xbb\xbf" + good: "importmap.lock: was not written by `importmap lock`.",
        good.decode().encode("utf-16"): "importmap.lock: is not UTF-8.",
        good + b"[]": "importmap.lock:20: is not JSON: Extra data.",
        good + b"\0": "importmap.lock:20: is not JSON: Extra data.",
        good.replace(b'"demo/static"', b"[" * 100_000): "importmap.lock: is nested too deeply.",
        good.replace(b'"demo/static"', b'"\\ud800"'): "importmap.lock: holds a lone surrogate.",
        good.replace(b'"lock":1', b'"lock":1e999'): "importmap.lock: was not written by `importmap lock`.",
        good.replace(b'"demo/static"', b"1e999"): (
            "demo: importmap.lock: roots[0]: must be a string, not a float."
        ),
        good.replace(b'"demo/static"', b"Infinity"): (
            "importmap.lock: is not JSON: Infinity is not a JSON number."
        ),
    }.items():
        LOCK.write_bytes(raw)
        with pytest.raises(ManifestError) as caught:
            read_lock(LOCK)
        assert str(caught.value) == f"{message}\n    importmap lock"
    LOCK.write_bytes(good.replace(b'"demo/static"', b"1" * 5000))
    with pytest.raises(ManifestError, match=r"importmap\.lock: is not JSON: Exceeds the limit") as caught:
        read_lock(LOCK)
    LOCK.write_bytes(b" \r\n" + good.replace(b"\n", b"\r\n") + b"\t\r\n")
    assert read_lock(LOCK) == Lock([package("demo")])


def test_a_wrong_checksum() -> None:
    """It is no help to those who read, and in nobody's way."""
    found = items(package("demo"))
    checksums: list[Any] = ["00000000", 1, None, {"x": []}]
    for checksum in checksums:
        found[1]["crc32"] = checksum
        LOCK.write_text(json.dumps(found))
        assert read_lock(LOCK) == Lock([package("demo")])
