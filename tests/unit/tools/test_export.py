"""`importmap export`: what TypeScript, Deno and bundlers are told, and what they make of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock
from urllib.request import url2pathname

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from support import generated_packages
from support.composing import site_of
from support.deno_process import Deno, DenoError
from support.npm import Npm, node
from support.shipping import sha384, ship
from support.site_folder import Files, SiteFolder, manifest, write

from importmap import Package, Registry, parse
from importmap._cli.app import cli
from importmap._compose.site import Site
from importmap._site.settings import Settings
from importmap._tools.export import DISK, Export, InstalledFiles, as_path, as_url


@pytest.fixture
def work(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two packages are installed, the first a user of the second; and the folder to work in, beside them."""
    ship(
        site,
        "demo",
        {
            "demo/editor.js": 'import { dom } from "#dom"\nimport { lit } from "lit"\nimport "./view.js"\n'
            "export const editor = `editor ${dom} ${lit}`\n",
            "demo/view.js": 'import { a } from "kit/a"\n/** @type {number} */\nexport const view = a\n',
            "demo/dom.js": 'export const dom = "dom"\n',
            "demo/lit.js": 'export const lit = "lit"\n',
            "demo/l/de.js": 'export const hello = "Hallo"\n',
        },
        {
            "editor": {"path": "demo/editor.js", "contexts": ["admin"]},
            "view": "demo/view.js",
            "l/": {"path": "demo/l/", "contexts": ["admin"]},
            "cdn": {
                "url": "https://cdn.example/x.js",
                "integrity": f"sha384-{sha384('x')}",
                "contexts": ["admin"],
            },
        },
        edges={
            "demo/editor.js": {"imports": ["#dom", "lit", "./view.js"]},
            "demo/view.js": {"imports": ["kit/a"]},
        },
        private={"#dom": {"path": "demo/dom.js"}},
        vendored={"lit": {"path": "demo/lit.js", "version": "3.2.1"}},
    )
    ship(site, "kit", {"kit/a.js": A})
    folder = site.path.parent / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


A = "export const a = 1\n"
URL_IN_PATHS = (
    "info IM234: 'demo/cdn' is left out: 'https://cdn.example/x.js' is no file of an installed package.\n"
)


def run(*args: str | Path, **configured: Any) -> Result:
    """The command, on a site that a framework has configured."""
    result = CliRunner().invoke(cli, ["export", *map(str, args)], obj=configured, prog_name="importmap")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def exported(*args: str | Path, said: str = "", **configured: Any) -> Any:
    """The document, and nothing else but what was to be said."""
    result = run(*args, **configured)
    assert (result.exit_code, result.stderr) == (0, said)
    return json.loads(result.stdout)


# The documents


@pytest.mark.parametrize("form", ["jsconfig", "tsconfig"])
def test_paths(form: str, work: Path) -> None:
    """Names that every module may import; not what only the modules of `demo` see."""
    assert exported(form, said=URL_IN_PATHS) == {
        "compilerOptions": {
            "paths": {
                "demo/editor": ["../site/demo/static/demo/editor.js"],
                "demo/l/*": ["../site/demo/static/demo/l/*"],
                "demo/view": ["../site/demo/static/demo/view.js"],
                "kit/a": ["../site/kit/static/kit/a.js"],
            }
        }
    }


def test_contexts(work: Path) -> None:
    assert list(exported("tsconfig", "default")["compilerOptions"]["paths"]) == ["demo/view", "kit/a"]
    result = run("tsconfig", "amdin")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("no package and no configuration knows the context 'amdin'.")


def test_deno_map(work: Path) -> None:
    home = "../site/demo/static/demo/"
    assert exported("deno") == {
        "imports": {
            "demo/cdn": "https://cdn.example/x.js",
            "demo/editor": f"{home}editor.js",
            "demo/l/": f"{home}l/",
            "demo/view": f"{home}view.js",
            "kit/a": "../site/kit/static/kit/a.js",
        },
        "scopes": {home: {"#dom": f"{home}dom.js", "lit": f"{home}lit.js"}},
    }


def test_externals(work: Path) -> None:
    names = ["demo/cdn", "demo/editor", "demo/l/*", "demo/view", "kit/a"]
    assert exported("externals") == names
    shutil.rmtree(work.parent / "site" / "kit" / "static")
    assert exported("externals") == names


