"""The sentences of documents, docstrings and messages, and what makes one hard to read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: A longer sentence needs a second reading.
LONGEST = 25

#: Phrases that stop a reader, each with what to write in its place.
PHRASES = {
    r"^(?-i:What|Whether|Who|Whoever|Whose|How|Which|Where|Why) .*\.$": "a subject that is a noun or 'you'",
    r"\bas good as\b": "'counts as'",
    r"\bcannot be meant\b": "'is invalid'",
    r"\b(is|are|be) taken for\b": "'counts as'",
    r"\b(has|have) not (that|this|it|these|those)\b": "'does not have'",
    r"\bnot (given|asked for) is\b": "who does not give what",
    r"\bneeds? nothing of\b": "'does not need'",
    r"\b(nothing|somebody|nobody|anybody) provides\b": "who provides, or that no package does",
    r"\bfor which browsers ask\b": "'browsers request'",
    r"\bwhose (that|this|it) is\b": "'the owner'",
    r"\b(of|by|in|from|for|with|to|at) whom\b": "the name of the person",
    r"\bthe same but for\b": "what is different",
    r"\bone does\b": "'you do'",
    r"\bin whose place\b": "'that replaces'",
    r"\bat all that\b": "'everything that'",
    r"\ball that there is\b": "'all'",
    r"\bwith which (most|all)\b": "'that most ...'",
    r"\bthe former\b|\bthe latter\b|\brespectively\b": "the thing's name",
}
_PHRASES = {re.compile(pattern, re.IGNORECASE): advice for pattern, advice in PHRASES.items()}

_END = re.compile(r"(?<=[.!?])(?:[\"')\]]*)\s+(?=[A-Z`\"'(\[*_]|$)")
_WORD = re.compile(r"[\w'`./#@:-]*\w[\w'`./#@:-]*")
_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Sentence:
    """One sentence, and where its paragraph begins."""

    place: str
    text: str


def problems(sentence: Sentence) -> Iterator[str]:
    """What makes a sentence hard to read, each with its place."""
    count = len(_WORD.findall(sentence.text))
    if count > LONGEST:
        yield f"{sentence.place}: {count} words, at most {LONGEST}: {sentence.text}"
    for pattern, advice in _PHRASES.items():
        if pattern.search(sentence.text):
            yield f"{sentence.place}: write {advice}: {sentence.text}"


def in_markdown(document: Path) -> Iterator[Sentence]:
    """The sentences of a document, without its code blocks."""
    yield from _in_markdown(document.read_text(encoding="utf-8"), document.name, 1)


def _in_markdown(text: str, name: str, first: int) -> Iterator[Sentence]:
    line = first
    for token in _MARKDOWN.parse(text):
        if token.map is not None:
            line = first + token.map[0]
        if token.type == "inline":
            yield from _split(_plain(token), f"{name}:{line}")


def _plain(inline: Token) -> str:
    """The text of a paragraph; a piece of code in it is one word."""
    parts = []
    for token in inline.children or ():
        if token.type == "text":
            parts.append(token.content)
        elif token.type == "code_inline":
            parts.append("`code`")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)


def in_docstrings(source: Path, name: str) -> Iterator[Sentence]:
    """The sentences of a module's docstrings, with their fields."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            text = ast.get_docstring(node)
            if text is not None:
                # A field begins a paragraph of its own.
                text = re.sub(r"^:(\w+ ?[\w`.]*): *", r"\n", text, flags=re.MULTILINE)
                yield from _in_markdown(text, name, getattr(node, "lineno", 1))


def in_messages(source: Path, name: str) -> Iterator[Sentence]:
    """The sentences in a module's texts: what a user may read of it."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    inside = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
    }
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in inside | docstrings:
            text = str(node.value)
        else:
            continue
        # Anything else is a name, a path, or code.
        if len(text.split()) > 3 and "\n" not in text.strip():
            yield from _split(re.sub(r"`[^`]+`|'[^' ]+'", "`code`", text), f"{name}:{node.lineno}")


def _split(text: str, place: str) -> Iterator[Sentence]:
    for sentence in _END.split(text):
        if sentence.strip():
            yield Sentence(place, sentence.strip())
