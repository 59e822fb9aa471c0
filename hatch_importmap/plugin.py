"""The build hook: writes the manifest into wheels, and checks what sdists ship."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, cast

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.wheel import WheelBuilder

from importmap._diagnostics import Diagnostic
from importmap._errors import DeclarationError, ImportMapError
from importmap._manifest import FILE_NAME, encode

from ._build import build
from ._check import check_sdist, check_wheel, hooks_after, options_problems
from ._editable import editable
from ._files import Shipped
from ._shipped import (
    contributed,
    metadata_folder,
    other_hooks,
    place_problems,
    sdist_files,
    shipped_files,
    wheel_of,
)


class ImportMapBuildHook(BuildHookInterface[BuilderConfig]):
    """Finds everything out before anything is built, so that a mistake costs no wheel."""

    PLUGIN_NAME = "importmap"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Check the declaration, and hand the manifest to the builder of the wheel."""
        with _readable_errors():
            if self.target_name == "wheel":
                self._initialize_wheel(version, build_data)
            elif self.target_name == "sdist":
                self._initialize_sdist(build_data)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Look into the wheel that was built; one that is not what the manifest says is deleted."""
        if self.target_name != "wheel":
            return
        self._remove()
        # Another hook may have moved the wheel.
        if version == "standard" and os.path.isfile(artifact_path):
            manifest = f"{metadata_folder(self._wheel_builder)}/{FILE_NAME}"
            with _readable_errors():
                try:
                    check_wheel(artifact_path, manifest, self._built)
                except ImportMapError:
                    os.remove(artifact_path)
                    raise

    @property
    def _wheel_builder(self) -> WheelBuilder:
        return cast("WheelBuilder", self.build_config.builder)

    def _initialize_wheel(self, version: str, build_data: dict[str, Any]) -> None:
        builder = self._wheel_builder
        contributions = contributed(build_data, version)
        shipped = shipped_files(builder, contributions)
        problems = [*options_problems(self.config), *place_problems(builder, build_data)]
        try:
            built = build(self._pyproject(), shipped, self.metadata.version, problems)
        except DeclarationError as error:
            raise hooks_after(self.PLUGIN_NAME, build_data, error) from None
        self._built = editable(built, contributions) if version == "editable" else built
        self._warn(self._built.warnings)
        # Outside the project, which may be read-only; gone whatever becomes of the build.
        folder = tempfile.mkdtemp(prefix="importmap-")
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        file = os.path.join(folder, FILE_NAME)
        with open(file, "wb") as stream:
            stream.write(encode(self._built.manifest))
        build_data["extra_metadata"][file] = FILE_NAME

    def _initialize_sdist(self, build_data: dict[str, Any]) -> None:
        wheel = wheel_of(self.build_config.builder)
        # Hooks that make files for the wheel can make them from the sdist too.
        generated = other_hooks(wheel, self.PLUGIN_NAME)
        shipped: Shipped | None = None
        with suppress(DeclarationError) if generated else nullcontext():
            shipped = shipped_files(wheel, {})
        warnings = check_sdist(
            self._pyproject(),
            shipped,
            sdist_files(self.build_config.builder, build_data),
            severity="warning" if generated else "error",
            problems=options_problems(self.config),
        )
        self._warn(warnings)

    def _warn(self, warnings: list[Diagnostic]) -> None:
        if warnings:
            head = "importmap: 1 warning" if len(warnings) == 1 else f"importmap: {len(warnings)} warnings"
            self.app.display_warning("\n".join([head, *(f"- {warning}" for warning in warnings)]))

    def _pyproject(self) -> dict[str, object]:
        """pyproject.toml, its entry points as hatchling reads them: a metadata hook may have set them."""
        core = self.metadata.core
        project = {"name": core.raw_name, "entry-points": core.entry_points}
        return {"project": project, "tool": self.metadata.config.get("tool", {})}


@contextmanager
def _readable_errors() -> Iterator[None]:
    """End the build with the text of our errors alone: build frontends show it, without a traceback."""
    try:
        yield
    except ImportMapError as error:
        sys.exit(str(error))
