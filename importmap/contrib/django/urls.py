"""``path("importmap/", include("importmap.contrib.django.urls"))``: what open pages ask for."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import DeltaView

app_name = "importmap"
urlpatterns: list[URLPattern] = [path("", DeltaView.as_view(), name="delta")]
