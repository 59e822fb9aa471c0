"""Two packages carry one file that computes what it imports: each gets its own modules by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.static_server import Module, Web

from hatch_importmap.project import read_project

if TYPE_CHECKING:
    from support.browser import Browser

PYPROJECT = """
[project]
name = "{name}"
version = "1.0"
[project.entry-points.importmap]
{name} = "{name}"
[tool.importmap.imports]
app = "{name}/app.js"
"locales/" = "{name}/vendor/locales/"
[tool.importmap.vendored]
i18n = {{ path = "{name}/vendor/i18n.js", version = "1.0" }}
"""
APP = 'import { greet } from "i18n"; export default await greet("de")'
#: How one file finds others, which no build can follow.
WAYS = {
    "import": 'const load = (name) => import("./locales/" + name + ".js")',
    "meta": "const load = (name) => import(new URL(`locales/${name}.js`, import.meta.url))",
    "folder": 'const at = new URL("locales/", import.meta.url); const load = (it) => import(`${at}${it}.js`)',
    "text": 'const load = (name) => eval(`import("./locales/${name}.js")`)',
}
GREET = "\nexport const greet = async (name) => (await load(name)).default"


@pytest.mark.parametrize("isolate", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_each_package_has_its_own(
    way: str, isolate: bool, any_browser: Browser, web: Web, tmp_path: Path
) -> None:
    for name in ("mine", "other"):
        texts = {
            f"{name}/app.js": APP,
            f"{name}/vendor/i18n.js": WAYS[way] + GREET,
            f"{name}/vendor/locales/de.js": f'export default "{name}"',
        }
        for path, text in texts.items():
            file = tmp_path / name / name / "static" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        (tmp_path / name / name / "__init__.py").touch()
        (tmp_path / name / "pyproject.toml").write_text(PYPROJECT.format(name=name), encoding="utf-8")
        manifest, _ = read_project(tmp_path / name)
        assert manifest["computed"] == [f"{name}/vendor/i18n.js"]
        web.folder.add(
            {
                f"{name}-1.0.dist-info": {
                    "entry_points.txt": f"[importmap]\n{name} = {name}\n",
                    "extra_metadata": {"importmap.json": json.dumps(manifest)},
                }
            }
        )
        for path, text in texts.items():
            web.modules[path] = Module()
            web.modules[path].text = text
            web.server.texts[web.address(path)] = text
    names = ["mine", "other"]
    script = "import mine from 'mine/app'; import other from 'other/app'; window.said = [mine, other]"
    web.page(web.load(isolate=isolate), script)
    tab = web.open(any_browser)
    tab.wait_for("window.said")
    assert tab.evaluate("window.said") == names
