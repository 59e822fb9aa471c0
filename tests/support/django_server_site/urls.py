from __future__ import annotations

from django.contrib import admin
from django.http import HttpResponse
from django.urls import path

from . import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("public/", views.public),
    path("hashes/", views.hashes),
    # Browsers ask for it on pages that name no icon, as the admin's.
    path("favicon.ico", lambda _request: HttpResponse(status=204)),
]
