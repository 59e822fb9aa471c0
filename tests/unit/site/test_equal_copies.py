"""Copies of third-party modules that are equal in closure are one; all others stay apart."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from support.composing import clean, compose, edges, site_of
from support.generated_packages import CONTEXTS, STATICS, asked, packages
from support.profiles import check_seen
from support.serving import Serves, Twins
from support.site_folder import SiteFolder, digest, package
from support.walking import Walk

from importmap import Diagnostic, ImportMap, Package, Registry
from importmap._site import equal_copies
from importmap._site.graph import Graph
from importmap._site.packages import Packages
from importmap._site.settings import Settings
from importmap._site.targets import File

HASHED = "/s/{folder}{stem}.{hash}{suffix}"
PLAIN = "/s/{path}"


class Texts(Serves):
    """Serves files with a content of their own: that of the part of their path that follows the package."""

    def __init__(self, template: str = PLAIN, texts: Mapping[str, str | None] | None = None) -> None:
        super().__init__(template)
        self.texts = texts or {}

    def read(self, public_path: str) -> bytes | None:
        text = self.texts.get(public_path, public_path.partition("/")[2])
        return None if text is None else text.encode()


def carries(
    name: str,
    modules: Mapping[str, Sequence[str]] | None = None,
    version: str = "3.2.1",
    uses: Sequence[str] = ("lit",),
    **more: Any,
) -> Package:
    """A package with an entry that imports its copy of lit, which consists of two modules."""
    modules = modules or {"lit.js": ["./element.js"], "element.js": []}
    records = {f"{name}/{path}": edges(*imports, sha384=digest(path)) for path, imports in modules.items()}
    return package(
        name,
        {"x": f"{name}/x.js"},
        modules={f"{name}/x.js": edges(*uses), **records},
        **{"vendored": {"lit": {"path": f"{name}/lit.js", "version": version}}, **more},
    )


def copies(import_map: ImportMap) -> set[str | None]:
    """The URLs of lit."""
    return {names["lit"] for names in import_map.scopes.values() if "lit" in names}


@pytest.mark.parametrize("found", [["a", "b", "c"], ["c", "b", "a"]])
def test_equal_copies_are_one(found: list[str]) -> None:
    """The first package's, whatever the order of discovery; nobody asks for the others."""
    import_map = clean([*map(carries, found)], static=Texts())
    assert import_map.scopes == {f"/s/{name}/": {"lit": "/s/a/lit.js"} for name in sorted(found)}
    assert import_map.depcache == {
        "/s/a/lit.js": ("/s/a/element.js",),
        **{f"/s/{name}/x.js": ("/s/a/lit.js",) for name in sorted(found)},
    }


def test_relative_imports_of_a_copy() -> None:
    """What else imports the modules of a copy gets the same ones, or there would be two of them."""
    modules = {"lit.js": ["./element.js"], "element.js": [], "y.js": ["./element.js", "./lit.js"]}
    b = carries("b", modules, uses=["lit", "#y"], private={"#y": {"path": "b/y.js"}})
    for template in (PLAIN, HASHED):
        static = Texts(template)
        import_map = clean([carries("a"), b], static=static)
        page = import_map.with_base_url("https://site.example/")
        root = "https://site.example"
        y = root + static.url("b/y.js")
        for specifier, path in [
            ("./element.js", "a/element.js"),
            ("./lit.js", "a/lit.js"),
            ("lit", "a/lit.js"),
        ]:
            assert page.resolve(specifier, y) == root + static.url(path)
        closure = ["b/x.js", "a/lit.js", "b/y.js", "a/element.js"]
        assert page.closure("b/x") == [root + static.url(path) for path in closure]


def test_the_same_module_with_other_imports() -> None:
    """Two files with the same bytes that lead to different files are different copies."""
    static = Texts(texts={"b/element.js": "another"})
    assert copies(clean([carries("a"), carries("b")], static=static)) == {"/s/a/lit.js", "/s/b/lit.js"}


def test_what_is_served_counts() -> None:
    """Not what a manifest says of a file: that may be of somebody else's."""
    static = Texts(texts={"b/lit.js": "something else"})
    assert copies(clean([carries("a"), carries("b")], static=static)) == {"/s/a/lit.js", "/s/b/lit.js"}


def test_bare_imports_of_a_copy() -> None:
    """They lead to files of the package that carries it, and these have to be equal too."""
    modules = {"lit.js": ["#dom"], "dom.js": []}

    def with_dom(name: str) -> Package:
        return carries(name, modules, private={"#dom": {"path": f"{name}/dom.js"}})

    equal = clean([with_dom("a"), with_dom("b")], static=Texts())
    assert equal.scopes == {
        "/s/a/": {"#dom": "/s/a/dom.js", "lit": "/s/a/lit.js"},
        "/s/b/": {"lit": "/s/a/lit.js"},
    }
    static = Texts(texts={"b/dom.js": "another"})
    assert copies(clean([with_dom("a"), with_dom("b")], static=static)) == {"/s/a/lit.js", "/s/b/lit.js"}


