"""Entry points that name an object: entries written in Python."""

from __future__ import annotations

import types
from collections import UserDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from support.site_folder import SiteFolder

from importmap import (
    ConflictError,
    Diagnostic,
    ManifestError,
    Package,
    Registry,
    UnknownContextError,
)
from importmap._discovery.distributions import Installed
from importmap._discovery.packages import discover
from importmap._discovery.python_entries import in_contexts, package_from_object

DIGEST = "sha384-" + "a" * 64


@pytest.fixture
def maps(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of a package, for tests to put objects in."""
    import sys

    module = types.ModuleType("demo_maps")
    monkeypatch.setitem(sys.modules, "demo_maps", module)
    return module


def package(value: str = "imports") -> Package:
    return package_from_object(Installed("", "demo", "1.0", ()), "demo", "demo_maps", value)


def refused(value: str = "imports") -> list[Diagnostic]:
    with pytest.raises(ManifestError) as caught:
        package(value)
    assert {(found.code, found.severity) for found in caught.value.diagnostics} == {("IM107", "error")}
    assert {found.distribution for found in caught.value.diagnostics} == {"demo"}
    return list(caught.value.diagnostics)


def asked(contexts: Sequence[str]) -> tuple[Any, list[Diagnostic]]:
    """The imports that a callable gives for some contexts, and the complaints."""
    diagnostics: list[Diagnostic] = []
    manifest = in_contexts(package("make"), contexts, diagnostics).manifest
    return manifest["imports"], diagnostics


def test_a_mapping(maps: Any) -> None:
    maps.imports = {
        ".": "demo/index.js",
        "editor": {"path": "demo/editor.js", "contexts": ["admin"]},
        "cdn": {"url": "https://x/y.js", "integrity": DIGEST},
        "#dom": "demo/dom.js",
        "excluded": False,
    }
    found = package()
    assert found.provider is None
    assert found.place == "demo_maps:imports"
    assert found.manifest == {
        "manifest": 1,
        "name": "demo",
        "namespace": "demo",
        "roots": [],
        "modules": {"demo/index.js": {}, "demo/editor.js": {}, "demo/dom.js": {}},
        "imports": {
            "demo": {"path": "demo/index.js", "contexts": ["default"]},
            "demo/editor": {"path": "demo/editor.js", "contexts": ["admin"]},
            "demo/cdn": {"url": "https://x/y.js", "integrity": DIGEST, "contexts": ["default"]},
        },
        "private": {"#dom": {"path": "demo/dom.js"}},
        "vendored": {},
        "requires": {},
        "ignore": [],
    }
    assert in_contexts(found, ["admin"], []) is found


def test_an_attribute_of_an_attribute(maps: Any) -> None:
    maps.outer = types.SimpleNamespace(inner=types.MappingProxyType({"editor": "demo/editor.js"}))
    assert list(package("outer.inner").manifest["imports"]) == ["demo/editor"]


def test_a_mapping_is_not_changed(maps: Any) -> None:
    maps.imports = {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}}
    package().manifest["imports"]["demo/editor"]["contexts"].append("x")
    assert maps.imports == {"editor": {"path": "demo/editor.js", "contexts": ["admin"]}}


def test_no_such_module() -> None:
    [found] = refused()
    assert found.message.startswith("the object cannot be imported: ModuleNotFoundError(")
    assert found.place == "demo_maps:imports"


@pytest.mark.parametrize("attribute", ["missing", "", "a..b"])
def test_no_such_attribute(maps: Any, attribute: str) -> None:
    [found] = refused(attribute)
    assert found.message.startswith("the object cannot be imported: AttributeError(")


@pytest.mark.parametrize(
    "code",
    ["1 / 0", "raise SystemExit(3)", "raise RecursionError", "def f(): f()\nf()", "a b", "import nowhere"],
)
def test_a_module_that_fails(site: SiteFolder, code: str) -> None:
    """One package does not take the others with it."""
    site.install("other")
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo_bad:x\n"},
            "demo_bad.py": code,
        }
    )
    packages, [found] = discover()
    assert [found.distribution for found in packages] == ["other"]
    assert found.code == "IM107"
    assert found.message.startswith("the object cannot be imported: ")


@pytest.mark.parametrize("value", [None, [], "demo/editor.js", 1])
def test_not_a_mapping(maps: Any, value: object) -> None:
    maps.imports = value
    assert refused() == [
        Diagnostic(
            "IM107",
            "error",
            f"the entries must be a mapping, not {type(value).__name__}.",
            distribution="demo",
            place="demo_maps:imports",
        )
    ]


def test_every_problem_is_told(maps: Any) -> None:
    maps.imports = {
        "*": "demo/*.js",
        "locales/": "demo/locales/",
        "a": "../x.js",
        "../b": "demo/b.js",
        "https://x/": "demo/c.js",
        "d": {"path": "demo/d.js", "pth": 1},
        "e": 1,
        1: "demo/f.js",
        ("g",): "demo/g.js",
        "h": {1: 2, "path": "demo/h.js"},
        "i": {"path": "demo/i.js", "contexts": ("admin",)},
        "</script>": "demo/j.js",
    }
    found = refused()
    assert [problem.place.removeprefix("demo_maps:imports: ") for problem in found] == [
        "a",
        '"../b"',
        '"https://x/"',
        "d.pth",
        "e",
        "",
        "",
        "h",
        "i.contexts",
        '"</script>"',
        '"*"',
        '"locales/"',
    ]
    messages = {problem.place.removeprefix("demo_maps:imports: "): problem.message for problem in found}
    assert messages['"*"'] == "patterns and prefixes need a manifest, which knows the files."
    assert messages["d.pth"] == "unknown key. Did you mean 'path'?"
    assert messages["h"] == "the key 1 must be a string."
    assert messages["i.contexts"] == "must be an array, not a tuple."


class Hostile(Mapping[str, object]):
    def __getitem__(self, key: str) -> object:
        raise RuntimeError("hostile")

    def __iter__(self) -> Iterator[str]:
        return iter(["editor"])

    def __len__(self) -> int:
        return 1


def test_a_mapping_that_fails(maps: Any) -> None:
    maps.imports = Hostile()
    [found] = refused()
    assert found.message == "the entries cannot be read: RuntimeError('hostile')."


def test_other_kinds_of_mappings(maps: Any) -> None:
    maps.imports = UserDict({"editor": "demo/editor.js"})
    assert list(package().manifest["imports"]) == ["demo/editor"]


def test_a_callable_is_asked_for_each_context(maps: Any) -> None:
    """So that what an entry means does not depend on what else a page asks for."""
    calls = []

    def make(contexts: Sequence[str]) -> dict[str, object]:
        calls.append(contexts)
        return {"both": "demo/both.js", contexts[0]: f"demo/{contexts[0]}.js", "#dom": "demo/dom.js"}

    maps.make = make
    assert package("make").manifest["imports"] == {}
    assert calls == []
    assert asked(["public", "admin"]) == (
        {
            "demo/both": {"path": "demo/both.js", "contexts": ["admin", "public"]},
            "demo/admin": {"path": "demo/admin.js", "contexts": ["admin"]},
            "demo/public": {"path": "demo/public.js", "contexts": ["public"]},
        },
        [],
    )
    assert calls == [["admin"], ["public"]]


def test_an_answer_may_name_its_contexts(maps: Any) -> None:
    """What is in other contexts only is not for this one."""
    maps.make = lambda contexts: {
        "admin": {"path": "demo/admin.js", "contexts": ["admin"]},
        "public": {"path": "demo/public.js", "contexts": ["public"]},
    }
    assert asked(["admin"]) == ({"demo/admin": {"path": "demo/admin.js", "contexts": ["admin"]}}, [])


def test_a_callable_that_fails(maps: Any) -> None:
    def make(contexts: Sequence[str]) -> dict[str, str]:
        if contexts == ["bad"]:
            raise KeyError("x")
        return {"editor": "demo/editor.js"}

    maps.make = make
    imports, diagnostics = asked(["bad", "good"])
    assert list(imports) == ["demo/editor"]
    assert diagnostics == [
        Diagnostic(
            "IM107",
            "error",
            "the callable raised KeyError('x').",
            distribution="demo",
            place="demo_maps:make(['bad'])",
        )
    ]


def test_a_callable_that_answers_nonsense(maps: Any) -> None:
    maps.make = lambda contexts: None
    assert asked(["admin"]) == (
        {},
        [
            Diagnostic(
                "IM107",
                "error",
                "the entries must be a mapping, not NoneType.",
                distribution="demo",
                place="demo_maps:make(['admin'])",
            )
        ],
    )


def test_a_callable_that_contradicts_itself(maps: Any) -> None:
    """One name is one module, whatever the contexts and their order."""
    maps.make = lambda contexts: {"editor": f"demo/{contexts[0]}.js"}
    complaint = Diagnostic(
        "IM107",
        "error",
        "'demo/editor' has another meaning than in other contexts; it is left out here.",
        distribution="demo",
        place="demo_maps:make(['public'])",
    )
    expected = {"demo/editor": {"path": "demo/admin.js", "contexts": ["admin"]}}
    assert asked(["public", "admin"]) == (expected, [complaint])
    assert asked(["admin", "public"]) == (expected, [complaint])


@pytest.fixture
def callable_site(site: SiteFolder) -> SiteFolder:
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo_maps:make\n"},
            "demo_maps.py": "def make(contexts):\n"
            "    return {c: f'demo/{c}.js' for c in contexts if c in ('admin', 'public')}"
            " | {'#dom': 'shared/dom.js', 'x': 'shared/x.js'}\n",
        }
    )
    return site


def test_maps_of_a_callable(callable_site: SiteFolder) -> None:
    registry = Registry(contexts={"admin": {}, "public": {}})
    assert registry.load(["admin"]).imports == {
        "demo/admin": "/static/demo/admin.js",
        "demo/x": "/static/shared/x.js",
    }
    assert registry.load(["admin"]) | registry.load(["public"]) == registry.load(["admin", "public"])
    assert [package.distribution for package in registry.packages] == ["demo"]


def test_a_callable_makes_no_context_known(callable_site: SiteFolder) -> None:
    """It would make a typo known."""
    with pytest.raises(UnknownContextError):
        Registry().load(["adimn"])


def test_the_scopes_of_a_callable(callable_site: SiteFolder) -> None:
    """They are its modules' own: nobody knows what else it brings in other contexts."""
    assert Registry(contexts={"admin": {}}).load(["admin"]).scopes == {
        "/static/demo/admin.js": {"#dom": "/static/shared/dom.js"},
        "/static/shared/dom.js": {"#dom": "/static/shared/dom.js"},
        "/static/shared/x.js": {"#dom": "/static/shared/dom.js"},
    }


def test_a_callable_in_the_folder_of_another_package(callable_site: SiteFolder) -> None:
    """It would get the private names of that package."""
    callable_site.install("other", {"y": {"path": "shared/y.js", "contexts": ["admin"]}})
    with pytest.raises(ConflictError) as caught:
        Registry().load(["admin"])
    assert str(caught.value) == (
        "demo and other: demo maps files in the folder 'shared' of other.\n"
        "    importmap.configure(disable=['demo'])  # or 'other': the site decides"
    )


def test_overrides_of_what_a_callable_has_in_another_context(callable_site: SiteFolder) -> None:
    registry = Registry(overrides={"demo/public": "/x.js"}, contexts={"admin": {}, "public": {}}, strict=True)
    assert registry.load(["public"]).imports["demo/public"] == "/x.js"
    assert "demo/public" not in registry.load(["admin"]).imports
