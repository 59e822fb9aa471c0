"""Decide whose an installed file is, and so what a distribution may publish and import.

Metadata can name any file of the machine. So a file is a distribution's own if one of these says so:

- its RECORD lists the file, or the `installed-files.txt` of an older installer does;
- an installer linked its project into the environment, and the file lies in a package of that project;
- it has no list of files, as in Debian, and the file lies in a package beside its metadata that no
  other distribution has.

The lists are read when files are asked for, never to make maps.
"""

from __future__ import annotations

import os
import posixpath

from importmap._base.files import read_file
from importmap._base.grammar import join, normalise

from . import editable
from .distributions import Foreign, Installed, _newest, metadata_of, path_entries, version_of
from .folders import find_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    import importlib.metadata
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from importmap._manifest.document import Manifest
    from importmap._manifest.package import Package

#: What pages load, whether a manifest lists it or a file names it.
_PAGES = (".css", ".js", ".json", ".map", ".mjs", ".wasm")
#: What only Python, or the system, loads.
_PYTHON = (
    ".dll",
    ".dylib",
    ".egg",
    ".pth",
    ".pxd",
    ".py",
    ".pyc",
    ".pyd",
    ".pyi",
    ".pyo",
    ".pyw",
    ".pyx",
    ".pyz",
    ".so",
    ".whl",
)
#: What servers keep to themselves. Only a list of files publishes it, or a project that our hook builds.
_PRIVATE = (
    ".bak",
    ".cfg",
    ".conf",
    ".db",
    ".env",
    ".ini",
    ".key",
    ".log",
    ".p12",
    ".pem",
    ".pfx",
    ".sql",
    ".sqlite",
    ".sqlite3",
    ".toml",
)


#: Our own files are no secret, and lie wherever we are imported from.
_OURS = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "static")
_NEEDS_LIST = "only a distribution with a list of its files publishes such a file"


class Place:
    """A place where the file of a public path may lie.

    :param path: the file.
    :param base: the folder that its distribution is installed into; ``""`` if that is not known.
    :param below: its path from there, with ``/``.
    """

    __slots__ = ("base", "below", "path")

    def __init__(self, path: str, base: str = "", below: str = "") -> None:
        self.path = path
        self.base = base
        self.below = below


class Distributions:
    """The installed distributions, listed once; the list of files of each is read once, if at all."""

    def __init__(self) -> None:
        self._entries: list[tuple[str, list[tuple[str, str]] | None]] | None = None
        self._records: dict[str, dict[str, str] | None] = {}
        self._listed: dict[str, dict[str, set[str]]] = {}

    def find(self, name: str) -> Installed | None:
        """Return the distribution of a normalised name that discovery finds first."""
        for entry, rows in self._path():
            if rows is None:
                found = _in_archive(name, entry)
            else:
                found = next(_folders(entry, [row for row in rows if row[0] == name]), None)
            if found is not None:
                return found
        return _of_other_finders(name)

    def beside(self, folder: str) -> Iterator[Installed]:
        """Yield the distributions of a folder, whose path is real."""
        for entry, rows in self._path():
            if rows and os.path.realpath(entry) == folder:
                yield from _folders(entry, rows)

    def record(self, installed: Installed) -> Mapping[str, str] | None:
        """Return the files that a distribution lists, each with its digest; None if it has no list."""
        key = home(installed) if isinstance(installed, Foreign) else installed.folder
        if key not in self._records:
            self._records[key] = _record(installed)
        return self._records[key]

    def claims(self, installed: Installed, package: str) -> bool:
        """Tell whether a distribution without a list of files says that it has a package."""
        if self.record(installed) is not None:
            return False
        dotted = package.replace("/", ".")
        if installed.name == normalise(dotted):
            return True
        try:
            lines = (installed.read("top_level.txt") or b"").decode("utf-8", "replace")
        except OSError:
            return False
        return dotted.casefold() in lines.casefold().split()

    def listed(self, folder: str) -> Mapping[str, set[str]]:
        """Return the distributions of a folder that list a file, by the file in one case."""
        if folder not in self._listed:
            listed: dict[str, set[str]] = {}
            for installed in self.beside(folder):
                for name in self.record(installed) or ():
                    listed.setdefault(name.casefold(), set()).add(installed.name)
            self._listed[folder] = listed
        return self._listed[folder]

    def _path(self) -> list[tuple[str, list[tuple[str, str]] | None]]:
        if self._entries is None:
            self._entries = [(entry or os.curdir, rows) for entry, rows in path_entries()]
        return self._entries


