"""``{% load importmap_admin %}``: the tag of our ``admin/base.html``, which is for no other template."""

from __future__ import annotations

from django import template

from importmap.contrib.django._admin.map import print_admin_map

register: template.Library = template.Library()
register.simple_tag(print_admin_map, takes_context=True, name="importmap_admin")
