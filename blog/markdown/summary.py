"""Tokens → plain words: the summary of a text, and how long it takes to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUMMARY_LENGTH = 200
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”’»)]*\s+(?=\S)|(?<=[。！？])")


def plain(children: Sequence[Token] | None) -> str:
    """Inline tokens as plain text."""
    parts = []
    for token in children or ():
        if token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return " ".join("".join(parts).split())


def _written(tokens: list[Token]) -> Iterator[tuple[Token, Token]]:
    """Every inline token with the token before it, but for the names above callouts, which no author wrote."""
    before = Token("", "", 0)
    for token in tokens:
        if token.type in {"inline", "more"} and before.type != "alert_title_open":
            yield before, token
        before = token


def summarise(tokens: list[Token]) -> str:
    """The text above ``<!-- more -->``; else the first sentences of the first paragraph, about 200 characters."""
    above: list[str] = []
    paragraph = ""
    for before, token in _written(tokens):
        children = token.children or []
        more = next((index for index, child in enumerate(children) if child.type == "more"), None)
        text = plain(children[:more])
        above.append(text)
        if token.type == "more" or more is not None:
            return " ".join(part for part in above if part)
        if not paragraph and before.type == "paragraph_open" and before.level == 0:
            paragraph = text
    return _first_sentences(paragraph or next((text for text in above if text), ""))


def _first_sentences(text: str) -> str:
    end = 0
    for boundary in _SENTENCE_END.finditer(text):
        if end and boundary.start() > SUMMARY_LENGTH:
            break
        end = boundary.end()
    if len(text) <= SUMMARY_LENGTH or not end:
        end = len(text)
    taken = text[:end].strip()
    if len(taken) <= SUMMARY_LENGTH * 2:
        return taken
    return taken[: SUMMARY_LENGTH * 2].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def words(tokens: list[Token]) -> int:
    """How many words a reader reads; two characters of Chinese or Japanese count as one."""
    total = 0
    for _, token in _written(tokens):
        text = plain(token.children)
        if not text.isascii():
            text, wide = _WIDE.subn(" ", text)
            total += (wide + 1) // 2
        total += len(_WORD.findall(text))
    return total
