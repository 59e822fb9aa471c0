"""Rendering a loaded map of 50 entries with a nonce, beside django-js-asset on hashed static files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from environment import Environment
from report import Report

TIMES = """
start = time.perf_counter()
for _ in range({times}): {code}
print((time.perf_counter() - start) / {times} * 1e6)
"""

OURS = """
import time
import importmap

entries = {f"package/module{n}": f"/static/package/module{n}.0123456789ab.js" for n in range(50)}
import_map = importmap.ImportMap(entries, contexts=["admin"])
import_map.render({"nonce": "warm"})
"""

THEIRS = """
import time
from pathlib import Path

import django
from django.conf import settings

folder = Path(FOLDER)
for number in range(50):
    file = folder / "source" / "package" / f"module{number}.js"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"export default {number}")
settings.configure(
    INSTALLED_APPS=["django.contrib.staticfiles", "js_asset"],
    STATIC_URL="/static/",
    STATIC_ROOT=str(folder / "root"),
    STATICFILES_DIRS=[str(folder / "source")],
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    },
)
django.setup()
from django.core.management import call_command

call_command("collectstatic", interactive=False, verbosity=0)
from js_asset import ImportMap, static_lazy

import_map = ImportMap(
    {"imports": {f"package/module{n}": static_lazy(f"package/module{n}.js") for n in range(50)}}
)
assert "module7." in import_map.render(attrs={"nonce": "warm"})
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        environment = Environment(Path(temporary, "environment"), "django", "django-js-asset>=5")
        report = Report("Rendering a loaded map of 50 entries with a nonce", "µs")
        call = 'import_map.render({"nonce": "aGVsbG8"})'
        ours = environment.measure(OURS + TIMES.format(times=20_000, code=call), times=10)
        theirs_setup = THEIRS.replace("FOLDER", repr(str(Path(temporary, "django"))))
        call = 'import_map.render(attrs={"nonce": "aGVsbG8"})'
        theirs = environment.measure(theirs_setup + TIMES.format(times=200, code=call), times=10)
        report.row("importmap: ImportMap.render()", ours)
        report.row("django-js-asset: ImportMap.render()", theirs)
        report.limit("ImportMap.render()", ours, 3.0)
        report.ratio("importmap / django-js-asset", ours, theirs)
        report.print()


if __name__ == "__main__":
    main()
