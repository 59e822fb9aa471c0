"""Diagnostics, and the exceptions that carry them.

One diagnostic is one finding with a stable code. docs/diagnostics.md explains every code.
All exceptions of both packages have one root.
"""

from __future__ import annotations

from .printable import printable, printable_lines
from .public import public
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import KW_ONLY


@public
class Diagnostic(Value):
    """One finding about a declaration, a distribution or a map.

    :param code: stable identifier, a key of `importmap._base.codes.CODES`, such as ``"IM101"``.
    :param severity: ``"error"``, ``"warning"`` or ``"info"``.
    :param message: what is wrong, one sentence or more, plain text in one line.
    :param distribution: the distribution that it is about, or ``""``.
    :param place: dotted TOML path, ``file:line:column`` or file, or ``""``.
    :param hint: what to do about it, with the lines to paste where there are any, or ``""``.
    """

    code: str
    severity: str
    message: str
    _: KW_ONLY
    distribution: str = ""
    place: str = ""
    hint: str = ""

    def __str__(self) -> str:
        # Any part can have texts of others in it. Only a hint has several lines.
        text = printable(": ".join(part for part in (self.distribution, self.place, self.message) if part))
        if not self.hint:
            return text
        hint = printable_lines(self.hint).split("\n")
        return text + "\n" + "\n".join(f"    {line}" if line else "" for line in hint)

    def replace(self, **fields: str) -> Diagnostic:
        """The same finding with other fields: who finds a thing need not know whose it is."""
        return Diagnostic(**{**{name: getattr(self, name) for name in self.__slots__}, **fields})

    def to_dict(self) -> dict[str, str]:
        """The diagnostic as a JSON-ready dictionary; empty fields are left out."""
        names = ("code", "severity", "distribution", "place", "message", "hint")
        return {name: value for name in names if (value := getattr(self, name))}


def shown(text: str) -> str:
    """A text from outside, quoted for a message: escaped where it cannot be printed, cut where it is long."""
    return repr(text if len(text) <= 100 else text[:99] + "…")


@public
class ImportMapError(Exception):
    """Root of all errors that this project raises.

    :param diagnostics: the findings; at least one.
    """

    #: What was found, in the order of the input.
    diagnostics: tuple[Diagnostic, ...]

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


@public
class DeclarationError(ImportMapError):
    """A `[tool.importmap]` table, or the project around it, that cannot be built."""

    def __str__(self) -> str:
        count = len(self.diagnostics)
        head = "importmap: 1 problem" if count == 1 else f"importmap: {count} problems"
        return "\n".join([head, *(f"- {diagnostic}" for diagnostic in self.diagnostics)])


@public
class ManifestError(ImportMapError):
    """A manifest that is damaged, hostile, or of a newer format."""


@public
class ConflictError(ImportMapError):
    """Two distributions, or two maps, that cannot both be right."""


@public
class UnknownContextError(ImportMapError):
    """A context that no package and no configuration knows."""


@public
class MissingModuleError(ImportMapError):
    """A module that was asked for and that nothing provides."""


@public
class ParseError(ImportMapError):
    """A text that is not an import map at all.

    HTML Standard, "parse an import map string".
    """

    #: The error that browsers report: "SyntaxError" for what is no JSON, "TypeError" for JSON that is no map.
    name: str = "TypeError"


@public
class ResolutionError(ImportMapError):
    """A specifier that a browser would refuse; says which rule of the map refused it."""
