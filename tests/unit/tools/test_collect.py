"""`importmap collect`: which files, under which names, and what it leaves alone."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from support.projects import snapshot
from support.shipping import sha384, ship, static, tag
from support.site_folder import Files, SiteFolder, manifest, write
from support.wheels import ROOT

from importmap import Diagnostic, ImportMapError
from importmap._base.writing import kept_for_this_process, write_atomically
from importmap._compose.site import Site
from importmap._site.gather import Gathered
from importmap._site.settings import Settings
from importmap._tools import collect as _collect
from importmap._tools.collect import NOTE, Collected, Differences


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def gather(*contexts: str, **settings: Any) -> Gathered:
    found = Site(Settings(**settings))
    return Gathered(found.shipped(contexts or found.contexts))


def collect(out: Path, *contexts: str, hashed: bool = True, **settings: Any) -> Collected:
    """Collect files with which nothing is wrong."""
    gathered = gather(*contexts, **settings)
    assert gathered.diagnostics == []
    return _collect.collect(out, gathered.files, hashed=hashed)


def names(out: Path) -> dict[str, str]:
    """The files of a folder but for its index, by name."""
    found = {name.replace(os.sep, "/"): content.decode() for name, content in snapshot(out).items()}
    del found["importmap.json"]
    return found


def hashed(path: str, content: str) -> str:
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}.{tag(content)}{dot}{suffix}"


def collecting(files: Mapping[str, str]) -> dict[str, str]:
    """What modules are collected as."""
    return {hashed(path, content): content for path, content in files.items()}


def problems(out: Path, *contexts: str, **settings: Any) -> tuple[Diagnostic, ...]:
    before = snapshot(out)
    gathered = gather(*contexts, **settings)
    with pytest.raises(ImportMapError) as caught:
        _collect.collect(out, gathered.files)
    assert snapshot(out) == before
    return caught.value.diagnostics


# Which files


def test_what_the_contexts_reach(site: SiteFolder, out: Path) -> None:
    """Over all packages; no file that only other contexts load."""
    ship(
        site,
        "demo",
        {"demo/admin.js": "a", "demo/view.js": "v", "demo/deep/lazy.js": "l", "demo/unused.js": "u"},
        {
            "admin": {"path": "demo/admin.js", "contexts": ["admin"]},
            "view": {"path": "demo/view.js", "contexts": ["public"]},
            "unused": {"path": "demo/unused.js", "contexts": ["admin"]},
        },
        edges={"demo/view.js": {"dynamic": ["./deep/lazy.js"], "imports": ["other/dom"]}},
        requires={"other": "*"},
    )
    ship(site, "other", {"other/dom.js": "d", "other/more.js": "m"})
    assert collect(out, "public") == Collected(
        written=(
            hashed("demo/deep/lazy.js", "l"),
            hashed("demo/view.js", "v"),
            "importmap.json",
            hashed("other/dom.js", "d"),
        ),
        kept=0,
        removed=(),
    )
    expected = {"demo/view.js": "v", "demo/deep/lazy.js": "l", "other/dom.js": "d"}
    assert names(out) == collecting(expected)
    assert json.loads((out / "importmap.json").read_text()) == {
        "collection": 1,
        "files": {
            path: {"file": hashed(path, content), "sha384": sha384(content)}
            for path, content in expected.items()
        },
        "plain": [],
    }
    collect(out)
    everything = {**expected, "demo/admin.js": "a", "demo/unused.js": "u", "other/more.js": "m"}
    assert names(out) == collecting(everything)


def test_names(site: SiteFolder, out: Path) -> None:
    files = {"demo/a.min.js": "1", "demo/b.json": "2", "demo/c.css": "3", "demo/d": "4"}
    ship(site, "demo", files, {str(number): path for number, path in enumerate(files)})
    collect(out)
    assert sorted(names(out)) == sorted(
        [
            f"demo/a.min.{tag('1')}.js",
            f"demo/b.{tag('2')}.json",
            f"demo/c.{tag('3')}.css",
            f"demo/d.{tag('4')}",
        ]
    )


def test_without_hashes(site: SiteFolder, out: Path) -> None:
    """The same folder can be collected both ways, one after the other."""
    ship(site, "demo", {"demo/a.js": "a"})
    collect(out)
    collect(out, hashed=False)
    assert names(out) == {"demo/a.js": "a"}
    assert json.loads((out / "importmap.json").read_text())["files"]["demo/a.js"]["file"] == "demo/a.js"
    collect(out)
    assert names(out) == collecting({"demo/a.js": "a"})


def test_assets(site: SiteFolder, out: Path) -> None:
    """Under their own names, from wherever they are asked for; what workers import as well."""
    ship(
        site,
        "demo",
        {
            "demo/deep/a.js": "a",
            "demo/worker.js": "w",
            "demo/task.js": "t",
            "demo/late.js": "l",
            "demo/dom.js": "d",
        },
        {"a": "demo/deep/a.js", "dom": "demo/dom.js"},
        edges={
            "demo/deep/a.js": {"assets": ["../worker.js", "./x.wasm", "../../top.txt"], "imports": ["#dom"]},
            "demo/worker.js": {"imports": ["./task.js", "demo/dom"], "assets": ["./x.svg"]},
            "demo/task.js": {"dynamic": ["./late.js"], "imports": ["./worker.js"]},
        },
        assets={"demo/deep/x.wasm": "x", "top.txt": "t", "demo/x.svg": "s", "demo/not-asked-for.svg": "n"},
        private={"#dom": {"path": "demo/dom.js"}},
    )
    collect(out)
    assert names(out) == {
        **collecting({"demo/deep/a.js": "a", "demo/dom.js": "d"}),
        "demo/worker.js": "w",
        "demo/task.js": "t",
        "demo/late.js": "l",
        "demo/deep/x.wasm": "x",
        "demo/x.svg": "s",
        "top.txt": "t",
    }


def test_a_module_that_is_an_asset_as_well(site: SiteFolder, out: Path) -> None:
    ship(site, "demo", {"demo/a.js": "a", "demo/b.js": "b"}, edges={"demo/a.js": {"assets": ["./b.js"]}})
    collect(out)
    assert names(out) == {**collecting({"demo/a.js": "a", "demo/b.js": "b"}), "demo/b.js": "b"}
    document = json.loads((out / "importmap.json").read_text())
    assert document["plain"] == ["demo/b.js"]
    assert document["files"]["demo/b.js"]["file"] == hashed("demo/b.js", "b")


def test_prefix_entries(site: SiteFolder, out: Path) -> None:
    """The address of a prefix has no hash, so neither have the files below it."""
    files = {"demo/a.js": "a", "demo/locales/de.js": "de", "demo/own/x.js": "x", "demo/lit/y.js": "y"}
    ship(
        site,
        "demo",
        files,
        {"a": "demo/a.js", "locales/": "demo/locales/", "de": "demo/locales/de.js"},
        edges={"demo/a.js": {"imports": ["#own/x.js", "lit/y.js"]}},
        private={"#own/": {"path": "demo/own/"}},
        vendored={"lit/": {"path": "demo/lit/", "version": "3"}},
    )
    collect(out)
    plain = {path: content for path, content in files.items() if path != "demo/a.js"}
    assert names(out) == {**collecting(files), **plain}


def test_source_maps(site: SiteFolder, out: Path) -> None:
    """Beside the modules that name them, in whatever way."""
    files = {
        "demo/a.js": "a\n//# sourceMappingURL=a.js.map\n",
        "demo/b.mjs": "//# sourceMappingURL=./maps/b.map",
        "demo/c.css": "c{}\n/*# sourceMappingURL=../c.css.map */\n",
        "demo/d.js": "\n".join(
            f"//# sourceMappingURL={name}"
            for name in (
                "data:application/json;base64,e30=.map",
                "https://cdn.example/d.map",
                "x-y://[",
                "/d.map",
                "d%2Emap?x",
                "d.json",
                "../../../d.map",
                "a b.map",
                "%2e%2e/%2e%2e/d.map",
            )
        ),
        "demo/e.json": "//# sourceMappingURL=e.map",
        "demo/f.js": "/* //# sourceMappingURL=f.map */",
    }
    ship(
        site,
        "demo",
        files,
        {str(number): path for number, path in enumerate(files)},
        assets={
            "demo/a.js.map": "1",
            "demo/maps/b.map": "2",
            "c.css.map": "3",
            "demo/d.map": "4",
            "demo/d.json": "5",
        },
    )
    collect(out)
    assert names(out) == {
        **collecting(files),
        "demo/a.js.map": "1",
        "demo/maps/b.map": "2",
        "c.css.map": "3",
        "demo/d.map": "4",
        "demo/d.json": "5",
    }


def test_entries_that_are_urls(site: SiteFolder, out: Path) -> None:
    url = {"url": "https://cdn.example/x.js", "integrity": f"sha384-{sha384('x')}", "contexts": ["default"]}
    ship(site, "demo", {"demo/a.js": "a"}, {"a": "demo/a.js", "cdn": url})
    collect(out)
    assert names(out) == collecting({"demo/a.js": "a"})


def test_the_sites_own_entries(site: SiteFolder, out: Path) -> None:
    """They are on each page."""
    ship(
        site,
        "demo",
        {"demo/a.js": "a", "demo/b.js": "b"},
        {
            "a": {"path": "demo/a.js", "contexts": ["admin"]},
            "b": {"path": "demo/b.js", "contexts": ["admin"]},
        },
    )
    collect(out, "default", imports={"shop/a": "demo/a.js", "lit": "https://cdn.example/lit.js"})
    assert names(out) == collecting({"demo/a.js": "a"})


def test_the_same_file_in_two_packages(site: SiteFolder, out: Path) -> None:
    for name in ("one", "two"):
        ship(site, name, {"shared/a.js": "a"}, {"a": "shared/a.js"})
    collect(out)
    assert names(out) == collecting({"shared/a.js": "a"})


def test_imports_that_lead_to_nothing(site: SiteFolder, out: Path) -> None:
    """Something for `importmap check`: the other files are collected."""
    ship(
        site,
        "demo",
        {"demo/a.js": "a", "demo/l/x.js": "x"},
        {"a": "demo/a.js", "l/": "demo/l/"},
        edges={"demo/a.js": {"imports": ["nobody", "demo/l/y.js", "demo/l/"]}},
    )
    collect(out)
    assert names(out) == {**collecting({"demo/a.js": "a", "demo/l/x.js": "x"}), "demo/l/x.js": "x"}


def test_a_long_chain(site: SiteFolder, out: Path) -> None:
    """Of workers, each of which starts the next."""
    count = 1500
    files = {f"demo/{number}.js": str(number) for number in range(count)}
    edges = {f"demo/{number}.js": {"assets": [f"./{(number + 1) % count}.js"]} for number in range(count)}
    ship(site, "demo", files, {"0": "demo/0.js"}, edges=edges)
    collect(out)
    assert names(out) == {**files, **collecting({"demo/0.js": "0"})}


# Where the files are


def test_roots_that_are_named(site: SiteFolder, out: Path) -> None:
    """Beside the import package as well as in it; the first that has the file."""
    ship(
        site,
        "demo",
        {"demo/a.js": "a", "demo/b.js": "b"},
        roots=["demo/static", "more/files"],
    )
    write(site.path / "more" / "files" / "demo", {"a.js": "no", "b.js": "b"})
    (static(site, "demo") / "demo" / "b.js").unlink()
    collect(out)
    assert names(out) == collecting({"demo/a.js": "a", "demo/b.js": "b"})


@pytest.mark.parametrize("kind", ["beside", "dist-info"])
@pytest.mark.parametrize("left_out", [["roots"], ["package"], ["package", "version"]])
def test_manifests_made_by_hand(kind: str, left_out: list[str], site: SiteFolder, out: Path) -> None:
    document = manifest("demo", modules={"demo/editor.js": {}})
    for key in left_out:
        del document[key]
    info = {"entry_points.txt": "[importmap]\ndemo = demo\n"}
    text = json.dumps(document)
    where = {"extra_metadata": {"importmap.json": text}} if kind == "dist-info" else {}
    files = {} if where else {"importmap.json": text}
    site.add(
        {
            "demo-1.0.dist-info": {**info, **where},
            "demo": {"__init__.py": "", "static": {"demo": {"editor.js": "e"}}, **files},
        }
    )
    collect(out)
    assert names(out) == collecting({"demo/editor.js": "e"})


@pytest.mark.parametrize(
    "code", ["maps = {'a': 'demo/a.js'}", "def maps(contexts): return {'a': 'demo/a.js'}"]
)
def test_entries_written_in_python(code: str, site: SiteFolder, out: Path) -> None:
    site.add(
        {
            "demo-1.0.dist-info": {"entry_points.txt": "[importmap]\ndemo = demo:maps\n"},
            "demo": {"__init__.py": code, "static": {"demo": {"a.js": "a"}}},
        }
    )
    collect(out)
    assert names(out) == collecting({"demo/a.js": "a"})


def test_a_nested_package_in_a_namespace(site: SiteFolder, out: Path) -> None:
    document = manifest(
        "acme-widgets",
        {"a": "widgets/a.js"},
        package="acme.widgets",
        roots=[],
        modules={"widgets/a.js": {"sha384": sha384("a")}},
    )
    site.install("acme-widgets", **{key: document[key] for key in ("package", "roots", "modules", "imports")})
    site.add({"acme": {"widgets": {"__init__.py": "", "static": {"widgets": {"a.js": "a"}}}}})
    collect(out)
    assert names(out) == collecting({"widgets/a.js": "a"})


def test_a_zip_file(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modules = {"zipped/editor.js": {"sha384": sha384("z"), "size": 1}, "zipped/lost.js": {}}
    contexts = {"editor": "zipped/editor.js", "lost": {"path": "zipped/lost.js", "contexts": ["admin"]}}
    document = manifest("zipped", contexts, modules=modules)
    archive = tmp_path / "zipped.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("zipped/__init__.py", "")
        file.writestr("zipped/static/zipped/editor.js", "z")
        file.writestr("zipped-1.0.dist-info/METADATA", "Name: zipped\nVersion: 1.0\n")
        file.writestr("zipped-1.0.dist-info/entry_points.txt", "[importmap]\nzipped = zipped\n")
        file.writestr("zipped-1.0.dist-info/extra_metadata/importmap.json", json.dumps(document))
    monkeypatch.syspath_prepend(archive)
    collect(out, "default")
    assert names(out) == collecting({"zipped/editor.js": "z"})
    place = str(archive / "zipped" / "static" / "zipped" / "lost.js")
    assert gather("admin").diagnostics == [
        Diagnostic(
            "IM218", "error", "the file of 'zipped/lost.js' is missing.", distribution="zipped", place=place
        )
    ]


CART = 'import "./dom.js"; new URL("./x.svg", import.meta.url)'
APPLICATION: Files = {
    "pyproject.toml": '[tool.importmap]\nnamespace = "shop"\nimports.cart = "shop/cart.js"\n',
    "static": {"shop": {"cart.js": CART, "dom.js": "d", "x.svg": "x"}},
}


def test_an_application(site: SiteFolder, tmp_path: Path, out: Path) -> None:
    """From its source tree; and in production, where its manifest lies beside its static root."""
    project = write(tmp_path / "shop", APPLICATION) / "pyproject.toml"
    collect(out, project=project)
    expected = {
        **collecting({"shop/cart.js": CART, "shop/dom.js": "d"}),
        "shop/x.svg": "x",
    }
    assert names(out) == expected
    built = tmp_path / "shop" / "importmap.json"
    subprocess.run([sys.executable, "-m", "importmap", "build", project, "-o", built], check=True)
    shutil.rmtree(out)
    collect(out, project=built)
    assert names(out) == expected
    elsewhere = tmp_path / "importmap.json"
    shutil.copy(built, elsewhere)
    assert gather(project=elsewhere).diagnostics[0] == Diagnostic(
        "IM218",
        "error",
        "the file of 'shop/cart.js' is missing.",
        distribution="shop",
        place=str(tmp_path / "static" / "shop" / "cart.js"),
    )


def test_an_editable_manifest(site: SiteFolder, tmp_path: Path, out: Path) -> None:
    """Its files are where it says, and inside its project; assets lie beside them."""
    project = write(
        tmp_path / "demo",
        {
            "pyproject.toml": '[project]\nname = "demo"\n[tool.hatch.build.hooks.importmap]\n',
            "src": {"js": {"demo": {"editor.js": "e", "x.svg": "x", "secret.svg": ""}}},
            "built": {"odd.js": "o"},
        },
    )
    source = project / "src" / "js" / "demo"
    (source / "secret.svg").unlink()
    (source / "secret.svg").symlink_to(project / "pyproject.toml")
    (source / "away.svg").symlink_to(tmp_path)
    document: dict[str, Any] = {
        "project": str(project),
        "files": {
            "demo/editor.js": str(source / "editor.js"),
            "demo/odd.js": str(project / "built" / "odd.js"),
        },
        "watch": {},
        "pyproject": "",
        "modules": {
            "demo/editor.js": {"imports": ["./odd.js"], "assets": ["./x.svg"]},
            "demo/odd.js": {"assets": []},
            "demo/more.js": {},
        },
    }
    direct_url = json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})
    site.install("demo", beside={"direct_url.json": direct_url}, **document)
    collect(out, live=False)
    assert names(out) == {**collecting({"demo/editor.js": "e", "demo/odd.js": "o"}), "demo/x.svg": "x"}

    document["modules"]["demo/editor.js"]["assets"] = ["./secret.svg", "./away.svg", "./none.svg"]
    site.install("demo", beside={"direct_url.json": direct_url}, **document)
    assert [str(found) for found in gather(live=False).diagnostics] == [
        f"demo: {project}/pyproject.toml: the file of 'demo/secret.svg' lies outside the distribution.",
        f"demo: {source}/away.svg: the file of 'demo/away.svg' is missing.",
        f"demo: {source}/none.svg: the file of 'demo/none.svg' is missing.",
    ]
    (source / "editor.js").unlink()
    assert str(gather(live=False).diagnostics[0]) == (
        f"demo: {source}/editor.js: the file of 'demo/editor.js' is missing."
    )


def test_files_that_an_installer_linked(site: SiteFolder, tmp_path: Path, out: Path) -> None:
    """One by one, to the unpacked wheel that it keeps: that is the same distribution."""
    ship(site, "demo", {"demo/a.js": "a"})
    kept = tmp_path / "cache" / "4711"
    shutil.copytree(site.path / "demo", kept / "demo")
    for path in (Path("demo/__init__.py"), Path("demo/static/demo/a.js")):
        (site.path / path).unlink()
        (site.path / path).symlink_to(kept / path)
    collect(out)
    assert names(out) == collecting({"demo/a.js": "a"})


@pytest.mark.parametrize("target", ["other/static/demo/a.js", "demo/a.js", "../a.js"])
def test_files_outside_the_distribution(target: str, site: SiteFolder, out: Path) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    outside = site.path / target
    write(outside.parent, {"a.js": "a"})
    place = static(site, "demo") / "demo" / "a.js"
    place.unlink()
    place.symlink_to(outside)
    assert gather().diagnostics == [
        Diagnostic(
            "IM220",
            "error",
            "the file of 'demo/a.js' lies outside the distribution.",
            distribution="demo",
            place=str(outside.resolve()),
        )
    ]


# What is wrong with them


def test_missing_files(site: SiteFolder) -> None:
    """All of them, each once; and of a distribution without its import package, too."""
    ship(
        site,
        "demo",
        {"demo/a.js": "//# sourceMappingURL=a.map", "demo/b.js": "b"},
        edges={"demo/a.js": {"assets": ["./x.svg"]}, "demo/b.js": {"assets": ["./x.svg"]}},
    )
    (static(site, "demo") / "demo" / "b.js").unlink()
    site.install("gone")
    demo = static(site, "demo") / "demo"
    assert [f"{found.severity} {found.code} {found}" for found in gather().diagnostics] == [
        f"error IM218 demo: {demo}/b.js: the file of 'demo/b.js' is missing.",
        f"error IM218 demo: {demo}/x.svg: the file of 'demo/x.svg' is missing.",
        (
            f"warning IM014 demo: {demo}/a.js: 'demo/a.js' names the source map 'demo/a.map', "
            "which is not there."
        ),
        "error IM218 gone: the file of 'gone/editor.js' is missing.",
    ]


def test_a_folder_in_place_of_a_file(site: SiteFolder) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    place = static(site, "demo") / "demo" / "a.js"
    place.unlink()
    place.mkdir()
    assert [found.code for found in gather().diagnostics] == ["IM218"]


def test_files_that_cannot_be_read(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    ship(site, "demo", {"demo/a.js": "a"})

    def refuse(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("importmap._discovery.sources.read_file", refuse)
    place = static(site, "demo") / "demo" / "a.js"
    assert [str(found) for found in gather().diagnostics] == [
        f"demo: {place}: the system does not let it be read: Permission denied. It is left out."
    ]


def test_changed_files(site: SiteFolder, out: Path) -> None:
    """They are collected as they are, with their own digests."""
    ship(site, "demo", {"demo/a.js": "a"})
    place = static(site, "demo") / "demo" / "a.js"
    place.write_text("mended")
    gathered = gather()
    assert gathered.diagnostics == [
        Diagnostic(
            "IM219",
            "warning",
            "the file of 'demo/a.js' is not the one that was shipped: its digest differs.",
            distribution="demo",
            place=str(place),
        )
    ]
    _collect.collect(out, gathered.files)
    assert names(out) == collecting({"demo/a.js": "mended"})


def test_assets_of_two_packages_under_one_path(site: SiteFolder) -> None:
    for name in ("one", "two"):
        ship(
            site,
            name,
            {f"{name}/a.js": "a"},
            edges={f"{name}/a.js": {"assets": ["../x.svg"]}},
            assets={"x.svg": name},
        )
    assert gather().diagnostics == [
        Diagnostic(
            "IM202",
            "error",
            "both ship 'x.svg', with different content.",
            distribution="one and two",
            hint="importmap.configure(disable=['two'])  # or 'one': the site decides",
        )
    ]
    write(static(site, "two"), {"x.svg": "one"})
    assert gather().diagnostics == []


# The folder


def test_again(site: SiteFolder, out: Path) -> None:
    """Nothing is touched."""
    ship(
        site,
        "demo",
        {"demo/a.js": "a"},
        edges={"demo/a.js": {"assets": ["./x.svg"]}},
        assets={"demo/x.svg": "x"},
    )
    collect(out)
    for path in out.rglob("*"):
        os.utime(path, (1, 1))
    assert collect(out) == Collected(written=(), kept=3, removed=())
    assert {path.stat().st_mtime for path in out.rglob("*")} == {1}


def test_what_is_stale(site: SiteFolder, out: Path) -> None:
    """Is removed, with folders that get empty; what others put there stays."""
    ship(site, "demo", {"demo/a.js": "a", "demo/deep/er/b.js": "b", "demo/c/c.js": "c"})
    collect(out)
    write(out / "demo", {"notes.txt": "mine"})
    write(out / "demo" / "c", {"notes.txt": "mine"})
    ship(site, "demo", {"demo/a.js": "new"})
    assert collect(out) == Collected(
        written=(hashed("demo/a.js", "new"), "importmap.json"),
        kept=0,
        removed=(hashed("demo/a.js", "a"), hashed("demo/c/c.js", "c"), hashed("demo/deep/er/b.js", "b")),
    )
    assert names(out) == {
        **collecting({"demo/a.js": "new"}),
        "demo/notes.txt": "mine",
        "demo/c/notes.txt": "mine",
    }
    assert not (out / "demo" / "deep").exists()


def test_stale_files_at_the_top(site: SiteFolder, out: Path) -> None:
    asset = {"demo/a.js": {"assets": ["../top.txt"]}}
    ship(site, "demo", {"demo/a.js": "a"}, edges=asset, assets={"top.txt": "t"})
    collect(out)
    ship(site, "demo", {"demo/a.js": "a"})
    assert collect(out).removed == ("top.txt",)
    assert names(out) == collecting({"demo/a.js": "a"})


def test_stale_files_that_are_gone(site: SiteFolder, out: Path) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    collect(out)
    (out / hashed("demo/a.js", "a")).unlink()
    ship(site, "demo", {"demo/a.js": "b"})
    assert collect(out).removed == ()


def test_files_that_were_damaged(site: SiteFolder, out: Path) -> None:
    """An earlier run's own files are mended, links among them too."""
    ship(site, "demo", {"demo/a.js": "a", "demo/b.js": "b"})
    collect(out)
    one, other = (out / hashed(f"demo/{name}.js", name) for name in "ab")
    one.write_text("x")
    other.unlink()
    other.symlink_to(one)
    assert collect(out).written == (hashed("demo/a.js", "a"), hashed("demo/b.js", "b"))
    assert not other.is_symlink()
    assert names(out) == collecting({"demo/a.js": "a", "demo/b.js": "b"})


