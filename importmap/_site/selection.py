"""The entries of all packages that the pages of some contexts get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from importmap._base.diagnostics import Diagnostic, MissingModuleError, UnknownContextError
from importmap._base.suggest import did_you_mean
from importmap._base.value import Value
from importmap._manifest.document import DEFAULT_CONTEXTS
from importmap._manifest.package import Package

from .settings import SiteContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._manifest.document import Entry

    from .targets import File


class Selection(Value):
    """The selected part of one package.

    :param package: the package.
    :param imports: its selected public entries, by specifier.
    :param files: the files that can be loaded, sorted by their public paths.
    """

    package: Package
    imports: Mapping[str, Entry]
    files: Sequence[File] = ()

    @property
    def paths(self) -> list[str]:
        """Return the public paths of the files."""
        return [file.path for file in self.files]


def select(
    packages: Sequence[Package],
    contexts: Sequence[str],
    modules: Sequence[str] | None,
    site: Mapping[str, SiteContext],
) -> list[Selection]:
    """The packages that have entries in `contexts`, with those entries.

    :param packages: all packages of the site.
    :param contexts: the contexts asked for.
    :param modules: the only specifiers wanted; None for all of the contexts.
    :param site: what the site decides, by context.
    :raises MissingModuleError: for a module that the contexts do not have.
    """
    selections = [
        Selection(package, imports)
        for package in packages
        if (imports := entries_in(package, contexts, site))
    ]
    if modules is None:
        return selections
    _check_modules(packages, selections, contexts, modules)
    # What has a name of its own below a prefix is not found through the prefix.
    below = tuple(name for name in modules if name.endswith("/"))
    return [
        Selection(selection.package, wanted)
        for selection in selections
        if (
            wanted := {
                name: entry
                for name, entry in selection.imports.items()
                if name in modules or name.startswith(below)
            }
        )
    ]


def entries_in(
    package: Package, contexts: Sequence[str], site: Mapping[str, SiteContext]
) -> Mapping[str, Entry]:
    """The public entries of a package that belong to one of `contexts`, as the site sees them."""
    wanted = set(contexts)
    for context in wanted & site.keys():
        if package.distribution in site[context].disable:
            wanted.remove(context)
        elif package.distribution in site[context].enable:
            return package.entries
    return {
        specifier: entry
        for specifier, entry in package.entries.items()
        if not wanted.isdisjoint(entry.get("contexts", DEFAULT_CONTEXTS))
    }


def known_contexts(packages: Sequence[Package], site: Mapping[str, SiteContext]) -> list[str]:
    """The contexts that a package or the site names, sorted."""
    entries = (entry for package in packages for entry in package.entries.values())
    named = {tuple(entry.get("contexts", ())) for entry in entries}
    return sorted({*DEFAULT_CONTEXTS, *site, *(context for contexts in named for context in contexts)})


def check_contexts(
    packages: Sequence[Package], contexts: Sequence[str], site: Mapping[str, SiteContext]
) -> None:
    """Refuse contexts that nobody knows. :raises UnknownContextError: with all of them."""
    known = known_contexts(packages, site)
    unknown = [context for context in contexts if context not in known]
    if unknown:
        names = ", ".join(map(repr, known))
        raise UnknownContextError(
            *(
                Diagnostic(
                    "IM213",
                    "error",
                    f"no package and no configuration knows the context {context!r}."
                    f"{did_you_mean(context, known)} Known: {names}.",
                )
                for context in unknown
            )
        )


def _check_modules(
    packages: Sequence[Package],
    selections: Sequence[Selection],
    contexts: Sequence[str],
    modules: Sequence[str],
) -> None:
    there = {specifier for selection in selections for specifier in selection.imports}
    elsewhere = {
        specifier: entry.get("contexts", DEFAULT_CONTEXTS)
        for package in packages
        for specifier, entry in package.entries.items()
    }
    problems = []
    for specifier in modules:
        if specifier not in there:
            message = f"the contexts {', '.join(map(repr, contexts))} have no module {specifier!r}."
            if specifier in elsewhere:
                message += f" Its contexts are {', '.join(map(repr, elsewhere[specifier]))}."
            else:
                message += did_you_mean(specifier, sorted(there))
            problems.append(Diagnostic("IM212", "error", message))
    if problems:
        raise MissingModuleError(*problems)
