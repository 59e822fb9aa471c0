from __future__ import annotations

import copy
import pickle

import pytest

from importmap._base.value import Value


class Point(Value):
    __slots__ = ("x", "y")

    x: int
    y: object

    def __init__(self, x: int, y: object) -> None:
        self._set(x=x, y=y)


class Other(Point):
    __slots__ = ()


def test_equal_by_fields() -> None:
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(1, 3)
    assert hash(Point(1, 2)) == hash(Point(1, 2))


def test_not_equal_to_another_type() -> None:
    assert Point(1, 2) != (1, 2)
    assert Point(1, 2) != Other(1, 2)


def test_immutable() -> None:
    point = Point(1, 2)
    with pytest.raises(AttributeError, match=r"^Point is immutable: cannot set 'x'$"):
        point.x = 2
    with pytest.raises(AttributeError, match=r"^Point is immutable: cannot delete 'x'$"):
        del point.x
    with pytest.raises(AttributeError, match=r"^Point is immutable: cannot set 'z'$"):
        setattr(point, "z", 2)  # noqa: B010  # mypy would stop the other way
    assert point == Point(1, 2)


def test_repr() -> None:
    assert repr(Point(1, "a")) == "Point(x=1, y='a')"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol: int) -> None:
    assert pickle.loads(pickle.dumps(Point(1, "a"), protocol)) == Point(1, "a")


def test_copy() -> None:
    point = Point(1, ["a"])
    assert copy.copy(point) == point
    assert copy.deepcopy(point) == point
