"""Bare imports: the package's own, copies, what others provide, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.projects import PYPROJECT, write_project

from hatch_importmap.project import read_project
from importmap._base.diagnostics import DeclarationError

STATIC = "prose/static/prose"
EDITOR = f"{STATIC}/editor.js"


def read(root: Path, files: Mapping[str, str], extra: str = "") -> tuple[Any, list[str]]:
    """The manifest of a project whose public files are given by their names, and the warnings."""
    contents = {f"{STATIC}/{name}": content for name, content in files.items()}
    project = write_project(root, PYPROJECT, {"prose/__init__.py": "", **contents}, extra)
    manifest, warnings = read_project(project)
    return manifest, [f"{warning.code} {warning}" for warning in warnings]


def refusal(root: Path, files: Mapping[str, str], extra: str = "") -> str:
    with pytest.raises(DeclarationError) as caught:
        read(root, files, extra)
    return str(caught.value)


def test_what_may_be_imported(tmp_path: Path) -> None:
    names = [
        *("prose/editor", "prose/in/x.js", "prose/cdn", "#dom", "#in/x"),
        *(
            "lit",
            "lit-html/x.js",
            "content-editor",
            "content-editor/deep/x.js",
            "@lit/context",
            "@lit/context/x",
        ),
        *("jquery", "jquery/slim", "left/"),
    ]
    code = "".join(f'import "{name}";' for name in names)
    extra = f"""
        "in/" = "prose/in/"
        cdn = {{ url = "https://cdn.example/a.js", integrity = "sha384-{"A" * 64}" }}
        "#dom" = "prose/in/x.js"
        "#in/*" = "prose/in/*.js"
        [tool.importmap]
        ignore = ["jquery", "left"]
        [tool.importmap.vendored]
        lit = {{ path = "prose/lit.js", version = "3.2.1" }}
        "lit-html/" = {{ path = "prose/in/", version = "3.2.1" }}
        [tool.importmap.requires]
        content-editor = "*"
        "@lit/context" = ">=1"
    """
    manifest, warnings = read(tmp_path, {"editor.js": code, "in/x.js": "", "lit.js": ""}, extra)
    assert manifest["modules"]["prose/editor.js"]["imports"] == names
    assert {warning.partition(" ")[0] for warning in warnings} == {"IM051"}


def test_what_has_to_be_declared(tmp_path: Path) -> None:
    """All at once, with one list of lines, after the last."""
    files = {
        "editor.js": 'import "lit";\nimport "./a.js";\nimport("@lit/context/x.js");',
        "a.js": 'import { html } from "lit";\nimport "lit/decorators.js";\nimport.meta.resolve("Lit")',
    }
    assert refusal(tmp_path, files) == (
        "importmap: 4 problems\n"
        f"- {STATIC}/a.js:1:22: imports 'lit', which is neither this package's own nor in "
        f"'vendored', 'requires' or 'ignore'. Also at {EDITOR}:1:8.\n"
        f"- {STATIC}/a.js:2:8: imports 'lit/decorators.js', which is neither this package's own nor in "
        "'vendored', 'requires' or 'ignore'.\n"
        f"- {STATIC}/a.js:3:21: imports 'Lit', which is refused: "
        "a bare specifier is an npm name, with or without a path.\n"
        f"- {EDITOR}:3:8: imports '@lit/context/x.js', which is neither this package's own nor in "
        "'vendored', 'requires' or 'ignore'.\n"
        "    [tool.importmap.requires]\n"
        '    lit = "*"\n'
        '    "@lit/context" = "*"'
    )


def test_the_lines_that_are_printed_help(tmp_path: Path) -> None:
    files = {
        "editor.js": 'import "lit/x.js"; import "@lit/context"; import "prose/dom"; import "#a"',
        "dom.js": "",
    }
    files["a.js"] = ""
    lines = [line[4:] for line in refusal(tmp_path, files).split("\n") if line.startswith("    ")]
    assert lines == [
        "[tool.importmap.requires]",
        'lit = "*"',
        '"@lit/context" = "*"',
        "[tool.importmap.imports]",
        'dom = "prose/dom.js"',
        '"#a" = "prose/a.js"',
    ]
    extra = "\n".join(line for line in [*lines[4:], *lines[:3]] if "imports]" not in line)
    manifest, warnings = read(tmp_path, files, extra + "\n")
    assert (manifest["requires"], warnings) == ({"lit": "*", "@lit/context": "*"}, [])
    assert len(manifest["modules"]["prose/editor.js"]["imports"]) == 4


@pytest.mark.parametrize(
    ("specifier", "message"),
    [
        (
            "prose/edtor",
            "imports 'prose/edtor', which is no entry of this package. Did you mean 'prose/editor'?",
        ),
        ("#dmo", "imports '#dmo', which is no entry of this package. Did you mean '#dom'?"),
        (
            "prose/dom",
            (
                "imports 'prose/dom', which is no entry of this package.\n"
                "    [tool.importmap.imports]\n"
                '    dom = "prose/in/dom.js"'
            ),
        ),
        (
            "prose/in/dom.js",
            (
                "imports 'prose/in/dom.js', which is no entry of this package.\n"
                "    [tool.importmap.imports]\n"
                '    "in/dom.js" = "prose/in/dom.js"'
            ),
        ),
        (
            "prose",
            (
                "imports 'prose', which is no entry of this package.\n"
                "    [tool.importmap.imports]\n"
                '    "." = "prose/prose.js"'
            ),
        ),
        (
            "#some/thing",
            (
                "imports '#some/thing', which is no entry of this package.\n"
                "    [tool.importmap.imports]\n"
                '    "#some/thing" = "prose/some/thing.js"'
            ),
        ),
        (
            "prose/out",
            "imports 'prose/out', which is excluded from the entries: import its file by its path.",
        ),
        (
            "lti",
            (
                "imports 'lti', which is neither this package's own "
                "nor in 'vendored', 'requires' or 'ignore'.\n"
                "    [tool.importmap.requires]\n"
                '    lti = "*"'
            ),
        ),
        (
            "lit-html/gone.js",
            (
                "imports 'lit-html/gone.js' through the prefix 'lit-html/': the wheel does not ship "
                "'prose/in/gone.js'; it was looked for below 'prose/static'."
            ),
        ),
        *[
            (
                specifier,
                (
                    f"imports '{specifier}', which is refused: "
                    "a bare specifier is an npm name, with or without a path."
                ),
            )
            for specifier in ("", "~/x.js", "@/x.js", "x.js?v=1", "lit/../x", "#", "#a b", ".x", "é")
        ],
    ],
)
def test_refuses_a_name(specifier: str, message: str, tmp_path: Path) -> None:
    extra = """
        "#dom" = "prose/in/dom.js"
        out = false
        [tool.importmap.vendored]
        "lit-html/" = { path = "prose/in/", version = "3.2.1" }
        [tool.importmap.requires]
        lit = "*"
    """
    files = {"editor.js": f'import "{specifier}"', "in/dom.js": ""}
    assert refusal(tmp_path, files, extra) == f"importmap: 1 problem\n- {EDITOR}:1:8: {message}"


def test_an_entry_whose_file_is_missing_is_one_problem(tmp_path: Path) -> None:
    text = refusal(tmp_path, {"editor.js": 'import "prose/gone"'}, 'gone = "prose/gone.js"\n')
    assert text == (
        "importmap: 1 problem\n"
        "- tool.importmap.imports.gone: the wheel does not ship 'prose/gone.js'; "
        "it was looked for below 'prose/static'."
    )


# Dependencies -----------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on sys.path with a distribution that owns two namespaces' worth of names."""
    site = tmp_path_factory.mktemp("site")
    for name, namespace in (("Content_Editor", "content-editor"), ("feincms", "@feincms/prose")):
        info = site / f"{name}-2.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n")
        (info / "entry_points.txt").write_text(f"[importmap]\n{namespace} = pkg\n")
    monkeypatch.syspath_prepend(site)
    return site


