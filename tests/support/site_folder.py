"""Fake installed distributions: nested dictionaries that are written to a folder on `sys.path`."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Union

import pytest

from importmap._manifest.document import decode
from importmap._manifest.package import Package

#: What a folder holds: text, bytes, JSON documents, and folders again.
Files = Mapping[str, Union[str, bytes, "Files"]]


#: What every distribution has, by the end of the name of its folder.
METADATA = {"dist-info": "METADATA", ".egg-info": "PKG-INFO"}


def write(folder: Path, files: Files) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if isinstance(content, Mapping):
            write(folder / name, content)
        else:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def whole(files: Files) -> Files:
    """Return the files, with the file in each folder of metadata that makes it a distribution's."""
    return {
        name: {METADATA[name[-9:].lower()]: "", **content}
        if isinstance(content, Mapping) and name[-9:].lower() in METADATA
        else content
        for name, content in files.items()
    }


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha384(text.encode()).digest()).decode()


def manifest(
    distribution: str, imports: Mapping[str, object] | None = None, /, **more: Any
) -> dict[str, Any]:
    """A manifest as the build hook writes it.

    :param imports: what follows the namespace (``"."`` for the namespace itself) -> a public
        path, or an entry. Default: one entry for ``DISTRIBUTION/editor.js``.
    :param more: members of the manifest, in place of what would be there.
    """
    namespace = more.get("namespace", distribution)
    import_package = distribution.replace("-", "_")
    entries: dict[str, Any] = {
        namespace if key == "." else f"{namespace}/{key}": {"path": target, "contexts": ["default"]}
        if isinstance(target, str)
        else target
        for key, target in (imports or {"editor": f"{import_package}/editor.js"}).items()
    }
    sections: list[dict[str, Any]] = [entries, more.get("private", {}), more.get("vendored", {})]
    paths = [entry["path"] for section in sections for entry in section.values() if "path" in entry]
    return {
        "manifest": 1,
        "name": distribution,
        "version": "1.0",
        "namespace": namespace,
        "package": import_package,
        "roots": [f"{import_package}/static"],
        "modules": {
            path: {"sha384": digest(path), "size": len(path)}
            for path in sorted(paths)
            if not path.endswith("/")
        },
        "imports": entries,
        "private": {},
        "vendored": {},
        "requires": {},
        "ignore": [],
        "computed": [],
        **more,
    }


#: A manifest in which nothing is missing.
FULL: Any = manifest(
    "demo",
    {
        ".": "demo/index.js",
        "editor": {"path": "demo/editor.js", "contexts": ["admin", "public"]},
        "locales/": "demo/locales/",
        "cdn": {
            "url": "https://cdn.example/x.js",
            "integrity": f"sha384-{digest('x')}",
            "contexts": ["default"],
        },
    },
    modules={
        "demo/index.js": {
            "sha384": digest("index"),
            "size": 5,
            "imports": ["./editor.js", "demo/editor", "#dom", "lit"],
            "dynamic": ["../demo/locales/de.js"],
            "assets": ["./x.wasm"],
        },
        "demo/editor.js": {"sha384": digest("editor"), "size": 6},
        "demo/dom.js": {},
        "demo/lit.js": {},
        "demo/locales/de.js": {},
        "demo/data.json": {"type": "json", "size": 2**63},
    },
    private={"#dom": {"path": "demo/dom.js"}},
    vendored={"lit": {"path": "demo/lit.js", "version": "3.2.1"}},
    requires={"@lit/context": ">=1", "lit": "*"},
    ignore=["react", "react-dom/"],
    future={"anything": [None, 1.5]},
)


def package(distribution: str, imports: Mapping[str, object] | None = None, /, **more: Any) -> Package:
    """The package that discovery makes of such a manifest."""
    document = manifest(distribution, imports, **more)
    raw = json.dumps(document).encode()
    return Package(
        distribution=distribution,
        version=document["version"],
        namespace=document["namespace"],
        manifest=decode(raw, distribution=distribution, place="importmap.json"),
        place="importmap.json",
    )


class SiteFolder:
    """A folder of installed distributions.

    The package that hatch-importmap itself ships is none of them, unless `add_own` is called.

    :param path: the folder; it is on `sys.path` already, before what is really installed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = f"hatch_importmap-{version('hatch-importmap')}.dist-info"
        # The first distribution of a name counts, and this one has no entry point.
        self.add({self._own: {"METADATA": f"Name: hatch-importmap\nVersion: {version('hatch-importmap')}\n"}})

    def add_own(self) -> None:
        """Install hatch-importmap's own package, as it is."""
        self.add({self._own: {"entry_points.txt": "[importmap]\nimportmap = importmap\n"}})

    def add(self, files: Files) -> None:
        """Add files. Folders of metadata get the file that makes a distribution, unless they have it."""
        write(self.path, whole(files))
        # Times of folders are too coarse for the caches of the finders.
        importlib.invalidate_caches()

    def install(
        self,
        distribution: str,
        imports: Mapping[str, object] | None = None,
        /,
        *,
        entry_point: str | None = None,
        beside: Files | None = None,
        **more: Any,
    ) -> Path:
        """Install a distribution with a manifest.

        :param beside: further files of its dist-info folder.
        :returns: that folder.
        """
        document = manifest(distribution, imports, **more)
        entry_point = entry_point or f"{document['namespace']} = {document['package']}"
        name = f"{distribution.replace('-', '_')}-{document['version']}.dist-info"
        self.add(
            {
                name: {
                    "entry_points.txt": f"[importmap]\n{entry_point}\n",
                    "extra_metadata": {"importmap.json": json.dumps(document)},
                    **(beside or {}),
                }
            }
        )
        return self.path / name


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SiteFolder]:
    """A folder that stands first on `sys.path`; what tests import from it is forgotten."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield SiteFolder(folder)
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__path__", "")) or str(
            getattr(sys.modules[name], "__file__", "")
        ).startswith(str(folder)):
            del sys.modules[name]
