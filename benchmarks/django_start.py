"""What a process has to do once: find the packages, make the map, and keep it."""

from __future__ import annotations

from pathlib import Path

from django_folder import APPS, CONTEXTS, ENTRIES, OURS, setup
from environment import Environment
from report import Report

# In a bare interpreter, as a server's process is: what the map alone needs counts, too.
SERVE = """
import time
from wsgiref.util import setup_testing_defaults
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
environ = {}
setup_testing_defaults(environ)
start = time.perf_counter()
body = b"".join(application(environ, lambda *answer: None))
print((time.perf_counter() - start) * 1000)
assert b"/static/package0/style." in body, body
assert (b"module7" in body) == (os.environ["PAGE"] == "first.html"), body
"""
URL = f"""
import time
from django.contrib.staticfiles.storage import staticfiles_storage
staticfiles_storage.url("package0/style.css")
paths = {list(ENTRIES.values())!r}
start = time.perf_counter()
for path in paths: staticfiles_storage.url(path)
print((time.perf_counter() - start) / len(paths) * 1e6)
"""
MEMORY = f"""
import gc, tracemalloc
import importmap
importmap.load(["admin"]).render()
gc.collect()
tracemalloc.start()
for number in range({CONTEXTS}): importmap.load([f"part{{number}}"]).render()
gc.collect()
print(tracemalloc.get_traced_memory()[0] / 1000)
"""


def first_request(environment: Environment, site: Path) -> None:
    report = Report(f"The first request of a process: {APPS} installed apps, {len(ENTRIES)} entries", "ms")
    codes = [setup(OURS, "first.html") + SERVE, setup("", "nothing.html") + SERVE]
    ours, without = (environment.measure(code, path=site) for code in codes)
    report.row("the request, with the map", ours)
    report.row("the request, without", without)
    processes = [environment.measure_process(code.replace("print(", "("), path=site) for code in codes]
    report.row("the whole process, with the map", processes[0])
    report.row("the whole process, without", processes[1])
    report.limit("the request with the map, above the other", ours.less(without), 10.0)
    report.print()


def one_url(environment: Environment, site: Path) -> None:
    report = Report("What the storage takes for one file", "µs")
    report.row("storage.url(path)", environment.measure(setup() + URL, path=site))
    report.print()


def memory(environment: Environment, site: Path) -> None:
    report = Report(f"Memory of the maps of {CONTEXTS} contexts, {len(ENTRIES)} entries each", "kB")
    report.row("as tracemalloc counts it", environment.measure(setup(OURS) + MEMORY, path=site, times=1))
    report.print()
