r"""The grammar of specifiers, namespaces and public paths, shared by builds and readers.

Whatever passes here can be joined to a URL prefix without leaving it: browsers
normalise ``%2e%2e``, ``\`` and empty segments, so none of their parts may occur.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

#: One path segment: no control character, white space, URL or markup delimiter, lone
#: surrogate; never ``.`` or ``..``.
_SEGMENT = (
    r"(?!\.{1,2}(?:/|\Z))"
    r"[^/\x00-\x20\x7f-\x9f\s%\\?#\[\]<>\"{}|^`\ud800-\udfff]+"
)
_PATH = rf"{_SEGMENT}(?:/{_SEGMENT})*"
_NAMESPACE = r"(?:@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*"

# An https URL as browsers serialise it (URL Standard), so that no two spellings are one URL: a host in
# small letters that is no number but in four parts, a port that is not the usual one, no dot segments.
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_LABEL = r"(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = rf"(?:{_OCTET}(?:\.{_OCTET}){{3}}|(?:{_LABEL}\.)*(?!(?:[0-9]+|0x[0-9a-f]*)[:/]){_LABEL})"
_PORT = (
    r"(?::(?!443/)(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
)
_URL_PATH = r"(?:/(?!(?:\.|%2[Ee]){1,2}(?:[/?]|$))[A-Za-z0-9._~!$&'()*+,;=:@%-]*)+"
_HTTPS_URL = rf"https://{_HOST}{_PORT}{_URL_PATH}(?:\?[A-Za-z0-9/._~!$&()*+,;=:@%?-]*)?"
_INTEGRITY = r"(?:sha256-[A-Za-z0-9+/]{43}=|sha384-[A-Za-z0-9+/]{64}|sha512-[A-Za-z0-9+/]{86}==)"

#: What each ASCII character is in plain paths: a letter, a sign that begins no segment, or the end of one.
_KINDS = (
    "".join(
        "a" if each.isalnum() or each in "_@" else "." if each in ".+~-" else "/" if each in "/\n" else "!"
        for each in map(chr, range(128))
    )
    .encode()
    .ljust(256)
)

# The usual is compiled here; the rest when it is first asked for, because that takes as long as a manifest.
_namespace = re.compile(_NAMESPACE)
_name = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_context = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_package = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")

#: What the grammar asks of a path, for messages.
PATH_RULE = (
    "a path has no empty, '.' or '..' segment, no white space or control character, "
    'and none of % \\ ? # [ ] < > " { } | ^ `'
)
#: What the grammar asks of a namespace, for messages.
NAMESPACE_RULE = (
    "a namespace is an npm name: lower-case letters, digits, '.', '_' and '-', optionally after '@scope/'"
)
#: What the grammar asks of a context, for messages.
CONTEXT_RULE = "a context is letters, digits, '.', '_' and '-', and begins with a letter or digit"


def is_path(text: str) -> bool:
    """Whether `text` is a public path, or the part of a specifier below its namespace."""
    return _are_plain((text,)) or re.fullmatch(_PATH, text) is not None


def no_paths(texts: Collection[str]) -> set[str]:
    """Return those of `texts` that are no public paths.

    One look answers for all of them, if they are plain ASCII as nearly everywhere.
    """
    return set() if _are_plain(texts) else {text for text in texts if not is_path(text)}


def _are_plain(texts: Collection[str]) -> bool:
    """Tell whether all of `texts` are paths of ordinary ASCII. If not, they can still be paths."""
    lines = "\n".join(["", *texts, ""])
    # A text with a line end in it would pass for two.
    if not lines.isascii() or lines.count("\n") > len(texts) + 1:
        return False
    # An expression for all of them takes three times as long, and much memory.
    kinds = lines.encode().translate(_KINDS)
    return b"!" not in kinds and b"//" not in kinds and b"/." not in kinds


def is_folder(text: str) -> bool:
    """Whether `text` is a public path with a ``/`` at its end."""
    return text.endswith("/") and is_path(text[:-1])


def is_path_or_folder(text: str) -> bool:
    """Whether `text` is a public path, with or without a ``/`` at its end."""
    return is_path(text.removesuffix("/"))


def is_namespace(text: str) -> bool:
    """Whether `text` is an npm package name, with or without a scope."""
    return _namespace.fullmatch(text) is not None


def is_bare(text: str) -> bool:
    """Whether `text` is a bare specifier: an npm name, optionally with a path or ``/``."""
    name = top(text)
    # Between the two is a slash.
    below = text[len(name) + 1 :]
    return is_namespace(name) and (not below or is_path_or_folder(below))


def is_private(text: str) -> bool:
    """Whether `text` is a package's private specifier, such as ``#dom``."""
    return text.startswith("#") and is_path(text[1:])


