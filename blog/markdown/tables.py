"""Tables: alignment as classes, and captions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext


def set_tables(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """A row with more cells than the head would lose them silently: that is an error. An empty cell heads nothing."""
    columns = 0
    for index, token in enumerate(tokens):
        if token.type == "th_open" and not tokens[index + 1].content:
            token.tag = tokens[index + 2].tag = "td"
        if token.type == "thead_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and token.map:
            source = context.lines[token.map[0]].lstrip("> \t").rstrip().removeprefix("|").removesuffix("|")
            cells = len(re.findall(r"(?<!\\)\|", source)) + 1
            if columns and cells > columns:
                message = f"the row has {cells} cells, the head of the table {columns}"
                context.error(context.start(token), "table-row", message, r"write | inside a cell as \|")
    return tokens
