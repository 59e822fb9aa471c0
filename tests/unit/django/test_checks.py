"""What `manage.py check` says."""

from __future__ import annotations

import io
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from csp.constants import NONCE
from django.contrib.staticfiles.management.commands.collectstatic import Command as CollectStatic
from django.core.checks import CheckMessage, Error, Info, Warning, run_checks  # noqa: A004  # Django's names
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.template.defaulttags import register
from django.test import override_settings
from support.django_files import MODULES, zip_up
from support.site_folder import SiteFolder

from importmap import Diagnostic
from importmap._compose.registry import process_registry
from importmap.contrib.django._admin import check as _admin_check
from importmap.contrib.django.finders import PackageFinder

if TYPE_CHECKING:
    from pytest_django import Settings

FINDER = "importmap.contrib.django.finders.PackageFinder"
MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
DJANGO = "django.middleware.csp.ContentSecurityPolicyMiddleware"
DJANGO_CSP = "csp.middleware.CSPMiddleware"
#: How the policies of Django write the nonce.
SENTINEL = "<CSP_NONCE_SENTINEL>"
ADVICE = Info(
    "settings.IMPORTMAP: integrity is off: browsers run whatever the server of static files sends.",
    hint='IMPORTMAP = {"integrity": True}',
    id="importmap.IM411",
)


@pytest.fixture
def demo(django_site: SiteFolder) -> SiteFolder:
    """An installed package that is no app."""
    django_site.install("demo", {"editor": "demo/editor.js"}, modules=MODULES)
    files = {"editor.js": "", "dom.js": "", "worker.js": ""}
    django_site.add({"demo": {"__init__.py": "", "static": {"demo": files}}})
    return django_site


def checked(*, deploy: bool = False) -> list[CheckMessage]:
    found: list[CheckMessage] = run_checks(tags=["importmap"], include_deployment_checks=deploy)
    return found


def use_manifest(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path / "root")
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}


def test_nothing_to_say(demo: SiteFolder) -> None:
    assert checked() == []
    assert checked(deploy=True) == [ADVICE]


def test_no_package(django_site: SiteFolder) -> None:
    assert checked(deploy=True) == []


# The settings


def test_settings_that_are_refused(django_site: SiteFolder, settings: Settings) -> None:
    settings.IMPORTMAP = {"strict": "no", "sctrict": True}
    known = (
        "'admin', 'contexts', 'deltas', 'disable', 'enable', 'imports', 'integrity', 'isolate', 'live', "
        "'lock', 'overrides', 'project', 'shared', 'static', 'strict'"
    )
    assert checked() == [
        Error("settings.IMPORTMAP['strict']: strict must be True or False, not 'no'.", id="importmap.IM401"),
        Error(
            f"settings.IMPORTMAP['sctrict']: unknown key. Did you mean 'strict'? Known: {known}.",
            id="importmap.IM401",
        ),
    ]


def test_a_storage_that_there_is_not(demo: SiteFolder, settings: Settings) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "shop.NoStorage"}}
    reason = "cannot be used: Could not find backend 'shop.NoStorage': No module named 'shop'"
    assert checked(deploy=True) == [
        Error(f"settings.STORAGES['staticfiles']: {reason}", id="importmap.IM401")
    ]


def test_a_function_of_the_site_that_fails(demo: SiteFolder, settings: Settings) -> None:
    settings.IMPORTMAP = {"enable": lambda package: 1 / 0}
    reason = "ZeroDivisionError('division by zero')"
    assert checked(deploy=True) == [
        Error(f"settings.IMPORTMAP: no map can be made: {reason}", id="importmap.IM401")
    ]


# The maps


def test_a_conflict(demo: SiteFolder, settings: Settings) -> None:
    demo.install("other", {"a": "demo/dom.js"}, modules={"demo/dom.js": {}})
    settings.IMPORTMAP = {"enable": ["demo", "other"]}
    assert checked(deploy=True) == [
        Error(
            "both ship 'demo/dom.js', and it is not known to be the same file.",
            hint="""IMPORTMAP = {"disable": ['other']}  # or 'demo': the site decides""",
            obj="demo and other",
            id="importmap.IM202",
        )
    ]


def test_a_broken_package(django_site: SiteFolder) -> None:
    folder = django_site.install("demo")
    (folder / "extra_metadata" / "importmap.json").write_text("{")
    [message] = checked()
    assert (message.id, message.obj, message.level) == ("importmap.IM104", "demo", Error("").level)
    assert str(message).startswith(
        "demo: (importmap.IM104) demo-1.0.dist-info/extra_metadata/importmap.json: "
    )


