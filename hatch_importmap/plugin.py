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

from importmap._base.diagnostics import DeclarationError, Diagnostic, ImportMapError
from importmap._manifest.document import FILE_NAME, encode

from .editable import editable
from .files import Shipped
from .manifest import build
from .shipped import (
    contributed,
    hook_table,
    metadata_folder,
    other_hooks,
    place_problems,
    shipped_files,
    wheel_of,
)
from .verify import check_contributions, check_sdist, check_wheel, hooks_after, options_problems


class ImportMapBuildHook(BuildHookInterface[BuilderConfig]):
    """Finds everything out before anything is built, so that a mistake costs no wheel."""

    PLUGIN_NAME = "importmap"

    def dependencies(self) -> list[str]:
        """What build frontends install for the scan of JavaScript modules."""
        return ["tree-sitter>=0.25", "tree-sitter-javascript>=0.23"]

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
        if os.path.isfile(artifact_path):
            with _readable_errors():
                try:
                    self._check(version, build_data, artifact_path)
                except (ImportMapError, OSError):
                    # Nor may a wheel stay that nobody could look into.
                    with suppress(OSError):
                        os.remove(artifact_path)
                    raise

    def _check(self, version: str, build_data: dict[str, Any], wheel: str) -> None:
        if version == "standard":
            manifest = f"{metadata_folder(self._wheel_builder)}/{FILE_NAME}"
            check_wheel(wheel, manifest, self._built, self._table)
        elif (contributions := contributed(build_data, version)) != self._contributions:
            # An editable wheel does not hold the files.
            check_contributions(self._built, shipped_files(self._wheel_builder, contributions), self._table)

    @property
    def _wheel_builder(self) -> WheelBuilder:
        return cast("WheelBuilder", self.build_config.builder)

    @property
    def _table(self) -> str:
        """The dotted path of the hook's own table."""
        return hook_table(self.build_config.builder, self.PLUGIN_NAME)

    def _initialize_wheel(self, version: str, build_data: dict[str, Any]) -> None:
        builder = self._wheel_builder
        self._contributions = contributed(build_data, version)
        shipped = shipped_files(builder, self._contributions)
        problems = [*options_problems(self.config, self._table), *place_problems(builder, build_data)]
        try:
            built = build(self._pyproject(), shipped, self.metadata.version, problems)
        except DeclarationError as error:
            hooks = build_data["build_hooks"]
            later = hooks[hooks.index(self.PLUGIN_NAME) + 1 :]
            raise hooks_after(later, self._table, error) from None
        self._built = editable(built, self._contributions) if version == "editable" else built
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
            shipped_files(self.build_config.builder, build_data),
            severity="warning" if generated else "error",
            problems=options_problems(self.config, self._table),
        )
        self._warn(warnings)

    def _warn(self, warnings: list[Diagnostic]) -> None:
        if warnings:
            head = "importmap: 1 warning" if len(warnings) == 1 else f"importmap: {len(warnings)} warnings"
            self.app.display_warning("\n".join([head, *(f"- {warning}" for warning in warnings)]))

    def _pyproject(self) -> dict[str, object]:
        """pyproject.toml, with what a metadata hook may have set, as hatchling reads it."""
        core = self.metadata.core
        project = {
            "name": core.raw_name,
            "entry-points": core.entry_points,
            "dependencies": core.dependencies,
        }
        return {"project": project, "tool": self.metadata.config.get("tool", {})}


@contextmanager
def _readable_errors() -> Iterator[None]:
    """End the build with the text of the error alone: build frontends show it, without a traceback.

    It is one of our errors, or the system's, which lacks space or does not allow something.
    """
    try:
        yield
    except ImportMapError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"importmap: {error.filename or 'a file'}: {error.strerror or error}.")
