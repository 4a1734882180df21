"""Typographic dashes and quotation marks. Code, link addresses and escaped characters stay as typed."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace

from blog.markdown.summary import BREAKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_QUOTES = {
    "de": "„“‚‘", "cs": "„“‚‘", "da": "„“‚‘", "es": "«»“”", "it": "«»“”", "pt": "“”‘’", "ru": "«»„“",
    "fr": ("«\u202f", "\u202f»", "“", "”"), "pl": "„”‚’", "nl": "“”‘’", "sv": "””’’", "fi": "””’’", "ja": "「」『』",
}  # fmt: skip
_QUOTE = re.compile("[\"']")
_DASH_OR_DOTS = re.compile(r"--|\.\.\.")
_EM_DASH = re.compile(r"(?<![-<!])---(?![->])")
_EN_DASH = re.compile(r"(?<!\S)--(?=\s|$)|(?<=[\w)”’\"])--(?=[\w(“‘\"])")
_CODE = re.compile(r"<(/?)(code|kbd|samp|var|tt|pre|script|style|textarea)\b", re.IGNORECASE)


def quotes_for(language: str) -> Sequence[str]:
    """Return the outer and inner quotation marks of a language: four texts, English by default."""
    return _QUOTES.get(language.lower().split("-")[0], "“”‘’")


def spare_code(state: StateCore) -> None:
    """Core rule that keeps text in inline ``<code>`` and similar elements as typed.

    It becomes escaped text, which no later rule changes.
    """
    for tokens in _find_inline_tokens(state, _CODE):
        _escape_code(tokens)


def _find_inline_tokens(state: StateCore, pattern: re.Pattern[str]) -> Iterator[list[Token]]:
    """Yield the inline tokens of each block whose source matches ``pattern``."""
    for block in state.tokens:
        if block.children and pattern.search(block.content):
            yield block.children


def _escape_code(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.type == "html_inline":
            depth = max(depth + _code_nesting(token.content), 0)
        elif depth and token.type == "text":
            token.type = "text_special"


def _code_nesting(tag: str) -> int:
    """Return 1 for the opening tag of an element with code, -1 for a closing tag, and 0 for any other tag."""
    match = _CODE.match(tag)
    if match is None:
        return 0
    return -1 if match[1] else 1


def dashes(state: StateCore) -> None:
    """Core rule: ``---`` is —, ``--`` between words or spaces is –, ``...`` is …; ``--option`` and ``-->`` stay."""
    for tokens in _find_inline_tokens(state, _DASH_OR_DOTS):
        _replace_dashes(tokens)


def _replace_dashes(tokens: list[Token]) -> None:
    bare_link_depth = 0
    for token in tokens:
        if token.info == "auto":
            bare_link_depth += token.nesting
        elif token.type == "text" and not bare_link_depth:
            text = _EM_DASH.sub("—", token.content)
            token.content = _EN_DASH.sub("–", text).replace("...", "…")


def quotation_marks(state: StateCore) -> None:
    """Core rule that replaces straight quotation marks by apostrophes and by the marks of the language.

    The result is that of markdown-it's rule, in one pass: its rule copies the text at each mark and searches all open
    marks, which takes quadratic time.
    """
    for tokens in _find_inline_tokens(state, _QUOTE):
        _replace_quotes(tokens, state.md.options["quotes"])


def _replace_quotes(tokens: list[Token], quotes: Sequence[str]) -> None:
    pairs = _QuotePairs(quotes)
    following = _following_characters(tokens)
    before = " "
    for index, token in enumerate(tokens):
        text = _text_at_edges(token)
        pairs.enter_level(token.level)
        if token.type == "text":
            padded = f"{before}{text}{following[index]}"
            for match in _QUOTE.finditer(text):
                start = match.start()
                pairs.add_mark(_QuoteMark(index, start), match[0], padded[start], padded[start + 2])
        before = text[-1:] or before
    for index, replacements in pairs.replacements.items():
        tokens[index].content = _replace_characters(tokens[index].content, replacements)


def _following_characters(tokens: list[Token]) -> list[str]:
    """Return the character after each token: a space at the end of a line."""
    characters, after = [], " "
    for token in reversed(tokens):
        characters.append(after)
        after = _text_at_edges(token)[:1] or after
    return characters[::-1]


def _text_at_edges(token: Token) -> str:
    """Return the text beside other tokens: a space for a line break."""
    return " " if token.type in BREAKS else token.content


def _replace_characters(text: str, replacements: dict[int, str]) -> str:
    pieces, end = [], 0
    for offset in sorted(replacements):
        pieces += [text[end:offset], replacements[offset]]
        end = offset + 1
    return "".join([*pieces, text[end:]])


class _QuoteMark(NamedTuple):
    """The position of a mark in its block. Positions compare in the order of the text."""

    token: int
    """Index of its token."""
    offset: int


class _QuotePairs:
    """The quotation marks of one block: those still open, by nesting level, and the replacements of the others."""

    def __init__(self, quotes: Sequence[str]) -> None:
        self._quotes = {'"': quotes[:2], "'": quotes[2:]}
        """Sign → opening and closing mark."""
        self._levels: list[dict[str, list[_QuoteMark]]] = []
        """Per level: sign → its open marks in the order of the text."""
        self.replacements: defaultdict[int, dict[int, str]] = defaultdict(dict)
        """Index of token → offset → replacement."""

    def enter_level(self, level: int) -> None:
        """Make ``level`` the current one, and discard the open marks of deeper levels."""
        del self._levels[level + 1 :]
        while len(self._levels) <= level:
            self._levels.append({"'": [], '"': []})

    def add_mark(self, mark: _QuoteMark, sign: str, before: str, after: str) -> None:
        """Pair the mark between two characters with an open one of the current level, or leave it open."""
        open_marks = self._levels[-1]
        can_open, can_close = _find_roles(sign, before, after)
        if can_close and open_marks[sign]:
            start = _take_last(open_marks, sign)
            self.replacements[start.token][start.offset] = self._quotes[sign][0]
            self.replacements[mark.token][mark.offset] = self._quotes[sign][1]
        elif can_open:
            open_marks[sign].append(mark)
        elif sign == "'":
            self.replacements[mark.token][mark.offset] = "’"


def _take_last(open_marks: dict[str, list[_QuoteMark]], sign: str) -> _QuoteMark:
    """Remove the last open mark of a sign, and all marks after it. Returns that mark."""
    opening = open_marks[sign].pop()
    for marks in open_marks.values():
        while marks and marks[-1] > opening:
            marks.pop()
    return opening


def _find_roles(sign: str, before: str, after: str) -> tuple[bool, bool]:
    """Return whether a mark between two characters can open, and can close, a quotation."""
    if sign == after == '"' and before in "0123456789":
        return False, False
    can_open, can_close = _is_flanking(after, before), _is_flanking(before, after)
    if can_open and can_close:
        return _is_punctuation(before), _is_punctuation(after)
    return can_open, can_close


def _is_flanking(inner: str, outer: str) -> bool:
    """Return whether a mark between ``inner`` and ``outer`` may enclose a text that has ``inner`` at its edge."""
    if isWhiteSpace(ord(inner)):
        return False
    return not _is_punctuation(inner) or isWhiteSpace(ord(outer)) or _is_punctuation(outer)


@lru_cache(maxsize=256)
def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)
