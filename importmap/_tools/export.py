"""Maps for tools that are no browser: editors and type checkers, Deno, bundlers.

These tools read installed files and ask no server, so the URLs of their maps are files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote
from urllib.request import url2pathname

from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._compose.composer import Composer
from importmap._compose.site import Site
from importmap._compose.urls import Urls
from importmap._discovery.sources import AllSources
from importmap._map.import_map import ImportMap
from importmap._site.reach import Reached
from importmap._site.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from importmap._site.static import Static

#: Stands for the disk in URLs: a site's own URLs have another host, or none.
DISK = "https://disk.invalid"
#: What a URL can have raw in its path: the same as in `importmap._compose.urls`, so both spell folders alike.
_RAW = "/!$&'()*+,;=:@~"


class InstalledFiles:
    """Files where they are installed, as a `Static`: the path of each URL is that of the file.

    :param reached: what pages load, and whose each file is.
    """

    def __init__(self, reached: Reached) -> None:
        self._packages = reached.packages
        self._sources = AllSources()
        #: Why there is no file for a public path, by path.
        self.problems: dict[str, Diagnostic] = {}

    def url(self, public_path: str) -> str:
        """The URL of a file on `DISK`.

        :raises LookupError: if there is none that a tool can open, which is then in `problems`.
        """
        try:
            place = self._read(public_path)[0].replace(os.sep, "/")
        except ManifestError as error:
            [self.problems[public_path]] = error.diagnostics
            raise LookupError(str(error)) from None
        return f"{DISK}/{quote(place.removeprefix('/'), safe=_RAW)}"

    def integrity(self, public_path: str) -> None:
        """Nobody asks: tools do not check what they read."""

    def read(self, public_path: str) -> bytes | None:
        """The bytes of a file; None if it cannot be read."""
        try:
            return self._read(public_path)[1]
        except ManifestError:
            return None

    def _read(self, path: str) -> tuple[str, bytes]:
        file = self._packages.file(path)
        if file is None:
            message = f"{path!r} is no file of an installed package: only the site's server knows it."
            raise ManifestError(Diagnostic("IM234", "warning", message))
        place, content = self._sources.of(file.package).read(path)
        if not os.path.isfile(place):
            message = (
                f"the file of {path!r} lies in an archive, where other tools do not look: "
                "install the package unpacked."
            )
            raise ManifestError(
                Diagnostic("IM234", "error", message, distribution=file.package.distribution, place=place)
            )
        return os.path.abspath(place), content


def as_path(url: str, folder: str) -> str:
    """The file or folder that a URL on `DISK` stands for: relative, with ``/``, where that is possible.

    :param folder: the absolute path of the folder that the document lies in.
    """
    place = url2pathname(url[len(DISK) :])
    try:
        relative = os.path.relpath(place, folder)
    except ValueError:  # another drive
        return place.replace(os.sep, "/")
    path = relative.replace(os.sep, "/") + "/" * url.endswith("/")
    return path if path.startswith("../") else f"./{path}"


def as_url(url: str, folder: str) -> str:
    """The same as a URL: relative, or one of a file."""
    path = as_path(url, folder)
    if path.startswith("."):
        return quote(path, safe=_RAW)
    return Path(path).as_uri() + "/" * path.endswith("/")


_NO_FILE = "is no file of an installed package"
_STAR = "a star would stand for any part of a name"


class Export:
    """What the pages of some contexts can import, for other tools.

    :param site: the packages.
    :param served_by: the site's configuration, with another `Static`.
    :param contexts: the contexts; none for all that are known.
    :raises UnknownContextError: for a context that no package and no configuration knows.
    """

    def __init__(
        self, site: Site, served_by: Callable[[Static | str], Settings], contexts: Sequence[str] = ()
    ) -> None:
        self._site = site
        self._served_by = served_by
        self._reached = site.reached(contexts or site.contexts)
        #: What was found on the way.
        self.diagnostics = [*site.diagnostics, *self._reached.diagnostics]

    def document(self, form: str, folder: str) -> object:
        """The JSON document of a format.

        :param form: ``"jsconfig"``, ``"tsconfig"``, ``"deno"``, ``"externals"`` or ``"importmap"``.
        :param folder: the absolute path of the folder that it is for: paths are relative to that.
        """
        if form == "importmap":
            import_map, diagnostics = self._site.load(self._reached.contexts, None)
            self.diagnostics = [*self._site.diagnostics, *diagnostics]
            return _sections(import_map)
        if form == "externals":
            # Names are all that counts, wherever the files are.
            return list(self._externals(self._composed("/")))
        files = InstalledFiles(self._reached)
        on_disk = self._composed(files)
        if form == "deno":
            return self._deno(on_disk, folder)
        own = dict(self._own(on_disk, files))
        return {"compilerOptions": {"paths": dict(self._paths({**on_disk.imports, **own}, folder))}}

    def _composed(self, static: InstalledFiles | str) -> ImportMap:
        """The map of the pages, where files are served in another way."""
        reached = self._reached
        composer = Composer(self._site.packages, self._served_by(static))
        import_map, diagnostics = composer.compose(reached.selections, reached.contexts, reached.graph)
        problems = {} if isinstance(static, str) else static.problems
        self.diagnostics += dict.fromkeys(
            problems.get(each.place, each.replace(message=each.message.replace(DISK, "file://")))
            for each in diagnostics
        )
        return import_map

    # The formats

    def _externals(self, import_map: ImportMap) -> Iterator[str]:
        """Specifiers, and prefixes with a star, as esbuild takes them."""
        for name, url in import_map.imports.items():
            if url is None or name.startswith("/"):
                continue
            if "*" in name:
                self._leave_out(name, _STAR)
            else:
                yield f"{name}*" if name.endswith("/") else name

    def _deno(self, on_disk: ImportMap, folder: str) -> object:
        """A map whose addresses Deno reads as relative to the document."""

        def translated(names: Mapping[str, str | None]) -> dict[str, str | None]:
            local: dict[str, str | None] = {}
            for name, url in names.items():
                if url is not None and url.startswith("/"):
                    self._leave_out(name, f"{url!r} {_NO_FILE}")
                else:
                    local[_local(name, folder)] = None if url is None else _local(url, folder)
            return local

        scopes = {_local(scope, folder): translated(names) for scope, names in on_disk.scopes.items()}
        return _sections(ImportMap(translated(on_disk.imports), scopes))

    def _paths(self, names: Mapping[str, str | None], folder: str) -> Iterator[tuple[str, list[str]]]:
        """TypeScript's `paths`, in which a star stands for the rest of a name."""
        for name, url in sorted(names.items()):
            if url is None or name.startswith(DISK):
                continue
            if not url.startswith(DISK):
                self._leave_out(name, f"{url!r} {_NO_FILE}", "info")
            elif "*" in name or (name.endswith("/") and "*" in url):
                self._leave_out(name, _STAR)
            else:
                star = "*" * name.endswith("/")
                yield name + star, [as_path(url, folder) + star]

    def _own(self, on_disk: ImportMap, files: InstalledFiles) -> Iterator[tuple[str, str]]:
        """The names that only the modules of source trees see: whoever edits these imports them."""
        urls = Urls(files)
        trees = [selection for selection in self._reached.selections if "files" in selection.package.manifest]
        edited = [url for tree in trees for path in tree.paths if (url := urls.get(path)) is not None]
        addresses: dict[str, set[str]] = {}
        for scope, names in on_disk.scopes.items():
            if any(url == scope or (scope[-1] == "/" and url.startswith(scope)) for url in edited):
                for name, url in names.items():
                    addresses.setdefault(name, set()).update([] if url is None else [url])
        for name, targets in addresses.items():
            if len(targets) > 1:
                self._leave_out(name, "it is another file in each of several source trees")
            else:
                yield from ((name, url) for url in targets)

    def _leave_out(self, name: str, why: str, severity: str = "warning") -> None:
        message = f"{name!r} is left out: {why}."
        self.diagnostics.append(Diagnostic("IM234", severity, message))


def _local(url: str, folder: str) -> str:
    """A specifier or URL, as a document in a folder says it."""
    return as_url(url, folder) if url.startswith(DISK) else url


def _sections(import_map: ImportMap) -> dict[str, Any]:
    """The parts of a map that are not empty, as browsers know them."""
    parts = import_map.to_dict()
    del parts["depcache"]
    return {name: part for name, part in parts.items() if name == "imports" or part}