def test_a_folder_by_way_of_a_link(site: SiteFolder, tmp_path: Path) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    collect(tmp_path / "link")
    assert names(tmp_path / "real") == collecting({"demo/a.js": "a"})


def test_somebody_elses_index(site: SiteFolder, out: Path) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    write(out, {"importmap.json": '{"imports": {}}'})
    assert problems(out) == (
        Diagnostic(
            "IM223",
            "error",
            "was not written by `importmap collect`.",
            place=str(out / "importmap.json"),
        ),
    )


def test_somebody_elses_files(site: SiteFolder, out: Path) -> None:
    """Are not replaced; one that is the same already may be."""
    ship(
        site,
        "demo",
        {"demo/a.js": "a"},
        edges={"demo/a.js": {"assets": ["./x.svg", "./y.svg", "./z.svg"]}},
        assets={"demo/x.svg": "x", "demo/y.svg": "y", "demo/z.svg": "z"},
    )
    write(out / "demo", {"x.svg": "mine", "y.svg": "y", "z.svg": {}})
    assert problems(out) == (
        Diagnostic(
            "IM222",
            "error",
            "another file is there, which an earlier run did not write.",
            place=str(out / "demo" / "x.svg"),
        ),
        Diagnostic(
            "IM222", "error", "a folder stands where a file should be.", place=str(out / "demo" / "z.svg")
        ),
    )


