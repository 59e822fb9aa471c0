"""What `import importmap` and a first map load: the standard library's light parts, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.import_time import HEAVY, loaded
from support.site_folder import FULL, Files, manifest, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    def installed(name: str, document: object) -> Files:
        return {
            "METADATA": "",
            "entry_points.txt": f"[importmap]\n{name} = {name}\n",
            "extra_metadata": {"importmap.json": json.dumps(document)},
        }

    full = {**FULL, "name": "full", "package": "full", "requires": {}}
    return write(
        tmp_path,
        {
            "demo-1.0.dist-info": installed("demo", manifest("demo")),
            "other-1.0.dist-info": {"METADATA": ""},
            "full-1.0.dist-info": installed("full", json.loads(json.dumps(full).replace("demo", "full"))),
        },
    )


def test_import() -> None:
    modules = loaded("import importmap")
    assert "importmap" in modules
    assert modules & HEAVY == set()


#: What needs URLs to be parsed, and what does not.
RESOLVING = {
    "resolve": "page.resolve('a')",
    "normalize": "page.normalize()",
    "closure": "page.closure('a')",
    "extend": "placeless.extend(placeless)",
    "preload": "page.render(preload=['a'])",
    "parse": "importmap.parse('{}', 'https://site.example/')",
    "check_isolation": "importmap.check_isolation(page)",
    "worker_imports": "importmap.worker_imports(page, 'a')",
}
NOT_RESOLVING = {
    "errors": "importmap.ParseError, importmap.ResolutionError",
    "values": "repr(page), hash(page), page == placeless, page.with_base_url('x:y')",
    "json": "page.to_json(extensions=True)",
    "render": "page.render(), str(page), placeless.render(preload=['a'])",
    "closure": "placeless.closure('a')",
    "algebra": "placeless | placeless, placeless.override(placeless), placeless - placeless",
}
MAPS = """
import importmap
placeless = importmap.ImportMap({'a': '/a.js'}, {'/s/': {'b': '/b.js'}}, depcache={'/a.js': []})
page = placeless.with_base_url('https://site.example/')
"""


@pytest.mark.parametrize("code", RESOLVING.values(), ids=RESOLVING)
def test_resolving_loads_the_url_parser(code: str, tmp_path: Path) -> None:
    # A stand-in: whatever the real one loads is its own affair.
    (tmp_path / "ada_url.py").write_text(
        "normalize_url = str\ndef join_url(base, text): return base + text\n"
    )
    assert "ada_url" in loaded(MAPS + code, tmp_path)


@pytest.mark.parametrize("code", NOT_RESOLVING.values(), ids=NOT_RESOLVING)
def test_everything_else_does_not(code: str) -> None:
    """So that it works as well where there is no URL parser."""
    modules = loaded(f"import sys\nsys.modules['ada_url'] = None\n{MAPS}{code}\ndel sys.modules['ada_url']")
    assert "importmap._map.sections" in modules
    assert "importmap._map.normalize" not in modules
    assert modules & {"ada_url", "importmap._map.url", "urllib", "dataclasses", "typing"} == set()


def test_load(folder: Path) -> None:
    code = "import importmap\nassert len(importmap.load(['default']).imports) == 5, importmap.load()"
    modules = loaded(code, folder)
    assert modules & HEAVY == set()
