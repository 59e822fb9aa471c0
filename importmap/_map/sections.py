"""The parts of an import map as an immutable value, as they were written.

Boundaries isolate a scope in browsers: they block the names that its modules may not take from
`imports`. Browsers fall back from a scope to `imports`. An entry of the scope itself ends that,
and an entry without address refuses the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from importmap._base.grammar import is_integrity, is_url_like
from importmap._base.value import Immutable

from .html import script_text, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Specifiers = Mapping[str, "str | None"]


def guarded(
    imports: Specifiers, scopes: Mapping[str, Specifiers], boundaries: Mapping[str, Iterable[str]]
) -> dict[str, Specifiers]:
    """The scopes, each with an entry for every name in `imports`.

    :param boundaries: scope -> the names that it may take from there, with all below each. It has
        null for the others. What the scope says itself stays.
    """
    names = {name: _beginnings(name) for name in imports if not is_url_like(name)}
    complete = dict(scopes)
    for scope in boundaries.keys() & scopes.keys():
        allowed = frozenset(boundaries[scope])
        entries = {
            name: None if beginnings.isdisjoint(allowed) else imports[name]
            for name, beginnings in names.items()
        }
        complete[scope] = {**entries, **scopes[scope]}
    return complete


def _beginnings(name: str) -> frozenset[str]:
    """A specifier, and all that it lies below, without slashes at their ends."""
    parts = name.rstrip("/").split("/")
    return frozenset("/".join(parts[:length]) for length in range(1, len(parts) + 1))


#: The top-level keys that browsers know, in the order of the standard.
STANDARD_KEYS = ("imports", "scopes", "integrity")


class Sections(Immutable):
    """What an import map consists of: immutable, hashable, picklable.

    The parameters are those of `ImportMap`, which adds what can be done with it.
    """

    __slots__ = (
        "_label",
        "_lazy",
        "base_url",
        "boundaries",
        "contexts",
        "depcache",
        "imports",
        "integrity",
        "isolated_scopes",
        "scopes",
    )

    imports: Mapping[str, str | None]
    scopes: Mapping[str, Mapping[str, str | None]]
    integrity: Mapping[str, str]
    depcache: Mapping[str, tuple[str, ...]]
    contexts: tuple[str, ...]
    isolated_scopes: bool
    boundaries: Mapping[str, tuple[str, ...]]
    base_url: str | None
    _label: str | None
    _lazy: dict[str, Any]

    def __init__(
        self,
        imports: Specifiers | None = None,
        scopes: Mapping[str, Specifiers] | None = None,
        integrity: Mapping[str, str] | None = None,
        depcache: Mapping[str, Iterable[str]] | None = None,
        *,
        contexts: Iterable[str] = (),
        isolated_scopes: bool = False,
        boundaries: Mapping[str, Iterable[str]] | None = None,
        base_url: str | None = None,
        label: str | None = None,
    ) -> None:
        scopes = scopes or {}
        if boundaries:
            scopes = guarded(imports or {}, scopes, boundaries)
        self._set(
            imports=_sorted(imports or {}),
            scopes=_sorted({scope: _sorted(names) for scope, names in scopes.items()}),
            integrity=_sorted(integrity or {}),
            depcache=_sorted({url: tuple(edges) for url, edges in (depcache or {}).items()}),
            contexts=tuple(contexts),
            isolated_scopes=isolated_scopes,
            boundaries=_sorted({scope: tuple(names) for scope, names in (boundaries or {}).items()}),
            base_url=base_url,
            _label=label,
            _lazy={},
        )

    def _fields(self) -> tuple[object, ...]:
        scopes = tuple((scope, tuple(names.items())) for scope, names in self.scopes.items())
        return (
            tuple(self.imports.items()),
            scopes,
            tuple(self.integrity.items()),
            tuple(self.depcache.items()),
            self.isolated_scopes,
            tuple(self.boundaries.items()),
        )

    def __repr__(self) -> str:
        fields = {**self.to_dict(), "isolated_scopes": self.isolated_scopes, "base_url": self.base_url}
        del fields["depcache"]  # longer than all the rest
        shown = [f"{name}={value!r}" for name, value in fields.items() if value or name == "imports"]
        return f"ImportMap({', '.join(shown)})"

    def __getstate__(self) -> dict[str, object]:
        return {**self.to_dict(), **self._labels(), "boundaries": dict(self.boundaries)}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # the state is what __getstate__ returned

    def to_dict(self) -> dict[str, Any]:
        """Copies of the four mappings, by name."""
        return {
            "imports": dict(self.imports),
            "scopes": {scope: dict(names) for scope, names in self.scopes.items()},
            "integrity": dict(self.integrity),
            "depcache": dict(self.depcache),
        }

    def to_json(self, indent: int | None = None, extensions: bool = False) -> str:
        """The map as JSON: sorted keys, ASCII.

        :param indent: spaces per level; None for the compact form.
        :param extensions: also print what browsers do not read: `depcache` and `isolatedScopes`.
        """
        isolated = self.isolated_scopes or bool(self.boundaries)
        sections = {**self.to_dict(), "isolatedScopes": isolated}
        known = sections if extensions else STANDARD_KEYS
        printed = {name: sections[name] for name in known if name == "imports" or sections[name]}
        return to_text(printed, indent)

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
        csp_hash: str = self._lazy["csp_hash"]
        return csp_hash

    @property
    def csp_hashes(self) -> tuple[str, ...]:
        """The source expressions for a policy without a nonce: the map's own, and those of all modules in it.

        CSP Level 3, "Does request match source list?": a script that is fetched is allowed if the
        policy lists all digests of its integrity. So the map needs `integrity` for each module.
        """
        texts = (text for text in self.integrity.values() if is_integrity(text))
        digests = {digest for text in texts for digest in text.split()}
        return (self.csp_hash, *(f"'{digest}'" for digest in sorted(digests)))

    @property
    def digest(self) -> str:
        """Twelve characters that change with the map, for ETags and cache keys."""
        return self.csp_hash[8:20]

    @property
    def label(self) -> str:
        """What `data-importmap` says of the page: its contexts, and the digest of its map.

        The label of a difference is that of a page with both maps.
        """
        return f"{' '.join(self.contexts)};{self.digest}" if self._label is None else self._label

    def _labels(self) -> dict[str, Any]:
        return {
            "contexts": self.contexts,
            "isolated_scopes": self.isolated_scopes,
            "base_url": self.base_url,
            "label": self._label,
        }


def _sorted(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """A read-only copy in the order of the keys."""
    return MappingProxyType(dict(sorted(table.items())))
