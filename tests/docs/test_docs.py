"""Every code block in README.md and docs/ is executed, or held against what it talks about.

`doc_session.py` says how.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from support.diagnostic_examples import examples
from support.doc_blocks import anchors, links, prose, read_blocks
from support.doc_django import DjangoSession
from support.doc_session import BlockError, Session, build_wheel
from support.wheels import EXAMPLE, ROOT

import importmap
from importmap._base.codes import CODES

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the example package is installed."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(build_wheel(EXAMPLE, folder)) as wheel:
        wheel.extractall(folder)
    return folder


@pytest.fixture
def session(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Iterator[Session]:
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    importmap.configure()
    yield DjangoSession(tmp_path, examples=lambda: examples(tmp_path / "diagnostics"), settings=settings)
    importmap.configure()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_blocks(document: Path, session: Session) -> None:
    for block in read_blocks(document):
        session.run(block)
    session.end()


def test_there_are_documents_with_blocks() -> None:
    """A loader that finds nothing would pass everything."""
    names = {
        "CONTRIBUTING.md",
        "README.md",
        "author.md",
        "site.md",
        "manifest.md",
        "diagnostics.md",
        "architecture.md",
        "django.md",
    }
    assert names <= {document.name for document in DOCUMENTS if read_blocks(document)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links(document: Path) -> None:
    for link in links(document):
        if link.startswith("https://"):
            continue
        path, _, fragment = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), f"{document.name}: {link}"
        assert not fragment or fragment in anchors(target), f"{document.name}: {link}"


@pytest.mark.parametrize(
    "text",
    ["```\nx\n```", "```ruby\nx\n```", "```text\nx\n```", "```sh\nrm -rf x\n```", "```json\n{}\n```"],
    ids=["no language", "unknown language", "unannounced text", "unknown command", "no manifest"],
)
def test_a_block_that_no_rule_covers_fails(text: str, session: Session, tmp_path: Path) -> None:
    document = tmp_path / "x.md"
    document.write_text(text, encoding="utf-8")
    [block] = read_blocks(document)
    with pytest.raises(BlockError, match=r"x\.md:2"):
        session.run(block)


def test_a_block_that_does_not_end_fails(tmp_path: Path) -> None:
    document = tmp_path / "x.md"
    document.write_text("```sh\nls\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.md:1"):
        read_blocks(document)


def test_readme_has_the_two_commands() -> None:
    """One block has the demo and the tests, and nothing that has to be done before."""
    [block] = [block for block in read_blocks(ROOT / "README.md") if "hatch run demo" in block.text]
    assert block.text.splitlines() == [
        "python -m pip install hatch && hatch run demo",
        "python -m pip install hatch && hatch test",
    ]


def test_every_code_has_its_heading() -> None:
    headings = re.findall(r"^### (IM\d+): (.+)$", prose(ROOT / "docs" / "diagnostics.md"), re.MULTILINE)
    assert headings == list(CODES.items())
