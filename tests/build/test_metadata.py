"""What a package index shows of this project, and what an installer makes of it."""

from __future__ import annotations

import re
import zipfile
from configparser import ConfigParser
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest


@pytest.fixture
def metadata(own_wheel: Path) -> Message:
    with zipfile.ZipFile(own_wheel) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_bytes(wheel.read(name))


def test_links_of_the_description_lead_somewhere(metadata: Message) -> None:
    """An index does not have the files of the repository."""
    description = str(metadata.get_payload())
    assert description.startswith("# hatch-importmap\n")
    links = re.findall(r"\]\(([^)]*)\)", description)
    assert len(links) > 1
    assert [link for link in links if not link.startswith("https://")] == []


def test_authors(metadata: Message) -> None:
    """As in LICENSE."""
    assert metadata["Author"] == "The hatch-importmap contributors"


def test_scripts(own_wheel: Path) -> None:
    """The command has the distribution's name, too, by which uvx and pipx look for it."""
    with zipfile.ZipFile(own_wheel) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
        points = ConfigParser(delimiters=("=",))
        points.read_string(wheel.read(name).decode())
    scripts = dict(points["console_scripts"])
    assert sorted(scripts) == ["hatch-importmap", "importmap"]
    assert len(set(scripts.values())) == 1
