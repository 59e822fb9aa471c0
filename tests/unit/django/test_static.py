"""Maps over the storages that sites have, after a real `collectstatic`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from django.contrib.staticfiles.storage import (
    ManifestStaticFilesStorage,
    StaticFilesStorage,
    staticfiles_storage,
)
from django.core.files.storage import storages
from django.core.management import call_command
from support.django_pages import render
from support.site_folder import Files, SiteFolder, digest

import importmap
from importmap import ImportMap, ImportMapError, MissingModuleError
from importmap.contrib.django._static import StorageStatic

if TYPE_CHECKING:
    from pytest_django import Settings

MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
COMPRESSED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
SERVESTATIC = "servestatic.storage.CompressedManifestStaticFilesStorage"
HERE = f"{__name__}."

#: Imports by relative names, through a folder, and to a name that is not ASCII.
MODULES = {
    "demo/editor.js": 'import "./dom.js";\nimport {a} from "./größe.js";\nimport("./inner/lazy.js");\n',
    "demo/dom.js": "export const dom = 1;\n//# sourceMappingURL=dom.js.map\n",
    "demo/größe.js": 'export {dom as a} from "./dom.js";\n',
    "demo/inner/lazy.js": 'import "../dom.js";\nexport const lazy = 1;\n',
}
EDGES: Mapping[str, Any] = {
    "demo/editor.js": {"imports": ["./dom.js", "./größe.js"], "dynamic": ["./inner/lazy.js"]},
    "demo/dom.js": {},
    "demo/größe.js": {"imports": ["./dom.js"]},
    "demo/inner/lazy.js": {"imports": ["../dom.js"]},
}


class Aggregating(ManifestStaticFilesStorage):
    """Rewrites imports itself, which Django calls experimental."""

    support_js_module_import_aggregation = True


class Lean(ManifestStaticFilesStorage):
    keep_intermediate_files = False


class Keeping(ManifestStaticFilesStorage):
    keep_intermediate_files = True


class Hashing(ManifestStaticFilesStorage):
    """Has no manifest: the names are found again by reading the files."""

    manifest_strict = False

    def read_manifest(self) -> None:  # type: ignore[override]  # django-stubs leaves None out
        return None


class Remote(StaticFilesStorage):
    """Elsewhere: signed URLs, and no bytes."""

    def url(self, name: str | None) -> str:
        return f"https://cdn.example/bucket/{name}?X-Signature=a%2Fb&v=1"

    def _open(self, name: str, mode: str = "rb") -> Any:
        raise OSError("out of reach")


class Knowing(Remote):
    """Says the digests of its files itself (DEP 0021)."""

    def integrity(self, name: str) -> str:
        if name == "demo/dom.js":
            raise NotImplementedError
        if name == "demo/größe.js":
            raise ValueError("not in the manifest")
        return f"sha256-{'a' * 43}= sha512-{'b' * 86}=="


class Failing(StaticFilesStorage):
    """Fails at all that it is asked."""

    @property
    def base_url(self) -> str:
        raise RuntimeError("no tenant")

    def url(self, name: str | None) -> str:
        raise RuntimeError

    def integrity(self, name: str) -> str:
        raise RuntimeError("out of order")


class HalfFailing(StaticFilesStorage):
    """Has URLs, and fails at everything else."""

    def integrity(self, name: str) -> str:
        raise RuntimeError("out of order")

    def _open(self, name: str, mode: str = "rb") -> Any:
        raise RuntimeError("out of order")


@pytest.fixture
def shop(django_site: SiteFolder, settings: Settings, tmp_path: Path) -> SiteFolder:
    """A site with a package, and a folder to collect static files in."""
    install(django_site)
    settings.STATIC_ROOT = str(tmp_path / "root")
    return django_site


def install(site: SiteFolder) -> None:
    modules = {
        path: {"sha384": digest(text), "size": len(text.encode()), **EDGES[path]}
        for path, text in MODULES.items()
    }
    site.install("demo", {"editor": "demo/editor.js"}, modules=modules)
    files = {path.removeprefix("demo/"): text for path, text in MODULES.items() if "inner" not in path}
    inner = {"lazy.js": MODULES["demo/inner/lazy.js"]}
    folder: Files = {**files, "inner": inner, "dom.js.map": "{}"}
    site.add({"demo": {"__init__.py": "", "static": {"demo": folder}}})


def use(settings: Settings, backend: str, **more: Any) -> None:
    """Take another storage, and collect."""
    configure(settings, backend, **more)
    call_command("collectstatic", interactive=False, verbosity=0)


def configure(settings: Settings, backend: str, **more: Any) -> None:
    if "." not in backend:
        backend = HERE + backend
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    settings.IMPORTMAP = {"enable": ["demo"], **more}


def integrity_of(content: bytes, algorithm: str) -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def served(settings: Settings, url: str) -> bytes:
    """What a server of static files has under a URL."""
    path = unquote(url).removeprefix("/static/")
    return Path(settings.STATIC_ROOT, *path.split("/")).read_bytes()


@pytest.mark.parametrize(
    "backend",
    [
        "django.contrib.staticfiles.storage.StaticFilesStorage",
        MANIFEST,
        "Aggregating",
        "Lean",
        "Keeping",
        "Hashing",
    ],
)
def test_of_django(shop: SiteFolder, settings: Settings, backend: str) -> None:
    use(settings, backend, integrity=["sha256", "sha384"])
    check(settings)


@pytest.mark.parametrize("only_hashed", [False, True])
@pytest.mark.parametrize("backend", [COMPRESSED, SERVESTATIC])
def test_of_servers(shop: SiteFolder, settings: Settings, backend: str, only_hashed: bool) -> None:
    settings.WHITENOISE_KEEP_ONLY_HASHED_FILES = settings.SERVESTATIC_KEEP_ONLY_HASHED_FILES = only_hashed
    use(settings, backend, integrity=["sha256", "sha384"])
    assert Path(settings.STATIC_ROOT, "demo", "dom.js").exists() is not only_hashed
    check(settings)


def check(settings: Settings) -> None:
    """The map is that of the files which are served."""
    loaded = importmap.load()
    urls = {path: staticfiles_storage.url(path) for path in MODULES}
    encoded = {path: url.replace("ö", "%C3%B6").replace("ß", "%C3%9F") for path, url in urls.items()}
    assert loaded.url("demo/editor") == encoded["demo/editor.js"]
    assert {url: loaded.integrity[url] for url in encoded.values()} == loaded.integrity
    for url in encoded.values():
        content = served(settings, url)
        assert loaded.integrity[url] == f"{integrity_of(content, 'sha256')} {integrity_of(content, 'sha384')}"
    # Relative imports of the plain names lead to the same files, whatever their names.
    editor, lazy = encoded["demo/editor.js"], encoded["demo/inner/lazy.js"]
    for importer, edge, path in [
        (editor, "./dom.js", "demo/dom.js"),
        (editor, "./gr%C3%B6%C3%9Fe.js", "demo/größe.js"),
        (editor, "./inner/lazy.js", "demo/inner/lazy.js"),
        (encoded["demo/größe.js"], "./dom.js", "demo/dom.js"),
        (lazy, "../dom.js", "demo/dom.js"),
    ]:
        assert resolved(loaded, edge, importer) == encoded[path]
    markup = loaded.render(preload=["demo/editor"])
    assert markup.count('rel="modulepreload"') == 3
    for path in ("demo/editor.js", "demo/dom.js", "demo/größe.js"):
        assert f'<link rel="modulepreload" href="{encoded[path]}" integrity="' in markup
    page = render('{% importmap preload="demo/editor" %}')
    assert page == markup


def resolved(loaded: ImportMap, edge: str, importer: str) -> str:
    page = "https://shop.example/"
    return loaded.resolve(edge, page + importer[1:]).removeprefix(page[:-1])


def test_a_remote_storage(shop: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """Its URLs are absolute and have a query, and its bytes are out of reach."""
    configure(settings, "Remote", integrity=True)
    loaded = importmap.load()
    base, query = "https://cdn.example/bucket/demo/", "?X-Signature=a%2Fb&v=1"
    assert loaded.imports == {
        "demo/editor": f"{base}editor.js{query}",
        **{
            f"{base}{name}": f"{base}{name}{query}"
            for name in ("dom.js", "editor.js", "gr%C3%B6%C3%9Fe.js", "inner/lazy.js")
        },
    }
    assert loaded.resolve("../dom.js", f"{base}inner/lazy.js{query}") == f"{base}dom.js{query}"
    assert loaded.integrity == {}
    markup = loaded.render(preload=["demo/editor"])
    link = f'href="{base}dom.js{query.replace("&", "&amp;")}" crossorigin="anonymous"'
    assert f'<link rel="modulepreload" {link}>' in markup
    reason = "cannot be read for its integrity (out of reach); the map has none for it."
    assert [record.getMessage() for record in caplog.records] == [
        f"IM205 demo: {path}: {reason}" for path in sorted(MODULES)
    ]


def test_integrity_that_the_storage_says(
    shop: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Several algorithms; where it does not know, the bytes are asked for."""
    configure(settings, "Knowing", integrity=True)
    loaded = importmap.load()
    said = f"sha256-{'a' * 43}= sha512-{'b' * 86}=="
    assert set(loaded.integrity.values()) == {said}
    assert sorted(url.partition("?")[0].rpartition("/")[2] for url in loaded.integrity) == [
        "editor.js",
        "lazy.js",
    ]
    assert [record.getMessage().partition(": cannot")[0] for record in caplog.records] == [
        "IM205 demo: demo/dom.js",
        "IM205 demo: demo/größe.js",
    ]


