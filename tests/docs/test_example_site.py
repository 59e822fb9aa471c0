"""The example site, as the demo command runs it: with the wheels installed, and nothing else of ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.browser import find_chromium
from support.django_server import listening
from support.wheels import ROOT, new_venv

if TYPE_CHECKING:
    from support.browser import Browser

EXAMPLE_SITE = ROOT / "example_site"

#: Two pages, and each module of the admin's map.
CHECKED = 18

LOG_IN = """(async () => {{
    const form = document.querySelector("#login-form")
    form.username.value = {user}
    form.password.value = {password}
    return (await fetch(form.action, {{method: "POST", body: new FormData(form)}})).url
}})()"""


@pytest.fixture(scope="module")
def python(own_wheel: Path, example_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example-site")
    return new_venv(folder / "venv", own_wheel, example_wheel, "django", "django-csp", "websockets")


def check(python: Path, site: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, site, "--check"],
        check=False,
        capture_output=True,
        cwd=python.parent,
        env={**os.environ, **environment},
        text=True,
    )


def test_the_check(python: Path) -> None:
    """In Chromium, if there is one."""
    done = check(python, EXAMPLE_SITE)
    assert (done.stderr, done.returncode) == ("", 0)
    lines = done.stdout.splitlines()
    first, last = lines[:CHECKED], lines[CHECKED:]
    assert {line.split()[0] for line in first} == {"ok"}
    if find_chromium() is None:
        assert last == ["skipped the pages in a browser: no Chromium found on PATH"]
    else:
        assert last == [
            "ok      / runs in Chromium, its console is empty",
            "ok      /admin/wall/clock/1/change/ runs in Chromium, its console is empty",
            "ok      the widget's clock shows the face that is chosen",
        ]


def test_the_check_of_a_broken_site(python: Path, tmp_path: Path) -> None:
    site = shutil.copytree(EXAMPLE_SITE, tmp_path / "site")
    with (site / "website" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write('\nIMPORTMAP = {"admin": False}\n')
    done = check(python, site, PATH="", PYTHONPATH=str(ROOT / "tests"))
    assert done.returncode == 1
    checked, log = done.stdout.split("\nWhat the site said:\n")
    assert '"GET /admin/wall/clock/1/change/ HTTP/1.1" 200' in log
    assert [line for line in checked.splitlines() if not line.startswith("ok ")] == [
        "FAILED  /admin/wall/clock/1/change/ carries one import map",
        "FAILED  /admin/wall/clock/1/change/ has it before all modules",
        "FAILED  /admin/wall/clock/1/change/ has a policy, and our scripts have its nonce",
        "FAILED  the root module is in both contexts",
        "FAILED  so is what the pattern matches",
        "FAILED  the admin's are in its only",
        "skipped the pages in a browser: no Chromium found on PATH",
    ]


@pytest.fixture(scope="module")
def demo(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the running demo, and what it said. It has been started before."""
    log = tmp_path_factory.mktemp("demo") / "demo.log"
    command: list[str | Path] = [python, EXAMPLE_SITE, "--port", "0"]
    environment = {"DATABASE": str(log.with_name("db.sqlite3"))}
    with listening(command, log, environment):
        pass
    with listening(command, log, environment) as port:
        yield f"http://demo.localhost:{port}/", log.read_text(encoding="utf-8")


def test_the_login_that_is_printed(demo: tuple[str, str], any_browser: Browser) -> None:
    url, said = demo
    login = re.search(r"Log in to the admin as '(?P<user>.+)' with the password '(?P<password>.+)'", said)
    assert login
    page = any_browser.open(f"{url}admin/")
    page.wait_for("document.querySelector('#login-form') != null")
    fields = {name: json.dumps(value) for name, value in login.groupdict().items()}
    assert page.evaluate(LOG_IN.format(**fields)) == f"{url}admin/"


def test_the_clocks_are_hung_up_once(demo: tuple[str, str], any_browser: Browser) -> None:
    url, _ = demo
    page = any_browser.open(url)
    page.wait_for("document.querySelector('example-clock[face=analog] > svg') != null")
    assert page.evaluate("document.querySelectorAll('example-clock').length") == 2
    assert page.complaints == []


def test_a_port_that_is_taken(python: Path, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [python, EXAMPLE_SITE, "--port", port],
            check=False,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "DATABASE": str(tmp_path / "db.sqlite3")},
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr.endswith("Error: That port is already in use.\n")
