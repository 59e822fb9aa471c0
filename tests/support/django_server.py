"""A Django site in processes of its own: its `manage.py`, and the server that it starts."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

#: What `runserver` says when it listens.
ADDRESS = re.compile(r"^Starting .*development server at http://127\.0\.0\.1:(\d+)/$", re.MULTILINE)

START_SECONDS = 60


class ServerError(Exception):
    """A process of the site failed; all that it said."""


@contextmanager
def listening(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run what becomes Django's `runserver`; the port, as soon as it listens.

    :param log: the file for all that it says; it begins in the folder of it.
    :param environment: variables beside those of this process.
    """
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            # What it says has to be in its log when it is looked for.
            env={**os.environ, **(environment or {}), "PYTHONUNBUFFERED": "1"},
        ) as process,
    ):
        try:
            yield _port(process, log)
        finally:
            # It has nothing to put in order, and would wait for connections that browsers keep open.
            process.kill()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := ADDRESS.search(log.read_text(encoding="utf-8")):
            return int(found[1])
        time.sleep(0.02)
    state = "was not ready in time" if process.returncode is None else f"ended with {process.returncode}"
    raise ServerError(f"{process.args!r} {state}\n{log.read_text(encoding='utf-8')}")


class Site:
    """A Django project.

    :param command: its `manage.py`, or what does the same.
    :param log: the file for what its server says; processes begin in the folder of it.
    :param environment: variables of its processes, beside those of this one.
    """

    def __init__(self, command: Sequence[str | Path], log: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        self._command = command
        self._environment = environment

    def manage(self, *arguments: str) -> str:
        """Run a command; what it printed.

        :raises ServerError: if it fails.
        """
        done = subprocess.run(
            [*self._command, *arguments],
            check=False,
            capture_output=True,
            cwd=self.log.parent,
            env={**os.environ, **self._environment},
            text=True,
        )
        if done.returncode:
            raise ServerError(f"{arguments}\n{done.stdout}{done.stderr}")
        return done.stdout

    @contextmanager
    def serving(self, *options: str) -> Iterator[int]:
        """Run the site at a free port, which the operating system chooses; the port."""
        command = [*self._command, "runserver", "--noreload", *options, "127.0.0.1:0"]
        with listening(command, self.log, self._environment) as port:
            yield port