def test_versions() -> None:
    """They are what somebody says of the copies, and the files are equal."""
    found = [carries(name, version=version) for name, version in (("a", "1.0"), ("b", "2.0"))]
    assert len(copies(clean(found, static=Texts()))) == 1


@pytest.mark.parametrize("isolate", [False, True])
@pytest.mark.parametrize("computed", ["lit.js", "element.js", None])
def test_what_a_module_computes_it_gets_from_its_own_package(computed: str | None, isolate: bool) -> None:
    """One file that may load more is enough, in either package; and so is a manifest that does not say."""
    for strange in ("a", "b", "ab"):
        found = [
            carries(name, computed=[f"{name}/{computed}"] if computed and name in strange else [])
            for name in "ab"
        ]
        for one in found if computed is None else ():
            if one.namespace in strange:
                del one.manifest["computed"]
        assert len(copies(clean(found, static=Texts(), isolate=isolate))) == 2
    alike = [carries(name, computed=[f"{name}/x.js"]) for name in "ab"]
    assert len(copies(clean(alike, static=Texts(), isolate=isolate))) == 1


def test_assets_count() -> None:
    def with_asset(name: str) -> Package:
        found = carries(name)
        for path in (f"{name}/element.js", f"{name}/lit.js"):
            found.manifest["modules"][path]["assets"] = ["./x.wasm"]
        return found

    assert len(copies(clean([with_asset("a"), with_asset("b")], static=Texts()))) == 1
    static = Texts(texts={f"{name}/x.wasm": None for name in "ab"})
    assert len(copies(clean([with_asset("a"), with_asset("b")], static=static))) == 2
    static = Texts(texts={"b/x.wasm": "another"})
    assert len(copies(clean([with_asset("a"), with_asset("b")], static=static))) == 2


def test_imports_that_lead_to_no_file() -> None:
    """To a URL, or nowhere: that is the same for all. A folder is not."""
    modules = {"lit.js": ["./element.js", "react", "nobody"], "element.js": ["./lit.js"]}
    found = [carries(name, modules, ignore=["nobody"], version="1") for name in "ab"]
    assert len(copies(clean(found, static=Texts(), imports={"react": "https://cdn.example/react.js"}))) == 1
    vendored = {"lit": "lit.js", "parts/": "parts/"}
    folders = [
        carries(
            name,
            {"lit.js": ["parts/"], "parts/a.js": []},
            vendored={key: {"path": f"{name}/{path}", "version": "1"} for key, path in vendored.items()},
        )
        for name in "ab"
    ]
    assert len(copies(clean(folders, static=Texts()))) == 2


def test_other_names_are_not_compared() -> None:
    """Nobody's own modules become somebody else's."""
    b = carries("b", uses=["react"], vendored={"react": {"path": "b/lit.js", "version": "3.2.1"}})
    import_map = clean([carries("a"), b], static=Texts())
    assert import_map.scopes == {"/s/a/": {"lit": "/s/a/lit.js"}, "/s/b/": {"react": "/s/b/lit.js"}}


def test_parts_of_two_copies() -> None:
    """`b` has both modules, `a` and `c` one each: what the two share stays one module for `b`."""
    lit = {"lit.js": ["./element.js"], "element.js": []}
    context = {"context.js": ["./element.js"], "element.js": []}
    both = {"context": "context.js", "lit": "lit.js"}

    def with_names(name: str, modules: Mapping[str, Sequence[str]], *names: str) -> Package:
        vendored = {each: {"path": f"{name}/{both[each]}", "version": "1"} for each in names}
        return carries(name, modules, uses=names, vendored=vendored)

    found = [
        with_names("a", lit, "lit"),
        with_names("b", {**lit, **context}, "context", "lit"),
        with_names("c", context, "context"),
    ]
    page = clean(found, static=Texts()).with_base_url("https://site.example/")
    loaded = [page.closure(f"{name}/x") for name in "abc"]
    assert {url for urls in loaded for url in urls if "element" in url} == {
        "https://site.example/s/a/element.js"
    }


def test_prefixes() -> None:
    """A file below a prefix is a copy like any other; the prefix itself stays the package's."""

    def with_prefix(name: str) -> Package:
        vendored = {"lit/": {"path": f"{name}/lit/", "version": "1"}}
        return carries(name, {"lit/y.js": []}, uses=["lit/y.js"], vendored=vendored)

    import_map = clean([with_prefix("a"), with_prefix("b")], static=Texts())
    assert import_map.scopes["/s/b/"] == {"lit/": "/s/b/lit/", "lit/y.js": "/s/a/lit/y.js"}


