"""Hold a manifest to its format and to the grammar."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from importmap._base import grammar
from importmap._base.diagnostics import Diagnostic
from importmap._base.stamps import SOURCE_SUFFIXES
from importmap._base.tables import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The major version of the format that this release reads and writes.
FORMAT = 1

#: The keys that our own build writes for a JavaScript module.
_MODULE_KEYS = {"assets", "dynamic", "imports", "sha384", "size"}

#: The keys that our own build always writes.
_PLAIN_KEYS = {
    "ignore",
    "imports",
    "manifest",
    "modules",
    "name",
    "namespace",
    "package",
    "private",
    "requires",
    "roots",
    "vendored",
    "version",
}


def check(document: dict[str, object]) -> list[Diagnostic]:
    """All that is wrong with a manifest, each problem with its dotted path."""
    problems: list[Diagnostic] = []
    top = Table(document, "", problems)
    namespace = _check_head(top)
    modules = top.table("modules").data
    _check_modules(top.table("modules"))

    def is_own(key: str) -> bool:
        return grammar.owns(namespace, key) and grammar.is_path_or_folder(key)

    def is_third_party(key: str) -> bool:
        return grammar.is_bare(key) and not grammar.owns(namespace, key)

    def is_private(key: str) -> bool:
        return grammar.is_private(key.removesuffix("/"))

    imports, urls = _without_urls(top.table("imports"))
    _check_entries(imports, modules, is_own, f"is not a specifier of the namespace {namespace!r}")
    for key, entry in urls.tables():
        if not is_own(key) or key.endswith("/"):
            urls.problem("IM104", key, f"is not a specifier of the namespace {namespace!r}.")
        _check_url(entry)
    for _, entry in top.table("imports").tables():
        _check_items(entry, "contexts", grammar.is_context, grammar.CONTEXT_RULE)
    _check_entries(top.table("private"), modules, is_private, "is not a private specifier such as '#dom'")
    _check_entries(top.table("vendored"), modules, is_third_party, "is not a third-party bare specifier")
    _check_third_party(top)
    _check_editable(top)
    # Getters that are asked twice say the same twice.
    return list(dict.fromkeys(problems))


def _check_head(top: Table) -> str:
    """All but the files and entries; the namespace."""
    for key in ("manifest", "name", "namespace", "modules", "imports"):
        if key not in top.data:
            top.problem("IM104", key, "is missing.")
    if (version := top.natural("manifest")) is not None and version != FORMAT:
        top.problem("IM104", "manifest", f"must be {FORMAT}.")
    _check_text(top, "name", grammar.is_name, "is not the name of a distribution")
    _check_text(top, "version", grammar.is_path, "is not a version")
    namespace = _check_text(top, "namespace", grammar.is_namespace, f"is refused: {grammar.NAMESPACE_RULE}")
    _check_text(top, "package", grammar.is_package, "is not the name of an import package")
    _check_items(top, "roots", grammar.is_path, grammar.PATH_RULE)
    _check_items(top, "ignore", grammar.is_bare, "a bare specifier is an npm name, with or without a path")
    return namespace


def _check_third_party(top: Table) -> None:
    for _, copy in top.table("vendored").tables():
        if "version" not in copy.data:
            copy.problem("IM104", "version", "is missing.")
        copy.string("version")
    requires = top.table("requires")
    for key in requires.data:
        if not grammar.is_bare(key):
            requires.problem("IM104", key, "is not a bare specifier.")
        requires.string(key)


def _without_urls(imports: Table) -> tuple[Table, Table]:
    """The entries that stand for files, and those that stand for a URL."""
    urls = {key: entry for key, entry in imports.data.items() if isinstance(entry, dict) and "url" in entry}
    files = {key: entry for key, entry in imports.data.items() if key not in urls}
    return Table(files, imports.path, imports.problems), Table(urls, imports.path, imports.problems)


def _check_text(table: Table, key: str, good: Callable[[str], bool], why: str) -> str:
    text = table.string(key)
    if text is None:
        return ""
    if not good(text):
        table.problem("IM104", key, f"{text!a} {why}.")
    return text


def _check_items(table: Table, key: str, good: Callable[[str], bool], why: str) -> list[str]:
    items = table.strings(key) or []
    for item in items:
        if not good(item):
            table.problem("IM104", key, f"{item!a} is refused: {why}.")
    return items


def _check_modules(modules: Table) -> None:
    for path, module in modules.tables():
        if not grammar.is_path(path):
            modules.problem("IM104", path, f"is refused: {grammar.PATH_RULE}.")
        digest = module.string("sha384")
        if digest is not None and not (len(digest) == 64 and digest.isascii()):
            module.problem("IM104", "sha384", "must be 64 characters of base64.")
        module.natural("size")
        module.string("type")
        for kind in ("imports", "dynamic", "assets"):
            for edge in module.strings(kind) or []:
                target = grammar.join(path, edge) if grammar.is_relative(edge) else None
                if kind == "assets":
                    if target is None:
                        module.problem("IM104", kind, f"{edge!a} is not a relative path inside the package.")
                elif edge.startswith("."):
                    if target not in modules.data:
                        module.problem("IM104", kind, f"{edge!a} leads to no file of this manifest.")
                elif not grammar.is_mappable(edge):
                    module.problem("IM104", kind, f"{edge!a} is neither relative nor a bare specifier.")


def _check_entries(entries: Table, modules: Any, good: Callable[[str], bool], why: str) -> None:
    for key, entry in entries.tables():
        if not good(key):
            entries.problem("IM104", key, f"{why}.")
        path = entry.string("path")
        if path is None:
            if "path" not in entry.data:
                entry.problem("IM104", "path", "is missing.")
        elif key.endswith("/") != path.endswith("/"):
            entry.problem("IM104", "path", "a prefix specifier and its path both end in '/'.")
        elif path.endswith("/"):
            if not (grammar.is_folder(path) and any(name.startswith(path) for name in modules)):
                entry.problem("IM104", "path", f"{path!a} holds no file of this manifest.")
        elif path not in modules:
            entry.problem("IM104", "path", f"{path!a} is no file of this manifest.")


def _check_url(entry: Table) -> None:
    """An entry that stands for a module of another site."""
    url, integrity = entry.string("url"), entry.string("integrity")
    if "path" in entry.data:
        entry.problem("IM104", None, "has both a path and a url.")
    if url is not None and not grammar.is_https_url(url):
        entry.problem("IM104", "url", f"{url!a} is not an absolute https URL.")
    if integrity is None or not grammar.is_integrity(integrity):
        entry.problem("IM104", "integrity", "a url needs an integrity such as 'sha384-…'.")


def _check_editable(top: Table) -> None:
    """The keys of editable installs; whether their paths are believed is not decided here."""
    if "\0" in (top.string("project") or ""):
        top.problem("IM104", "project", "is not a path.")
    top.string("pyproject")
    files = top.table("files")
    for path in files.data:
        if "\0" in (files.string(path) or ""):
            files.problem("IM104", path, "is not a path.")
        if not path.endswith(SOURCE_SUFFIXES) and path not in top.table("modules").data:
            files.problem(
                "IM104", path, "only .js, .mjs, .json, .css and listed files are served from a source tree."
            )
        if not grammar.is_path(path):
            files.problem("IM104", path, f"is refused: {grammar.PATH_RULE}.")
    build = top.table("build")
    build.strings("artifacts")
    for key in ("force_include", "force_include_editable"):
        forced = build.table(key)
        for source in forced.data:
            forced.string(source)
    watch = top.table("watch")
    for path, stamp in watch.data.items():
        if "\0" in path:
            watch.problem("IM104", path, "is not a path.")
        if not (isinstance(stamp, list) and len(stamp) == 2 and all(type(number) is int for number in stamp)):
            watch.problem("IM104", path, "must be [mtime in ns, size in bytes].")


def is_plain(raw: bytes, document: Any) -> bool:
    """Whether a manifest is so plain that `check` would find nothing in it.

    A shortcut for what our own build writes for most packages: it asks the questions
    of `check` of all entries at once, at the speed of C, and answers False to anything
    unusual, which is then looked at with care. It also stands for the look at
    unknown and duplicate keys: each member is written with a colon, so either makes
    more colons than the plainest document has.
    """
    try:
        modules, imports, requires = document["modules"], document["imports"], document["requires"]
        rows, entries = list(modules.values()), list(imports.values())
        # The twelve keys, each file with its own members, each entry with two: no more.
        members = len(_PLAIN_KEYS) + len(modules) + sum(map(len, rows)) + 3 * len(imports) + len(requires)
        if raw.count(b":") != members or not raw.isascii() or b"\\" in raw:
            return False
        digests, sizes = [row["sha384"] for row in rows], [row["size"] for row in rows]
        contexts = [entry["contexts"] for entry in entries]
        below = f"\n{document['namespace']}/"
        return (
            document.keys() == _PLAIN_KEYS
            and document["private"] == document["vendored"] == {}
            and type(requires) is dict
            and all(map(grammar.is_bare, requires))
            and {*map(type, requires.values())} <= {str}
            and type(document["ignore"]) is list
            and all(map(grammar.is_bare, document["ignore"]))
            and type(document["roots"]) is list
            and type(document["manifest"]) is int
            and document["manifest"] == FORMAT
            and grammar.is_name(document["name"])
            and grammar.is_namespace(document["namespace"])
            and grammar.is_package(document["package"])
            and {*map(type, sizes)} == {int}
            and min(sizes) >= 0
            and max(sizes) <= 2**63
            and {*map(type, digests)} == {str}
            and {*map(len, digests)} == {64}
            and {*map(type, contexts)} == {list}
            and all(map(grammar.is_context, {*chain.from_iterable(contexts)}))
            and "\n".join(["", *imports]).count(below) == len(imports)
            and grammar.are_plain_paths([*modules, *imports, *document["roots"], document["version"]])
            and {entry["path"] for entry in entries} <= modules.keys()
            and set().union(*rows) <= _MODULE_KEYS
            and _have_plain_edges(modules)
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        return False


def _have_plain_edges(modules: Any) -> bool:
    """Whether all edges are lists of strings that `check` would let pass."""
    bare: set[str] = set()
    for path, module in modules.items():
        if len(module) == 2:
            continue
        folder = path[: path.rfind("/") + 1]
        for kind in ("imports", "dynamic", "assets"):
            if kind not in module:
                continue
            edges = module[kind]
            if type(edges) is not list:
                return False
            for edge in edges:
                if not edge.startswith("."):
                    bare.add("" if kind == "assets" else edge)
                # What is a file of the manifest, of which all paths are plain, is plain itself.
                elif not (edge.startswith("./") and folder + edge[2:] in modules):
                    target = grammar.join(path, edge)
                    if target not in modules and (
                        kind != "assets" or target is None or not grammar.is_relative(edge)
                    ):
                        return False
    return all(map(grammar.is_mappable, bare))
