"""Source maps that a file names, for builds and for whoever serves the file.

Browsers ask for them by name, and collectstatic fails where one is missing.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

# Only whole lines count, as for Django's ManifestStaticFilesStorage.
_LINE = re.compile(rb"(?m)^//# sourceMappingURL=(.*)$")
_BLOCK = re.compile(rb"(?m)^/\*#[ \t]sourceMappingURL=(.*)\*/[ \t\r]*$")
_COMMENTS = {".js": _LINE, ".mjs": _LINE, ".css": _BLOCK}
#: How a URL begins that says more than a path from here.
_elsewhere = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/").match


def source_maps(path: str, content: bytes) -> list[str]:
    """Return the paths of the source maps that a file names, without data URLs and absolute URLs.

    They are in normal form, and that is all: the grammar may refuse one, and `..` may lead one out
    of the package.

    :param path: the public path of the file.
    :param content: its bytes, in whatever encoding.
    """
    pattern = _COMMENTS.get(posixpath.splitext(path)[1])
    comments = pattern.findall(content) if pattern else ()
    urls = [comment.decode("utf-8", "replace").strip() for comment in comments]
    names = [unquote(re.split(r"[?#]", url, maxsplit=1)[0]) for url in urls if not _elsewhere(url)]
    folder = posixpath.dirname(path)
    return list(dict.fromkeys(posixpath.normpath(posixpath.join(folder, name)) for name in names if name))
