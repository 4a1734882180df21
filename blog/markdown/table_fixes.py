"""Tables: empty header cells, rows that have more cells than the head, and columns of numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext


_BAR = re.compile(r"(?<!\\)\|")
_NUMBER = r"[-+−~≈<>≤≥]?[$€£¥]?\.?\d[\d.,’'_]*(?:[eE][-+−]?\d+)?(?:%|‰|×|[A-Za-zµ°]{1,3})?"
_NUMBERS = re.compile(rf"{_NUMBER}(?:(?:±|\+/-|–|/){_NUMBER})?")
"""A number with sign, currency and unit, or two, such as ``0.91±0.02``; without white space."""
_MARKUP = str.maketrans("", "", "*$` \t\u00a0\u2009\u202f")
"""Characters of a cell that do not count: white space, and the marks of bold text, formulas and code."""
_BLANK = frozenset({"", "-", "–", "—", "?", "n/a", "N/A", "NaN"})


def set_tables(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Report rows with more cells than the head, which Markdown would drop; replace empty ``th`` by ``td``."""
    columns = 0
    for index, token in enumerate(tokens):
        if token.type == "thead_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
            inline, closing = tokens[index + 1 : index + 3]
            if not inline.content:
                token.tag = closing.tag = "td"
        elif token.type == "tr_open" and columns:
            _check_row(token, columns, context)
    return tokens


def _check_row(row: Token, columns: int, context: ConversionContext) -> None:
    if row.map is None:
        return
    source = context.lines[row.map[0]].lstrip("> \t").rstrip().removeprefix("|").removesuffix("|")
    cells = len(_BAR.findall(source)) + 1
    if cells > columns:
        message = f"the row has {cells} cells, the head of the table {columns}"
        context.error(context.start(row), "table-row", message, r"write | inside a cell as \|")


def align_numbers(tokens: list[Token], _context: ConversionContext) -> list[Token]:
    """Align columns of numbers at their end, unless the author has aligned them."""
    columns: list[list[int]] = []
    column = 0
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            columns = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            columns.append([index])
        elif token.type == "td_open":
            columns[column].append(index)
            column += 1
        elif token.type == "table_close":
            for cells in columns:
                _align_column(tokens, cells)
    return tokens


def _align_column(tokens: list[Token], cells: list[int]) -> None:
    """Align the cells of a column, given by their opening tokens, the head first, if all others have numbers."""
    texts = [tokens[cell + 1].content.translate(_MARKUP) for cell in cells[1:]]
    numbers = [text for text in texts if text not in _BLANK]
    if not numbers or not all(map(_NUMBERS.fullmatch, numbers)):
        return
    for cell in cells:
        tokens[cell].attrs.setdefault("style", "text-align:right")
