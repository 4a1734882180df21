"""Captions of tables, and the numbers of tables and listings.

A paragraph ``Table: Ten seeds. {#tab-seeds}`` directly below or above a table is its caption, as in Pandoc. A table
with an id has a number, and so has a code block with an id that begins with ``lst-``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.code import read_info
from blog.markdown.cross_references import take_number
from blog.markdown.headings import take_own_id
from blog.markdown.reference_kinds import kind_of
from blog.markdown.summary import BREAKS

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

    from blog.markdown.context import ConversionContext

_MARK = re.compile(r"[Tt]able:[ \t]+(?=\S)")


def ends_table(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """Block rule by which a caption directly below a table is a paragraph, and no row of the table."""
    if not silent or state.parentType != "table":
        return False
    return _MARK.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line]) is not None


def take_captions(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Move the paragraphs that are captions into their tables; they and code blocks with ids get their numbers."""
    result: list[Token] = []
    caption_above: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        length = 1
        if token.type == "table_open":
            end = _find_end(tokens, index)
            caption = caption_above or _caption_at(tokens, end)
            length = end - index
            if caption and not caption_above:
                length += len(caption)
            result += _set_caption(tokens[index:end], caption, context)
            caption_above = []
        elif (caption := _caption_at(tokens, index)) and _is_table_behind(tokens, index):
            caption_above, length = caption, len(caption)
        else:
            _set_listing(token, context)
            result.append(token)
        index += length
    return result


def _find_end(tokens: list[Token], start: int) -> int:
    """Return the index behind the table that begins at ``start``."""
    end = start
    while tokens[end].type != "table_close":
        end += 1
    return end + 1


def _caption_at(tokens: list[Token], index: int) -> list[Token]:
    """Return the tokens of the paragraph at ``index`` if it is a caption; else none."""
    paragraph = tokens[index : index + 3]
    if [token.type for token in paragraph] != ["paragraph_open", "inline", "paragraph_close"]:
        return []
    children = paragraph[1].children or []
    is_caption = children and children[0].type == "text" and _MARK.match(children[0].content)
    return paragraph if is_caption and not paragraph[0].hidden else []


def _is_table_behind(tokens: list[Token], index: int) -> bool:
    return index + 3 < len(tokens) and tokens[index + 3].type == "table_open"


def _set_caption(table: list[Token], caption: list[Token], context: ConversionContext) -> list[Token]:
    """Return the tokens of a table with its caption, and its number if that has an id."""
    if not caption:
        return table
    opening, text = table[0], caption[1]
    children = text.children or []
    children[0].content = _MARK.sub("", children[0].content, count=1)
    ident = take_own_id(text, context)
    while children and (children[-1].type in BREAKS or not (children[-1].content or children[-1].nesting)):
        children.pop()
    label = take_number(kind_of(ident) or "table", ident, context) if ident else ""
    opening.meta |= {**caption[0].meta, "ident": ident, "label": label}
    meta = {"label": label, "is_empty": not children}
    before = Token("table_caption_open", "caption", 1, level=opening.level + 1, block=True, meta=meta)
    behind = Token("table_caption_close", "caption", -1, level=opening.level + 1, block=True)
    return [opening, before, text, behind, *table[1:]]


def _set_listing(token: Token, context: ConversionContext) -> None:
    if token.type != "fence" or token.meta.get("kernel"):
        return
    ident = read_info(token.info).ident
    if kind_of(ident) == "listing":
        token.meta["label"] = take_number("listing", ident, context)