def test_the_map_as_it_is_served(work: Path) -> None:
    registry = Registry(static="https://cdn.example/s/")
    served = json.loads(registry.load(["admin", "default"]).to_json())
    assert exported("importmap", "--base-url", "https://cdn.example/s/") == served
    assert sorted(served) == ["imports", "integrity", "scopes"]
    assert exported("importmap", "default") == json.loads(Registry().load().to_json())


def test_into_a_file(work: Path) -> None:
    """Paths are relative to its folder."""
    target = work / "editor" / "config" / "tsconfig.json"
    target.parent.mkdir(parents=True)
    result = run("tsconfig", "default", "-o", target)
    assert (result.exit_code, result.output) == (0, "")
    paths = json.loads(target.read_text())["compilerOptions"]["paths"]
    assert paths["kit/a"] == ["../../../site/kit/static/kit/a.js"]
    shutil.copytree(work.parent / "site" / "kit" / "static", work.parent / "beside" / "static")
    os.chdir(work.parent)
    assert exported("deno", "default")["imports"]["kit/a"] == "./site/kit/static/kit/a.js"


def test_a_file_that_cannot_be_written(work: Path) -> None:
    result = run("deno", "-o", work / "missing" / "deno.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: Could not open file '{work / 'missing' / 'deno.json'}': ")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "Error: Missing argument 'FORMAT'"),
        (["yaml"], "Error: Invalid value for 'FORMAT': 'yaml' is not one of 'jsconfig', 'tsconfig', 'deno'"),
        (["deno", "--base-url", "/s/"], "Error: Invalid value for --base-url: deno has no URLs of the site"),
        (["importmap", "--base-url", "s/"], "Error: Invalid value for --base-url: the static URL 's/' must"),
    ],
)
def test_wrong_usage(args: list[str], message: str, work: Path) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_unusual_names(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are spelled as each tool reads them."""
    monkeypatch.chdir(site.path)
    name = "ä+~@$&';=,(!)"
    ship(site, "odd", {f"odd/{name}.js": "1"}, {name: f"odd/{name}.js"})
    monkeypatch.chdir(write(site.path.parent / "100%25 #", {}))
    assert exported("tsconfig")["compilerOptions"]["paths"] == {
        f"odd/{name}": [f"../site/odd/static/odd/{name}.js"]
    }
    assert exported("deno")["imports"] == {
        f"odd/{name}": "../site/odd/static/odd/%C3%A4+~@$&';=,(!).js",
    }


def test_names_with_stars(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A star has a meaning in `paths` and for bundlers, and none in a map."""
    monkeypatch.chdir(site.path)
    ship(
        site,
        "stars",
        {"stars/a*b.js": "1", "stars/c.js": "2", "stars/x*/y.js": "3"},
        {"a*b": "stars/a*b.js", "c": "stars/a*b.js", "x/": "stars/x*/"},
    )
    said = [
        f"warning IM234: {name!r} is left out: a star would stand for any part of a name.\n"
        for name in ("stars/a*b", "stars/x/")
    ]
    assert exported("tsconfig", said="".join(said))["compilerOptions"]["paths"] == {
        "stars/c": ["./stars/static/stars/a*b.js"]
    }
    assert exported("externals", said=said[0]) == ["stars/c", "stars/x/*"]
    assert exported("deno")["imports"]["stars/a*b"] == "./stars/static/stars/a*b.js"


def test_no_packages(site: SiteFolder) -> None:
    assert exported("tsconfig") == {"compilerOptions": {"paths": {}}}
    assert exported("deno") == {"imports": {}}
    assert exported("externals") == []


# The site's own decisions


def test_entries_of_the_site(work: Path) -> None:
    configured: Any = {
        "imports": {
            "cdn": "https://cdn.example/y.js",
            "shop/x": "shop/x.js",
            "alias": "kit/a.js",
            "vue": "/vendor/vue.js",
        },
        "overrides": {"demo/view": None, "demo/editor": "/vendor/editor.js"},
        "integrity": True,
    }
    own = "info IM227: the site maps a name of its own, {!r}, to {!r}.\n".format
    alias = (work.parent / "site" / "kit" / "static" / "kit" / "a.js").as_uri()
    said = (
        f"{own('cdn', 'https://cdn.example/y.js')}"
        "warning IM234: 'shop/x.js' is no file of an installed package: only the site's server knows it.\n"
        f"{own('shop/x', 'shop/x.js')}{own('alias', alias)}{own('vue', '/vendor/vue.js')}"
        "info IM206: the site overrides 'demo/view': it blocks it.\n"
        "info IM206: the site overrides 'demo/editor': it maps it to '/vendor/editor.js'.\n"
    )
    left_out = "is left out: '/vendor/{}.js' is no file of an installed package.\n".format
    paths = exported(
        "tsconfig",
        said=said
        + "info IM234: 'cdn' is left out: 'https://cdn.example/y.js' is no file of an installed package.\n"
        + URL_IN_PATHS
        + f"info IM234: 'demo/editor' {left_out('editor')}"
        + f"info IM234: 'vue' {left_out('vue')}",
        **configured,
    )
    assert list(paths["compilerOptions"]["paths"]) == ["alias", "demo/l/*", "kit/a"]
    deno = exported(
        "deno",
        said=said
        + f"warning IM234: 'demo/editor' {left_out('editor')}"
        + f"warning IM234: 'vue' {left_out('vue')}",
        **configured,
    )
    assert deno["imports"] == {
        "alias": "../site/kit/static/kit/a.js",
        "cdn": "https://cdn.example/y.js",
        "demo/cdn": "https://cdn.example/x.js",
        "demo/l/": "../site/demo/static/demo/l/",
        "demo/view": None,
        "kit/a": "../site/kit/static/kit/a.js",
    }
    # It is no matter where these are: a page has them.
    result = run("externals", **configured)
    assert json.loads(result.stdout) == [
        "alias",
        "cdn",
        "demo/cdn",
        "demo/editor",
        "demo/l/*",
        "kit/a",
        "shop/x",
        "vue",
    ]


# Files that are not there


def test_missing_files(work: Path) -> None:
    """The rest is exported; the exit status says that it is not all."""
    place = work.parent / "site" / "kit" / "static" / "kit" / "a.js"
    place.unlink()
    result = run("deno", "default")
    assert result.exit_code == 1
    assert result.stderr == f"error IM218: kit: {place}: the file of 'kit/a.js' is missing.\n"
    assert list(json.loads(result.stdout)["imports"]) == ["demo/view"]


def test_a_package_in_an_archive(site: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = manifest("zipped", modules={"zipped/editor.js": {"sha384": sha384("z"), "size": 1}})
    archive = tmp_path / "zipped.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("zipped/__init__.py", "")
        file.writestr("zipped/static/zipped/editor.js", "z")
        file.writestr("zipped-1.0.dist-info/METADATA", "Name: zipped\nVersion: 1.0\n")
        file.writestr("zipped-1.0.dist-info/entry_points.txt", "[importmap]\nzipped = zipped\n")
        file.writestr("zipped-1.0.dist-info/extra_metadata/importmap.json", json.dumps(document))
    monkeypatch.syspath_prepend(archive)
    result = run("tsconfig")
    assert (result.exit_code, json.loads(result.stdout)) == (1, {"compilerOptions": {"paths": {}}})
    place = archive / "zipped" / "static" / "zipped" / "editor.js"
    assert result.stderr == (
        f"error IM234: zipped: {place}: the file of 'zipped/editor.js' lies in an archive, "
        "where other tools do not look: install the package unpacked.\n"
    )
    assert exported("externals") == ["zipped/editor"]
    assert exported("importmap") == {"imports": {"zipped/editor": "/static/zipped/editor.js"}}


# Source trees: the names that whoever edits them may import

APPLICATION: Files = {
    "pyproject.toml": "[tool.importmap]\n"
    'namespace = "shop"\n'
    "[tool.importmap.imports]\n"
    'cart = "shop/cart.js"\n'
    '"#money" = "shop/money.js"\n',
    "static": {
        "shop": {
            "cart.js": 'import { money } from "#money"\nexport const cart = `cart ${money}`\n',
            "money.js": 'export const money = "EUR"\n',
        }
    },
}


def test_private_names_of_the_application(work: Path) -> None:
    write(work, APPLICATION)
    paths = exported("tsconfig", "default", "--project", "pyproject.toml")["compilerOptions"]["paths"]
    assert paths == {
        "#money": ["./static/shop/money.js"],
        "demo/view": ["../site/demo/static/demo/view.js"],
        "kit/a": ["../site/kit/static/kit/a.js"],
        "shop/cart": ["./static/shop/cart.js"],
    }


def editable(site: SiteFolder, name: str, files: dict[str, str], project: Path) -> None:
    """Install a source tree, the first file of which imports `#dom`, the second."""
    first, second = files
    pyproject = f'[project]\nname = "{name}"\n[tool.hatch.build.hooks.importmap]\n'
    write(project, {"pyproject.toml": pyproject, name: {"__init__.py": ""}})
    for path, place in files.items():
        target = project / place
        write(target.parent, {target.name: f'export default "{path}"\n'})
    site.install(
        name,
        {"a": first},
        modules={first: {"imports": ["#dom", "./b.js"], "size": 1}, second: {"size": 1}},
        private={"#dom": {"path": second}},
        beside={"direct_url.json": json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})},
        project=str(project),
        files={path: str(project / place) for path, place in files.items()},
        pyproject="",
        watch={},
    )


