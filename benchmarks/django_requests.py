"""Printing the map for each request, beside others who print the same one."""

from __future__ import annotations

from pathlib import Path

from django_folder import ENTRIES, OURS, PACKAGES, setup
from environment import Environment, Timing
from report import Report

# The requests are made before, because to make one costs more than what is measured; and they are
# frozen, so that the garbage collector does not look at thousands of them over and over. The first
# ones warm the process up.
PAGE = """
import gc, time
from django.http import HttpRequest
from django.template.loader import get_template
requests = [HttpRequest() for _ in range({times} * 2)]
for request in requests:
    request.csp_nonce = "aGVsbG8"
template, context = get_template({page!r}), {{}}
{before}
text = template.render(context, requests.pop())
assert {page!r} == "empty.html" or "package0/module7." in text, text
for _ in range({times} - 1): template.render(context, requests.pop())
gc.collect()
gc.freeze()
start = time.perf_counter()
for request in requests: template.render(context, request)
print((time.perf_counter() - start) / {times} * 1e6)
"""
# One media for each package, added to each other for each form, as Django does.
JS_ASSET = f"""
from functools import reduce
from operator import add
from js_asset import ImportMap, Media, static_lazy
media = [
    Media(importmap=ImportMap({{name: static_lazy(path) for name, path in entries.items()}}))
    for entries in {list(PACKAGES.values())!r}
]
context["media"] = lambda: reduce(add, media).with_nonce("aGVsbG8")
"""
ALONE = """
import time
import importmap
importmap.load(["admin"]).render({"nonce": "warm"})
start = time.perf_counter()
for _ in range(20_000): importmap.load(["admin"]).render(attrs={"nonce": "aGVsbG8"})
print((time.perf_counter() - start) / 20_000 * 1e6)
"""


def beside_js_asset(environment: Environment, site: Path) -> None:
    report = Report(f"Each request: {len(ENTRIES)} entries and a nonce, through a Django template", "µs")
    empty = rendering(environment, site, "empty.html")
    ours = rendering(environment, site, "importmap.html", apps=OURS)
    theirs = rendering(environment, site, "js_asset.html", before=JS_ASSET, times=200)
    alone = environment.measure(setup(OURS) + ALONE, path=site, times=10)
    report.row("an empty template", empty)
    report.row('importmap: {% importmap "admin" %}', ours)
    report.row("importmap: load(...).render(attrs=...) alone", alone)
    report.row("django-js-asset: {{ media }}", theirs)
    report.ratio('{% importmap "admin" %} / django-js-asset', ours, theirs, 1 / 50)
    report.ratio("the same, both above an empty template", ours.less(empty), theirs.less(empty))
    report.ratio("load(...).render(attrs=...) / django-js-asset", alone, theirs, 1 / 100)
    report.print()


def beside_pyesm(environment: Environment, site: Path) -> None:
    version = environment.run("import platform; print(platform.python_version())")
    report = Report(f"The same beside pyesm, which prints no nonce; all of it on Python {version}", "µs")
    empty = rendering(environment, site, "empty.html")
    ours = rendering(environment, site, "importmap.html", apps=OURS)
    theirs = rendering(environment, site, "pyesm.html", apps="pyesm.contrib.django")
    report.row("an empty template", empty)
    report.row('importmap: {% importmap "admin" %}', ours)
    report.row("pyesm: {% pyesm_importmap %}", theirs)
    report.ratio('{% importmap "admin" %} / pyesm', ours, theirs)
    report.print()


def rendering(
    environment: Environment, site: Path, page: str, *, apps: str = "", before: str = "", times: int = 5000
) -> Timing:
    """One template, rendered for one request after the other."""
    code = setup(apps) + PAGE.format(times=times, page=page, before=before)
    return environment.measure(code, path=site, times=20)