def test_a_package_that_is_not_enabled(demo: SiteFolder, settings: Settings) -> None:
    settings.IMPORTMAP = {}
    text = "is installed, but the site does not enable it: its modules are in no map."
    hint = 'Add an app of the package to INSTALLED_APPS; where it has none:\nIMPORTMAP = {"enable": ["demo"]}'
    assert checked(deploy=True) == [Info(text, hint=hint, obj="demo", id="importmap.IM224")]
    # Where a function of the site decides, the site knows.
    settings.IMPORTMAP = {"enable": lambda package: False}
    assert checked() == [Info(text, obj="demo", id="importmap.IM224")]


def test_names_that_are_not_installed(demo: SiteFolder, settings: Settings) -> None:
    settings.IMPORTMAP = {"enable": ["demo", "dmo"]}
    text = "enable: no package of the distribution 'dmo' is installed. Did you mean 'demo'?"
    assert checked() == [Warning(text, id="importmap.IM204")]
    settings.IMPORTMAP = {"enable": ["demo"], "disable": ["demo"]}
    assert checked() == []


def test_an_override(demo: SiteFolder, settings: Settings) -> None:
    settings.IMPORTMAP = {"enable": ["demo"], "overrides": {"demo/editor": None}}
    assert checked() == [Info("the site overrides 'demo/editor': it blocks it.", id="importmap.IM206")]


def test_all_contexts_are_looked_at(demo: SiteFolder, settings: Settings) -> None:
    entry = {"path": "other/a.js", "contexts": ["public"]}
    demo.install("other", {"a": entry}, modules={"other/a.js": {"imports": ["nothing"]}})
    demo.add({"other": {"__init__.py": "", "static": {"other": {"a.js": ""}}}})
    [message] = checked()
    assert (message.id, message.obj) == ("importmap.IM216", "other")


# Static files


def test_nothing_was_collected(demo: SiteFolder, settings: Settings, tmp_path: Path) -> None:
    """One message, not one for each file; and `collectstatic` runs all the same."""
    use_manifest(settings, tmp_path)
    hint = "python manage.py collectstatic"
    text = "settings.STORAGES['staticfiles']: none of the files that the maps lead to has been collected."
    assert checked() == [Warning(text, hint=hint, id="importmap.IM407")]
    assert set(CollectStatic.requires_system_checks) == {"staticfiles"}
    assert run_checks(tags=["staticfiles"]) == []
    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=False)
    assert checked() == []


def test_some_files_were_not_collected(demo: SiteFolder, settings: Settings, tmp_path: Path) -> None:
    use_manifest(settings, tmp_path)
    call_command("collectstatic", interactive=False, verbosity=0)
    modules: Any = {"other/a.js": {}, "other/b.js": {}}
    demo.install("other", {"a": "other/a.js", "b": "other/b.js"}, modules=modules)
    demo.add({"other": {"__init__.py": "", "static": {"other": {"a.js": "", "b.js": ""}}}})
    settings.IMPORTMAP = {"enable": ["demo", "other"]}

    def message(path: str) -> CheckMessage:
        reason = f"Missing staticfiles manifest entry for '{path}'"
        text = f"{path}: the file '{path}' cannot be served ({reason}); its entries are left out."
        hint = "python manage.py collectstatic"
        return Warning(text, hint=hint, obj="other", id="importmap.IM205")

    assert checked() == [message("other/a.js"), message("other/b.js")]


def test_collected_files_that_cannot_be_read(demo: SiteFolder, settings: Settings, tmp_path: Path) -> None:
    """To collect them again would not help."""
    use_manifest(settings, tmp_path)
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.IMPORTMAP = {"enable": ["demo"], "integrity": True}
    Path(settings.STATIC_ROOT, storages["staticfiles"].url("demo/dom.js").removeprefix("/static/")).unlink()
    [message] = [message for message in checked() if message.id == "importmap.IM205"]
    assert message.msg.startswith("demo/dom.js: cannot be read for its integrity (")
    assert message.hint is None