def test_no_integrity_in_debug(shop: SiteFolder, settings: Settings) -> None:
    """Files change while they are worked on."""
    settings.DEBUG = True
    use(settings, MANIFEST, integrity=True)
    assert importmap.load().integrity == {}
    assert importmap.load().imports == {"demo/editor": "/static/demo/editor.js"}


def test_a_file_that_was_not_collected(
    shop: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Its entry is left out, and that is logged once."""
    use(settings, MANIFEST)
    shop.install(
        "later", {"a": "later/a.js"}, modules={"later/a.js": {}}, roots=["later/static"], package="later"
    )
    settings.IMPORTMAP = {"enable": ["demo", "later"]}
    page = render("{% importmap %}")
    assert '"demo/editor":' in page
    assert "later/a" not in page
    assert render("{% importmap %}") == page
    message = (
        "later: later/a.js: the file 'later/a.js' cannot be served "
        "(Missing staticfiles manifest entry for 'later/a.js'); its entries are left out."
    )
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", f"IM205 {message}")
    ]
    settings.IMPORTMAP = {"enable": ["demo", "later"], "strict": True}
    with pytest.raises(MissingModuleError) as caught:
        importmap.load()
    assert str(caught.value) == message


def test_nothing_collected(shop: SiteFolder, settings: Settings) -> None:
    configure(settings, MANIFEST)
    assert importmap.load().imports == {}
    assert render("{% importmap %}").endswith('>{"imports":{}}</script>')


def test_a_storage_that_fails_at_everything(
    shop: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception without a text is told by its name."""
    configure(settings, "Failing", integrity=True)
    assert render("{% importmap %}").endswith('>{"imports":{}}</script>')
    assert sorted(record.getMessage() for record in caplog.records) == [
        f"IM205 demo: {path}: the file {path!r} cannot be served (RuntimeError); its entries are left out."
        for path in sorted(MODULES)
    ]


def test_a_storage_that_has_urls_only(
    shop: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    configure(settings, "HalfFailing", integrity=True)
    loaded = importmap.load()
    assert loaded.imports == {"demo/editor": "/static/demo/editor.js"}
    assert loaded.integrity == {}
    assert caplog.records[0].getMessage() == (
        "IM205 demo: demo/dom.js: cannot be read for its integrity (out of order); the map has none for it."
    )


def broken(*args: object, **options: object) -> Any:
    raise RuntimeError


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        ("shop.NoStorage", "Could not find backend 'shop.NoStorage': No module named 'shop'"),
        (f"{HERE}broken", "RuntimeError"),
    ],
)
def test_a_storage_that_cannot_be_made(
    shop: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture, backend: str, reason: str
) -> None:
    configure(settings, backend)
    message = f"settings.STORAGES['staticfiles']: cannot be used: {reason}"
    assert render("{% importmap %}<p>the page") == "<p>the page"
    assert [record.getMessage() for record in caplog.records] == [f"IM401 {message}"]
    settings.DEBUG = True
    with pytest.raises(ImportMapError) as caught:
        render("{% importmap %}")
    assert str(caught.value) == message


def test_integrity_without_a_folder_for_static_files(
    shop: SiteFolder, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.STATIC_ROOT = None
    configure(settings, "django.contrib.staticfiles.storage.StaticFilesStorage", integrity=True)
    assert importmap.load().integrity == {}
    assert "without having set the STATIC_ROOT setting" in caplog.records[0].getMessage()


def test_a_static_of_the_sites_own(shop: SiteFolder, settings: Settings) -> None:
    """The keys of `configure` are those of the setting."""
    settings.IMPORTMAP = {"enable": ["demo"], "static": "https://cdn.example/files/"}
    assert importmap.load().imports == {"demo/editor": "https://cdn.example/files/demo/editor.js"}


def test_the_storage_is_the_sites_own(settings: Settings) -> None:
    static = StorageStatic()
    assert static.storage is storages["staticfiles"]
    assert static.version() == ("/static/", None)
    settings.STATIC_URL = "/files/"
    assert static.url("a.js") == "/files/a.js"
