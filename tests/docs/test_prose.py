"""Plain English: short sentences, and no phrase that needs a second reading.

`excused.txt` lists the files that nobody has rewritten yet. It only becomes shorter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from support.prose import LONGEST, Sentence, in_docstrings, in_markdown, in_messages, problems
from support.wheels import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("example_*/*.md")])
MODULES = sorted([*ROOT.glob("importmap/**/*.py"), *ROOT.glob("hatch_importmap/**/*.py")])
EXCUSED = (ROOT / "tests" / "docs" / "excused.txt").read_text(encoding="utf-8").split()
#: How long that list may be. Write a smaller number here whenever you have rewritten a file.
MOST = 97


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sentences(path: Path) -> Iterator[Sentence]:
    if path.suffix == ".md":
        yield from in_markdown(path)
    else:
        yield from in_docstrings(path, name_of(path))
        yield from in_messages(path, name_of(path))


def found(path: Path) -> list[str]:
    return [problem for sentence in sentences(path) for problem in problems(sentence)]


@pytest.mark.parametrize("path", [*DOCUMENTS, *MODULES], ids=name_of)
def test_a_file(path: Path) -> None:
    if name_of(path) in EXCUSED:
        assert found(path), f"{name_of(path)} is in order: take it off tests/docs/excused.txt"
    else:
        assert found(path) == []


def test_the_list_of_excused_files_only_becomes_shorter() -> None:
    assert sorted(EXCUSED) == EXCUSED
    assert set(EXCUSED) <= {name_of(path) for path in (*DOCUMENTS, *MODULES)}
    assert len(EXCUSED) <= MOST


def test_there_is_something_to_read() -> None:
    assert sum(1 for path in DOCUMENTS for _ in sentences(path)) > 1_000
    assert sum(1 for path in MODULES for _ in sentences(path)) > 1_000


def said(text: str) -> Iterable[str]:
    return [problem.partition(": ")[2] for problem in problems(Sentence("here", text))]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("word " * (LONGEST + 1), f"{LONGEST + 1} words, at most {LONGEST}: word"),
        ("What is wrong with it comes first.", "write a subject that is a noun or 'you': What"),
        ("A variable that is missing is as good as not given.", "write 'counts as': A variable"),
        ("The tag has not that.", "write 'does not have': The tag"),
    ],
)
def test_a_sentence_that_is_hard_to_read(text: str, start: str) -> None:
    assert [each[: len(start)] for each in said(text)] == [start]


@pytest.mark.parametrize("text", ["What does it cost?", "Return the map of one page.", "word " * LONGEST])
def test_a_sentence_that_is_easy_to_read(text: str) -> None:
    assert said(text) == []


def test_sentences_of_a_document(tmp_path: Path) -> None:
    document = tmp_path / "x.md"
    document.write_text(
        "# A heading\n\nOne `piece.of code`, e.g. this. Two\nlines!\n\n```py\nnot this.\n```\n\n"
        "- an item\n- [a link](https://site.example). More\n\n| a | b |\n|---|---|\n| cell | `code` |\n",
        encoding="utf-8",
    )
    assert [(each.place, each.text) for each in in_markdown(document)] == [
        ("x.md:1", "A heading"),
        ("x.md:3", "One `code`, e.g. this."),
        ("x.md:3", "Two lines!"),
        ("x.md:10", "an item"),
        ("x.md:11", "a link."),
        ("x.md:11", "More"),
        ("x.md:13", "a"),
        ("x.md:13", "b"),
        ("x.md:15", "cell"),
        ("x.md:15", "`code`"),
    ]


def test_sentences_of_a_module(tmp_path: Path) -> None:
    source = tmp_path / "x.py"
    source.write_text(
        '"""Read it. Then go.\n\n:param a: one thing.\n:returns: the other.\n"""\n'
        'NAME = "a name"\nTEXT = f"the file {NAME!r} is not there. Look again."\n',
        encoding="utf-8",
    )
    assert [each.text for each in in_docstrings(source, "x.py")] == [
        "Read it.",
        "Then go.",
        "one thing.",
        "the other.",
    ]
    assert [each.text for each in in_messages(source, "x.py")] == [
        "the file X is not there.",
        "Look again.",
    ]
