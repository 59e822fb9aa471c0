"""The build hook, in builds that hatchling's own builders run in this process."""

from __future__ import annotations

import errno
import gc
import importlib.metadata
import os
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hatchling.builders.custom import CustomBuilder
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from support.projects import FILES, MODULE, PYPROJECT, read_manifest, snapshot, write_project
from support.refusals import REFUSALS

from hatch_importmap import scan
from hatch_importmap.hooks import hatch_register_build_hook
from hatch_importmap.plugin import ImportMapBuildHook
from importmap._base.diagnostics import Diagnostic
from importmap._base.tables import Table

EDITOR = "prose/editor.js"
PATTERN = PYPROJECT.replace('editor = "prose/editor.js"', '"*" = "prose/*.js"')
IGNORED = {**FILES, ".gitignore": "*.js\n"}

#: A build hook of the project's own, which makes a file and tells hatchling about it.
GENERATOR = """
import os
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class Generator(BuildHookInterface):
    def initialize(self, version, build_data):
        if self.target_name == "wheel":
            path = os.path.join(self.root, "prose/static/prose/made.js")
            with open(path, "w") as file:
                file.write("export default 2;")
            build_data["artifacts"].append("made.js")
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this test alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def build(project: Path, version: str = "standard", builder: Any = WheelBuilder) -> Path:
    """Build in the folder `dist` beside the project."""
    return Path(next(builder(str(project)).build(directory=str(project.parent / "dist"), versions=[version])))


def build_manifest(project: Path, version: str = "standard") -> Any:
    return read_manifest(build(project, version))


def failure(project: Path, version: str = "standard", builder: Any = WheelBuilder) -> str:
    """The text that a build ends with; it leaves nothing behind."""
    before = snapshot(project.parent)
    with pytest.raises(SystemExit) as caught:
        build(project, version, builder)
    assert snapshot(project.parent) == before
    assert isinstance(caught.value.code, str)
    return caught.value.code


def test_registration() -> None:
    assert hatch_register_build_hook() is ImportMapBuildHook


@pytest.mark.parametrize("name", REFUSALS)
def test_refuses(name: str, tmp_path: Path) -> None:
    refusal = REFUSALS[name]
    project = write_project(tmp_path / "project", refusal.pyproject, refusal.files)
    assert failure(project) == refusal.text(project)


def test_standard_wheel(tmp_path: Path, temporary: Path) -> None:
    project = write_project(tmp_path / "project")
    before = snapshot(project)
    manifest = build_manifest(project)
    assert manifest["imports"] == {"prose/editor": {"contexts": ["default"], "path": EDITOR}}
    assert manifest["version"] == "1.2.3"
    assert str(tmp_path) not in str(manifest)
    assert snapshot(project) == before
    assert list(temporary.iterdir()) == []


def test_a_standard_wheel_is_the_same_each_time(tmp_path: Path) -> None:
    first = build(write_project(tmp_path / "a" / "project")).read_bytes()
    assert build(write_project(tmp_path / "b" / "project")).read_bytes() == first


def test_editable_wheel(tmp_path: Path, temporary: Path) -> None:
    project = write_project(tmp_path / "project")
    manifest = build_manifest(project, "editable")
    assert manifest["project"] == str(project)
    assert manifest["files"] == {EDITOR: str(project / "prose/static/prose/editor.js")}
    assert manifest["modules"] == {EDITOR: {"size": len(MODULE)}}
    assert "build" not in manifest
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("version", ["standard", "editable"])
@pytest.mark.parametrize(
    ("prefix", "package", "extra"),
    [
        ("", "prose", ""),
        ("src/", "prose", ""),
        ("", "ns.prose", ""),
        ("src/", "ns.prose", '[tool.hatch.build.targets.wheel]\npackages = ["src/ns"]\n'),
        (
            "lib/",
            "prose",
            '[tool.hatch.build.targets.wheel]\nonly-include = ["lib/prose"]\nsources = ["lib"]\n',
        ),
        (
            "lib/",
            "moved.prose",
            (
                '[tool.hatch.build.targets.wheel]\nonly-include = ["lib"]\nsources = {"lib" = "moved"}\n'
                'dev-mode-dirs = ["lib"]\n'
            ),
        ),
    ],
)
def test_layouts(version: str, prefix: str, package: str, extra: str, tmp_path: Path) -> None:
    folder = prefix + package.removeprefix("moved.").replace(".", "/")
    files = {f"{folder}/__init__.py": "", f"{folder}/static/prose/editor.js": MODULE}
    document = PYPROJECT.replace('prose = "prose"', f'prose = "{package}"')
    project = write_project(tmp_path / "project", document, files, extra)
    manifest = build_manifest(project, version)
    assert list(manifest["modules"]) == [EDITOR]
    assert manifest["roots"] == [package.replace(".", "/") + "/static"]
    if version == "editable":
        assert manifest["files"] == {EDITOR: str(project / folder / "static/prose/editor.js")}


@pytest.mark.parametrize("version", ["standard", "editable"])
@pytest.mark.parametrize(
    "forced",
    [
        '"gen" = "prose/static/prose"',
        '"gen/x.js" = "prose/static/prose/x.js"\n"gen/y.js" = "prose/static/prose/y.js"',
    ],
    ids=["folder", "files"],
)
def test_force_include(version: str, forced: str, tmp_path: Path) -> None:
    files = {"prose/__init__.py": "", "gen/x.js": MODULE, "gen/y.js": MODULE}
    extra = f"[tool.hatch.build.targets.wheel.force-include]\n{forced}\n"
    manifest = build_manifest(write_project(tmp_path / "project", PATTERN, files, extra), version)
    assert list(manifest["modules"]) == ["prose/x.js", "prose/y.js"]


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_artifacts(version: str, tmp_path: Path) -> None:
    project = write_project(
        tmp_path / "project", files=IGNORED, extra='[tool.hatch.build]\nartifacts = ["*.js"]\n'
    )
    assert list(build_manifest(project, version)["modules"]) == [EDITOR]


def with_generator(project: Path, generator: str = GENERATOR, *, last: bool = False) -> Path:
    ours, theirs = "[tool.hatch.build.hooks.importmap]\n", "[tool.hatch.build.hooks.custom]\n"
    document = PATTERN.replace(ours, ours + theirs if last else theirs + ours)
    return write_project(project, document, {**IGNORED, "hatch_build.py": generator})


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_artifacts_of_another_hook(version: str, tmp_path: Path) -> None:
    manifest = build_manifest(with_generator(tmp_path / "project"), version)
    assert list(manifest["modules"]) == ["prose/made.js"]
    if version == "editable":
        assert manifest["build"] == {"artifacts": ["made.js"]}


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_files_that_another_hook_forces_in(version: str, tmp_path: Path) -> None:
    """As pathlib paths too, which hatchling takes; and for editables alone."""
    generator = GENERATOR.replace(
        'build_data["artifacts"].append("made.js")',
        "import pathlib\n"
        '            key = "force_include" if version == "standard" else "force_include_editable"\n'
        '            build_data[key][pathlib.Path(path)] = pathlib.Path("prose/static/prose/forced.js")',
    )
    project = with_generator(tmp_path / "project", generator)
    manifest = build_manifest(project, version)
    assert list(manifest["modules"]) == ["prose/forced.js"]
    if version == "editable":
        made = str(project / "prose/static/prose/made.js")
        assert manifest["build"] == {"force_include_editable": {made: "prose/static/prose/forced.js"}}


def test_a_hook_that_runs_too_late(tmp_path: Path) -> None:
    project = with_generator(tmp_path / "project", last=True)
    with pytest.raises(SystemExit) as caught:
        build(project)
    assert caught.value.code == (
        "importmap: 2 problems\n"
        "- tool.importmap.imports.\"*\": 'prose/*.js' matches no file of the wheel: "
        "prose/static/prose/editor.js is there, but ignored.\n"
        "    [tool.hatch.build]\n"
        '    artifacts = ["prose/static/prose/**/*.js"]\n'
        "- tool.hatch.build.hooks.importmap: runs before 'custom' and does not see the files "
        "that come from there; put it last among the hooks."
    )


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_a_hook_that_runs_too_late_to_be_seen(version: str, tmp_path: Path) -> None:
    """The pattern has a file, and would silently go without the other."""
    project = with_generator(tmp_path / "project", last=True)
    (project / ".gitignore").write_text("made.js")
    with pytest.raises(SystemExit) as caught:
        build(project, version)
    assert caught.value.code == (
        "importmap: 1 problem\n"
        "- tool.hatch.build.hooks.importmap: 'prose/made.js' was added after this hook had run; "
        "put this hook last among the hooks."
    )
    assert list((tmp_path / "dist").iterdir()) == []


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_a_later_hook_may_add_what_is_not_ours(version: str, tmp_path: Path) -> None:
    generator = GENERATOR.replace("prose/static/prose/made.js", "prose/made.js")
    project = with_generator(tmp_path / "project", generator, last=True)
    (project / ".gitignore").write_text("made.js")
    assert list(build_manifest(project, version)["modules"]) == [EDITOR]


def test_a_hook_that_runs_too_late_for_nothing_of_ours(tmp_path: Path) -> None:
    ours = "[tool.hatch.build.hooks.importmap]\n"
    document = PYPROJECT.replace(ours, ours + "[tool.hatch.build.hooks.custom]\n").replace(
        '"prose/e', '"../e'
    )
    project = write_project(tmp_path / "project", document, {**FILES, "hatch_build.py": GENERATOR})
    assert "put it last" not in str(failure_of_shape(project))


def failure_of_shape(project: Path) -> object:
    with pytest.raises(SystemExit) as caught:
        build(project)
    return caught.value.code


def test_a_file_that_changes_while_the_wheel_is_built(tmp_path: Path) -> None:
    generator = GENERATOR.replace("made.js", "editor.js")
    ours = "[tool.hatch.build.hooks.importmap]\n"
    document = PYPROJECT.replace(ours, ours + "[tool.hatch.build.hooks.custom]\n")
    project = write_project(tmp_path / "project", document, {**FILES, "hatch_build.py": generator})
    with pytest.raises(SystemExit) as caught:
        build(project)
    assert caught.value.code == (
        "importmap: 1 problem\n"
        "- tool.hatch.build.hooks.importmap: 'prose/editor.js' was changed while the wheel was built; "
        "put this hook last among the hooks."
    )
    assert list((tmp_path / "dist").iterdir()) == []


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_an_ignored_file(version: str, tmp_path: Path) -> None:
    assert failure(write_project(tmp_path / "project", files=IGNORED), version) == (
        "importmap: 1 problem\n"
        "- tool.importmap.imports.editor: the wheel does not ship 'prose/editor.js': "
        "prose/static/prose/editor.js is there, but ignored.\n"
        "    [tool.hatch.build]\n"
        '    artifacts = ["prose/static/prose/editor.js"]'
    )


def test_the_lines_that_are_printed_help(tmp_path: Path) -> None:
    extra = '[tool.hatch.build.targets.wheel]\nartifacts = ["*.css"]\n'
    project = write_project(
        tmp_path / "project", PATTERN, {**IGNORED, "prose/static/prose/in/x.js": MODULE}, extra
    )
    _, lines = failure(project).split("ignored.\n")
    (project / "pyproject.toml").write_text(PATTERN + lines)
    assert list(build_manifest(project)["modules"]) == [EDITOR, "prose/in/x.js"]


@pytest.mark.parametrize(
    ("imports", "made"),
    [
        ('"a-*" = "prose/e*.js"', "prose/a-ditor"),
        ('"x/" = "prose/"', "prose/x/editor.js"),
        ('"*/x" = "prose/*/x.js"', "prose/in/deep/x"),
        ('x = "prose/in/deep/x.js"', "prose/x"),
        ('"x*" = "prose/i*/x.js"', "prose/xn/deep"),
        ('"x*" = "prose/i*.js"', "prose/xn/deep/x"),
    ],
)
def test_each_kind_of_pattern_helps(imports: str, made: str, tmp_path: Path) -> None:
    document = PYPROJECT.replace('editor = "prose/editor.js"', imports)
    project = write_project(
        tmp_path / "project", document, {**IGNORED, "prose/static/prose/in/deep/x.js": MODULE}
    )
    _, lines = failure(project).split("ignored.\n")
    (project / "pyproject.toml").write_text(document + lines)
    assert made in build_manifest(project)["imports"]


@pytest.mark.parametrize("ignore", ["", "*.js"])
def test_a_file_that_has_another_path_in_the_wheel(ignore: str, tmp_path: Path) -> None:
    extra = (
        '[tool.hatch.build.targets.wheel]\nonly-include = ["prose"]\n'
        'sources = {"prose/static" = "prose/assets"}\n'
    )
    project = write_project(tmp_path / "project", files={**FILES, ".gitignore": ignore}, extra=extra)
    assert failure(project) == (
        "importmap: 1 problem\n"
        "- tool.importmap.imports.editor: the wheel does not ship 'prose/editor.js': "
        "prose/static/prose/editor.js is there, but its path in the wheel is "
        "'prose/assets/prose/editor.js'; it was looked for below 'prose/static'."
    )


def test_a_file_that_no_pattern_ships(tmp_path: Path) -> None:
    """The lines are not printed, as they would not help."""
    extra = '[tool.hatch.build.targets.wheel]\nonly-include = ["prose/__init__.py"]\n'
    project = write_project(tmp_path / "project", files=IGNORED, extra=extra)
    assert failure(project) == (
        "importmap: 1 problem\n"
        "- tool.importmap.imports.editor: the wheel does not ship 'prose/editor.js': "
        "prose/static/prose/editor.js is there, but in a folder that the wheel leaves out: "
        "see 'packages' and 'only-include'."
    )


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (
            '[tool.hatch.build.targets.wheel]\nonly-include = ["prose"]\nsources = {"" = "pre"}\n',
            (
                "- tool.hatch.build.targets.wheel.sources: moves the manifest to "
                "'extra_metadata/pre/importmap.json', where nobody looks for it.\n"
                '    Name the folders to move, in place of "".'
            ),
        ),
        (
            '[tool.hatch.build]\nonly-include = ["prose"]\nsources = {"" = "pre"}\n',
            (
                "- tool.hatch.build.sources: moves the manifest to "
                "'extra_metadata/pre/importmap.json', where nobody looks for it.\n"
                '    Name the folders to move, in place of "".'
            ),
        ),
        (
            '[tool.hatch.build.targets.wheel.force-include]\n"importmap.json" = "prose/importmap.json"\n',
            (
                "- tool.hatch.build: "
                "another 'importmap.json' is forced into the wheel in place of the manifest; rename it."
            ),
        ),
        (
            '[tool.hatch.build.targets.wheel.extra-metadata]\n"importmap.json" = "importmap.json"\n',
            (
                "- tool.hatch.build: "
                "another 'importmap.json' is forced into the wheel in place of the manifest; rename it."
            ),
        ),
        (
            "[tool.hatch.build.hooks.importmap]\nimports = {}\nx = 1\nrequire-runtime-dependencies = false\n",
            (
                "- tool.hatch.build.hooks.importmap.imports: unknown key: it belongs in [tool.importmap].\n"
                "- tool.hatch.build.hooks.importmap.x: unknown key."
            ),
        ),
        (
            "[tool.hatch.build.targets.wheel.hooks.importmap]\nx = 1\n",
            "- tool.hatch.build.targets.wheel.hooks.importmap.x: unknown key.",
        ),
    ],
)
def test_refuses_build_settings(extra: str, message: str, tmp_path: Path) -> None:
    document = PYPROJECT
    if "hooks.importmap" in extra:
        document = document.replace("[tool.hatch.build.hooks.importmap]\n", "")
    if "pre" in extra:
        document = document.replace('prose = "prose"', 'prose = "pre.prose"')
    project = write_project(tmp_path / "project", document, {**FILES, "importmap.json": "{}"}, extra)
    _, _, problems = failure(project).partition("\n")
    assert problems == message


def test_what_hatchling_refuses(tmp_path: Path) -> None:
    extra = '[tool.hatch.build.targets.wheel.force-include]\n"gone.js" = "prose/static/x.js"\n'
    project = write_project(tmp_path / "project", extra=extra)
    assert failure(project) == (
        "importmap: 1 problem\n"
        f"- hatchling cannot say which files it ships: Forced include not found: {project / 'gone.js'}"
    )


def test_undecodable_files(tmp_path: Path) -> None:
    project = write_project(
        tmp_path / "project", files={**FILES, "prose/static/prose/editor.js": b"\xff\xfe"}
    )
    assert build_manifest(project)["modules"][EDITOR]["size"] == 2


def test_a_system_that_has_no_place_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build ends with a line, not with a traceback."""
    project = write_project(tmp_path / "project")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    place = re.escape(str(tmp_path / "nowhere" / "importmap-"))
    text = f"importmap: {place}\\w+: {re.escape(os.strerror(errno.ENOENT))}[.]"
    assert re.fullmatch(text, failure(project))


