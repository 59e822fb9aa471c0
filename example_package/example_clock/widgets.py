"""For Django sites: a form field for the face of a clock. Nothing else of this package needs Django."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from importmap.contrib.django import Contexts

from ._script import Script

FACES = [("digital", "Digital"), ("analog", "Analog")]


class ClockFaceSelect(forms.Select):
    """A menu of faces, and a clock that shows the chosen one."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, choices=FACES)

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        menu = super().render(*args, **kwargs)
        return format_html("<clock-face>{} <example-clock></example-clock></clock-face>", menu)

    class Media:
        # Pages with this widget need the map of the context "admin"; the script imports names that are in it.
        js = [Contexts("admin"), Script("example_clock/widget.js", type="module")]
