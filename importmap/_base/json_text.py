"""JSON from outside, read so that it has one meaning for all parsers.

Python's decoder passes over some faults: a key that stands twice in one object, `NaN`, half a character.
These are refused here. So are texts that are not UTF-8, or nested too deeply.
"""

from __future__ import annotations

import json
from collections import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

#: How a member's colon stands in a text: after the quote of its key, or after white space.
_COLONS = ('":', " :", "\t:", "\n:", "\r:")


class JSONTextError(ValueError):
    """Says why a text is refused, without its subject: "is not UTF-8".

    If the text is no JSON, the cause is the error that says so.
    """


def read(raw: bytes) -> Any:
    """Return the value of a JSON text.

    :raises JSONTextError: if the text is refused.
    """
    try:
        return _decode(raw.decode())
    except UnicodeDecodeError:
        raise JSONTextError("is not UTF-8") from None
    except UnicodeEncodeError:
        raise JSONTextError("holds a lone surrogate") from None
    except RecursionError:
        raise JSONTextError("is nested too deeply") from None
    except ValueError as error:
        raise JSONTextError(f"is not JSON: {error}") from error


def _decode(text: str) -> Any:
    tables: list[dict[str, object]] = []

    def note(table: dict[str, object]) -> dict[str, object]:
        tables.append(table)
        return table

    try:
        value = json.JSONDecoder(object_hook=note, parse_constant=_refuse_constant).decode(text)
    except (ValueError, RecursionError):
        # A key that stands twice can come before the fault that was found, and then it is the first one.
        return _careful_decoder.decode(text)
    if _may_have_duplicates(text, sum(map(len, tables))):
        value = _careful_decoder.decode(text)
    # Half a character can be neither printed nor written again. Only an escape makes one.
    if "\\" in text and "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _may_have_duplicates(text: str, members: int) -> bool:
    """Tell whether a key could stand twice in one object.

    Two members of one key are two colons in the text, and one member of the value. Colons inside of strings
    only make more of them. So if there are as many colons as members, no key stands twice.

    :param members: how many members all objects of the value have.
    """
    return members != text.count(":") and members != sum(map(text.count, _COLONS))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _refuse_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        count = Counter(name for name, _ in pairs)
        twice = next(name for name in table if count[name] > 1)
        raise ValueError(f"the key {twice!a} stands twice in one object")
    return table


#: Slower, because Python looks at each object.
_careful_decoder = json.JSONDecoder(object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant)
