"""Quotations: a name in the last line of one is its attribution.

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
    result: list[Token] = []
    open_starts: list[int] = []
    for token in tokens:
        result.append(token)
        if token.type == "blockquote_open":
            open_starts.append(len(result) - 1)
        elif token.type == "blockquote_close":
            start = open_starts.pop()
            name = _take_name(result, start)
            if name is not None:
                _wrap_in_figure(result, start, name)
    return result


def _wrap_in_figure(tokens: list[Token], start: int, name: Token) -> None:
    """Make a figure with a caption of the quotation from ``start`` to the end of ``tokens``."""
    level = tokens[start].level
    tokens.insert(start, Token("quotation_open", "figure", 1, level=level, block=True))
    tokens += [
        Token("attribution_open", "figcaption", 1, block=True),
        name,
        Token("attribution_close", "figcaption", -1, block=True),
        Token("quotation_close", "figure", -1, level=level, block=True),
    ]


def _take_name(tokens: list[Token], start: int) -> Token | None:
    """Remove the name from the quotation from ``start`` to the end of ``tokens``, and return it, or None."""
    text = _last_paragraph_text(tokens, start)
    if text is None or not _has_one_dash(tokens[start:], text.level):
        return None
    before, last_line = _split_behind_last_break(text.children or [])
    name = _without_dash(last_line)
    if not name:
        return None
    text.children = before
    if not before:
        del tokens[-4:-1]
    return with_children(text, name)


def _last_paragraph_text(tokens: list[Token], start: int) -> Token | None:
    """Return the inline token of the paragraph at the end of a quotation, or None if it ends with another block."""
    paragraph = tokens[-4:-1]
    if [token.type for token in paragraph] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    text = paragraph[1]
    is_in_quotation_itself = text.level == tokens[start].level + 2
    return text if is_in_quotation_itself else None


def _without_dash(line: list[Token]) -> list[Token]:
    """Remove the dash at the beginning of ``line``; return no tokens if there is none or nothing else."""
    if not line or line[0].type != "text":
        return []
    first = line[0]
    dash = _DASH.match(first.content)
    if dash is None:
        return []
    rest = first.content[dash.end() :]
    is_only_dash = not rest and len(line) == 1
    if is_only_dash:
        return []
    first.content = rest
    return line


def _has_one_dash(quotation: list[Token], inner_level: int) -> bool:
    """Return True if exactly one line of the quotation begins with a dash, and it is not the only block and line."""
    lines: list[str] = []
    for token in quotation:
        if token.type == "inline" and token.level == inner_level:
            lines += token.content.split("\n")
    is_single_block = len(quotation) == 5  # the tokens of one paragraph and of the quotation
    if is_single_block and len(lines) == 1:
        return False
    dashes = filter(_DASH.match, lines)
    return len(list(dashes)) == 1


def _split_behind_last_break(children: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Return the lines before the last one, and the last one; it is empty if an element is open where it begins."""
    last_break = 0
    behind = 0
    for index, child in enumerate(children):
        if child.type in BREAKS:
            last_break = index
            behind = index + 1
    before = list(children[:last_break])
    open_elements = sum(map(nesting_of, before))
    if open_elements:
        return list(children), []
    return before, list(children[behind:])


def with_children(block: Token, children: list[Token]) -> Token:
    """Return a copy of an inline token with other children; positions stay those of the whole."""
    part = copy(block)
    part.children = children
    return part


def nesting_of(child: Token) -> int:
    """Return 1 for a token that opens an element, -1 for one that closes it, else 0; also for tags in raw HTML."""
    if child.type != "html_inline" or _VOID_HTML.match(child.content):
        return child.nesting
    if child.content.startswith("</"):
        return -1
    return 1
