"""Typographic dashes and quotation marks. Code, links' addresses and escaped characters stay as typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace

from blog.markdown.summary import BREAKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_QUOTES = {
    "de": "„“‚‘", "cs": "„“‚‘", "da": "„“‚‘", "es": "«»“”", "it": "«»“”", "pt": "“”‘’", "ru": "«»„“",
    "fr": ("«\u202f", "\u202f»", "“", "”"), "pl": "„”‚’", "nl": "“”‘’", "sv": "””’’", "fi": "””’’", "ja": "「」『』",
}  # fmt: skip
_QUOTE = re.compile("[\"']")
_RARE = re.compile(r"--|\.\.\.")
_EM_DASH = re.compile(r"(?<![-<!])---(?![->])")
_EN_DASH = re.compile(r"(?<!\S)--(?=\s|$)|(?<=[\w)”’\"])--(?=[\w(“‘\"])")


def quotes_for(language: str) -> Sequence[str]:
    """Outer and inner quotation marks of a language: four texts, English by default."""
    return _QUOTES.get(language.lower().split("-")[0], "“”‘’")


_CODE = re.compile(r"<(/?)(code|kbd|samp|var|tt|pre|script|style|textarea)\b", re.IGNORECASE)


def spare_code(state: StateCore) -> None:
    """Text inside inline ``<code>`` and its kin stays as typed: what is marked as escaped, no rule touches."""
    for block in state.tokens:
        depth = 0
        for token in (block.children or ()) if block.type == "inline" and "<" in block.content else ():
            if token.type == "html_inline" and (found := _CODE.match(token.content)):
                depth = max(depth + (-1 if found[1] else 1), 0)
            elif token.type == "text" and depth:
                token.type = "text_special"


def dashes(state: StateCore) -> None:
    """``---`` is —, ``--`` between words or spaces is –, ``...`` is …; ``--option`` and ``-->`` stay."""
    for block in state.tokens:
        if block.type == "inline" and block.children and _RARE.search(block.content):
            _replace(block.children)


def _replace(tokens: list[Token]) -> None:
    in_bare_url = 0
    for token in tokens:
        if token.info == "auto":
            in_bare_url += token.nesting
        elif token.type == "text" and not in_bare_url:
            text = _EM_DASH.sub("—", token.content)
            token.content = _EN_DASH.sub("–", text).replace("...", "…")


def quotation_marks(state: StateCore) -> None:
    """Straight quotation marks become those of the language, and apostrophes. What markdown-it does, in one pass.

    Its own way copies the text and searches all open marks at each mark: a long line of them would take for ever.
    """
    for block in state.tokens:
        if block.type == "inline" and block.children and _QUOTE.search(block.content):
            _curl(block.children, state.md.options["quotes"])


class _QuoteMark(NamedTuple):
    """A mark, by its number in the block, its token and its index there."""

    number: int
    token: int
    at: int


class _Open:
    """The marks that may open a quotation, by level of emphasis and links."""

    def __init__(self) -> None:
        self.levels: list[tuple[int, dict[str, list[_QuoteMark]]]] = []

    def enter(self, level: int) -> dict[str, list[_QuoteMark]]:
        """The open marks of ``level``, each sort in order; those of deeper levels are forgotten."""
        while self.levels and self.levels[-1][0] > level:
            self.levels.pop()
        if not self.levels or self.levels[-1][0] < level:
            self.levels.append((level, {"'": [], '"': []}))
        return self.levels[-1][1]


def _curl(tokens: list[Token], quotes: Sequence[str]) -> None:
    changes: dict[int, dict[int, str]] = {}
    opened = _Open()
    before, nexts, number = " ", _nexts(tokens), 0
    for index, token in enumerate(tokens):
        text, own = token.content, opened.enter(token.level)
        for found in _QUOTE.finditer(text) if token.type == "text" else ():
            at, sign, number = found.start(), found[0], number + 1
            last, after = text[at - 1] if at else before, text[at + 1 : at + 2] or nexts[index]
            opens, closes = _sides(sign, last, after)
            outer = sign == '"'
            if closes and own[sign]:
                opening = _take(own, sign)
                changes.setdefault(opening.token, {})[opening.at] = quotes[0 if outer else 2]
                changes.setdefault(index, {})[at] = quotes[1 if outer else 3]
            elif opens:
                own[sign].append(_QuoteMark(number, index, at))
            elif not outer:
                changes.setdefault(index, {})[at] = "’"
        before = " " if token.type in BREAKS else text[-1:] or before
    for index, changed in changes.items():
        tokens[index].content = _changed(tokens[index].content, changed)


def _take(own: dict[str, list[_QuoteMark]], sign: str) -> _QuoteMark:
    """Take the last open mark of a sort, and whatever was opened behind it."""
    opening = own[sign].pop()
    for marks in own.values():
        while marks and marks[-1].number > opening.number:
            marks.pop()
    return opening


def _changed(text: str, changes: dict[int, str]) -> str:
    pieces, end = [], 0
    for at in sorted(changes):
        pieces += [text[end:at], changes[at]]
        end = at + 1
    return "".join([*pieces, text[end:]])


def _nexts(tokens: list[Token]) -> list[str]:
    """Return the character after each token: a space at the end of a line."""
    found, after = [], " "
    for token in reversed(tokens):
        found.append(after)
        after = " " if token.type in BREAKS else token.content[:1] or after
    return found[::-1]


def _sides(sign: str, before: str, after: str) -> tuple[bool, bool]:
    """Return whether a mark between two characters can open, and can close, a quotation."""
    before_space, after_space = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    before_punctuation, after_punctuation = _is_punctuation(before), _is_punctuation(after)
    opens = not after_space and (not after_punctuation or before_space or before_punctuation)
    closes = not before_space and (not before_punctuation or after_space or after_punctuation)
    if sign == after == '"' and before in "0123456789":
        return False, False
    if opens and closes:
        return before_punctuation, after_punctuation
    return opens, closes


def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)
