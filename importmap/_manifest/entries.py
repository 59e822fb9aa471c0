"""The table `imports`, as an author writes it in TOML and as an entry point's object gives it.

Keys follow package.json `exports`; this module reads them one by one, it does not look at files.
"""

from __future__ import annotations

from dataclasses import dataclass

from importmap._base import grammar
from importmap._base.tables import Table, kind

_KEY_RULE = (
    "a key is '.', a path below the namespace, a pattern with one '*', "
    "a prefix that ends in '/', or a private name such as '#dom'"
)
_TARGET_KEYS = ["path", "url", "integrity", "contexts"]


@dataclass(frozen=True)
class Item:
    """One key of `imports` and what it stands for.

    :param key: the key as it is written.
    :param specifier: the full specifier; with a ``*`` in it if the key is a pattern.
    :param path: the public path, with as many ``*`` or a ``/`` at its end as the specifier.
    :param url: an absolute https URL in place of a path.
    :param integrity: the digests of what is at the URL.
    :param contexts: the contexts; None if the key names none.
    """

    key: str
    specifier: str
    path: str | None = None
    url: str | None = None
    integrity: str | None = None
    contexts: tuple[str, ...] | None = None

    @property
    def is_excluded(self) -> bool:
        """Tell whether the value is false: names that the key matches cannot be imported."""
        return self.path is None and self.url is None

    @property
    def is_pattern(self) -> bool:
        return "*" in self.specifier

    @property
    def is_prefix(self) -> bool:
        return self.specifier.endswith("/")

    @property
    def is_private(self) -> bool:
        return self.specifier.startswith("#")


def read_imports(table: Table, namespace: str) -> list[Item]:
    """The entries of an `imports` table, in its order.

    :param table: the table; problems are noted in it.
    :param namespace: the namespace that the keys stand below.
    :returns: the entries without a problem.
    """
    items: list[Item] = []
    keys: dict[str, str] = {}
    for key in table.data:
        # TOML has no other keys, but a mapping in Python may.
        if not isinstance(key, str):
            table.problem("IM001", None, f"the key {key!r} must be a string.")
            continue
        specifier = _specifier(key, namespace)
        if specifier is None:
            table.problem("IM004", key, f"is refused: {_KEY_RULE}; {grammar.PATH_RULE}.")
            continue
        if (other := keys.setdefault(specifier, key)) != key:
            table.problem("IM005", key, f"is the same specifier as the key {other!r}: {specifier!r}.")
        elif (item := _read_item(table, key, specifier)) is not None:
            items.append(item)
    return items


def read_contexts(table: Table, key: str) -> tuple[str, ...] | None:
    """The contexts in the array at `key`, each once; None if there is no such array."""
    contexts = table.strings(key)
    for context in contexts or []:
        if not grammar.is_context(context):
            table.problem("IM004", key, f"{context!a} is refused: {grammar.CONTEXT_RULE}.")
    return None if contexts is None else tuple(dict.fromkeys(contexts))


def read_path(table: Table, key: str, path: str | None, specifier: str) -> str | None:
    """Hold a public path to the grammar and to the specifier that it belongs to.

    :param table: the table in which it stands, at `key`; a problem is noted there.
    :returns: the path, or None if there is none or it is refused.
    """
    if path is None:
        return None
    message = ""
    if not grammar.is_path_or_folder(path):
        message = f"{path!a} is refused: {grammar.PATH_RULE}."
    elif specifier.endswith("/") != path.endswith("/"):
        message = f"{path!r} is refused: a prefix and its path both end in '/', other keys and paths do not."
    elif specifier.count("*") != path.count("*"):
        message = f"{path!r} is refused: a pattern and its path both have one '*', other keys and paths none."
    if message:
        table.problem("IM004", key, message)
        return None
    return path


def _specifier(key: str, namespace: str) -> str | None:
    """The full specifier of a key, or None if the key is against the grammar."""
    if key == ".":
        return namespace
    if key == "./":
        return namespace + "/"
    below = key.removeprefix("./")
    if key.count("*") > 1 or ("*" in key and key.endswith("/")):
        return None
    if grammar.is_private(key.removesuffix("/")):
        return key
    return f"{namespace}/{below}" if grammar.is_path_or_folder(below) else None


def _read_item(table: Table, key: str, specifier: str) -> Item | None:
    value = table.data[key]
    if isinstance(value, str):
        path = read_path(table, key, value, specifier)
        return Item(key, specifier, path=path) if path is not None else None
    if isinstance(value, dict):
        return _read_target(Table(value, table.at(key), table.problems), Item(key, specifier))
    if value is not False:
        given = "true" if value is True else kind(value)
        table.problem("IM001", key, f"must be a public path, a table or false, not {given}.")
        return None
    if specifier.endswith("/"):
        table.problem("IM001", key, "cannot be false: only exact keys and patterns can.")
        return None
    return Item(key, specifier)


def _read_target(table: Table, item: Item) -> Item | None:
    """A value table: a path or a URL, and contexts."""
    before = len(table.problems)
    table.unknown(_TARGET_KEYS)
    path = read_path(table, "path", table.string("path"), item.specifier)
    url, integrity = table.string("url"), table.string("integrity")
    contexts = read_contexts(table, "contexts")
    if item.is_private:
        _refuse(
            table, "a private name stands for a file, and for this package's modules only", _TARGET_KEYS[1:]
        )
    if "url" in table.data:
        _check_url(table, item, url, integrity)
    elif "integrity" in table.data:
        table.problem("IM006", "integrity", "belongs to a url; the build makes the digests of files.")
    if "path" not in table.data and "url" not in table.data:
        table.problem("IM003", None, "must have a path or a url.")
    if len(table.problems) > before:
        return None
    return Item(item.key, item.specifier, path, url, integrity, contexts)


def _check_url(table: Table, item: Item, url: str | None, integrity: str | None) -> None:
    if "path" in table.data:
        table.problem("IM006", "url", "a path is there already; an entry has one of them.")
    if item.is_pattern or item.is_prefix:
        table.problem("IM006", "url", "only an exact key can stand for a url.")
    if url is not None and not grammar.is_https_url(url):
        table.problem("IM004", "url", grammar.wrong_url(url))
    if "integrity" not in table.data:
        table.problem(
            "IM003",
            "integrity",
            "is missing: a url needs the digest of what it loads.",
            'integrity = "sha384-…"',
        )
    elif integrity is not None and not grammar.is_integrity(integrity):
        table.problem("IM004", "integrity", f"{integrity!a} is not a digest such as 'sha384-…'.")


def _refuse(table: Table, why: str, keys: list[str]) -> None:
    for key in keys:
        if key in table.data:
            table.problem("IM006", key, f"cannot stand here: {why}.")
