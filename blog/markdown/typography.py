"""Typographic dashes and quotation marks. Code, links' addresses and escaped characters stay as typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_QUOTES = {
    "de": "„“‚‘", "cs": "„“‚‘", "da": "„“‚‘", "es": "«»“”", "it": "«»“”", "pt": "“”‘’", "ru": "«»„“",
    "fr": ("«\u202f", "\u202f»", "“", "”"), "pl": "„”‚’", "nl": "“”‘’", "sv": "””’’", "fi": "””’’", "ja": "「」『』",
}  # fmt: skip
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
