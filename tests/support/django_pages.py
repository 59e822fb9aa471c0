"""Rendering Django templates as the pages of a site do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory

LOAD = "{% load importmap %}"


def request(path: str = "/", **attributes: Any) -> HttpRequest:
    """A request, with what middleware would have put on it."""
    made = RequestFactory().get(path)
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def render(template: str, asked: HttpRequest | None = None, /, **context: Any) -> str:
    """What a template prints for a request; a new one if none is given."""
    return engines["django"].from_string(LOAD + template).render(context, asked or request())
