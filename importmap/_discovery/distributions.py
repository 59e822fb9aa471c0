"""Installed distributions that name an entry point of group `importmap`.

The same answer as `importlib.metadata.entry_points(group="importmap")`, but one broken
distribution does not take the others with it, and plain folders are read without
opening more than each `entry_points.txt`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator

from importmap._base.diagnostics import Diagnostic
from importmap._base.faults import fault, is_fault
from importmap._base.files import FLAGS, read_all, read_if_there
from importmap._base.grammar import normalise
from importmap._base.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import importlib.metadata
    from typing import Any, TypeAlias

    #: The folders of each distribution that was met, by normalised name; ``""`` for those of other finders.
    Seen: TypeAlias = dict[str, list[str]]

#: The group of entry points by which packages are found.
GROUP = "importmap"


class Installed(Value):
    """A distribution in a plain folder.

    :param folder: its `.dist-info` or `.egg-info` folder.
    :param name: its normalised name.
    :param version: its version, ``""`` where the folder's name has none.
    :param entry_points: names and values of its entry points of our group.
    """

    folder: str
    name: str
    version: str
    entry_points: tuple[tuple[str, str], ...]

    def read(self, filename: str) -> bytes | None:
        """The bytes of a file in the folder, None if there is none."""
        return read_if_there(f"{self.folder}/{filename}")

    def place(self, filename: str) -> str:
        """Where a file is, for messages."""
        return f"{self.folder.rpartition('/')[2]}/{filename}"


class Foreign(Installed):
    """A distribution in a zip file, or one that another finder brought."""

    distribution: importlib.metadata.Distribution

    def read(self, filename: str) -> bytes | None:
        """The bytes of a metadata file, None if there is none."""
        try:
            text = read_text(self.distribution, filename)
            return None if text is None else text.encode()
        except Exception as error:
            # Somebody else's distribution may raise anything.
            raise OSError(0, repr(error), filename) from error

    def place(self, filename: str) -> str:
        """The file's name: where a foreign distribution keeps its files is its own affair."""
        return filename


def read_text(distribution: importlib.metadata.Distribution, filename: str) -> str | None:
    """Return a metadata file of a distribution, None if there is none; only of a regular file.

    :raises OSError: if it cannot be read. A finder of somebody else may raise anything.
    """
    folder = getattr(distribution, "_path", None)
    if isinstance(folder, os.PathLike):
        # The standard library would wait for a pipe.
        raw = read_if_there(os.path.join(folder, filename))
        return None if raw is None else raw.decode()
    return distribution.read_text(filename)


def metadata_of(distribution: importlib.metadata.Distribution) -> importlib.metadata.PackageMetadata:
    """Return the metadata of a distribution; see `read_text`."""
    for filename in ("METADATA", "PKG-INFO"):
        read_text(distribution, filename)
    return distribution.metadata


def parse_entry_points(raw: bytes) -> list[tuple[str, str]]:
    """Names and values of the entry points of our group (entry points specification, "File format").

    :param raw: the bytes of an entry_points.txt.
    :raises ValueError: if the file cannot be read as one; a file without our group only has
        to be UTF-8.
    """
    text = raw.decode()
    return list(_pairs(text)) if GROUP in text else []


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    section = None
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[]")
            continue
        if section is None:
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise ValueError(f"line {number} has no '='")
        if section == GROUP:
            yield name.strip(), value.strip()


_SUFFIXES = (".dist-info", ".egg-info")
_SEPARATORS = re.compile(r"[-_.]+")


def find(diagnostics: list[Diagnostic]) -> list[Installed]:
    """All distributions with an entry point of our group; the first of a name on `sys.path` wins.

    :param diagnostics: what could not be read is added to it.
    """
    installed: list[Installed] = []
    seen: Seen = {}
    for finder in sys.meta_path:
        if not hasattr(finder, "find_distributions"):
            continue
        if _is_path_finder(finder):
            for entry, rows in path_entries(diagnostics):
                installed += _in_entry(entry, rows, seen, diagnostics)
        else:
            import importlib.metadata

            context = importlib.metadata.DistributionFinder.Context()
            kind = finder if isinstance(finder, type) else type(finder)
            where = f"{kind.__module__}.{kind.__qualname__}"
            installed += _foreign(lambda: finder.find_distributions(context), where, seen, diagnostics)  # noqa: B023  # called at once
    return installed


