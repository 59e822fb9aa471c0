from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .models import Clock


def wall(request: HttpRequest) -> HttpResponse:
    return render(request, "wall/wall.html", {"clocks": Clock.objects.all()})
