"""What must hold for any import map, any base and any specifier, however they were made up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import importmap
from importmap import ConflictError, ImportMap, ImportMapError
from importmap._map import url as urls

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

BASES = ("https://site.example/app/index.html", "file:///srv/a/b.html", "data:text/html,", "https://x/a/")
FRAGMENTS = (
    *(
        "a",
        "b",
        "a/",
        "b/",
        "./",
        "../",
        "/",
        "//",
        ".",
        "..",
        "\\",
        ":",
        "?q",
        "#f",
        "@s/",
        "%2e",
        "%2E%2e/",
        "%",
    ),
    *("é", "ü\u0301", "\ud800", "\udc00", "\x00", " ", "\n", "__proto__", "c:", "c|/", "xn--", "https:"),
    *(
        "https://x/",
        "HTTPS://X/",
        "x:80/",
        "http://[::1]/",
        "file:///",
        "data:",
        "data:text/",
        "blob:https://x/",
    ),
    *("foo://h/", "mailto:a"),
)
ODD_VALUES: tuple[Any, ...] = (None, 1, 1.5, True, [], {}, [None], {"a": None})
TOP_LEVEL = ("imports", "scopes", "integrity", "depcache", "isolatedScopes", "__proto__", "unknown")


class Source(Protocol):
    """Where decisions come from: from bytes that a fuzzer improves, or from chance."""

    def integer(self, low: int, high: int) -> int:
        """A number between two, which may be it."""

    def text(self, longest: int) -> str:
        """Any characters, lone surrogates among them."""


class Chance:
    def __init__(self, random: Random) -> None:
        self._random = random

    def integer(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def text(self, longest: int) -> str:
        width = self._random.choice((0x7F, 0xFFFF, 0x10FFFF))
        return "".join(chr(self._random.randint(0, width)) for _ in range(self._random.randint(0, longest)))


class Maker:
    """Texts of import maps, and what to resolve with them.

    All strings come from a few, so that keys, prefixes, scopes, bases and specifiers meet.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._pool = [self._new_string() for _ in range(source.integer(1, 6))]

    def flag(self, one_in: int = 2) -> bool:
        return self._source.integer(1, one_in) == 1

    def pick(self, values: Sequence[Any]) -> Any:
        return values[self._source.integer(0, len(values) - 1)]

    def _new_string(self) -> str:
        pieces = range(self._source.integer(0, 4))
        return "".join(self._source.text(4) if self.flag(8) else self.pick(FRAGMENTS) for _ in pieces)

    def string(self) -> str:
        """One of the few, sometimes with something before or after it."""
        string: str = self.pick(self._pool)
        kind = self._source.integer(0, 7)
        return (
            string + self.pick(FRAGMENTS)
            if kind < 2
            else self.pick(FRAGMENTS) + string
            if kind < 4
            else string
        )

    def base(self) -> str:
        return self.string() if self.flag(8) else self.pick(BASES) + (self.string() if self.flag(3) else "")

    def address(self) -> object:
        if self.flag(8):
            return self.pick(ODD_VALUES)
        return self.string() + ("/" if self.flag(3) else "")

    def names(self) -> dict[str, object]:
        return {self.string(): self.address() for _ in range(self._source.integer(0, 5))}

    def section(self, name: str) -> object:
        if self.flag(32):
            return self.pick(ODD_VALUES)
        if name == "scopes":
            return {self.string(): self.names() for _ in range(self._source.integer(0, 3))}
        if name == "depcache":
            edges = range(self._source.integer(0, 3))
            return {key: [self.string() for _ in edges] for key in self.names()}
        return self.flag() if name == "isolatedScopes" else self.names()

    def map_text(self) -> str:
        """JSON of an import map, or what is left of it when a few characters are replaced."""
        if self.flag(16):
            return self._source.text(64)
        present = [name for name in TOP_LEVEL if self.flag()]
        text = json.dumps({name: self.section(name) for name in present}, ensure_ascii=self.flag())
        for _ in range(self._source.integer(1, 3) if self.flag(8) else 0):
            start = self._source.integer(0, len(text))
            end = start + self._source.integer(0, 4)
            piece = self.pick(
                (",", ":", '"', "{", "}", "[", "]", '"a":1,', '"a/":{},', "\\ud800", "NaN", "", " ")
            )
            text = text[:start] + piece + text[end:]
        return text