class Owned:
    """Decide of files whether they are a distribution's own.

    :param installed: the distribution; None if it is not installed.
    :param package: the import package of its entry point, by its dotted name.
    :param distributions: all that are installed.
    """

    def __init__(self, installed: Installed | None, package: str, distributions: Distributions) -> None:
        self._installed = installed
        self._package = package.replace(".", "/")
        self._distributions = distributions
        self._owners: dict[tuple[str, str], set[str]] = {}
        self._claimants: dict[tuple[str, str], set[str]] = {}
        self._is_read = False
        self._home = ""
        self._record: Mapping[str, str] | None = None

    def refusal(self, place: Place, content: bytes, *, by_hook: bool = False) -> str:
        """Return why a file is not the distribution's own, ``""`` if it is.

        :param content: its bytes.
        :param by_hook: whether our build hook has written the manifest of an editable install.
        """
        if _is_below(os.path.realpath(place.path), _OURS):
            return ""
        if not self._is_read:
            self._read()
        name = self._name(place)
        if self._record is not None and name in self._record:
            return self._refusal_of_listed(name, content)
        if self._is_in_project(place):
            return self._refusal_in_project(place, by_hook=by_hook)
        if self._record is not None:
            return "the distribution does not list it among its files"
        return self._refusal_beside(place, name)

    def _refusal_beside(self, place: Place, name: str) -> str:
        """Return why a file is not that of a distribution without a list of files."""
        folder = self._home
        if self._installed is None:
            # A lock has a package of which the metadata is not installed.
            folder, name = os.path.realpath(place.base), place.below
        if not name:
            return "it lies in no package beside the distribution's metadata"
        if other := self._other_of_package(folder, name):
            return f"its package is that of {other}"
        return _NEEDS_LIST if name.lower().endswith(_PRIVATE) else ""

    def _refusal_of_listed(self, name: str, content: bytes) -> str:
        if _fits((self._record or {})[name], content):
            # Whoever has the digest knows the file.
            return ""
        # Edited since, or listed by somebody who does not have it.
        listed = self._distributions.listed(self._home).get(name.casefold(), set())
        other = self._other(self._home, name, listed)
        return f"{other} has it, too" if other else ""

    def _refusal_in_project(self, place: Place, *, by_hook: bool) -> str:
        if by_hook and self._is_of_hook(place):
            return ""
        if not self._is_in_own_package(place):
            return "it lies in no package of the project that is installed as editable"
        return _NEEDS_LIST if place.path.lower().endswith(_PRIVATE) else ""

    def _read(self) -> None:
        """Read the metadata, when the first file is asked for."""
        installed, project = self._installed, None
        if installed is not None:
            self._home = os.path.realpath(home(installed))
            self._record = self._distributions.record(installed)
            try:
                project = editable.source_of(installed)
            except OSError:
                # What cannot be read says nothing.
                project = None
        self._project = "" if project is None else os.path.realpath(project)
        lines = _links(self._home, self._record or ()) if self._project else []
        self._links = [line for line in lines if _is_code(line) or self._is_of_project(line)]
        self._is_read = True

    def _name(self, place: Place) -> str:
        """Return the path of a file below the folder of the metadata, ``""`` for a file elsewhere."""
        if not (place.base and self._home):
            return ""
        path = os.path.join(os.path.realpath(place.base), *place.below.split("/"))
        return path[len(self._home) + 1 :].replace(os.sep, "/") if _is_below(path, self._home) else ""

    def _other_of_package(self, folder: str, name: str) -> str:
        """Return another distribution of a folder that has anything of a file's package."""
        key = folder, self._package_of(folder, name)
        if self._record is None and self._installed and self._distributions.claims(self._installed, key[1]):
            return ""
        if key not in self._owners:
            below = f"{key[1]}/".casefold()
            listed = self._distributions.listed(folder).items()
            self._owners[key] = {owner for each, names in listed if each.startswith(below) for owner in names}
        return self._other(folder, name, self._owners[key])

    def _other(self, folder: str, name: str, owners: set[str]) -> str:
        """Return the first of some distributions, or of those that claim the package, that is another one."""
        own = "" if self._installed is None else self._installed.name
        key = folder, self._package_of(folder, name)
        if key not in self._claimants:
            beside = self._distributions.beside(folder)
            names = {each.name for each in beside if self._distributions.claims(each, key[1])}
            self._claimants[key] = set() if own in names else names
        return min((owners | self._claimants[key]) - {own}, default="")

    def _package_of(self, folder: str, name: str) -> str:
        """Return the package that a file lies in, as a path: the topmost that is not shared."""
        if self._has(name):
            return self._package
        first, _, others = name.partition("/")
        is_whole = "/" not in others or os.path.isfile(os.path.join(folder, first, "__init__.py"))
        return first if is_whole else f"{first}/{others.partition('/')[0]}"

    def _has(self, name: str) -> bool:
        """Tell whether a file is in the package of the entry point, or is that module itself."""
        return name.startswith(f"{self._package}/") or name.partition(".")[0] == self._package

    def _is_in_project(self, place: Place) -> bool:
        """Tell whether a file lies in a project that an installer linked into the environment."""
        if not self._project or not _is_below(os.path.realpath(place.path), self._project):
            return False
        # An installer lists what links a project, or links its package. No wheel can do the latter.
        return self._record is None or bool(self._links) or self._is_linked_package(place)

    def _is_of_project(self, line: str) -> bool:
        return os.path.isabs(line) and _is_below(os.path.join(os.path.realpath(line), ""), self._project)

    def _is_linked_package(self, place: Place) -> bool:
        top = os.path.join(place.base, place.below.split("/")[0])
        return os.path.realpath(place.base) == self._home and os.path.islink(top)

    def _is_in_own_package(self, place: Place) -> bool:
        """Tell whether a file of the project lies in the package of the entry point, or in one beside it."""
        base = os.path.realpath(place.base) if place.base else ""
        if not base or (base == self._home and not self._is_linked_package(place)):
            return False
        if self._other_of_package(base, place.below):
            return False
        if self._has(place.below):
            return True
        # What a line of code brings is not known; it brings no more than packages of the project.
        folders = {os.path.realpath(line) for line in self._links}
        is_linked = base in folders or any(map(_is_code, self._links))
        return is_linked and os.path.isfile(os.path.join(base, place.below.split("/")[0], "__init__.py"))

    def _is_of_hook(self, place: Place) -> bool:
        """Tell whether the project says that our hook builds it: then it says where its files come from."""
        is_deep = os.path.dirname(os.path.realpath(place.path)) != self._project
        return is_deep and editable.has_hook(self._project)


