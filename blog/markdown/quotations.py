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
"""A dash before a name; not the one in ``--lr 3e-4``, and no minus."""
_VOID_HTML = re.compile(
    r"<(?:[!?]|(?:area|br|embed|hr|img|input|link|meta|source|track|wbr)\b)|.*/>$", re.IGNORECASE | re.DOTALL
)
"""Raw HTML that has no closing tag."""


def attribute_quotations(tokens: list[Token], _context: ConversionContext) -> list[Token]:
    """Return ``tokens`` with each quotation whose last line is ``— name`` as a figure with the name as caption.

    If several lines begin with a dash it is a dialogue, and stays as it is.
    """
    if not any(token.type == "blockquote_open" for token in tokens):
        return tokens
    result: list[Token] = []
    open_starts: list[int] = []
    for token in tokens:
        result.append(token)
        if token.type == "blockquote_open":
            open_starts.append(len(result) - 1)
        elif token.type == "blockquote_close":
            start = open_starts.pop()
            if name := _take_name(result, start):
                result.insert(start, Token("quotation_open", "figure", 1, level=token.level, block=True))
                result += [
                    Token("attribution_open", "figcaption", 1, block=True),
                    name,
                    Token("attribution_close", "figcaption", -1, block=True),
                    Token("quotation_close", "figure", -1, level=token.level, block=True),
                ]
    return result


def _take_name(tokens: list[Token], start: int) -> Token | None:
    """Remove the name from the quotation from ``start`` to the end of ``tokens``, and return it, or None."""
    paragraph = tokens[-4:-1]
    inner_level = tokens[start].level + 2
    if [token.type for token in paragraph] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    text = paragraph[1]
    if text.level != inner_level or not _has_one_dash(tokens[start:], inner_level):
        return None
    before, last_line = _split_behind_last_break(text.children or [])
    if not last_line or last_line[0].type != "text":
        return None
    first = last_line[0]
    dash = _DASH.match(first.content)
    if dash is None:
        return None
    is_only_dash = dash.end() == len(first.content) and len(last_line) == 1
    if is_only_dash:
        return None
    first.content = first.content[dash.end() :]
    text.children = before
    if not before:
        del tokens[-4:-1]
    return with_children(text, last_line)


def _has_one_dash(quotation: list[Token], inner_level: int) -> bool:
    """Return True if exactly one line of the quotation begins with a dash, and it is not the only block and line."""
    lines: list[str] = []
    for token in quotation:
        if token.type == "inline" and token.level == inner_level:
            lines += token.content.split("\n")
    is_single_block = len(quotation) == 5  # the tokens of one paragraph and of the quotation
    if is_single_block and len(lines) == 1:
        return False
    return sum(1 for line in lines if _DASH.match(line)) == 1


def _split_behind_last_break(children: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Return the lines before the last one, and the last one; it is empty if an element is open where it begins."""
    last_break = 0
    behind = 0
    for index, child in enumerate(children):
        if child.type in BREAKS:
            last_break = index
            behind = index + 1
    before = list(children[:last_break])
    if sum(nesting_of(child) for child in before):
        return list(children), []
    return before, list(children[behind:])


def with_children(block: Token, children: list[Token]) -> Token:
    """Return a copy of an inline token with other children; positions stay those of the whole."""
    part = copy(block)
    part.children = children
    return part


def nesting_of(child: Token) -> int:
    """Return 1 for what opens an element, -1 for what closes one, else 0; unlike ``Token.nesting`` also of raw HTML."""
    if child.type != "html_inline" or _VOID_HTML.match(child.content):
        return child.nesting
    if child.content.startswith("</"):
        return -1
    return 1
