"""The import map as an immutable value, and what loading a module makes a browser fetch.

HTML Standard, 8.1.5.3 "Import maps".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from importmap._base.diagnostics import Diagnostic, MissingModuleError, shown
from importmap._base.grammar import beginnings, covers
from importmap._base.public import public
from importmap._base.suggest import did_you_mean

from . import algebra
from .algebra import rules_of
from .html import Html, attributes, is_javascript, preload_links, script_text
from .sections import Sections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .normalize import Normalized
    from .resolve import Index


def breadth_first(start: Iterable[str], edges: Callable[[str], Iterable[str]]) -> list[str]:
    """Everything that can be reached, each once, the nearest first.

    :param start: where to begin, in order.
    :param edges: what lies one step away.
    """
    reached = dict.fromkeys(start)
    queue = list(reached)
    for node in queue:
        new = [edge for edge in edges(node) if edge not in reached]
        reached.update(dict.fromkeys(new))
        queue.extend(dict.fromkeys(new))
    return queue


def imported_as_written(import_map: Sections, url: str) -> list[str]:
    """What a module imports, by `depcache`, as URLs that are written in a map whose page is not known."""
    edges: Iterable[str] = import_map.depcache.get(url, ())
    imports, scopes = import_map.imports, import_map.scopes
    if import_map.boundaries:
        tables = [scopes[scope] for scope in beginnings(url) if scope in scopes]
        edges = (next((names[edge] for names in tables if edge in names), None) or edge for edge in edges)
    edges = (imports.get(edge) or edge for edge in edges)
    # What only a scope maps can stand here beside another host; its URL is not to be had without a page.
    return [edge for edge in edges if edge.startswith(("/", "./", "../")) or "//" in edge]


#: A page for maps that do not know theirs; deep enough that no relative URL leads to the root of its site.
_SOMEWHERE = "https://importmap.invalid/-/-/-/"


@public
class ImportMap(Sections):
    """A merged import map: immutable, hashable, picklable.

    Maps are equal if they have the same JSON, extensions included, and the same boundaries:
    `contexts` only labels what was asked for, and `base_url` says where the map stands. Keys and
    addresses stay as they were written; what a browser makes of them is `normalize()`.

    :param imports: specifier -> URL; None blocks the specifier.
    :param scopes: URL or URL prefix of the importing module -> specifier -> URL.
    :param integrity: URL -> digests in the form of Subresource Integrity.
    :param depcache: URL of a module -> what it imports statically. An extension that
        browsers do not read; see `to_json`.
    :param contexts: the contexts that the map was made for.
    :param isolated_scopes: whether modules in a scope have that scope's names only. An
        extension, too.
    :param boundaries: scope -> the names that its modules may take from `imports`, with all
        below each; the scope blocks all others. Browsers know no isolated scopes, but they do
        know entries without address. See `configure(isolate=True)`.
    :param base_url: absolute URL of the page that the map stands on, where it is known.
    :param label: see `label`; None for that of this very map.
    """

    __slots__ = ()

    def with_base_url(self, base_url: str) -> ImportMap:
        """The same map on another page.

        :param base_url: absolute URL of the page.
        """
        boundaries = self.boundaries
        return self._like(self.to_dict(), base_url=base_url, boundaries=boundaries, label=self._label)

    # Output

    def render(self, attrs: Mapping[str, object] | None = None, preload: Iterable[str] = ()) -> Html:
        """The map as one script element, then its preloads.

        The element has to stand before everything on the page that loads a module.

        :param attrs: further attributes of the script element, such as a nonce. Preloads
            take over the nonce.
        :param preload: specifiers of `imports` whose modules, with all that they import
            statically, the browser is to fetch at once.
        :returns: html-safe markup.
        :raises MissingModuleError: for a specifier in `preload` that the map does not have.
        """
        return Html(self._text(attrs or {}, preload))

    def _text(self, attrs: Mapping[str, object], preload: Iterable[str]) -> str:
        """The string that `render` makes a copy of."""
        lazy = self._lazy
        if "tail" not in lazy:
            lazy["head"] = f'<script type="importmap"{attributes({"data-importmap": self.label})}'
            lazy["tail"] = f">{script_text(self.to_json())}</script>"
        head, tail = lazy["head"], lazy["tail"]
        if not preload:
            return f"{head}{attributes(attrs)}{tail}"
        if isinstance(preload, str):
            raise TypeError("preload is a list of specifiers, not a string")
        links = preload_links(*self._preloads(preload), attrs)
        return f"{head}{attributes(attrs)}{tail}{links}"

    def _preloads(self, specifiers: Iterable[str]) -> tuple[list[str], Mapping[str, str]]:
        """The modules to preload for some keys of `imports`, and the integrity of each URL."""
        names = list(specifiers)
        urls, integrity = [self.url(name) for name in names], self.integrity
        if self.base_url is not None:
            index = self._index(None)
            urls = [index.resolve(name, self.base_url) for name in names]
            integrity = index.normalized.integrity
        return [url for url in self._closure(urls, self.base_url) if is_javascript(url)], integrity

    def __str__(self) -> str:
        return self.render()

    def __html__(self) -> str:
        return self.render()

    # Resolution (HTML Standard, 8.1.5 "Module specifier resolution")

    def resolve(self, specifier: str, base: str | None = None) -> str:
        """The URL that a browser loads for an import ("resolve a module specifier").

        :param specifier: what stands in the import.
        :param base: absolute URL of the module or page that imports; `base_url` if it is left
            out. A map without `base_url` is read as if it stood there.
        :raises ResolutionError: if a browser would refuse; says which rule refused.
        """
        index: Index | None = self._lazy.get("index")
        if index is None or self.base_url is None:
            index = self._index(base)
        return index.resolve(specifier, index.base_url if base is None else base)

    def url(self, specifier: str) -> str:
        """The address of an entry, as it is written in the map: for a script's `src`, or a worker.

        :param specifier: a key of `imports`.
        :raises MissingModuleError: if there is no such entry, or it blocks the name.
        """
        url = self.imports.get(specifier)
        if url is None:
            known = [name for name, url in self.imports.items() if url is not None]
            message = f"the map has no {shown(specifier)}.{did_you_mean(specifier, known)}"
            raise MissingModuleError(Diagnostic("IM212", "error", message))
        return url

    def closure(self, specifier: str, base: str | None = None) -> list[str]:
        """The URLs that loading a module makes a browser fetch, along `depcache`, breadth-first.

        :param specifier: what stands in the import.
        :param base: as in `resolve`. Where neither it nor `base_url` is known, only keys of
            `imports` are found, and URLs are given as they were written.
        :raises ResolutionError: for an import that a browser would refuse.
        :raises MissingModuleError: for a specifier that is no key of `imports`, without a base.
        """
        base = self.base_url if base is None else base
        start = self.url(specifier) if base is None else self.resolve(specifier, base)
        return self._closure([start], base)

    def normalize(self, base_url: str | None = None) -> ImportMap:
        """The map as browsers see it: keys normalised, addresses as URLs or None, ignored entries gone.

        :param base_url: where the map stands, if it does not know.
        """
        normalized = self._index(base_url).normalized.unwritten()
        return self._like(normalized.sections(), normalized, base_url=normalized.base)

    def extend(
        self, other: ImportMap, resolved: Iterable[tuple[str, str]] = (), *, strict: bool = False
    ) -> tuple[ImportMap, list[Diagnostic]]:
        """What a page with this map has when another one comes to it ("merge existing and new import maps").

        The page's own rules stay, and nothing changes that it has resolved.

        :param resolved: what the page has resolved so far: specifiers, each with the URL of
            the module or page that imported it. All of them count, whatever they lead to.
        :param strict: the rules of the proposal "Lazy Loading of Import Maps": nothing may be
            dropped, and no scope may cover a module that is loaded.
        :returns: the map, and a diagnostic for each rule that was dropped.
        :raises ConflictError: what would be dropped, if `strict`.
        :raises ResolutionError: for a base that is not an absolute URL.
        :raises ValueError: if something is resolved, and neither map knows its `base_url`.
        """
        from .merge import Merge

        # Without resolved specifiers it does not matter where two maps stand, if it is one place.
        resolved = list(resolved)
        where = self.base_url or other.base_url or (None if resolved else _SOMEWHERE)
        if other.base_url not in (None, where):
            other = other.normalize()
        merge = Merge(self._index(where), self, resolved)
        new = other._index(where).normalized  # noqa: SLF001  # of the same class
        merge.take(new, other)
        if strict:
            merge.refuse(new)
        page = self._like(
            merge.sections,
            merge.normalized,
            isolated_scopes=merge.isolated,
            base_url=self.base_url or other.base_url,
        )
        return page, merge.dropped

    def _like(
        self, sections: dict[str, Any], normalized: Normalized | None = None, **labels: Any
    ) -> ImportMap:
        """A map of other sections, normalised or not, with our contexts and the like but for `labels`."""
        other = ImportMap(**sections, **{**self._labels(), "label": None, **labels})
        return other if normalized is None else other._with_index(normalized)

    def _with_index(self, normalized: Normalized) -> ImportMap:
        """This map, where it has been normalised already."""
        from .resolve import Index

        base_url = self.base_url if self.base_url is not None else normalized.base
        self._lazy["index"] = Index(normalized, base_url, isolated=self.isolated_scopes)
        return self

    def _index(self, base: str | None) -> Index:
        """The map, ready to resolve; `base` is where a map without `base_url` stands."""
        where = self.base_url if self.base_url is not None else base
        if where is None:
            raise ValueError("the map does not know where it stands: it needs a base URL")
        index: Index | None = self._lazy.get("index")
        if index is None or index.base_url != where:
            from .normalize import normalize
            from .resolve import Index

            normalized = normalize(self.to_dict(), where, [])
            self._lazy["index"] = index = Index(normalized, where, isolated=self.isolated_scopes)
        return index

    def _closure(self, start: list[str], base: str | None) -> list[str]:
        """What some modules import, themselves included; with URLs as written if `base` is None."""
        if base is None:
            return breadth_first(start, lambda url: imported_as_written(self, url))
        index = self._index(base)
        depcache = index.normalized.depcache
        return breadth_first(start, lambda url: [index.resolve(edge, url) for edge in depcache.get(url, ())])

    # Combination

    def __or__(self, other: ImportMap) -> ImportMap:
        """The union. :raises ConflictError: where the maps disagree."""
        if not isinstance(other, ImportMap):
            return NotImplemented
        return self._with(algebra.union(rules_of(self), rules_of(self._spelled(other))), other)

    def override(self, other: ImportMap) -> ImportMap:
        """The union in which `other` wins where the maps disagree."""
        rules, later = rules_of(self), rules_of(self._spelled(other))
        return self._with({**algebra.without_copies(rules, later, self.boundaries), **later}, other)

    def __sub__(self, other: ImportMap) -> ImportMap:
        """What a page that already has `other` still needs to have this map as well.

        :raises ConflictError: where a browser would not take in the difference: it would
            change what `other` already decides.
        """
        if not isinstance(other, ImportMap):
            return NotImplemented
        from .difference import difference

        other = self._spelled(other)
        extra, base = rules_of(self), rules_of(other)
        needed = difference(extra, base, self._covering(other))
        label = self._with({**base, **extra}, other).label
        return self._like(algebra.sections_of(needed), label=label)

    def missing(self, extra: ImportMap) -> list[str]:
        """The names of `extra` that scripts of a page with this map cannot import, sorted.

        Names are the bare specifiers of `imports`. A URL is never missing, for it resolves to
        itself; nor is a name that `extra` blocks.
        """
        from .difference import missing

        return missing(rules_of(self), rules_of(extra))

    def _covering(self, other: ImportMap) -> set[str]:
        """The scopes of two maps that cover their page, if it is known."""
        where = other.base_url or self.base_url
        if where is None:
            return set()
        scopes = [each._index(where).normalized.written_scopes for each in (self, other)]  # noqa: SLF001  # of the same class
        return {text for written in scopes for url, text in written.items() if covers(url, where)}

    def _with(self, rules: algebra.Rules, other: ImportMap) -> ImportMap:
        return self._like(
            algebra.sections_of(rules),
            contexts=sorted({*self.contexts, *other.contexts}),
            isolated_scopes=self.isolated_scopes or other.isolated_scopes,
            boundaries={**self.boundaries, **other.boundaries},
            base_url=self.base_url or other.base_url,
        )

    def _spelled(self, other: ImportMap) -> ImportMap:
        """Another map, its URLs spelled as they are here."""
        where = self.base_url or other.base_url
        if where is None:
            return other
        from .merge import spelled_like

        elsewhere = None not in (self.base_url, other.base_url) and self.base_url != other.base_url
        other = other.normalize() if elsewhere else other
        one, two = (each._index(where) for each in (self, other))  # noqa: SLF001  # of the same class
        if not elsewhere and one.normalized.is_spelled_like(two.normalized):
            return other
        return other._like(spelled_like(one, self, two, other))  # noqa: SLF001  # of the same class
