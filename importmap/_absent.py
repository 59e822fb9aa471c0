"""Why pages do not have a module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ._diagnostics import did_you_mean
from ._grammar import normalise, owns, top
from ._package import Package
from ._reached import Reached
from ._site import Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._found import Found


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
