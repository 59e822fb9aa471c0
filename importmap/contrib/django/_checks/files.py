"""What is wrong with the static files of a site: not collected, not found, of the wrong type."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.contrib.staticfiles import finders

from importmap import Diagnostic, ManifestError, Package
from importmap._discovery.sources import Sources
from importmap._site.reach import Reached
from importmap.contrib.django._settings import FINDER
from importmap.contrib.django._static import StorageStatic
from importmap.contrib.django.finders import PackageFinder

_COLLECT = "python manage.py collectstatic"
#: WHATWG MIME Sniffing Standard, "JavaScript MIME type", without what no registry ever says.
_JAVASCRIPT = (
    "application/ecmascript",
    "application/javascript",
    "application/x-javascript",
    "text/ecmascript",
    "text/javascript",
    "text/x-javascript",
)


def collected(diagnostics: Iterable[Diagnostic], static: StorageStatic) -> Iterator[Diagnostic]:
    """The same findings; one in place of all files, if none has been collected.

    :param diagnostics: what was found when the maps were made.
    """
    hashed_files: object = getattr(static.storage, "hashed_files", None)
    is_missing = False
    for each in diagnostics:
        if hashed_files is None or each.code != "IM205" or _is_served(static, each.place):
            yield each
        elif hashed_files:
            yield each.replace(hint=_COLLECT)
        else:
            is_missing = True
    if is_missing:
        message = "none of the files that the maps lead to has been collected."
        yield Diagnostic("IM407", "warning", message, place="settings.STORAGES['staticfiles']", hint=_COLLECT)


def _is_served(static: StorageStatic, path: str) -> bool:
    """Whether a file has a URL, so that it is only its bytes that are out of reach."""
    try:
        static.url(path)
    except LookupError:
        return False
    return True


def unfound(reached: Reached) -> Iterator[Diagnostic]:
    """The packages of which no finder finds all files, and the site's own entries without a file."""
    known = list(finders.get_finders())
    not_ours = [finder for finder in known if not isinstance(finder, PackageFinder)]
    # Asked about each file, our own would look each time whether packages have changed.
    listed = {path for finder in known if isinstance(finder, PackageFinder) for path, _ in finder.list(None)}

    def is_found(path: str) -> bool:
        return path in listed or any(finder.find(path) for finder in not_ours)

    for selection in reached.selections:
        package = selection.package
        missing = [path for path in selection.paths if not is_found(path)]
        if missing:
            why, hint = _why(package, missing[0])
            others = f" (and {len(missing) - 1} more)" if missing[1:] else ""
            message = f"no staticfiles finder finds {missing[0]!r}{others}{why}"
            yield Diagnostic("IM408", "warning", message, distribution=package.distribution, hint=hint)
    own = reached.settings
    for name in {**own.imports, **own.overrides}:
        target = reached.graph.decision(name)
        path = target.path if target.package is None else None
        if path is not None and not is_found(path):
            key = "overrides" if name in own.overrides else "imports"
            message = f"no staticfiles finder finds {path!r}."
            yield Diagnostic("IM408", "warning", message, place=f"settings.IMPORTMAP[{key!r}][{name!r}]")


def _why(package: Package, path: str) -> tuple[str, str]:
    """The end of the sentence, and what to do."""
    if FINDER not in settings.STATICFILES_FINDERS:
        return ".", f"STATICFILES_FINDERS += [{FINDER!r}]"
    try:
        place, _ = Sources(package).read(path)
    except ManifestError as error:
        return f": {error.diagnostics[0].message}", ""
    return f": it lies inside an archive, at {place!r}.", "Install the distribution unpacked, as pip does."


def wrong_types(reached: Reached) -> Iterator[Diagnostic]:
    """The suffixes of modules that Python takes for something else than JavaScript."""
    names = [path for selection in reached.selections for path in selection.paths]
    for suffix in (".js", ".mjs"):
        kind = mimetypes.guess_type(f"module{suffix}")[0]
        if kind not in _JAVASCRIPT and any(name.endswith(suffix) for name in names):
            message = f"{suffix} files are served as {kind!r}, and browsers run no module of that type."
            hint = f'import mimetypes\nmimetypes.add_type("text/javascript", "{suffix}")'
            yield Diagnostic("IM410", "warning", message, place="mimetypes", hint=hint)
