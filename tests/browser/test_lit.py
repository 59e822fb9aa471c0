"""Two versions of lit, in three packages, on one page: each package has its own, and none is loaded twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.npm import Npm
from support.static_server import Module, Web

from hatch_importmap.project import read_project

if TYPE_CHECKING:
    from support.browser import Browser

VERSIONS = {"old-widgets": "2.8.0", "new-widgets": "3.3.1", "more-widgets": "3.3.1"}
#: The files that a production page loads, of each package of npm.
FILES = {
    "lit": ["index.js"],
    "@lit/reactive-element": ["reactive-element.js", "css-tag.js"],
    "lit-html": ["lit-html.js", "is-server.js"],
    "lit-element": ["lit-element.js"],
}
#: What stands in the code of lit, with the versions of its parts.
VENDORED = {
    "lit": "lit/index.js",
    "@lit/reactive-element": "@lit/reactive-element/reactive-element.js",
    "lit-html": "lit-html/lit-html.js",
    "lit-html/is-server.js": "lit-html/is-server.js",
    "lit-element/": "lit-element/",
}

PYPROJECT = """
[build-system]
requires = ["hatchling>=1.27", "hatch-importmap"]
build-backend = "hatchling.build"
[project]
name = "{name}"
version = "1.0"
[project.entry-points.importmap]
{name} = "{package}"
[tool.hatch.build.hooks.importmap]
[tool.importmap.imports]
hello = "{package}/hello.js"
[tool.importmap.vendored]
{vendored}
"""
ELEMENT = """
import {{ LitElement, html }} from "lit"
customElements.define("{name}", class extends LitElement {{
  render() {{ return html`<b>${{"{name}"}}</b>` }}
}})
"""


@pytest.fixture(scope="module")
def releases(npm: Npm) -> dict[str, Path]:
    """The folder of each version of lit, with all that it needs."""
    return {version: npm.install({"lit": version}) for version in sorted(set(VERSIONS.values()))}


@pytest.fixture
def page(web: Web, releases: dict[str, Path], tmp_path: Path) -> Web:
    """A site with the three packages."""
    for name, version in VERSIONS.items():
        package = name.replace("-", "_")
        texts = {f"{package}/hello.js": ELEMENT.format(name=name)}
        for part, files in FILES.items():
            for file in files:
                text = (releases[version] / part / file).read_text(encoding="utf-8")
                # The maps are not shipped.
                texts[f"{package}/vendor/{part}/{file}"] = re.sub(r"//# sourceMappingURL=.*", "", text)
        lines = (
            f'"{key}" = {{ path = "{package}/vendor/{path}", version = "{version}" }}'
            for key, path in VENDORED.items()
        )
        project = tmp_path / name
        for path, text in texts.items():
            file_of = project / package / "static" / path
            file_of.parent.mkdir(parents=True, exist_ok=True)
            file_of.write_text(text, encoding="utf-8")
        (project / package / "__init__.py").touch()
        (project / "pyproject.toml").write_text(
            PYPROJECT.format(name=name, package=package, vendored="\n".join(lines)), encoding="utf-8"
        )
        manifest, warnings = read_project(project)
        assert {found.code for found in warnings} == {"IM051"}
        web.folder.add(
            {
                f"{package}-1.0.dist-info": {
                    "entry_points.txt": f"[importmap]\n{name} = {package}\n",
                    "extra_metadata": {"importmap.json": json.dumps(manifest)},
                }
            }
        )
        for path, text in texts.items():
            web.modules[path] = Module()
            web.modules[path].text = text
            web.server.texts[web.address(path)] = text
    return web


def test_two_versions_in_three_packages(any_browser: Browser, page: Web) -> None:
    names = list(VERSIONS)
    script = "".join(
        f'import "{name}/hello"; document.body.append(document.createElement("{name}"));' for name in names
    )
    page.page(page.load(), script)
    tab = page.open(any_browser)
    shown = f"{json.dumps(names)}.map((name) => document.querySelector(name)?.shadowRoot?.textContent)"
    tab.wait_for(f"{shown}.every(Boolean)")
    assert tab.evaluate(shown) == names
    # Each copy of lit that runs says its version.
    assert len(tab.evaluate("litElementVersions")) == len(set(VERSIONS.values()))
    assert tab.complaints == []
    loaded = [url.removeprefix(page.server.url("/static/")) for url in page.asked]
    assert len(loaded) == len(set(loaded))
    copies = sorted({path.partition("/")[0] for path in loaded if "/vendor/" in path})
    assert copies == ["more_widgets", "old_widgets"]