def test_several_source_trees(work: Path, site: SiteFolder) -> None:
    for name in ("one", "two"):
        files = {f"{name}/{stem}.js": f"{name}/static/{name}/{stem}.js" for stem in "ab"}
        editable(site, name, files, work / name)
    said = "warning IM234: '#dom' is left out: it is another file in each of several source trees.\n"
    paths = exported("tsconfig", "default", said=said, live=False)["compilerOptions"]["paths"]
    assert paths["one/a"] == ["./one/one/static/one/a.js"]
    assert list(paths) == ["demo/view", "kit/a", "one/a", "two/a"]


def test_a_source_tree_with_another_layout(work: Path, site: SiteFolder) -> None:
    """What lies elsewhere than where relative imports look is found by way of the map, as by a browser."""
    editable(site, "one", {"one/a.js": "web/one/a.js", "one/b.js": "lib/one/b.js"}, work / "one")
    home = "./one/web/one/a.js"
    found = exported("deno", "default", live=False)
    assert found["imports"]["one/a"] == home
    assert found["imports"]["./one/web/one/b.js"] == "./one/lib/one/b.js"
    assert list(found["scopes"].values()) == [{"#dom": "./one/lib/one/b.js"}]
    paths = exported("tsconfig", "default", live=False)["compilerOptions"]["paths"]
    assert paths["#dom"] == ["./one/lib/one/b.js"]


