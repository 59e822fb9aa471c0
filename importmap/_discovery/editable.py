"""Editable installs: whether the absolute paths in a manifest are believed."""

from __future__ import annotations

import json
import os
import sys

from importmap._base.files import read_file
from importmap._base.grammar import normalise
from importmap._base.stamps import SOURCE_SUFFIXES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from importmap._manifest.document import Manifest

    from .distributions import Installed


#: The members of a manifest that only a source tree has.
MEMBERS = frozenset({"project", "files", "pyproject", "watch", "build"})


def distrust(manifest: Manifest, installed: Installed) -> str:
    """Why an editable manifest is not believed; ``""`` if it is.

    Anybody can write ``"project"`` into a wheel, and a direct_url.json beside it. So an
    install has to be editable, the project has to agree (see `distrust_project`), and
    only files of that very project are taken.
    """
    project = manifest.get("project", "")
    if not os.path.isabs(project):
        return f"'project' is not an absolute path: {project!r}"
    source = source_of(installed)
    if source is None:
        return "it names a source tree, but the distribution is not installed as editable"
    try:
        if not _same(source, project):
            return f"it names the source tree {project!r}, but {source!r} is installed as editable"
        return _distrust_files(manifest)
    except ValueError:
        return "it names a path that this system cannot spell"


def distrust_project(pyproject: str, name: str) -> str:
    """Why a project is not that of a distribution; ``""`` if it is.

    :param pyproject: the pyproject.toml of the project.
    :param name: the normalised name of the distribution.
    """
    try:
        called = _document(pyproject)["project"]["name"]
        if normalise(called) == name:
            return ""
    except OSError as error:
        return f"the project's name cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "the project's name cannot be read"
    return f"the project is called {called!r}"


def source_of(installed: Installed) -> str | None:
    """Return the folder of the project that a distribution is installed from as editable, if it is.

    :raises OSError: if the metadata cannot be read.
    """
    return _editable_source(installed.read("direct_url.json"))


def has_hook(project: str) -> bool:
    """Tell whether a project says that our build hook makes its manifest.

    :param project: its folder.
    """
    for name, path in (("pyproject.toml", ("tool", "hatch", "build")), ("hatch.toml", ("build",))):
        try:
            build: Any = _document(os.path.join(project, name))
            for key in path:
                build = build[key]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
        for table in (build, _at(_at(build, "targets"), "wheel")):
            if _at(_at(table, "hooks"), "importmap") is not None:
                return True
    return False


def _at(table: object, key: str) -> object:
    return table.get(key) if isinstance(table, dict) else None


def _document(path: str) -> Any:
    # Only editable installs need it, and it is slow to import.
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    return tomllib.loads(read_file(path).decode())


def _distrust_files(manifest: Manifest) -> str:
    root = os.path.join(os.path.realpath(manifest["project"]), "")
    for public, path in manifest.get("files", {}).items():
        real = os.path.realpath(path)
        if not (os.path.isabs(path) and real.startswith(root)):
            return f"the file {path!r} lies outside the project"
        # The name that is served says what a file is, so the file has to be that.
        kinds = SOURCE_SUFFIXES if public.endswith(SOURCE_SUFFIXES) else (_suffix(public),)
        if _suffix(real) not in kinds:
            return f"the file {path!r} is of another kind than {public!r}"
    return ""


def _suffix(path: str) -> str:
    """The end of a file's name from its last dot, also of ``.env``; without a dot, all of it."""
    return "".join(os.path.basename(path).rpartition(".")[1:])


def _editable_source(raw: bytes | None) -> str | None:
    """The folder in a direct_url.json that says editable ("Recording the Direct URL Origin")."""
    # Only editable installs need these, and they are slow to import.
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        # An installer wrote this file for all tools. It means here what it means to them, and a damaged one
        # says nothing. So `_base.json_text` and its refusals are no help.
        document = json.loads(raw or b"{}")
        if document["dir_info"]["editable"] is not True:
            return None
        url = urlsplit(document["url"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    path = url2pathname(url.path)
    return path if url.scheme == "file" and "\0" not in path else None


def _same(one: str, other: str) -> bool:
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))
