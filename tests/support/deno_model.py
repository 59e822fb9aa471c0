"""Our algorithms, made to depart from the standards where Deno does: then they give all of Deno's answers.

What a difference comes from is shown so, and not believed. `deno_departures` has an example of each.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import quote_from_bytes, unquote_to_bytes

from importmap import ImportMap, ImportMapError, parse
from importmap._map import url as urls

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What stays as it is in a segment of a path.
KEPT = "!$&'()*+,-.:;=@[]^_|~"

_parse = urls.parse


def resolve(import_map: ImportMap, specifier: str, base: str) -> str | None:
    """A URL, or None where we refuse."""
    try:
        return import_map.resolve(specifier, base=base)
    except ImportMapError:
        return None


class DenoMap:
    """A map as Deno reads it.

    :param text: JSON.
    :param base_url: URL of the map, which is a file. Neither it nor the URL of any module may end in a slash.
    """

    def __init__(self, text: str, base_url: str) -> None:
        with _departing():
            self._map, _ = parse(text, base_url)

    def resolve(self, specifier: str, base: str) -> str | None:
        with _departing():
            url = resolve(self._map, _without_surrogates(specifier), base)
        return url and _through_path(url)


@contextmanager
def _departing() -> Iterator[None]:
    with patch.object(urls, "parse", _parse_like_deno):
        yield


def _parse_like_deno(text: str, base: str | None = None) -> str | None:
    # Of all bases only addresses of prefixes end in a slash.
    url = _append(text, base) if base is not None and base.endswith("/") else _parse(text, base)
    # A path of a file does not begin with empty segments.
    return url and re.sub("^(file://[^/?#]*)//+", r"\1/", url)


def _append(rest: str, address: str) -> str | None:
    """What follows a prefix, appended to its address: by segments, without percent-encoding."""
    rest = unquote_to_bytes(rest).decode(errors="replace")
    root = re.match("[a-z]+:(//[^/]*)?/", address)
    if rest.startswith(("/", "./", "../")) or root is None:
        return _parse(rest, address)
    path, query = re.fullmatch("([^?#]*)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]  # matches anything
    url = max(address[:-1], root[0], key=len)
    for segment in re.sub("[\t\n\r]", "", path).split("/"):
        if segment not in {".", ".."}:
            url += ("/" if len(url) > len(root[0]) else "") + _encode(segment.encode())
    return _parse(query, url) if query else url


def _through_path(url: str) -> str:
    """A file's URL with two slashes in its path becomes a path and a URL again."""
    found = re.match("file://([^/]*)([^?#]*//[^?#]*)", url)
    if found is None:
        return url
    segments = [segment for segment in unquote_to_bytes(found[2]).split(b"/") if segment]
    return f"file://{found[1]}/{'/'.join(map(_encode, segments))}{url[found.end() :]}"


def _encode(segment: bytes) -> str:
    return quote_from_bytes(segment, safe=KEPT)


def _without_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