# Any site


@given(generated_packages.packages())
def test_imports_lead_to_the_files_that_are_meant(packages: list[Package]) -> None:
    """All imports, wherever their packages are: as the module graph has it."""
    decisions: Any = {"imports": generated_packages.IMPORTS, "overrides": generated_packages.OVERRIDES}
    with TemporaryDirectory() as name, mock.patch.object(sys, "path", [name, *sys.path]):
        folder = Path(name)
        for found in packages:
            write(folder / found.distribution, {"__init__.py": ""})
            for path in found.manifest["modules"]:
                place = folder / found.distribution / "static" / path
                write(place.parent, {place.name: path})
        site = site_of(packages, **decisions)
        reached = site.reached(site.contexts)
        export = Export(site, lambda static: Settings(static=static, **decisions))
        document = json.dumps(export.document("deno", name))
        import_map, problems = parse(document, base_url=(folder / "map.json").as_uri())
        assert [problem for problem in problems if problem.severity == "error"] == []
        files = InstalledFiles(reached)

        def url(path: str) -> str:
            return "file://" + files.url(path)[len(DISK) :]

        for selection in reached.selections:
            for importer in selection.files:
                for specifier, _, target in reached.graph.imports(importer):
                    for file in target.files:
                        # Each of several packages may have the same file.
                        resolved = import_map.resolve(specifier, url(importer.path))
                        installed = url2pathname(resolved.removeprefix("file://"))
                        assert Path(installed).read_text() == file.path


# The same on each machine

SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from importmap._cli.app import cli
for form in ("jsconfig", "deno", "externals", "importmap"):
    cli(["export", form], standalone_mode=False)
