"""URLs as browsers parse them (URL Standard), by ada-url. Nothing else here parses URLs."""

from __future__ import annotations

try:
    from ada_url import join_url, normalize_url
except ImportError as error:
    raise ImportError(
        'Import maps are resolved with ada-url: python -m pip install "hatch-importmap[resolve]"'
    ) from error

#: URL Standard, 4.2 "URL miscellaneous".
_SPECIAL_SCHEMES = frozenset(["file", "ftp", "http", "https", "ws", "wss"])


def parse(text: str, base: str | None = None) -> str | None:
    """URL Standard, "URL parser", then "URL serializer".

    :param text: what to parse; a lone surrogate counts as U+FFFD, as in all strings that become bytes.
    :param base: a serialised URL.
    :returns: the serialised URL; None for failure.
    """
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    try:
        return normalize_url(text) if base is None else join_url(base, text)
    except ValueError:
        return None


def parse_specifier(specifier: str, base: str) -> str | None:
    """HTML Standard, "resolve a URL-like module specifier".

    :param specifier: a module specifier, or an address or key of an import map.
    :param base: a serialised URL.
    :returns: the serialised URL; None if the specifier is not like a URL.
    """
    # 1. What begins like a path is a URL beside the base, or none.
    if specifier.startswith(("/", "./", "../")):
        return parse(specifier, base)
    # 2. to 4. Everything else is an absolute URL, or none. That has a colon after its scheme.
    return parse(specifier) if ":" in specifier else None


def is_special(url: str) -> bool:
    """Whether a serialised URL's scheme is one of those of which the path is a list: http, file, …"""
    return url.partition(":")[0] in _SPECIAL_SCHEMES
