"""Relative imports of files that are served under hashed names, though nobody rewrites a byte.

The server has each file at its final URL only, and keeps a record of what it is asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from support.static_server import Module, Web, complaints

from importmap import ImportMap, Registry

if TYPE_CHECKING:
    from support.browser import Browser

#: Three levels of folders, with a cycle, and a file that is imported in four spellings.
TREE = {
    "demo/app.js": Module("./ui/panel.js", "demo/core"),
    "demo/ui/panel.js": Module("./parts/row.js", "../core.js"),
    "demo/ui/parts/row.js": Module("../../core.js", "../panel.js", dynamic=["../../../demo/lazy/tip.js"]),
    "demo/lazy/tip.js": Module("#dom"),
    "demo/dom.js": Module("./core.js"),
    "demo/core.js": Module(),
}

#: Ways to serve a file under a name that changes with its content.
TEMPLATES = {
    "name": "/static/{folder}{stem}.{hash}{suffix}",
    "query": "/static/{path}?v={hash}",
    "name and query": "/static/{folder}{stem}.{hash}{suffix}?v={hash}",
    "folder": "/static/{hash}/{path}",
    "at the root": "/{folder}{hash}{suffix}",
    "another host": "http://cdn.localhost:{port}/s/{folder}{stem}.{hash}{suffix}",
    "another host, without its scheme": "//cdn.localhost:{port}/{folder}{stem}.{hash}{suffix}",
    "another host, query": "http://cdn.localhost:{port}/{path}?v={hash}&w=1",
}


def install_tree(web: Web) -> None:
    entries = {".": "demo/app.js", "core": "demo/core.js"}
    web.install("demo", entries, TREE, private={"#dom": {"path": "demo/dom.js"}})


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_tree_of_three_levels(any_browser: Browser, web: Web, template: str) -> None:
    web.template = template
    install_tree(web)
    web.page(web.load(), 'import "demo"; import "demo/core"')
    web.check(web.open(any_browser))


def test_without_the_keys(any_browser: Browser, web: Web) -> None:
    """The control: a map of names alone leads relative imports to files that are not there."""
    install_tree(web)
    names = {name: url for name, url in web.load().imports.items() if not name.startswith("/")}
    web.page(ImportMap(names), 'await import("demo").catch(() => 0)')
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    assert page.evaluate("globalThis.ran") is None
    missing = web.server.url("/static/demo/ui/panel.js")
    assert missing in web.asked
    assert any(missing in complaint and "404" in complaint for complaint in complaints(page))


def test_two_packages_of_a_tree(any_browser: Browser, web: Web) -> None:
    """One module, whether its own package imports it by a path, or another by its name."""
    install_tree(web)
    other = {"other/main.js": Module("demo/core", "./sub/x.js"), "other/sub/x.js": Module("demo", "other")}
    web.install("other", {".": "other/main.js"}, other)
    web.page(web.load(), 'import "other"')
    web.check(web.open(any_browser))


def test_dynamic_imports_that_are_no_literals(any_browser: Browser, web: Web) -> None:
    """Nobody knows their specifiers, relative or bare: every selected module has a key."""
    ask = """
        for (const name of ["de", "fr"]) {
            const both = [import(`./locales/${name}.js`), import("demo/locales/" + name)]
            const [one, two] = await Promise.all(both)
            if (one !== two) throw new Error(`two instances of ${name}`)
        }
        await import(import.meta.resolve("./locales/" + "it.js"))
    """
    modules = {
        "demo/app.js": Module("demo/locales/de", dynamic=["./locales/fr.js"], more=ask),
        **{f"demo/locales/{name}.js": Module("./plural.js") for name in ("de", "fr", "it")},
        "demo/locales/plural.js": Module(),
    }
    names = {f"locales/{name}": f"demo/locales/{name}.js" for name in ("de", "fr", "it", "plural")}
    web.install("demo", {".": "demo/app.js", **names}, modules)
    web.page(web.load(), 'import "demo"')
    web.check(web.open(any_browser))


def test_a_prefix_entry_beside_relative_imports(any_browser: Browser, web: Web) -> None:
    """As the build writes it: the prefix, and each file below it."""
    modules = {
        "demo/app.js": Module("./locales/de.js", "demo/locales/fr.js", dynamic=["demo/locales/sub/it.js"]),
        "demo/locales/de.js": Module("./sub/it.js", "../locales/fr.js"),
        "demo/locales/fr.js": Module(),
        "demo/locales/sub/it.js": Module("demo/locales/de.js"),
    }
    below = {path.removeprefix("demo/"): path for path in modules if "locales" in path}
    web.install("demo", {".": "demo/app.js", "locales/": "demo/locales/", **below}, modules)
    web.page(
        web.load(), 'import "demo"; for (const name of ["de", "fr"]) await import(`demo/locales/${name}.js`)'
    )
    web.check(web.open(any_browser))


def test_a_page_of_one_entry(any_browser: Browser, web: Web) -> None:
    """The smallest map has the keys of what its entry reaches."""
    install_tree(web)
    web.install("other", {".": "other/main.js"}, {"other/main.js": Module()})
    import_map = web.load(modules=["demo/core"])
    web.page(import_map, 'import "demo/core"')
    web.check(web.open(any_browser), ["demo/core.js"])
    assert web.address("other/main.js") not in import_map.to_json()


def test_names_that_urls_encode(any_browser: Browser, web: Web) -> None:
    folder = "démo/it's(1)!~+,;=@$&*:"
    odd = f"{folder}/ü.js"
    modules = {
        odd: Module("./sub/日本.js", "../é.js"),
        f"{folder}/sub/日本.js": Module("../ü.js", "#ñ"),
        "démo/é.js": Module(),
        "démo/ñ.js": Module("./é.js"),
    }
    web.install("demo", {"ü": odd}, modules, private={"#ñ": {"path": "démo/ñ.js"}})
    web.page(web.load(), 'import "demo/ü"')
    web.check(web.open(any_browser))


def test_a_copy_that_packages_share(any_browser: Browser, web: Web) -> None:
    """One instance, with its own relative imports, for its package and for the one that requires it."""
    vendored = {
        "lit": {"path": "one/vendor/lit.js", "version": "3.1"},
        "lit/html": {"path": "one/vendor/html.js", "version": "3.1"},
    }
    one = {
        "one/main.js": Module("lit", "lit/html"),
        "one/vendor/lit.js": Module("./html.js", "./parts/node.js"),
        "one/vendor/html.js": Module("lit"),
        "one/vendor/parts/node.js": Module("../html.js"),
    }
    two = {"two/main.js": Module("lit", dynamic=["./later.js"]), "two/later.js": Module("lit/html", "one")}
    web.install("one", {".": "one/main.js"}, one, vendored=vendored)
    web.install("two", {".": "two/main.js"}, two, requires={"lit": ">=3", "lit/html": ">=3"})
    web.page(web.load(), 'import "two"')
    web.check(web.open(any_browser))


def test_an_entry_of_the_site(any_browser: Browser, web: Web) -> None:
    """A site that maps a name to a package's file has what that file imports."""
    install_tree(web)
    web.page(web.load([], imports={"panel": "demo/ui/panel.js"}), 'import "panel"')
    web.check(web.open(any_browser), [path for path in TREE if path != "demo/app.js"])


