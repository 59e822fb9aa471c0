from __future__ import annotations

from django.db import models


class Clock(models.Model):
    """A clock on the wall."""

    place = models.CharField(max_length=50)
    face = models.CharField(max_length=20, default="analog")

    class Meta:
        ordering = ("place",)

    def __str__(self) -> str:
        return self.place
