from __future__ import annotations

from django.db import models


class Article(models.Model):
    title: models.CharField[str, str] = models.CharField(max_length=50)
    body: models.TextField[str, str] = models.TextField(blank=True)
    parent: models.ForeignKey[Article | None, Article | None] = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True
    )

    def __str__(self) -> str:
        return self.title
