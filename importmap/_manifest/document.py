"""The manifest: what one distribution ships. docs/manifest.md describes the format.

At run time a manifest is its checked JSON document; nothing is built from it that a
page may never ask for.
"""

from __future__ import annotations

import json

from importmap._base import json_text
from importmap._base.diagnostics import Diagnostic, ManifestError

from .check import FORMAT, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    class Module(TypedDict, total=False):
        """One file: digest, size in bytes, type where it is not JavaScript, and its edges."""

        sha384: str
        size: int
        type: str
        imports: list[str]
        dynamic: list[str]
        assets: list[str]

    class Entry(TypedDict, total=False):
        """What a specifier stands for: a public path, or a URL with its integrity."""

        path: str
        url: str
        integrity: str
        contexts: list[str]

    class Vendored(TypedDict):
        """A third-party module that a package carries for itself."""

        path: str
        version: str

    class Manifest(TypedDict, total=False):
        """The document. `decode` returns one in which the sections are present, empty or not.

        What may be missing is `package` (only a distribution with a manifest has one), `version`,
        and what only editable installs and applications have.
        """

        manifest: int
        name: str
        namespace: str
        package: str
        roots: list[str]
        modules: dict[str, Module]
        imports: dict[str, Entry]
        private: dict[str, Entry]
        vendored: dict[str, Vendored]
        requires: dict[str, str]
        ignore: list[str]
        # Whether it is there or not says something, so it has no default.
        computed: list[str]
        version: str
        # Editable installs and applications only:
        project: str
        files: dict[str, str]
        pyproject: str
        build: dict[str, object]
        watch: dict[str, list[int]]


#: The file's name, in `NAME-VERSION.dist-info/extra_metadata/` and beside an `__init__.py`.
FILE_NAME = "importmap.json"
#: The contexts of an entry that names none.
DEFAULT_CONTEXTS = ["default"]


def empty() -> Manifest:
    """Return a new manifest of nothing: the sections that a document need not have."""
    return {
        "manifest": FORMAT,
        "roots": [],
        "modules": {},
        "imports": {},
        "private": {},
        "vendored": {},
        "requires": {},
        "ignore": [],
    }


def encode(manifest: Manifest) -> bytes:
    """The bytes of a manifest: sorted, compact, UTF-8, with a final newline."""
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def decode(raw: bytes, *, distribution: str, place: str) -> Manifest:
    """Read a manifest from outside.

    :param raw: the bytes of the file.
    :param distribution: the distribution that ships it, for messages.
    :param place: the file, for messages.
    :returns: the document, every section present, everything in it held to the grammar.
    :raises ManifestError: with all problems that were found.
    """
    try:
        document = json_text.read(raw)
    except json_text.JSONTextError as error:
        raise _refused(f"the manifest {error}.", distribution, place) from None
    if not isinstance(document, dict):
        raise _refused("the manifest must be a JSON object.", distribution, place)
    version = document.get("manifest")
    if isinstance(version, int) and version > FORMAT:
        raise _refused(
            f"the manifest has format {version}; this release reads format {FORMAT}.",
            distribution,
            place,
            "python -m pip install --upgrade hatch-importmap",
        )
    if problems := check(document):
        raise ManifestError(
            *(
                problem.replace(
                    code="IM104",
                    distribution=distribution,
                    place=f"{place}: {problem.place}" if problem.place else place,
                )
                for problem in problems
            )
        )
    return {**empty(), **document}


def _refused(message: str, distribution: str, place: str, hint: str = "") -> ManifestError:
    return ManifestError(
        Diagnostic("IM104", "error", message, distribution=distribution, place=place, hint=hint)
    )
