"""What a site configures: checked once, then immutable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ._diagnostics import did_you_mean
from ._grammar import CONTEXT_RULE, PATH_RULE, is_context, is_https_url, is_path, normalise
from ._static import StaticURL
from ._value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import TypedDict

    from ._protocol import Static

    #: A public path, an absolute path, or an https URL.
    Target = str

    class Configuration(TypedDict, total=False):
        """The keyword arguments of `Registry` and `configure`, for type checkers."""

        static: Static | str
        contexts: Mapping[str, Mapping[str, Iterable[str]]] | None
        disable: Iterable[str]
        project: str | os.PathLike[str] | None
        imports: Mapping[str, Target] | None
        overrides: Mapping[str, Target | None] | None
        strict: bool
        live: bool | None


class SiteContext(Value):
    """What a site decides about one context.

    :param enable: distributions all of whose public entries belong to it.
    :param disable: distributions none of whose entries do.
    """

    __slots__ = ("disable", "enable")

    enable: frozenset[str]
    disable: frozenset[str]

    def __init__(self, name: str, table: Mapping[str, Iterable[str]]) -> None:
        if not is_context(name):
            raise ValueError(f"contexts: {name!r} is refused: {CONTEXT_RULE}")
        for key in table:
            if key not in ("enable", "disable"):
                raise ValueError(
                    f"contexts[{name!r}]: unknown key {key!r}.{did_you_mean(key, ['enable', 'disable'])}"
                )
        self._set(
            enable=_names(f"contexts[{name!r}]['enable']", table.get("enable", ())),
            disable=_names(f"contexts[{name!r}]['disable']", table.get("disable", ())),
        )


class Settings(Value):
    """The keyword arguments of `Registry` and `configure`, checked.

    :raises ValueError: for a value that cannot be meant.
    """

    __slots__ = ("contexts", "disable", "imports", "live", "overrides", "project", "static", "strict")

    static: Static
    contexts: Mapping[str, SiteContext]
    disable: frozenset[str]
    project: str | os.PathLike[str] | None
    imports: Mapping[str, Target]
    overrides: Mapping[str, Target | None]
    strict: bool
    live: bool | None

    def __init__(
        self,
        *,
        static: Static | str = "/static/",
        contexts: Mapping[str, Mapping[str, Iterable[str]]] | None = None,
        disable: Iterable[str] = (),
        project: str | os.PathLike[str] | None = None,
        imports: Mapping[str, Target] | None = None,
        overrides: Mapping[str, Target | None] | None = None,
        strict: bool = False,
        live: bool | None = None,
    ) -> None:
        for name, target in (imports or {}).items():
            if target is None:
                raise ValueError(f"imports[{name!r}]: None can only stand in overrides")
            _check_target(name, target)
        for name, override in (overrides or {}).items():
            if override is not None:
                _check_target(name, override)
        self._set(
            static=StaticURL(static) if isinstance(static, str) else static,
            contexts={name: SiteContext(name, table) for name, table in (contexts or {}).items()},
            disable=_names("disable", disable),
            project=project,
            imports=dict(imports or {}),
            overrides=dict(overrides or {}),
            strict=strict,
            live=live,
        )


def is_url(target: Target) -> bool:
    """Whether a target is a URL already, and not a public path."""
    return target.startswith(("/", "https:"))


def _check_target(name: str, target: object) -> None:
    if not isinstance(target, str):
        raise ValueError(f"the target of {name!r} must be a string, not {target!r}")
    good = (
        is_https_url(target)
        if target.startswith("https:")
        else is_path(target.removeprefix("/").removesuffix("/"))
    )
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
    return frozenset(map(normalise, names))
