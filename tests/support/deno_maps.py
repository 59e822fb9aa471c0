"""Import maps for modules in a folder, made with a taste for trouble."""

from __future__ import annotations

from random import Random

from importmap._map import url as urls
from support.deno_process import MODULE

#: The files of the modules below the folder of one map.
FILES = ("main.js", "app/a.js", "app/deep/b.js", "a b/é.js", "other/A.js")
#: Their URLs beside the map's; some have several.
MODULES = (
    "main.js",
    "app/a.js",
    "app/a.js?v=1",
    "app/deep/b.js",
    "app/deep/b.js#c",
    "a%20b/%C3%A9.js",
    "other/%41.js",
)
#: A module that has no folder: nothing is relative to it.
DATA = "data:text/javascript," + MODULE.strip().replace(" ", "%20")

WORDS = ("a", "b", "ab", "@s", "a.js", "é", "%41", "%2e%2e", "a b", "..", ".", "", "A", "1", "c", "ü\u0301")
TAILS = ("", "", "?q", "#f", "?%41/../", "/", "//", "/../", "/%2E./", "\\..\\", " ", "\n", "/\ud800")
BELOW = ("a", "b.js", "x/y", "é?a b", "a#b", "./c", "../c")
ABSOLUTE = (
    "https://x.example/",
    "HTTPS://X.example:443/a/../",
    "http://x.example:8080/",
    "ws:/x/",
    "ftp://x/",
)
OPAQUE = ("data:text/", "data:,", "blob:https://x.example/", "mailto:a", "a:b/", "foo://x/")
ODD = ("", " ", "#a", "?a", "//x.example/", "\\a", "https://%/", "https://x:99999/", "a\tb", "./a\\b", ":")


class Maker:
    """Maps, and what to resolve with them.

    :param folder: URL of the map's folder.
    """

    def __init__(self, random: Random, folder: str) -> None:
        self._random = random
        self._folder = folder
        self._map = f"{folder}/map.json"

    def path(self) -> str:
        words = self._random.choices(WORDS, k=self._random.randint(1, 3))
        return "/".join(words) + self._random.choice(("", "", "/"))

    def url_like(self) -> str:
        begin = self._random.choice(("./", "./", "../", "/", f"{self._folder}/", *ABSOLUTE, *OPAQUE))
        return begin + self.path()

    def key(self) -> str:
        kind = self._random.random()
        return self.path() if kind < 0.5 else self.url_like() if kind < 0.95 else self._random.choice(ODD)

    def address(self, key: str) -> object:
        kind = self._random.random()
        if kind < 0.1:
            return self._random.choice((None, None, 1, True, [], "bare", "https://%"))
        address = self.url_like()
        return address if address.endswith("/") or not key.endswith("/") or kind > 0.95 else f"{address}/"

    def specifier_map(self, keys: list[str]) -> dict[str, object]:
        chosen = {*self._random.choices(keys, k=self._random.randint(0, 12))}
        return {key: self.address(key) for key in sorted(chosen) if not self.is_prefix_in_disguise(key)}

    def is_prefix_in_disguise(self, key: str) -> bool:
        """Whether it ends in a slash only as a URL: its address need not, and then Deno ends itself."""
        url = urls.parse_specifier(key, self._map) or key
        return url.endswith("/") and not key.endswith("/")

    def scope(self) -> str:
        module = self._random.choice(MODULES)
        of_module = (f"./{module}", module, f"{self._folder}/{module}", module.rpartition("/")[0] + "/", DATA)
        others = ("", "./", "../", "/", "app", "app/", "app/../app/deep/", "data:", "file:")
        return self._random.choice((*of_module, *others, self.path(), self.url_like()))

    def document(self, keys: list[str]) -> dict[str, dict[str, object]]:
        scopes = {self.scope() for _ in range(self._random.randint(0, 8))}
        return {
            "imports": self.specifier_map(keys),
            "scopes": {scope: self.specifier_map(keys) for scope in sorted(scopes)},
        }

    def specifier(self, keys: list[str]) -> str:
        kind = self._random.random()
        if kind < 0.2:
            return self._random.choice(keys)
        if kind < 0.5:
            return self._random.choice(keys) + self._random.choice(BELOW)
        if kind < 0.6:
            return self._random.choice(keys) + self.path()
        return self.key() + self._random.choice(TAILS)
