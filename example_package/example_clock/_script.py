"""`django.forms.Script`, which Django has since 5.2."""

from __future__ import annotations

import django

if django.VERSION >= (5, 2):
    from django.forms import Script
else:
    from django.forms.utils import flatatt
    from django.templatetags.static import static
    from django.utils.html import format_html, html_safe

    @html_safe
    class Script:  # type: ignore[no-redef]  # of older versions
        def __init__(self, src: str, **attributes: str) -> None:
            self.src = src
            self.attributes = attributes

        def __str__(self) -> str:
            return format_html('<script src="{}"{}></script>', static(self.src), flatatt(self.attributes))

        # Of equal assets a page prints one.
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Script) and vars(self) == vars(other)

        def __hash__(self) -> int:
            return hash(self.src)


__all__ = ["Script"]
