"""The stages composed once: caching, threads, strictness, logging."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.shipping import ship
from support.site_folder import SiteFolder

import importmap
from importmap import (
    ConflictError,
    Diagnostic,
    ImportMap,
    ImportMapError,
    ManifestError,
    MissingModuleError,
    PackageFile,
    Registry,
    StaticURL,
    UnknownContextError,
)
from importmap._compose import registry as registries

#: WebAssembly has the function, and no processes.
HAS_FORKS = hasattr(os, "fork") and sys.platform not in ("emscripten", "wasi")


@pytest.fixture(autouse=True)
def installed(site: SiteFolder) -> SiteFolder:
    site.install("demo", {"a": {"path": "demo/a.js", "contexts": ["admin"]}, "b": "demo/b.js"})
    return site


@pytest.fixture
def configured() -> Iterator[None]:
    """The process's registry is as before afterwards."""
    before = registries._registry
    yield
    registries._registry = before


def test_load() -> None:
    assert Registry().load() == ImportMap({"demo/b": "/static/demo/b.js"})
    assert Registry().load(["admin"]) == ImportMap({"demo/a": "/static/demo/a.js"})
    assert Registry().load(("admin", "default")).contexts == ("admin", "default")


def test_the_same_object() -> None:
    registry = Registry()
    assert registry.load(["admin"]) is registry.load(["admin"])
    assert registry.load(["admin"]) is registry.load(("admin",))
    assert registry.load(["admin"], modules=["demo/a"]) is registry.load(["admin"], modules=("demo/a",))
    assert registry.load(["admin"], modules=[]) is not registry.load(["admin"])


def test_no_context_at_all() -> None:
    with pytest.raises(ValueError, match=r"^load needs at least one context$"):
        Registry().load([])


def test_nothing_is_read_before_the_first_load(site: SiteFolder) -> None:
    registry = Registry()
    site.install("late")
    assert "late/editor" in registry.load().imports


def test_files(site: SiteFolder) -> None:
    """All that pages of any context can ask for, and what it was installed as."""
    cart = "import './dom.js';\n//# sourceMappingURL=cart.js.map\n"
    ship(
        site,
        "shop",
        {"shop/cart.js": cart, "shop/dom.js": "1;", "shop/report.js": "2;"},
        {"cart": "shop/cart.js", "report": {"path": "shop/report.js", "contexts": ["zoo"]}},
        edges={"shop/cart.js": {"imports": ["./dom.js"]}},
        assets={"shop/cart.js.map": "{}", "shop/unlisted.js": "3;"},
    )
    registry = Registry(disable=["demo"])
    folder = site.path / "shop" / "static"
    assert list(registry.files) == sorted(registry.files)
    assert [file for path, file in registry.files.items() if path.startswith("shop/")] == [
        PackageFile(path=path, distribution="shop", place=str(folder / path))
        for path in ("shop/cart.js", "shop/cart.js.map", "shop/dom.js", "shop/report.js")
    ]
    assert registry.files is registry.files


def test_reload(site: SiteFolder) -> None:
    registry = Registry()
    before = registry.load()
    site.install("late")
    assert registry.load() is before
    registry.reload()
    assert set(registry.load().imports) == {"demo/b", "late/editor"}


@pytest.mark.parametrize(
    "call", [{"contexts": "admin"}, {"contexts": "a"}, {"contexts": ["a"], "modules": "x"}]
)
def test_strings_are_no_lists(site: SiteFolder, call: dict[str, Any]) -> None:
    """Not even those of one letter, which would be the same list."""
    site.install("other", {"x": {"path": "other/x.js", "contexts": ["a"]}})
    registry = Registry()
    registry.load(["a"])
    with pytest.raises(TypeError, match=r"^contexts and modules are lists of names, not strings$"):
        registry.load(**call)
    with pytest.raises(TypeError, match=r"^contexts are a list of names, not a string$"):
        registry.diagnostics("admin")


def test_unknown_context() -> None:
    registry = Registry()
    for _ in range(2):
        with pytest.raises(
            UnknownContextError, match=r"^no package and no configuration knows the context 'x'"
        ):
            registry.load(["x"])


def test_modules() -> None:
    registry = Registry(imports={"shop/cart": "shop/cart.js"})
    assert registry.load(["default"], modules=["demo/b", "shop/cart"]) == registry.load()
    assert registry.load(["default"], modules=["shop/cart"]) == ImportMap(
        {"shop/cart": "/static/shop/cart.js"}
    )
    with pytest.raises(MissingModuleError):
        registry.load(["default"], modules=["demo/a"])


def test_packages_and_contexts() -> None:
    registry = Registry(contexts={"shop": {}})
    assert [package.distribution for package in registry.packages] == ["demo"]
    assert registry.contexts == ("admin", "default", "shop")


