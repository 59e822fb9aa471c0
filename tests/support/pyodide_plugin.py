"""A plugin for pytest in Pyodide, which skips the tests that need more than the platform has.

A test ends at the moment when it asks for a process, a thread or a missing package.
So the plugin skips no test because it failed.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from types import ModuleType
from typing import Any, NoReturn, TypeVar

import pytest
from hypothesis import settings
from pyodide.code import run_js  # type: ignore[import-not-found]  # Pyodide alone has it

Decoded = TypeVar("Decoded")

#: These modules have compiled parts, and PyPI has no wheels of them for WebAssembly.
COMPILED = {"tree_sitter", "tree_sitter_javascript"}
#: On other platforms the decoder of JSON notices the end of the stack. Here Node.js would stop the process.
MOST_BRACKETS = 50_000


def leave_out(reason: str) -> NoReturn:
    pytest.skip(f"WebAssembly: {reason}", allow_module_level=True)


class Absent:
    """The last finder. Python asks it for the modules that no other finder knows."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name in COMPILED:
            leave_out(f"no wheel of {name}")


def no_process(*_args: object, **_kwargs: object) -> NoReturn:
    leave_out("no processes")


def no_thread(_thread: threading.Thread) -> NoReturn:
    leave_out("no threads")


def no_event_loop(coroutine: Coroutine[Any, Any, Any], **_kwargs: object) -> NoReturn:
    coroutine.close()
    leave_out("no event loop that waits")


def stand_in_for_ada_url() -> ModuleType:
    """Make a module `ada_url`, which has no wheel here. Node.js parses URLs with the same library."""
    join = run_js("(base, text) => URL.canParse(text, base) ? new URL(text, base).href : ''")

    def join_url(base: str | None, text: str) -> str:
        url: str = join(base, text)
        if not url:
            raise ValueError(text)
        return url

    module = ModuleType("ada_url")
    vars(module).update(join_url=join_url, normalize_url=lambda text: join_url(None, text))
    return module


def refusing_depth(decode: Callable[..., Decoded]) -> Callable[..., Decoded]:
    """Let a decoder of JSON refuse deep nesting, as it does on other platforms."""

    def raw_decode(self: json.JSONDecoder, text: str, idx: int = 0) -> Decoded:
        if text.count("[") + text.count("{") > MOST_BRACKETS:
            raise RecursionError
        return decode(self, text, idx)

    return raw_decode


def pytest_addoption(parser: pytest.Parser) -> None:
    """Define the options of pytest-django, which Pyodide does not have here."""
    for name in ("DJANGO_SETTINGS_MODULE", "django_find_project"):
        parser.addini(name, "an option of pytest-django")


def pytest_configure() -> None:
    """Prepare Python. pytest has imported conftest.py already, but no tests."""
    sys.meta_path.append(Absent)
    sys.modules["ada_url"] = stand_in_for_ada_url()
    replaced: list[tuple[object, str, object]] = [
        (subprocess.Popen, "__init__", no_process),
        (threading.Thread, "start", no_thread),
        (asyncio, "run", no_event_loop),
        (json.JSONDecoder, "raw_decode", refusing_depth(json.JSONDecoder.raw_decode)),
    ]
    for owner, name, function in replaced:
        setattr(owner, name, function)
    # Other Pythons try more examples.
    settings.register_profile("few", settings.get_profile("fast"), max_examples=5)
    settings.load_profile("few")
