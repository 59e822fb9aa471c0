"""Entry points that name an object: entries written in Python, imported when they are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence

from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._base.tables import Table
from importmap._manifest.document import DEFAULT_CONTEXTS, empty
from importmap._manifest.entries import Item, read_imports
from importmap._manifest.package import Package

from .distributions import Installed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._manifest.document import Entry, Manifest


def package_from_object(installed: Installed, namespace: str, module: str, attribute: str) -> Package:
    """The package whose entry point is `module:attribute`.

    The object is a mapping with the grammar of the author's `imports`, or a callable that
    takes contexts and returns one.

    :raises ManifestError: if it cannot be imported or used.
    """
    place = f"{module}:{attribute}"
    try:
        target: object = importlib.import_module(module)
        for name in attribute.split("."):
            target = getattr(target, name)
    except (Exception, SystemExit) as error:
        # Whatever the module's code does: one package must not take the others with it.
        raise _refused(installed.name, place, f"the object cannot be imported: {error!r}.") from error
    package = Package(
        distribution=installed.name,
        version=installed.version,
        namespace=namespace,
        manifest=_manifest(installed.name, namespace, {}, place),
        place=place,
        provider=target if callable(target) else None,
    )
    if package.provider is not None:
        return package
    return package.with_manifest(_manifest(installed.name, namespace, target, place))


def in_contexts(package: Package, contexts: Sequence[str], diagnostics: list[Diagnostic]) -> Package:
    """A package whose entries a callable decides, with its entries in some contexts.

    The callable is asked for one context at a time, so that what an entry means does not
    depend on what else a page asks for. It answers for contexts, it does not make them known.

    :param diagnostics: what is wrong with its answers is added to it.
    """
    if package.provider is None:
        return package
    united = _manifest(package.distribution, package.namespace, {}, package.place)
    for context in sorted(set(contexts)):
        place = f"{package.place}([{context!r}])"
        try:
            answer = _ask(package, context, place)
        except ManifestError as error:
            diagnostics += error.diagnostics
        else:
            united, contradictions = _unite(united, answer, context)
            for message in contradictions:
                diagnostics.append(
                    Diagnostic("IM107", "error", message, distribution=package.distribution, place=place)
                )
    return package.with_manifest(united)


def _ask(package: Package, context: str, place: str) -> Manifest:
    try:
        answer = package.provider and package.provider([context])
    except (Exception, SystemExit) as error:
        raise _refused(package.distribution, place, f"the callable raised {error!r}.") from error
    return _manifest(package.distribution, package.namespace, answer, place, [context])


def _unite(united: Manifest, manifest: Manifest, context: str) -> tuple[Manifest, list[str]]:
    """What was answered so far together with the answer for one context, and where they differ."""
    imports, private = dict(united["imports"]), dict(united["private"])
    contradictions = []
    for table, answer in ((imports, manifest["imports"]), (private, manifest["private"])):
        for specifier, entry in answer.items():
            contexts = entry.get("contexts", [context])
            if context not in contexts:
                continue
            known = table.get(specifier, entry)
            if {**known, "contexts": contexts} != {**entry, "contexts": contexts}:
                contradictions.append(
                    f"{specifier!r} has another meaning than in other contexts; it is left out here."
                )
            elif table is private:
                private[specifier] = entry
            else:
                imports[specifier] = {**entry, "contexts": sorted({*known["contexts"], context})}
    modules = {**united["modules"], **manifest["modules"]}
    return {**united, "imports": imports, "modules": modules, "private": private}, contradictions


def _manifest(
    name: str, namespace: str, value: object, place: str, contexts: Sequence[str] = tuple(DEFAULT_CONTEXTS)
) -> Manifest:
    """The manifest that an `imports` mapping stands for; of its files only the names are known."""
    if not isinstance(value, Mapping):
        raise _refused(name, place, f"the entries must be a mapping, not {type(value).__name__}.")
    problems: list[Diagnostic] = []
    try:
        table = Table({**value}, "", problems)
        items = read_imports(table, namespace)
    except Exception as error:
        raise _refused(name, place, f"the entries cannot be read: {error!r}.") from error
    for item in items:
        if item.is_pattern or item.is_prefix:
            table.problem("IM107", item.key, "patterns and prefixes need a manifest, which knows the files.")
    if problems:
        raise ManifestError(
            *(
                # The hints of the table are TOML, and this is Python.
                problem.replace(code="IM107", distribution=name, place=f"{place}: {problem.place}", hint="")
                for problem in problems
            )
        )
    kept = [item for item in items if not item.is_excluded]
    return {
        **empty(),
        "name": name,
        "namespace": namespace,
        "modules": {item.path: {} for item in kept if item.path is not None},
        "imports": {item.specifier: _entry(item, contexts) for item in kept if not item.is_private},
        "private": {item.specifier: {"path": item.path} for item in kept if item.is_private and item.path},
    }


def _entry(item: Item, contexts: Sequence[str]) -> Entry:
    named = list(contexts if item.contexts is None else item.contexts)
    if item.path is not None:
        return {"path": item.path, "contexts": named}
    return {"url": item.url or "", "integrity": item.integrity or "", "contexts": named}


def _refused(distribution: str, place: str, message: str) -> ManifestError:
    return ManifestError(Diagnostic("IM107", "error", message, distribution=distribution, place=place))
