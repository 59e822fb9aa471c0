"""HTML Standard, "The resolution algorithm", on an index that is built once.

The standard goes through a map in descending order, which puts a longer key before its
prefixes. Looking for the key, and then for its beginnings of the lengths that prefixes have,
from the longest, finds the same without going through the map.
"""

from __future__ import annotations

from collections.abc import Iterable

from importmap._base.diagnostics import Diagnostic, ResolutionError, shown
from importmap._base.grammar import covers, prefixes
from importmap._base.suggest import did_you_mean

from . import url as urls
from .normalize import TOP, Normalized, absolute, where

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .normalize import SpecifierMap

    #: A specifier map, the lengths of its prefixes, the longest first, and its scope or `TOP`.
    Table = tuple[SpecifierMap, "tuple[int, ...]", "str | None"]

#: Bases of which the scopes are remembered; modules usually come with all their imports.
_REMEMBERED = 1000


class Index:
    """A map that is ready to resolve.

    :param normalized: the map.
    :param base_url: where it stands, as the caller said it.
    :param isolated: whether scopes are isolated (import map extensions, "Isolated Scopes").
    """

    __slots__ = ("_imports", "_known", "_lengths", "_scopes", "base_url", "isolated", "normalized")

    def __init__(self, normalized: Normalized, base_url: str, *, isolated: bool) -> None:
        self.normalized = normalized
        self.base_url = base_url
        self.isolated = isolated
        self._imports = _table(normalized.imports, TOP)
        self._scopes = {scope: _table(names, scope) for scope, names in normalized.scopes.items()}
        self._lengths = prefix_lengths(self._scopes)
        self._known: dict[str, tuple[str, tuple[Table, ...]]] = {}

    def resolve(self, specifier: str, base: str) -> str:
        """HTML Standard, "resolve a module specifier".

        :param specifier: what stands in the import.
        :param base: URL of the module or page that imports.
        :returns: the serialised URL.
        :raises ResolutionError: says which rule refused.
        """
        known = self._known.get(base)
        if known is None:
            known = self._tables(base)
        # Most specifiers are bare, and keys of the map; what may be like a URL has a colon or begins so.
        if ":" not in specifier and specifier[:1] not in "/.":
            for names, lengths, _ in known[1]:
                url = names.get(specifier, "")
                if url:
                    return url
                if url is None or lengths:
                    break
        return self._resolve(specifier, *known)

    def _resolve(self, specifier: str, base: str, tables: tuple[Table, ...]) -> str:
        # 7. and 8. What is like a URL is looked up as that URL.
        as_url = urls.parse_specifier(specifier, base)
        normalized = specifier if as_url is None else as_url
        innermost = tables[0][2]
        if self.isolated and innermost is not TOP:
            return self._isolated(specifier, base, as_url, tables[0], innermost)
        # 10. and 11. The scopes from the most specific one, then `imports`.
        for table in tables:
            url = self._match(normalized, as_url, table)
            if url is not None:
                return url
        # 12. and 13. A URL that the map says nothing of is itself.
        if as_url is not None:
            return as_url
        # 14.
        raise _unknown(specifier, base, tables)

    def _match(self, normalized: str, as_url: str | None, table: Table) -> str | None:
        """HTML Standard, "resolve an imports match"."""
        names, lengths, scope = table
        # 1.1. The key itself; an entry without address refuses it.
        if normalized in names:
            url = names[normalized]
            if url is None:
                raise self._blocked(normalized, normalized, scope)
            return url
        # 1.2. The longest prefix that ends in a slash, of bare specifiers and of special URLs.
        if lengths and (as_url is None or urls.is_special(as_url)):
            for key in prefixes(normalized, lengths):
                if key in names:
                    return self._below(normalized, key, names[key], scope)
        # 2.
        return None

    def _below(self, normalized: str, key: str, address: str | None, scope: str | None) -> str:
        """HTML Standard, "resolve an imports match", 1.2: a specifier below the prefix `key`."""
        # 1.2.1. and 1.2.2. An entry without address refuses everything below it.
        if address is None:
            raise self._blocked(normalized, key, scope)
        # 1.2.3. to 1.2.7. The rest of the specifier is parsed as a URL beside the address.
        rest = normalized[len(key) :]
        url = urls.parse(rest, address)
        if url is None:
            message = (
                f"{shown(normalized)} leads nowhere: {shown(rest)} cannot be joined to {shown(address)}."
            )
            raise self._refusal("IM313", message, key, scope)
        # 1.2.8. and 1.2.9. It has to stay below the address.
        if not url.startswith(address):
            message = f"{shown(normalized)} leads out of {shown(address)}, to {shown(url)}."
            raise self._refusal("IM314", message, key, scope)
        # 1.2.10.
        return url

    def _isolated(self, specifier: str, base: str, as_url: str | None, table: Table, scope: str) -> str:
        """Import map extensions, "Isolated Scopes"."""
        # 3. URLs are not mapped: only bare specifiers are looked up.
        if as_url is None:
            url = self._match(specifier, None, table)
            # 2. There is nothing to fall back to.
            if url is not None:
                return url
        # 1. A URL has to lie in the scope.
        elif covers(scope, as_url):
            return as_url
        written = shown(self.normalized.written_scopes[scope])
        what = "does not lie in" if as_url else "is not among the names of"
        message = f"{shown(specifier)} {what} the isolated scope {written}."
        raise ResolutionError(Diagnostic("IM315", "error", message, place=base))

    def _tables(self, base: str) -> tuple[str, tuple[Table, ...]]:
        """A base, serialised, and the specifier maps that hold for it, the most specific first."""
        url = absolute(base)
        # 10.1. A scope covers the base if it is the base, or a part of it that ends in a slash.
        covering = dict.fromkeys([url, *prefixes(url, self._lengths)])
        tables = [self._scopes[scope] for scope in covering if scope in self._scopes]
        if not (tables and self.isolated):
            tables.append(self._imports)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[base] = known = (url, tuple(tables[:1] if self.isolated else tables))
        return known

    def _blocked(self, normalized: str, key: str, scope: str | None) -> ResolutionError:
        why = self.normalized.invalid.get((scope, key), "its address is null.")
        return self._refusal("IM312", f"{shown(normalized)} is blocked: {why}", key, scope)

    def _refusal(self, code: str, message: str, key: str, scope: str | None) -> ResolutionError:
        normalized = self.normalized
        rule = normalized.written[scope].get(key, key)
        table = where(TOP if scope is TOP else normalized.written_scopes[scope])
        return ResolutionError(Diagnostic(code, "error", message, place=f"{table}[{shown(rule)}]"))


