"""Final URLs: what a site's `Static` answers, checked, encoded and remembered."""

from __future__ import annotations

import re

from importmap._base.diagnostics import Diagnostic
from importmap._base.faults import fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importmap._site.static import Static

#: Printable ASCII without what the URL Standard percent-encodes in a path or query.
_ENCODED = re.compile(r"[!$-;=?-\[\]_a-z~#]*")
_DOT = re.compile("%2e", re.IGNORECASE)
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|\Z)", re.IGNORECASE)
_ABSOLUTE = re.compile(r"/|https?://", re.IGNORECASE)


class Urls:
    """The URL of each public path, asked for once.

    :param static: how the site serves files.
    """

    def __init__(self, static: Static) -> None:
        self._static = static
        self._known: dict[str, str | None] = {}
        #: Why a path has no URL, by path.
        self.problems: dict[str, Diagnostic] = {}

    def get(self, path: str) -> str | None:
        """The final URL of a file; None if it has none, which is then in `problems`."""
        url = self._known.get(path)
        if url is None and path not in self._known:
            answer = self._ask(path)
            if isinstance(answer, Diagnostic):
                self.problems[path] = answer
            else:
                url = answer
            self._known[path] = url
        return url

    def _ask(self, path: str) -> str | Diagnostic:
        try:
            url: object = self._static.url(path)
        # ValueError is what Django's storages raise for a file that was not collected.
        except (LookupError, ValueError) as error:
            return _left_out("IM205", path, f"the file {path!r} cannot be served ({error})")
        except OSError as error:
            return fault(error, str(error.filename or path))
        if not isinstance(url, str):
            kind = type(url).__name__
            return _left_out("IM210", path, f"the static URL of {path!r} must be a string, not {kind}")
        if _ABSOLUTE.match(url) is None:
            return _left_out("IM210", path, f"the static URL {url!r} of {path!r} is relative")
        return encode(url)

    def folder(self, path: str) -> str | None:
        """The URL prefix that stands for the top folder of a file's path.

        It is the file's URL less the path below that folder, so it is what relative
        imports see; a framework's own idea of a folder's URL may be another.

        :returns: the prefix, ending in ``/``; None if the URL does not end in the path's
            own folders, or the path has no folder.
        """
        url = self.get(path)
        folders = encode(path[: path.rfind("/") + 1])
        if url is None or not folders:
            return None
        head = directory(url)
        if not head.endswith("/" + folders):
            return None
        return head[: len(head) - len(folders)] + folders[: folders.index("/") + 1]


def _left_out(code: str, path: str, why: str) -> Diagnostic:
    return Diagnostic(code, "warning", f"{why}; its entries are left out.", place=path)


def directory(url: str) -> str:
    """A URL up to the last ``/`` of its path."""
    path = url.partition("#")[0].partition("?")[0]
    return path[: path.rfind("/") + 1]


def joined(base: str, edge: str) -> str:
    """The URL that a relative `edge` of the module at `base` stands for, without parsing either.

    Exact for edges of the grammar, that stay below the base's host.
    """
    folder = directory(base)
    # Nothing lies above the root of a host.
    root = folder.find("/", folder.find("//") + 2) + 1 if "//" in folder else 1
    while edge.startswith(("./", "../")):
        dots, _, edge = edge.partition("/")
        folder = directory(folder[:-1]) if dots == ".." and len(folder) > root else folder
    return folder + edge


def encode(url: str) -> str:
    """The URL with everything percent-encoded that a browser would encode, and nothing twice."""
    if _ENCODED.fullmatch(url):
        return url
    # Most sites never need it.
    from urllib.parse import quote

    return quote(url, safe="!$&'()*+,/:;=?@[]%~#-._")


def comparable(url: str) -> str:
    """Return a URL without what makes two spellings of one address.

    That is its scheme, the case of its host, its usual port, and dot segments in its path.
    """
    host, slash, path = url.partition("//")[2].partition("/") if "//" in url else ("", "", url)
    path, mark, query = (slash + path).partition("?")
    return host.lower().removesuffix(":443").removesuffix(":80") + _without_dots(path) + mark + query


def _without_dots(path: str) -> str:
    """Return a path without its segments of dots (URL Standard, "path state")."""
    if not _DOTS.search(path):
        return path
    kept: list[str] = []
    dots = ""
    for segment in path.split("/"):
        dots = _DOT.sub(".", segment)
        if dots == "..":
            del kept[max(1, len(kept) - 1) :]
        elif dots != ".":
            kept.append(segment)
    if dots in (".", ".."):
        # What remains is a folder.
        kept.append("")
    return "/".join(kept)
