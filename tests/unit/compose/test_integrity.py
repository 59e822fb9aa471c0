"""`integrity=True`: the digests of what is served, for each module that a page can load."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from support.composing import HASHED, READABLE, Reads, clean, compose, edges, graph, site_of
from support.serving import Serves
from support.site_folder import digest, package

from importmap import Diagnostic, ImportMap, StaticURL

DEMO = package(
    "demo",
    {".": "demo/index.js", "x": {"path": "demo/x.js", "contexts": ["admin"]}},
    modules=graph({"demo/index.js": ["./part.js"], "demo/part.js": [], "demo/x.js": [], "demo/never.js": []}),
)
PATHS = ["demo/index.js", "demo/part.js"]


def said(path: str, *algorithms: str) -> str:
    """The integrity of a file whose content is its path."""
    digests = [hashlib.new(algorithm, path.encode()).digest() for algorithm in algorithms or ["sha384"]]
    return " ".join(
        f"{algorithm}-{base64.b64encode(digest).decode()}"
        for algorithm, digest in zip(algorithms or ["sha384"], digests, strict=True)
    )


class Knows(Reads):
    """Says what the integrity of some files is; an exception is raised."""

    def __init__(self, answers: dict[str, Any], content: dict[str, Any] | None = None) -> None:
        super().__init__("/s/{path}")
        self.answers = answers
        self.content = content or {}
        self.asked: list[str] = []

    def integrity(self, public_path: str) -> Any:
        return answered(self.answers.get(public_path))

    def read(self, public_path: str) -> Any:
        self.asked.append(public_path)
        return answered(self.content.get(public_path, public_path.encode()))


def answered(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def test_off_by_default() -> None:
    static = Knows({})
    assert clean([DEMO], static=static).integrity == {}
    assert clean([DEMO], static=static, integrity=[]).integrity == {}
    assert static.asked == []


def test_of_each_module_that_a_page_can_load() -> None:
    import_map = clean([DEMO], static=READABLE, integrity=True)
    assert import_map.integrity == {f"/s/{path}": said(path) for path in PATHS}
    assert import_map.csp_hashes == (
        import_map.csp_hash,
        *sorted(f"'sha384-{digest(path)}'" for path in PATHS),
    )


def test_by_final_url() -> None:
    static = Reads(HASHED.template)
    import_map = clean([DEMO], static=static, integrity=True)
    assert import_map.integrity == {HASHED.url(path): said(path) for path in PATHS}
    assert f'integrity="{said("demo/part.js")}"' in import_map.render(preload=["demo"])


def test_algorithms() -> None:
    """In one order, whatever order is asked for."""
    import_map = clean([DEMO], static=READABLE, integrity=["sha512", "sha256"])
    assert import_map.integrity == {f"/s/{path}": said(path, "sha256", "sha512") for path in PATHS}


def test_what_a_storage_knows() -> None:
    """It need not be read; another storage may know only some."""
    known = said("anything", "sha256") + " " + said("anything", "sha512")
    static = Knows({"demo/index.js": known})
    assert clean([DEMO], static=static, integrity=True).integrity == {
        "/s/demo/index.js": known,
        "/s/demo/part.js": said("demo/part.js"),
    }
    assert static.asked == ["demo/part.js"]


@pytest.mark.parametrize(
    "error", [NotImplementedError("x"), KeyError("x"), ValueError("x"), FileNotFoundError("x")]
)
def test_a_storage_that_does_not_know(error: Exception) -> None:
    static = Knows(dict.fromkeys(PATHS, error))
    assert clean([DEMO], static=static, integrity=True) == clean([DEMO], static=READABLE, integrity=True)


class Lazy:
    """What a storage gives out as text."""

    def __str__(self) -> str:
        return said("demo/index.js")


def test_a_storage_that_answers_with_something_else() -> None:
    assert clean([DEMO], static=Knows({"demo/index.js": Lazy()}), integrity=True).integrity == {
        f"/s/{path}": said(path) for path in PATHS
    }


def test_a_storage_whose_answer_is_no_integrity() -> None:
    static = Knows({"demo/index.js": "'></script>"})
    import_map, diagnostics = compose([DEMO], static=static, integrity=True)
    assert import_map.integrity == {"/s/demo/part.js": said("demo/part.js")}
    message = "the storage's integrity \"'></script>\" is none; the map has none for this file."
    assert diagnostics == [
        Diagnostic("IM210", "warning", message, distribution="demo", place="demo/index.js")
    ]


@pytest.mark.parametrize("error", [KeyError("gone"), ValueError("gone"), FileNotFoundError("gone")])
def test_a_file_that_cannot_be_read(error: Exception) -> None:
    import_map, diagnostics = compose([DEMO], static=Knows({}, {"demo/index.js": error}), integrity=True)
    assert import_map.integrity == {"/s/demo/part.js": said("demo/part.js")}
    message = f"cannot be read for its integrity ({error}); the map has none for it."
    assert diagnostics == [
        Diagnostic("IM205", "warning", message, distribution="demo", place="demo/index.js")
    ]


class OnlyUrl:
    """A `Static` of the smallest kind."""

    def url(self, public_path: str) -> str:
        return f"/static/{public_path}"


@pytest.mark.parametrize(
    "static",
    [StaticURL("/static/"), OnlyUrl(), Serves("/static/{path}"), Knows({}, dict.fromkeys(PATHS, "text"))],
)
def test_a_static_that_does_not_read(static: Any) -> None:
    """It is said once, not for each file."""
    import_map, diagnostics = compose([DEMO], static=static, integrity=True)
    assert import_map.integrity == {}
    assert [str(found) for found in diagnostics] == [
        "integrity: the site's Static does not read what it serves; the map has no integrity for its files."
    ]
    assert diagnostics[0].code == "IM205"


def test_a_file_that_is_served_otherwise_than_it_was_shipped() -> None:
    """Storages rewrite files: what is served counts, and it is said."""
    static = Knows({}, {"demo/part.js": b"rewritten"})
    import_map, diagnostics = compose([DEMO], static=static, integrity=["sha256"])
    assert import_map.integrity == {
        "/s/demo/index.js": said("demo/index.js", "sha256"),
        "/s/demo/part.js": said("rewritten", "sha256"),
    }
    assert diagnostics == [
        Diagnostic(
            "IM217",
            "info",
            "is served otherwise than it was shipped; the map says what is served.",
            distribution="demo",
            place="demo/part.js",
        )
    ]


def test_a_manifest_without_digests() -> None:
    demo = package("demo", {".": "demo/index.js"}, modules={"demo/index.js": edges("demo")})
    static = Knows({}, {"demo/index.js": b"rewritten"})
    assert clean([demo], static=static, integrity=True).integrity == {"/s/demo/index.js": said("rewritten")}


def test_a_file_that_is_not_served_is_not_read() -> None:
    static = Knows({})
    static.urls = {"demo/part.js": ""}
    import_map, diagnostics = compose([DEMO], static=static, integrity=True)
    assert import_map.integrity == {"/s/demo/index.js": said("demo/index.js")}
    assert [found.place for found in diagnostics] == ["demo/part.js"]
    assert static.asked == ["demo/index.js"]


def test_the_sites_own_files() -> None:
    """Of the files that it maps to, as well; a URL is somebody else's."""
    imports = {
        "cart": "shop/cart.js",
        "react": "https://esm.example/react",
        "x": "/x.js",
        "part": "demo/part.js",
    }
    import_map, _ = compose(
        [DEMO], static=READABLE, integrity=True, imports=imports, overrides={"demo": "shop/new.js"}
    )
    assert import_map.integrity == {
        f"/s/{path}": said(path) for path in ("demo/part.js", "shop/cart.js", "shop/new.js")
    }


