"""What a site configures: checked once, then immutable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from importmap._base.grammar import (
    CONTEXT_RULE,
    PATH_RULE,
    is_context,
    is_https_url,
    is_path,
    normalise,
    wrong_url,
)
from importmap._base.suggest import did_you_mean
from importmap._base.value import Immutable

from .static_url import StaticURL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict, TypeVar

    from importmap._manifest.package import Package

    from .static import Static

    _T = TypeVar("_T")
    #: A public path, an absolute path, or an https URL.
    Target = str

    class Configuration(TypedDict, total=False):
        """The keyword arguments of `Registry` and `configure`, for type checkers."""

        static: Static | str
        contexts: Mapping[str, Mapping[str, Iterable[str]]] | None
        disable: Iterable[str]
        enable: Iterable[str] | Callable[[Package], bool] | None
        project: str | os.PathLike[str] | None
        imports: Mapping[str, Target] | None
        overrides: Mapping[str, Target | None] | None
        shared: Iterable[str] | Mapping[str, str] | None
        integrity: bool | Iterable[str]
        isolate: bool
        strict: bool
        live: bool | None
        lock: str | os.PathLike[str] | None


class SiteContext(Immutable):
    """What a site decides about one context.

    :param enable: distributions all of whose public entries belong to it.
    :param disable: distributions none of whose entries do.
    """

    __slots__ = ("disable", "enable")

    enable: frozenset[str]
    disable: frozenset[str]

    def __init__(self, name: object, table: Mapping[str, Iterable[str]]) -> None:
        if not (isinstance(name, str) and is_context(name)):
            raise ValueError(f"contexts: {name!r} is refused: {CONTEXT_RULE}")
        if not isinstance(table, Mapping):
            raise ValueError(f"contexts[{name!r}] must be a table with 'enable' and 'disable', not {table!r}")
        for key in table:
            if key not in ("enable", "disable"):
                raise ValueError(
                    f"contexts[{name!r}]: unknown key {key!r}.{did_you_mean(key, ['enable', 'disable'])}"
                )
        self._set(
            enable=_names(f"contexts[{name!r}]['enable']", table.get("enable", ())),
            disable=_names(f"contexts[{name!r}]['disable']", table.get("disable", ())),
        )


class Settings(Immutable):
    """The keyword arguments of `Registry` and `configure`, checked.

    :raises TypeError: for a key that there is not.
    :raises ValueError: for a value that cannot be meant.
    """

    __slots__ = (
        "contexts",
        "disable",
        "enable",
        "imports",
        "integrity",
        "isolate",
        "live",
        "lock",
        "overrides",
        "project",
        "shared",
        "static",
        "strict",
    )

    static: Static
    contexts: Mapping[str, SiteContext]
    disable: frozenset[str]
    enable: frozenset[str] | Callable[[Package], bool] | None
    project: str | os.PathLike[str] | None
    imports: Mapping[str, Target]
    overrides: Mapping[str, Target | None]
    shared: Mapping[str, str | None]
    integrity: tuple[str, ...]
    isolate: bool
    strict: bool
    live: bool | None
    lock: str | os.PathLike[str] | None

    def __init__(
        self,
        *,
        static: Static | str = "/static/",
        contexts: Mapping[str, Mapping[str, Iterable[str]]] | None = None,
        disable: Iterable[str] = (),
        enable: Iterable[str] | Callable[[Package], bool] | None = None,
        project: str | os.PathLike[str] | None = None,
        imports: Mapping[str, Target] | None = None,
        overrides: Mapping[str, Target | None] | None = None,
        shared: Iterable[str] | Mapping[str, str] | None = None,
        integrity: bool | Iterable[str] = False,
        isolate: bool = False,
        strict: bool = False,
        live: bool | None = None,
        lock: str | os.PathLike[str] | None = None,
        **unknown: object,
    ) -> None:
        for key in unknown:
            known = sorted(self.__slots__)
            raise TypeError(
                f"unexpected keyword argument {key!r}.{did_you_mean(key, known)} "
                f"Known: {', '.join(map(repr, known))}."
            )
        for key, path in (("project", project), ("lock", lock)):
            if not (path is None or isinstance(path, (str, os.PathLike))):
                raise ValueError(f"{key} must be the path of a file, not {path!r}")
        for key, flag in (("isolate", isolate), ("strict", strict)):
            if not isinstance(flag, bool):
                raise ValueError(f"{key} must be True or False, not {flag!r}")
        if not (live is None or isinstance(live, bool)):
            raise ValueError(f"live must be True, False or None, not {live!r}")
        self._set(
            static=_static(static),
            contexts={name: SiteContext(name, table) for name, table in _table("contexts", contexts).items()},
            disable=_names("disable", disable),
            enable=enable if enable is None or callable(enable) else _names("enable", enable),
            project=project,
            imports=_imports(imports),
            overrides=_overrides(overrides),
            shared=_shared(shared, imports),
            integrity=_algorithms(integrity),
            isolate=isolate,
            strict=strict,
            live=live,
            lock=lock,
        )

    def enables(self, package: Package) -> bool:
        """Whether an installed package takes part."""
        if self.enable is None:
            return True
        if callable(self.enable):
            return self.enable(package)
        return package.distribution in self.enable


#: Of Subresource Integrity; the order is that of a list of digests.
_ALGORITHMS = ("sha256", "sha384", "sha512")


def is_url(target: Target) -> bool:
    """Whether a target is a URL already, and not a public path."""
    return target.startswith(("/", "https:"))


def _static(static: Static | str) -> Static:
    if isinstance(static, str):
        return StaticURL(static)
    if not callable(getattr(static, "url", None)):
        raise ValueError(f"static must be a URL or an object with the methods of Static, not {static!r}")
    return static


def _algorithms(integrity: bool | Iterable[str]) -> tuple[str, ...]:
    if isinstance(integrity, bool):
        return ("sha384",) if integrity else ()
    if isinstance(integrity, str) or not isinstance(integrity, Iterable):
        raise ValueError(f"integrity must be True, False or a list of algorithms, not {integrity!r}")
    wanted = list(integrity)
    for name in wanted:
        if name not in _ALGORITHMS:
            known = ", ".join(map(repr, _ALGORITHMS))
            raise ValueError(f"integrity: {name!r} is none of {known}")
    return tuple(name for name in _ALGORITHMS if name in wanted)


def _imports(imports: Mapping[str, Target] | None) -> dict[str, Target]:
    checked = dict(_table("imports", imports))
    for name, target in checked.items():
        _check_specifier("imports", name)
        if not name or name.startswith(("/", "./", "../", "#")):
            raise ValueError(
                f"imports: {name!r} is refused: a specifier is a bare name such as 'shop/cart'; "
                "browsers take what begins with '/', './' or '../' for a URL, "
                "and '#' names are private to a package"
            )
        if target is None:
            raise ValueError(f"imports[{name!r}]: None can only stand in overrides")
        _check_target(name, target)
    return checked


def _overrides(overrides: Mapping[str, Target | None] | None) -> dict[str, Target | None]:
    checked = dict(_table("overrides", overrides))
    for name, target in checked.items():
        _check_specifier("overrides", name)
        if target is not None:
            _check_target(name, target)
    return checked


def _shared(
    shared: Iterable[str] | Mapping[str, str] | None, imports: Mapping[str, Target] | None
) -> dict[str, str | None]:
    if isinstance(shared, str) or not isinstance(shared, Iterable | None):
        raise ValueError(
            f"shared must be a list of specifiers, or a mapping to distributions, not {shared!r}"
        )
    wanted: dict[str, str | None] = {}
    for name in shared or ():
        _check_specifier("shared", name)
        if name in (imports or ()):
            raise ValueError(f"shared: {name!r} is one of imports as well: only one of them can map it")
        wanted[name] = None
        if isinstance(shared, Mapping):
            [wanted[name]] = _names(f"shared[{name!r}]", [shared[name]])
    return wanted


def _table(where: str, table: Mapping[str, _T] | None) -> Mapping[str, _T]:
    if not (table is None or isinstance(table, Mapping)):
        raise ValueError(f"{where} must be a mapping, not {table!r}")
    return table or {}


def _check_specifier(where: str, name: object) -> None:
    if not isinstance(name, str):
        raise ValueError(f"{where}: a specifier must be a string, not {name!r}")


def _check_target(name: str, target: object) -> None:
    if not isinstance(target, str):
        raise ValueError(f"the target of {name!r} must be a string, not {target!r}")
    path, _, query = target.partition("?")
    if target.lower().startswith("https:"):
        if not is_https_url(target):
            raise ValueError(f"the target of {name!r}: {wrong_url(target)}")
        good = True
    elif query and target.startswith("/"):
        # A query is the same in every URL; a public path has none, for it names a file.
        good = is_path(path[1:]) and is_https_url(f"https://host/?{query}")
    else:
        good = is_path(target.removeprefix("/").removesuffix("/"))
    if not good or name.endswith("/") != target.endswith("/"):
        raise ValueError(
            f"the target {target!r} of {name!r} must be a public path, an absolute path or an https URL, "
            f"ending in '/' if the specifier does; {PATH_RULE}"
        )
    if target.endswith("/") and not is_url(target):
        raise ValueError(
            f"the target {target!r} of {name!r} must be an absolute path or an https URL: a folder has no URL"
        )


def _names(where: str, names: Iterable[str]) -> frozenset[str]:
    if isinstance(names, str):
        raise ValueError(f"{where} must be a list of distributions, not a string")
    if not isinstance(names, Iterable):
        raise ValueError(f"{where} must be a list of distributions, not {names!r}")
    names = list(names)
    for name in names:
        if not isinstance(name, str):
            raise ValueError(f"{where}: the name of a distribution must be a string, not {name!r}")
    return frozenset(map(normalise, names))
