"""Tables: empty header cells, and rows that have more cells than the head."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext


_BAR = re.compile(r"(?<!\\)\|")


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
