"""The one door: its names, their documentation, their types."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
import traceback
from pathlib import Path
from types import ModuleType

import pytest
from support.site_folder import SiteFolder

import importmap


def test_all() -> None:
    assert importmap.__all__ == [
        "ConflictError",
        "DeclarationError",
        "Diagnostic",
        "HashedFiles",
        "Html",
        "ImportMap",
        "ImportMapError",
        "ManifestError",
        "MissingModuleError",
        "Package",
        "PackageFile",
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


def test_dir() -> None:
    """An interactive Python completes names that nobody has asked for yet."""
    code = "import importmap; print(*dir(importmap))"
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert set(importmap.__all__) <= set(done.stdout.split()) & set(dir(importmap))


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


@pytest.mark.parametrize("name", importmap.__all__)
def test_says_where_it_is_imported_from(name: str) -> None:
    value = getattr(importmap, name)
    assert (value.__module__, value.__qualname__) == ("importmap", name)


def test_an_error_is_called_by_its_public_name() -> None:
    with pytest.raises(importmap.UnknownContextError) as error:
        importmap.Registry().load(["nowhere"])
    [line] = traceback.format_exception_only(error.value)
    assert line.startswith("importmap.UnknownContextError: no package and no configuration knows")


def test_pickles_name_public_modules_only(site: SiteFolder) -> None:
    site.install("demo")
    registry = importmap.Registry()
    error = importmap.ParseError(importmap.Diagnostic("IM301", "error", "no map"))
    values = [
        registry.load(),
        registry.load().render(),
        registry.packages,
        importmap.PackageFile(path="demo/a.js", distribution="demo", place="a.js"),
        importmap.StaticURL("/static/"),
        error,
    ]
    for value in values:
        pickled = pickle.dumps(value)
        assert b"importmap._" not in pickled
        assert type(pickle.loads(pickled)) is type(value)
        if not isinstance(value, Exception):
            assert pickle.loads(pickled) == value


@pytest.mark.parametrize(("name", "value"), members(), ids=[name for name, _ in members()])
def test_documented(name: str, value: object) -> None:
    assert (getattr(value, "__doc__", None) or "").strip(), name


def test_typed() -> None:
    assert (Path(importmap.__file__).parent / "py.typed").exists()
