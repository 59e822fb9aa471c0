"""An installed package with modules, for tests of what finders find of it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from support.site_folder import SiteFolder, digest

EDITOR = (
    "import './dom.js';\nnew Worker(new URL('./worker.js', import.meta.url));\n//# sourceMappingURL=e.map\n"
)


def record(text: str, **more: object) -> dict[str, object]:
    return {"sha384": digest(text), "size": len(text), **more}


MODULES = {
    "demo/editor.js": record(EDITOR, imports=["./dom.js"], assets=["./worker.js"]),
    "demo/dom.js": record("1;"),
}


def zip_up(site: SiteFolder, archive: Path) -> None:
    """Move all that is installed into an archive."""
    # Names of distributions in archives come from here.
    site.add({"demo-1.0.dist-info": {"METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"}})
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in sorted(site.path.rglob("*")):
            if path.is_file():
                zipped.write(path, path.relative_to(site.path).as_posix())
                path.unlink()
    for path in sorted(site.path.rglob("*"), reverse=True):
        path.rmdir()