def test_a_storage_without_hashes(demo: SiteFolder, settings: Settings) -> None:
    """What it cannot serve is no affair of `collectstatic`."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": f"{__name__}.NoFiles"}}
    settings.IMPORTMAP = {"enable": ["demo"]}
    assert [(message.id, message.hint) for message in checked()] == [("importmap.IM205", None)] * 2


def test_the_finder_was_removed(demo: SiteFolder, settings: Settings) -> None:
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
    message = Warning(
        "no staticfiles finder finds 'demo/dom.js' (and 1 more).",
        hint=f"STATICFILES_FINDERS += ['{FINDER}']",
        obj="demo",
        id="importmap.IM408",
    )
    assert checked() == [message]
    # Whoever serves files otherwise needs no finder.
    settings.IMPORTMAP = {"enable": ["demo"], "static": "https://cdn.example/"}
    assert checked() == []
    settings.IMPORTMAP = {"enable": ["demo"]}
    with override_settings(INSTALLED_APPS=["importmap.contrib.django"]):
        assert checked() == []


def test_a_file_is_missing(demo: SiteFolder, settings: Settings) -> None:
    (demo.path / "demo" / "static" / "demo" / "dom.js").unlink()
    text = "no staticfiles finder finds 'demo/dom.js': the file of 'demo/dom.js' is missing."
    missing = Warning(text, obj="demo", id="importmap.IM408")
    assert checked() == [missing]
    settings.IMPORTMAP = {"enable": ["demo"], "imports": {"hmtx": "hmtx.js"}}
    text = "settings.IMPORTMAP['imports']['hmtx']: no staticfiles finder finds 'hmtx.js'."
    assert [found for found in checked() if not isinstance(found, Info)] == [
        missing,
        Warning(text, id="importmap.IM408"),
    ]


def test_our_finder_is_asked_once(demo: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time it looks whether packages have changed, which takes long for thousands of files."""
    monkeypatch.setattr(PackageFinder, "find", None)
    assert checked() == []


def test_the_sites_own_files(demo: SiteFolder, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "htmx.js").touch()
    settings.STATICFILES_DIRS = [tmp_path]
    settings.IMPORTMAP = {
        "enable": ["demo"],
        "imports": {
            "htmx": "htmx.js",
            "hmtx": "hmtx.js",
            "dom": "demo/dom.js",
            "lit": "https://cdn.example/lit.js",
        },
        "overrides": {"demo/editor": "editor.js", "htmx": None},
    }

    def message(place: str, path: str) -> CheckMessage:
        text = f"settings.IMPORTMAP{place}: no staticfiles finder finds '{path}'."
        return Warning(text, id="importmap.IM408")

    assert [found for found in checked() if found.id == "importmap.IM408"] == [
        message("['imports']['hmtx']", "hmtx.js"),
        message("['overrides']['demo/editor']", "editor.js"),
    ]


def test_a_package_in_a_zip_file(demo: SiteFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zip_up(demo, tmp_path / "demo.zip")
    monkeypatch.syspath_prepend(tmp_path / "demo.zip")
    place = tmp_path / "demo.zip" / "demo" / "static" / "demo" / "dom.js"
    where = f": it lies inside an archive, at {str(place)!r}."
    text = f"no staticfiles finder finds 'demo/dom.js' (and 1 more){where}"
    hint = "Install the distribution unpacked, as pip does."
    assert checked() == [Warning(text, hint=hint, obj="demo", id="importmap.IM408")]


def test_wrong_types(demo: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mimetypes.guess_type("a.js")[0] == "text/javascript"
    monkeypatch.setitem(mimetypes.types_map, ".js", "text/plain")
    monkeypatch.setitem(mimetypes.types_map, ".mjs", "application/octet-stream")
    text = "mimetypes: .js files are served as 'text/plain', and browsers run no module of that type."
    hint = 'import mimetypes\nmimetypes.add_type("text/javascript", ".js")'
    assert checked() == [Warning(text, hint=hint, id="importmap.IM410")]
    demo.install("other", {"a": "other/a.mjs"}, modules={"other/a.mjs": {}})
    demo.add({"other": {"__init__.py": "", "static": {"other": {"a.mjs": ""}}}})
    process_registry().reload()
    assert [message.hint for message in checked()] == [hint, hint.replace(".js", ".mjs")]
    exec(hint + "\n" + hint.replace(".js", ".mjs"))
    assert checked() == []


# Policies


def test_two_nonces(django_site: SiteFolder, settings: Settings) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, DJANGO, DJANGO_CSP]
    text = (
        f"settings.MIDDLEWARE: {DJANGO!r} and {DJANGO_CSP!r} make a nonce each, and browsers know the one "
        "of the policy that came first: the map may carry the other."
    )
    hint = f"MIDDLEWARE.remove({DJANGO_CSP!r})"
    assert checked() == [Warning(text, hint=hint, id="importmap.IM409")]


@pytest.mark.parametrize("middleware", [DJANGO, DJANGO_CSP])
def test_one_nonce(django_site: SiteFolder, settings: Settings, middleware: str) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, middleware]
    assert checked() == []


