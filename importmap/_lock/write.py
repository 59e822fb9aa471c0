"""Packages as they stand in a lock, and its text."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from zlib import crc32

from importmap._base.diagnostics import Diagnostic, ManifestError
from importmap._discovery.editable import MEMBERS
from importmap._discovery.python_entries import in_contexts
from importmap._discovery.sources import Sources
from importmap._manifest.document import empty
from importmap._manifest.package import Package

from .document import FORMAT, OWN, Answers, Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from importmap._manifest.document import Module

_HEAD = {"lock": FORMAT, "note": "Written by `importmap lock`. After a merge conflict run it again."}
#: The members of a package that come first, in this order, each on one line.
_FIRST = ("name", "version", "namespace", "package", "place", "roots", "ignore")
#: Those of which each member has a line.
_SECTIONS = ("imports", "private", "vendored", "requires", "modules", "answers")


def lock(
    packages: Iterable[Package], contexts: Sequence[str], project: str, folder: str
) -> tuple[Lock, list[Diagnostic]]:
    """What a lock holds of the packages of a site, and what there is to say of that.

    :param packages: all packages of the site.
    :param contexts: the contexts that a callable is asked about.
    :param project: where the application's own package was read from; ``""`` if there is none.
    :param folder: the folder of the lock.
    """
    diagnostics: list[Diagnostic] = []
    application = None
    locked = []
    for package in packages:
        locked.append(_locked(package, contexts, folder, diagnostics))
        if package.place == project:
            application = locked[-1]
    return Lock(locked, application), diagnostics


def _locked(package: Package, contexts: Sequence[str], folder: str, diagnostics: list[Diagnostic]) -> Package:
    """A package without what only this machine has, and without what only a lock may say."""
    manifest: Any = {**empty(), **package.manifest}
    if package.version:
        manifest["version"] = package.version
    if not MEMBERS.isdisjoint(manifest):
        manifest["modules"] = _with_digests(package)
    for key in (MEMBERS | OWN) & manifest.keys():
        del manifest[key]
    return type(package)(
        distribution=package.distribution,
        version=package.version,
        namespace=package.namespace,
        manifest=manifest,
        place=_portable(package.place, folder),
        provider=None if package.provider is None else _answers(package, contexts, diagnostics),
    )


def encode(lock: Lock) -> bytes:
    """The bytes of a lock: a line for each fact, so that changes of two packages can be merged."""
    packages = (_part(package, package is lock.application) for package in lock.packages)
    return "[\n{}\n]\n".format("\n,\n".join([_compact(_HEAD), *packages])).encode()


def _portable(place: str, folder: str) -> str:
    """A place without the folders of one machine."""
    if os.pardir in place.split(os.sep):
        place = os.path.abspath(place)
    if not os.path.isabs(place):
        return place.replace(os.sep, "/")
    bases = [os.path.join(os.path.abspath(base), "") for base in (folder, *sys.path)]
    base = max((base for base in bases if place.startswith(base)), key=len, default="")
    return (place[len(base) :] if base else os.path.basename(place)).replace(os.sep, "/")


def _with_digests(package: Package) -> dict[str, Module]:
    """The modules of a source tree, with the digests and sizes that they have now."""
    sources = Sources(package)
    modules = {}
    for path, module in package.manifest["modules"].items():
        try:
            content = sources.read(path)[1]
        except ManifestError:
            # `importmap check` says so.
            modules[path] = module
        else:
            digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
            modules[path] = {**module, "sha384": digest, "size": len(content)}
    return modules


def _answers(package: Package, contexts: Sequence[str], diagnostics: list[Diagnostic]) -> Answers:
    """What a callable answers now."""
    diagnostics.append(
        Diagnostic(
            "IM233",
            "info",
            "the lock has what this callable answers now.",
            distribution=package.distribution,
            place=package.place,
        )
    )
    below = f"{package.namespace}/"
    answers: dict[str, dict[str, object]] = {}
    for context in contexts:
        manifest = in_contexts(package, [context], diagnostics).manifest
        imports = {
            "." if name == package.namespace else name.removeprefix(below): entry
            for name, entry in manifest["imports"].items()
        }
        answers[context] = {**imports, **{name: entry["path"] for name, entry in manifest["private"].items()}}
    return Answers(answers)


def _part(package: Package, is_application: bool) -> str:
    """The text of a package. Its first and last line stay what they are when it changes."""
    document: dict[str, Any] = {**package.manifest, "place": package.place}
    if is_application:
        document["application"] = True
    if isinstance(package.provider, Answers):
        document["answers"] = package.provider.answers
    defaults: Mapping[str, object] = empty()
    kept = {key for key, value in document.items() if key not in defaults or value != defaults[key]}
    others = sorted(kept - {*_FIRST, *_SECTIONS})
    keys = [key for key in (*_FIRST, *others, *_SECTIONS) if key in kept]
    body = "{" + ",\n ".join(_member(key, document[key]) for key in keys)
    return f'{body},\n "crc32":"{crc32(body.encode()):08x}"\n}}'


def _member(key: str, value: Any) -> str:
    text = _compact(value)
    if key in _SECTIONS and value:
        rows = ",\n  ".join(f"{_compact(name)}:{_compact(row)}" for name, row in value.items())
        text = f"{{\n  {rows}\n }}"
    return f"{_compact(key)}:{text}"


def _compact(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
