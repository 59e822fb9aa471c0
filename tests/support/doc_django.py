"""What is done with the code blocks that are about Django.

| block | what is done |
|---|---|
| `python settings` | is executed; names in capitals become settings |
| `django`, `jinja` | a template, rendered in DEBUG; its context is what the document's Python has |
| `html printed` | what the last template printed; `...` stands for anything |
| `console` with `python manage.py` | the command is run, and its output compared |
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from copy import deepcopy
from inspect import ismodule
from pathlib import Path
from typing import Any

from django.core.management import get_commands, load_command_class
from django.template import engines
from pytest_django import Settings

from support.django_pages import LOAD, request
from support.doc_blocks import Block
from support.doc_session import Session

OURS = "importmap.contrib.django"


class DjangoSession(Session):
    """A session in which Django is set up with the tests' settings; blocks change them.

    :param settings: undoes what they change.
    """

    def __init__(self, folder: Path, *, settings: Settings, **more: Any) -> None:
        super().__init__(folder, **more)
        self._settings = settings
        self._printed = ""

    def _python_settings(self, block: Block) -> None:
        apps = [app for app in self._settings.INSTALLED_APPS if app != OURS]
        given: dict[str, Any] = {
            "INSTALLED_APPS": apps,
            "MIDDLEWARE": list(self._settings.MIDDLEWARE),
            "TEMPLATES": deepcopy(self._settings.TEMPLATES),
            "BASE_DIR": self.folder,
        }
        before = deepcopy(given)
        exec(block.text, given)
        for name, value in given.items():
            if name.isupper() and value != before.get(name):
                setattr(self._settings, name, value)

    def _django(self, block: Block) -> None:
        self._render("django", ("" if LOAD in block.text else LOAD) + block.text)

    def _jinja(self, block: Block) -> None:
        self._render("jinja2", block.text)

    def _render(self, engine: str, template: str) -> None:
        debug, self._settings.DEBUG = self._settings.DEBUG, True
        asked = request("/", csp_nonce=self.namespace.get("csp_nonce"))
        context = {name: value for name, value in self.namespace.items() if not ismodule(value)}
        self._printed = engines[engine].from_string(template).render(context, asked)
        self._settings.DEBUG = debug
        self._expect("<script" in self._printed, "prints no script")

    def _html_printed(self, block: Block) -> None:
        lines = [line for line in self._printed.splitlines() if line.strip()]
        self._compare(block.text, "\n".join(lines))

    def _console(self, block: Block) -> None:
        if "$ python manage.py" not in block.text:
            super()._console(block)
            return
        _, *parts = re.split(r"^\$ python manage\.py ", block.text, flags=re.MULTILINE)
        for part in parts:
            command, _, output = part.partition("\n")
            self._compare(output, manage(*shlex.split(command)))


def manage(name: str, *arguments: str) -> str:
    """What a management command prints."""
    command = load_command_class(get_commands()[name], name)
    output = io.StringIO()
    done = contextlib.suppress(SystemExit)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), done:
        command.run_from_argv(["manage.py", name, *arguments])
    return output.getvalue()
