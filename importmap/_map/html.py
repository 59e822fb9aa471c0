"""Import maps as JSON and as HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache

from importmap._base.public import public

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What may not stand in a script element. All of it can only occur inside JSON strings,
#: where an escape means the same. U+2028 and U+2029 are escaped with all non-ASCII.
_SCRIPT_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
#: HTML Standard, 13.1.2.3 "Attributes".
_ATTRIBUTE_NAME = r"[^\x00-\x20\x7f-\x9f\"'>/=<&\ufdd0-\ufdef]+"
#: A URL with a host, whose modules are fetched from another origin.
_HAS_HOST = r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//"


@public
class Html(str):
    """Markup that templates print as it is: Django, Jinja and MarkupSafe ask for `__html__`."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def to_text(sections: Mapping[str, Mapping[str, Any]], indent: int | None = None) -> str:
    """The JSON of an import map: sorted and ASCII, the same bytes whatever the page's encoding."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(sections, indent=indent, separators=separators, sort_keys=True)


def script_text(text: str) -> str:
    """JSON as the content of a script element, which nothing in it can end."""
    for character, escape in _SCRIPT_ESCAPES.items():
        text = text.replace(character, escape)
    return text


def attributes(attrs: Mapping[str, object]) -> str:
    """HTML attributes, each after a space.

    :param attrs: names and values: None and False leave an attribute out, True prints
        its name alone, everything else is printed as its `str()`. Values are never
        truth-tested: a lazy nonce may be falsy until it is read.
    :raises ValueError: for a name that HTML does not allow.
    """
    text = ""
    for name, value in attrs.items():
        if not _is_attribute(name):
            raise ValueError(f"{name!r} cannot be the name of an HTML attribute")
        if value is True:
            text += f" {name}"
        elif value is not None and value is not False:
            text += f' {name}="{_escaped(str(value))}"'
    return text


def _escaped(text: str) -> str:
    """What `html.escape` makes of a text, without the import, which costs more than that at each request."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#x27;")


@lru_cache(maxsize=64)
def _is_attribute(name: str) -> bool:
    return re.fullmatch(_ATTRIBUTE_NAME, name) is not None


def preload_links(urls: list[str], integrity: Mapping[str, str], attrs: Mapping[str, object]) -> str:
    """`<link rel="modulepreload">` for JavaScript modules, each with the map's own integrity.

    :param urls: what to preload, in order.
    :param integrity: the map's integrity, by URL. A link and a map that disagree make
        browsers fetch twice or refuse the module.
    :param attrs: the attributes of the map's tag; links share its nonce.
    """
    lines = []
    for url in urls:
        link: dict[str, object] = {"rel": "modulepreload", "href": url}
        if url in integrity:
            link["integrity"] = integrity[url]
        if has_host(url):
            link["crossorigin"] = "anonymous"
        if "nonce" in attrs:
            link["nonce"] = attrs["nonce"]
        lines.append(f"\n<link{attributes(link)}>")
    return "".join(lines)


def has_host(url: str) -> bool:
    """Whether a URL names its host, so that its module is fetched from another origin."""
    return re.match(_HAS_HOST, url) is not None


def is_javascript(url: str) -> bool:
    """Whether a URL may lead to JavaScript: many of them end in no suffix at all."""
    return not url.partition("?")[0].partition("#")[0].endswith((".css", ".json", ".wasm"))