def test_public_prefixes() -> None:
    """Page scripts get the same copy, by whichever name."""
    a, b = carries("a"), carries("b")
    b.manifest["imports"]["b/"] = {"path": "b/", "contexts": ["default"]}
    import_map = clean([a, b], static=Texts())
    assert import_map.imports == {
        "a/x": "/s/a/x.js",
        "b/": "/s/b/",
        "b/element.js": "/s/a/element.js",
        "b/lit.js": "/s/a/lit.js",
        "b/x": "/s/b/x.js",
    }


def test_what_is_not_known_well_enough() -> None:
    """Files that cannot be read or are not served, and modules of which nobody knows the imports."""
    unread = Texts(texts={"b/element.js": None})
    assert len(copies(clean([carries("a"), carries("b")], static=unread))) == 2
    import_map, _ = compose([carries("a"), carries("b")], static=Missing())
    assert copies(import_map) == {"/s/b/lit.js"}
    by_hand = [package(name, vendored={"lit": {"path": f"{name}/lit.js", "version": "1"}}) for name in "ab"]
    for found in by_hand:
        found.manifest["modules"][found.manifest["vendored"]["lit"]["path"]].pop("sha384")
    assert len(copies(clean(by_hand, static=Texts()))) == 2


class Missing(Texts):
    """The first copy was not collected."""

    def url(self, public_path: str) -> str:
        if public_path == "a/lit.js":
            raise LookupError("not collected")
        return super().url(public_path)


def test_editable_installs() -> None:
    """Their manifests have no digests; what is read counts."""
    found = [carries("a"), carries("b")]
    del found[1].manifest["modules"]["b/lit.js"]["sha384"]
    assert len(copies(clean(found, static=Texts()))) == 1


def test_an_unrelated_package_changes_nothing() -> None:
    found = [carries("b"), carries("c")]
    before = clean(found, static=Texts())
    after = clean(
        [*found, package("a", vendored={"react": {"path": "a/react.js", "version": "1"}})], static=Texts()
    )
    assert (after.scopes["/s/b/"], after.scopes["/s/c/"]) == (before.scopes["/s/b/"], before.scopes["/s/c/"])


def test_each_page_gets_the_same_copy() -> None:
    """Even where the package that carries it has nothing."""
    a = carries("a")
    a.manifest["imports"]["a/x"]["contexts"] = ["admin"]
    found = [a, carries("b")]
    public = clean(found, static=Texts(), contexts={"admin": {}})
    assert public.imports == {"b/x": "/s/b/x.js"}
    assert copies(public) == {"/s/a/lit.js"}
    admin = clean(found, ["admin"], static=Texts())
    assert admin | public == clean(found, ["admin", "default"], static=Texts())


def test_files_are_read_only_where_copies_may_be_equal() -> None:
    class Counting(Texts):
        def read(self, public_path: str) -> bytes | None:
            raise AssertionError(public_path)

    class Unable(Texts):
        read = None  # type: ignore[assignment]  # as objects of sites may be

    class Broken(Texts):
        def read(self, public_path: str) -> bytes | None:
            raise OSError(public_path)

    for static in (Unable(), Broken()):
        assert len(copies(clean([carries("a"), carries("b")], static=static))) == 2
    other = carries("b")
    other.manifest["modules"]["b/lit.js"]["sha384"] = digest("another")
    assert len(copies(clean([carries("a"), other], static=Counting()))) == 2


def test_installed_files(site: SiteFolder) -> None:
    """Where the site cannot read what it serves, the installed files say what is equal."""
    for name in "ab":
        modules = {f"{name}/lit.js": edges(), f"{name}/x.js": edges("lit")}
        vendored = {"lit": {"path": f"{name}/lit.js", "version": "1"}}
        site.install(name, {"x": f"{name}/x.js"}, modules=modules, vendored=vendored)
        site.add(
            {name: {"__init__.py": "", "static": {name: {"lit.js": "export {}", "x.js": 'import "lit"'}}}}
        )
    assert copies(Registry().load()) == {"/static/a/lit.js"}
    site.add({"b": {"static": {"b": {"lit.js": "export { }"}}}})
    assert copies(Registry().load()) == {"/static/a/lit.js", "/static/b/lit.js"}


