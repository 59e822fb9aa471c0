"""``{% load importmap %}``: the tags ``importmap`` and ``module``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django import template
from django.template.base import Parser, Token
from django.template.library import SimpleNode

from importmap._map.html import Html
from importmap.contrib.django._tags import contexts_of, names, print_map, print_modules

_T = TypeVar("_T")

register: template.Library = template.Library()


def _arguments(
    *contexts: str | Sequence[str],
    modules: str | Sequence[str] | None = None,
    preload: str | Sequence[str] = (),
    nonce: object = None,
    media: object = None,
) -> tuple[Any, ...]:
    """The arguments of `print_map`, in its order.

    Each argument that takes names takes one, several with spaces between them, or a list.
    """
    modules = _found(modules)
    chosen = None if modules is None else names(modules)
    return tuple(contexts_of(contexts)), chosen, names(preload), _found(nonce), media


def _found(argument: _T) -> _T | None:
    """An argument; None for a variable that the template does not find, of which Django makes ``""``."""
    # No truth test: a lazy nonce is not to be read here.
    return None if type(argument) is str and not argument else argument


class MapNode(template.Node):
    """``{% importmap %}``. Arguments without variables are read once, not on each page.

    :param call: of `_arguments`.
    """

    child_nodelists: Iterable[str] = ()

    def __init__(self, call: SimpleNode) -> None:
        # The stubs narrow the arguments' types to what no template has.
        self._call: Any = call
        given = [*call.args, *call.kwargs.values()]
        varies = any(each.is_var or each.filters for each in given)
        self._given = None if varies else self._read(template.Context())

    def _read(self, context: template.Context) -> tuple[Any, ...]:
        positional, named = self._call.get_resolved_arguments(context)
        return _arguments(*positional, **named)

    def render(self, context: template.Context) -> str:
        """Print the map, or put it into the variable that the tag names with ``as``."""
        markup = print_map(context, *(self._given or self._read(context)))
        if self._call.target_var is None:
            return markup
        context[self._call.target_var] = Html(markup)
        return ""


# Reads tags as all of Django's simple ones are read.
_parser = template.Library()
_parser.simple_tag(_arguments, name="importmap")


@register.tag("importmap")
def importmap_tag(parser: Parser, token: Token) -> MapNode:
    """The import map of some contexts (default: ``default``), and its preloads.

    Beside the contexts, ``{% importmap "admin" modules=... preload=... nonce=... media=... %}`` takes:

    - ``modules``: the only specifiers that the page needs;
    - ``preload``: specifiers to fetch at once, with all that they import;
    - ``nonce``: of the Content Security Policy; found by itself where Django or django-csp has one;
    - ``media``: a `forms.Media`: what its widgets need is printed too, and the variable ``media``
      is what remains of it. Default: the variable ``media``, if there is one.
    """
    return MapNode(_parser.tags["importmap"](parser, token))


@register.simple_tag(takes_context=True, name="module")
def module_tag(context: template.Context, *specifiers: str | Sequence[str]) -> str:
    """The scripts that begin some modules. The map has to be printed above them."""
    return print_modules(context, names(*specifiers))
