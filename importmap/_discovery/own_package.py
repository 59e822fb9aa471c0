"""Several distributions install a package named `importmap`: find out when one overwrote ours."""

from __future__ import annotations

import os
import sys

from importmap._base.diagnostics import Diagnostic, ImportMapError

#: Our `importmap/__init__.py` says this of itself; nobody else's does.
MARK = "hatch-importmap"


def check_own_package() -> list[Diagnostic]:
    """Return a warning if our top-level package is not ours alone.

    :returns: a warning if another distribution has put files into our folder.
    :raises ImportMapError: if another distribution has replaced our `__init__.py`.
    """
    package = sys.modules["importmap"]
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if getattr(package, "__distribution__", None) != MARK:
        raise ImportMapError(_diagnostic("error", "has overwritten", folder))
    try:
        strangers = [name for name in os.listdir(folder) if name.endswith(".py") and not name.startswith("_")]
    except OSError:  # inside an archive
        strangers = []
    return [_diagnostic("warning", "has put files into", folder)] if strangers else []


def _diagnostic(severity: str, deed: str, folder: str) -> Diagnostic:
    culprits = _culprits()
    names = " and ".join(culprits) or "another distribution"
    steps = [f"python -m pip install --force-reinstall {MARK}"]
    if culprits:
        removals = " ".join(name.split(" ")[0] for name in culprits)
        steps.insert(0, f"python -m pip uninstall {removals}")
    return Diagnostic(
        "IM108",
        severity,
        f"{names} {deed} the package 'importmap' of {MARK}: only one of them can be installed.",
        distribution=MARK,
        place=folder,
        hint="\n".join(steps),
    )


def _culprits() -> list[str]:
    """The other distributions whose RECORD lists our `__init__.py`, with their versions."""
    # Reads every RECORD, so only once something is wrong.
    import importlib.metadata

    from .distributions import metadata_of, read_text

    culprits = []
    for distribution in importlib.metadata.distributions():
        try:
            record = read_text(distribution, "RECORD") or read_text(distribution, "installed-files.txt") or ""
            name = metadata_of(distribution)["Name"]
        except Exception:  # noqa: BLE001, S112  # whatever is wrong with that one, it is not our subject
            continue
        listed = any(line.startswith("importmap/__init__.py") for line in record.splitlines())
        if listed and name != MARK:
            culprits.append(f"{name} {distribution.version}")
    return sorted(set(culprits))
