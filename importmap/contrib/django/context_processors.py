"""The map as a variable of templates: ``{{ importmap.admin }}``."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from importmap._map.html import Html

from ._page import nonce_of, page_of
from ._tags import contexts_of, names


class Variable:
    """The map of some contexts, which is made and printed where a template prints it.

    :param request: whose response prints it.
    :param contexts: their names; none stand for `default`.
    """

    __slots__ = ("_contexts", "_request")

    def __init__(self, request: HttpRequest, contexts: Sequence[str] = ()) -> None:
        self._request = request
        self._contexts = contexts

    def __getitem__(self, contexts: str) -> Variable:
        """The map of these contexts, too: ``importmap.admin.public``, ``importmap["admin public"]``."""
        return Variable(self._request, [*self._contexts, *names(contexts)])

    def __html__(self) -> Html:
        request = self._request
        return Html(page_of(request).print_map(contexts_of(self._contexts), nonce=nonce_of(None, request)))

    # Django asks for the string before it asks whether that is markup.
    def __str__(self) -> str:
        return self.__html__()


def importmap(request: HttpRequest) -> dict[str, Variable]:
    """The variable `importmap`, for templates that do without the tag."""
    return {"importmap": Variable(request)}
