"""Django: ``INSTALLED_APPS += ["importmap.contrib.django"]`` is all that a site has to write."""

from ._js_asset import JSAssetImportMap
from ._media import Contexts, contexts_of_media

__all__ = ["Contexts", "JSAssetImportMap", "contexts_of_media"]
