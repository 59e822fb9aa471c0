"""Fuzzing of parse, resolve, extend, closure and normalize: only `ImportMapError` may come out.

For an hour, or until something is found:

    python tests/support/fuzz/parse_resolve.py -max_total_time=3600

Options are libFuzzer's: a folder as an argument keeps the inputs that led to new places, and a file as an
argument is tried again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # has no types

sys.path.append(str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["importmap"]):
    from support.fuzz.properties import check

    import importmap._map.extensions

    # What is imported when it is first needed would not be measured.
    import importmap._map.import_map
    import importmap._map.merge
    import importmap._map.parse  # noqa: F401 - as above


class Improved:
    """Decisions from the bytes that the fuzzer has chosen."""

    def __init__(self, data: bytes) -> None:
        self._provider = atheris.FuzzedDataProvider(data)

    def integer(self, low: int, high: int) -> int:
        return int(self._provider.ConsumeIntInRange(low, high))

    def text(self, longest: int) -> str:
        return str(self._provider.ConsumeUnicode(longest))


def one_input(data: bytes) -> None:
    check(Improved(data))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
