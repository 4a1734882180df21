"""Typographic dashes and quotation marks. Code, link addresses and escaped characters stay as typed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from blog.config.locales import look_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_QUOTES = {
    "ar": "«»“”", "cs": "„“‚‘", "da": "„“‚‘", "de": "„“‚‘", "el": "«»“”", "es": "«»“”", "fi": "””’’",
    "fr": ("«\u202f", "\u202f»", "“", "”"), "hu": "„”»«", "it": "«»“”", "ja": "「」『』", "nb": "«»‘’", "nl": "“”‘’",
    "pl": "„”‚’", "pt": "“”‘’", "ro": "„”«»", "ru": "«»„“", "sv": "””’’", "uk": "«»„“", "zh-hant": "「」『』",
}  # fmt: skip
_DASH_OR_DOTS = re.compile(r"--|\.\.\.")
_EM_DASH = re.compile(r"(?<![-<!])---(?![->])")
_EN_DASH = re.compile(r"(?<!\S)--(?=\s|$)|(?<=[\w)”’\"])--(?=[\w(“‘\"])")
_CODE = re.compile(r"<(/?)(code|kbd|samp|var|tt|pre|script|style|textarea)\b", re.IGNORECASE)


def quotes_for(language: str) -> Sequence[str]:
    """Return the outer and inner quotation marks of a language: four texts, English by default."""
    return look_up(_QUOTES, language, "“”‘’")


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


@lru_cache(maxsize=8)
def code_ranges(source: str) -> tuple[list[int], list[int]]:
    """Return the starts of elements with code that are closed, and their ends; cached, as rules need them often."""
    starts, ends = [], []
    depth, start = 0, -1
    for match in _CODE.finditer(source):
        if match[1]:
            depth = max(depth - 1, 0)
            if depth == 0 and start >= 0:
                starts.append(start)
                ends.append(match.end())
                start = -1
            continue
        start = match.start() if depth == 0 else start
        depth += 1
    return starts, ends


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