DROPPED = "allows no inline script: browsers drop the map, and every import fails."
BY_NONCE = "allows scripts by nonce alone, and the admin's own have none: browsers drop them."
BY_DIGEST = "allows scripts by their digests alone, and the map has no digests: no module is loaded."
INTEGRITY = 'IMPORTMAP = {"integrity": True}  # and all of ImportMap.csp_hashes in the policy'
HASH = "'sha256-abc='"


def lines(*sources: str | None) -> str:
    """What Django's settings need; None is the nonce."""
    written = ", ".join("CSP.NONCE" if source is None else repr(source) for source in sources)
    return f'from django.utils.csp import CSP\nSECURE_CSP["script-src"] = [{written}]'


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({}, None),
        ({"img-src": ["'self'"]}, None),
        (None, None),
        ("script-src 'self'", None),
        ({"script-src": ["'self'", SENTINEL]}, None),
        ({"script-src": ("'self'", "'nonce-abc'")}, None),
        ({"script-src": "'self' 'unsafe-inline'"}, None),
        ({"default-src": {"'self'"}, "script-src-elem": ["https:", SENTINEL]}, None),
        ({"script-src": ["'self'", HASH]}, None),
        ({"default-src": ["'self'"]}, (DROPPED, lines("'self'", None))),
        ({"default-src": "'none'"}, (DROPPED, lines(None))),
        (
            {"script-src": ["'strict-dynamic'", "'unsafe-inline'"]},
            (DROPPED, lines("'strict-dynamic'", "'unsafe-inline'", None)),
        ),
        (
            {"script-src": [SENTINEL], "script-src-elem": ["https:"]},
            (DROPPED, lines("https:", None).replace("script-src", "script-src-elem")),
        ),
        ({"script-src": [HASH]}, (BY_DIGEST, INTEGRITY)),
    ],
)
@pytest.mark.parametrize("setting", ["SECURE_CSP", "SECURE_CSP_REPORT_ONLY"])
def test_policies_of_django(
    demo: SiteFolder, settings: Settings, setting: str, policy: object, said: tuple[str, str] | None
) -> None:
    setattr(settings, setting, policy)
    # Nothing sends it yet.
    assert checked(deploy=True) == [ADVICE]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, DJANGO]
    expected = []
    if said is not None:
        text, hint = f"settings.{setting}: {said[0]}", said[1].replace("SECURE_CSP", setting)
        expected = [Warning(text, hint=hint, id="importmap.IM412")]
    assert checked(deploy=True) == [*expected, ADVICE]
    assert checked() == []


DIRECTIVES = 'CONTENT_SECURITY_POLICY["DIRECTIVES"]'
THEIRS = f'from csp.constants import NONCE\n{DIRECTIVES}["script-src"] = '


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (None, None),
        ({}, None),
        ({"DIRECTIVES": {"script-src": ["'self'", NONCE]}}, None),
        ({"DIRECTIVES": {"default-src": None}}, None),
        ({"DIRECTIVES": None}, None),
        (
            {"DIRECTIVES": {"default-src": {"https:", "data:"}}},
            (DROPPED, f"{THEIRS}['data:', 'https:', NONCE]"),
        ),
        ({"EXCLUDE_URL_PREFIXES": []}, (DROPPED, f"""{THEIRS}["'self'", NONCE]""")),
        ({"DIRECTIVES": {"script-src": [NONCE]}}, (BY_NONCE, f"""{THEIRS}[NONCE, "'self'"]""")),
    ],
)
@pytest.mark.parametrize("middleware", [DJANGO_CSP, "csp.contrib.rate_limiting.RateLimitedCSPMiddleware"])
def test_policies_of_django_csp(
    demo: SiteFolder, settings: Settings, middleware: str, policy: object, said: tuple[str, str] | None
) -> None:
    settings.CONTENT_SECURITY_POLICY = policy
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, middleware]
    expected = []
    if said is not None:
        expected = [Warning(f"settings.{DIRECTIVES}: {said[0]}", hint=said[1], id="importmap.IM412")]
    assert checked(deploy=True) == [*expected, ADVICE]


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([HASH, "'strict-dynamic'"], None),
        ([HASH, "'self'"], None),
        (
            [HASH],
            f"""SECURE_CSP["script-src"] = ["{HASH}", "'strict-dynamic'"]""",
        ),
    ],
)
def test_integrity_is_on(
    demo: SiteFolder, settings: Settings, tmp_path: Path, sources: list[str], said: str | None
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, DJANGO]
    settings.SECURE_CSP = {"script-src": sources}
    use_manifest(settings, tmp_path)
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.IMPORTMAP = {"enable": ["demo"], "integrity": True}
    message = "settings.SECURE_CSP: allows modules by their digests alone: Safari drops what modules import."
    expected = [] if said is None else [Warning(message, hint=said, id="importmap.IM412")]
    assert [message for message in checked(deploy=True) if message.id != "importmap.IM217"] == expected


