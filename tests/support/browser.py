"""Headless Chromium over its DevTools protocol: enough to load a page and to hear what it complains about."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from typing_extensions import Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # the sandbox does not start in containers, and the pages are our own
    "--disable-dev-shm-usage",  # small in containers
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
)

START_SECONDS = 30
PAGE_SECONDS = 15


def find_chromium() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class BrowserError(Exception):
    pass


class Browser:
    """One Chromium with a profile of its own, running while the `with` block does."""

    name = "Chromium"

    def __init__(self, executable: str) -> None:
        self._executable = executable
        self._environment: dict[str, str] | None = None
        self._exit = ExitStack()
        self._number = 0
        self._pages: dict[str, Page] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            # Chromium goes on writing for a moment after it has ended.
            profile = stack.enter_context(TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True))
            process = stack.enter_context(running([self._executable, *FLAGS, f"--user-data-dir={profile}"]))
            address = _address(process, Path(profile, "DevToolsActivePort"))
            # Pings would come from a thread that draws random numbers, which Hypothesis wants to be its own.
            socket = connect(address, max_size=None, proxy=None, ping_interval=None)
            self._socket = stack.enter_context(socket)
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def version(self) -> str:
        """Return the number that the executable gives."""
        command = [self._executable, "--version"]
        said = subprocess.run(command, capture_output=True, check=True, env=self._environment, text=True)
        [number, *_] = re.findall(r"\d+(?:\.\d+)+", said.stdout)
        return str(number)

    def open(self, url: str) -> Page:
        """Begin to load a page in a tab of its own; `Page.wait_for` waits."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, target)
        for domain in ("Page", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        page.call("Page.navigate", url=url)
        return page

    def call(self, method: str, session: str | None = None, /, **params: object) -> dict[str, Any]:
        """Send one command and wait for its answer; events that come first go to their pages."""
        self._number += 1
        command: dict[str, object] = {"id": self._number, "method": method, "params": params}
        if session is not None:
            command["sessionId"] = session
        self._socket.send(json.dumps(command))
        while True:
            message = json.loads(self._socket.recv(timeout=START_SECONDS))
            if message.get("id") == self._number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']['message']}")
                result: dict[str, Any] = message["result"]
                return result
            page = self._pages.get(message.get("sessionId"))
            if page is not None:
                page.hear(message["method"], message["params"])


class Page:
    #: What the page has complained about so far: uncaught exceptions, warnings and errors of the console,
    #: failed requests, violated policies.
    complaints: list[str]

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self._browser = browser
        self._session = session
        self._target = target
        self.complaints = []

    def call(self, method: str, **params: object) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression in the page; a promise is awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(_exception(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait_for(self, expression: str, seconds: float = PAGE_SECONDS) -> Any:
        """Wait until an expression is true; its value."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := self.evaluate(expression):
                return value
            time.sleep(0.02)
        complaints = "\n".join(self.complaints) or "no complaints"
        raise BrowserError(f"Not true after {seconds} seconds: {expression}\n{complaints}")

    def close(self) -> None:
        self._browser.call("Target.closeTarget", targetId=self._target)

    def hear(self, event: str, params: dict[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            self.complaints.append(_exception(params["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and params["type"] in {"assert", "error", "warning"}:
            values = (argument.get("value", argument.get("description")) for argument in params["args"])
            self.complaints.append(f"console.{params['type']}: {' '.join(map(str, values))}")
        elif event == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            entry = params["entry"]
            self.complaints.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}".rstrip())


@contextmanager
def running(
    command: list[str],
    *,
    env: Mapping[str, str] | None = None,
    pass_fds: Collection[int] = (),
    end_seconds: float = 10,
) -> Iterator[subprocess.Popen[bytes]]:
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=env, pass_fds=pass_fds
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=end_seconds)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: subprocess.Popen[bytes], file: Path) -> str:
    """The address that Chromium writes into its profile when it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        lines = file.read_text().splitlines() if file.exists() else []
        if len(lines) > 1:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.02)
    state = "was not ready in time" if process.returncode is None else f"ended with {process.returncode}"
    raise BrowserError(f"{process.args!r} {state}")


def _exception(details: dict[str, Any]) -> str:
    return str(details.get("exception", {}).get("description") or details["text"])
