"""What the tags print, whichever template asks, and the arguments of tags as templates write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms, template

from importmap import Diagnostic, ImportMapError

from ._media import take
from ._page import Page, nonce_of, page_of, raise_or_log


def names(*given: str | Sequence[str]) -> list[str]:
    """Names that were given one by one, with spaces between them, or as lists.

    :raises TypeError: for what is neither a string nor a list.
    """
    words: list[str] = []
    for some in given:
        if not isinstance(some, Iterable):
            raise TypeError(f"names are strings, or lists of strings, not {some!r}")
        words += str(some).split() if isinstance(some, str) else map(str, some)
    return words


def contexts_of(given: Sequence[str | Sequence[str]]) -> list[str]:
    """The contexts that a tag asks for."""
    return names(*given) or ["default"]


def print_map(  # noqa: PLR0917  # by name they would cost more, at each request
    context: template.Context,
    contexts: Sequence[str],
    modules: Sequence[str] | None = None,
    preload: Sequence[str] = (),
    nonce: object = None,
    media: object = None,
) -> str:
    """The import map of some contexts, and its preloads: once for each response.

    :param contexts: names of contexts; those of the page's media are added.
    :param modules: the only specifiers that the page needs; None for all of the contexts.
    :param preload: specifiers to fetch at once, with all that they import.
    :param nonce: of the response; None for the one that Django or django-csp has, if any.
    :param media: a `forms.Media`; None for the template's variable ``media``, if there is one.
    """
    request = request_of(context)
    csp_nonce = page_media = None
    # One look at the variables, at each request: `context.get` would take one for each of the two.
    for variables in context.dicts:
        if "csp_nonce" in variables:
            csp_nonce = variables["csp_nonce"]
        if "media" in variables:
            page_media = variables["media"]
    if nonce is None:
        nonce = nonce_of(csp_nonce, request)
    page = page_in(context) if request is None else page_of(request)
    chosen_media = None
    if media is not None or page_media is not None:
        chosen_media = media_of(page_media, media)
    if chosen_media is None:
        return page.print_map(contexts, modules, preload, nonce)
    markup, rest = print_on(page, contexts, modules=modules, preload=preload, nonce=nonce, media=chosen_media)
    if media is not None or rest is not chosen_media:
        _set_media(context, rest)
    return markup


def print_on(
    page: Page,
    contexts: Sequence[str],
    *,
    modules: Sequence[str] | None,
    preload: Sequence[str],
    nonce: object,
    media: forms.Media,
) -> tuple[str, forms.Media]:
    """The map that a tag prints on a page with media; the parameters are those of `print_map`.

    :returns: the markup; and the media, without an import map if that has been printed.
    """
    needs, rest = take(media)
    markup = page.print_map(contexts, modules=modules, preload=preload, nonce=nonce, media=needs)
    return markup, rest if markup else media


def media_of(variable: object, given: object) -> forms.Media | None:
    """The media that count: those that a tag is given, else the template's variable ``media``.

    :raises ImportMapError: in DEBUG, what is logged otherwise.
    """
    chosen_media = variable if given is None else given
    if isinstance(chosen_media, forms.Media):
        return chosen_media
    # A variable that the template does not find is false.
    if given:
        message = f"media= takes a forms.Media, such as form.media, not {given!r}."
        raise_or_log(ImportMapError(Diagnostic("IM403", "error", message)))
    return None


def print_modules(context: template.Context, specifiers: Sequence[str]) -> str:
    """The scripts that begin some modules. The map has to be printed above them."""
    request = request_of(context)
    page = page_in(context) if request is None else page_of(request)
    return page.print_modules(specifiers)


def _set_media(context: template.Context, media: forms.Media) -> None:
    """Give the variable ``media`` another value, for the rest of the page.

    It is set where it was found, because the blocks of a template have variables of their own,
    and in a copy, because the dictionary may be the caller's.
    """
    dicts = context.dicts
    indexes = [index for index, variables in enumerate(dicts) if "media" in variables]
    index = indexes[-1] if indexes else 0
    dicts[index] = {**dicts[index], "media": media}


def request_of(context: template.Context) -> Any:
    """The request that a template is rendered for, or None."""
    return getattr(context, "request", None) or context.get("request")


def page_in(context: template.Context) -> Page:
    """What has been printed on the page that a template without a request is part of."""
    # What is rendered together is one page. The copies of a context share this dictionary.
    shared: dict[Any, Any] = context.render_context.dicts[0]
    page: Page = shared.setdefault("importmap_page", Page())
    return page
