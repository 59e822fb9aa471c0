"""URLs that manifests may hold: browsers spell them as they are, so no two of them are one URL."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from support.profiles import check_seen

from importmap._base.grammar import is_https_url
from importmap._map import url as urls

HOSTS = st.lists(
    st.sampled_from(
        ["cdn", "a-b", "-a", "1", "0x7f", "0xg", "255", "256", "01", "xn--bcher-kva", "xn--a", "A", "", "0"]
    ),
    min_size=1,
    max_size=5,
).map(".".join)
PORTS = st.sampled_from(["", ":", ":443", ":80", ":0443", ":8080", ":65535", ":65536", ":0"])
SEGMENTS = st.sampled_from(
    [
        "a.js",
        ".",
        "..",
        "...",
        "%2e",
        "%2E.",
        "%61",
        "%",
        "'",
        "",
        "a:b",
        "@",
        "~",
        "|",
        "^",
        "\\",
        " ",
        "\t",
        "é",
        "..%2f",
    ]
)
PATHS = st.lists(SEGMENTS, max_size=6).map(lambda segments: "".join(f"/{segment}" for segment in segments))
QUERIES = st.sampled_from(["", "?", "?a=b", "?'", "?a/../b", "?%2e", "?a#b", "#", "?a b"])
SCHEMES = st.sampled_from(["HTTPS://", "https:/", "https:", "https:///"])
#: One part or more may be odd; the others are as usual.
SPELLINGS = st.tuples(
    st.just("https://") | SCHEMES,
    st.sampled_from(["cdn.example", "127.0.0.1"]) | HOSTS,
    st.just("") | PORTS,
    st.just("/a.js") | PATHS,
    st.just("") | QUERIES,
).map("".join)


def test_a_url_has_one_spelling() -> None:
    seen = Counter[str]()

    @given(SPELLINGS)
    def holds(text: str) -> None:
        if is_https_url(text):
            seen["URLs"] += 1
            assert urls.parse(text) == text
        else:
            seen["others"] += 1

    holds()
    check_seen(seen, "URLs", "others", least=10)
