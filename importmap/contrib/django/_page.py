"""What one response prints: one map, its preloads, and module scripts, with the response's nonce.

A problem of a page is raised while a site is worked on, and logged otherwise.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest

from importmap import Diagnostic, ImportMap, ImportMapError, MissingModuleError, UnknownContextError
from importmap._compose.registry import load, process_registry
from importmap._map.html import Html, attributes, has_host

from ._media import Needs

_NOTHING = Html("")
_logged: set[str] = set()


def raise_or_log(error: ImportMapError) -> Html:
    """In DEBUG the error; otherwise a line in the log, and nothing on the page."""
    if settings.DEBUG:
        raise error
    if str(error) not in _logged:
        _logged.add(str(error))
        for diagnostic in error.diagnostics:
            logging.getLogger("importmap").error("%s %s", diagnostic.code, diagnostic)
    return _NOTHING


def note(diagnostic: Diagnostic) -> None:
    """Log what others have got wrong: once for each place, whatever else changes from page to page."""
    key = f"{diagnostic.code} {diagnostic.place or diagnostic.message}"
    if key not in _logged:
        _logged.add(key)
        level = getattr(logging, diagnostic.severity.upper())
        logging.getLogger("importmap").log(level, "%s %s", diagnostic.code, diagnostic)


class Page:
    """What has been printed on one response so far."""

    import_map: ImportMap | None = None
    nonce: object = None

    def print_map(
        self,
        contexts: Sequence[str],
        modules: Sequence[str] | None = None,
        preload: Sequence[str] = (),
        nonce: object = None,
        media: Needs | None = None,
    ) -> str:
        """The map of some contexts, and its preloads; nothing if that is not possible.

        It is a plain string, which a template that prints it at once need not copy.

        :param nonce: of the response; printed as its `str()`, None for none.
        :param media: what the page's media need of the map; see `_media.take`.
        :raises ImportMapError: in DEBUG, what is logged otherwise.
        """
        if self.import_map is not None:
            return raise_or_log(ImportMapError(_second(contexts, self.import_map)))
        try:
            attrs: dict[str, object] = {}
            if media is None:
                import_map = _loaded(contexts, modules)
            else:
                import_map, attrs = with_media(contexts, modules, media), media.attrs
            nonce = attrs.get("nonce") if nonce is None else nonce
            if nonce is not None:
                attrs["nonce"] = str(nonce)
            try:
                markup = import_map._text(attrs, preload)  # noqa: SLF001  # ours
            except MissingModuleError as error:
                raise_or_log(error)
                markup = import_map.render(attrs)
        except ImportMapError as error:
            return raise_or_log(error)
        self.import_map, self.nonce = import_map, nonce
        return markup

    def print_modules(self, specifiers: Sequence[str]) -> Html:
        """The scripts that begin some modules, for which the map has been printed.

        :raises ImportMapError: in DEBUG, what is logged otherwise.
        """
        try:
            return Html("\n".join(map(self._script, specifiers)))
        except ImportMapError as error:
            return raise_or_log(error)

    def _script(self, specifier: str) -> str:
        import_map = self.import_map
        if import_map is None:
            message = (
                f"the map comes before the module {specifier!r}: a browser has to know it by then. "
                "Print {% importmap %} above {% module %}."
            )
            raise ImportMapError(Diagnostic("IM403", "error", message))
        url = import_map.url(specifier)
        attrs: dict[str, object] = {"type": "module", "src": url}
        if url in import_map.integrity:
            attrs["integrity"] = import_map.integrity[url]
        if has_host(url):
            attrs["crossorigin"] = "anonymous"
        if self.nonce is not None:
            attrs["nonce"] = self.nonce
        return f"<script{attributes(attrs)}></script>"


def _loaded(contexts: Sequence[str], modules: Sequence[str] | None) -> ImportMap:
    """The map, without what is asked for in vain.

    :raises ImportMapError: in DEBUG, what is logged otherwise; and where there is no map at all.
    """
    try:
        return load(contexts, modules)
    except UnknownContextError as error:
        raise_or_log(error)
        known = {"default", *process_registry().contexts}
        some = [name for name in contexts if name in known]
        if not some:
            raise
        return _loaded(some, modules)
    except MissingModuleError as error:
        if modules is None:
            raise
        raise_or_log(error)
        return load(contexts)


def with_media(contexts: Sequence[str], modules: Sequence[str] | None, media: Needs) -> ImportMap:
    """The map, with what the media need of it.

    :raises ImportMapError: in DEBUG, what is logged otherwise; and where there is no map at all.
    """
    if modules is None:
        names = list(dict.fromkeys((*contexts, *media.contexts)))
        import_map = _loaded(names, None) if names else ImportMap()
    else:
        import_map = _loaded(contexts, modules)
        for context in media.contexts:
            try:
                import_map |= load([context])
            except UnknownContextError as error:
                raise_or_log(error)
    import_map, problems = media.united_with(import_map)
    for problem in problems:
        note(problem)
    return import_map


def page_of(request: HttpRequest) -> Page:
    """What the response to a request has printed."""
    page: Page | None = getattr(request, "importmap_page", None)
    if page is None:
        page = request.importmap_page = Page()  # type: ignore[attr-defined]  # ours
    return page


def forget(*, request: HttpRequest | None = None, **_: object) -> None:
    """A response was given up: the page that says so is another one (`got_request_exception`)."""
    if request is not None and hasattr(request, "importmap_page"):
        del request.importmap_page


def nonce_of(nonce: object, request: HttpRequest | None) -> object:
    """The nonce of the response, not read yet; None if there is none.

    :param nonce: the template's variable ``csp_nonce``, None if it has none.
    """
    # Django's context processor; then its middleware without that; then django-csp.
    if nonce is None and request is not None:
        middleware = sys.modules.get("django.middleware.csp")
        if middleware is not None:
            nonce = middleware.get_nonce(request)
        if nonce is None:
            nonce = getattr(request, "csp_nonce", None)
    return nonce


def _second(contexts: Sequence[str], first: ImportMap) -> Diagnostic:
    one, other = (", ".join(map(repr, names)) for names in (first.contexts, contexts))
    return Diagnostic(
        "IM402",
        "error",
        f"the response has a map of {one} already; a page can have one. The map of {other} is not printed.",
        hint=f"{{% importmap {' '.join(map(_quoted, sorted({*first.contexts, *contexts})))} %}}",
    )


def _quoted(name: str) -> str:
    return f'"{name}"'
