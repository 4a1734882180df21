"""Headings: the title at the start of a text, levels, and ids that are unique on the page."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.context import ConversionContext
from blog.markdown.formulas import equation_ids
from blog.markdown.parser import WRONG_SIZE
from blog.markdown.references import RAW_ID
from blog.markdown.result import Heading
from blog.markdown.summary import plain, readable

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

_ID = re.compile(r"[\w.-]+")


def collect_author_ids(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Ids that authors gave, in raw HTML and in braces, are taken before headings get theirs."""
    for block in tokens:
        for ident in equation_ids(block) if block.type == "formula_block" else ():
            context.take_id(ident, context.start(block))
        for token in (block, *(block.children or ())):
            if token.type in {"html_block", "html_inline"}:
                text = token.meta.get("text", token.content)
                context.anchors.update(found[1].strip("\"'") for found in RAW_ID.finditer(text))
            elif block.type == "inline" and token.attrs.get("id"):
                context.take_id(str(token.attrs["id"]), context.locate(block, token.meta.get("at", 0)))
            if token.meta.get("insecure_attrs"):
                _left_out(token, block, context)
    return tokens


def take_title(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """The first ``#`` heading leaves the text if it is wanted as the title."""
    for index, token in enumerate(tokens if context.takes_title else ()):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0:
            inline = tokens[index + 1]
            context.anchors.discard(_own_id(inline, context))
            for child in inline.children or ():
                if child.type in {"link_open", "image", "footnote_ref"}:
                    message, hint = "a title holds words only", "move links, pictures and footnotes into the text"
                    context.error(context.locate(inline, child.meta.get("at", 0)), "title", message, hint)
            context.title = readable(inline.children, context.manner.macros)
            return tokens[:index] + tokens[index + 3 :]
    return tokens


def set_headings(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Stable, unique ids; one level down where the text uses ``#``: the page's title is its only ``h1``."""
    shift = any(token.type == "heading_open" and token.tag == "h1" for token in tokens)
    headings = [(token, inline) for token, inline in pairwise(tokens) if token.type == "heading_open"]
    own = {id(inline): _own_id(inline, context) for _, inline in headings}
    context.anchors.update(own.values())
    counts: dict[str, int] = {}
    for opening, inline in headings:
        ident = own[id(inline)] or _free_id(context.prefix, plain(inline.children), counts, context.anchors)
        text = readable(inline.children, context.manner.macros)
        context.anchors.add(ident)
        level = min(int(opening.tag[1]) + shift, 6)
        opening.tag = f"h{level}"
        opening.attrs["id"] = ident
        opening.meta["text"] = text
        context.headings.append(Heading(ident, text, level))
    for index, token in enumerate(tokens):
        if token.type == "heading_close":
            token.tag = tokens[index - 2].tag
            token.meta.update(id=tokens[index - 2].attrs["id"], text=tokens[index - 2].meta["text"])
    context.anchors.discard("")
    return tokens


def _own_id(inline: Token, context: ConversionContext) -> str:
    """Take ``{#own-id}`` from the end of a heading."""
    texts = [child for child in inline.children or () if child.type != "comment" and child.content.strip()]
    last = texts[-1].content.rstrip() if texts and texts[-1].type == "text" else ""
    start = last.rfind("{#")
    if start < 0 or not last.endswith("}"):
        return ""
    ident = last[start + 2 : -1]
    texts[-1].content = last[:start].rstrip()
    place = context.locate(inline, inline.content.rfind("{#"))
    if not _ID.fullmatch(ident):
        context.error(place, "wrong-id", f'"{ident}" cannot be an id', "use letters, digits, hyphens and dots")
        return ""
    context.take_id(ident, place)
    return ident


def _free_id(prefix: str, text: str, counts: dict[str, int], taken: set[str]) -> str:
    """An id in GitHub's manner: lower case, spaces to hyphens, punctuation dropped, ``-1`` where it is taken."""
    kept = "".join(char for char in text.strip().lower() if char in " -_" or unicodedata.category(char)[0] in "LMN")
    base = prefix + (kept.replace(" ", "-") or "section")
    ident = base
    while ident in taken:
        counts[base] = counts.get(base, 0) + 1
        ident = f"{base}-{counts[base]}"
    return ident


def _left_out(token: Token, block: Token, context: ConversionContext) -> None:
    """Say which attributes in braces are none, or have no effect."""
    place, written = context.locate(block, token.meta.get("at", 0)), token.meta["insecure_attrs"]
    sizes = [
        f"{name.removeprefix(WRONG_SIZE)}={value}" for name, value in written.items() if name.startswith(WRONG_SIZE)
    ]
    names = [name for name in written if not name.startswith(WRONG_SIZE)]
    if names:
        hint = "the attributes are id, class, width, height"
        context.warn(place, "unknown-attribute", f"left out: {', '.join(names)}", hint)
    if sizes:
        hint = "write pixels, such as width=300, or a part of the text's width, such as width=50%"
        context.warn(place, "unknown-attribute", f"left out: {', '.join(sizes)}", hint)