@pytest.mark.parametrize("kind", ["file", "link", "broken link", "file above"])
def test_what_stands_in_the_way(kind: str, site: SiteFolder, tmp_path: Path, out: Path) -> None:
    """Nothing is written through it, or outside."""
    ship(site, "demo", {"demo/deep/a.js": "a"}, {"a": "demo/deep/a.js"})
    out.mkdir()
    away = tmp_path / "away"
    away.mkdir()
    if kind == "file above":
        out = write(tmp_path, {"file": ""}) / "file" / "out"
    elif kind == "file":
        (out / "demo").write_text("")
    else:
        (out / "demo").symlink_to(away if kind == "link" else away / "none")
    assert problems(out) == (
        Diagnostic(
            "IM222",
            "error",
            "a link or a file stands where a folder should be.",
            place=str(out / hashed("demo/deep/a.js", "a")),
        ),
    )
    assert list(away.iterdir()) == []


def test_stale_files_behind_a_link(site: SiteFolder, tmp_path: Path, out: Path) -> None:
    """Are somebody else's by now."""
    ship(site, "demo", {"demo/a.js": "a", "demo/deep/b.js": "b"})
    collect(out)
    shutil.move(out / "demo" / "deep", tmp_path / "away")
    (out / "demo" / "deep").symlink_to(tmp_path / "away")
    ship(site, "demo", {"demo/a.js": "a"})
    assert collect(out).removed == ()
    assert snapshot(tmp_path / "away") == {f"b.{tag('b')}.js": b"b"}


