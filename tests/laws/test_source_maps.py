"""The build and the site agree on the source maps that a file names."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.profiles import check_seen
from support.projects import declared
from support.site_folder import manifest, write

from hatch_importmap.entries import expand
from hatch_importmap.files import Shipped, publish
from hatch_importmap.scan import Reached, scan
from importmap._base.diagnostics import Diagnostic
from importmap._base.grammar import is_path
from importmap._base.tables import Table
from importmap._manifest.package import Package
from importmap._site.gather import Gathered
from importmap._site.packages import Packages
from importmap._site.selection import Selection

STATIC = "p/static"
#: The files of the package beside the one with the comments.
FILES = ["a.js.map", "p/a", "p/a b.map", "p/a.json", "p/a.map", "p/q/a.map", "p/q/b.js", "p/é.map"]
NAMED = [
    *("a", "a.map", "./a.json", "../a.js.map", "q/b.js", "q/a.map?v=1", "%61.map#x", "%C3%A9.map", "é.map"),
    *("a%20b.map", "b.map", "../../a.map", "data:,a.map", "/a.map", "https://x.example/a.map", "x-y://["),
]
PARTS = [
    *("a", "b", ".js", ".map", ".json", "p", "q", "/", "./", "../", "..", "é", "%61", "%20", " ", "%2e"),
    *("%2F", "?x", "#x", "%", "%00", "\\", "data:", "https:", "//", "x-y://[", "]", ":", "*", "/*", "\r"),
]
STARTS = ["//# sourceMappingURL=", "/*# sourceMappingURL=", "//@ sourceMappingURL=", "x //# "]
ENDS = ["", " ", "\r", " */", "*/ "]

urls = st.sampled_from(NAMED) | st.lists(st.sampled_from(PARTS), max_size=6).map("".join)
comments = st.builds("{}{}{}".format, st.sampled_from(STARTS), urls, st.sampled_from(ENDS))
contents = st.lists(comments, max_size=3).map("\n".join)

#: How a message names the file that is not there.
_MISSING = re.compile(r"""does not ship ('.*?'|".*?");|source map ('.*?'|".*?"), which is not there""")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for name in FILES:
        place = folder / STATIC / name
        write(place.parent, {place.name: ""})
    return folder


def test_both_find_the_same(project: Path) -> None:
    seen: Counter[str] = Counter()

    @given(st.sampled_from(["p/x.js", "p/x.mjs", "p/x.css"]), contents)
    def check(path: str, content: str) -> None:
        (project / STATIC / path).write_bytes(content.encode())
        reached = build(project, path)
        gathered = gather(project, path, reached)
        named = {*reached.beside, *missing(reached.problems)}
        known = {*gathered.files, *missing(gathered.diagnostics)} - {path}
        assert known == set(filter(is_path, named)) - {path}
        seen["served"] += len(gathered.files) > 1
        seen["missing"] += bool(gathered.diagnostics)
        seen["refused"] += len(known) < len(named)

    check()
    check_seen(seen, "served", "missing", "refused", least=10)


def build(project: Path, path: str) -> Reached:
    """Return what the build finds in a project with one entry."""
    files = {f"{STATIC}/{name}": str(project / STATIC / name) for name in [*FILES, path]}
    declaration = declared({"imports": {"x": path}}, namespace="p", package="p")
    public = publish(Shipped(str(project), files), declaration.roots, Table({}, "", []))
    return scan(declaration, expand(declaration, public), public)


def gather(project: Path, path: str, reached: Reached) -> Gathered:
    """Return what a site serves of the same project, whose manifest lies beside its static root."""
    document: Any = manifest("p", {"x": path}, modules=reached.modules, roots=["static"])
    del document["package"]
    place = str(project / "p" / "importmap.json")
    package = Package(distribution="p", version="1.0", namespace="p", manifest=document, place=place)
    packages = Packages([package])
    return Gathered(
        mock.Mock(selections=[Selection(package, document["imports"], packages.files(package, path))])
    )


def missing(problems: Iterable[Diagnostic]) -> set[str]:
    """Return the source maps that are not there, of which the messages tell."""
    found = [_MISSING.search(problem.message) for problem in problems if problem.code == "IM014"]
    return {ast.literal_eval(match[1] or match[2]) for match in found if match is not None}
