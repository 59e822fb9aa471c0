"""The search for garbage pauses, and always goes on."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from importmap._base import garbage
from importmap._base.garbage import Uncollected


@pytest.fixture(autouse=True)
def searching() -> Iterator[None]:
    """Somebody else may have stopped the search."""
    was_enabled = gc.isenabled()
    gc.enable()
    yield
    if not was_enabled:
        gc.disable()


def test_one_in_another() -> None:
    with Uncollected():
        with Uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_after_an_error() -> None:
    with pytest.raises(ValueError, match="^x$"), Uncollected():
        raise ValueError("x")
    assert gc.isenabled()


def test_a_search_that_somebody_else_has_stopped() -> None:
    """A child of a fork leaves it stopped, too."""
    gc.disable()
    try:
        with Uncollected():
            pass
        garbage._resume()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_child_of_a_fork_begins_it_again() -> None:
    with Uncollected():
        garbage._resume()
        assert gc.isenabled()
    assert gc.isenabled()
