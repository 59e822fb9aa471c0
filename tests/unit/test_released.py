"""What 0.1 promised still holds: its wheels and locks load, and its names, codes and JSON mean the same.

`tests/support/released.py` wrote the data with that release. What is new stands beside it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from support.released import CONTEXTS, install, maps, names, said
from support.wheels import ROOT

from importmap import Registry
from importmap._base.codes import CODES

RELEASE = ROOT / "tests" / "data" / "0.1"
SAID: dict[str, Any] = json.loads((RELEASE / "said.json").read_text(encoding="utf-8"))
#: Adapters have `Registry.files` instead.
REMOVED = {"Registry.site"}
#: Texts are for people, and our own package changes with each release.
NOT_COMPARED = {"message", "hint"}
OWN = "importmap/"
NAMES = names()


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the packages of that time on `sys.path`."""
    install(RELEASE, tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return tmp_path


def test_there_is_something_to_compare() -> None:
    assert len(list(RELEASE.glob("*.whl"))) == 3
    assert len(SAID["names"]) > 50
    assert set(SAID["maps"]) == {" ".join(contexts) for contexts in CONTEXTS}


@pytest.mark.parametrize("name", sorted(SAID["names"]))
def test_a_public_name(name: str) -> None:
    now = NAMES
    if name in REMOVED:
        assert name not in now
        return
    before = SAID["names"][name]
    assert now[name]["kind"] == before["kind"]
    assert set(before.get("bases", ())) <= set(now[name].get("bases", ()))
    known = [each[0] for each in before.get("parameters", ())]
    parameters = now[name].get("parameters", [])
    assert [each for each in parameters if each[0] in known] == before.get("parameters", [])
    # What is added has to be left out by everybody who knows nothing of it.
    for _, kind, default in (each for each in parameters if each[0] not in known):
        assert default or kind.startswith("VAR_")


def test_codes_keep_their_meaning() -> None:
    assert {code: CODES[code] for code in SAID["codes"]} == SAID["codes"]


def test_wheels(wheels: Path) -> None:
    assert maps({}) == SAID["maps"]
    assert maps({"isolate": True}) == SAID["isolated"]


def test_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in the place of the packages, none of which is installed here."""
    assert maps({"lock": RELEASE / "importmap.lock"}) == SAID["maps"]
    packages = Registry(lock=RELEASE / "importmap.lock").packages
    assert [package.distribution for package in packages] == [
        "example-clock",
        "hatch-importmap",
        "kept-plain",
        "kept-widgets",
    ]


def test_json_of_commands(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(wheels)
    printed = said()
    for command, before in SAID["commands"].items():
        assert printed[command]["status"] == before["status"], command
        assert comparable(printed[command]["json"]) == comparable(before["json"]), command


def comparable(value: Any) -> Any:
    """A JSON document without texts, and without what it says of our own package."""
    if isinstance(value, dict):
        return {
            key: comparable(inner)
            for key, inner in value.items()
            if key not in NOT_COMPARED and not key.startswith(OWN)
        }
    if isinstance(value, list):
        return [comparable(inner) for inner in value if not is_own(inner)]
    return value


def is_own(value: object) -> bool:
    if isinstance(value, dict):
        return value.get("distribution") == "hatch-importmap"
    return isinstance(value, str) and value.startswith(OWN)