def owned(package: Package, distributions: Distributions) -> Owned:
    """Return what decides of the files of a package."""
    return Owned(distributions.find(package.distribution), package.import_package, distributions)


def import_refusal(installed: Installed, module: str) -> str:
    """Return why the entries of a distribution are not imported from a module, ``""`` if they are.

    Nothing is imported: a module of somebody else could be a program.
    """
    origin = find_module(module)
    if origin is None:
        return "there is no such module"
    try:
        content = read_file(origin)
    except OSError:
        # Built into the interpreter, or in an archive.
        content = b""
    is_package = os.path.splitext(os.path.basename(origin))[0] == "__init__"
    base = origin
    for _ in range(module.count(".") + 1 + is_package):
        base = os.path.dirname(base)
    below = os.path.relpath(origin, base).replace(os.sep, "/")
    package = module if is_package else module.rpartition(".")[0] or module
    return Owned(installed, package, Distributions()).refusal(Place(origin, base, below), content)


def unfit(path: str, manifest: Manifest) -> str:
    """Return why a file with a public path is of no kind that pages load, ``""`` if it is."""
    if any(part.startswith(".") for part in path.split("/")):
        return "names that begin with a dot are not published"
    suffix = posixpath.splitext(path)[1].lower()
    if suffix in _PYTHON:
        return "pages load no such file"
    modules = manifest["modules"]
    if suffix in _PAGES or path in modules:
        return ""
    assets = (join(each, asset) for each, module in modules.items() for asset in module.get("assets", ()))
    return "" if path in assets else "the manifest does not list it"


