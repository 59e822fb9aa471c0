"""The final URLs: which spellings are one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importmap._compose.urls import comparable
from importmap._map import url as urls

SPELLINGS = [
    "https://cdn.example/chart.js",
    "HTTPS://CDN.example:443/chart.js",
    "http://cdn.example:80/chart.js",
    "//cdn.example/chart.js",
    "https://cdn.example/x/../chart.js",
    "https://cdn.example/../chart.js",
    "https://cdn.example/./chart.js",
    "https://cdn.example/x/%2E%2e/chart.js",
    "https://cdn.example/x/y/.%2e/../chart.js",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_address(spelling: str) -> None:
    assert comparable(spelling) == "cdn.example/chart.js"


@pytest.mark.parametrize(
    "other",
    [
        "https://cdn.example/chart.js?",
        "https://cdn.example/Chart.js",
        "https://cdn.example//chart.js",
        "https://cdn.example/x/...chart.js",
        "https://cdn.example/chart.js/..",
        "https://cdn.example/?/../chart.js",
        "/chart.js",
    ],
)
def test_another_address(other: str) -> None:
    assert comparable(other) != "cdn.example/chart.js"


def test_paths_of_the_site() -> None:
    assert comparable("/static/x/../a.js") == "/static/a.js"


@given(st.lists(st.sampled_from(["a", ".", "..", "%2e", "%2E.", "...", "b.js", ""]), min_size=1, max_size=8))
def test_browsers_drop_the_same_segments(segments: list[str]) -> None:
    spelling = "https://h.example/" + "/".join(segments)
    parsed = urls.parse(spelling)
    assert parsed is not None
    assert comparable(spelling) == parsed.removeprefix("https://")
