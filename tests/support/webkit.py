"""WebKitGTK, the engine of Safari, by its inspector's protocol, with the surface of Chromium in `browser`.

WebDriver hears nothing of what a page complains about, so the browser is asked as its web inspector asks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from contextlib import ExitStack
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from websockets.sync.client import connect

from support.browser import PAGE_SECONDS, START_SECONDS, Browser, BrowserError, Page, running

if TYPE_CHECKING:
    import subprocess

    from typing_extensions import Self

#: Where distributions put the browser, which is on nobody's PATH.
PLACES = ("lib/*/webkit2gtk-4.1", "libexec/webkit2gtk-4.1", "lib/webkit2gtk-4.1", "lib64/webkit2gtk-4.1")

FLAGS = (
    "--private",
    "--ignore-tls-errors",
    "--javascript-can-open-windows-automatically=true",
    "about:blank",
)
ENVIRONMENT = {
    "GDK_BACKEND": "x11",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "NO_AT_BRIDGE": "1",
    # The sandbox does not start in containers, and the pages are our own.
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
}

#: How much of an expression to send at once: the inspector ends the connection where a message is too long.
PIECE = 20_000

#: A page of the browser, in the list that it gives to other inspectors.
TARGET = re.compile(r"/socket/\d+/\d+/WebPage")


def find_webkit() -> str | None:
    """The browser; None also where it has no display to draw on."""
    if shutil.which("Xvfb") is None:
        return None
    found = (str(path) for place in PLACES for path in Path("/usr").glob(f"{place}/MiniBrowser"))
    return shutil.which("MiniBrowser") or next(found, None)


class WebKit(Browser):
    """One WebKit with a session and a display of its own, running while the `with` block does."""

    name = "WebKit"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = stack.enter_context(TemporaryDirectory(prefix="webkit-", ignore_cleanup_errors=True))
            with create_server(("127.0.0.1", 0)) as free:
                self._server = f"127.0.0.1:{free.getsockname()[1]}"
            display = Path(folder, "display")
            with display.open("w") as file:
                command = ["Xvfb", "-displayfd", str(file.fileno()), "-screen", "0", "1024x768x24"]
                process = stack.enter_context(
                    running([*command, "-nolisten", "tcp"], pass_fds=[file.fileno()])
                )
            number = _written(process, display)
            own = {"HOME": folder, "DISPLAY": f":{number}", "WEBKIT_INSPECTOR_HTTP_SERVER": self._server}
            environment = self._environment = {**os.environ, **ENVIRONMENT, **own}
            self._process = stack.enter_context(
                # It may be busy with pages, and has nothing to put in order.
                running([self._executable, *FLAGS], env=environment, end_seconds=1)
            )
            self._seen: set[str] = set()
            self._first = WebKitPage(self, self._new_target())
            stack.callback(self._first.close)
            self._exit = stack.pop_all()
        return self

    def open(self, url: str) -> Page:
        self._first.evaluate("void window.open('about:blank', '_blank')")
        page = WebKitPage(self, self._new_target())
        page.go_to(url)
        return page

    def _new_target(self) -> str:
        """The address of a page that has come."""
        opener = build_opener(ProxyHandler({}))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                listed = opener.open(f"http://{self._server}/", timeout=START_SECONDS).read().decode()
            except URLError:
                listed = ""
            new = set(TARGET.findall(listed)) - self._seen
            if new:
                self._seen |= new
                [target] = new
                return f"ws://{self._server}{target}"
            time.sleep(0.02)
        raise BrowserError(f"{self._process.args!r} has no new page")


class WebKitPage(Page):
    def __init__(self, browser: WebKit, address: str) -> None:
        super().__init__(browser, address, address)
        self._exit = ExitStack()
        socket = connect(address, max_size=None, proxy=None, ping_interval=None)
        self._socket = self._exit.enter_context(socket)
        self._number = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self._process = ""
        while not self._process:
            self._receive()

    def go_to(self, url: str) -> None:
        """Begin to load a page; the document that was there is gone at the end."""
        self.evaluate(f"globalThis.before = true; void (location.href = {json.dumps(url)})")
        deadline = time.monotonic() + PAGE_SECONDS
        while url != "about:blank" and self.evaluate("globalThis.before ?? location.href == 'about:blank'"):
            if time.monotonic() > deadline:
                raise BrowserError(f"No answer after {PAGE_SECONDS} seconds: {url}")
            time.sleep(0.02)

    def evaluate(self, expression: str) -> Any:
        if len(expression) > PIECE:
            for start in range(0, len(expression), PIECE):
                piece = json.dumps(expression[start : start + PIECE])
                self._run("Runtime.evaluate", expression=f"void (globalThis.pieces ??= []).push({piece})")
            expression = "(0, eval)(globalThis.pieces.splice(0).join(''))"
        result = self._run("Runtime.evaluate", expression=expression)
        if result.get("className") == "Promise":
            result = self._run("Runtime.awaitPromise", promiseObjectId=result["objectId"], returnByValue=True)
        elif "objectId" in result:
            this = {"objectId": result["objectId"], "functionDeclaration": "function () { return this }"}
            result = self._run("Runtime.callFunctionOn", **this, returnByValue=True)
        return result.get("value")

    def _run(self, method: str, **params: object) -> dict[str, Any]:
        answer = self.call(method, **params)
        result: dict[str, Any] = answer["result"]
        if answer.get("wasThrown"):
            raise BrowserError(str(result.get("description", result.get("value"))))
        return result

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Send one command to the page's process; again, if another one takes over meanwhile."""
        while True:
            process, number = self._process, self._send(method, params)
            while number not in self._answers and process == self._process:
                self._receive()
            if number in self._answers:
                answer = self._answers.pop(number)
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def close(self) -> None:
        self._send("Runtime.evaluate", {"expression": "window.close()"})
        self._exit.close()

    def _send(self, method: str, params: dict[str, Any], process: str = "") -> int:
        self._number += 2
        inner = json.dumps({"id": self._number, "method": method, "params": params})
        target = {"targetId": process or self._process, "message": inner}
        outer = {"id": self._number - 1, "method": "Target.sendMessageToTarget", "params": target}
        self._socket.send(json.dumps(outer))
        return self._number

    def _receive(self) -> None:
        message = json.loads(self._socket.recv(timeout=START_SECONDS))
        params = message.get("params", {})
        if message.get("method") == "Target.targetCreated" and params["targetInfo"]["type"] == "page":
            process = params["targetInfo"]["targetId"]
            for domain in ("Runtime", "Console", "Page", "Network"):
                self._send(f"{domain}.enable", {}, process)
            if not params["targetInfo"].get("isProvisional"):
                self._process = process
        elif message.get("method") == "Target.didCommitProvisionalTarget":
            self._process = params["newTargetId"]
        elif message.get("method") == "Target.dispatchMessageFromTarget":
            said = json.loads(params["message"])
            if "id" in said:
                self._answers[said["id"]] = said
            else:
                self.hear(said["method"], said.get("params", {}))

    def hear(self, event: str, params: dict[str, Any]) -> None:
        if event == "Console.messageAdded" and params["message"]["level"] in {"error", "warning"}:
            message = params["message"]
            self.complaints.append(
                f"{message['source']}: {message['text']} {message.get('url', '')}".rstrip()
            )


def _written(process: subprocess.Popen[bytes], file: Path) -> str:
    """The number of the display, which is written as soon as it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if (text := file.read_text()).endswith("\n"):
            return text.strip()
        time.sleep(0.02)
    raise BrowserError(f"{process.args!r} was not ready in time")
