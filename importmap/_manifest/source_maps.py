"""Source maps that a file names; collectstatic fails where one is missing."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

# Only whole lines count, as for Django's ManifestStaticFilesStorage.
_COMMENTS = {
    ".js": re.compile(rb"(?m)^//# sourceMappingURL=(.*)$"),
    ".css": re.compile(rb"(?m)^/\*#[ \t]sourceMappingURL=(.*)\*/$"),
}


def source_maps(path: str, content: bytes) -> list[str]:
    """The public paths of the source maps that a file names.

    :param path: the public path of the file.
    :param content: its bytes, in whatever encoding.
    :returns: paths in normal form; without data URLs and absolute URLs.
    """
    found: list[str] = []
    pattern = _COMMENTS.get(posixpath.splitext(path)[1])
    for comment in pattern.findall(content) if pattern else ():
        url = comment.decode("utf-8", "replace").strip()
        if re.match(r"[A-Za-z]+:|/", url):
            continue
        relative = unquote(urlsplit(url).path)
        if relative:
            found.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), relative)))
    return found
