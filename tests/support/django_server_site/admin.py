"""One form with the widget of example_clock, a prose editor, and inlines of the content editor."""

from __future__ import annotations

from typing import Any

from content_editor.admin import ContentEditor, ContentEditorInline
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from example_clock.widgets import ClockFaceSelect

from .models import Article, Note


class ArticleForm(forms.ModelForm):
    class Meta:
        fields = ("title", "face", "body")
        widgets = {"face": ClockFaceSelect}


@admin.register(Article)
class ArticleAdmin(ContentEditor):  # type: ignore[misc]  # has no types
    form = ArticleForm
    inlines = (ContentEditorInline.create(model=Note),)
    list_display = ("title", "face", "body")
    list_editable = ("face", "body")

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=ArticleForm, **kwargs)
