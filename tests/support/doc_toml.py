"""Tables of TOML that are put together and written out again."""

from __future__ import annotations

import json
from typing import Any


def merged(table: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """A table with the tables of another added to it."""
    both = dict(table)
    for key, value in more.items():
        inner = table.get(key)
        both[key] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return both


def to_toml(table: dict[str, Any], path: str = "") -> str:
    """A table as TOML, as far as pyproject.toml needs it here."""
    lines = [
        f"{json.dumps(key)} = {inline(value)}" for key, value in table.items() if not isinstance(value, dict)
    ]
    text = f"[{path}]\n" + "\n".join(lines) + "\n" if path else "\n".join(lines)
    for key, value in table.items():
        if isinstance(value, dict):
            text += to_toml(value, f"{path}.{json.dumps(key)}" if path else json.dumps(key))
    return text


def inline(value: object) -> str:
    """A value on the right side of a key."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value)