def is_url_like(specifier: str) -> bool:
    """Whether a browser takes a specifier for a URL, absolute or relative, and not for a bare name."""
    return re.match(r"\.{0,2}/|[A-Za-z][A-Za-z0-9+.-]*:", specifier) is not None


def is_mappable(text: str) -> bool:
    """Whether a map may have `text` for code: a bare or private specifier, or a prefix of such."""
    return is_private(text.removesuffix("/")) or is_bare(text)


def is_context(text: str) -> bool:
    """Whether `text` may name a context."""
    return _context.fullmatch(text) is not None


def is_relative(text: str) -> bool:
    """Whether `text` is a relative edge: ``./`` or ``../`` segments, then a path."""
    dots = re.match(r"(?:\.{1,2}/)+", text)
    return dots is not None and is_path(text[dots.end() :])


def is_package(text: str) -> bool:
    """Whether `text` is the dotted name of an import package."""
    return _package.fullmatch(text) is not None


def is_https_url(text: str) -> bool:
    """Whether `text` is an https URL with a path, spelled as browsers do, and safe to print as it is."""
    return re.fullmatch(_HTTPS_URL, text) is not None


def wrong_url(text: str) -> str:
    """Return what is wrong with a text that is no https URL, with the spelling that is meant."""
    try:
        from ada_url import normalize_url

        meant = normalize_url(text)
    except (ImportError, ValueError):
        meant = ""
    if not is_https_url(meant):
        return f"{text!a} is not an absolute https URL."
    return f"{text!a} is not spelled as browsers do. Write {meant!r}."


def is_integrity(text: str) -> bool:
    """Whether `text` is one or more digests in the form of Subresource Integrity."""
    parts = text.split(" ")
    return all(re.fullmatch(_INTEGRITY, part) for part in parts)


def is_name(text: str) -> bool:
    """Whether `text` may name a distribution (PEP 508)."""
    return _name.fullmatch(text) is not None


def owns(namespace: str, specifier: str) -> bool:
    """Whether `specifier` is `namespace` itself or lies below it."""
    return specifier == namespace or specifier.startswith(namespace + "/")


def beginnings(text: str) -> Iterator[str]:
    """Yield a specifier or URL, then each part of it that ends in a slash, the longest first."""
    yield text
    end = len(text) - 1
    while (end := text.rfind("/", 0, end)) >= 0:
        yield text[: end + 1]


#: How many parts a specifier has at most that are looked up: their lengths add up to a square.
_PARTS = 1000


def match(specifier: str, table: Collection[str]) -> str | None:
    """Return the key of a table that maps a specifier: itself, else its longest prefix; None for none.

    HTML Standard, "resolve an imports match".
    """
    if specifier.count("/") > _PARTS:
        # Nobody writes such a name. Going through all keys is no square.
        keys = [key for key in table if key == specifier or (key[-1:] == "/" and specifier.startswith(key))]
        return max(keys, key=len, default=None)
    return next((key for key in beginnings(specifier) if key in table), None)


def prefixes(text: str, lengths: Iterable[int]) -> Iterator[str]:
    """Yield the parts of a specifier or URL that end in a slash and have one of some lengths.

    `beginnings` would cost the square of a long text.

    :param lengths: the lengths of all prefixes that may be meant, the longest first.
    """
    return (text[:length] for length in lengths if text[length - 1 : length] == "/")


class Below:
    """Some specifiers, and all that lie below one of them.

    :param names: the specifiers, with or without a slash at the end.
    """

    __slots__ = ("_lengths", "_names")

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.removesuffix("/") for name in names}
        self._lengths = sorted({len(name) + 1 for name in self._names}, reverse=True)

    def __contains__(self, specifier: str) -> bool:
        return specifier in self._names or any(
            prefix[:-1] in self._names for prefix in prefixes(specifier, self._lengths)
        )


def covers(scope: str, url: str) -> bool:
    """Tell whether a scope holds for the module at a URL."""
    return url == scope or (scope.endswith("/") and url.startswith(scope))


def top(specifier: str) -> str:
    """The part of a bare specifier that may be a namespace: its first segment, or two after ``@``."""
    end = specifier.find("/")
    if specifier.startswith("@") and end != -1:
        end = specifier.find("/", end + 1)
    return specifier if end == -1 else specifier[:end]


def normalise(name: str) -> str:
    """The normalised form of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def join(base: str, edge: str) -> str | None:
    """The public path that the relative `edge` of the module at `base` leads to.

    :param edge: as `is_relative` asks; a browser makes the same of it.
    :returns: the path, or None if it leaves the top folder.
    """
    end, start = base.rfind("/") + 1, 0
    while True:
        if edge.startswith("./", start):
            start += 2
        elif not edge.startswith("../", start):
            return base[:end] + edge[start:]
        elif not end:
            return None
        else:
            end, start = base.rfind("/", 0, end - 1) + 1, start + 3