def test_an_override_by_another_file(any_browser: Browser, web: Web) -> None:
    install_tree(web)
    other = {"other/demo.js": Module("./x.js"), "other/x.js": Module("demo/core")}
    admin = {"z": {"path": "other/x.js", "contexts": ["admin"]}}
    web.install("other", admin, other)
    web.page(web.load(["demo"], overrides={"demo": "other/demo.js"}), 'import "demo"')
    web.check(web.open(any_browser), ["other/demo.js", "other/x.js", "demo/core.js"])


def test_a_prefix_entry_alone(any_browser: Browser, web: Web) -> None:
    """A manifest of another build may have no entries for the files below a prefix."""
    modules = {
        "demo/app.js": Module("demo/locales/de.js", "./locales/de.js", "#parts/x.js"),
        "demo/locales/de.js": Module(),
        "demo/parts/x.js": Module("./y.js"),
        "demo/parts/y.js": Module("#parts/x.js"),
    }
    web.install(
        "demo",
        {".": "demo/app.js", "locales/": "demo/locales/"},
        modules,
        private={"#parts/": {"path": "demo/parts/"}},
    )
    web.page(web.load(), 'import "demo"')
    web.check(web.open(any_browser))


def test_a_namespace_that_is_required(any_browser: Browser, web: Web) -> None:
    """A package that requires a name may import what is below it."""
    vendored = {
        name: {"path": f"one/vendor/{file}", "version": "3.1"}
        for name, file in {"lit": "lit.js", "lit/html": "html.js"}.items()
    }
    one = {path: Module() for path in ("one/main.js", "one/vendor/lit.js", "one/vendor/html.js")}
    one["one/vendor/html.js"] = Module("./lit.js")
    web.install("one", {".": "one/main.js"}, one, vendored=vendored)
    web.install("two", {".": "two/main.js"}, {"two/main.js": Module("lit/html")}, requires={"lit": ">=3"})
    web.page(web.load(), 'import "two"')
    web.check(web.open(any_browser), ["two/main.js", "one/vendor/html.js", "one/vendor/lit.js"])


#: A package with two top folders.
TWO_FOLDERS = {
    "demo/app.js": Module("../demo_more/x.js"),
    "demo_more/x.js": Module("../demo/y.js"),
    "demo/y.js": Module(),
}


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name != "folder"])
def test_two_folders_of_one_package(any_browser: Browser, web: Web, name: str) -> None:
    web.template = TEMPLATES[name]
    web.install("demo", {".": "demo/app.js"}, TWO_FOLDERS)
    web.page(web.load(), 'import "demo"')
    web.check(web.open(any_browser))


@pytest.mark.parametrize("template", ["/static/{hash}/{path}", "/static/{hash}{suffix}"])
def test_an_import_that_no_key_can_lead(any_browser: Browser, web: Web, template: str) -> None:
    """Its key would be in nobody's folder, or in another package's. What is said of it is what happens."""
    web.template = template
    web.install("demo", {".": "demo/app.js"}, TWO_FOLDERS)
    registry = Registry(static=web)
    web.page(registry.load(), 'await import("demo").catch(() => 0)')
    page = web.open(any_browser)
    page.wait_for("globalThis.done")
    said = [found for found in registry.diagnostics() if found.place == "demo/app.js"]
    [(code, wanted)] = [(found.code, re.findall("'(.*?)'", found.message)[1]) for found in said]
    assert code == "IM230"
    asked = urljoin(web.server.url("/"), wanted)
    assert web.asked == sorted([web.address("demo/app.js"), asked])
    assert any("404" in complaint and asked in complaint for complaint in complaints(page))