def test_an_index_that_names_files_outside(site: SiteFolder, tmp_path: Path, out: Path) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    collect(out)
    write(tmp_path, {"precious.txt": "p"})
    document = json.loads((out / "importmap.json").read_text())
    document["files"]["x.js"] = {"file": "../precious.txt", "sha384": "A" * 64}
    (out / "importmap.json").write_text(json.dumps(document))
    [found] = problems(out)
    assert (found.code, found.place) == ("IM223", f'{out}/importmap.json: files."x.js".file')
    assert (tmp_path / "precious.txt").exists()


def test_names_that_differ_in_case_only(site: SiteFolder, out: Path) -> None:
    """Or in how Unicode writes them: some systems have one file for both."""
    ship(
        site,
        "demo",
        {"demo/a.js": "a", "demo/b.js": "b", "demo/x": "x"},
        edges={
            "demo/a.js": {"assets": ["./X.svg", "./x.svg", "./e\u0301.svg", "./\u00e9.svg", "./x/y.svg"]},
            "demo/b.js": {"assets": ["./x", "../importmap.json"]},
        },
        assets={
            "demo/X.svg": "1",
            "demo/x.svg": "1",
            "demo/e\u0301.svg": "2",
            "demo/\u00e9.svg": "2",
            "importmap.json": "3",
        },
        imports={"demo/a": {"path": "demo/a.js"}, "demo/b": {"path": "demo/b.js"}},
    )
    gathered = gather()
    assert [found.code for found in gathered.diagnostics] == ["IM218"]
    nested = static(site, "demo") / "demo"
    gathered.files["demo/x/y.svg"] = gathered.files["demo/x.svg"]
    with pytest.raises(ImportMapError) as caught:
        _collect.collect(out, gathered.files)
    assert not out.exists()
    system = "cannot lie in one folder: some systems take their names for one."
    assert [(found.code, str(found)) for found in caught.value.diagnostics] == [
        ("IM221", f"demo: {nested}/x.svg: 'demo/x.svg' and 'demo/X.svg' {system}"),
        ("IM221", f"demo: {nested}/\u00e9.svg: 'demo/\u00e9.svg' and 'demo/e\u0301.svg' {system}"),
        (
            "IM221",
            (
                f"demo: {static(site, 'demo')}/importmap.json: "
                f"'importmap.json' and the folder's own 'importmap.json' {system}"
            ),
        ),
        ("IM221", f"demo: {nested}/x.svg: 'demo/x/y.svg' and 'demo/x' {system}"),
    ]