def test_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many ask at once, one computes."""
    from importmap._compose.site import Site

    made: list[Site] = []
    loads: list[object] = []
    original_init, original_load = Site.__init__, Site.load

    def init(self: Site, settings: Any) -> None:
        made.append(self)
        original_init(self, settings)

    def load(self: Site, *args: Any) -> Any:
        loads.append(args)
        return original_load(self, *args)

    monkeypatch.setattr(Site, "__init__", init)
    monkeypatch.setattr(Site, "load", load)
    registry, barrier = Registry(), threading.Barrier(16)

    def ask(_: int) -> ImportMap:
        barrier.wait()
        return registry.load(["admin"])

    with ThreadPoolExecutor(16) as pool:
        maps = set(map(id, pool.map(ask, range(16))))
    assert len(maps) == len(made) == len(loads) == 1


def test_threads_and_many_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    from importmap._compose.site import Site

    loads: list[object] = []
    original_load = Site.load

    def load(self: Site, *args: Any) -> Any:
        loads.append(args)
        return original_load(self, *args)

    monkeypatch.setattr(Site, "load", load)
    registry = Registry()
    keys: list[tuple[list[str], list[str] | None]] = [
        (["admin"], None), (["default"], None), (["admin", "default"], None), (["default"], ["demo/b"])
    ]  # fmt: skip
    with ThreadPoolExecutor(64) as pool:
        maps = list(pool.map(lambda number: registry.load(*keys[number % 4]), range(2_000)))
    assert len(loads) == len(set(map(id, maps))) == 4


def test_maps_that_nobody_asks_for_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registries, "MAPS", 8)
    registry = Registry()
    often, once = registry.load(["admin"]), registry.load(["default"])
    for number in range(100):
        # Each order of contexts is a key of its own.
        registry.load(["admin"] * (number + 2))
        assert registry.load(["admin"]) is often
        assert len(registry._maps) + len(registry._older) <= 8
    assert registry.load(["default"]) == once
    assert registry.load(["default"]) is not once


def in_child(check: Callable[[], bool], seconds: int = 20) -> bool:
    """Run a check in the child of a fork, and tell what it says; False if it takes longer."""
    child = os.fork()
    if child == 0:  # pragma: no cover  # nobody measures the child
        signal.alarm(seconds)
        os._exit(0 if check() else 1)
    return os.waitpid(child, 0)[1] == 0


@pytest.mark.skipif(not HAS_FORKS, reason="this system has no forks")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_while_another_thread_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child has no thread that would release the lock, or begin the search for garbage again."""
    from importmap._compose.site import Site

    inside, leave = threading.Event(), threading.Event()
    original_load = Site.load

    def slow(self: Site, *args: Any) -> Any:
        inside.set()
        assert leave.wait(20)
        return original_load(self, *args)

    registry = Registry()
    ready = registry.load(["default"])
    monkeypatch.setattr(Site, "load", slow)
    thread = threading.Thread(target=registry.load, args=(["admin"],))
    thread.start()
    assert inside.wait(20)
    monkeypatch.setattr(Site, "load", original_load)

    def check() -> bool:
        return (
            gc.isenabled()
            and registry.load(["default"]) is ready
            and registry.load(["admin"]) == ImportMap({"demo/a": "/static/demo/a.js"})
            # In the child of the child, too.
            and in_child(lambda: registry.load(["admin", "default"]).contexts == ("admin", "default"))
        )

    try:
        assert in_child(check)
    finally:
        leave.set()
        thread.join()
    assert gc.isenabled()
    assert registry.load(["admin"]) == ImportMap({"demo/a": "/static/demo/a.js"})


@pytest.mark.skipif(not HAS_FORKS, reason="this system has no forks")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_keeps_what_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry()
    site, ready = registries.site_of(registry), registry.load()
    assert in_child(lambda: registries.site_of(registry) is site and registry.load() is ready)


