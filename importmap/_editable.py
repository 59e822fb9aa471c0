"""Editable installs: whether the absolute paths in a manifest are believed."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._installed import Installed
    from ._manifest import Manifest


#: The members of a manifest that only a source tree has.
MEMBERS = frozenset({"project", "files", "pyproject", "watch", "build"})


def distrust(manifest: Manifest, installed: Installed) -> str:
    """Why an editable manifest is not believed; ``""`` if it is.

    Anybody can write ``"project"`` into a wheel. Only an installer writes that an
    install is editable, and only files of that very project are taken.
    """
    project = manifest.get("project", "")
    if not os.path.isabs(project):
        return f"'project' is not an absolute path: {project!r}"
    source = _editable_source(installed.read("direct_url.json"))
    if source is None:
        return "it names a source tree, but the distribution is not installed as editable"
    if not _same(source, project):
        return f"it names the source tree {project!r}, but {source!r} is installed as editable"
    return distrust_files(manifest)


def distrust_files(manifest: Manifest) -> str:
    """Why the file paths of a manifest with a source tree are not believed; ``""`` if they are."""
    root = os.path.realpath(manifest["project"])
    for path in manifest.get("files", {}).values():
        real = os.path.realpath(path)
        if not (os.path.isabs(path) and real.startswith(os.path.join(root, ""))):
            return f"the file {path!r} lies outside the project"
    return ""


def _editable_source(raw: bytes | None) -> str | None:
    """The folder in a direct_url.json that says editable ("Recording the Direct URL Origin")."""
    # Only editable installs need these, and they are slow to import.
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
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
