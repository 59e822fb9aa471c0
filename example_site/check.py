"""What `hatch run demo --check` looks at, and how it says so."""

from __future__ import annotations

import json
import re
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from support.browser import Browser, BrowserError, find_chromium

LOGIN = "admin/login/"
PAGES = {"public": "", "admin": "admin/wall/clock/1/change/"}

MAP = re.compile(r'<script type="importmap"[^>]*>(.*?)</script>', re.DOTALL)
SCRIPT = re.compile(r"<script\b[^>]*>")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
JAVASCRIPT = {"application/javascript", "text/javascript"}

#: True when all modules of a page have run.
WORKS = {
    "public": "document.querySelector('example-clock[face=analog] > svg') != null",
    "admin": "document.querySelector('clock-face > example-clock > svg') != null",
}

CHOOSE = """(() => {
    const menu = document.querySelector("clock-face > select")
    menu.value = "digital"
    menu.dispatchEvent(new Event("change", {bubbles: true}))
    return document.querySelector("clock-face > example-clock > time") != null
})()"""

SUBMIT = """(async () => {
    const form = document.querySelector("form")
    form.username.value = %s
    form.password.value = %s
    return (await fetch(form.action, {method: "POST", body: new FormData(form)})).ok
})()"""


class Check:
    """One printed line for each thing looked at.

    :param site: the address of the running site.
    """

    def __init__(self, site: str) -> None:
        self.failed = False
        self.site = site
        # No proxies: the site is on this machine.
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def run(self, user: str, password: str) -> bool:
        """All of it; whether anything failed."""
        self.log_in(user, password)
        maps = {context: self.import_map(context, path) for context, path in PAGES.items()}
        self.contexts(maps)
        for url in sorted({url for found in maps.values() for url in urls(found)}):
            self.module(url)
        self.in_browser(user, password)
        return self.failed

    def say(self, good: bool, text: str) -> None:
        self.failed |= not good
        print(f"{'ok' if good else 'FAILED':8}{text}", flush=True)

    def log_in(self, user: str, password: str) -> None:
        page, _ = self.fetch(LOGIN)
        self.say("importmap" not in page, "the page to log in, for everybody, has no import map")
        token = TOKEN.search(page)
        fields = {"username": user, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        page, _ = self.fetch(LOGIN, urlencode({**fields, "next": "/admin/"}).encode())
        self.say("user-tools" in page, "the login works")

    def import_map(self, context: str, path: str) -> dict[str, Any]:
        """The import map that a page carries."""
        page, policy = self.fetch(path)
        printed = MAP.findall(page)
        self.say(len(printed) == 1, f"/{path} carries one import map")
        scripts = SCRIPT.findall(page)
        first = next((n for n, tag in enumerate(scripts) if "module" in tag), len(scripts))
        self.say(any("importmap" in tag for tag in scripts[:first]), f"/{path} has it before all modules")
        nonce = re.search(r"'nonce-([^']+)'", policy)
        ours = [tag for tag in scripts if "importmap" in tag or context == "public"]
        self.say(
            nonce is not None and all(f'nonce="{nonce[1]}"' in tag for tag in ours),
            f"/{path} has a policy, and our scripts have its nonce",
        )
        found: dict[str, Any] = json.loads(printed[0]) if printed else {}
        return found

    def contexts(self, maps: dict[str, dict[str, Any]]) -> None:
        admin, public = (set(maps[context].get("imports", {})) for context in ("admin", "public"))
        self.say("example-clock" in admin & public, "the root module is in both contexts")
        self.say("example-clock/faces/analog" in admin & public, "so is what the pattern matches")
        self.say(
            {"example-clock/picker", "example-clock/widget"} <= admin - public, "the admin's are in its only"
        )
        self.say("#dom" not in admin | public, "the private module is in neither's imports")

    def module(self, url: str) -> None:
        try:
            with self._opener.open(urljoin(self.site, url), timeout=10) as answer:
                kind = answer.headers.get_content_type()
        except URLError as error:
            self.say(False, f"{url}: {error}")
        else:
            self.say(kind in JAVASCRIPT, f"{url} is served as {kind}")

    def in_browser(self, user: str, password: str) -> None:
        executable = find_chromium()
        if executable is None:
            print(f"{'skipped':8}the pages in a browser: no Chromium found on PATH", flush=True)
            return
        with Browser(executable) as browser:
            page = browser.open(self.site + LOGIN)
            try:
                page.wait_for("document.readyState == 'complete'")
                page.evaluate(SUBMIT % (json.dumps(user), json.dumps(password)))
                for context, path in PAGES.items():
                    page = browser.open(self.site + path)
                    page.wait_for(WORKS[context])
                    complaints = "".join(f"\n{' ':8}{complaint}" for complaint in page.complaints)
                    self.say(not complaints, f"/{path} runs in Chromium, its console is empty{complaints}")
                self.say(page.evaluate(CHOOSE), "the widget's clock shows the face that is chosen")
            except BrowserError as error:
                self.say(False, f"in Chromium: {error}")

    def fetch(self, path: str, data: bytes | None = None) -> tuple[str, str]:
        """A page, and its policy."""
        try:
            with self._opener.open(self.site + path, data, timeout=10) as answer:
                return answer.read().decode(), answer.headers.get("Content-Security-Policy", "")
        except URLError as error:
            self.say(False, f"/{path}: {error}")
            return "", ""


def urls(import_map: dict[str, Any]) -> list[str]:
    tables = [import_map.get("imports", {}), *import_map.get("scopes", {}).values()]
    return [url for table in tables for url in table.values()]