def test_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site goes on, unless a thread that is gone has left it half made."""
    registry = Registry()
    site, lock = registries.site_of(registry), registry._lock
    monkeypatch.setattr(os, "getpid", lambda: 1_000_001)
    assert registry._lock is not lock
    assert registries.site_of(registry) is site
    held, leave = threading.Event(), threading.Event()

    def hold(lock: Any) -> None:
        with lock:
            held.set()
            assert leave.wait(20)

    thread = threading.Thread(target=hold, args=(registry._lock,))
    thread.start()
    assert held.wait(20)
    monkeypatch.setattr(os, "getpid", lambda: 1_000_002)
    try:
        assert registries.site_of(registry) is not site
    finally:
        leave.set()
        thread.join()
    # A thread that was slower finds the lock of the faster one.
    monkeypatch.setattr(os, "getpid", lambda: 1_000_003)
    others = registry._locks

    def slower() -> object:
        others[1_000_003] = lock
        return threading.RLock()

    monkeypatch.setattr(registries, "RLock", slower)
    assert registry._lock is lock


@pytest.mark.skipif(not HAS_FORKS, reason="this system has no forks")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_threads_of_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """They agree on one lock."""
    registry = Registry()
    registry.load()

    def check() -> bool:
        barrier = threading.Barrier(16)

        def ask(_: int) -> object:
            barrier.wait()
            return registry._lock

        with ThreadPoolExecutor(16) as pool:
            return len(set(map(id, pool.map(ask, range(16))))) == 1

    assert in_child(check)


# Diagnostics


BROKEN = Diagnostic(
    "IM101",
    "error",
    "the distribution has no manifest: it was built without the hook, "
    "or its build backend did not ship broken/importmap.json.",
    distribution="broken",
    place="broken-1.0.dist-info/extra_metadata/importmap.json",
    hint="add the table [tool.hatch.build.hooks.importmap] to its pyproject.toml and build it again",
)


@pytest.fixture
def broken(site: SiteFolder) -> None:
    site.add({"broken-1.0.dist-info": {"entry_points.txt": "[importmap]\nbroken = broken\n"}})


@pytest.mark.usefixtures("broken")
def test_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "importmap")
    registry = Registry(overrides={"demo/b": None})
    registry.load()
    registry.load(["admin"])
    registry.reload()
    registry.load()
    assert [(record.name, record.levelname, record.getMessage()) for record in caplog.records] == [
        ("importmap", "ERROR", f"IM101 {BROKEN}"),
        ("importmap", "INFO", "IM206 the site overrides 'demo/b': it blocks it."),
    ]


def test_silence_where_there_is_nothing_to_say(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    Registry().load()
    assert caplog.records == []


@pytest.mark.usefixtures("broken")
def test_diagnostics(caplog: pytest.LogCaptureFixture) -> None:
    """They are there to be asked for as often as one likes, and asking logs nothing."""
    registry = Registry(overrides={"demo/b": None})
    assert registry.diagnostics() == registry.diagnostics()
    assert registry.diagnostics()[0] == BROKEN
    assert [found.code for found in registry.diagnostics()] == ["IM101", "IM206"]
    assert [found.code for found in registry.diagnostics(["admin"])] == ["IM101", "IM206"]
    assert caplog.records == []


@pytest.mark.usefixtures("broken")
def test_strict() -> None:
    registry = Registry(strict=True)
    for _ in range(2):
        with pytest.raises(ManifestError) as caught:
            registry.load()
        assert caught.value.diagnostics == (BROKEN,)
    assert registry.diagnostics() == (BROKEN,)


def test_strict_takes_information_for_what_it_is(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "importmap")
    assert Registry(strict=True, overrides={"demo/b": None}).load() == ImportMap({"demo/b": None})
    assert len(caplog.records) == 1


class Missing(StaticURL):
    __slots__ = ()

    def url(self, public_path: str) -> str:
        raise LookupError(public_path)


def test_strict_about_missing_files() -> None:
    with pytest.raises(MissingModuleError):
        Registry(strict=True, static=Missing("/")).load()


@pytest.mark.usefixtures("broken")
def test_strict_about_several_things() -> None:
    with pytest.raises(ImportMapError) as caught:
        Registry(strict=True, static=Missing("/")).load()
    assert type(caught.value) is ImportMapError
    assert [found.code for found in caught.value.diagnostics] == ["IM101", "IM205"]


def test_conflicts_are_raised_in_any_case(site: SiteFolder) -> None:
    site.install("other", namespace="demo")
    registry = Registry()
    for _ in range(2):
        with pytest.raises(ConflictError):
            registry.load()


def test_names_of_distributions_that_are_not_there() -> None:
    registry = Registry(
        contexts={"admin": {"enable": ["Dema"], "disable": ["zzz", "gone"]}}, disable=["gone", "Demmo"]
    )
    assert registry.diagnostics() == (
        Diagnostic(
            "IM204",
            "warning",
            "no package of the distribution 'demmo' is installed. Did you mean 'demo'?",
            place="disable",
        ),
        Diagnostic(
            "IM204",
            "warning",
            "no package of the distribution 'gone' is installed.",
            place="disable",
        ),
        Diagnostic(
            "IM204",
            "warning",
            "no package of the distribution 'dema' is installed. Did you mean 'demo'?",
            place="contexts['admin']",
        ),
        Diagnostic(
            "IM204",
            "warning",
            "no package of the distribution 'zzz' is installed.",
            place="contexts['admin']",
        ),
    )


def test_disabled_distributions_that_are_there(site: SiteFolder) -> None:
    """Also one that could not be used anyway."""
    site.add({"bad-1.0.dist-info": {"entry_points.txt": "[importmap]\nbad\n"}})
    registry = Registry(disable=["demo", "bad"], contexts={"admin": {"disable": ["demo"]}})
    assert [found.code for found in registry.diagnostics()] == ["IM103"]


def test_a_typo_in_the_way_out_of_a_conflict(site: SiteFolder) -> None:
    site.install("other", namespace="demo")
    with pytest.raises(ConflictError) as caught:
        Registry(disable=["othr"], contexts={"admin": {"enable": ["zzz"]}}).load()
    assert str(caught.value) == (
        "demo and other: both claim the namespace 'demo'.\n"
        "    importmap.configure(disable=['other'])  # or 'demo': the site decides\n"
        "disable: no package of the distribution 'othr' is installed. Did you mean 'other'?"
    )


# Which packages take part


def test_enable(installed: SiteFolder) -> None:
    """A list of distributions, or a function; what is left out is said, and takes nobody's names."""
    installed.install("other", namespace="demo-2")
    left_out = Diagnostic(
        "IM224",
        "info",
        "is installed, but the site does not enable it: its modules are in no map.",
        distribution="other",
    )
    for enable in (["Demo"], lambda package: package.distribution == "demo"):
        registry = Registry(enable=enable)
        assert [package.distribution for package in registry.packages] == ["demo"]
        assert left_out in registry.diagnostics()
    assert [package.distribution for package in Registry(enable=None).packages] == ["demo", "other"]
    assert Registry(enable=[]).packages == ()