def test_overrides_of_other_pages() -> None:
    """A public page says nothing of what the site has in place of an admin module."""
    settings: dict[str, Any] = {"static": READABLE, "integrity": True, "overrides": {"demo/x": "shop/x.js"}}
    assert clean([DEMO], **settings).integrity == {f"/s/{path}": said(path) for path in PATHS}
    assert compose([DEMO], ["admin"], **settings)[0].integrity == {"/s/shop/x.js": said("shop/x.js")}


def test_entries_that_are_urls_keep_what_was_declared() -> None:
    entry = {"url": "https://cdn.example/x.js", "integrity": f"sha384-{digest('x')}", "contexts": ["default"]}
    import_map = clean([package("demo", {"x": entry})], static=READABLE, integrity=["sha512"])
    assert import_map.integrity == {"https://cdn.example/x.js": f"sha384-{digest('x')}"}


def test_two_contexts_read_a_file_once() -> None:
    """Though it is another one each time it is read, a site says one thing of it."""

    class Changing(Reads):
        reads = 0

        def read(self, public_path: str) -> bytes | None:
            self.reads += 1
            return str(self.reads).encode()

    static = Changing("/s/{path}")
    site = site_of([DEMO], static=static, integrity=["sha256"])
    maps = [site.load(wanted, None) for wanted in (["default"], ["admin"], ["default", "admin"])]
    assert maps[0][0] | maps[1][0] == maps[2][0]
    assert static.reads == 3
    # Each map tells what is known of its files.
    assert [len(diagnostics) for _, diagnostics in maps] == [2, 1, 3]
    assert {found.code for _, diagnostics in maps for found in diagnostics} == {"IM217"}


def test_hashes_of_a_policy() -> None:
    """What is no digest has no place in a policy."""
    import_map = ImportMap(
        integrity={
            "/a.js": said("b", "sha384", "sha512"),
            "/b.js": said("b"),
            "/c.js": said("a", "sha256"),
            "/d.js": "x'; script-src *",
            "/e.js": "",
        }
    )
    digests = [said("a", "sha256"), said("b"), said("b", "sha512")]
    assert import_map.csp_hashes == (import_map.csp_hash, *(f"'{text}'" for text in digests))
    assert ImportMap().csp_hashes == (ImportMap().csp_hash,)
