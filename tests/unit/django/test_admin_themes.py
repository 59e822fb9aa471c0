"""Themes that others publish, unchanged: their admin has the map, too."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from support.django_admin_theme import PAGES
from support.site_folder import SiteFolder

TAG = '<script type="importmap"'
MODULE = '<script type="module"'


@pytest.mark.parametrize(
    ("theme", "stylesheet"), [("jazzmin", "adminlte.min.css"), ("unfold", "unfold/css/")]
)
def test_a_theme(site: SiteFolder, theme: str, stylesheet: str) -> None:
    site.install("demo", {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}})
    site.install("charts", {".": {"path": "charts/index.js", "contexts": ["charts"]}})
    path = os.pathsep.join([os.fspath(site.path), *sys.path])
    done = subprocess.run(
        [sys.executable, "-m", "support.django_admin_theme", theme],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    shown = json.loads(done.stdout)
    assert shown["found"] == []
    *pages, login = [shown["pages"][url] for url in PAGES]
    assert stylesheet in login
    assert "importmap" not in login
    forms = 0
    for page in pages:
        assert stylesheet in page
        assert page.count('"importmap"') == 1
        assert "modulepreload" not in page
        text = page.partition(TAG)[2].partition(">")[2].partition("</script>")[0]
        expected = ["demo/editor"]
        if MODULE in page:
            # The media of the form ask for another context.
            expected.insert(0, "charts")
            forms += 1
            assert page.index(TAG) < page.index(MODULE)
        assert sorted(json.loads(text)["imports"]) == expected
    assert forms >= 5