#: Pairs of names that only full folding takes for one: each step of it is the last one that some pair needs.
SAME = {
    "a": "A",
    "\u00e9": "e\u0301",
    "\u00df": "SS",
    # Folded as it is, the second one gets a letter iota between its letter and its accent.
    "\u1fb4": "\u03b1\u0345\u0301",
    # There is no one character for the capital; and the small one is folded into three.
    "\u0390": "\u03aa\u0301",
}


@pytest.mark.parametrize(("name", "other"), SAME.items(), ids=ascii)
def test_names_that_unicode_takes_for_one(site: SiteFolder, out: Path, name: str, other: str) -> None:
    ship(site, "demo", {"demo/module.js": "m"})
    file = gather().files["demo/module.js"]
    file.is_mapped = False
    first, second = sorted([f"demo/{name}.js", f"demo/{other}.js"])
    with pytest.raises(ImportMapError) as caught:
        _collect.collect(out, {first: file, second: file})
    assert [f"{problem.code} {problem}" for problem in caught.value.diagnostics] == [
        (
            f"IM221 demo: {file.place}: {second!r} and {first!r} cannot lie in one folder: "
            "some systems take their names for one."
        )
    ]
    assert not out.exists()


@pytest.mark.skipif(not hasattr(os, "link"), reason="no hard links on this platform")
def test_a_file_that_changed_its_case(site: SiteFolder, out: Path) -> None:
    """Where case does not matter, the stale name is the new file."""
    ship(site, "demo", {"demo/A.js": "a"})
    collect(out, hashed=False)
    ship(site, "demo", {"demo/a.js": "a"})
    assert collect(out, hashed=False).removed == ("demo/A.js",)
    ship(site, "demo", {"demo/A.js": "a"})
    # As good as one file: two names of it.
    os.link(out / "demo" / "a.js", out / "demo" / "A.js")
    assert collect(out, hashed=False).removed == ()
    assert names(out)["demo/A.js"] == "a"


