"""Where a module comes from and who imports it, or why pages do not have it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from importmap._base.grammar import normalise, owns, top
from importmap._base.suggest import did_you_mean
from importmap._compose.site import Site
from importmap._compose.urls import comparable, encode
from importmap._manifest.package import Package
from importmap._site.graph import lookup
from importmap._site.reach import Reached
from importmap._site.settings import Settings

from .lookup import Finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    from importmap._site.reach import Node

    from .lookup import Found

    class Answer(TypedDict):
        """What there is to say of a name."""

        name: str
        contexts: list[str]
        found: list[Found]
        importers: list[list[str]]
        reasons: list[str]


def chains(reached: Reached, word: str, wanted: set[Node]) -> list[list[str]]:
    """The shortest way to each file that imports something.

    :param word: the specifier, as it may be written in code.
    :param wanted: the files that it stands for.
    :returns: each a specifier of an entry, the files from there, and the import as it is written.
    """
    source: dict[Node, Node | str] = {}
    for specifier, node in reached.entries():
        source.setdefault(node, specifier)
    found = []
    queue = list(source)
    for node in queue:
        for edge, targets in reached.edges(node):
            new = [target for target in targets or () if target not in source]
            source.update(dict.fromkeys(new, node))
            queue += new
            if (edge == word and not wanted) or not wanted.isdisjoint(targets or ()):
                found.append([*_way(source, node), edge])
    return found


def _way(source: dict[Node, Node | str], node: Node) -> Iterator[str]:
    files = []
    step: Node | str = node
    while not isinstance(step, str):
        files.append(step[1])
        step = source[step]
    return iter([step, *reversed(files)])


def reasons(site: Site, reached: Reached, name: str, found: Sequence[Found]) -> list[str]:
    """Sentences about a name that stands for nothing, or not for all pages and modules.

    :param found: what it stands for.
    """
    if not found:
        return list(_unknown(site, reached, name))
    sentences = [sentence for item in found for sentence in _limits(reached, item)]
    if all("users" in item and item["kind"] != "shared" for item in found):
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
    packages = list(reached.packages.values())
    owner = reached.graph.owner(name)
    if name.startswith(("/", "http:", "https:")):
        yield f"No package has a file that is served at {name!r}."
    elif name.startswith("#"):
        private = sorted({each for package in packages for each in package.manifest["private"]})
        yield f"No package has the private name {name!r}.{did_you_mean(name, private)}"
    elif owner is not None:
        yield from _not_in(owner, name)
    else:
        public = [each for package in packages for each in package.manifest["imports"]]
        scoped = [each for package in packages for each in reached.graph.scoped(package)]
        names = sorted({*public, *scoped, *(package.namespace for package in packages)})
        yield f"No package has the namespace of {name!r}.{did_you_mean(name, names)}"
        yield from _not_taking_part(site, reached, name)


def _not_in(owner: Package, name: str) -> Iterator[str]:
    private = "#" + name[len(owner.namespace) :].lstrip("/")
    is_private = private in owner.manifest["private"]
    near = "" if is_private else did_you_mean(name, sorted(owner.manifest["imports"]))
    yield f"{' '.join(filter(None, [owner.distribution, owner.version]))} has no entry {name!r}.{near}"
    if is_private:
        yield f"Its own modules have {private!r}, which is private to them."


def _not_taking_part(site: Site, reached: Reached, name: str) -> Iterator[str]:
    """A distribution that may be meant, and is not among the packages."""
    distribution = normalise(top(name))
    if distribution in reached.settings.disable:
        yield f"The site disables the distribution {distribution}."
        return
    for package in reached.packages.values():
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
    for package in reached.packages.values():
        for wanted in package.manifest["ignore"]:
            if owns(wanted.removesuffix("/"), name):
                line = f"importmap.configure(imports={{{name!r}: ...}})"
                yield f"{package.distribution} leaves it to the site: {line}"


def _installed(distribution: str) -> str | None:
    """The version of an installed distribution."""
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
    found = list(_Look(reached, name).found())
    each = {context: site.reached([context]) for context in named}
    for item in found:
        item["loaded"] = [context for context in named if _is_loaded(item, each[context])]
    return {
        "name": name,
        "contexts": named,
        "found": found,
        "importers": [] if found else chains(reached, name, set()),
        "reasons": reasons(site, reached, name, found),
    }


def _is_loaded(item: Found, reached: Reached) -> bool:
    """Whether pages have the entry; of what is no entry, whether they can load the file."""
    selections = reached.selections
    if item["kind"] == "public":
        return any(item["specifier"] in {**each.imports, **each.entries} for each in selections)
    if item["kind"] in ("site", "shared"):
        return True
    return any(item.get("path") in selection.paths for selection in selections)


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
        packages = self._reached.packages.values()
        if name.startswith(("/", "http:", "https:")):
            # As a browser shows it: with what a storage may have put into the name, or after it.
            wanted = _address(encode(name.partition("#")[0]))
            names = {wanted, _HASH.sub("", wanted)}
            # And with the page's own host, where the site's URLs have none.
            names |= {each[each.find("/") :] for each in names}
            for package in packages:
                for path in package.manifest["modules"]:
                    url = self._finder.urls.get(path)
                    if url is not None and _address(url) in names:
                        yield self._file({"kind": "file", "specifier": path}, package, path)
            return
        if any(name in package.manifest["modules"] for package in packages):
            for package in packages:
                if name in package.manifest["modules"]:
                    yield self._file({"kind": "file", "specifier": name}, package, name)
            return
        public = self._finder.public(name)
        if public is not None:
            selections = self._reached.selections
            users = [each.package.distribution for each in selections if name in each.entries]
            if users and not any(name in each.imports for each in selections):
                # Packages are isolated, and the contexts are not those of the entry.
                public["users"] = users
            yield self._with_importers(public)
        yield from self._scoped()

    def _scoped(self) -> Iterator[Found]:
        """What only the modules of some packages see, one for each file."""
        files: dict[Node, Found] = {}
        for package in self._reached.packages.values():
            found = lookup(self._graph.scoped(package), self._name)
            if found is None:
                continue
            specifier, copy = found
            path = copy.path + self._name[len(specifier) :]
            path = self._graph.moved.get(path, path)
            owner = self._graph.shipper(copy.package, path)
            node = (owner.namespace, path)
            if node not in files:
                kind = "private" if specifier.startswith("#") else "vendored"
                files[node] = self._file({"kind": kind, "specifier": specifier}, owner, path)
                files[node]["users"] = []
                if copy.version:
                    files[node]["version"] = copy.version
            files[node]["users"].append(package.distribution)
        yield from files.values()

    def _file(self, item: Found, package: Package, path: str) -> Found:
        return self._with_importers(self._finder.complete(item, path, package))

    def _with_importers(self, item: Found) -> Found:
        path = item.get("path", "")
        owner = self._finder.shipper(path)
        files = set() if owner is None else {(owner.namespace, path)}
        item["importers"] = chains(self._reached, self._name, files)
        return item