def _is_path_finder(finder: object) -> bool:
    # The backport `importlib_metadata` puts a finder of its own in the place of the
    # standard library's, for the same folders.
    module = getattr(finder, "__module__", type(finder).__module__)
    return module.partition(".")[0] in ("_frozen_importlib_external", "importlib_metadata")


def path_entries(
    diagnostics: list[Diagnostic] | None = None,
) -> Iterator[tuple[str, list[tuple[str, str]] | None]]:
    """Yield each entry of `sys.path` that can be listed, with the distributions in it.

    A distribution is its normalised name, and the name of its folder, of which `version_of` makes a
    version. An archive, or the folder of an egg, has None instead.

    :param diagnostics: which entries the system does not let be listed is added to it.
    """
    for entry in dict.fromkeys(map(str, sys.path)):
        try:
            children = os.listdir(entry or ".")
        except NotADirectoryError:
            yield entry, None
        except ValueError:
            continue
        except OSError as error:
            if is_fault(error) and diagnostics is not None:
                diagnostics.append(fault(error, entry or "."))
        else:
            yield entry, None if entry.lower().endswith(".egg") else _rows(children)


def _rows(children: list[str]) -> list[tuple[str, str]]:
    # A name that begins with "~" is what pip could not delete; no installer writes line ends.
    infos = [
        name
        for name in children
        if (name.endswith(_SUFFIXES) or name.lower().endswith(_SUFFIXES))
        and name[0] != "~"
        and "\n" not in name
    ]
    # All names at once: one substitution is faster than a thousand.
    stems = "\n".join([info.rpartition(".")[0].partition("-")[0] for info in infos])
    return list(zip(_SEPARATORS.sub("-", stems).lower().split("\n"), infos, strict=False))


def is_distribution(folder: str) -> bool:
    """Tell whether a folder of metadata is one of a distribution: leftovers lack the file that every one has.

    It is METADATA (Core metadata specifications), PKG-INFO in the folders of eggs, which can be a file, too.
    """
    is_egg = not folder.lower().endswith(".dist-info")
    try:
        os.stat(f"{folder}/{'PKG-INFO' if is_egg else 'METADATA'}")
    except NotADirectoryError:
        return is_egg
    except OSError as error:
        # Whatever else is wrong, it is there: who reads it says so.
        return not isinstance(error, FileNotFoundError)
    return True


def versions(names: Collection[str]) -> dict[str, list[str]]:
    """Return the versions of some distributions in the first folder of `sys.path` that has them.

    The names of their folders say them: a look at each distribution by importlib.metadata would take
    longer than all else that asks.

    :param names: normalised names.
    """
    found: dict[str, list[str]] = {}
    for entry, rows in path_entries():
        here: dict[str, list[str]] = {}
        for name, info in rows or ():
            if name not in names or name in found or not (version := version_of(info)):
                continue
            if is_distribution(os.path.join(entry, info)):
                here.setdefault(name, []).append(version)
        found.update(here)
    return found


def version_of(info: str) -> str:
    """Return the version in a folder's name, whose escapes only a local version can have.

    After the version, the name of an egg-info folder has a Python.
    """
    return info.rpartition(".")[0].partition("-")[2].partition("-")[0].replace("_", "+", 1)


def _in_entry(
    entry: str, rows: list[tuple[str, str]] | None, seen: Seen, diagnostics: list[Diagnostic]
) -> Iterable[Installed]:
    """The distributions in one entry of `sys.path`."""
    if rows is None:
        import importlib.metadata

        context = importlib.metadata.DistributionFinder.Context(path=[entry])
        search = importlib.metadata.MetadataPathFinder.find_distributions
        return _foreign(lambda: search(context), entry, seen, diagnostics)
    return _in_folder(entry or ".", rows, seen, diagnostics) if rows else ()


def _in_folder(
    folder: str, rows: list[tuple[str, str]], seen: Seen, diagnostics: list[Diagnostic]
) -> Iterator[Installed]:
    twice: dict[str, Diagnostic] = {}
    is_plain = len({name for name, _ in rows}) == len(rows)
    wanted = rows if is_plain else list(_newest(folder, rows, twice))
    for name, info, raw in _read_files(folder, wanted, diagnostics):
        if _has_any(name, seen) or not is_distribution(f"{folder}/{info}"):
            continue
        try:
            pairs = parse_entry_points(raw)
        except ValueError as error:
            diagnostics.append(_unreadable("IM103", name, info, error))
            continue
        if pairs:
            # Somebody else's leftovers are no affair of ours.
            diagnostics += [twice[name]] if name in twice else []
            yield Installed(f"{folder}/{info}", name, version_of(info), tuple(pairs))
    for name, info in wanted:
        seen.setdefault(name, []).append(f"{folder}/{info}")


