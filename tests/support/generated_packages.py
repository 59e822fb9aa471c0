"""Sites for property tests: packages whose modules import each other in every way, and ways to serve them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from posixpath import dirname, relpath
from typing import Any

from hypothesis import strategies as st

from importmap import Diagnostic, ImportMap, Package
from support.composing import FLAT, HASHED, OTHER_HOST, QUERY, edges
from support.profiles import check_seen
from support.serving import Serves, Twins, name_of
from support.site_folder import digest, package

CONTEXTS = ["admin", "public", "default"]
NAMES = ["one", "two", "three"]
STEMS = ["a", "b", "sub/c", "é"]
LIBRARIES = ["lit", "react"]
#: The site's own entries, and what it overrides.
IMPORTS = {"lit": "/vendor/lit.js", "shop/x": "shop/x.js", "shop/one": "one/a.js"}
OVERRIDES = {"one/a": "/vendor/a.js", "two/b": None, "three/a": "one/a.js"}

#: What is imported by name, by kind. Relative imports depend on the files.
BARE = {
    "private": ["#a", "#b", "#sub/c"],
    "third-party": ["lit", "react", "lit/below"],
    "public": ["one/a", "one/b", "two/a", "two/b", "two/sub/c", "three/a", "three/cdn"],
    "below a prefix": ["one/sub/c.js", "two/a.js", "three/none.js"],
    "the site's": ["shop/x", "shop/one"],
    "nobody's": ["nobody", "one/none"],
}

#: The entries of a package, the other sections of its manifest, and its files.
Draft = tuple[dict[str, Any], dict[str, dict[str, Any]], list[str]]

contexts = st.lists(st.sampled_from(CONTEXTS), unique=True, max_size=2)
third_party = st.sampled_from(LIBRARIES)
bare = st.sampled_from([name for names in BARE.values() for name in names])


@st.composite
def packages(draw: st.DrawFn, *, by_hand: bool = True) -> list[Package]:
    """Some packages. A file that several of them ship is one file, which imports the same.

    :param by_hand: whether there are manifests that do not say what modules import.
    """
    number = draw(st.sampled_from([1, 2, 3, 3]))
    drafts: dict[str, Draft] = {name: draw(draft(name)) for name in NAMES[:number]}
    files = {name: set(paths) for name, (_, _, paths) in drafts.items()}
    records: dict[str, dict[str, Any]] = {}
    known = st.sampled_from(
        [
            specifier
            for name, (imports, more, _) in drafts.items()
            for specifier in [
                *(f"{name}/{key}" for key in imports if key),
                *more["private"],
                *more["vendored"],
                *more["requires"],
            ]
        ]
    )
    if not by_hand or draw(st.integers(0, 4)):
        # Copies that are equal would be rare if each imported this and that.
        react = st.lists(st.just("react"), max_size=1)
        copies = {f"{lib}.js": (draw(react), draw(react)) for lib in LIBRARIES}
        for path in sorted(set.union(*files.values())):
            near = sorted(set.intersection(*(found for found in files.values() if path in found)))
            beside = st.sampled_from([relative(path, to) for to in near])
            some = st.lists(beside | known | bare | third_party, max_size=3)
            itself = [] if by_hand else [relative(path, path)]
            static, dynamic = copies.get(name_of(path)) or (draw(some), draw(some))
            records[path] = edges(*itself, *static, dynamic=dynamic)
    return [
        package(
            name,
            imports,
            modules={path: {"sha384": digest(name_of(path)), **records.get(path, {})} for path in paths},
            **more,
        )
        for name, (imports, more, paths) in drafts.items()
    ]


#: What stands in an unrelated package where another one has these names.
RENAMED = {**dict.fromkeys([*NAMES, "shared", "cdn"], "four"), "lit": "vue", "react": "preact"}


def unrelated(found: Package) -> Package:
    """A package like another one, with which it shares no name, no folder, no URL and no library."""
    text = re.sub(rf"\b({'|'.join(RENAMED)})\b", lambda name: RENAMED[name[0]], json.dumps(found.manifest))
    return package("four", **json.loads(text))


def some_of(
    values: Sequence[str], at_most: int | None = None, *, at_least: int = 0
) -> st.SearchStrategy[list[str]]:
    """Some values, each once. A set would have another order in each process, and so would what follows."""
    return st.lists(st.sampled_from(values), unique=True, min_size=at_least, max_size=at_most)


def relative(path: str, target: str) -> str:
    """How the module at a public path imports another one of its package."""
    way = relpath(target, dirname(path) or ".")
    return way if way.startswith("../") else f"./{way}"


@st.composite
def draft(draw: st.DrawFn, name: str) -> Draft:
    """What becomes a package when it is known what its files import."""
    folders = st.sampled_from([name, name, name, "shared", "shared", f"shared/{name}"])
    # All entries have the same contexts, so that there are pages without the package, or each has its own.
    same = st.just(draw(contexts))
    whose = draw(st.sampled_from([same, same, contexts]))

    def path(stem: str) -> str:
        return f"{draw(folders)}/{stem}.js"

    imports: dict[str, Any] = {
        stem: {"path": path(stem), "contexts": draw(whose)} for stem in draw(some_of(STEMS, at_least=1))
    }
    if draw(st.booleans()):
        imports["cdn"] = {
            "url": "https://cdn.example/x.js",
            "integrity": f"sha384-{digest('x')}",
            "contexts": draw(whose),
        }
    private = {f"#{stem}": {"path": path(f"private/{stem}")} for stem in draw(some_of(STEMS, 2))}
    vendored = {
        lib: {"path": path(lib), "version": draw(st.sampled_from(["1.0", "2.0", "odd"]))}
        for lib in draw(st.sampled_from([[], [], ["lit"], ["react"], LIBRARIES]))
    }
    ranges = st.sampled_from(["*", "*", ">=2", ">=3"])
    requires = {lib: draw(ranges) for lib in draw(some_of(LIBRARIES))}
    requires.update({other: "*" for other in draw(some_of(NAMES, 2)) if other != name})
    entries = [*imports.values(), *private.values(), *vendored.values()]
    files = [entry["path"] for entry in entries if "path" in entry]
    files += [path(f"inner/{stem}") for stem in draw(some_of(STEMS, 3))]
    if draw(st.booleans()):
        imports[""] = {"path": f"{files[0].partition('/')[0]}/", "contexts": draw(whose)}
    more: dict[str, dict[str, Any]] = {"private": private, "vendored": vendored, "requires": requires}
    return imports, more, sorted(set(files))


#: Ways to serve the files; the first ones keep their folders, and serve all of them.
STATICS: list[Any] = [
    "/static/",
    HASHED,
    QUERY,
    OTHER_HOST,
    Twins("/s/{path}"),
    Twins("/s/{folder}{stem}.{hash}{suffix}"),
    Serves(
        "/s/{path}",
        {
            "one/a.js": "https://cdn.example/t/one/a.js",
            "two/b.js": "/t/two/b.js?2",
            **{f"shared/{stem}.js": f"https://cdn.example/t/shared/{stem}.js" for stem in STEMS},
        },
    ),
]
ODD_STATICS: list[Serves] = [
    FLAT,
    Serves("/s/{path}", {"one/a.js": "", "shared/b.js": "", "one/lit.js": "", "two/inner/a.js": ""}),
    Serves("/s/{folder}{stem}.{hash}{suffix}", {"one/a.js": "/else/where.js", "two/b.js": "/s/two/b.js"}),
]


#: Names that pages and modules ask for, and some that nobody has.
NAMED = [name for names in BARE.values() for name in names]
NAMED += ["one/", "two/", "one/inner/b.js", "one/a.js"]
#: URLs, files of packages, and a file that nobody ships.
TARGETS = ["/vendor/a.js", "https://cdn.example/y.js", "one/a.js", "two/inner/b.js", "shared/a.js", "x/y.js"]


def any_overrides() -> st.SearchStrategy[dict[str, str | None]]:
    """What a site overrides: names of packages, names below prefixes, and prefixes themselves."""
    names = st.dictionaries(
        st.sampled_from([name for name in NAMED if name[0] != "#" and name[-1] != "/"]),
        st.sampled_from(TARGETS) | st.none(),
        max_size=4,
    )
    prefixes = st.dictionaries(
        st.sampled_from(["one/", "two/"]), st.sampled_from(["/vendor/one/", None]), max_size=1
    )
    return st.tuples(names, prefixes).map(lambda both: {**both[0], **both[1]})


def sites(statics: Sequence[Any], *, overrides: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Configurations of a site that serves its files in one of some ways.

    :param overrides: whether the site overrides all sorts of names, in place of always the same.
    """
    decisions = st.dictionaries(
        st.sampled_from(CONTEXTS),
        st.fixed_dictionaries({}, optional={"enable": st.just(["one"]), "disable": st.just(["two"])}),
    )
    return st.fixed_dictionaries(
        # Every context is known, whatever was generated.
        {
            "static": st.sampled_from(statics),
            "contexts": decisions.map(lambda found: {**{name: {} for name in CONTEXTS}, **found}),
        },
        optional={
            "imports": st.just(IMPORTS),
            "overrides": any_overrides() if overrides else st.just(OVERRIDES),
            "shared": st.sampled_from([["react"], {"react": "two"}]),
            "isolate": st.just(True),
            "disable": st.just(["three"]),
        },
    )


