"""Hold a manifest to its format and to the grammar."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from importmap._base import grammar
from importmap._base.diagnostics import Diagnostic
from importmap._base.stamps import SOURCE_SUFFIXES
from importmap._base.tables import Table

from .files import Files
from .section import Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Container

#: The major version of the format that this release reads and writes.
FORMAT = 1


def check(document: dict[str, object]) -> list[Diagnostic]:
    """Return everything that is wrong with a manifest, each problem with its dotted path."""
    problems: list[Diagnostic] = []
    top = Table(document, "", problems)
    namespace = _check_head(top)
    modules = top.table("modules")
    files = Files(modules.data)
    _check_modules(modules, files)
    _check_items(top, "computed", modules.data.__contains__, "it is no file of this manifest")
    _check_imports(top.table("imports"), files, namespace)
    _check_private(top.table("private"), files)
    _check_vendored(top.table("vendored"), files, namespace)
    _check_requires(top.table("requires"))
    _check_editable(top, modules.data)
    # Getters that are asked twice say the same twice.
    return list(dict.fromkeys(problems))


def _check_head(top: Table) -> str:
    """Check everything but the sections, and return the namespace."""
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


def _check_text(table: Table, key: str, good: Callable[[str], bool], why: str) -> str:
    text = table.string(key)
    if text is None:
        return ""
    if not good(text):
        table.problem("IM104", key, f"{text!a} {why}.")
    return text


def _check_items(table: Table, key: str, good: Callable[[str], bool], why: str) -> None:
    for item in table.strings(key) or ():
        if not good(item):
            table.problem("IM104", key, f"{item!a} is refused: {why}.")


def _check_modules(table: Table, files: Files) -> None:
    modules = Section(table)
    for path in files.refused & modules.rows.keys():
        modules.row(path).problem("IM104", None, f"is refused: {grammar.PATH_RULE}.")
    for path, digest in modules.strings("sha384").items():
        if not (len(digest) == 64 and digest.isascii()):
            modules.row(path).problem("IM104", "sha384", "must be 64 characters of base64.")
    modules.naturals("size")
    modules.strings("type")
    for kind in ("imports", "dynamic", "assets"):
        for path, edge, why in files.wrong_edges(kind, modules.lists(kind)):
            modules.row(path).problem("IM104", kind, f"{edge!a} {why}.")
    modules.report()


def _check_imports(imports: Table, files: Files, namespace: str) -> None:
    """Check the entries for files, then those for URLs, then the contexts of both."""
    wrong = _not_below(namespace, imports.data.keys())
    why = f"is not a specifier of the namespace {namespace!r}."
    entries, urls = _without_urls(imports)
    _check_entries(entries, files, wrong, why)
    for key, entry in urls.tables():
        if key in wrong or key.endswith("/"):
            urls.problem("IM104", key, why)
        _check_url(entry)
    _check_contexts(Section(imports))


def _not_below(namespace: str, keys: Collection[str]) -> set[str]:
    """Return the keys that are no specifiers of a namespace."""
    below = f"{namespace}/"
    wrong = {key for key in keys if not key.startswith(below) and key != namespace}
    if no_paths := grammar.no_paths([key.removesuffix("/") for key in keys]):
        wrong.update(key for key in keys if key.removesuffix("/") in no_paths)
    return wrong


def _check_contexts(imports: Section) -> None:
    contexts = imports.lists("contexts")
    # Many entries share a few contexts.
    distinct = {*chain.from_iterable(contexts.values())}
    wrong = {context for context in distinct if not grammar.is_context(context)}
    for key, some in contexts.items() if wrong else ():
        for context in some:
            if context in wrong:
                message = f"{context!a} is refused: {grammar.CONTEXT_RULE}."
                imports.row(key).problem("IM104", "contexts", message)
    imports.report()


def _without_urls(imports: Table) -> tuple[Table, Table]:
    """Return the entries that stand for files, and those that stand for a URL."""
    urls = {key: entry for key, entry in imports.data.items() if isinstance(entry, dict) and "url" in entry}
    if not urls:
        return imports, imports.part(urls)
    files = {key: entry for key, entry in imports.data.items() if key not in urls}
    return imports.part(files), imports.part(urls)


def _check_entries(table: Table, files: Files, wrong: set[str], why: str) -> None:
    """Check entries for files.

    :param wrong: the keys that are refused, all for one reason.
    """
    entries = Section(table)
    for key in entries.rows.keys() & wrong:
        entries.row(key).problem("IM104", None, why)
    paths = entries.strings("path")
    for key in entries.rows.keys() - paths.keys():
        if "path" not in entries.rows[key]:
            entries.row(key).problem("IM104", "path", "is missing.")
    # Nearly all entries are names of one file.
    unusual = [key for key, path in paths.items() if path not in files.good or key.endswith("/")]
    for key in unusual:
        if message := _wrong_path(key, paths[key], files):
            entries.row(key).problem("IM104", "path", message)
    entries.report()


def _wrong_path(key: str, path: str, files: Files) -> str:
    """Return what is wrong with the path of an entry, or `""`."""
    if key.endswith("/") != path.endswith("/"):
        return "a prefix specifier and its path both end in '/'."
    if not path.endswith("/"):
        return "" if path in files.paths else f"{path!a} is no file of this manifest."
    holds = grammar.is_folder(path) and files.are_below(path)
    return "" if holds else f"{path!a} holds no file of this manifest."


def _check_url(entry: Table) -> None:
    """Check an entry for a module of another site."""
    url, integrity = entry.string("url"), entry.string("integrity")
    if "path" in entry.data:
        entry.problem("IM104", None, "has both a path and a url.")
    if url is not None and not grammar.is_https_url(url):
        entry.problem("IM104", "url", grammar.wrong_url(url))
    if integrity is None or not grammar.is_integrity(integrity):
        entry.problem("IM104", "integrity", "a url needs an integrity such as 'sha384-…'.")


def _check_private(private: Table, files: Files) -> None:
    wrong = {key for key in private.data if not grammar.is_private(key.removesuffix("/"))}
    _check_entries(private, files, wrong, "is not a private specifier such as '#dom'.")


def _check_vendored(vendored: Table, files: Files, namespace: str) -> None:
    wrong = {key for key in vendored.data if not grammar.is_bare(key) or grammar.owns(namespace, key)}
    _check_entries(vendored, files, wrong, "is not a third-party bare specifier.")
    for _, copy in vendored.tables():
        if "version" not in copy.data:
            copy.problem("IM104", "version", "is missing.")
        copy.string("version")


def _check_requires(requires: Table) -> None:
    for key in requires.data:
        if not grammar.is_bare(key):
            requires.problem("IM104", key, "is not a bare specifier.")
        requires.string(key)


def _check_editable(top: Table, modules: Container[str]) -> None:
    """Check the keys of editable installs. Discovery decides if it believes their paths."""
    if "\0" in (top.string("project") or ""):
        top.problem("IM104", "project", "is not a path.")
    top.string("pyproject")
    files = top.table("files")
    for path in files.data:
        if "\0" in (files.string(path) or ""):
            files.problem("IM104", path, "is not a path.")
        if not path.endswith(SOURCE_SUFFIXES) and path not in modules:
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