def test_enable_an_unknown_distribution(installed: SiteFolder) -> None:
    (found,) = Registry(enable=["demo", "demos"]).diagnostics()
    assert (found.code, str(found)) == (
        "IM204",
        "enable: no package of the distribution 'demos' is installed. Did you mean 'demo'?",
    )


def test_a_conflict_with_what_is_not_enabled(installed: SiteFolder) -> None:
    installed.install("other", namespace="demo")
    with pytest.raises(ConflictError):
        Registry().load()
    assert Registry(enable=["demo"]).load() == ImportMap({"demo/b": "/static/demo/b.js"})


# URLs that change


class Tenants:
    """Files that are served to one tenant after the other, each below a URL of its own."""

    def __init__(self) -> None:
        self.now: object = "one"
        self.asked: list[str] = []

    def version(self) -> object:
        return self.now

    def url(self, public_path: str) -> str:
        self.asked.append(public_path)
        return f"/{self.now}/{public_path}"

    def integrity(self, public_path: str) -> None:
        """None: nothing here asks."""

    def read(self, public_path: str) -> None:
        """None: nothing here asks."""


def test_each_version_has_its_maps() -> None:
    tenants = Tenants()
    registry = Registry(static=tenants)
    assert tenants.asked == []
    one = registry.load()
    assert one == ImportMap({"demo/b": "/one/demo/b.js"})
    tenants.now = "two"
    two = registry.load()
    assert two == ImportMap({"demo/b": "/two/demo/b.js"})
    assert [package.distribution for package in registry.packages] == ["demo"]
    tenants.now = "one"
    assert registry.load() is one
    assert sorted(tenants.asked) == ["demo/a.js"] * 2 + ["demo/b.js"] * 2
    registry.reload()
    assert registry.load() is not one


def test_not_all_versions_are_kept() -> None:
    """A storage that is filled again and again leaves nothing behind."""
    tenants = Tenants()
    registry = Registry(static=tenants)
    kept = []
    for number in range(100):
        tenants.now = number
        registry.load()
        kept.append(len(registry._maps))
    assert max(kept) == registries._VERSIONS


# The process's own registry


@pytest.mark.usefixtures("configured")
def test_configure_replaces_everything() -> None:
    importmap.configure(static="/one/", disable=["demo"])
    assert importmap.load() == ImportMap()
    importmap.configure(static="/two/")
    assert importmap.load() == ImportMap({"demo/b": "/two/demo/b.js"})
    assert importmap.load() is importmap.load(["default"])
    assert importmap.load(["default"], modules=[]) == ImportMap()


@pytest.mark.usefixtures("configured")
def test_a_refused_configuration_changes_nothing() -> None:
    importmap.configure(static="/one/")
    with pytest.raises(ValueError, match="static URL"):
        importmap.configure(static="relative/")
    assert importmap.load() == ImportMap({"demo/b": "/one/demo/b.js"})


def test_registries_are_apart() -> None:
    assert Registry(static="/one/").load() != Registry(static="/two/").load()
