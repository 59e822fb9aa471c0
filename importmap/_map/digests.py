"""Subresource Integrity, "Parse metadata": which digests of a text browsers use."""

from __future__ import annotations

import re

from importmap._base.diagnostics import shown

#: The characters of base64 that the digests of each algorithm have, the strongest last.
_LENGTHS = {"sha256": 44, "sha384": 64, "sha512": 88}
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")


def fault(text: str) -> tuple[str, str] | None:
    """Return what is wrong with integrity metadata: a code, and the rest of a sentence about it.

    :returns: None if browsers check a file by it, and some file can pass.
    """
    found: dict[str, list[str]] = {}
    # 1. and 2. The text is split on white space. For each part:
    for part in text.split():
        # 2.1. and 2.2. What follows a question mark are options, which nobody knows.
        algorithm, _, value = part.partition("?")[0].partition("-")
        # 2.3. and 2.4. Browsers pass over an algorithm that they do not know.
        if algorithm in _LENGTHS and value:
            found.setdefault(algorithm, []).append(value)
    if not found:
        why = "is ignored: browsers know no digest in {} but 'sha256-…', 'sha384-…' and 'sha512-…'"
        return "IM308", why.format(shown(text))
    # "Get the strongest metadata from set": the others do not count.
    strongest = max(found, key=list(_LENGTHS).index)
    if any(_is_digest(strongest, value) for value in found[strongest]):
        return None
    length = f"{_LENGTHS[strongest]} characters of base64"
    return "IM321", f"blocks each file: {shown(text)} has no {strongest} digest, which is {length}"


def _is_digest(algorithm: str, value: str) -> bool:
    return len(value) == _LENGTHS[algorithm] and _BASE64.fullmatch(value) is not None
