"""Headless Firefox over WebDriver BiDi, with the surface of the Chromium in `browser`."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

from support.browser import PAGE_SECONDS, START_SECONDS, Browser, BrowserError, Page, running

if TYPE_CHECKING:
    import subprocess

    from typing_extensions import Self

NAMES = ("firefox", "firefox-esr")

FLAGS = (
    "--headless",
    "--no-remote",
    "--new-instance",
    "--remote-debugging-port=0",
    "--remote-allow-system-access",  # to read the browser console
)

#: A browser that asks nobody but the tests' own servers; the rest are Firefox's defaults.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    # No proxy, whatever the environment says.
    "network.proxy.type": 0,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}

#: The console and uncaught errors; requests.
EVENTS = ["log.entryAdded", "network.fetchError", "network.responseCompleted"]

#: The warnings of pages since a time. Firefox writes what it thinks of an import map to its own console only.
WARNINGS = """Services.console.getMessageArray().filter((message) =>
    message instanceof Ci.nsIScriptError && message.flags & Ci.nsIScriptError.warningFlag &&
    message.sourceName.startsWith("http") && message.timeStamp >= {since}
).map((message) => `${{message.category}}: ${{message.errorMessage}}`)"""


def find_firefox() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Firefox(Browser):
    """One Firefox with a profile of its own, running while the `with` block does."""

    name = "Firefox"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True)
            profile = Path(stack.enter_context(folder))
            lines = (
                f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
                for name, value in PREFERENCES.items()
            )
            (profile / "user.js").write_text("".join(lines))
            process = stack.enter_context(running([self._executable, *FLAGS, "--profile", str(profile)]))
            address = _address(process, profile / "WebDriverBiDiServer.json")
            socket = connect(address, max_size=None, proxy=None, ping_interval=None)
            self._socket = stack.enter_context(socket)
            self.call("session.new", capabilities={})
            self.call("session.subscribe", events=EVENTS)
            [window, *_] = self.call("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"]
            self._window = window["context"]
            self._exit = stack.pop_all()
        return self

    def open(self, url: str) -> Page:
        context = self.call("browsingContext.create", type="tab")["context"]
        page = self._pages[context] = FirefoxPage(self, context)
        page.call("browsingContext.navigate", url=url, wait="none")
        deadline = time.monotonic() + PAGE_SECONDS
        # Until it has an answer the tab has an empty document, which is about to go.
        while self.call("browsingContext.getTree", root=context)["contexts"][0]["url"] == "about:blank":
            if time.monotonic() > deadline:
                raise BrowserError(f"No answer after {PAGE_SECONDS} seconds: {url}")
            time.sleep(0.02)
        return page

    def evaluate(self, expression: str, context: str | None = None) -> Any:
        """The JSON value of an expression in a page, or in the browser itself."""
        target = {"context": self._window if context is None else context}
        answer = self.call("script.evaluate", expression=expression, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise BrowserError(answer["exceptionDetails"]["text"])
        return _plain(answer["result"])

    def call(self, method: str, session: str | None = None, /, **params: object) -> dict[str, Any]:
        self._number += 1
        if session is not None:
            params["context"] = session
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=START_SECONDS))
            if message["type"] == "event":
                said = message["params"]
                page = self._pages.get(said.get("context") or said.get("source", {}).get("context"))
                if page is not None:
                    page.hear(message["method"], said)
            elif message["id"] == self._number:
                if message["type"] == "error":
                    raise BrowserError(f"{method}: {message['message']}")
                result: dict[str, Any] = message["result"]
                return result


class FirefoxPage(Page):
    _browser: Firefox

    def __init__(self, browser: Firefox, context: str) -> None:
        super().__init__(browser, context, context)
        self._since = browser.evaluate("Date.now()")
        self._warnings = 0

    def evaluate(self, expression: str) -> Any:
        value = self._browser.evaluate(expression, self._session)
        warnings = self._browser.evaluate(WARNINGS.format(since=self._since))
        self.complaints += warnings[self._warnings :]
        self._warnings = len(warnings)
        return value

    def close(self) -> None:
        self.call("browsingContext.close")

    def hear(self, event: str, params: dict[str, Any]) -> None:
        if event == "log.entryAdded":
            if params["level"] in {"error", "warn"}:
                source = params.get("method", params["type"])
                self.complaints.append(f"{source}: {params['text']}")
        elif event == "network.fetchError":
            self.complaints.append(f"network: {params['errorText']} {params['request']['url']}")
        elif params["response"]["status"] >= 400:
            self.complaints.append(f"network: {params['response']['status']} {params['request']['url']}")


def _address(process: subprocess.Popen[bytes], file: Path) -> str:
    """The address that Firefox writes into its profile when it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        text = file.read_text() if file.exists() else ""
        if text.endswith("}"):
            server = json.loads(text)
            return f"ws://{server['ws_host']}:{server['ws_port']}/session"
        time.sleep(0.02)
    state = "was not ready in time" if process.returncode is None else f"ended with {process.returncode}"
    raise BrowserError(f"{process.args!r} {state}")


def _plain(value: dict[str, Any]) -> Any:
    """What JSON would make of a remote value."""
    found: Any = value.get("value")
    if value["type"] == "array":
        return [_plain(item) for item in found]
    if value["type"] == "object":
        return {key: _plain(item) for key, item in found if item["type"] != "undefined"}
    return found