def of_requires(root: Path, requires: str, project: str = "") -> list[str]:
    document = PYPROJECT.replace('version = "1.2.3"', f'version = "1.2.3"\n{project}')
    write_project(root, document, extra=f"[tool.importmap.requires]\n{requires}\n")
    return [f"{warning.code} {warning}" for warning in read_project(root)[1]]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("requires", "project", "hint"),
    [
        ('content-editor = ">=2"', "", '"content-editor>=2"'),
        ('"content-editor/x" = "*"', "dependencies = []", '"content-editor"'),
        (
            '"@feincms/prose/" = "*"',
            "dependencies = [\"django>=4; python_version < '4'\", \"not a requirement\", 'content-editor']",
            '"django>=4; python_version < \'4\'", "not a requirement", "content-editor", "feincms"',
        ),
    ],
)
def test_a_required_package_that_is_no_dependency(
    requires: str, project: str, hint: str, tmp_path: Path
) -> None:
    owner = "feincms" if "feincms" in hint else "content-editor"
    key = requires.partition(" ")[0]
    assert of_requires(tmp_path, requires, project) == [
        (
            f"IM058 tool.importmap.requires.{key}: is provided by {owner}, "
            "which project.dependencies does not name.\n"
            "    [project]\n"
            f"    dependencies = [{hint}]"
        )
    ]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("requires", "project"),
    [
        ('content-editor = "*"', 'dependencies = ["Content.Editor[x]>=2"]'),
        ('"@feincms/prose" = "*"', 'dependencies = ["feincms"]'),
        ('lit = "*"', ""),
        ('content-editor = "*"', 'dynamic = ["dependencies"]'),
        ("", ""),
    ],
)
def test_required_packages_without_a_warning(requires: str, project: str, tmp_path: Path) -> None:
    assert of_requires(tmp_path, requires, project) == []


def test_an_application_keeps_its_dependencies_where_it_likes(installed: Path, tmp_path: Path) -> None:
    document = (
        '[project]\nname = "x"\n[tool.importmap]\nimports.a = "a/a.js"\nrequires.content-editor = "*"\n'
    )
    write_project(tmp_path, document, {"static/a/a.js": 'import "content-editor"'})
    assert read_project(tmp_path)[1] == []


def test_broken_metadata_of_others(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**params: str) -> None:
        raise RuntimeError(params)

    monkeypatch.setattr("hatch_importmap.requirements.entry_points", fail)
    assert of_requires(tmp_path, 'content-editor = "*"') == []
