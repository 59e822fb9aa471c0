"""Pyodide has CPython 3.14: it runs a site, and the unit tests that need no processes and no threads."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.pyodide import Pyodide, run_here, unpack
from support.wheels import ROOT

if TYPE_CHECKING:
    from support.npm import Npm

#: The packages that tests/conftest.py and the unit tests import, as far as they have no compiled parts.
REQUIREMENTS = ["click", "hatchling", "hypothesis", "jsonschema", "pytest", "rich", "websockets"]
#: The tests of this folder of the unit tests run on the other Pythons only, because they take long.
WITHOUT = "django"
#: At first, 2585 unit tests ran in Pyodide.
LEAST = 2400

SITE = """
import importmap
import_map = importmap.load(["admin", "public"])
print(import_map.render())
print(import_map.to_json(indent=1, extensions=True))
"""

TESTS = f"""
import gc, os, sys
gc.disable()  # saves a fifth of the time
os.chdir("/checkout")
sys.path.remove("")
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = "/tmp/hypothesis"
import pytest
int(pytest.main([
    "tests/unit", "--ignore=tests/unit/{WITHOUT}", "-p", "support.pyodide_plugin", "-p", "no:cacheprovider",
    "--quiet", "--tb=short", "--no-fold-skipped", "--junit-xml=/report/junit.xml",
]))
"""


@pytest.fixture(scope="module")
def pyodide(npm: Npm) -> Pyodide:
    return Pyodide.install(npm)


def test_a_site(pyodide: Pyodide, own_wheel: Path, example_wheel: Path, tmp_path: Path) -> None:
    """The map is the same as in the Python of this process."""
    site = unpack(tmp_path / "site", str(own_wheel), str(example_wheel))
    expected = run_here(SITE, site)
    assert '"example-clock":' in expected
    there = f"import sys; print(sys.platform, sys.version_info[:2])\n{SITE}"
    assert pyodide.run(there, site) == (0, f"emscripten (3, 14)\n{expected}")


def test_the_unit_tests(pyodide: Pyodide, own_wheel: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.mkdir()
    site = unpack(tmp_path / "site", str(own_wheel), *REQUIREMENTS)
    folders = {"/checkout": ROOT, "/fresh-wheels": own_wheel.parent, "/report": report}
    status, said = pyodide.run(TESTS, site, folders)
    # `pytest -rP` and `pytest -s` show this: each test that was left out, with the reason.
    print(said)  # noqa: T201  # a report
    assert status == 0
    ran = count_by_folder(report / "junit.xml")
    assert ran.total() >= LEAST
    assert ran.keys() >= folders_of_unit_tests()


def count_by_folder(report: Path) -> Counter[str]:
    """Count the tests that were not left out, by their folder."""
    cases = ET.parse(report).iter("testcase")
    return Counter(case.attrib["classname"].split(".")[2] for case in cases if case.find("skipped") is None)


def folders_of_unit_tests() -> set[str]:
    folders = Path(ROOT, "tests/unit").iterdir()
    return {folder.name for folder in folders if any(folder.glob("test_*.py"))} - {WITHOUT}
