"""Fenced code blocks of Markdown documents, and the links between documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

_FENCE = re.compile(r" *(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r"#{1,6} +(.+)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """One fenced code block.

    :param document: the file's name.
    :param line: the line of its first line of code.
    :param language: the first word after the fence, ``""`` if there is none.
    :param word: the other words after the fence, which say what the block is.
    :param text: the code, with a newline at the end of each line.
    """

    document: str
    line: int
    language: str
    word: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line} ({self.language} {self.word}".rstrip() + ")"


def read_blocks(document: Path) -> list[Block]:
    """The blocks of a document, in order. :raises ValueError: if the last one does not end."""
    blocks = []
    opened: tuple[int, str, str] | None = None
    code: list[str] = []
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        fence = _FENCE.fullmatch(line)
        if opened is None:
            if fence is not None:
                opened, code = (number + 1, fence[1], fence[2].strip()), []
        elif fence is not None and fence[1].startswith(opened[1]) and not fence[2].strip():
            language, _, word = opened[2].partition(" ")
            text = dedent("\n".join([*code, ""]))
            blocks.append(Block(document.name, opened[0], language, word.strip(), text))
            opened = None
        else:
            code.append(line)
    if opened is not None:
        raise ValueError(f"{document.name}:{opened[0] - 1}: the block does not end")
    return blocks


def prose(document: Path) -> str:
    """The text of a document without its code blocks."""
    lines, inside = [], False
    for line in document.read_text(encoding="utf-8").splitlines():
        if _FENCE.fullmatch(line):
            inside = not inside
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def anchors(document: Path) -> set[str]:
    """The fragments that lead to the headings of a document, as GitHub makes them."""
    headings = filter(None, map(_HEADING.fullmatch, prose(document).splitlines()))
    return {re.sub(r"[^\w\- ]", "", heading[1].lower()).replace(" ", "-") for heading in headings}


def links(document: Path) -> list[str]:
    """The targets of all inline links of a document."""
    return _LINK.findall(prose(document))
