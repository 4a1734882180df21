"""Tokens → plain words: the summary of a text, and how long it takes to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.east_asian import join_words
from blog.markdown.unicode_math import tex_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.markdown.mathml import Macros

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
            parts.append("\n")
    return join_words("".join(parts))


def readable(children: Sequence[Token] | None, macros: Macros) -> str:
    """Inline tokens as plain text for readers, who get formulas in letters and not in TeX."""
    shown = []
    for token in children or ():
        if token.type == "formula":
            letters = tex_letters(token.content, macros)
            token = Token("text", "", 0, content=letters, meta={"after": token.meta.get("after", "")})  # noqa: PLW2901
        shown.append(token)
    return plain(shown)


def alternative(children: Sequence[Token] | None) -> str:
    """Alternative text: the words of what stands between the brackets, without markup and comments."""
    parts = []
    for token in children or ():
        if token.children:
            parts.append(alternative(token.children))
        elif token.type in {"text", "text_special", "code_inline", "html_inline", "formula"}:
            parts.append(str(token.meta.get("text", token.content)))
        elif token.type in BREAKS:
            parts.append("\n")
    return join_words("".join(parts))


class Passage(NamedTuple):
    """A run of inline text, or ``<!-- more -->`` on a line of its own."""

    before: Token
    """The token before it, which opens its paragraph, heading or cell."""
    token: Token
    text: str
    """Its words; formulas are TeX."""


def passages(tokens: list[Token]) -> list[Passage]:
    """All text of a page, but for the names above callouts, which no author wrote."""
    found = []
    before = Token("", "", 0)
    for token in tokens:
        if token.type in {"inline", "more"} and before.type != "alert_title_open":
            found.append(Passage(before, token, plain(token.children)))
        before = token
    return found


def summarise(found: list[Passage], macros: Macros) -> str:
    """The text above ``<!-- more -->``; else the first sentences of the first paragraph, about 200 characters."""
    above = [_above_more(passage) for passage in found]
    more = next((index for index, children in enumerate(above) if children is not None), None)
    if more is not None:
        parts = [*(_text(passage, macros) for passage in found[:more]), readable(above[more], macros)]
        return " ".join(part for part in parts if part)
    paragraphs = (passage for passage in found if passage.before.type == "paragraph_open" and passage.before.level == 0)
    first = next((passage for passage in (*paragraphs, *found) if passage.text), None)
    return _first_sentences(_text(first, macros) if first else "")


def _above_more(passage: Passage) -> list[Token] | None:
    """Return the tokens before ``<!-- more -->`` in ``passage``; None if it has none."""
    children = passage.token.children or []
    more = next((index for index, child in enumerate(children) if child.type == "more"), None)
    if more is None and passage.token.type != "more":
        return None
    return children[:more]


def _text(passage: Passage, macros: Macros) -> str:
    """The words of ``passage`` as readers get them."""
    has_formula = "$" in passage.token.content
    return readable(passage.token.children, macros) if has_formula else passage.text


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
    """Return the number of words; two characters of Chinese or Japanese count as one."""
    total = 0
    for _, _, text in found:
        written = text
        if not text.isascii():
            written, wide = _WIDE.subn(" ", text)
            total += (wide + 1) // 2
        total += len(_WORD.findall(written))
    return total
