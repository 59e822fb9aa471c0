"""What the map costs a Django site: each request, the first request, and memory.

Beside it stand django-js-asset and pyesm with the same 50 entries of five packages, on hashed static
files, all through a Django template.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django_folder import make_site
from django_requests import beside_js_asset, beside_pyesm
from django_start import first_request, memory, one_url
from environment import Environment


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        site = Path(temporary, "site")
        environment = Environment(Path(temporary, "environment"), "django", "django-js-asset>=5")
        make_site(site, environment)
        beside_js_asset(environment, site)
        newer = newer_python()
        if newer is None:
            print("pyesm needs Python 3.12, which is not here: left out.\n")
        else:
            beside_pyesm(Environment(Path(temporary, "newer"), "pyesm[django]", python=newer), site)
        first_request(environment, site)
        one_url(environment, site)
        memory(environment, site)


def newer_python() -> str | None:
    """A Python that pyesm runs on."""
    if sys.version_info >= (3, 12):
        return sys.executable
    for name in ("python3.14", "python3.13", "python3.12"):
        found = shutil.which(name)
        # A version manager may have a name on PATH that stands for nothing.
        if found and subprocess.run([found, "-c", ""], check=False, capture_output=True).returncode == 0:
            return found
    return None


if __name__ == "__main__":
    main()