def _has_any(name: str, seen: Seen) -> bool:
    """Tell whether one of the folders of a name is a distribution's, so that it hides those that follow."""
    return name in seen and any(not folder or is_distribution(folder) for folder in seen[name])


def _read_files(
    folder: str, rows: Iterable[tuple[str, str]], diagnostics: list[Diagnostic]
) -> Iterator[tuple[str, str, bytes]]:
    """Name, folder and entry_points.txt of each distribution whose file may have our group.

    Most have no file, and asking a thousand of them is most of what discovery does: so the
    folder is opened once where the system can look up names in it.
    """
    prefix, handle = f"{folder}/", None
    if {os.open, os.stat} <= os.supports_dir_fd:
        try:
            prefix, handle = "", os.open(folder, FLAGS)
        except OSError as error:
            diagnostics.append(fault(error, folder))
            return
    ask = os.stat
    try:
        for name, info in rows:
            path = f"{prefix}{info}/entry_points.txt"
            try:
                ask(path, dir_fd=handle)
                raw = read_all(os.open(path, FLAGS, dir_fd=handle))
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                diagnostics.append(
                    fault(error, f"{folder}/{info}/entry_points.txt", name)
                    if is_fault(error)
                    else _unreadable("IM102", name, info, error.strerror)
                )
                continue
            if b"importmap" in raw or not raw.isascii():
                yield name, info, raw
    finally:
        if handle is not None:
            os.close(handle)


def _unreadable(code: str, name: str, info: str, reason: object) -> Diagnostic:
    if isinstance(reason, UnicodeDecodeError):
        reason = "it is not UTF-8"
    message = f"the file cannot be read: {reason}. The distribution is left out."
    return Diagnostic(code, "warning", message, distribution=name, place=f"{info}/entry_points.txt")


def _newest(
    folder: str, rows: Iterable[tuple[str, str]], twice: dict[str, Diagnostic]
) -> Iterator[tuple[str, str]]:
    """One row a name. An upgrade that went wrong leaves two: the higher version is meant.

    :param twice: what there is to say of such a name is added to it.
    """
    from packaging.version import InvalidVersion, Version

    def order(info: str) -> tuple[bool, Version, bool, str]:
        by_installer = info.lower().endswith(".dist-info")
        try:
            return True, Version(version_of(info)), by_installer, info
        except InvalidVersion:
            return False, Version("0"), by_installer, info

    groups: dict[str, list[str]] = {}
    for name, info in rows:
        groups.setdefault(name, []).append(info)
    for name, all_infos in groups.items():
        infos = [info for info in all_infos if len(all_infos) == 1 or is_distribution(f"{folder}/{info}")]
        if not infos:
            continue
        best = max(infos, key=order)
        if len(infos) > 1:
            others = ", ".join(sorted(info for info in infos if info != best))
            twice[name] = Diagnostic(
                "IM105",
                "warning",
                f"the folder holds more than one version; {best} is used, not {others}.",
                distribution=name,
                place=folder,
                hint=f"python -m pip install --force-reinstall {name}",
            )
        yield name, best


def _foreign(search: Any, where: str, seen: Seen, diagnostics: list[Diagnostic]) -> Iterator[Installed]:
    try:
        distributions = list(search())
    except Exception as error:  # noqa: BLE001  # somebody else's finder may raise anything
        diagnostics.append(
            Diagnostic("IM102", "warning", f"the distributions cannot be listed: {error!r}.", place=where)
        )
        return
    for distribution in distributions:
        try:
            text = read_text(distribution, "entry_points.txt") or ""
            metadata = metadata_of(distribution)
            name = normalise(metadata["Name"])
            if not _has_any(name, seen) and (pairs := parse_entry_points(text.encode())):
                version = metadata["Version"] if "Version" in metadata else ""  # noqa: SIM401  # not a dict
                yield Foreign("", name, version, tuple(pairs), distribution)
            seen.setdefault(name, []).append("")
        except Exception as error:  # noqa: BLE001  # somebody else's distribution may raise anything
            diagnostics.append(
                Diagnostic("IM102", "warning", f"the metadata cannot be read: {error!r}.", place=where)
            )