for form in ("mermaid", "dot"):
    cli(["graph", "--format", form], standalone_mode=False)
"""


def test_same_bytes(work: Path, site: SiteFolder) -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT.format(folder=str(site.path))],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in range(3)
    }
    assert len(outputs) == 1


# Where files are


def test_the_files_as_a_static(work: Path) -> None:
    site = Site(Settings())
    files = InstalledFiles(site.reached(["default"]))
    assert files.read("kit/a.js") == A.encode()
    assert files.read("kit/b.js") is None
    url = files.url("kit/a.js")
    assert url.startswith(f"{DISK}/")
    assert as_path(url, str(work)) == "../site/kit/static/kit/a.js"


def test_another_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path cannot lead from one to the other."""

    def relpath(path: str, start: str) -> str:
        raise ValueError(f"path is on mount 'C:', start on mount 'D:': {path} {start}")

    monkeypatch.setattr(os.path, "relpath", relpath)
    assert as_path(f"{DISK}/site/a%20b.js", "/work") == "/site/a b.js"
    assert as_path(f"{DISK}/site/l/", "/work") == "/site/l/"
    assert as_url(f"{DISK}/site/a%20b.js", "/work") == "file:///site/a%20b.js"
    assert as_url(f"{DISK}/site/l/", "/work") == "file:///site/l/"


# The tools themselves

PACKAGES = {
    "esbuild": "0.28.2",
    "rollup": "4.68.7",
    "typescript": "7.0.2",
    "typescript-5": "npm:typescript@5.9.3",
}


@pytest.fixture(scope="module")
def tools(npm: Npm) -> Path:
    """The folder in which the tools are installed."""
    return npm.install(PACKAGES)


@pytest.mark.parametrize("version", ["typescript", "typescript-5"])
def test_typescript(version: str, work: Path, tools: Path) -> None:
    """It resolves what pages have, with its types, through all files; and nothing else."""
    config = {
        "extends": "./tsconfig.importmap.json",
        "compilerOptions": {
            "allowJs": True,
            "module": "esnext",
            "moduleResolution": "bundler",
            "noEmit": True,
            "strict": True,
            "target": "es2022",
            "types": [],
        },
        "include": ["*.ts"],
    }
    write(work, {"tsconfig.json": json.dumps(config)})
    assert run("tsconfig", "-o", "tsconfig.importmap.json").exit_code == 0

    def check(**pages: str) -> str:
        """What the compiler says of all pages at once."""
        write(work, {f"{name}.ts": text for name, text in pages.items()})
        return node(work, tools / version / "bin" / "tsc", "--pretty", "false")[1]

    good = (
        'import { editor } from "demo/editor"\n'
        'import { view } from "demo/view"\n'
        'import { hello } from "demo/l/de.js"\n'
        "export const all: [string, number, string] = [editor, view, hello]\n"
    )
    assert check(good=good) == ""
    said = check(
        misspelt=good.replace("demo/view", "demo/veiw"),
        unknown=good.replace("{ view }", "{ viwe as view }"),
        # The types come from the packages' files.
        typed=good.replace("number", "string"),
        # Pages do not have what only the modules of a package have.
        private='import { lit } from "lit"\nimport { dom } from "#dom"\nexport { lit, dom }\n',
    )
    lines = {line.partition("(")[0]: line for line in said.splitlines() if not line.startswith(" ")}
    assert lines.keys() == {"misspelt.ts", "private.ts", "typed.ts", "unknown.ts"}
    assert lines["misspelt.ts"].startswith(
        "misspelt.ts(2,22): error TS2307: Cannot find module 'demo/veiw' or its "
    )
    assert "'viwe'" in lines["unknown.ts"]
    assert "Type 'number' is not assignable to type 'string'" in lines["typed.ts"]
    assert said.count("private.ts(") == said.count("TS2307") - 1 == 2


