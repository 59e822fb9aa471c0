"""Whether the admin's pages get to print their map, whatever theme the site has."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

from django.apps import apps
from django.conf import settings
from django.template import Context, Node, NodeList, Template
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode

from importmap import Diagnostic
from importmap._compose.registry import process_registry
from importmap.contrib.django._settings import serves_admin
from importmap.contrib.django.templatetags.importmap import MapNode

from .template_folder import FOLDER

_Node = TypeVar("_Node", bound=Node)

_MIDDLEWARE = "importmap.contrib.django.middleware.ImportMapMiddleware"
#: What the pages of the admin extend; by itself, it extends the admin's base template.
_EXTENDED = "admin/base_site.html"
_OURS = os.path.join(FOLDER, "admin", "base.html")
#: Where our template prints the map.
_BLOCKS = ("dark-mode-vars", "extrastyle", "extrahead")
_HINT = f"""\
Print the map in the head of that template, above all scripts:
{{% load importmap %}}{{% if has_permission %}}{{% importmap "admin" %}}{{% endif %}}
Or let a middleware put it into the pages:
MIDDLEWARE += ["{_MIDDLEWARE}"]"""


def admin_diagnostics() -> list[Diagnostic]:
    """What keeps the map from the admin's pages: nothing, or one finding."""
    if not apps.is_installed("django.contrib.admin") or not serves_admin():
        return []
    if _MIDDLEWARE in settings.MIDDLEWARE:
        return []
    try:
        templates = _templates() if "admin" in process_registry().contexts else []
    except Exception:  # noqa: BLE001  # there are no pages, or no maps: others say why
        return []
    if not templates or any(map(_prints, templates)):
        return []
    names = [template.origin.name for template in templates]
    if _OURS not in names:
        wrong = "extends no template that prints it"
    elif _rendered(templates[names.index(_OURS) + 1 :]).isdisjoint(_BLOCKS):
        wrong = f"has none of the blocks {', '.join(map(repr, _BLOCKS))}"
    else:
        return []
    message = f"the pages of the admin have no import map: this template, which they are based on, {wrong}."
    return [Diagnostic("IM405", "error", message, place=names[-1], hint=_HINT)]


def _templates() -> list[Template]:
    """The template of all pages and those that it extends, in the order in which Django finds them.

    :returns: nothing if that is not known before a page is rendered.
    """
    template = getattr(get_template(_EXTENDED), "template", None)
    if not isinstance(template, Template):
        # Of another engine than Django's.
        return []
    templates, history = [template], [template.origin]
    while extends := _nodes(template.nodelist, ExtendsNode):
        parent = extends[0].parent_name.resolve(Context(), ignore_failures=True)  # type: ignore[union-attr]  # the stubs are too wide
        if not isinstance(parent, str):
            return []
        template, origin = template.engine.find_template(parent, skip=history)
        templates.append(template)
        history.append(origin)
    return templates


def _prints(template: Template) -> bool:
    """Whether a template has the tag `importmap` itself."""
    return bool(_nodes(template.nodelist, MapNode))


def _rendered(templates: Sequence[Template]) -> set[str]:
    """The names of the blocks that are on a page of some templates, of which each extends the next."""
    *others, base = templates
    names = {block.name for block in _nodes(base.nodelist, BlockNode)}
    for template in reversed(others):
        for block in _nodes(template.nodelist, BlockNode):
            if block.name in names:
                names |= {inner.name for inner in _nodes(block.nodelist, BlockNode)}
    return names


def _nodes(nodes: NodeList, kind: type[_Node]) -> list[_Node]:
    """The nodes of a kind among some and all that is in them."""
    return [node for node in nodes.get_nodes_by_type(kind) if isinstance(node, kind)]
