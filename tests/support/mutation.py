"""Real inputs with something changed: bytes, tokens, and what JSON holds. Each seed is one input."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any

_TOKEN = re.compile(rb"\w+|\s+|[^\w\s]")
#: What readers may take for something else.
_BYTES = (
    *(
        b"",
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n",
        b"\xe2\x80\xa8",
        b"\\",
        b'"',
        b"'",
        b"`",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b"<",
        b">",
        b"<!--",
        b"-->",
        b"</",
        b"/*",
        b"*/",
        b"//",
        b"..",
        b"%2e",
        b"\\u",
        b"\\ud800",
    ),
    *(
        b"${",
        b"import",
        b"import(",
        b"export * from ",
        b"null",
        b"1e999",
        b"-0",
        b"NaN",
        b":",
        b",",
        b"=",
        b"[[",
        b"]]",
    ),
)
_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        2**63,
        10**400,
        float("nan"),
        "",
        "a",
        "/",
        "..",
        "%2e%2e",
        "\x00",
        "\ud800",
        "é",
    ),
    *(
        "https://[",
        "x-y://[",
        "javascript:0",
        "//x",
        "./../x.js",
        "*",
        "a*b*c",
        [],
        {},
        [[]],
        {"": {}},
        [None],
        "x" * 999,
    ),
)
#: No input is longer; the larger ones are for tests of floods.
LONGEST = 64 * 1024


def mutated(random: Random, inputs: Sequence[bytes]) -> bytes:
    """Return one of some inputs with a few changes."""
    data = random.choice(inputs)
    deeds = [_change_bytes, _change_tokens, _splice]
    if data[:1] in (b"{", b"["):
        deeds += [_change_json] * 3
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        data = random.choice(deeds)(random, data, inputs)
    return data[:LONGEST]


def _change_bytes(random: Random, data: bytes, inputs: Sequence[bytes]) -> bytes:
    """Replace, add, remove or repeat some bytes."""
    start = random.randint(0, len(data))
    end = min(len(data), start + random.choice((0, 0, 1, 1, 2, 4, 16)))
    piece = random.choice(
        (random.choice(_BYTES), random.randbytes(random.randint(1, 3)), data[start:end] * 2)
    )
    return data[:start] + piece + data[end:]


def _change_tokens(random: Random, data: bytes, inputs: Sequence[bytes]) -> bytes:
    """Swap two words or signs, or repeat one many times, so that what nests does so deeply."""
    tokens = _TOKEN.findall(data)
    if not tokens:
        return random.choice(_BYTES)
    one, other = random.randrange(len(tokens)), random.randrange(len(tokens))
    if random.random() < 0.2:
        tokens[one] *= random.choice((2, 10, 1000))
    else:
        tokens[one], tokens[other] = tokens[other], tokens[one]
    return b"".join(tokens)


def _splice(random: Random, data: bytes, inputs: Sequence[bytes]) -> bytes:
    """Put a part of another input into this one."""
    other = random.choice(inputs)
    start = random.randint(0, len(other))
    place = random.randint(0, len(data))
    return data[:place] + other[start : start + random.randint(0, 200)] + data[place:]


def _change_json(random: Random, data: bytes, inputs: Sequence[bytes]) -> bytes:
    """Replace, rename, repeat or remove something in a document."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return _change_bytes(random, data, inputs)
    _change_value(random, document)
    return json.dumps(document, indent=random.choice((None, 1))).encode(errors="surrogatepass")


def _change_value(random: Random, document: Any) -> None:
    """Change something in a value of lists and dictionaries."""
    parent: Any = None
    key: Any = None
    value = document
    while isinstance(value, (dict, list)) and value and (parent is None or random.random() < 0.8):
        parent = value
        key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        value = value[key]
    if parent is None:
        return
    deed = random.choice(("replace", "replace", "remove", "copy", "nest"))
    if deed == "replace":
        parent[key] = copy.deepcopy(random.choice(_VALUES))
    elif deed == "remove":
        del parent[key]
    elif deed == "nest":
        parent[key] = [value] if random.random() < 0.5 else {"x": value}
    elif isinstance(parent, dict):
        names = [name for name in _VALUES if isinstance(name, str)]
        parent[random.choice([*names, key + "/", key.upper(), key[:-1]])] = copy.deepcopy(value)
    else:
        parent.append(copy.deepcopy(value))