def test_typescript_in_the_application(work: Path, tools: Path) -> None:
    """Whose own modules may import its private names."""
    write(work, APPLICATION)
    options = {"allowJs": True, "checkJs": True, "noEmit": True, "strict": True, "types": []}
    config = {"extends": "./paths.json", "compilerOptions": options, "include": ["static"]}
    write(work, {"jsconfig.json": json.dumps(config)})
    assert run("jsconfig", "default", "--project", "pyproject.toml", "-o", "paths.json").exit_code == 0
    command = (tools / "typescript" / "bin" / "tsc", "-p", "jsconfig.json", "--pretty", "false")
    assert node(work, *command) == (0, "")
    write(work, {"static": {"shop": {"cart.js": 'import "#mony"\nexport default 1\n'}}})
    status, said = node(work, *command)
    assert (status > 0, "'#mony'" in said) == (True, True), said


BUNDLE = """
import { build } from "esbuild"
import { rollup } from "rollup"
import { readFileSync } from "node:fs"
const names = JSON.parse(readFileSync("externals.json", "utf8"))
const isExternal = (id) =>
  names.some((name) => (name.endsWith("/*") ? id.startsWith(name.slice(0, -1)) : id === name))
const found = {}
const options = { entryPoints: ["page.js"], bundle: true, format: "esm", write: false, logLevel: "silent" }
const { outputFiles } = await build({ ...options, external: names })
found.esbuild = outputFiles[0].text
const bundle = await rollup({ input: "page.js", external: isExternal, onLog() {} })
found.rollup = (await bundle.generate({ format: "es" })).output[0].code
await bundle.close()
console.log(JSON.stringify(found))
"""


def test_bundlers(work: Path, tools: Path) -> None:
    """They leave the names of the map alone, and take in what is the site's own."""
    assert run("externals", "-o", "externals.json").exit_code == 0
    page = (
        'import { editor } from "demo/editor"\n'
        'import { hello } from "demo/l/de.js"\n'
        'import { own } from "./own.js"\n'
        "console.log(editor, hello, own)\n"
    )
    write(work, {"page.js": page, "own.js": 'export const own = "mine"\n', "bundle.mjs": BUNDLE})
    (work / "node_modules").symlink_to(tools)
    status, said = node(work, "bundle.mjs")
    assert status == 0, said
    for code in json.loads(said).values():
        imported = {line.split("from")[1].strip(" ;'\"") for line in code.splitlines() if " from " in line}
        assert imported == {"demo/editor", "demo/l/de.js"}
        assert '"mine"' in code
    # A name that is not in the map is not left alone.
    write(work, {"page.js": 'import "demo/unknown"\n'})
    status, said = node(work, "bundle.mjs")
    assert (status, 'Could not resolve "demo/unknown"' in said) == (1, True), said


def test_deno(work: Path, deno: Deno) -> None:
    """Private and vendored names are there for the modules of their package alone."""
    main = 'import { editor } from "demo/editor"\nimport { hello } from "demo/l/de.js"\n'
    write(work, {"main.js": f"{main}console.log(editor, hello)\n", "other.js": 'import "#dom"\n'})
    import_map = work / "config" / "map.json"
    import_map.parent.mkdir()
    assert run("deno", "-o", import_map).exit_code == 0
    assert deno.run(import_map, work / "main.js") == "editor dom lit Hallo\n"
    with pytest.raises(DenoError, match="#dom"):
        deno.run(import_map, work / "other.js")


def test_deno_by_its_configuration(work: Path, deno: Deno) -> None:
    """Under the name that Deno looks for."""
    write(work, {"main.js": 'import { view } from "demo/view"\nconsole.log(view)\n'})
    assert run("deno", "-o", "deno.json").exit_code == 0
    command = [deno.executable, "run", "--no-remote", "--no-lock", "--no-prompt", "main.js"]
    env = {**os.environ, "DENO_DIR": str(deno.cache), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


def test_deno_with_another_layout(work: Path, site: SiteFolder, deno: Deno) -> None:
    """Relative imports are led to where the files are."""
    editable(site, "one", {"one/a.js": "web/one/a.js", "one/b.js": "lib/one/b.js"}, work / "one")
    module = 'import dom from "#dom"\nimport b from "./b.js"\nconsole.log(dom, b)\n'
    write(work, {"one": {"web": {"one": {"a.js": module}}}, "main.js": 'import "one/a"\n'})
    assert run("deno", "default", "-o", "map.json", live=False).exit_code == 0
    assert deno.run(work / "map.json", work / "main.js") == "one/b.js one/b.js\n"
