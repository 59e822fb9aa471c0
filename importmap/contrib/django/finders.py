"""The staticfiles finder for the files of packages that no other finder sees."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

from importmap import ImportMapError, PackageFile
from importmap._compose.registry import process_registry


class FolderStorage(FileSystemStorage):
    """The files of one folder that are listed, under their public paths.

    :param location: the folder; most often the files' own names below it are their public paths.
    """

    prefix = ""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        #: Where each file lies, by public path.
        self.places: dict[str, str] = {}

    def path(self, name: str) -> str:
        """Return where the file with a public path lies. :raises KeyError: for another file."""
        return self.places[name.replace("\\", "/")]


class PackageFinder(finders.BaseFinder):
    """Finds what pages can ask for, of packages that are no apps or keep their files elsewhere.

    Only files that a manifest lists or names: modules, assets and source maps. What another
    finder finds is left to it.
    """

    def __init__(self) -> None:
        super().__init__()
        # Django makes one finder for the whole process; packages change while they are worked on.
        self._files: Mapping[str, PackageFile] = {}
        self._storages: Mapping[str, FolderStorage] = {}

    @property
    def storages(self) -> Mapping[str, FolderStorage]:
        """The folders that files were found in, as Django's own finders have them."""
        try:
            files = process_registry().files
            if files is not self._files:
                self._storages = _storages(files)
                self._files = files
        except ImportMapError:
            # The site has no map at all; a system check says why.
            return {}
        return self._storages

    def find(self, path: str, find_all: bool = False, **older: bool) -> Any:
        """Where a file lies; a list if all places are asked for, or if there is none.

        :param older: ``all``, the name of `find_all` up to Django 5.1.
        """
        name = path.replace("\\", "/")
        places = [storage.places[name] for storage in self.storages.values() if name in storage.places]
        return places[0] if places and not (find_all or older.get("all")) else places

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FolderStorage]]:
        """All files, by their public paths, each with a storage that has it."""
        patterns = list(ignore_patterns or ())
        for storage in self.storages.values():
            for path in storage.places:
                # As Django matches them: each folder, the file, and the whole path.
                if not any(matches_patterns(name, patterns) for name in (*path.split("/"), path)):
                    yield path, storage


def _storages(files: Mapping[str, PackageFile]) -> dict[str, FolderStorage]:
    """The files that no other finder finds, by folder."""
    others = [finder for finder in finders.get_finders() if not isinstance(finder, PackageFinder)]
    storages: dict[str, FolderStorage] = {}
    for path, file in files.items():
        # Not in a zip file, which Django cannot serve from.
        if os.path.isfile(file.place) and not any(finder.find(path) for finder in others):
            folder = _folder(file.place, path)
            if folder not in storages:
                storages[folder] = FolderStorage(folder)
            storages[folder].places[path] = file.place
    return storages


def _folder(place: str, path: str) -> str:
    """The folder below which a file has its public path; where it is called otherwise, the file's own."""
    tail = os.path.join(os.sep, *path.split("/"))
    return place[: -len(tail)] if place.endswith(tail) else os.path.dirname(place)
