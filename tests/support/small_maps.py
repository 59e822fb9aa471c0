"""Small import maps of few names, so that two of them often meet, and questions to them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

import importmap
from importmap import ImportMap

PAGE = "https://site.example/shop/"

KEYS = ["a", "b", "a/", "a/b", "a/b/", "a/b/c", "/s/m.js", "/s/p/"]
ADDRESSES = ["/s/m.js", "/s/p/n.js", "/t/1.js", "/1", "/2/b", "/2"]
SCOPES = ["/s/", "/s/p/", "/s/p/n.js", "/t/", "/shop/", "/"]
MODULES = ["/s/m.js", "/s/p/n.js", "/s/p/o.js", "/t/1.js", "/u.js", "/shop/"]
NAMES = ["a", "b", "c", "a/x", "a/b", "a/b/x", "a/b/c", "/s/m.js", "/s/p/n.js", "/s/p/x.js"]

addresses = st.sampled_from(ADDRESSES) | st.none()


def tables(size: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(KEYS), addresses, max_size=size).map(
        lambda table: {
            key: value and (value + "/" if key.endswith("/") else value) for key, value in table.items()
        }
    )


maps = st.builds(
    ImportMap,
    tables(4),
    st.dictionaries(st.sampled_from(SCOPES), tables(3), max_size=3),
    st.dictionaries(st.sampled_from(ADDRESSES), st.sampled_from(["sha384-1", "sha384-2"]), max_size=2),
    st.dictionaries(st.sampled_from(ADDRESSES), st.just(["/1"]), max_size=2),
    base_url=st.just(PAGE),
)


def answer(import_map: ImportMap, specifier: str, module: str) -> str:
    """The URL, or the code of the refusal."""
    try:
        return import_map.resolve(specifier, f"https://site.example{module}")
    except importmap.ResolutionError as error:
        return error.diagnostics[0].code


def can_load(import_map: ImportMap, module: str) -> bool:
    """Whether a page with a map may have a module, as far as the map can say: it leads there, or near it."""
    tables = [import_map.imports, *import_map.scopes.values()]
    urls = {url for table in tables for url in table.values() if url is not None}
    places = {*urls, *(scope for scope, table in import_map.scopes.items() if table), "/shop/"}
    folder = module.rpartition("/")[0] + "/"
    return module in places or (module not in SCOPES and any(place.startswith(folder) for place in places))


def is_decided(import_map: ImportMap, specifier: str, module: str) -> bool:
    """Whether the map has a rule for it: without one, a name is unknown, and a URL is itself."""
    return answer(import_map, specifier, module) not in {"IM311", f"https://site.example{specifier}"}
