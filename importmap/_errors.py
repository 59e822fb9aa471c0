"""The exceptions of both packages: one root, and what was found as diagnostics."""

from __future__ import annotations

from ._diagnostics import Diagnostic


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


class DeclarationError(ImportMapError):
    """A `[tool.importmap]` table, or the project around it, that cannot be built."""

    def __str__(self) -> str:
        count = len(self.diagnostics)
        head = "importmap: 1 problem" if count == 1 else f"importmap: {count} problems"
        return "\n".join([head, *(f"- {diagnostic}" for diagnostic in self.diagnostics)])


class ManifestError(ImportMapError):
    """A manifest that is damaged, hostile, or of a newer format."""


class ConflictError(ImportMapError):
    """Two distributions, or two maps, that cannot both be right."""


class UnknownContextError(ImportMapError):
    """A context that no package and no configuration knows."""


class MissingModuleError(ImportMapError):
    """A module that was asked for and that nothing provides."""


class ParseError(ImportMapError):
    """A text that is not an import map at all: a `TypeError` or a JSON error in the HTML Standard."""


class ResolutionError(ImportMapError):
    """A specifier that a browser would refuse; says which rule of the map refused it."""