asked = st.lists(st.sampled_from(CONTEXTS), min_size=1, max_size=2)


def specifiers(found: Package, *kinds: str) -> list[str]:
    """All that the modules of a package import."""
    modules: Any = found.manifest["modules"]
    return [edge for module in modules.values() for kind in kinds for edge in module.get(kind, ())]


def covered(
    found: Iterable[Package], import_map: ImportMap, diagnostics: Iterable[Diagnostic]
) -> Counter[str]:
    """What there is in an example, to see that the examples have something of everything."""
    found = list(found)
    counter = Counter(diagnostic.code for diagnostic in diagnostics)
    for one in found:
        static, dynamic = (specifiers(one, kind) for kind in ("imports", "dynamic"))
        counter["relative"] += sum(edge.startswith(".") for edge in static + dynamic)
        counter["dynamic"] += len(dynamic)
        counter["made by hand"] += not static + dynamic
        for kind, names in BARE.items():
            counter[kind] += sum(edge in names for edge in static + dynamic)
    paths = Counter(path for one in found for path in one.manifest["modules"])
    counter["shared files"] += sum(number > 1 for number in paths.values())
    counter["scopes"] += len(import_map.scopes)
    counter["depcache"] += len(import_map.depcache)
    counter["URL keys"] += sum(key.startswith(("/", "https:")) for key in import_map.imports)
    return counter


#: What every property over sites has to have seen.
KINDS = frozenset(
    {*BARE, "relative", "dynamic", "shared files", "scopes", "depcache", "IM207", "IM215", "IM216"}
)


def check_covered(seen: Counter[str], *more: str) -> None:
    """Fail if generated sites lack some kind of import.

    :param more: further kinds that have to be there.
    """
    check_seen(seen, *KINDS, *more)
