"""The import map as an immutable value (HTML Standard, 8.1.5.3 "Import maps")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from . import _algebra as algebra
from ._diagnostics import Diagnostic, did_you_mean
from ._errors import MissingModuleError
from ._render import Html, attributes, is_javascript, preload_links, script_text, to_text
from ._value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Specifiers = Mapping[str, "str | None"]


class ImportMap(Value):
    """A merged import map: immutable, hashable, picklable.

    Maps are equal if their four mappings are; `contexts` only labels what was asked for.
    A scope without entries says nothing, and is left out.

    :param imports: specifier -> URL; None blocks the specifier.
    :param scopes: URL or URL prefix of the importing module -> specifier -> URL.
    :param integrity: URL -> digests in the form of Subresource Integrity.
    :param depcache: URL of a module -> what it imports statically, as URLs. An extension
        that browsers do not read; see `to_json`.
    :param contexts: the contexts that the map was made for.
    """

    __slots__ = ("_lazy", "contexts", "depcache", "imports", "integrity", "scopes")

    imports: Mapping[str, str | None]
    scopes: Mapping[str, Mapping[str, str | None]]
    integrity: Mapping[str, str]
    depcache: Mapping[str, tuple[str, ...]]
    contexts: tuple[str, ...]
    _lazy: dict[str, str]

    def __init__(
        self,
        imports: Specifiers | None = None,
        scopes: Mapping[str, Specifiers] | None = None,
        integrity: Mapping[str, str] | None = None,
        depcache: Mapping[str, Iterable[str]] | None = None,
        *,
        contexts: Iterable[str] = (),
    ) -> None:
        self._set(
            imports=_sorted(imports or {}),
            scopes=_sorted({scope: _sorted(names) for scope, names in (scopes or {}).items() if names}),
            integrity=_sorted(integrity or {}),
            depcache=_sorted({url: tuple(edges) for url, edges in (depcache or {}).items()}),
            contexts=tuple(contexts),
            _lazy={},
        )

    def _fields(self) -> tuple[object, ...]:
        scopes = tuple((scope, tuple(names.items())) for scope, names in self.scopes.items())
        return (
            tuple(self.imports.items()),
            scopes,
            tuple(self.integrity.items()),
            tuple(self.depcache.items()),
        )

    def __repr__(self) -> str:
        parts = [f"{name}={dict(section)!r}" for name, section in self._sections().items()]
        return f"ImportMap({', '.join(parts)})"

    def __getstate__(self) -> dict[str, object]:
        return {**self._sections(depcache=True), "contexts": self.contexts}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # the state is what __getstate__ returned

    def _sections(self, *, depcache: bool = False) -> dict[str, dict[str, object]]:
        sections: dict[str, dict[str, object]] = {"imports": dict(self.imports)}
        if self.scopes:
            sections["scopes"] = {scope: dict(names) for scope, names in self.scopes.items()}
        if self.integrity:
            sections["integrity"] = dict(self.integrity)
        if depcache and self.depcache:
            sections["depcache"] = dict(self.depcache)
        return sections

    # Output

    def to_json(self, indent: int | None = None, extensions: bool = False) -> str:
        """The map as JSON: sorted keys, ASCII.

        :param indent: spaces per level; None for the compact form.
        :param extensions: also print what browsers do not read (`depcache`).
        """
        return to_text(self._sections(depcache=extensions), indent)

    @property
    def csp_hash(self) -> str:
        """The source expression that lets a Content Security Policy allow `render()`'s script.

        CSP Level 3, 2.3.1 "Source Lists": ``'sha256-…'`` of the script's exact content.
        """
        if "csp_hash" not in self._lazy:
            # Not needed to load a map, and slow to import.
            import base64
            import hashlib

            digest = hashlib.sha256(script_text(self.to_json()).encode()).digest()
            self._lazy["csp_hash"] = f"'sha256-{base64.b64encode(digest).decode()}'"
        return self._lazy["csp_hash"]

    @property
    def digest(self) -> str:
        """Twelve characters that change with the map, for ETags and cache keys."""
        return self.csp_hash[8:20]

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
        lazy = self._lazy
        if "tail" not in lazy:
            label = {"data-importmap": f"{' '.join(self.contexts)};{self.digest}"}
            lazy["head"] = f'<script type="importmap"{attributes(label)}'
            lazy["tail"] = f">{script_text(self.to_json())}</script>"
        head, tail = lazy["head"], lazy["tail"]
        attrs = attrs or {}
        if not preload:
            return Html(f"{head}{attributes(attrs)}{tail}")
        links = preload_links(self._static_closure(preload), self.integrity, attrs)
        return Html(f"{head}{attributes(attrs)}{tail}{links}")

    def _static_closure(self, specifiers: Iterable[str]) -> list[str]:
        if isinstance(specifiers, str):
            raise TypeError("preload is a list of specifiers, not a string")
        known = [name for name, url in self.imports.items() if url is not None]
        urls: dict[str, None] = {}
        for specifier in specifiers:
            url = self.imports.get(specifier)
            if url is None:
                message = f"the map has no {specifier!r} to preload."
                raise MissingModuleError(
                    Diagnostic("IM212", "error", message + did_you_mean(specifier, known))
                )
            urls[url] = None
        queue = list(urls)
        for url in queue:
            new = [edge for edge in self.depcache.get(url, ()) if edge not in urls]
            urls.update(dict.fromkeys(new))
            queue.extend(new)
        return [url for url in urls if is_javascript(url)]

    def __str__(self) -> str:
        return self.render()

    def __html__(self) -> str:
        return self.render()

    # Combination

    def __or__(self, other: ImportMap) -> ImportMap:
        """The union. :raises ConflictError: where the maps disagree."""
        if not isinstance(other, ImportMap):
            return NotImplemented
        return self._with(algebra.union(self._rules(), other._rules()), other)

    def override(self, other: ImportMap) -> ImportMap:
        """The union in which `other` wins where the maps disagree."""
        return self._with({**self._rules(), **other._rules()}, other)

    def __sub__(self, other: ImportMap) -> ImportMap:
        """What a page that already has `other` still needs to have this map as well.

        :raises ConflictError: where a browser would not take in the difference: it would
            change what `other` already decides.
        """
        if not isinstance(other, ImportMap):
            return NotImplemented
        return _from_rules(algebra.difference(self._rules(), other._rules()), self.contexts)

    def _rules(self) -> algebra.Rules:
        return {
            **{("imports", "", key): value for key, value in self.imports.items()},
            **{
                ("scopes", scope, key): value
                for scope, names in self.scopes.items()
                for key, value in names.items()
            },
            **{("integrity", "", url): value for url, value in self.integrity.items()},
            **{("depcache", "", url): value for url, value in self.depcache.items()},
        }

    def _with(self, rules: algebra.Rules, other: ImportMap) -> ImportMap:
        return _from_rules(rules, sorted({*self.contexts, *other.contexts}))


def _from_rules(rules: algebra.Rules, contexts: Iterable[str]) -> ImportMap:
    sections: dict[str, Any] = {"imports": {}, "integrity": {}, "depcache": {}}
    scopes: dict[str, dict[str, Any]] = {}
    for (section, scope, key), value in rules.items():
        (scopes.setdefault(scope, {}) if section == "scopes" else sections[section])[key] = value
    return ImportMap(scopes=scopes, contexts=contexts, **sections)


def _sorted(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """A read-only copy in the order of the keys."""
    return MappingProxyType(dict(sorted(table.items())))