def home(installed: Installed) -> str:
    """Return the folder, or the archive, that a distribution is installed into."""
    if isinstance(installed, Foreign):
        return str(installed.distribution.locate_file("")).rstrip("/\\")
    return os.path.dirname(installed.folder)


def _record(installed: Installed) -> dict[str, str] | None:
    # A list that cannot be read has no files.
    try:
        raw = installed.read("RECORD")
        below = "" if raw is not None else os.path.basename(installed.folder)
        raw = raw if raw is not None else installed.read("installed-files.txt")
    except OSError:
        return {}
    if raw is None:
        return None
    import csv

    top = os.path.abspath(home(installed)).replace(os.sep, "/") + "/"
    try:
        rows = [row for row in csv.reader(raw.decode("utf-8", "replace").splitlines()) if row]
    except csv.Error:
        return {}
    names = (posixpath.normpath(posixpath.join(top, below, row[0].replace("\\", "/"))) for row in rows)
    return {
        name[len(top) :]: row[1] if len(row) > 1 else ""
        for name, row in zip(names, rows, strict=True)
        if name.startswith(top)
    }


def _links(folder: str, names: Iterable[str]) -> list[str]:
    """Return the lines of the `.pth` files among some files of a folder."""
    lines: list[str] = []
    for name in names:
        if name.endswith(".pth") and "/" not in name:
            try:
                lines += read_file(os.path.join(folder, name)).decode("utf-8", "replace").splitlines()
            except OSError:
                continue
    return [line.strip() for line in lines if line.strip()]


def _is_code(line: str) -> bool:
    return line.startswith(("import ", "import\t"))


def _fits(digest: str, content: bytes) -> bool:
    """Tell whether a digest of a RECORD is that of a file."""
    algorithm, _, value = digest.partition("=")
    if algorithm not in ("sha256", "sha384", "sha512"):
        return False
    import base64
    import hashlib

    made = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest()).decode()
    return made.rstrip("=") == value.rstrip("=")


def _is_below(path: str, folder: str) -> bool:
    return os.path.normcase(path).startswith(os.path.normcase(os.path.join(folder, "")))


def _folders(entry: str, rows: list[tuple[str, str]]) -> Iterator[Installed]:
    for name, info in _newest(entry, rows, {}):
        yield Installed(f"{entry}/{info}", name, version_of(info), ())


def _in_archive(name: str, entry: str) -> Installed | None:
    import importlib.metadata

    context = importlib.metadata.DistributionFinder.Context(name=name, path=[entry])
    return _first(name, importlib.metadata.MetadataPathFinder.find_distributions, context)


def _of_other_finders(name: str) -> Installed | None:
    import importlib.metadata
    import sys

    context = importlib.metadata.DistributionFinder.Context(name=name)
    for finder in sys.meta_path:
        search = getattr(finder, "find_distributions", None)
        if search is not None and (found := _first(name, search, context)) is not None:
            return found
    return None


def _first(
    name: str,
    search: Callable[
        [importlib.metadata.DistributionFinder.Context], Iterable[importlib.metadata.Distribution]
    ],
    context: importlib.metadata.DistributionFinder.Context,
) -> Installed | None:
    try:
        for distribution in search(context):
            if normalise(metadata_of(distribution)["Name"]) == name:
                return Foreign("", name, "", (), distribution)
    except Exception:  # noqa: BLE001, S110  # somebody else's finder may raise anything
        pass
    return None
