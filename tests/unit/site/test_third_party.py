"""Third-party modules that a package asks for by `requires`."""

from __future__ import annotations

import pytest
from support.composing import clean, compose
from support.site_folder import package

from importmap import Diagnostic, ImportMap, Package


def carries(distribution: str, version: str, name: str = "lit") -> Package:
    return package(distribution, vendored={name: {"path": f"{distribution}/lit.js", "version": version}})


def asks(wanted: str, name: str = "lit") -> Package:
    return package("asks", requires={name: wanted})


def borrowed(*packages: Package) -> tuple[object, list[str]]:
    """The copy of lit that `asks` gets, and what is said about that."""
    import_map, diagnostics = compose(packages)
    assert {diagnostic.distribution for diagnostic in diagnostics} <= {"asks"}
    return import_map.scopes.get("/static/asks/", {}).get("lit"), [
        f"{diagnostic.code} {diagnostic.severity}: {diagnostic.message}" for diagnostic in diagnostics
    ]


def test_a_copy_of_another_package() -> None:
    assert borrowed(carries("a", "3.2"), asks(">=3,<4")) == (
        "/static/a/lit.js",
        ["IM208 info: gets 'lit' 3.2 from a."],
    )


def test_never_unasked() -> None:
    assert "lit" not in clean([carries("a", "3.2"), package("b")]).imports


def test_the_highest_that_fits() -> None:
    """By number; a tie goes to the later namespace, whatever the order of discovery."""
    copies = [carries("a", "3.9"), carries("b", "3.10"), carries("c", "3.10"), carries("d", "4.0")]
    assert borrowed(*copies, asks(">=3,<4"))[0] == "/static/c/lit.js"
    assert borrowed(asks(">=3,<4"), *reversed(copies))[0] == "/static/c/lit.js"


@pytest.mark.parametrize("wanted", ["*", " * "])
def test_any_version(wanted: str) -> None:
    assert borrowed(carries("a", "1"), carries("b", "strange"), asks(wanted))[0] == "/static/a/lit.js"
    assert borrowed(carries("b", "strange"), carries("c", "odd"), asks(wanted))[0] == "/static/b/lit.js"


def test_prereleases_count() -> None:
    assert borrowed(carries("a", "4.0rc1"), asks(">=3"))[0] == "/static/a/lit.js"


@pytest.mark.parametrize("wanted", [">=4", "no range", "==3.*,>3.2"])
def test_no_copy_fits(wanted: str) -> None:
    assert borrowed(carries("a", "3.2"), carries("b", "odd"), asks(wanted)) == (
        None,
        [f"IM207 warning: requires 'lit' {wanted}; installed: 3.2 in a, odd in b."],
    )


def test_nobody_has_it() -> None:
    assert borrowed(asks(">=3")) == (None, ["IM207 warning: requires 'lit' >=3; installed: none."])


def test_the_own_copy_is_enough() -> None:
    demo = package("asks", vendored={"lit": {"path": "asks/lit.js", "version": "2"}}, requires={"lit": ">=3"})
    assert borrowed(demo, carries("a", "3")) == ("/static/asks/lit.js", [])


def test_the_site_has_it() -> None:
    """Then it is in `imports`, for everybody."""
    assert clean([asks(">=3"), carries("a", "3")], imports={"lit": "/lit.js"}).scopes == {
        "/static/a/": {"lit": "/static/a/lit.js"}
    }


def test_a_distribution_of_that_name() -> None:
    """Its entries are in `imports` already."""
    lit = package("lit", {".": "lit/index.js"}, version="3.2")
    assert clean([lit, asks(">=3")]) == ImportMap(
        {"asks/editor": "/static/asks/editor.js", "lit": "/static/lit/index.js"}
    )


@pytest.mark.parametrize("name", ["lit", "lit/", "lit/decorators.js"])
def test_a_distribution_of_another_version(name: str) -> None:
    lit = package("lit", {".": "lit/index.js"}, version="2.0")
    assert compose([lit, asks(">=3", name)])[1] == [
        Diagnostic("IM207", "warning", f"requires {name!r} >=3; installed: 2.0 in lit.", distribution="asks")
    ]


def test_the_own_namespace() -> None:
    assert clean([package("asks", requires={"asks/x": "*"})]).scopes == {}


def test_not_by_the_contexts_of_a_page() -> None:
    """Which copy it is, is decided over all packages, not over those of a page."""
    other = package(
        "other",
        {"x": {"path": "other/x.js", "contexts": ["admin"]}},
        vendored={"lit": {"path": "other/lit.js", "version": "3"}},
    )
    assert borrowed(other, asks("*"))[0] == "/static/other/lit.js"


def test_a_distribution_that_has_it_in_other_contexts() -> None:
    lit = package("lit", {".": {"path": "lit/index.js", "contexts": ["admin"]}}, version="3.2")
    said = Diagnostic(
        "IM207",
        "warning",
        "requires 'lit', which lit has in other contexts only.",
        distribution="asks",
    )
    assert compose([lit, asks(">=3")])[1] == [said]
    assert compose([lit, asks(">=3")], ["default", "admin"])[1] == []
    assert compose([lit, asks(">=3")], contexts={"default": {"enable": ["lit"]}})[1] == []
