"""What an author sees: pip, build and uv, isolated and not, with the oldest hatchling and the newest."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.projects import FILES, PYPROJECT, isolated, read_manifest, snapshot, write_project
from support.refusals import REFUSALS
from support.wheels import UV, new_venv

HATCHLINGS = ["1.27.0", importlib.metadata.version("hatchling")]
EDITOR = "prose/editor.js"
OLD_WHEEL = b"an older build"


@dataclass(frozen=True)
class Frontend:
    """A command that builds a wheel of the project in its working directory.

    :param sdist: whether it makes an sdist first, and the wheel of that.
    """

    name: str
    isolated: bool
    sdist: bool = False

    def command(self, python: Path, out: Path) -> list[str | Path]:
        if self.name == "pip":
            free = [] if self.isolated else ["--no-build-isolation"]
            return [python, "-m", "pip", "wheel", "--no-deps", *free, "--wheel-dir", out, "."]
        wheel = [] if self.sdist else ["--wheel"]
        if self.name == "build":
            free = [] if self.isolated else ["--no-isolation"]
            return [python, "-m", "build", *wheel, *free, "--outdir", out, "."]
        free = [] if self.isolated else ["--no-build-isolation"]
        return [UV, "build", *wheel, "--python", python, *free, "--out-dir", out, "."]


def frontend_id(frontend: Frontend) -> str:
    return f"{frontend.name}-{'isolated' if frontend.isolated else 'direct'}"


DIRECT = [Frontend(name, isolated=False) for name in ("pip", "build", "uv")]
ISOLATED = [Frontend(name, isolated=True) for name in ("pip", "build", "uv")]
SDISTS = [Frontend(name, isolated=False, sdist=True) for name in ("build", "uv")]

Pythons = Callable[[str], Path]


@dataclass(frozen=True)
class Result:
    """How a build ended."""

    returncode: int
    output: str
    out: Path

    def message(self) -> str:
        """What we said to the author, without the indentation that the frontend gave it."""
        lines = self.output.splitlines()
        start = next(number for number, line in enumerate(lines) if line.strip().startswith("importmap: "))
        indent = lines[start].index("importmap: ")
        ours = [lines[start]]
        for line in lines[start + 1 :]:
            if not line[indent:].startswith(("- ", "    ")) or line[:indent].strip():
                break
            ours.append(line)
        return "\n".join(line[indent:] for line in ours)


@pytest.fixture(scope="session")
def pythons(own_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Pythons:
    """The Python of an environment with pip, build, our wheel and one version of hatchling."""
    made: dict[str, Path] = {}

    def python(hatchling: str) -> Path:
        if hatchling not in made:
            ours = f"hatch-importmap[live] @ {own_wheel.as_uri()}"
            folder = tmp_path_factory.mktemp("frontends") / "venv"
            requirements = ["pip", "build", "editables~=0.3", f"hatchling=={hatchling}", ours]
            made[hatchling] = new_venv(folder, *requirements)
        return made[hatchling]

    return python


def run(frontend: Frontend, python: Path, project: Path) -> Result:
    """Build the wheel of a project; the folder for it may hold an older one."""
    out, temporary = project.parent / "out", project.parent / "temporary"
    out.mkdir(exist_ok=True)
    temporary.mkdir()
    done = subprocess.run(
        frontend.command(python, out),
        cwd=project,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONUTF8": "1", "COLUMNS": "500", "NO_COLOR": "1"},
    )
    assert "Traceback" not in done.stdout
    assert list(temporary.glob("importmap-*")) == []
    return Result(done.returncode, done.stdout, out)


def check_success(result: Result) -> None:
    assert result.returncode == 0, result.output
    (wheel,) = result.out.glob("*.whl")
    assert list(read_manifest(wheel)["modules"]) == [EDITOR]


@pytest.mark.parametrize("frontend", DIRECT, ids=frontend_id)
@pytest.mark.parametrize("hatchling", HATCHLINGS)
def test_builds(frontend: Frontend, hatchling: str, pythons: Pythons, tmp_path: Path) -> None:
    project = write_project(tmp_path / "un café à 東京" / "project")
    before = snapshot(project)
    check_success(run(frontend, pythons(hatchling), project))
    assert snapshot(project) == before


@pytest.mark.parametrize("frontend", ISOLATED, ids=frontend_id)
def test_builds_isolated(frontend: Frontend, pythons: Pythons, own_wheel: Path, tmp_path: Path) -> None:
    document = isolated(PYPROJECT, HATCHLINGS[-1], own_wheel)
    project = write_project(tmp_path / "project", document)
    before = snapshot(project)
    check_success(run(frontend, pythons(HATCHLINGS[-1]), project))
    assert snapshot(project) == before


def check_failure(frontend: Frontend, python: Path, project: Path, message: str) -> None:
    """Whether a build fails with our message and nothing else, and leaves all as it was."""
    out = project.parent / "out"
    out.mkdir()
    older = out / "prose-1.2.3-py3-none-any.whl"
    older.write_bytes(OLD_WHEEL)
    before = snapshot(project)
    result = run(frontend, python, project)
    assert result.returncode != 0
    assert result.message() == message
    assert {path.name: path.read_bytes() for path in out.glob("*.whl")} == {older.name: OLD_WHEEL}
    assert snapshot(project) == before


@pytest.mark.parametrize("frontend", DIRECT, ids=frontend_id)
def test_refuses(frontend: Frontend, pythons: Pythons, tmp_path: Path) -> None:
    """Frontends show our text as it is. Other tests go through all texts, without a frontend."""
    refusal = REFUSALS["the code"]
    project = write_project(tmp_path / "project", refusal.pyproject, refusal.files)
    check_failure(frontend, pythons(HATCHLINGS[-1]), project, refusal.text(project))


@pytest.mark.parametrize("frontend", DIRECT, ids=frontend_id)
def test_refuses_with_the_oldest_hatchling(frontend: Frontend, pythons: Pythons, tmp_path: Path) -> None:
    refusal = REFUSALS["files"]
    project = write_project(tmp_path / "project", refusal.pyproject, refusal.files)
    check_failure(frontend, pythons(HATCHLINGS[0]), project, refusal.text(project))


@pytest.mark.parametrize("frontend", ISOLATED, ids=frontend_id)
def test_refuses_isolated(frontend: Frontend, pythons: Pythons, own_wheel: Path, tmp_path: Path) -> None:
    refusal = REFUSALS["files"]
    document = isolated(refusal.pyproject, HATCHLINGS[-1], own_wheel)
    project = write_project(tmp_path / "project", document, refusal.files)
    check_failure(frontend, pythons(HATCHLINGS[-1]), project, refusal.text(project))


@pytest.mark.parametrize("frontend", SDISTS, ids=frontend_id)
@pytest.mark.parametrize("hatchling", HATCHLINGS)
def test_refuses_an_sdist(frontend: Frontend, hatchling: str, pythons: Pythons, tmp_path: Path) -> None:
    """Frontends build the sdist first, and the wheel from it."""
    files = {**FILES, ".gitignore": "*.js\n"}
    extra = '[tool.hatch.build.targets.wheel]\nartifacts = ["*.js"]\n'
    project = write_project(tmp_path / "project", files=files, extra=extra)
    message = (
        "importmap: 1 problem\n"
        "- tool.importmap.imports.editor: the wheel ships 'prose/editor.js', "
        "but the sdist does not have prose/static/prose/editor.js.\n"
        "    [tool.hatch.build]\n"
        '    artifacts = ["prose/static/prose/editor.js"]'
    )
    check_failure(frontend, pythons(hatchling), project, message)


@pytest.mark.parametrize("frontend", SDISTS, ids=frontend_id)
def test_builds_through_the_sdist(frontend: Frontend, pythons: Pythons, tmp_path: Path) -> None:
    check_success(run(frontend, pythons(HATCHLINGS[-1]), write_project(tmp_path / "project")))


@pytest.mark.parametrize("installer", ["pip", "uv"])
@pytest.mark.parametrize("hatchling", HATCHLINGS)
def test_editable_installs(installer: str, hatchling: str, pythons: Pythons, tmp_path: Path) -> None:
    project = write_project(tmp_path / "un café à 東京" / "project")
    before = snapshot(project)
    python, target = pythons(hatchling), tmp_path / "site"
    command: list[str | Path] = [python, "-m", "pip", "install", "--no-deps", "--no-build-isolation"]
    if installer == "uv":
        command = [UV, "pip", "install", "--python", python, "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--target", target, "--editable", project], check=True, capture_output=True)
    (manifest,) = target.glob("*.dist-info/extra_metadata/importmap.json")
    document = json.loads(manifest.read_bytes())
    assert document["project"] == str(project)
    assert document["files"] == {EDITOR: str(project / "prose/static/prose/editor.js")}
    (direct_url,) = target.glob("*.dist-info/direct_url.json")
    assert json.loads(direct_url.read_bytes())["dir_info"] == {"editable": True}
    assert snapshot(project) == before
