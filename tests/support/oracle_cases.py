"""Import maps, and what modules ask of them, made up with a taste for trouble.

A seed and a number make a case, always the same. The parts of a case come from a small pool of names and URLs
of its own, each written in many ways, so that keys meet specifiers and rules meet one another.
"""

from __future__ import annotations

import json
import re
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from support.oracle_pools import (
    BROKEN_MAPS,
    DATA_MODULES,
    DETOURS,
    FILES,
    FOLDERS,
    JUNK,
    LONE_SURROGATES,
    MARKS,
    NAMES,
    NOT_STRINGS,
    ODD_CHARACTERS,
    ODD_PAGES,
    ORIGINS,
    OTHER_MEMBERS,
    PORTS,
    RESTS,
    URLS_WITHOUT_HOST,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Map(NamedTuple):
    """An import map script on a page whose base URL is `base`."""

    text: str
    base: str


class Ask(NamedTuple):
    """What a module at `base` resolves, one specifier after the other."""

    base: str
    specifiers: tuple[str, ...]


#: What happens on one page, in this order.
Case = tuple["Map | Ask", ...]


def case(seed: int, number: int) -> Case:
    return _Maker(Random(f"{seed}/{number}")).case()


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        origins = [random.choice(ORIGINS) for _ in range(2)]
        self.pages = [self.page(origins) for _ in range(3)]
        self.names = random.sample(NAMES, 6)
        self.urls = [self.url(origins) for _ in range(6)]
        self.keys: list[str] = []

    def case(self) -> Case:
        """A map and much that is asked of it; or two or three, and what was asked in between asked again."""
        maps = [self.map() for _ in range(1 if self.chance(0.7) else self.random.randint(2, 3))]
        before: list[Map | Ask] = []
        for one in maps[:-1]:
            before += [one, *(self.ask(module, self.random.randint(1, 4)) for module in self.modules(2))]
        again = [step for step in before if isinstance(step, Ask)]
        ask = self.ask_everything if before else self.ask
        return *before, maps[-1], *again, *(ask(module, 12) for module in self.modules(3))

    def map(self) -> Map:
        page = self.random.choice(self.pages)
        if self.chance(0.015):
            return Map(self.random.choice(BROKEN_MAPS), page)
        members = []
        if self.chance(0.95):
            members.append(f'"imports": {self.table(page, self.random.randint(1, 9))}')
        if self.chance(0.7):
            scopes = [
                f"{self.text(self.scope(page))}: {self.table(page, self.random.randint(0, 5))}"
                for _ in range(self.random.randint(1, 4))
            ]
            members.append(f'"scopes": {self.object(scopes)}')
        if self.chance(0.1):
            members.append(self.random.choice(OTHER_MEMBERS))
        self.random.shuffle(members)
        return Map(self.object(members), page)

    def table(self, page: str, size: int) -> str:
        return self.object([self.entry(page) for _ in range(size)])

    def entry(self, page: str) -> str:
        target = self.target()
        self.keys.append(target)
        key = self.spelled(target, page)
        value = self.random.choice(NOT_STRINGS) if self.chance(0.06) else self.text(self.address(key, page))
        return f"{self.text(key)}: {value}"

    def address(self, key: str, page: str) -> str:
        if self.chance(0.04):
            return self.random.choice(JUNK + NAMES)
        if self.chance(0.05):
            return self.random.choice(URLS_WITHOUT_HOST)
        address = self.spelled(self.random.choice(self.urls), page)
        if key.endswith("/") and not address.endswith("/") and self.chance(0.9):
            address += "/"
        return address

    def scope(self, page: str) -> str:
        if self.chance(0.1):
            return self.random.choice(NAMES + JUNK + DATA_MODULES)
        module = self.random.choice(self.pages)
        if self.chance(0.75):  # a folder above
            module = module[: self.random.choice([at.end() for at in re.finditer("/", module)] or [None])]
        return self.spelled(module, page)

    def modules(self, count: int) -> list[str]:
        modules = [self.random.choice(self.pages) for _ in range(count)]
        if self.chance(0.06):
            modules[0] = self.random.choice(DATA_MODULES)
        return modules

    def ask(self, module: str, count: int) -> Ask:
        specifiers = dict.fromkeys(self.specifier(module) for _ in range(2 * count))
        return Ask(module, tuple(specifiers)[:count])

    def ask_everything(self, module: str, count: int) -> Ask:
        """The keys of all maps, so that it is seen which of them the page has, and more."""
        rest = ["", self.random.choice(RESTS)]
        keys = [key + self.random.choice(rest) if key.endswith("/") else key for key in self.keys]
        return Ask(module, tuple(dict.fromkeys([*keys, *self.ask(module, count).specifiers])))

    def specifier(self, module: str) -> str:
        if self.chance(0.05):
            return self.random.choice(JUNK)
        target = self.random.choice(self.keys) if self.keys and self.chance(0.9) else self.target()
        if target.endswith(("/", ":")) and self.chance(0.9):
            target += self.random.choice(RESTS)
        specifier = self.spelled(target, module)
        if self.chance(0.003):
            at = self.random.randint(0, len(specifier))
            specifier = specifier[:at] + self.random.choice(LONE_SURROGATES) + specifier[at:]
        return specifier

    def target(self) -> str:
        """A bare name or an absolute URL of this case."""
        if self.chance(0.03):
            return self.random.choice(URLS_WITHOUT_HOST)
        if self.chance(0.02):
            return self.random.choice(JUNK)
        return self.random.choice(self.names if self.chance(0.5) else self.urls)

    def page(self, origins: Sequence[str]) -> str:
        if self.chance(0.1):
            return self.random.choice(ODD_PAGES)
        return self.random.choice(origins) + self.random.choice(FOLDERS) + self.random.choice(FILES)

    def url(self, origins: Sequence[str]) -> str:
        """Mostly what is beside or below a page, and mostly a folder or a plain file."""
        if self.chance(0.5):
            above = re.sub(r"[^/]*([?#].*)?$", "", self.random.choice(self.pages))
        else:
            above = self.random.choice(origins) + self.random.choice(FOLDERS)
        return above + self.random.choice(["", "", "", "a/", "a/b/", "x.js", "a/x.js", *FILES])

    def spelled(self, target: str, base: str) -> str:
        """One of the many ways to write a bare name or an absolute URL."""
        if match := re.match(r"([a-z]+:)(//[^/?#]*)(/[^?#]*)(.*)", target, re.DOTALL):
            scheme, host, path, more = match.groups()
            folder = re.sub(r"[^/]*([?#].*)?$", "", base)
            way = self.random.random()
            if base.startswith(f"{scheme}{host}/") and way < 0.7:
                if way < 0.35 and target.startswith(folder):
                    target = f"./{target.removeprefix(folder)}"
                elif way < 0.45:
                    target = "../" * (folder.count("/") - 3) + f"{path}{more}".removeprefix("/")
                    target = target if target.startswith("../") else f"./{target}"
                else:
                    target = path + more
            elif way < 0.05 and base.startswith(scheme):
                target = target.removeprefix(scheme)
        for _ in range(self.random.choice((0, 0, 0, 0, 0, 0, 1, 1, 2) if match else (0,) * 12 + (1,))):
            target = self.disguised(target)
        return self.damaged(target) if self.chance(0.03) else target

    def disguised(self, target: str) -> str:
        """What a URL parser takes for the same, if it is a URL; else another name."""
        way = self.random.randrange(8)
        slashes = [slash.end() for slash in re.finditer(r"(?<![/:])/(?!/)", target)]
        if way < 4 and slashes:
            at = self.random.choice(slashes)
            if way < 3:
                return target[:at] + self.random.choice(DETOURS) + target[at:]
            return f"{target[: at - 1]}\\{target[at:]}"
        if way < 5:
            at = self.random.randint(0, len(target))
            return target[:at] + self.random.choice("\t\n\r") + target[at:]
        if way == 5:
            return self.random.choice((f" {target}", f"{target} ", f"\x00{target}\x1f"))
        if way == 6:
            target = re.sub(r"^(https?)(://[^/:]*)(?=/)", lambda it: it[0] + PORTS[it[1]], target)
            return re.sub(r"^[a-z]+:(//[^/]*)?", lambda it: it[0].swapcase(), target)
        return target.replace("xn--bcher-kva", "bücher").replace("%C3%A9", "é").replace("%20", " ")

    def damaged(self, target: str) -> str:
        at = self.random.randint(0, len(target))
        before, it, after = target[:at], target[at : at + 1], target[at + 1 :]
        percent = f"%{ord(it or 'x') & 255:02x}"
        marks = [self.random.choice(MARKS) + it, self.random.choice(ODD_CHARACTERS) + it]
        return before + self.random.choice(["", it * 2, it.swapcase(), percent, *marks]) + after

    def text(self, value: str) -> str:
        """A JSON string."""
        if self.chance(0.0002):
            value += self.random.choice(LONE_SURROGATES)
        text = json.dumps(value, ensure_ascii=self.chance(0.5))
        return text.replace("/", "\\/") if self.chance(0.05) else text

    def object(self, members: Sequence[str]) -> str:
        return f"{{{', '.join(members)}}}"

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability


def smaller(one: Case, wanted: Callable[[Case], bool]) -> Case:
    """A case of the same kind from which nothing can be left out."""
    while less := next(filter(wanted, _less(one)), None):
        one = less
    return one


def _less(one: Case) -> Iterator[Case]:
    """The case without one of its steps, specifiers, or members of its maps."""
    for at, step in enumerate(one):
        before, after = one[:at], one[at + 1 :]
        yield before + after
        if isinstance(step, Ask):
            if len(step.specifiers) > 1:
                for specifier in step.specifiers:
                    yield *before, Ask(step.base, (specifier,)), *after
                for specifier in step.specifiers:
                    others = tuple(other for other in step.specifiers if other != specifier)
                    yield *before, Ask(step.base, others), *after
        else:
            for text in _shorter(step.text):
                yield *before, Map(text, step.base), *after


class _Members(list["tuple[str, object]"]):
    """A JSON object in which a key may stand more than once."""


def _shorter(text: str) -> Iterator[str]:
    try:
        value = json.loads(text, object_pairs_hook=_Members)
    except ValueError:
        return
    yield from map(_text, _without_one(value))


def _without_one(value: object) -> Iterator[object]:
    if isinstance(value, _Members):
        for at, (key, inner) in enumerate(value):
            yield _Members(value[:at] + value[at + 1 :])
            for less in _without_one(inner):
                yield _Members([*value[:at], (key, less), *value[at + 1 :]])


def _text(value: object) -> str:
    if not isinstance(value, _Members):
        return json.dumps(value)
    return f"{{{', '.join(f'{json.dumps(key)}: {_text(inner)}' for key, inner in value)}}}"
