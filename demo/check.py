"""What `hatch run demo --check` looks at, and how it says so."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import ProxyHandler, build_opener

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from browser import Browser, BrowserError, find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

MAP = re.compile(r'<script type="importmap"[^>]*>(.*?)</script>', re.DOTALL)
JAVASCRIPT = {"application/javascript", "text/javascript"}

# True when all modules of a page have run.
WORKS = {
    "admin": "document.querySelectorAll('example-clock:has(svg) + select > option').length == 2",
    "public": "document.querySelector('example-clock > svg') != null",
}


class Report:
    """One printed line for each thing looked at."""

    def __init__(self) -> None:
        self.failed = False

    def check(self, good: bool, text: str) -> None:
        self.failed |= not good
        self.say("ok" if good else "FAILED", text)

    def say(self, verdict: str, text: str) -> None:
        print(f"{verdict:8}{text}", flush=True)


def run(site: str) -> int:
    """Check the running site; the exit code."""
    report = Report()
    maps = {context: check_page(report, site, context) for context in WORKS}
    check_contexts(report, maps)
    for url in sorted({url for found in maps.values() for url in urls(found)}):
        check_module(report, urljoin(site, url))
    check_in_browser(report, site)
    return 1 if report.failed else 0


def check_page(report: Report, site: str, context: str) -> dict[str, Any]:
    """The import map that a page carries."""
    try:
        page, headers = fetch(urljoin(site, context))
    except URLError as error:
        report.check(False, f"/{context}: {error}")
        return {}
    printed = MAP.findall(page)
    report.check(len(printed) == 1, f"/{context} carries one import map")
    policy = headers.get("Content-Security-Policy", "")
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy)
    report.check(
        nonce is not None and page.count("<script ") == page.count(f'nonce="{nonce[1]}"') > 0,
        f"/{context} has a policy, and all its scripts have the nonce",
    )
    found: dict[str, Any] = json.loads(printed[0]) if printed else {}
    return found


def check_contexts(report: Report, maps: dict[str, dict[str, Any]]) -> None:
    admin, public = (set(maps[context].get("imports", {})) for context in ("admin", "public"))
    report.check("example-clock" in admin & public, "the root module is in both contexts")
    report.check("example-clock/faces/analog" in admin & public, "so is what the pattern matches")
    report.check("example-clock/picker" in admin - public, "the picker is in the admin's only")
    report.check("#dom" not in admin | public, "the private module is in neither's imports")


def check_module(report: Report, url: str) -> None:
    try:
        _, headers = fetch(url)
    except URLError as error:
        report.check(False, f"{url}: {error}")
        return
    kind = headers.get("Content-Type", "").partition(";")[0]
    report.check(kind in JAVASCRIPT, f"{url} is served as {kind or 'nothing'}")


def check_in_browser(report: Report, site: str) -> None:
    executable = find_chromium()
    if executable is None:
        report.say("skipped", "the pages in a browser: no Chromium found on PATH")
        return
    with Browser(executable) as browser:
        for context, works in WORKS.items():
            page = browser.open(urljoin(site, context))
            try:
                page.wait_for(works)
            except BrowserError as error:
                report.check(False, f"/{context} in Chromium: {error}")
            else:
                complaints = "".join(f"\n{' ':8}{complaint}" for complaint in page.complaints)
                report.check(not complaints, f"/{context} runs in Chromium, its console is empty{complaints}")


def urls(import_map: dict[str, Any]) -> Iterator[str]:
    yield from import_map.get("imports", {}).values()
    for scope in import_map.get("scopes", {}).values():
        yield from scope.values()


def fetch(url: str) -> tuple[str, Message]:
    # No proxies: the site is on this machine.
    with build_opener(ProxyHandler({})).open(url, timeout=10) as response:
        return response.read().decode(), response.headers
