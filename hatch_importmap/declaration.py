"""The declaration: the validated `[tool.importmap]` table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from importmap._base import grammar
from importmap._base.tables import Table
from importmap._manifest.document import DEFAULT_CONTEXTS
from importmap._manifest.entries import Item, read_contexts, read_imports, read_path

PLACE = "tool.importmap"
KEYS = ["contexts", "static", "imports", "vendored", "requires", "ignore", "strict"]
_EXAMPLE = '[tool.importmap.imports]\neditor = "my_package/editor.js"'
#: What the grammar asks of a foreign specifier, for messages.
BARE_RULE = "a bare specifier is an npm name, with or without a path"


@dataclass(frozen=True)
class Declaration:
    """What an author declares; every path and name in it is held to the grammar.

    :param namespace: the namespace of the distribution.
    :param package: the dotted name of its import package, ``""`` for an application.
    :param contexts: the contexts of every entry that names none.
    :param roots: the static roots, folders of the wheel.
    :param imports: public and private entries.
    :param vendored: third-party copies, as entries.
    :param versions: the version of each copy, by its specifier.
    :param requires: foreign specifiers and the versions that will do.
    :param ignore: specifiers that the site provides.
    :param strict: whether warnings of the import scan are errors.
    """

    namespace: str
    package: str
    contexts: tuple[str, ...]
    roots: tuple[str, ...]
    imports: tuple[Item, ...]
    vendored: tuple[Item, ...]
    versions: Mapping[str, str]
    requires: Mapping[str, str]
    ignore: tuple[str, ...]
    strict: bool


def declare(
    table: Table, *, namespace: str, package: str, static: str = "", keys: list[str] = KEYS
) -> Declaration:
    """The declaration in a `[tool.importmap]` table.

    :param table: the table; problems are noted in it.
    :param namespace: the name of the entry point.
    :param package: the import package that the entry point names.
    :param static: the static root where none is named; that of the package if empty.
    :param keys: the keys that are known.
    :returns: the declaration, without what has a problem.
    """
    if "namespace" not in keys and "namespace" in table.data:
        table.problem("IM002", "namespace", "unknown key: the name of the entry point is the namespace.")
        keys = [*keys, "namespace"]
    table.unknown(keys)
    contexts = read_contexts(table, "contexts")
    if not table.data.get("imports") and not table.data.get("vendored"):
        table.problem("IM003", "imports", "is missing: it declares the modules.", _EXAMPLE)
    imports = read_imports(table.table("imports"), namespace)
    vendored, versions = _read_vendored(table.table("vendored"), namespace)
    return Declaration(
        namespace=namespace,
        package=package,
        contexts=tuple(DEFAULT_CONTEXTS) if contexts is None else contexts,
        roots=_read_roots(table, static or package.replace(".", "/") + "/static"),
        imports=tuple(imports),
        vendored=tuple(vendored),
        versions=versions,
        requires=_read_requires(table.table("requires"), namespace),
        ignore=_read_ignore(table),
        strict=table.boolean("strict") or False,
    )


def _read_roots(table: Table, default: str) -> tuple[str, ...]:
    roots = table.strings("static")
    if roots is None:
        return (default,)
    if roots == []:
        table.problem("IM003", "static", "must name a folder.", f'static = ["{default}"]')
    for root in roots:
        if not grammar.is_path_or_folder(root):
            table.problem("IM004", "static", f"{root!a} is refused: {grammar.PATH_RULE}.")
    good = [root.removesuffix("/") for root in roots if grammar.is_path_or_folder(root)]
    return tuple(dict.fromkeys(good)) or (default,)


def _read_vendored(table: Table, namespace: str) -> tuple[list[Item], dict[str, str]]:
    items: list[Item] = []
    versions: dict[str, str] = {}
    for key, copy in table.tables():
        _check_foreign(table, key, namespace, "imports")
        copy.unknown(["path", "version"])
        for required in ("path", "version"):
            if required not in copy.data:
                copy.problem("IM003", required, "is missing.")
        path = read_path(copy, "path", copy.string("path"), key)
        version = copy.string("version")
        if version is not None and not _is_version(version):
            message = f"{version!a} is not a version as Python packages have them (PEP 440)."
            near = _nearest_version(version)
            copy.problem("IM009", "version", message, f'version = "{near}"' if near else _A_VERSION)
        elif path is not None and version is not None:
            items.append(Item(key, key, path=path))
            versions[key] = version
    return items, versions


def _read_requires(table: Table, namespace: str) -> dict[str, str]:
    requires: dict[str, str] = {}
    for key in table.data:
        _check_foreign(table, key, namespace, "")
        versions = table.string(key)
        if versions is None:
            continue
        if versions != "*" and not _is_range(versions):
            message = f"{versions!a} is not a range of versions as Python packages have them (PEP 440)."
            table.problem("IM009", key, message, 'For example ">=3.2,<4", or "*" for any version.')
        requires[key] = versions
    return requires


def _read_ignore(table: Table) -> tuple[str, ...]:
    ignore = table.strings("ignore") or []
    for specifier in ignore:
        if not grammar.is_bare(specifier) or "*" in specifier:
            table.problem("IM004", "ignore", f"{specifier!a} is refused: {BARE_RULE}.")
    return tuple(sorted(set(ignore)))


def _check_foreign(table: Table, key: str, namespace: str, instead: str) -> None:
    """Note a problem unless `key` is a bare specifier of somebody else's."""
    if not grammar.is_bare(key) or "*" in key:
        table.problem("IM004", key, f"is refused: {BARE_RULE}.")
    elif grammar.owns(namespace, key):
        place = f"; it belongs in [{PLACE}.{instead}]" if instead else ""
        table.problem("IM004", key, f"lies in this package's own namespace {namespace!r}{place}.")


_A_VERSION = 'For example "3.2.1", or "4.0.0.dev1" for "4.0.0-next.1".'
#: Semantic Versioning, of whose prereleases PEP 440 has three kinds only: those are versions in it already.
_SEMANTIC = r"v?([0-9]+\.[0-9]+\.[0-9]+)-[0-9A-Za-z.-]*?([0-9]{0,9})[A-Za-z.-]*(?:\+[0-9A-Za-z.-]+)?"


def _nearest_version(text: str) -> str:
    """What comes nearest to a prerelease of npm that is no version here: one before all others; or ``""``."""
    match = re.fullmatch(_SEMANTIC, text)
    return f"{match[1]}.dev{int(match[2] or 0)}" if match else ""


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except ValueError:
        return False
    return True


def _is_range(text: str) -> bool:
    try:
        # Some ranges are only found wanting when they are compared.
        return bool(text.strip()) and SpecifierSet(text).contains("0") in {True, False}
    except ValueError:
        return False