def test_a_wheel_that_cannot_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No wheel stays that was not looked into."""

    def look(wheel: str, *_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), wheel)

    monkeypatch.setattr("hatch_importmap.plugin.check_wheel", look)
    project = write_project(tmp_path / "project")
    wheel = tmp_path / "dist" / "prose-1.2.3-py2.py3-none-any.whl"
    assert failure(project) == f"importmap: {wheel}: {os.strerror(errno.EMFILE)}."


def test_warnings_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {**FILES, "prose/static/prose/x.mjs": ""}
    mjs = 'x = "prose/x.mjs"\n'
    build(write_project(tmp_path / "project", files=files, extra=mjs))
    assert capsys.readouterr().err == (
        "importmap: 1 warning\n"
        "- tool.importmap.imports.x: "
        "many servers send 'prose/x.mjs' with a type that browsers refuse; name it .js.\n"
    )
    build(write_project(tmp_path / "project", files=files, extra=mjs + '"y/" = "prose/"\n'))
    assert capsys.readouterr().err.startswith("importmap: 2 warnings\n")


def test_entry_points_from_a_metadata_hook(tmp_path: Path) -> None:
    hook = """
        from hatchling.metadata.plugin.interface import MetadataHookInterface

        class Hook(MetadataHookInterface):
            def update(self, metadata):
                metadata["entry-points"] = {"importmap": {"prose": "prose"}}
    """
    document = PYPROJECT.replace('[project.entry-points.importmap]\nprose = "prose"\n', "").replace(
        'version = "1.2.3"', 'version = "1.2.3"\ndynamic = ["entry-points"]'
    )
    files = {**FILES, "hatch_build.py": dedent(hook)}
    project = write_project(tmp_path / "project", document, files, "[tool.hatch.metadata.hooks.custom]\n")
    assert build_manifest(project)["namespace"] == "prose"


@pytest.mark.parametrize("naming", ["true", "false"])
def test_project_names_that_hatchling_normalises(naming: str, tmp_path: Path) -> None:
    document = PYPROJECT.replace('name = "prose"', 'name = "Django.Prose_Editor"')
    extra = f"[tool.hatch.build.targets.wheel]\npackages = ['prose']\nstrict-naming = {naming}\n"
    assert (
        build_manifest(write_project(tmp_path / "project", document, extra=extra))["name"]
        == "django-prose-editor"
    )


def test_a_path_with_spaces_and_letters(tmp_path: Path) -> None:
    project = write_project(tmp_path / "un café à 東京" / "project")
    assert build_manifest(project, "editable")["project"] == str(project)
    assert list(build_manifest(project)["modules"]) == [EDITOR]


@pytest.mark.skipif(os.name == "nt", reason="folders have no read-only flag there")
def test_a_read_only_source_tree(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    for path in [*project.rglob("*"), project]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert list(build_manifest(project)["modules"]) == [EDITOR]
        build(project, builder=SdistBuilder)
    finally:
        for path in [project, *project.rglob("*")]:
            path.chmod(0o755)


def test_hooks_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATCH_BUILD_NO_HOOKS", "true")
    with zipfile.ZipFile(build(write_project(tmp_path / "project"))) as wheel:
        assert not [name for name in wheel.namelist() if name.endswith("importmap.json")]


def test_hooks_only(tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is built, so the hook is never told to finish: what it wrote goes with it."""
    monkeypatch.setenv("HATCH_BUILD_HOOKS_ONLY", "true")
    assert list(WheelBuilder(str(write_project(tmp_path / "project"))).build(directory=str(tmp_path))) == []
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_a_build_that_fails_after_us(tmp_path: Path, temporary: Path) -> None:
    generator = GENERATOR.replace(
        'build_data["artifacts"].append("made.js")', 'raise RuntimeError("no luck")'
    )
    ours = "[tool.hatch.build.hooks.importmap]\n"
    document = PYPROJECT.replace(ours, ours + "[tool.hatch.build.hooks.custom]\n")
    project = write_project(tmp_path / "project", document, {**FILES, "hatch_build.py": generator})
    with pytest.raises(RuntimeError, match="no luck") as caught:
        build(project)
    del caught
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_both_versions_at_once(tmp_path: Path, temporary: Path) -> None:
    builder = WheelBuilder(str(write_project(tmp_path / "project")))
    wheels = builder.build(directory=str(tmp_path / "dist"), versions=["editable", "standard"])
    assert ["project" in read_manifest(Path(wheel)) for wheel in wheels] == [True, False]
    assert list(temporary.iterdir()) == []


