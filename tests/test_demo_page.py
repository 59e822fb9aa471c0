"""The demo's pages in a real browser, on a site that has installed the wheels and nothing else of ours."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from wheels import ROOT, new_venv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browser import Browser, Page

FACE = "document.querySelector('example-clock').firstChild.localName"


@pytest.fixture(scope="module")
def site(own_wheel: Path, example_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running demo."""
    folder = tmp_path_factory.mktemp("site")
    python = new_venv(folder / "venv", own_wheel, example_wheel, "starlette", "uvicorn", "websockets")
    with subprocess.Popen(
        [python, ROOT / "demo", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield next(line for line in server.stdout if line.startswith("http://")).removesuffix("admin\n")
        finally:
            server.terminate()


@pytest.fixture
def page(request: pytest.FixtureRequest, site: str, chromium: Browser) -> Iterator[Page]:
    page = chromium.open(site + request.param)
    page.wait_for("document.readyState == 'complete'")
    yield page
    page.close()


@pytest.mark.parametrize("page", ["admin", "public"], indirect=True)
def test_runs_without_complaint(page: Page) -> None:
    page.wait_for("document.querySelector('example-clock > svg')?.childElementCount == 4")
    assert page.complaints == []


@pytest.mark.parametrize("page", ["admin", "public"], indirect=True)
def test_each_module_is_loaded_once(page: Page) -> None:
    """Bare, private and relative specifiers of one file lead to one URL."""
    urls = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    names = [url.rpartition("/")[2] for url in urls if url.endswith(".js")]
    assert {"analog.js", "clock.js", "digital.js", "dom.js", "time.js"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("page", ["admin"], indirect=True)
def test_the_picker_changes_the_face(page: Page) -> None:
    page.wait_for("document.querySelector('select')?.value == 'analog'")
    assert page.evaluate(FACE) == "svg"
    page.evaluate("menu = document.querySelector('select'); menu.value = 'digital'")
    page.evaluate("menu.dispatchEvent(new Event('change'))")
    assert page.evaluate(FACE) == "time"
    assert page.complaints == []


@pytest.mark.parametrize("page", ["public"], indirect=True)
def test_the_picker_is_not_for_the_public(page: Page) -> None:
    assert "example-clock/picker" in refusal(page, "example-clock/picker")


@pytest.mark.parametrize("page", ["admin", "public"], indirect=True)
def test_the_private_module_is_not_for_pages(page: Page) -> None:
    assert "#dom" in refusal(page, "#dom")


def refusal(page: Page, specifier: str) -> str:
    """What the browser says when a script of the page imports a specifier."""
    return str(page.evaluate(f"import({specifier!r}).then(() => 'no error', (error) => error.message)"))