def check(source: Source) -> bool:
    """Whether there was a map to look at. Any exception is a bug, and so is a failed assertion."""
    maker = Maker(source)
    base = maker.base()
    extensions = maker.flag()
    try:
        page, problems = importmap.parse(maker.map_text(), base, extensions=extensions)
    except ImportMapError as error:
        str(error).encode()
        return False
    for problem in problems:
        str(problem).encode()
    check_json(page, base, extensions=extensions)
    imports = [(maker.string(), base if maker.flag() else maker.base()) for _ in range(source.integer(1, 4))]
    imports += [(name, base) for name in [*page.imports][: source.integer(0, 2)]]
    found = [check_resolution(page, specifier, referrer) for specifier, referrer in imports]
    # What is no absolute URL imports nothing: the functions that take many imports refuse it at once.
    valid = [(pair, url) for pair, url in zip(imports, found, strict=True) if urls.parse(pair[1]) is not None]
    check_normal_form(page, [pair for pair, _ in valid])
    check_graph(page, imports)
    try:
        other, _ = importmap.parse(
            maker.map_text(), base if maker.flag() else maker.base(), extensions=extensions
        )
        check_extension(page, other, dict(valid))
        page.extend(other, resolved=imports)
    except ImportMapError as error:
        str(error).encode()
    return True


def resolve(import_map: ImportMap, specifier: str, base: str) -> str | None:
    try:
        return import_map.resolve(specifier, base=base)
    except ImportMapError as error:
        str(error).encode()
        return None


def check_json(page: ImportMap, base: str, *, extensions: bool) -> None:
    """What is printed is the same map, and so is what is printed then."""
    text = page.to_json(extensions=extensions)
    again, _ = importmap.parse(text, base, extensions=extensions)
    assert again == page, "parse(to_json(m)) != m"
    assert again.to_json(extensions=extensions) == text


def check_resolution(page: ImportMap, specifier: str, base: str) -> str | None:
    """It is a function: of the map's value, and not of what was asked before."""
    url = resolve(page, specifier, base)
    assert resolve(page, specifier, base) == url, "resolve is not a function"
    assert page.base_url is not None
    assert resolve(page.with_base_url(page.base_url), specifier, base) == url, (
        "resolve is not a function of the map"
    )
    try:
        closure = page.closure(specifier, base)
    except ImportMapError as error:
        str(error).encode()
    else:
        assert closure[0] == url
        assert len(set(closure)) == len(closure)
    return url


def check_normal_form(page: ImportMap, imports: list[tuple[str, str]]) -> None:
    """The normal form resolves like the map, unless no text has it: a prefix has an address that is none.

    The standard looks whether a key ends in "/" before it becomes a URL, and "./a/." does so only then.
    """
    normal = page.normalize()
    tables = (normal.imports, *normal.scopes.values())
    if any(
        key.endswith("/") and url and not url.endswith("/") for table in tables for key, url in table.items()
    ):
        return
    assert normal.normalize() == normal
    for specifier, base in imports:
        assert resolve(normal, specifier, base) == resolve(page, specifier, base), (
            "another map in its normal form"
        )


def check_graph(page: ImportMap, imports: list[tuple[str, str]]) -> None:
    graph = {base: [specifier] for specifier, base in imports}
    try:
        for problem in importmap.check_isolation(page, graph):
            str(problem).encode()
        importmap.worker_imports(page, imports[0][1], graph)
    except ImportMapError as error:
        str(error).encode()


def check_extension(page: ImportMap, other: ImportMap, found: dict[tuple[str, str], str | None]) -> None:
    """What a page has resolved stays as it is, whatever map comes to it."""
    merged, dropped = page.extend(other, resolved=found)
    assert page.base_url is not None
    # Beside another base some keys are URLs that are none here, which no text says.
    printed = merged.with_base_url(page.base_url) if page.base_url == other.base_url else merged
    for problem in dropped:
        str(problem).encode()
    for (specifier, base), url in found.items():
        assert url is None or resolve(merged, specifier, base) == url, "extend changes a resolution"
        assert resolve(printed, specifier, base) == resolve(merged, specifier, base), (
            "extend says what it does not do"
        )
    try:
        strict, _ = page.extend(other, resolved=found, strict=True)
    except ConflictError as error:
        str(error).encode()
    else:
        assert strict == merged
