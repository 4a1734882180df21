"""Quotations: the name of who said one is its attribution.

Tokens go in; a quotation that ends with a name comes out as a figure with a caption. No word is dropped.
"""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.summary import BREAKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.markdown.context import ConversionContext

_DASH = re.compile(r"\s*(?:[—―]\s*|–\s*(?!\d)|--(?:\s+|(?=[^\W\da-z_]|$)))")
"""Not that of ``--lr 3e-4``, and no minus."""
_ALONE = re.compile(
    r"<(?:[!?]|(?:area|br|embed|hr|img|input|link|meta|source|track|wbr)\b)|.*/>$", re.IGNORECASE | re.DOTALL
)
"""Raw HTML that nothing has to close."""


def attribute_quotations(tokens: list[Token], _context: ConversionContext) -> list[Token]:
    """The last line of a quotation, if it begins with a dash, names who said it; in a dialogue every line does."""
    if not any(token.type == "blockquote_open" for token in tokens):
        return tokens
    made: list[Token] = []
    opened: list[int] = []
    for token in tokens:
        made.append(token)
        if token.type == "blockquote_open":
            opened.append(len(made) - 1)
        elif token.type == "blockquote_close":
            start = opened.pop()
            if name := _take_name(made, start):
                made.insert(start, Token("quotation_open", "figure", 1, level=token.level, block=True))
                made += [
                    Token("attribution_open", "figcaption", 1, block=True),
                    name,
                    Token("attribution_close", "figcaption", -1, block=True),
                    Token("quotation_close", "figure", -1, level=token.level, block=True),
                ]
    return made


def _take_name(made: list[Token], start: int) -> Token | None:
    """Take the last line of the quotation from ``start`` on, which ends ``made``, if it is a name."""
    last = made[-4:-1]
    own = made[start].level + 2
    if [token.type for token in last] != ["paragraph_open", "inline", "paragraph_close"] or last[1].level != own:
        return None
    texts = [token.content for token in made[start:] if token.type == "inline" and token.level == own]
    lines = [line for text in texts for line in text.split("\n")]
    is_alone = made[start + 1] is last[0] and len(lines) == 1
    if is_alone or [bool(_DASH.match(line)) for line in lines].count(True) != 1:
        return None
    before, after = _split_behind_last_break(last[1].children or [])
    dash = _DASH.match(after[0].content) if after and after[0].type == "text" else None
    if dash is None or (dash.end() == len(after[0].content) and len(after) == 1):
        return None
    after[0].content = after[0].content[dash.end() :]
    last[1].children = before
    if not before:
        del made[-4:-1]
    return with_children(last[1], after)


def _split_behind_last_break(children: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """The lines before the last one, and that; nothing is the last line if something is open where it begins."""
    at = max((index for index, child in enumerate(children) if child.type in BREAKS), default=-1)
    if sum(nesting_of(child) for child in children[: max(at, 0)]):
        return list(children), []
    return list(children[: max(at, 0)]), list(children[at + 1 :])


def with_children(block: Token, children: list[Token]) -> Token:
    """A part of an inline token: positions are still those of the whole."""
    part = copy(block)
    part.children = children
    return part


def nesting_of(child: Token) -> int:
    """As markdown-it's own, and that of raw HTML."""
    if child.type != "html_inline" or _ALONE.match(child.content):
        return child.nesting
    return -1 if child.content.startswith("</") else 1
