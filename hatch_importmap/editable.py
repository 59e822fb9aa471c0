"""The manifest of a source tree: where its files are, and what tells that they have changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from importmap._base import stamps
from importmap._base.diagnostics import Diagnostic

from .manifest import Built

if TYPE_CHECKING:
    from importmap._manifest.document import Manifest, Module


def editable(built: Built, contributed: Mapping[str, object]) -> Built:
    """The manifest of an editable install: with the source tree in place of the digests.

    :param built: the standard manifest.
    :param contributed: what other build hooks added to the build.
    """
    root, files, warnings = built.files.shipped.root, {}, []
    inside = os.path.join(os.path.realpath(root), "")
    for path in built.manifest["modules"]:
        source = built.files.source(path)
        if os.path.realpath(source).startswith(inside):
            files[path] = source
        else:
            message = f"{source} lies outside the project: an editable install cannot serve {path!r}."
            warnings.append(Diagnostic("IM052", "warning", message))
    pyproject = os.path.join(root, "pyproject.toml")
    inputs = [pyproject, *built.files.shipped.inputs, *files.values(), *built.files.source_folders()]
    manifest: Manifest = {
        **built.manifest,
        "modules": {path: _without_digest(module) for path, module in built.manifest["modules"].items()},
        "project": root,
        "files": files,
        "pyproject": stamps.digest(pyproject),
        "watch": stamps.take(inputs),
    }
    if contributed:
        manifest["build"] = dict(contributed)
    return replace(built, manifest=manifest, warnings=built.warnings + warnings)


def _without_digest(module: Module) -> Module:
    copy = module.copy()
    copy.pop("sha384", None)
    return copy
