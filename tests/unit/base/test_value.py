from __future__ import annotations

import copy
import inspect
import pickle
from abc import ABC
from typing import TYPE_CHECKING, Any

import pytest

from importmap._base.value import Immutable, Value

if TYPE_CHECKING:
    from dataclasses import KW_ONLY


class Point(Value):
    x: int
    y: object


class Other(Point):
    pass


class Named(Point):
    label: str = "origin"
    _: KW_ONLY
    unit: str
    scale: float = 1.0


class Deep(Named):
    z: int = 0


class Plain(Value):
    pass


class Even(Immutable):
    """An `__init__` of its own, a field, a constant, and a slot that is no field."""

    __slots__ = ("_half", "number")

    number: int
    base: int = 2

    def __init__(self, number: int) -> None:
        if number % 2:
            raise ValueError("odd")
        self._set(number=number)


class Signed(Even):
    __slots__ = ("sign",)

    sign: str

    def __init__(self, number: int) -> None:
        super().__init__(abs(number))
        self._set(sign="-" if number < 0 else "+")


class Loose(Even):
    """Somebody's own class, without a field."""


class Abstract(Even, ABC):
    """It has a base with a metaclass, as protocols are."""


NAMED = Named(1, 2, unit="m")


def test_equal_by_fields() -> None:
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(1, 3)
    assert hash(Point(1, 2)) == hash(Point(1, 2))
    assert Named(1, 2, unit="m") == NAMED
    assert Named(0, 2, unit="m") != NAMED
    assert Named(1, 2, unit="m", scale=2) != NAMED


def test_not_equal_to_another_type() -> None:
    assert Point(1, 2) != (1, 2)
    assert Point(1, 2) != Other(1, 2)


def test_immutable() -> None:
    point = Point(1, 2)
    with pytest.raises(AttributeError, match=r"^Point is immutable: cannot set 'x'$"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match=r"^Point is immutable: cannot delete 'x'$"):
        del point.x
    with pytest.raises(AttributeError, match=r"^Point is immutable: cannot set 'z'$"):
        setattr(point, "z", 2)  # noqa: B010  # mypy would stop the other way
    assert point == Point(1, 2)


@pytest.mark.parametrize("value", [Point(1, 2), Other(1, 2), NAMED, Plain(), Even(2), Signed(-2)])
def test_no_room_for_more(value: object) -> None:
    has_room = hasattr(value, "__dict__")
    # A class without fields of its own is left as it was written.
    assert has_room == (type(value) in (Other, Plain))


def test_repr() -> None:
    assert repr(Point(1, "a")) == "Point(x=1, y='a')"
    assert repr(NAMED) == "Named(x=1, y=2, label='origin', unit='m', scale=1.0)"
    assert repr(Deep(1, 2, "a", 3, unit="m")) == "Deep(x=1, y=2, label='a', unit='m', scale=1.0, z=3)"
    assert repr(Plain()) == "Plain()"
    assert repr(Signed(-2)) == "Signed(number=2, sign='-')"


SIGNATURES: dict[type, str] = {
    Point: "(x: 'int', y: 'object') -> 'None'",
    Other: "(x: 'int', y: 'object') -> 'None'",
    Named: (
        "(x: 'int', y: 'object', label: 'str' = 'origin', *, unit: 'str', scale: 'float' = 1.0) -> 'None'"
    ),
    Deep: (
        "(x: 'int', y: 'object', label: 'str' = 'origin', z: 'int' = 0, *, unit: 'str', "
        "scale: 'float' = 1.0) -> 'None'"
    ),
    Signed: "(number: 'int') -> 'None'",
}


@pytest.mark.parametrize("made", SIGNATURES, ids=lambda made: made.__name__)
def test_signature(made: type) -> None:
    assert str(inspect.signature(made)) == SIGNATURES[made]


WRONG = {
    "Point.__init__() missing 1 required positional argument: 'y'": lambda: Point(1),  # type: ignore[call-arg]
    "Named.__init__() missing 1 required keyword-only argument: 'unit'": lambda: Named(1, 2),  # type: ignore[call-arg]
    "Point.__init__() got an unexpected keyword argument 'z'": lambda: Point(1, 2, z=3),  # type: ignore[call-arg]
    "Point.__init__() takes 3 positional arguments but 4 were given": lambda: Other(1, 2, 3),  # type: ignore[call-arg]
}


@pytest.mark.parametrize(("message", "make"), WRONG.items(), ids=WRONG)
def test_wrong_arguments(message: str, make: Any) -> None:
    with pytest.raises(TypeError) as caught:
        make()
    assert str(caught.value) == message


def test_the_init_names_its_module() -> None:
    assert Point.__init__.__module__ == __name__
    assert Point.__init__.__qualname__ == "Point.__init__"


def test_an_init_of_its_own() -> None:
    assert Even(2) == Even(2) != Even(4)
    assert Even(2).base == 2
    with pytest.raises(ValueError, match=r"^odd$"):
        Even(1)
    assert Signed(2) != Signed(-2)


def test_a_slot_is_no_field() -> None:
    one, other = Even(2), Even(2)
    one._set(_half=1)
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == "Even(number=2)"
    assert not hasattr(pickle.loads(pickle.dumps(one)), "_half")


def test_somebodys_class() -> None:
    loose = Loose(2)
    vars(loose)["cached"] = 1
    assert loose == Loose(2)
    assert Abstract(2) == Abstract(2)
    assert loose != Loose(4)


VALUES = [Point(1, "a"), NAMED, Deep(1, 2, unit="m"), Signed(-2)]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_pickle(value: object, protocol: int) -> None:
    assert pickle.loads(pickle.dumps(value, protocol)) == value


def test_copy() -> None:
    point = Point(1, ["a"])
    assert copy.copy(point) == point
    assert copy.deepcopy(point) == point
