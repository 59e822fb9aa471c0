"""Where a module comes from and who imports it, or why pages do not have it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from importmap._base.grammar import normalise, owns, top
from importmap._base.suggest import did_you_mean
from importmap._compose.site import Site
from importmap._compose.urls import comparable, encode
from importmap._discovery.distributions import versions
from importmap._manifest.package import Package
from importmap._site.reach import Reached
from importmap._site.settings import Settings

from .lookup import Finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    from .lookup import Found

    class Answer(TypedDict):
        """What there is to say of a name."""

        name: str
        contexts: list[str]
        found: list[Found]
        importers: list[list[str]]
        reasons: list[str]


def reasons(site: Site, reached: Reached, name: str, items: Sequence[Found]) -> list[str]:
    """Sentences about a name that stands for nothing, or not for all pages and modules.

    :param items: what it stands for.
    """
    if not items:
        return list(_unknown(site, reached, name))
    sentences = [sentence for item in items for sentence in _limits(reached, item)]
    if all("users" in item and item["kind"] != "shared" for item in items):
        sentences.append(
            "Page scripts cannot import it: it is mapped for the modules of these packages only."
        )
    return sentences


def _limits(reached: Reached, item: Found) -> Iterator[str]:
    specifier, contexts = item["specifier"], _names(reached.contexts)
    if item.get("target", "") is None:
        yield f"The site's overrides block {specifier!r}."
    elif item["url"] is None and item.get("path", "").endswith("/"):
        yield f"{specifier!r} is a prefix and no module: ask for a name that begins with it."
    elif item["url"] is None and not {"file", "target"} & item.keys():
        yield f"The file {item['path']!r} is not there."
    elif item["url"] is None:
        yield f"The site does not serve {item['path']!r}."
    if item["loaded"]:
        return
    if item["kind"] != "public":
        yield f"No module that pages of {contexts} load imports {specifier!r}."
        return
    yield f"Pages of {contexts} do not have {specifier!r}; its contexts are {_names(item['contexts'])}."
    for context in reached.contexts:
        decision = reached.settings.contexts.get(context)
        if decision is not None and item["distribution"] in decision.disable:
            yield f"The site disables {item['distribution']} in {context!r}."


def _unknown(site: Site, reached: Reached, name: str) -> Iterator[str]:
    packages = reached.packages
    owner = packages.owner(name)
    if name.startswith(("/", "http:", "https:")):
        yield f"No package has a file that is served at {name!r}."
    elif name.startswith("#"):
        private = sorted({each for package in packages for each in package.private})
        yield f"No package has the private name {name!r}.{did_you_mean(name, private)}"
    elif owner is not None:
        yield from _not_in(owner, name)
    else:
        public = [each for package in packages for each in package.entries]
        scoped = [each for package in packages for each in reached.graph.scoped(package)]
        names = sorted({*public, *scoped, *(package.namespace for package in packages)})
        yield f"No package has the namespace of {name!r}.{did_you_mean(name, names)}"
        yield from _not_taking_part(site, reached, name)


def _not_in(owner: Package, name: str) -> Iterator[str]:
    private = "#" + name[len(owner.namespace) :].lstrip("/")
    is_private = private in owner.private
    near = "" if is_private else did_you_mean(name, sorted(owner.entries))
    yield f"{' '.join(filter(None, [owner.distribution, owner.version]))} has no entry {name!r}.{near}"
    if is_private:
        yield f"Its own modules have {private!r}, which is private to them."


def _not_taking_part(site: Site, reached: Reached, name: str) -> Iterator[str]:
    """A distribution that may be meant, and is not among the packages."""
    distribution = normalise(top(name))
    if distribution in reached.settings.disable:
        yield f"The site disables the distribution {distribution}."
        return
    for package in reached.packages:
        if package.distribution == distribution:
            yield f"{distribution} has the namespace {package.namespace!r}."
            return
    said = [problem for problem in site.diagnostics if problem.distribution == distribution]
    yield from map(str, said)
    if not said and (version := _installed(distribution)) is not None:
        yield (
            f"{distribution} {version} is installed, but ships no modules: "
            "it has no entry point of group 'importmap'."
        )
    for package in reached.packages:
        for wanted in package.ignore:
            if owns(wanted.removesuffix("/"), name):
                line = f"importmap.configure(imports={{{name!r}: ...}})"
                yield f"{package.distribution} leaves it to the site: {line}"


def _installed(distribution: str) -> str | None:
    """Return the version of an installed distribution, the highest of several; None if there is none."""
    found = versions([distribution]).get(distribution)
    if found:
        return found[-1]
    # It may be in an archive, or somebody else's finder may have it.
    import importlib.metadata

    try:
        return importlib.metadata.version(distribution)
    except Exception:  # noqa: BLE001  # there is none, or somebody else's finder fails
        return None


def _names(contexts: Sequence[str]) -> str:
    return ", ".join(map(repr, contexts))


_HASH = re.compile(r"\.[0-9a-f]{8,64}(?=\.[^./]+$)")


def why(settings: Settings, name: str, contexts: Sequence[str] = ()) -> Answer:
    """What a name stands for on the pages of some contexts.

    :param name: a specifier, a public path or a URL.
    :param contexts: the contexts; none for all that are known.
    :raises ConflictError: if two distributions claim the same names or paths.
    :raises UnknownContextError: for a context that no package and no configuration knows.
    """
    site = Site(settings)
    named = list(dict.fromkeys(contexts)) or list(site.contexts)
    reached = site.reached(named)
    items = list(_Look(reached, name).found())
    each = {context: site.reached([context]) for context in named}
    for item in items:
        item["loaded"] = [context for context in named if _is_loaded(item, each[context])]
    return {
        "name": name,
        "contexts": named,
        "found": items,
        "importers": [] if items else reached.importers(lambda specifier, _: specifier == name),
        "reasons": reasons(site, reached, name, items),
    }


def _is_loaded(item: Found, reached: Reached) -> bool:
    """Whether pages have the entry; of what is no entry, whether they can load the file."""
    selections = reached.selections
    if item["kind"] == "public":
        # An override of a name below a prefix is where the prefix is.
        name = reached.graph.declared(item["specifier"]).key
        return any(name in each.imports for each in selections) or bool(_users(reached, name))
    if item["kind"] in ("site", "shared"):
        return True
    return any(item.get("path") in selection.paths for selection in selections)


def _users(reached: Reached, name: str) -> list[str]:
    """The isolated packages that import a public entry, sorted by namespace: it is in their scopes alone."""
    graph = reached.graph
    return [
        selection.package.distribution
        for selection in (reached.selections if graph.isolates else ())
        if any(
            target.entry is not None and target.names[-1] == name
            for file in selection.files
            for _, _, target in graph.imports(file)
        )
    ]


def _address(url: str) -> str:
    return comparable(url).partition("?")[0]


class _Look:
    """A look at what a name may be.

    :param reached: the packages, in the contexts asked for.
    :param name: the name.
    """

    def __init__(self, reached: Reached, name: str) -> None:
        self._reached = reached
        self._graph = reached.graph
        self._name = name
        self._finder = Finder(reached)

    def found(self) -> Iterator[Found]:
        """All that it stands for, what pages see first."""
        name = self._name
        packages = self._reached.packages
        if name.startswith(("/", "http:", "https:")):
            # As a browser shows it: with what a storage may have put into the name, or after it.
            wanted = _address(encode(name.partition("#")[0]))
            names = {wanted, _HASH.sub("", wanted)}
            # And with the page's own host, where the site's URLs have none.
            names |= {each[each.find("/") :] for each in names}
            for package in packages:
                for path in package.modules:
                    url = self._finder.urls.get(path)
                    if url is not None and _address(url) in names:
                        yield self._file({"kind": "file", "specifier": path}, package, path)
            return
        public = self._finder.public(name)
        if any(name in package.modules for package in packages):
            if public is not None and "decision" in public:
                # A specifier can be spelled like the path; then the site leads it elsewhere.
                yield self._with_importers(public)
            for package in packages:
                if name in package.modules:
                    yield self._file({"kind": "file", "specifier": name}, package, name)
            return
        if public is not None:
            selections = self._reached.selections
            users = _users(self._reached, name)
            if users and not any(name in each.imports for each in selections):
                # Packages are isolated, and the contexts are not those of the entry.
                public["users"] = users
            yield self._with_importers(public)
        yield from self._scoped()

    def _scoped(self) -> Iterator[Found]:
        """What only the modules of some packages see, one for each file."""
        places: dict[str, Found] = {}
        for package in self._reached.packages:
            target = self._graph.target(package, self._name)
            if target.rule != "scope" or target.package is None or target.path is None:
                continue
            loaded = () if target.is_folder else target.files
            owner, path = (loaded[0].package, loaded[0].path) if loaded else (target.package, target.path)
            if path not in places:
                kind = "private" if target.key.startswith("#") else "vendored"
                item = places[path] = self._file({"kind": kind, "specifier": target.key}, owner, path)
                item["users"] = []
                if version := self._graph.scoped(package)[target.key].version:
                    item["version"] = version
            places[path]["users"].append(package.distribution)
        yield from places.values()

    def _file(self, item: Found, package: Package, path: str) -> Found:
        return self._with_importers(self._finder.complete(item, path, package))

    def _with_importers(self, item: Found) -> Found:
        """The item with the ways to all that import its file, or its name where it has no file.

        A package may have a module of its own for the same name.
        """
        file = self._reached.packages.file(item.get("path", ""))
        name, outside = self._name, self._graph.outside(self._name)
        item["importers"] = self._reached.importers(
            lambda specifier, target: (
                (specifier == name and target is outside) if file is None else file in target.files
            )
        )
        return item
