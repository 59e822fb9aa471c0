"""The middleware's map is first in the head of any page, as browsers parse it, and changes nothing else."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.html_pages import inserted, pages
from support.profiles import check_seen, number_of_examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.browser import Browser, Page

#: How many pages are asked about at once.
_BATCH = 10

#: Where the map is in a page, and whether the page is what it was when it is taken away.
JUDGE = """(pages => pages.map(([page, content]) => {
    const parse = text => new DOMParser().parseFromString(text, "text/html")
    const there = parse(content)
    const maps = [...there.querySelectorAll('script[type="importmap"]')].filter(each => each.text === "{}")
    const place = maps.map(each => `${each.parentNode.localName} ${each.previousSibling}`).join(", ")
    maps.forEach(each => each.remove())
    there.normalize()
    return [place, there.isEqualNode(parse(page))]
}))"""


@pytest.fixture(scope="module")
def blank(any_browser: Browser) -> Iterator[Page]:
    # WebKit leaves no page for such an address, and Firefox none for the blank one.
    page = any_browser.open("about:blank" if any_browser.name == "WebKit" else "data:text/html,x")
    yield page
    page.close()


def test_any_page(blank: Page) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=max(1, number_of_examples() // _BATCH), suppress_health_check=list(HealthCheck))
    @given(st.lists(pages, min_size=_BATCH, max_size=_BATCH))
    def law(batch: list[bytes]) -> None:
        pairs = [(page, inserted(page)[0]) for page in batch]
        texts = [[each.decode("utf-8-sig") for each in pair] for pair in pairs]
        found = blank.evaluate(f"{JUDGE}({json.dumps(texts)})")
        for pair, said in zip(pairs, found, strict=True):
            is_inserted = pair[0] != pair[1]
            assert said == ["head null" if is_inserted else "", True], pair
            seen["inserted" if is_inserted else "untouched"] += 1

    law()
    check_seen(seen, "inserted", "untouched", least=20)
