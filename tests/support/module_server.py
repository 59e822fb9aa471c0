"""A local server that says what is asked for, and holds an answer back until something else was asked for."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from urllib.parse import urlsplit

TYPES = {
    "": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
}

#: How long to wait for a request that has to come.
REQUEST_SECONDS = 15

#: Without it a browser asks for an icon.
NO_ICON = '<link rel="icon" href="data:,">'


class Server(ThreadingHTTPServer):
    """Serves texts by URL. All names below ``localhost`` lead here, each with connections of its own."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.texts: dict[str, str] = {}
        #: Further headers of the answer, by URL.
        self.headers: dict[str, dict[str, str]] = {}
        #: URL -> what has to be asked for before it is answered.
        self.holds: Mapping[str, Collection[str]] = {}
        #: ``("request", URL)`` and ``("answer", URL)``, as they happened.
        self.log: list[tuple[str, str]] = []
        self._changed = threading.Condition()

    def url(self, path: str, host: str = "localhost") -> str:
        return f"http://{host}:{self.server_port}{path}"

    def answer(self, url: str) -> str | None:
        """The text at a URL, when its time has come."""
        with self._changed:
            self.log.append(("request", url))
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._have_asked(self.holds.get(url, ())))
            self.log.append(("answer", url))
            return self.texts.get(url)

    @property
    def asked(self) -> list[str]:
        """The URLs that were asked for, in order, as often as they were."""
        return [url for event, url in self.log if event == "request"]

    def wait_for(self, urls: Collection[str]) -> None:
        """Wait until all of some URLs have been asked for."""
        with self._changed:
            came = self._changed.wait_for(lambda: self._have_asked(urls), timeout=REQUEST_SECONDS)
        assert came, f"not asked for: {set(urls).difference(self.asked)}"

    def _have_asked(self, urls: Collection[str]) -> bool:
        return set(urls).issubset(self.asked)

    def release(self, urls: Collection[str]) -> None:
        """Answer what is held back."""
        with self._changed:
            self.holds = {url: others for url, others in self.holds.items() if url not in urls}
            self._changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:  # the base class names it
        url = f"http://{self.headers['Host']}{self.path}"
        text = self.server.answer(url)
        body = (text or "").encode()
        self.send_response(404 if text is None else 200)
        self.send_header("Content-Type", TYPES[PurePosixPath(urlsplit(self.path).path).suffix])
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        for name, value in self.server.headers.get(url, {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.release(list(server.holds))
            server.shutdown()
            thread.join()
