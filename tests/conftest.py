from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from support.browser import Browser, find_chromium
from support.deno_process import Deno, find_deno
from support.figures import figure, print_figures  # noqa: F401  # a fixture
from support.firefox import Firefox, find_firefox
from support.lazy_site import lazy  # noqa: F401  # a fixture
from support.npm import Npm
from support.profiles import number_of_examples, register_profiles, sees_everything
from support.site_folder import site  # noqa: F401  # a fixture
from support.static_server import web  # noqa: F401  # a fixture
from support.webkit import WebKit, find_webkit
from support.wheels import EXAMPLE, WHEELS, build_wheel
from support.writers import writer  # noqa: F401  # a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings
    from support.site_folder import SiteFolder

register_profiles()

#: The mark of a test by the fixtures that it asks for, so that nobody has to write it.
MARKS = {
    "browser": {"any_browser", "chromium", "firefox", "several_maps_browser", "webkit"},
    "build": {"example_wheel", "own_wheel", "writer"},
    "deno": {"deno"},
    "npm": {"npm"},
}


def pytest_report_header() -> str:
    unchecked = "" if sees_everything() else "; too few to check that each kind of example is among them"
    return f"amount: {number_of_examples()} examples for each property{unchecked}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_figures(terminalreporter)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        for mark, names in MARKS.items():
            if fixtures & names:
                item.add_marker(mark)


@pytest.fixture
def django_site(
    site: SiteFolder,  # noqa: F811  # the fixture
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> SiteFolder:
    """A Django site that enables whatever is installed; nothing is yet, and nothing was logged.

    Tests change its settings.
    """
    from importmap.contrib.django import _page

    monkeypatch.setattr(_page, "_logged", set())
    settings.IMPORTMAP = {"enable": lambda package: True}
    return site


@pytest.fixture(scope="session")
def own_wheel() -> Path:
    """The wheel of this checkout, the same that the tests' environment has installed."""
    wheels = list(WHEELS.glob("hatch_importmap-*.whl"))
    if not wheels:
        pytest.fail("There is no wheel to test with: `hatch test` builds one before it runs pytest.")
    return wheels[0]


@pytest.fixture(scope="session")
def example_wheel(own_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of example_package/, as a build frontend makes it."""
    return build_wheel(EXAMPLE, tmp_path_factory.mktemp("example"), requires=[own_wheel])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium found on PATH")
    with Browser(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def firefox() -> Iterator[Browser]:
    executable = find_firefox()
    if executable is None:
        pytest.skip("no Firefox found on PATH")
    with Firefox(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def webkit() -> Iterator[Browser]:
    """The engine of Safari."""
    executable = find_webkit()
    if executable is None:
        pytest.skip("no MiniBrowser of WebKitGTK found, or no Xvfb on PATH")
    with WebKit(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Npm:
    """npm, and Node.js with it."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("no npm and node found on PATH")
    return Npm(tmp_path_factory.mktemp("npm"))


@pytest.fixture(scope="session")
def deno(tmp_path_factory: pytest.TempPathFactory) -> Deno:
    executable = find_deno()
    if executable is None:
        pytest.skip("no Deno: neither the distribution deno is installed nor is there one on PATH")
    return Deno(executable, tmp_path_factory.mktemp("deno"))


@pytest.fixture(scope="session", params=["chromium", "firefox", "webkit"])
def any_browser(request: pytest.FixtureRequest) -> Browser:
    """Each browser that the maps are for."""
    browser: Browser = request.getfixturevalue(request.param)
    return browser


@pytest.fixture(scope="session", params=["chromium", "webkit"])
def several_maps_browser(request: pytest.FixtureRequest) -> Browser:
    """Each browser that takes in more than one map."""
    browser: Browser = request.getfixturevalue(request.param)
    return browser