def test_who_serves_the_files_needs_all_of_them() -> None:
    """Each package's own, since what is equal is found out by reading what is served."""
    site = site_of([carries("a"), carries("b")], static=Texts())
    paths = [path for selection in site.shipped(["default"]).selections for path in selection.paths]
    assert "b/lit.js" in paths
    paths = [path for selection in site.reached(["default"]).selections for path in selection.paths]
    assert "b/lit.js" not in paths


@pytest.mark.parametrize("static", [static for static in STATICS if isinstance(static, Twins)])
def test_a_browser_loads_one_of_equal_copies(static: Twins) -> None:
    """Wherever an import led to a copy, it leads to the first of those that are equal."""
    seen: Counter[str] = Counter()

    @given(packages(by_hand=False), asked)
    def law(found: list[Package], wanted: list[str]) -> None:
        site = site_of(found, static=static, contexts={name: {} for name in CONTEXTS})
        import_map, _ = site.load(wanted, None)
        walk = Walk(found, import_map, Settings(static=static))
        walk.run(wanted)
        equal, apart = site.reached(wanted).graph.equal, Graph(site.packages, Settings(static=static))
        replaced_by = {file.path: copy.path for file, copy in equal.items()}
        assert not {*walk.loaded.values()} & {*replaced_by}
        for url, path in walk.loaded.items():
            for specifier, is_static, target in apart.imports(site.packages.by_path[path]):
                for file in target.files if is_static and not target.is_folder else ():
                    resolved = walk.files[walk.resolve(specifier, url)][0]
                    assert resolved == replaced_by.get(file.path, file.path)
        seen["replaced"] += bool(equal)

    law()
    check_seen(seen, "replaced")


class Broken(Texts):
    """A storage that fails in one of its methods."""

    def __init__(self, method: str, number: int) -> None:
        super().__init__()
        self.method, self.number = method, number

    def url(self, public_path: str) -> str:
        self._fail("url")
        return super().url(public_path)

    def read(self, public_path: str) -> bytes | None:
        self._fail("read")
        return super().read(public_path)

    def _fail(self, method: str) -> None:
        if method == self.method:
            raise OSError(self.number, os.strerror(self.number)) if self.number else LookupError(method)


@pytest.mark.parametrize("method", ["url", "read"])
def test_faults_of_a_storage_are_noted(method: str) -> None:
    """Copies that nobody can compare stay apart. A file that is not there is no fault."""
    for number in (errno.EIO, errno.ENOENT, 0):
        diagnostics: list[Diagnostic] = []
        settings = Settings(static=Broken(method, number))
        graph = equal_copies.united(Graph(Packages([carries("a"), carries("b")]), settings), diagnostics)
        assert graph.equal == {}
        assert {found.code for found in diagnostics} == (
            {"IM112"} if number == errno.EIO or (number and method == "url") else set()
        )


# Floods


def steps(found: list[Package], monkeypatch: pytest.MonkeyPatch, static: Texts) -> tuple[int, int]:
    """Return how many copies an equal one replaces, and how often the imports of a module are asked for."""
    asked: list[object] = []
    original = equal_copies._Closures._targets

    def counted(self: equal_copies._Closures, file: File) -> list[File | str]:
        asked.append(file)
        return original(self, file)

    monkeypatch.setattr(equal_copies._Closures, "_targets", counted)
    graph = equal_copies.united(Graph(Packages(found), Settings(static=static)))
    return len(graph.equal), len(asked)


def circle(name: str, count: int, shared: int, sha384: str | None = None) -> Package:
    """Modules in a circle, with cross links; some of them are third-party modules."""
    modules = {
        f"{name}/m{number}.js": edges(
            f"./m{(number + 1) % count}.js",
            f"./m{(number * 7 + 3) % count}.js",
            sha384=digest(sha384 or f"m{number}.js"),
        )
        for number in range(count)
    }
    vendored = {f"lib{number}": {"path": f"{name}/m{number}.js", "version": "1"} for number in range(shared)}
    return package(name, {"x": f"{name}/m0.js"}, modules=modules, vendored=vendored)


def test_the_work_grows_with_the_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not with the names times the modules that each leads to."""
    for count in (100, 400):
        found = [circle(name, count, count // 2) for name in "abc"]
        replaced, asked = steps(found, monkeypatch, Texts())
        assert replaced == 2 * count
        assert asked < 20 * 3 * count


def test_walks_that_come_to_nothing_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies that differ far away only stay apart when a budget is used up."""
    monkeypatch.setattr(equal_copies, "_STEPS", 1_000)
    count = 300
    texts = {f"{name}/m{number}.js": "same" for name in "ab" for number in range(count)}
    texts["b/m299.js"] = "another"
    found = [circle(name, count, count, "same") for name in "ab"]
    _, asked = steps(found, monkeypatch, Texts(texts=texts))
    assert asked < 40 * 2 * count
