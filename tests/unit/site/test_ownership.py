"""Nobody's names or paths are taken silently."""

from __future__ import annotations

from typing import Any

import pytest
from support.site_folder import SiteFolder, digest, package

from importmap import ConflictError, Diagnostic, Package, Registry
from importmap._site.ownership import check_ownership
from importmap._site.packages import Packages


def conflicts(*packages: Package) -> list[Diagnostic]:
    with pytest.raises(ConflictError) as caught:
        check_ownership(Packages(sorted(packages, key=lambda package: package.namespace)))
    return list(caught.value.diagnostics)


def conflict(code: str, one: str, other: str, message: str) -> Diagnostic:
    """What is said of two distributions; to do without `other` is the way out that is named first."""
    hint = f"importmap.configure(disable=[{other!r}])  # or {one!r}: the site decides"
    return Diagnostic(code, "error", message, distribution=" and ".join(sorted([one, other])), hint=hint)


def claims(distribution: str, namespace: str) -> Package:
    """A package under an alias, with no files that could clash."""
    return package(distribution, namespace=namespace)


def test_nothing_to_say() -> None:
    check_ownership(Packages([]))
    check_ownership(Packages([package("a"), package("a-b"), package("a.b"), package("ab")]))


def test_one_namespace_twice() -> None:
    assert conflicts(package("editor"), claims("other", "editor")) == [
        conflict("IM201", "editor", "other", "both claim the namespace 'editor'.")
    ]


def test_one_namespace_three_times() -> None:
    assert len(conflicts(package("editor"), claims("other", "editor"), claims("third", "editor"))) == 2


def inside(distribution: str, namespace: str) -> Package:
    """A namespace that the grammar of today does not have: one path below another."""
    template = package(distribution)
    return Package(
        distribution=distribution,
        version="1.0",
        namespace=namespace,
        manifest=template.manifest,
        place="",
    )


def test_a_namespace_inside_another() -> None:
    packages = [inside("one", "a"), inside("two", "a/b"), inside("three", "a-c")]
    assert conflicts(*packages) == [
        conflict("IM201", "one", "two", "the namespace 'a/b' lies inside the namespace 'a'.")
    ]


def vendors(distribution: str, name: str) -> Package:
    path = f"{distribution}/lit.js"
    return package(distribution, vendored={name: {"path": path, "version": "3"}})


@pytest.mark.parametrize("name", ["lit", "lit/", "lit/decorators.js"])
@pytest.mark.parametrize("user", ["a-widget", "z-widget"])
def test_an_alias_that_another_package_vendors(name: str, user: str) -> None:
    bare = name.rstrip("/")
    path = "lib/" if name.endswith("/") else "lib/lit.js"
    widget = package(
        user,
        vendored={name: {"path": path, "version": "3"}},
        modules={
            f"{user.replace('-', '_')}/editor.js": {},
            "lib/lit.js": {},
        },
    )
    assert conflicts(widget, claims("my-lit", "lit")) == [
        conflict(
            "IM201",
            user,
            "my-lit",
            f"my-lit claims the name 'lit', which is not its own, and {user} vendors or requires {bare!r}.",
        )
    ]


def test_an_alias_that_another_package_requires() -> None:
    assert len(conflicts(package("widget", requires={"lit": "*"}), claims("my-lit", "lit"))) == 1


@pytest.mark.parametrize("name", ["aaa", "zzz"])
def test_an_alias_cannot_hide_behind_a_requirement_of_its_own(name: str) -> None:
    thief = package(name, namespace="lit", requires={"lit": "*"})
    assert len(conflicts(vendors("widget", "lit"), thief)) == 1


def test_an_alias_that_two_packages_vendor() -> None:
    assert len(conflicts(vendors("b", "lit"), vendors("c", "lit"), claims("a", "lit"))) == 1


def test_a_name_of_the_distribution_itself() -> None:
    """Then the others mean this distribution."""
    check_ownership(Packages([package("lit"), package("widget", requires={"lit": "*"})]))


def test_an_alias_that_nobody_else_uses() -> None:
    check_ownership(Packages([claims("my-lit", "lit"), vendors("widget", "react")]))


SHARED = {"x": "shared/x.js"}


def test_one_public_path_with_different_content() -> None:
    other = package("two", SHARED, modules={"shared/x.js": {"sha384": digest("other")}})
    assert conflicts(package("one", SHARED), other) == [
        conflict("IM202", "one", "two", "both ship 'shared/x.js', with different content.")
    ]


def test_one_public_path_with_the_same_content() -> None:
    check_ownership(Packages([package("one", SHARED), package("two", SHARED)]))


def test_one_public_path_of_unknown_content() -> None:
    """As that of an editable install."""
    unknown: Any = {"modules": {"shared/x.js": {}}}
    assert len(conflicts(package("one", SHARED), package("two", SHARED, **unknown))) == 1
    assert len(conflicts(package("one", SHARED, **unknown), package("two", SHARED, **unknown))) == 1


def test_one_url_with_different_integrity() -> None:
    def cdn(distribution: str, content: str) -> Package:
        entry = {"url": "https://x/y.js", "integrity": f"sha384-{digest(content)}", "contexts": ["default"]}
        return package(distribution, {"x": entry})

    check_ownership(Packages([cdn("one", "a"), cdn("two", "a")]))
    assert conflicts(cdn("one", "a"), cdn("two", "b")) == [
        conflict("IM202", "one", "two", "both use 'https://x/y.js', with different integrity.")
    ]


def test_disable_is_the_way_out(site: SiteFolder) -> None:
    site.install("editor")
    site.install("other", namespace="editor")
    with pytest.raises(ConflictError, match="both claim the namespace 'editor'"):
        Registry().load()
    assert Registry(disable=["Other"]).load().imports == {"editor/editor": "/static/editor/editor.js"}
    assert Registry(disable=["editor"]).load().imports == {"editor/editor": "/static/other/editor.js"}
