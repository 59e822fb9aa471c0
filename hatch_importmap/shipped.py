"""What hatchling ships: asked of its own builders, never worked out here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

from hatchling.builders.utils import normalize_inclusion_map
from hatchling.builders.wheel import WheelBuilder

from importmap._base.diagnostics import DeclarationError, Diagnostic
from importmap._manifest.document import FILE_NAME

from .files import Artifacts, Shipped

if TYPE_CHECKING:
    from hatchling.builders.plugin.interface import BuilderInterface, IncludedFile


def wheel_of(builder: BuilderInterface[Any, Any]) -> WheelBuilder:
    """The builder of the wheel beside another builder of the same project."""
    return WheelBuilder(builder.root, builder.plugin_manager, builder.raw_config, builder.metadata)


def wheel_at(root: str, pyproject: Mapping[str, Any]) -> WheelBuilder:
    """The builder of the wheel of a project folder.

    Dynamic metadata is left out: it has no say in which files are shipped, and the plugins that
    find it out are installed where wheels are built, but not necessarily here.

    :param pyproject: the document pyproject.toml; it is not changed.
    :raises DeclarationError: if hatchling cannot read it.
    """
    document = deepcopy(dict(pyproject))
    if isinstance(project := document.get("project"), dict) and project.pop("dynamic", None) is not None:
        project.setdefault("version", "0")
    builder = WheelBuilder(root, config=document)
    with _refusals():
        builder.metadata.hatch.config.pop("metadata", None)
    return builder


def version_at(root: str) -> str | None:
    """The version of a project folder as hatchling finds it; None where it cannot."""
    try:
        return WheelBuilder(root).metadata.version
    except Exception:  # noqa: BLE001 - a plugin may find the version, and raise whatever it likes
        return None


def contributed(build_data: Mapping[str, Any], version: str) -> dict[str, object]:
    """What hooks added to the build of a wheel, as far as it decides which files are shipped.

    :param version: ``"standard"`` or ``"editable"``.
    :returns: a JSON-ready table; empty if nothing was added.
    """
    table: dict[str, object] = {}
    if build_data["artifacts"]:
        table["artifacts"] = [str(pattern) for pattern in build_data["artifacts"]]
    for key in ("force_include", "force_include_editable") if version == "editable" else ("force_include",):
        if build_data[key]:
            table[key] = {str(source): str(target) for source, target in build_data[key].items()}
    return table


def shipped_files(builder: BuilderInterface[Any, Any], contributions: Mapping[str, Any]) -> Shipped:
    """The files of an sdist or of the standard wheel, also where an editable one is built.

    :param builder: the builder of the wheel or sdist.
    :param contributions: what `contributed` returned for this build, or the data of the build.
    :raises DeclarationError: if hatchling cannot say.
    """
    files = _files(builder, contributions)
    # Hatchling would wait for such a file for ever.
    odd = sorted(source for source in files.values() if os.path.exists(source) and not os.path.isfile(source))
    if odd:
        raise DeclarationError(*(_odd(source) for source in odd))
    own = "artifacts" in builder.target_config
    exclusions = builder.config.vcs_exclusion_files
    hatch_toml = os.path.join(builder.root, "hatch.toml")
    return Shipped(
        root=os.path.abspath(builder.root),
        files=files,
        inputs=(*exclusions["git"], *exclusions["hg"], *filter(os.path.isfile, [hatch_toml])),
        artifacts=Artifacts(
            f"tool.hatch.build.targets.{builder.PLUGIN_NAME}" if own else "tool.hatch.build",
            list((builder.target_config if own else builder.build_config).get("artifacts", [])),
            cache(lambda: _files(builder, {**contributions, "artifacts": ["*"]})),
        ),
    )


def hook_table(builder: BuilderInterface[Any, Any], name: str) -> str:
    """The dotted path of the table that switches a hook on."""
    target = f"targets.{builder.PLUGIN_NAME}." if name in builder.target_config.get("hooks", {}) else ""
    return f"tool.hatch.build.{target}hooks.{name}"


def place_problems(builder: WheelBuilder, build_data: Mapping[str, Any]) -> list[Diagnostic]:
    """What would keep the manifest from its place in the wheel, if anything."""
    config = builder.config
    table = "tool.hatch.build.targets.wheel" if "sources" in builder.target_config else "tool.hatch.build"
    problems = []
    if (moved := config.get_distribution_path(FILE_NAME)) != FILE_NAME:
        message = f"moves the manifest to {'extra_metadata/' + moved!r}, where nobody looks for it."
        hint = 'Name the folders to move, in place of "".'
        problems.append(Diagnostic("IM016", "error", message, place=f"{table}.sources", hint=hint))
    with config.set_build_data(_complete(build_data)):
        reserved = config.path_is_reserved(config.get_distribution_path(FILE_NAME))
    added = normalize_inclusion_map(build_data["extra_metadata"], builder.root)
    if reserved or FILE_NAME in {*config.extra_metadata.values(), *added.values()}:
        message = f"another {FILE_NAME!r} is forced into the wheel in place of the manifest; rename it."
        problems.append(Diagnostic("IM016", "error", message, place="tool.hatch.build"))
    return problems


def other_hooks(builder: WheelBuilder, name: str) -> bool:
    """Whether hooks beside the named one take part in the build of the wheel."""
    return any(hook != name for hook in builder.config.hook_config)


def metadata_folder(builder: WheelBuilder) -> str:
    """The folder of the wheel that holds the manifest."""
    return f"{builder.artifact_project_id}.dist-info/extra_metadata"


def _files(builder: BuilderInterface[Any, Any], build_data: Mapping[str, Any]) -> dict[str, str]:
    with _refusals(), builder.config.set_build_data(data := _complete(build_data)):
        files = _paths(builder.recurse_included_files())
        editable = normalize_inclusion_map(data["force_include_editable"], builder.root)
        return {**files, **_paths(builder.recurse_forced_files(editable))}


@contextmanager
def _refusals() -> Iterator[None]:
    """Raise whatever hatchling raises, where its tables are wrong or a file is missing, as our error."""
    try:
        yield
    except Exception as error:
        message = f"hatchling cannot say which files it ships: {error}"
        raise DeclarationError(Diagnostic("IM017", "error", message)) from error


def _odd(source: str) -> Diagnostic:
    return Diagnostic("IM017", "error", "cannot be shipped: it is not a regular file.", place=source)


def _complete(build_data: Mapping[str, Any]) -> dict[str, Any]:
    return {"artifacts": [], "force_include": {}, "force_include_editable": {}, **build_data}


def _paths(files: Iterable[IncludedFile]) -> dict[str, str]:
    return {file.distribution_path.replace(os.sep, "/"): os.path.abspath(file.path) for file in files}
