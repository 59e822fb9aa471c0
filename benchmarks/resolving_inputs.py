"""A map of any size, and what is looked up in it, the same for all resolvers.

All URLs are of the scheme `file`, and the modules that import exist: Deno resolves for what it has loaded.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

LOOKUPS = 20_000
BASES = 20


class Inputs:
    """The files of one benchmark in a folder of its own.

    :param entries: of them one in 50 is a prefix, and one in 100 stands for a scope, with two of the entries.
    """

    def __init__(self, folder: Path, entries: int) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.base_url = (folder / "map.json").as_uri()
        # Of several lengths and depths, as real ones are.
        deep = ("icons/", "large/", "dark/")
        prefixes = [
            f"assets-{number}/{''.join(deep[: number % 4])}" for number in range(max(entries // 50, 1))
        ]
        scopes = [f"./scoped-{number:03}/" for number in range(max(entries // 100, 1))]
        exact = entries - len(prefixes) - 2 * len(scopes)
        packages = [f"{'@scope/' if number % 3 else ''}package-{number}" for number in range(exact // 20 + 1)]
        names = [f"{packages[number // 20]}/module-{number % 20}" for number in range(exact)]
        self.names = {
            **{
                name: f"/static/{name.replace('-', '_')}.{number:08x}.js" for number, name in enumerate(names)
            },
            **{prefix: f"/static/{prefix}" for prefix in prefixes},
        }
        self.scopes = {
            scope: {f"#{name}": f"{scope}{name}.js" for name in ("dom", "lit")} for scope in scopes
        }
        document = {"imports": self.names, "scopes": self.scopes}
        (folder / "map.json").write_text(json.dumps(document))

        random = Random(entries)  # noqa: S311 - the same in each run
        bases = [f"./app-{number}/main.js" for number in range(BASES // 2)]
        bases += [f"{scope}main.js" for scope in (scopes * BASES)[: BASES // 2]]
        mapped = [self._mapped(random, names, prefixes, base) for base in bases * (LOOKUPS // BASES)]
        self._write("mapped", random, mapped)
        urls = ["./x-{}.js", "../lib/x-{}.js", "/static/x-{}.js", "https://cdn.example/x-{}.js"]
        self._write("urls", random, [(urls[n % 4].format(n), bases[n // 4 % BASES]) for n in range(LOOKUPS)])

    def _mapped(self, random: Random, names: list[str], prefixes: list[str], base: str) -> tuple[str, str]:
        """Nine in ten are keys of the map, one in ten lies below a prefix."""
        if random.random() < 0.1:
            return f"{random.choice(prefixes)}x/{random.randrange(10**6)}.js", base
        own = [*self.scopes.get(base.removesuffix("main.js"), ())]
        return (random.choice(own) if own and random.random() < 0.1 else random.choice(names)), base

    def _write(self, name: str, random: Random, lookups: list[tuple[str, str]]) -> None:
        random.shuffle(lookups)
        found = [(specifier, f"{self.folder.as_uri()}/{base[2:]}") for specifier, base in lookups]
        (self.folder / f"{name}.json").write_text(json.dumps(found))
        for _, base in lookups:
            module = self.folder / base
            if not module.exists():
                module.parent.mkdir(exist_ok=True)
                module.write_text("export const resolve = (specifier) => import.meta.resolve(specifier);\n")
