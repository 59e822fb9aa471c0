"""The demo: print the maps of the two contexts, then serve a page for each, or check both once."""

from __future__ import annotations

import argparse
import contextlib
import socket
import sys
import threading
from typing import TYPE_CHECKING

import check
import uvicorn
import website

import importmap

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> int:
    parser = argparse.ArgumentParser(prog="hatch run demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="load both pages once and say what was wrong")
    parser.add_argument(
        "--port", type=int, help="serve at this port (default: 8000, with --check a free one)"
    )
    options = parser.parse_args()

    for context in website.SCRIPTS:
        print(f"importmap.load([{context!r}]):")
        print(importmap.load([context]).to_json(indent=2), end="\n\n")

    if options.check:
        with listen(options.port or 0) as listener, serve_in_thread(listener) as url:
            return check.run(url)

    with listen(8000 if options.port is None else options.port) as listener:
        for context in website.SCRIPTS:
            print(address(listener, context), flush=True)
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl+C is how it ends
            server().run(sockets=[listener])
    return 0


def listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"{error}\nTry another port, or any free one: hatch run demo --port 0")


def address(listener: socket.socket, path: str) -> str:
    host, port = listener.getsockname()
    return f"http://{host}:{port}/{path}"


def server() -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(website.app, log_level="warning"))


@contextlib.contextmanager
def serve_in_thread(listener: socket.socket) -> Iterator[str]:
    running = server()
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield address(listener, "")
    finally:
        running.should_exit = True
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