def test_no_space_left(site: SiteFolder, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is new is taken back; what was there stays as it was."""
    ship(site, "demo", {"demo/a.js": "a"})
    collect(out)
    ship(site, "demo", {"demo/a.js": "a", "demo/b/b.js": "b", "demo/c.js": "c"})
    really = write_atomically

    def full(path: str, data: bytes) -> None:
        if data == b"c":
            raise OSError(28, "No space left on device", path)
        really(path, data)

    monkeypatch.setattr(_collect, "write_atomically", full)
    assert problems(out) == (
        Diagnostic(
            "IM222",
            "error",
            "cannot be written: No space left on device.",
            place=str(out / hashed("demo/c.js", "c")),
        ),
    )
    assert not (out / "demo" / "b").exists()


def test_the_index_comes_last(site: SiteFolder, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing that the index before it needs is removed until it is there."""
    ship(site, "demo", {"demo/a.js": "a", "zzz/b.js": "b"}, {"a": "demo/a.js", "b": "zzz/b.js"})
    collect(out)
    ship(site, "demo", {"demo/a.js": "1", "zzz/b.js": "2"}, {"a": "demo/a.js", "b": "zzz/b.js"})
    really, written = write_atomically, []

    def write_one(path: str, data: bytes) -> None:
        written.append(Path(path).name)
        assert set(names(out)) >= set(collecting({"demo/a.js": "a", "zzz/b.js": "b"}))
        really(path, data)

    monkeypatch.setattr(_collect, "write_atomically", write_one)
    assert len(collect(out).removed) == 2
    assert written == [NOTE, f"a.{tag('1')}.js", f"b.{tag('2')}.js", "importmap.json"]


def test_it_is_the_same_everywhere(site: SiteFolder, tmp_path: Path) -> None:
    """Whatever the seed of hashes."""
    ship(
        site,
        "demo",
        {f"demo/{name}.js": name for name in "abcdef"},
        edges={"demo/a.js": {"assets": [f"./{name}.svg" for name in "zyx"]}},
        assets={f"demo/{name}.svg": name for name in "xyz"},
    )
    home = Path(_collect.__file__).parent.parent
    for seed in "01":
        subprocess.run(
            [sys.executable, "-m", "importmap", "collect", tmp_path / seed],
            check=True,
            cwd=ROOT.parent,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{site.path}{os.pathsep}{home}"},
        )
    assert snapshot(tmp_path / "0") == snapshot(tmp_path / "1")
    assert len(snapshot(tmp_path / "0")) == 10


@pytest.mark.parametrize("fails", range(4))
def test_no_space_left_at_any_file(
    fails: int, site: SiteFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a first run, nothing stays; the next one succeeds."""
    ship(site, "demo", {"demo/a.js": "a", "demo/b/b.js": "b"})
    really, number = write_atomically, [0]

    def full(path: str, data: bytes) -> None:
        number[0] += 1
        if number[0] == fails + 1:
            raise OSError(errno.ENOSPC, "No space left on device", path)
        really(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(_collect, "write_atomically", full)
        [problem] = problems(out)
    assert (problem.code, problem.message) == ("IM222", "cannot be written: No space left on device.")
    assert not out.exists()
    collect(out)
    assert names(out) == collecting({"demo/a.js": "a", "demo/b/b.js": "b"})


def failing(name: str, number: int, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Let one call of a function fail as on a read-only disk; the calls that were made."""
    module, _, function = name.rpartition(".")
    really = getattr(sys.modules[module], function)
    calls: list[object] = []

    def fails(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) == number:
            raise OSError(errno.EROFS, "Read-only file system", str(args and args[0]))
        return really(*args, **kwargs)

    monkeypatch.setattr(sys.modules[module], function, fails)
    return calls


@pytest.mark.parametrize("name", ["tempfile.mkstemp", "os.fdopen", "os.chmod", "os.replace", "os.makedirs"])
def test_a_disk_that_fails(
    name: str, site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any call: an error, nothing new stays, and the next run succeeds."""
    state = {"demo/a.js": "a", "demo/b/b.js": "b"}
    for number in range(1, 9):
        out = tmp_path / f"out-{number}"
        ship(site, "demo", state)
        if number > 4:
            collect(out)
            ship(site, "demo", {"demo/a.js": "A", "demo/c/c.js": "c"})
        before = snapshot(out)
        with monkeypatch.context() as patched:
            calls = failing(name, 1 + (number - 1) % 4, patched)
            with suppress(ImportMapError):
                collect(out)
        if len(calls) == 1 + (number - 1) % 4:
            assert snapshot(out) == before
            assert out.exists() == bool(before)
        collect(out)
        assert len(names(out)) == 2


@pytest.mark.skipif(
    os.name == "nt" or sys.platform in ("emscripten", "wasi"), reason="this system locks no folders"
)
def test_a_folder_that_another_run_writes_to(site: SiteFolder, out: Path) -> None:
    """It is left alone: two runs would remove each other's files."""
    ship(site, "demo", {"demo/a.js": "a"})
    out.mkdir()
    with kept_for_this_process(str(out)):
        assert problems(out) == (
            Diagnostic(
                "IM222",
                "error",
                "another `importmap collect` writes to this folder. Run this one again when that has ended.",
                place=str(out),
            ),
        )
    collect(out)


def test_what_a_killed_run_has_left(site: SiteFolder, out: Path) -> None:
    """It is not in the way, and is removed."""
    ship(
        site,
        "demo",
        {"demo/a.js": "a"},
        edges={"demo/a.js": {"assets": ["./x.svg"]}},
        assets={"demo/x.svg": "x"},
    )
    old, gone = hashed("demo/a.js", "old"), "demo/gone/b.js"
    note = json.dumps([gone, "demo/none/c.js", old, "demo/x.svg"])
    files: Files = {"x.svg": "old", ".importmap-x.tmp": "", "gone": {"b.js": ""}, "none": {}}
    write(out, {NOTE: note, "demo": files})
    write(out, {".importmap-y.tmp": "", old: "old"})
    write(out / "demo" / "gone", {".importmap-z.tmp": "", "notes.txt": "mine"})
    assert _collect.differences(out, gather().files) == Differences(
        missing=("demo/a.js", "demo/x.svg"),
        changed=(),
        left=(
            NOTE,
            ".importmap-y.tmp",
            "demo/.importmap-x.tmp",
            old,
            "demo/gone/.importmap-z.tmp",
            gone,
        ),
    )
    assert collect(out).removed == (old, gone)
    assert snapshot(out).keys() == {
        str(Path(name))
        for name in ("demo/gone/notes.txt", "demo/x.svg", hashed("demo/a.js", "a"), "importmap.json")
    }
    assert not (out / "demo" / "none").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "is not JSON: Expecting value: line 1 column 2 (char 1)."),
        ("{}", "was not written by `importmap collect`."),
        ("[1]", "was not written by `importmap collect`."),
        ('["../x"]', "was not written by `importmap collect`."),
    ],
)
def test_a_note_that_is_none(text: str, message: str, site: SiteFolder, out: Path) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    place = write(out, {NOTE: text}) / NOTE
    note = Diagnostic("IM223", "error", message, place=str(place), hint="delete it")
    assert problems(out) == (note,)
    place.unlink()
    place.mkdir()
    assert problems(out) == (note.replace(message="cannot be read: Is a directory."),)


