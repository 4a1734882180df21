"""Tokens → plain words: the summary of a text, and how long it takes to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

SUMMARY_LENGTH = 200
BREAKS = {"softbreak", "hardbreak"}
"""Types of the tokens between two lines of one text."""
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]\S*")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”’»)]*\s+(?=\S)|(?<=[。！？])")


def plain(children: Sequence[Token] | None) -> str:
    """Inline tokens as plain text."""
    parts = []
    for token in children or ():
        if token.type in {"text", "code_inline", "formula"}:
            parts += [token.content, token.meta.get("after", "")]
        elif token.type in BREAKS:
            parts.append(" ")
    return " ".join("".join(parts).split())


def alternative(children: Sequence[Token] | None) -> str:
    """Alternative text: the words of what stands between the brackets, without markup and comments."""
    parts = []
    for token in children or ():
        if token.children:
            parts.append(alternative(token.children))
        elif token.type in {"text", "text_special", "code_inline", "html_inline", "formula"}:
            parts.append(str(token.meta.get("text", token.content)))
        elif token.type in BREAKS:
            parts.append(" ")
    return " ".join("".join(parts).split())


class Passage(NamedTuple):
    """A run of inline text, or ``<!-- more -->`` on a line of its own."""

    before: Token
    """What stands before it: the opening of its paragraph, heading or cell."""
    token: Token
    text: str
    """In plain words."""


def passages(tokens: list[Token]) -> list[Passage]:
    """All text of a page, but for the names above callouts, which no author wrote."""
    found = []
    before = Token("", "", 0)
    for token in tokens:
        if token.type in {"inline", "more"} and before.type != "alert_title_open":
            found.append(Passage(before, token, plain(token.children)))
        before = token
    return found


def summarise(found: list[Passage]) -> str:
    """The text above ``<!-- more -->``; else the first sentences of the first paragraph, about 200 characters."""
    above: list[str] = []
    for _, token, text in found:
        children = token.children or []
        more = next((index for index, child in enumerate(children) if child.type == "more"), None)
        above.append(text if more is None else plain(children[:more]))
        if token.type == "more" or more is not None:
            return " ".join(part for part in above if part)
    paragraphs = (text for before, _, text in found if before.type == "paragraph_open" and before.level == 0)
    return _first_sentences(next(filter(None, paragraphs), "") or next(filter(None, above), ""))


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


def words(found: list[Passage]) -> int:
    """How many words a reader reads; two characters of Chinese or Japanese count as one."""
    total = 0
    for _, _, text in found:
        written = text
        if not text.isascii():
            written, wide = _WIDE.subn(" ", text)
            total += (wide + 1) // 2
        total += len(_WORD.findall(written))
    return total