# The module graph -------------------------------------------------------------------------------

GRAPH = {
    "prose/__init__.py": "",
    "prose/static/prose/editor.js": 'import "./dom.js"; new URL("x.wasm", import.meta.url)',
    "prose/static/prose/dom.js": "//# sourceMappingURL=dom.js.map\n",
    "prose/static/prose/dom.js.map": "{}",
    "prose/static/prose/x.wasm": "",
    "prose/static/prose/unused.js": MODULE,
}


@pytest.mark.parametrize("builder", [WheelBuilder, SdistBuilder])
def test_what_build_frontends_are_asked_for(builder: Any, tmp_path: Path) -> None:
    """Of the extra `live`, all but hatchling, which builds."""
    extra = [
        requirement.partition(";")[0].strip()
        for requirement in importlib.metadata.requires("hatch-importmap") or []
        if "extra == 'live'" in requirement and not requirement.startswith("hatchling")
    ]
    assert len(extra) == 2
    assert sorted(builder(str(write_project(tmp_path))).config.dependencies) == sorted(extra)


@pytest.mark.parametrize("builder", [WheelBuilder, SdistBuilder])
def test_a_build_without_it(builder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_scans", {})
    monkeypatch.setitem(sys.modules, "hatch_importmap.javascript.parse", None)
    assert failure(write_project(tmp_path / "project"), builder=builder) == (
        "importmap: 1 problem\n"
        "- tree-sitter and tree-sitter-javascript, which read imports, cannot be used: "
        "import of hatch_importmap.javascript.parse halted; None in sys.modules.\n"
        '    python -m pip install "hatch-importmap[live]"'
    )


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_the_module_graph(version: str, tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", files=GRAPH)
    manifest = build_manifest(project, version)
    assert {path: {*module} - {"sha384", "size"} for path, module in manifest["modules"].items()} == {
        "prose/dom.js": set(),
        "prose/editor.js": {"imports", "assets"},
    }
    assert manifest["modules"][EDITOR]["imports"] == ["./dom.js"]
    assert manifest["modules"][EDITOR]["assets"] == ["./x.wasm"]
    if version == "editable":
        static = project / "prose/static"
        assert manifest["files"] == {path: str(static / path) for path in manifest["modules"]}
        assert {str(static / "prose/dom.js"), str(static / "prose")} <= manifest["watch"].keys()


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_refuses_imports(version: str, tmp_path: Path) -> None:
    """Everything at once, from the table and from the code."""
    files = {**GRAPH, "prose/static/prose/dom.js": 'import "./gone.js";\nimport "lit";\n'}
    project = write_project(tmp_path / "project", files=files, extra='gone = "prose/gone.js"\n')
    assert failure(project, version) == (
        "importmap: 3 problems\n"
        "- tool.importmap.imports.gone: the wheel does not ship 'prose/gone.js'; "
        "it was looked for below 'prose/static'.\n"
        "- prose/static/prose/dom.js:1:8: imports './gone.js': the wheel does not ship 'prose/gone.js'; "
        "it was looked for below 'prose/static'.\n"
        "- prose/static/prose/dom.js:2:8: imports 'lit', which is neither this package's own "
        "nor in 'vendored', 'requires' or 'ignore'.\n"
        "    [tool.importmap.requires]\n"
        '    lit = "*"'
    )


def test_warnings_of_the_scan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {**GRAPH, "prose/static/prose/dom.js": "import(name)"}
    warning = (
        "- prose/static/prose/dom.js:1:1: imports what is no string literal: "
        "only another import, or an entry, brings it into the map."
    )
    build(write_project(tmp_path / "project", files=files))
    assert capsys.readouterr().err == f"importmap: 1 warning\n{warning}\n"
    project = write_project(tmp_path / "project", files=files, extra="[tool.importmap]\nstrict = true\n")
    assert failure(project) == f"importmap: 1 problem\n{warning}"


def test_dependencies_from_a_metadata_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are known where hatchling builds."""
    hook = """
        from hatchling.metadata.plugin.interface import MetadataHookInterface

        class Hook(MetadataHookInterface):
            def update(self, metadata):
                metadata["dependencies"] = ["content-editor"]
    """
    asked: list[object] = []

    def ask(requires: object, project: Table) -> list[Diagnostic]:
        asked.append(project.data["dependencies"])
        return []

    monkeypatch.setattr("hatch_importmap.manifest.missing_dependencies", ask)
    document = PYPROJECT.replace('version = "1.2.3"', 'version = "1.2.3"\ndynamic = ["dependencies"]')
    files = {**FILES, "hatch_build.py": dedent(hook)}
    build(write_project(tmp_path / "project", document, files, "[tool.hatch.metadata.hooks.custom]\n"))
    assert asked == [["content-editor"]]


# The last look at the wheel ---------------------------------------------------------------------


def tampering(project: Path, code: str) -> Path:
    """A project with a hook that does something to the wheel before ours looks at it."""
    hook = (
        "import os, zipfile\n"
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "class Tampering(BuildHookInterface):\n"
        "    def finalize(self, version, build_data, artifact_path):\n"
        f"        {code}\n"
    )
    ours = "[tool.hatch.build.hooks.importmap]\n"
    document = PYPROJECT.replace(ours, "[tool.hatch.build.hooks.custom]\n" + ours)
    return write_project(project, document, {**FILES, "hatch_build.py": hook})


def test_a_wheel_that_lacks_everything(tmp_path: Path) -> None:
    project = tampering(tmp_path / "project", "zipfile.ZipFile(artifact_path, 'w').close()")
    assert failure(project) == (
        "importmap: 2 problems\n"
        "- the wheel has no 'prose-1.2.3.dist-info/extra_metadata/importmap.json', or another one.\n"
        "- the wheel does not ship 'prose/editor.js'."
    )
    assert list((tmp_path / "dist").iterdir()) == []


@pytest.mark.parametrize("name", ["dom.js", "dom.js.map", "x.wasm"])
def test_a_file_that_vanishes_while_the_wheel_is_built(name: str, tmp_path: Path) -> None:
    """Everything that the modules need is looked for."""
    generator = (
        "import os\n"
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "class Remover(BuildHookInterface):\n"
        "    def initialize(self, version, build_data):\n"
        f"        os.remove(os.path.join(self.root, 'prose/static/prose/{name}'))\n"
    )
    ours = "[tool.hatch.build.hooks.importmap]\n"
    document = PYPROJECT.replace(ours, ours + "[tool.hatch.build.hooks.custom]\n")
    project = write_project(tmp_path / "project", document, {**GRAPH, "hatch_build.py": generator})
    with pytest.raises(SystemExit) as caught:
        build(project)
    assert caught.value.code == f"importmap: 1 problem\n- the wheel does not ship 'prose/{name}'."
    assert list((tmp_path / "dist").iterdir()) == []


def test_an_imported_file_that_changes_while_the_wheel_is_built(tmp_path: Path) -> None:
    generator = GENERATOR.replace("made.js", "dom.js")
    ours = "[tool.hatch.build.hooks.importmap]\n"
    document = PYPROJECT.replace(ours, ours + "[tool.hatch.build.hooks.custom]\n")
    project = write_project(tmp_path / "project", document, {**GRAPH, "hatch_build.py": generator})
    with pytest.raises(SystemExit) as caught:
        build(project)
    assert caught.value.code == (
        "importmap: 1 problem\n"
        "- tool.hatch.build.hooks.importmap: 'prose/dom.js' was changed while the wheel was built; "
        "put this hook last among the hooks."
    )


def test_a_wheel_with_another_manifest(tmp_path: Path) -> None:
    code = (
        "with zipfile.ZipFile(artifact_path, 'w') as wheel:\n"
        "            wheel.write(os.path.join(self.root, 'prose/static/prose/editor.js'), "
        "'prose/static/prose/editor.js')\n"
        "            wheel.writestr('prose-1.2.3.dist-info/extra_metadata/importmap.json', '{}')"
    )
    assert failure(tampering(tmp_path / "project", code)) == (
        "importmap: 1 problem\n"
        "- the wheel has no 'prose-1.2.3.dist-info/extra_metadata/importmap.json', or another one."
    )


def test_a_wheel_that_another_hook_has_moved(tmp_path: Path) -> None:
    project = tampering(tmp_path / "project", "os.rename(artifact_path, artifact_path + '.moved')")
    build(project)
    assert [path.suffix for path in (tmp_path / "dist").iterdir()] == [".moved"]


# The sdist --------------------------------------------------------------------------------------


def test_sdist(tmp_path: Path, temporary: Path) -> None:
    project = write_project(tmp_path / "project")
    before = snapshot(project)
    assert build(project, builder=SdistBuilder).name == "prose-1.2.3.tar.gz"
    assert snapshot(project) == before
    assert list(temporary.iterdir()) == []


def test_sdist_of_a_declaration_with_problems(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", PYPROJECT.replace("prose/editor", "/prose/editor"))
    assert failure(project, builder=SdistBuilder).startswith(
        "importmap: 1 problem\n- tool.importmap.imports.editor: '/prose/editor.js' is refused: "
    )


def test_sdist_without_the_table(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", PYPROJECT.partition("[tool.importmap")[0])
    message = (
        "importmap: 1 problem\n"
        "- tool.importmap.imports: is missing: it declares the modules.\n"
        "    [tool.importmap.imports]\n"
        '    editor = "my_package/editor.js"'
    )
    assert failure(project, builder=SdistBuilder) == message
    assert failure(project) == message


MISSING_IN_SDIST = (
    "- tool.importmap.imports.editor: the wheel ships 'prose/editor.js', "
    "but the sdist does not have prose/static/prose/editor.js.\n"
    "    [tool.hatch.build]\n"
    '    artifacts = ["prose/static/prose/editor.js"]'
)
WHEEL_ONLY = '[tool.hatch.build.targets.wheel]\nartifacts = ["*.js"]\n'


def test_sdist_that_lacks_a_file_of_the_wheel(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", files=IGNORED, extra=WHEEL_ONLY)
    assert failure(project, builder=SdistBuilder) == "importmap: 1 problem\n" + MISSING_IN_SDIST
    assert build(project).exists()


def test_sdist_that_lacks_several_files(tmp_path: Path) -> None:
    """One list for all, in the table that counts, with what is there."""
    document = PYPROJECT.replace("[tool.importmap", WHEEL_ONLY + "[tool.importmap")
    extra = 'x = "prose/x.js"\n'
    sdist = '[tool.hatch.build.targets.sdist]\nartifacts = ["*.css"]\n'
    files = {**IGNORED, "prose/static/prose/x.js": MODULE}
    project = write_project(tmp_path / "project", document, files, extra + sdist)
    expected = (
        "importmap: 2 problems\n"
        "- tool.importmap.imports.editor: the wheel ships 'prose/editor.js', "
        "but the sdist does not have prose/static/prose/editor.js.\n"
        "- tool.importmap.imports.x: the wheel ships 'prose/x.js', "
        "but the sdist does not have prose/static/prose/x.js.\n"
        "    [tool.hatch.build.targets.sdist]\n"
        '    artifacts = ["*.css", "prose/static/prose/editor.js", "prose/static/prose/x.js"]'
    )
    assert failure(project, builder=SdistBuilder) == expected
    _, lines = expected.split("x.js.\n")
    write_project(project, document, files, extra + lines)
    assert build(project, builder=SdistBuilder).exists()


def test_sdist_that_lacks_what_a_module_needs(tmp_path: Path) -> None:
    """What else is wrong with the code, the build of the wheel says."""
    editor = {"prose/static/prose/editor.js": GRAPH["prose/static/prose/editor.js"] + '\nimport "lit"'}
    sdist = '[tool.hatch.build.targets.sdist]\nexclude = ["dom.*", "*.wasm"]\n'
    project = write_project(tmp_path / "project", files={**GRAPH, **editor}, extra=sdist)
    place, there = "prose/static/prose/editor.js:1", "the sdist does not have prose/static/prose"
    assert failure(project, builder=SdistBuilder) == (
        "importmap: 3 problems\n"
        f"- {place}:8: the wheel ships 'prose/dom.js', but {there}/dom.js.\n"
        f"- {place}:28: the wheel ships 'prose/x.wasm', but {there}/x.wasm.\n"
        f"- {place}:8: the wheel ships 'prose/dom.js.map', but {there}/dom.js.map.\n"
        "    [tool.hatch.build]\n"
        '    artifacts = ["prose/static/prose/dom.js", "prose/static/prose/x.wasm", '
        '"prose/static/prose/dom.js.map"]'
    )


def test_sdist_that_lacks_a_file_which_no_pattern_ships(tmp_path: Path) -> None:
    extra = '[tool.hatch.build.targets.sdist]\nonly-include = ["prose/__init__.py"]\n'
    project = write_project(tmp_path / "project", extra=extra)
    assert failure(project, builder=SdistBuilder) == (
        "importmap: 1 problem\n"
        "- tool.importmap.imports.editor: the wheel ships 'prose/editor.js', "
        "but the sdist does not have prose/static/prose/editor.js."
    )


def test_sdist_with_options_of_its_own(tmp_path: Path) -> None:
    extra = "[tool.hatch.build.targets.sdist.hooks.importmap]\nx = 1\n"
    assert failure(write_project(tmp_path / "project", extra=extra), builder=SdistBuilder) == (
        "importmap: 1 problem\n- tool.hatch.build.targets.sdist.hooks.importmap.x: unknown key."
    )


def test_sdist_that_lacks_a_file_from_outside(tmp_path: Path) -> None:
    (tmp_path / "outside.js").write_text(MODULE)
    extra = (
        '[tool.hatch.build.targets.wheel.force-include]\n"../outside.js" = "prose/static/prose/editor.js"\n'
    )
    project = write_project(tmp_path / "project", files={"prose/__init__.py": ""}, extra=extra)
    assert failure(project, builder=SdistBuilder) == (
        "importmap: 1 problem\n"
        "- tool.importmap.imports.editor: the wheel ships 'prose/editor.js', "
        "but the sdist does not have ../outside.js."
    )


def test_sdist_that_lacks_a_file_which_a_hook_may_make(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = "[tool.hatch.build.hooks.importmap]\n"
    document = PYPROJECT.replace(ours, "[tool.hatch.build.hooks.custom]\n" + ours)
    files = {**IGNORED, "hatch_build.py": GENERATOR}
    build(write_project(tmp_path / "project", document, files, WHEEL_ONLY), builder=SdistBuilder)
    assert capsys.readouterr().err == "importmap: 1 warning\n" + MISSING_IN_SDIST + "\n"


def test_sdist_where_a_hook_makes_all_files_of_the_wheel(tmp_path: Path) -> None:
    extra = (
        '[tool.hatch.build.hooks.custom]\n[tool.hatch.build.targets.wheel.force-include]\n"gone" = "prose"\n'
    )
    files = {**FILES, "hatch_build.py": GENERATOR}
    assert build(write_project(tmp_path / "project", files=files, extra=extra), builder=SdistBuilder).exists()


def test_sdist_does_not_ask_for_files(tmp_path: Path) -> None:
    """A file that is not there yet may be made when the wheel is built."""
    project = write_project(tmp_path / "project", files={"prose/__init__.py": ""})
    assert build(project, builder=SdistBuilder).exists()


def test_other_targets_are_left_alone(tmp_path: Path) -> None:
    builder = """
from hatchling.builders.wheel import WheelBuilder

class Other(WheelBuilder):
    def build_standard(self, directory, **build_data):
        assert not build_data["extra_metadata"]
        return "built"

def get_builder():
    return Other
"""
    project = write_project(
        tmp_path / "project", files={"hatch_build.py": builder}, extra="[tool.hatch.build.targets.custom]\n"
    )
    made = CustomBuilder(str(project)).build(directory=str(tmp_path), versions=["standard"])
    assert list(made) == ["built"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this platform")
@pytest.mark.parametrize("name", ["editor.js", "logo.svg", "unused.txt"])
@pytest.mark.parametrize("builder", [WheelBuilder, SdistBuilder])
def test_a_pipe_in_place_of_a_file(tmp_path: Path, name: str, builder: Any) -> None:
    """Hatchling would wait for it."""
    project = write_project(tmp_path / "project", PYPROJECT)
    place = project / "prose/static/prose" / name
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    with pytest.raises(SystemExit) as caught:
        build(project, builder=builder)
    assert f"{place}: cannot be shipped: it is not a regular file." in str(caught.value)
