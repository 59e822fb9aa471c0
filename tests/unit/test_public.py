"""The one door: its names, their documentation, their types."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

import pytest

import importmap


def test_all() -> None:
    assert importmap.__all__ == [
        "ConflictError",
        "DeclarationError",
        "Diagnostic",
        "HashedFiles",
        "ImportMap",
        "ImportMapError",
        "ManifestError",
        "MissingModuleError",
        "Package",
        "ParseError",
        "Registry",
        "ResolutionError",
        "Static",
        "StaticURL",
        "UnknownContextError",
        "check_isolation",
        "configure",
        "delta",
        "load",
        "parse",
        "worker_imports",
    ]


def test_nothing_else_is_public() -> None:
    names = {
        name
        for name, value in vars(importmap).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert names - set(importmap.__all__) <= {"TYPE_CHECKING", "annotations"}


def test_star() -> None:
    names: dict[str, object] = {}
    exec("from importmap import *", names)
    assert set(importmap.__all__) <= set(names)


def test_unknown_names() -> None:
    with pytest.raises(AttributeError, match=r"^module 'importmap' has no attribute 'laod'$"):
        getattr(importmap, "laod")  # noqa: B009  # mypy would find the other way


def members() -> list[tuple[str, object]]:
    """The public names, and those of public classes."""
    found = []
    for name in importmap.__all__:
        value = getattr(importmap, name)
        found.append((name, value))
        if inspect.isclass(value):
            found += [
                (f"{name}.{member}", inner)
                for member, inner in vars(value).items()
                if not member.startswith("_") and (inspect.isfunction(inner) or isinstance(inner, property))
            ]
    return found


@pytest.mark.parametrize(("name", "value"), members(), ids=[name for name, _ in members()])
def test_documented(name: str, value: object) -> None:
    assert (getattr(value, "__doc__", None) or "").strip(), name


def test_typed() -> None:
    assert (Path(importmap.__file__).parent / "py.typed").exists()
