"""HTML Standard, "parse an import map string"."""

from __future__ import annotations

import json
import re
from collections import Counter

from importmap._base.diagnostics import Diagnostic, ParseError, shown
from importmap._base.public import public
from importmap._base.suggest import did_you_mean
from importmap._base.tables import json_kind

from .import_map import ImportMap
from .nested import nested_scopes
from .normalize import TOP, are_strings, normalize, where
from .resolve import mapped_urls
from .sections import STANDARD_KEYS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, NoReturn

    from .normalize import Key

_HALF = re.compile("[\ud800-\udfff]")
#: The keys of the proposal "Import map extensions".
_EXTENSIONS = ("depcache", "isolatedScopes")


class _Object(dict[str, "Any"]):
    """A JSON object in which keys stood more than once; of these the last counts."""

    twice: list[str]


@public
def parse(text: str, base_url: str, *, extensions: bool = False) -> tuple[ImportMap, list[Diagnostic]]:
    """An import map as a browser reads it.

    Keys and addresses of the map stay as they were written, also where a browser ignores
    or blocks them; what it makes of them is `ImportMap.normalize`. Of keys that are the
    same URL, only the last is kept.

    :param text: the content of a script element of the type ``importmap``.
    :param base_url: absolute URL of the page.
    :param extensions: also read ``depcache`` and ``isolatedScopes``, which browsers do not.
    :returns: the map, and a diagnostic for each entry that is ignored, blocked or lost.
    :raises ParseError: for a text that is not JSON, or has an object where none belongs.
    :raises ResolutionError: if `base_url` is not an absolute URL.
    """
    problems: list[Diagnostic] = []
    # 1. and 2. The text is a JSON object.
    parsed = _object(_json(text), "an import map", "")
    _note_twice(parsed, "", problems)
    # 3. to 8. Each section is an object, or not there.
    sections = {name: _object(parsed.get(name, {}), repr(name), "") for name in STANDARD_KEYS}
    # "Sort and normalize scopes", 2.1. The map of each scope is an object.
    for scope, names in sections["scopes"].items():
        _note_twice(_object(names, "a scope", where(scope)), where(scope), problems)
    depcache = parsed.get("depcache", {}) if extensions else {}
    sections["depcache"] = _object(depcache, "'depcache'", "")
    isolated = parsed.get("isolatedScopes", False) if extensions else False
    if not isinstance(isolated, bool):
        _refuse(f"'isolatedScopes' must be a boolean, not {json_kind(isolated)}.", "")
    for name, section in sections.items():
        _note_twice(section, name, problems)
    # 9. What else there is, is probably a mistake.
    known = [*STANDARD_KEYS, *(_EXTENSIONS if extensions else ())]
    problems += [_unknown(key, known) for key in parsed if key not in known]
    # 4. to 8.
    normalized = normalize(sections, base_url, problems)
    problems += _halves(sections)
    problems += mapped_urls(normalized) if isolated else nested_scopes(normalized)
    # 10.
    import_map = ImportMap(
        **_as_written(sections, normalized.lost), isolated_scopes=isolated, base_url=base_url
    )
    return import_map._with_index(normalized), problems  # noqa: SLF001  # it need not be done twice


def _as_written(sections: dict[str, dict[str, Any]], lost: set[Key]) -> dict[str, Any]:
    """The sections with what an `ImportMap` can hold of them, and without what is lost anyway."""

    def kept(section: str, scope: str | None, table: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in table.items() if (section, scope, key) not in lost}

    def names(section: str, scope: str | None, table: dict[str, Any]) -> dict[str, str | None]:
        entries = kept(section, scope, table)
        return {key: value if isinstance(value, str) else None for key, value in entries.items()}

    scopes = kept("scope", TOP, sections["scopes"])
    integrity = kept("integrity", TOP, sections["integrity"])
    depcache = kept("depcache", TOP, sections["depcache"])
    return {
        "imports": names("imports", TOP, sections["imports"]),
        "scopes": {scope: names("scopes", scope, table) for scope, table in scopes.items()},
        "integrity": {key: value for key, value in integrity.items() if isinstance(value, str)},
        "depcache": {key: value for key, value in depcache.items() if are_strings(value)},
    }


def _json(text: str) -> object:
    """The value of a JSON text, as the standard's JSON parser has it."""
    # Only escapes, and what is not ASCII, can bring two halves of a character together.
    pairs_hook = _pairs if text.isascii() and "\\u" not in text else _whole_pairs
    try:
        # Browsers pass over what `_base.json_text` refuses: a key that stands twice, and half a character.
        # Numbers mean nothing in an import map, so that their size does not matter.
        return json.loads(
            text, object_pairs_hook=pairs_hook, parse_constant=_not_json, parse_int=float, parse_float=float
        )
    except json.JSONDecodeError as error:
        # What Python goes on with is the place, which stands before it here.
        what = error.msg.removesuffix(" at").removesuffix(" starting")
        message = f"an import map must be JSON: {what}."
        _refuse(message, f"line {error.lineno}, column {error.colno}", "SyntaxError")
    except ValueError as error:
        _refuse(f"an import map must be JSON: {error}.", "", "SyntaxError")
    except RecursionError:
        _refuse("an import map must not be nested as deeply.", "", "SyntaxError")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) == len(pairs):
        return table
    count = Counter(name for name, _ in pairs)
    twice = _Object(table)
    twice.twice = [name for name in table if count[name] > 1]
    return twice


def _whole_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which two halves of a character are that character, as they are in JavaScript."""
    return _pairs([(_whole(key), _whole(value)) for key, value in pairs])


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_whole(item) if isinstance(item, str) else item for item in value]
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no value of it")


def _object(value: object, what: str, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(f"{what} must be an object, not {json_kind(value)}.", place)
    return value


def _refuse(message: str, place: str, name: str = "TypeError") -> NoReturn:
    refusal = ParseError(Diagnostic("IM301", "error", message, place=place))
    refusal.name = name
    # The text is at fault, not the JSON parser's inside.
    raise refusal from None


def _halves(sections: dict[str, dict[str, Any]]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each key and address with half a character, which has no URL and no UTF-8."""
    tables = [(name, sections[name]) for name in STANDARD_KEYS]
    tables += [(where(scope), names) for scope, names in sections["scopes"].items()]
    for place, table in tables:
        for key, value in table.items():
            for text in (key, value) if isinstance(value, str) else (key,):
                if not text.isascii() and _HALF.search(text):
                    message = f"{shown(text)} holds half a character: Chromium ignores the whole map."
                    yield Diagnostic("IM322", "warning", message, place=place)


def _note_twice(table: dict[str, Any], place: str, problems: list[Diagnostic]) -> None:
    for key in table.twice if isinstance(table, _Object) else ():
        message = f"{shown(key)} stands more than once; the last one counts."
        problems.append(Diagnostic("IM309", "warning", message, place=place))


def _unknown(key: str, known: list[str]) -> Diagnostic:
    message = f"{shown(key)} is no key of an import map, and ignored."
    if key in _EXTENSIONS:
        hint = f"{key!r} is an extension: parse(..., extensions=True) reads it."
        return Diagnostic("IM302", "warning", message, hint=hint)
    return Diagnostic("IM302", "warning", message + did_you_mean(key, known))