def test_the_index_is_no_leftover(site: SiteFolder, out: Path) -> None:
    ship(site, "demo", {"demo/a.js": "a"})
    collect(out)
    write(out, {NOTE: '["importmap.json"]'})
    assert collect(out) == Collected(written=(), kept=2, removed=())
    assert names(out) == collecting({"demo/a.js": "a"})


def test_what_cannot_be_removed(site: SiteFolder, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note of it stays, so that a later run removes it."""
    ship(site, "demo", {"demo/a.js": "a", "demo/b.js": "b"})
    collect(out)
    ship(site, "demo", {"demo/a.js": "a"})
    really = os.unlink

    def unlink(path: str) -> None:
        if "b." in path:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        really(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", unlink)
        assert collect(out).removed == ()
    assert _collect.differences(out, gather().files).left == (NOTE, hashed("demo/b.js", "b"))
    assert collect(out).removed == (hashed("demo/b.js", "b"),)
    assert names(out) == collecting({"demo/a.js": "a"})


def test_differences(site: SiteFolder, out: Path) -> None:
    def found(**options: Any) -> Differences:
        before = snapshot(out)
        differences = _collect.differences(out, gather().files, **options)
        assert snapshot(out) == before
        return differences

    def said(**names: Any) -> Differences:
        return Differences(**{"missing": (), "changed": (), "left": (), **names})

    nothing = said()
    ship(
        site,
        "demo",
        {"demo/a.js": "a", "demo/b.js": "b", "demo/c.js": "c"},
        edges={"demo/a.js": {"assets": ["./x.svg", "./b.js"]}},
        assets={"demo/x.svg": "x"},
    )
    everything = ("demo/a.js", "demo/b.js", "demo/c.js", "demo/x.svg")
    assert found() == said(missing=everything)
    collect(out)
    assert found() == nothing
    assert not found()
    # Of what is the same under both names, nothing is changed.
    assert found(hashed=False) == said(missing=("demo/a.js", "demo/c.js"), changed=("demo/b.js",))
    (out / "demo" / "b.js").unlink()
    (out / "demo" / "x.svg").write_text("damaged")
    ship(site, "later", {"later/d.js": "d"})
    ship(
        site,
        "demo",
        {"demo/a.js": "new", "demo/b.js": "b"},
        edges={"demo/a.js": {"assets": ["./x.svg", "./b.js"]}},
        assets={"demo/x.svg": "x"},
    )
    assert found() == Differences(
        missing=("demo/a.js", "demo/b.js", "later/d.js"), changed=("demo/x.svg",), left=("demo/c.js",)
    )
    collect(out)
    assert found() == nothing
    index = out / "importmap.json"
    index.write_text(json.dumps(json.loads(index.read_text())))
    assert found() == said(changed=("importmap.json",))
