"""Chromium that opens each page cold, and says when the page's entry has run."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from support.browser import Browser, BrowserError, Page, find_chromium

#: In which the processes of a new tab come to rest.
REST_SECONDS = 0.4
#: How the page and all that it has fetched came.
PROTOCOLS = """
["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
  .filter((entry) => !entry.name.startsWith("data:")).map((entry) => entry.nextHopProtocol)
"""


class ColdBrowser(Browser):
    """One Chromium for many pages. None finds anything that another one left: no cache and no connection."""

    def __init__(self) -> None:
        executable = find_chromium()
        if executable is None:
            sys.exit("no Chromium found on PATH")
        super().__init__(executable)

    def measure(self, url: str, protocol: str, requests: int, quiet: float) -> float:
        """Load a page; the milliseconds from the start of the navigation until its entry had run.

        :param protocol: how everything has to come, as ALPN calls it.
        :param requests: how many there have to be, the page included.
        :param quiet: the seconds in which it cannot be ready, and is not asked.
        """
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, target)
        for domain in ("Runtime", "Log"):
            page.call(f"{domain}.enable")
        # The certificate of the server is its own.
        page.call("Security.setIgnoreCertificateErrors", ignore=True)
        time.sleep(REST_SECONDS)
        page.call("Page.navigate", url=url)
        time.sleep(quiet)
        milliseconds = float(page.wait_for("globalThis.executed"))
        came = page.evaluate(PROTOCOLS)
        if page.complaints or came != [protocol] * requests:
            what = f"{len(came)} of {requests} requests, by {set(came)}; {page.complaints}"
            raise BrowserError(f"{url}: {what}")
        self.call("Target.disposeBrowserContext", browserContextId=context)
        return milliseconds
