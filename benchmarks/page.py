"""Page load with preloads, beside the same tree without them, in SystemJS, and as one bundle.

    python benchmarks/page.py [RUNS]

Each answer of the server takes 100 ms longer than it would. Writes docs/page-load.svg.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme
from environment import Environment, Timing
from page_browser import ColdBrowser
from page_plot import plot
from page_trees import BUNDLE, PACKAGES, PRELOADS, SYSTEMJS, TREES, WITHOUT, Tree, make_tree
from report import Report
from support.npm import npm_install

RUNS = 11
LATENCY = 100
#: And what ALPN calls them. Over HTTP/1.1 a browser opens six connections and no more.
PROTOCOLS = {"HTTP/2": "h2", "HTTP/1.1": "http/1.1"}
SERVER = Path(__file__).with_name("page_server.mjs")
PLOT = Path(__file__).parent.parent / "docs" / "page-load.svg"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    groups = {}
    with tempfile.TemporaryDirectory() as temporary:
        scratch, www = Path(temporary, "trees"), Path(temporary, "www")
        node_modules = npm_install(Path(temporary, "npm"), PACKAGES)
        environment = Environment(Path(temporary, "environment"), "hatch-importmap[cli]")
        trees = {name: make_tree(name, scratch, www, node_modules, environment) for name in TREES}
        with serving(www, Path(temporary)) as ports, ColdBrowser() as browser:
            for name, tree in trees.items():
                for protocol in PROTOCOLS:
                    timings = measure(browser, tree, protocol, ports[protocol], runs)
                    report(tree, protocol, timings, deep=name == "synthetic")
                    label = f"{tree.title}\n{tree.modules} modules, {tree.levels} levels\n{protocol}"
                    groups[label] = timings
    plot(PLOT, groups, f"Chromium, {LATENCY} ms of latency added to each answer")
    print(f"Written: {PLOT}")


def measure(browser: ColdBrowser, tree: Tree, protocol: str, port: int, runs: int) -> dict[str, Timing]:
    """Each way of loading in turn, so that what else the machine does meets all of them."""
    quiet = 2 * LATENCY / 1000  # the page, then its modules
    others = {WITHOUT: 1, PRELOADS: 1, SYSTEMJS: 2}  # the page, and SystemJS itself
    found: dict[str, list[float]] = {way: [] for way in tree.pages}
    for run in range(runs + 1):
        for way, path in tree.pages.items():
            requests = 2 if way == BUNDLE else tree.modules + others[way]
            url = f"https://127.0.0.1:{port}{path}"
            milliseconds = browser.measure(url, PROTOCOLS[protocol], requests, quiet)
            if run:  # the first one warms the machine up
                found[way].append(milliseconds)
    return {way: Timing(values) for way, values in found.items()}


def report(tree: Tree, protocol: str, timings: dict[str, Timing], *, deep: bool) -> None:
    """Print a table; only HTTP/2 has limits."""
    size = f"{tree.modules} modules in {tree.levels} levels, {tree.size / 1000:.0f} kB"
    table = Report(f"{tree.title}: {size}; {protocol}", "ms")
    for way, timing in timings.items():
        table.row(way, timing)
    bounded = protocol == "HTTP/2"
    table.ratio("preloads / bundle", timings[PRELOADS], timings[BUNDLE], 1.25 if bounded else None)
    limit = 0.333 if bounded and deep else None
    table.ratio("preloads / without", timings[PRELOADS], timings[WITHOUT], limit)
    table.print()


@contextmanager
def serving(www: Path, scratch: Path) -> Iterator[dict[str, int]]:
    """A server of a folder; its port for each protocol."""
    certificate = trustme.CA().issue_cert("127.0.0.1")
    key, chain = scratch / "key.pem", scratch / "certificate.pem"
    certificate.private_key_pem.write_to_path(str(key))
    certificate.cert_chain_pems[0].write_to_path(str(chain))
    command: list[str | Path] = ["node", SERVER, www, key, chain, str(LATENCY)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("both are pipes")
        ports: dict[str, int] = json.loads(process.stdout.readline())
        try:
            yield ports
        finally:
            process.stdin.close()


if __name__ == "__main__":
    main()
