from __future__ import annotations

from django import forms
from django.contrib import admin
from example_clock.widgets import ClockFaceSelect

from .models import Clock


class ClockForm(forms.ModelForm):
    class Meta:
        model = Clock
        fields = ("place", "face")
        widgets = {"face": ClockFaceSelect}


@admin.register(Clock)
class ClockAdmin(admin.ModelAdmin):
    """Nothing here is about import maps: every page of the admin has the one of the context `admin`."""

    form = ClockForm
    list_display = ("place", "face")
