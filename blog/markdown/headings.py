"""Headings: the title at the start of a text, levels, and ids that are unique on the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.markdown.code import read_info
from blog.markdown.formulas import equation_ids
from blog.markdown.heading_ids import HEADING_ID_RULES
from blog.markdown.link_placeholders import RAW_ID
from blog.markdown.result import Heading
from blog.markdown.summary import children_of, readable_text

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

_ID = re.compile(r"[\w.-]+")
_NOT_IN_TITLE = {"link_open": "a link", "image": "an image", "footnote_ref": "a footnote", "citation": "a citation"}
"""Type of each token that a title cannot have → what it is."""
_RAW_HTML = frozenset({"html_block", "html_inline"})


def collect_author_ids(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Register the ids in raw HTML and in braces, before headings get theirs."""
    for block in tokens:
        for ident in filter(None, _block_ids(block)):
            context.take_id(ident, context.start(block))
        _collect_ids(block, block, context)
        for child in block.children or ():
            _collect_ids(child, block, context)
    return tokens


def _block_ids(block: Token) -> list[str]:
    """Return the ids that the author gave a block."""
    if block.type == "formula_block":
        return equation_ids(block)
    if block.type == "fence" and not block.meta.get("kernel"):
        return [read_info(block.info).ident]
    if block.type == "markup" and block.nesting == 1 and "call" in block.meta:
        return [block.meta["call"].ident]
    return []


def _collect_ids(token: Token, block: Token, context: ConversionContext) -> None:
    """Register the ids in ``token``, which is ``block`` or one of its inline tokens."""
    if token.type in _RAW_HTML:
        html = token.meta.get("text", token.content)
        context.anchors.update(match[1].strip("\"'") for match in RAW_ID.finditer(html))
    elif block.type == "inline" and token.attrs.get("id"):
        context.take_id(str(token.attrs["id"]), context.locate(block, token.meta.get("at", 0)))


def take_title(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Move the first ``#`` heading from the text to the title, if the context asks for it."""
    if not context.takes_title:
        return tokens
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0:
            inline = tokens[index + 1]
            context.anchors.discard(take_own_id(inline, context))
            _check_title(inline, context)
            context.title = readable_text(inline.children, context.manner.macros)
            return tokens[:index] + tokens[index + 3 :]
    return tokens


def _check_title(inline: Token, context: ConversionContext) -> None:
    for child in children_of(inline, *_NOT_IN_TITLE):
        message = f"a title cannot have {_NOT_IN_TITLE[child.type]}"
        context.error(context.locate(inline, child.meta.get("at", 0)), "title", message, "move it into the text")


def set_headings(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Give headings stable, unique ids.

    If the text uses ``#``, move all headings one level down: the title of the page is its only ``h1``.
    """
    headings = [tokens[index : index + 3] for index, token in enumerate(tokens) if token.type == "heading_open"]
    shift = any(opening.tag == "h1" for opening, _, _ in headings)
    own_ids = [take_own_id(inline, context) for _, inline, _ in headings]
    context.anchors.update(own_ids)
    make_id = HEADING_ID_RULES[context.manner.heading_ids]
    counts: dict[str, int] = {}
    for (opening, inline, closing), own_id in zip(headings, own_ids, strict=True):
        ident = own_id or _choose_id(context.prefix + (make_id(inline) or "section"), counts, context.anchors)
        context.anchors.add(ident)
        text = readable_text(inline.children, context.manner.macros)
        level = min(int(opening.tag[1]) + shift, 6)
        opening.tag = closing.tag = f"h{level}"
        opening.attrs["id"] = ident
        opening.meta["text"] = text
        closing.meta.update(id=ident, text=text)
        context.headings.append(Heading(ident, text, level))
    context.anchors.discard("")
    return tokens


def take_own_id(inline: Token, context: ConversionContext) -> str:
    """Remove ``{#own-id}`` from the end of a heading or caption and return the id; empty if there is none."""
    children = [child for child in inline.children or () if child.type != "comment" and child.content.strip()]
    if not children or children[-1].type != "text":
        return ""
    last = children[-1]
    text, mark, ident = last.content.rstrip().rpartition("{#")
    if not mark or not ident.endswith("}"):
        return ""
    last.content, ident = text.rstrip(), ident[:-1]
    location = context.locate(inline, inline.content.rfind("{#"))
    if not _ID.fullmatch(ident):
        context.error(location, "wrong-id", f'"{ident}" cannot be an id', "use letters, digits, hyphens and dots")
        return ""
    context.take_id(ident, location)
    return ident


def _choose_id(base: str, counts: dict[str, int], taken: set[str]) -> str:
    """Return ``base``, or with the first number that makes an id which is not ``taken``: ``-1``, ``-2`` …."""
    ident = base
    while ident in taken:
        counts[base] = counts.get(base, 0) + 1
        ident = f"{base}-{counts[base]}"
    return ident
