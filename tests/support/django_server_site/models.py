from __future__ import annotations

from content_editor.models import Region, create_plugin_base
from django.db import models
from django_prose_editor.fields import ProseEditorField


class Article(models.Model):
    title = models.CharField(max_length=50)
    face = models.CharField(max_length=20, default="analog")
    body = ProseEditorField(blank=True, extensions={"Bold": True}, sanitize=False)

    regions = (Region(key="main", title="main region"),)

    def __str__(self) -> str:
        return self.title


class Note(create_plugin_base(Article)):  # type: ignore[misc]  # made for each model
    text = ProseEditorField(blank=True, extensions={"Italic": True}, sanitize=False)
