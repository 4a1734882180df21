"""Plain text from tokens: the summary of a page, alternative texts, the number of words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.east_asian import MAY_BE_WIDE, join_words
from blog.markdown.mathml_to_text import tex_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.markdown.mathml import Macros

SUMMARY_LENGTH = 200
"""Number of characters after which the summary takes no further sentence; it has at most twice as many."""
BREAKS = {"softbreak", "hardbreak"}
"""Types of the tokens between two lines of one text."""
REFERENCE = "reference"
"""The ``info`` of the token before a full reference."""
_WORDS = frozenset({"text", "code_inline", "formula"})
_ALTERNATIVE_WORDS = _WORDS | {"text_special", "html_inline"}
_PASSAGES = frozenset({"inline", "more"})
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]\S*")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”’»)]*\s+(?=\S)|(?<=[。！？])")


def children_of(block: Token, *types: str) -> list[Token]:
    """Return the inline tokens of a block whose type is one of ``types``."""
    return [child for child in block.children or () if child.type in types]


def plain_text(children: Sequence[Token] | None) -> str:
    """Return the plain text of inline tokens."""
    parts = []
    for token in children or ():
        if token.type in _WORDS:
            parts += [token.content, token.meta.get("after", "")]
        elif token.type in BREAKS:
            parts.append("\n")
    return join_words("".join(parts))


def readable_text(children: Sequence[Token] | None, macros: Macros) -> str:
    """Return the plain text of inline tokens for readers: formulas are letters, not TeX."""
    tokens = []
    for token in children or ():
        if token.type == "formula":
            letters, after = tex_letters(token.content, macros), token.meta.get("after", "")
            tokens.append(Token("text", "", 0, content=letters, meta={"after": after}))
        else:
            tokens.append(token)
    return plain_text(tokens)


def alternative(children: Sequence[Token] | None) -> str:
    """Return the alternative text of an image from its inline tokens: words without markup and comments."""
    parts = []
    for token in children or ():
        if token.children:
            parts.append(alternative(token.children))
        elif token.type in _ALTERNATIVE_WORDS:
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
    """Its plain text; formulas are TeX."""

    @property
    def is_top_paragraph(self) -> bool:
        """Return whether it is a paragraph that is not in a list or quotation."""
        return self.before.type == "paragraph_open" and self.before.level == 0


def passages(tokens: list[Token]) -> list[Passage]:
    """Return all text of a page except what the program adds: titles of callouts and the list of references."""
    result = []
    before = Token("", "", 0)
    for token in tokens:
        if token.type in _PASSAGES and before.type != "alert_title_open" and before.info != REFERENCE:
            result.append(Passage(before, token, plain_text(token.children)))
        before = token
    return result


def summarise(page: list[Passage], macros: Macros) -> str:
    """Return the text above ``<!-- more -->``; without it, the first sentences of the first paragraph."""
    for index, passage in enumerate(page):
        last_tokens = _find_tokens_above_more(passage)
        if last_tokens is not None:
            parts = [_make_readable(above, macros) for above in page[:index]]
            parts.append(readable_text(last_tokens, macros))
            return " ".join(filter(None, parts))
    first = _find_first_paragraph(page)
    return _take_first_sentences(_make_readable(first, macros)) if first else ""


def _find_tokens_above_more(passage: Passage) -> list[Token] | None:
    """Return the tokens before ``<!-- more -->`` in ``passage``; None if it has none."""
    if passage.token.type == "more":
        return []
    children = passage.token.children or []
    for index, child in enumerate(children):
        if child.type == "more":
            return children[:index]
    return None


def _find_first_paragraph(page: list[Passage]) -> Passage | None:
    """Return the first paragraph with text at the top level; without one, the first passage with text."""
    passages_with_text = [passage for passage in page if passage.text]
    paragraphs = [passage for passage in passages_with_text if passage.is_top_paragraph]
    return next(iter(paragraphs or passages_with_text), None)


def _make_readable(passage: Passage, macros: Macros) -> str:
    """Return the text of ``passage`` for readers."""
    has_formula = "$" in passage.token.content
    return readable_text(passage.token.children, macros) if has_formula else passage.text


def _take_first_sentences(text: str) -> str:
    """Return the beginning of ``text``, about 200 characters in whole sentences; a very long one is cut."""
    sentences = text[: _find_sentences_end(text)].strip()
    if len(sentences) <= SUMMARY_LENGTH * 2:
        return sentences
    return sentences[: SUMMARY_LENGTH * 2].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _find_sentences_end(text: str) -> int:
    """Return the end of the last sentence that ends within the length of a summary, and at least of one sentence."""
    if len(text) <= SUMMARY_LENGTH:
        return len(text)
    end = 0
    for boundary in _SENTENCE_END.finditer(text):
        if end and boundary.start() > SUMMARY_LENGTH:
            break
        end = boundary.end()
    return end or len(text)


def words(page: list[Passage]) -> int:
    """Return the number of words of a page."""
    return sum(_count_words(passage.text) for passage in page)


def _count_words(text: str) -> int:
    """Return the number of words; two characters of Chinese or Japanese count as one."""
    if not MAY_BE_WIDE.search(text):
        return len(_WORD.findall(text))
    text, wide_characters = _WIDE.subn(" ", text)
    return len(_WORD.findall(text)) + (wide_characters + 1) // 2