def _unknown(specifier: str, base: str, tables: tuple[Table, ...]) -> ResolutionError:
    if ":" in specifier or specifier.startswith(("/", "./", "../")):
        message = f"{shown(specifier)} is neither a URL nor in the map."
    else:
        known = list(dict.fromkeys(name for names, _, _ in tables for name in names))
        message = f"the bare specifier {shown(specifier)} is not in the map.{did_you_mean(specifier, known)}"
    return ResolutionError(Diagnostic("IM311", "error", message, place=base))


def mapped_urls(normalized: Normalized) -> list[Diagnostic]:
    """The URLs that scopes map, which isolated scopes may not ("Isolated Scopes", 3.)."""
    problems = []
    for scope, written in normalized.written_scopes.items():
        for key in normalized.written[scope].values():
            message = f"{shown(key)} is ignored: an isolated scope maps no URLs."
            problems.append(Diagnostic("IM320", "warning", message, place=where(written)))
    return problems


def _table(names: SpecifierMap, scope: str | None) -> Table:
    return names, prefix_lengths(names), scope


def prefix_lengths(names: Iterable[str]) -> tuple[int, ...]:
    """The lengths of the keys that are prefixes, the longest first."""
    return tuple(sorted({len(name) for name in names if name.endswith("/")}, reverse=True))
