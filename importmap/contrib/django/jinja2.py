"""The tags ``importmap`` and ``module`` for Jinja."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context, Undefined

from importmap._base.suggest import did_you_mean
from importmap._map.html import Html

from ._page import Page, nonce_of, page_of
from ._tags import contexts_of, media_of, names, print_on

_T = TypeVar("_T")

#: What the tags take by name.
_KEYWORDS = {"importmap": ["media", "modules", "nonce", "preload"], "module": []}
#: Where the blocks of a template find the page, if there is no request.
_PAGE = "importmap_page"


class ImportMapExtension(Extension):
    """``{% importmap "admin" preload="shop/cart" %}`` and ``{% module "shop/cart" %}``, as in Django.

    Works in any Jinja environment. The variable `request` says which page a template is part of;
    without it each map is a page of its own.
    """

    tags: set[str] = set(_KEYWORDS)  # noqa: RUF012  # as the base class has it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """One tag. :raises TemplateSyntaxError: for arguments that it does not take."""
        tag = next(parser.stream)
        given, keywords = _arguments(parser, tag.value)
        arguments = [nodes.ContextReference(), *given]
        printed = self.call_method(f"_{tag.value}", arguments, list(keywords.values()), lineno=tag.lineno)
        output = nodes.Output([printed], lineno=tag.lineno)
        if "media" not in keywords:
            return [output]
        # The tag finds the media in a list, and leaves there what it has not printed itself.
        box = parser.free_identifier()
        before = nodes.Assign(box, nodes.List([keywords["media"].value]), lineno=tag.lineno)
        keywords["media"].value = box
        rest = nodes.Getitem(box, nodes.Const(0), "load")
        after = nodes.Assign(nodes.Name("media", "store"), rest, lineno=tag.lineno)
        return [before, output, after]

    def _importmap(
        self,
        context: Context,
        *contexts: str | Sequence[str],
        modules: str | Sequence[str] | None = None,
        preload: str | Sequence[str] = (),
        nonce: object = None,
        media: list[object] | None = None,
    ) -> str:
        request = context.get("request")
        modules, nonce = _found(modules), _found(nonce)
        if nonce is None:
            nonce = nonce_of(context.get("csp_nonce"), request)
        page = Page() if request is None else page_of(request)
        context.parent[_PAGE] = page
        asked: dict[str, Any] = {
            "contexts": contexts_of(contexts),
            "modules": None if modules is None else names(modules),
            "preload": names(preload),
            "nonce": nonce,
        }
        chosen_media = media_of(None, media[0]) if media else None
        if media is None or chosen_media is None:
            return Html(page.print_map(**asked))
        markup, media[0] = print_on(page, media=chosen_media, **asked)
        return Html(markup)

    def _module(self, context: Context, *specifiers: str | Sequence[str]) -> str:
        request = context.get("request")
        page = context.parent.get(_PAGE, Page()) if request is None else page_of(request)
        return page.print_modules(names(*specifiers))


def _found(argument: _T) -> _T | None:
    """An argument; None for a variable that the template does not find."""
    return None if isinstance(argument, Undefined) and not argument else argument


def _arguments(parser: Parser, tag: str) -> tuple[list[nodes.Expr], dict[str, nodes.Keyword]]:
    """What stands in a tag, with or without commas between."""
    given: list[nodes.Expr] = []
    keywords: dict[str, nodes.Keyword] = {}
    stream = parser.stream
    while not stream.current.test("block_end"):
        token = stream.current
        if token.test("name") and stream.look().test("assign"):
            if token.value not in _KEYWORDS[tag]:
                known = did_you_mean(token.value, _KEYWORDS[tag])
                parser.fail(f"{{% {tag} %}} takes no argument {token.value!r}.{known}", token.lineno)
            if token.value in keywords:
                parser.fail(f"{{% {tag} %}} has {token.value!r} twice.", token.lineno)
            stream.skip(2)
            value = _expression(parser)
            keywords[token.value] = nodes.Keyword(token.value, value, lineno=token.lineno)
        elif keywords:
            parser.fail(f"{{% {tag} %}} takes names before its keywords.", token.lineno)
        else:
            given.append(_expression(parser))
        stream.skip_if("comma")
    return given, keywords


def _expression(parser: Parser) -> nodes.Expr:
    token = parser.stream.current
    if token.test("string") and parser.stream.look().test("string"):
        # Two names; an expression would make one of them.
        next(parser.stream)
        return nodes.Const(token.value, lineno=token.lineno)
    return parser.parse_expression()
