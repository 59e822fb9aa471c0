"""The author's side: from `[tool.importmap]` in pyproject.toml to the manifest in a wheel.

Hatch finds the build hook by its entry point; nothing here is meant to be imported by others.
`importmap` itself imports `hatch_importmap.project` when a site reads source trees.
"""

from __future__ import annotations

__all__: list[str] = []