@pytest.mark.parametrize("is_printed", [False, True])
def test_nonces_alone_in_the_admin(
    demo: SiteFolder, settings: Settings, monkeypatch: pytest.MonkeyPatch, is_printed: bool
) -> None:
    """Django's own nonce is on all tags of the admin, or on none."""
    monkeypatch.setattr(register, "tags", {"csp_nonce_attr": None} if is_printed else {})
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, DJANGO]
    settings.SECURE_CSP = {"script-src": [SENTINEL, "'strict-dynamic'", "https:"]}
    message = Warning(
        f"settings.SECURE_CSP: {BY_NONCE}", hint=lines(None, "https:", "'self'"), id="importmap.IM412"
    )
    assert checked(deploy=True) == ([ADVICE] if is_printed else [message, ADVICE])


def test_nonces_alone_without_the_admin(demo: SiteFolder, settings: Settings) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, DJANGO]
    settings.SECURE_CSP = {"script-src": [SENTINEL]}
    apps = ["django.contrib.staticfiles", "importmap.contrib.django"]
    with override_settings(INSTALLED_APPS=apps):
        assert checked(deploy=True) == [ADVICE]


def test_no_advice_in_debug(demo: SiteFolder, settings: Settings) -> None:
    """There is more to say than this, and Django says it."""
    settings.DEBUG = True
    assert checked(deploy=True) == []


def test_the_constants_of_django() -> None:
    csp = pytest.importorskip("django.utils.csp", reason="this Django has no policies")
    assert str(csp.CSP.NONCE) == SENTINEL


# The command


def test_the_command(demo: SiteFolder, settings: Settings) -> None:
    """Errors end it; everything is printed."""
    settings.IMPORTMAP = {"integrity": "md5"}
    with pytest.raises(SystemCheckError) as caught:
        call_command("check", tags=["importmap"], stderr=io.StringIO())
    text = str(caught.value)
    reason = "integrity must be True, False or a list of algorithms, not 'md5'."
    assert f"?: (importmap.IM401) settings.IMPORTMAP['integrity']: {reason}" in text
    assert "demo: (importmap.IM224) is installed, but the site does not enable it" in text


def test_the_admin_is_looked_at(demo: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What there is to find has tests of its own."""
    found = [Diagnostic("IM405", "error", "no map.")]
    monkeypatch.setattr(_admin_check, "admin_diagnostics", lambda: found)
    assert checked() == [Error("no map.", id="importmap.IM405")]


class NoFiles:
    """A storage that has nothing."""

    base_url = "/static/"

    def url(self, name: str) -> str:
        raise ValueError("gone")


def test_texts_of_packages(demo: SiteFolder) -> None:
    """Terminals obey no text of a package: not its folder, its values, or what a hint repeats."""
    demo.add({"x\x1b\u202e-1.dist-info": {"entry_points.txt": "[importmap]\nx\x1b = x\u202e\n"}})
    demo.add({"x\x1b\u202e-2.dist-info": {"entry_points.txt": "[importmap]\nx\x1b = x\u202e\n"}})
    found = {message.id: message for message in checked()}
    twice = found["importmap.IM105"]
    assert (twice.obj, twice.hint) == (
        r"x\x1b\u202e",
        r"python -m pip install --force-reinstall x\x1b\u202e",
    )
    versions = r"x\x1b\u202e-2.dist-info is used, not x\x1b\u202e-1.dist-info."
    assert twice.msg.endswith(f"the folder holds more than one version; {versions}")
    for message in found.values():
        # The tab stands before each of Django's hints.
        assert str(message).replace("\n", "").replace("\tHINT", "").isprintable()
