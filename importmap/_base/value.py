"""Immutable values without the start-up cost of `dataclasses`.

A class annotates its fields. `Value` makes the rest, `__init__` included. A class that converts
or checks its arguments extends `Immutable`, and writes an `__init__` of its own.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_):
        # Only type checkers need it, and `typing` takes long to import.
        return lambda made: made


_assign = object.__setattr__


def _annotated(namespace: Mapping[str, Any]) -> list[str]:
    """Return the public names that a class annotates."""
    return [name for name in namespace.get("__annotations__", ()) if not name.startswith("_")]


class Immutable:
    """Base of values with an `__init__` of their own, which sets the fields with `_set`.

    They are immutable, comparable and picklable. The fields are the public names in `__slots__`.
    There is no metaclass, so that a subclass can have other bases, such as a protocol.
    """

    __slots__: tuple[str, ...] = ()
    _names: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = [name for name in cls.__dict__.get("__slots__", ()) if not name.startswith("_")]
        cls._names = (*cls._names, *own)

    def _set(self, **fields: object) -> None:
        for name, value in fields.items():
            _assign(self, name, value)

    def _fields(self) -> tuple[object, ...]:
        return tuple([getattr(self, name) for name in self._names])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable: cannot set {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable: cannot delete {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{type(self).__name__}({fields})"

    def __getstate__(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self._names}

    def __setstate__(self, state: dict[str, object]) -> None:
        self._set(**state)


class _Value(type):
    """Makes slots and `__init__` from the public names that a class annotates.

    A name with a value is a field with a default.
    """

    _names: tuple[str, ...]
    _defaults: dict[str, object]

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        annotated = _annotated(namespace)
        own = {each: namespace.pop(each) for each in annotated if each in namespace}
        inherited = [getattr(base, "_defaults", {}) for base in bases]
        namespace["_defaults"] = {key: value for each in (*inherited, own) for key, value in each.items()}
        if annotated:
            namespace["__slots__"] = tuple(annotated)
            namespace.setdefault("__init__", _Init())
        return super().__new__(cls, name, bases, namespace)

    def compile_init(cls) -> Any:
        """Return an `__init__` with a parameter for each field; those after `_` are keywords."""
        annotations: dict[str, str] = {}
        positional: list[str] = []
        keywords: list[str] = []
        for base in reversed(cls.__mro__):
            parameters = positional
            for name, annotation in vars(base).get("__annotations__", {}).items():
                if name == "_":
                    parameters = keywords
                elif name in cls._names:
                    annotations[name] = annotation
                    parameters.append(f"{name}=defaults[{name!r}]" if name in cls._defaults else name)
        head = ", ".join(["self", *positional, *(["*", *keywords] if keywords else [])])
        body = "; ".join(f"set_{name}(self, {name})" for name in cls._names)
        scope: dict[str, Any] = {f"set_{name}": getattr(cls, name).__set__ for name in cls._names}
        scope |= {"__name__": cls.__module__, "defaults": cls._defaults}
        exec(f"def __init__({head}): {body}", scope)  # noqa: S102  # a name is all that an annotation has
        made = scope["__init__"]
        made.__qualname__ = f"{cls.__qualname__}.__init__"
        made.__annotations__ = {**annotations, "return": "None"}
        return made


class _Init:
    """Stands for an `__init__`, which is compiled when it is first asked for: most never are."""

    def __set_name__(self, owner: _Value, name: str) -> None:
        self._owner = owner

    def __get__(self, value: object, owner: object) -> Any:
        made = self._owner.compile_init()
        type.__setattr__(self._owner, "__init__", made)
        return made.__get__(value, owner)


@dataclass_transform(frozen_default=True)
class Value(Immutable, metaclass=_Value):
    """Base of values whose `__init__` takes the fields as they are.

    Fields after `_: KW_ONLY` are given by name, as in `dataclasses`. A default is shared by all
    values of the class, so it must be immutable, too.
    """

    __slots__: tuple[str, ...] = ()
