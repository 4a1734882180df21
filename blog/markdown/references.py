"""Links and images, in Markdown and in raw HTML → references, with a placeholder for each address."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from blog.markdown import raw_html
from blog.markdown.comment_text import blanks, comment_spans, without_spans
from blog.markdown.context import ConversionContext, attached, is_attachment, report_missing_attachment
from blog.markdown.hidden_text import references
from blog.markdown.result import Reference

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.problems import Location

RAW_ID = re.compile(r"""\s(?:id|name)\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE)


_RAW_OWN_ID = re.compile(r"""(?<=[\s"'])id\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE)


def set_references(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Links, images and the feed form of raw HTML get slots."""
    for token in tokens:
        if token.type == "html_block":
            token.meta["feed"] = _raw(token, 0, token, context)
        for child in token.children or ():
            if child.type == "html_inline":
                child.meta["feed"] = _raw(child, child.meta.get("at", 0), token, context)
        for reference, child in references(token, token.children or [], context):
            child.attrs["href" if child.type == "link_open" else "src"] = _slot(reference, context)
    return tokens


def _raw(token: Token, offset: int, block: Token, context: ConversionContext) -> str:
    """The feed form of raw HTML: without comments, its addresses in slots. What else it names is noted.

    In the form for pages only pictures that a cell carries are in slots.
    """
    html = token.content
    comments = token.meta["comments"] if "comments" in token.meta else comment_spans(html)
    seen = without_spans(html, comments, instead=blanks)
    feed: list[str] = []
    page: list[str] = []
    end, known = 0, len(context.links)
    for found in raw_html.addresses(seen):
        before, value = (
            without_spans(html, comments, end, found.start),
            without_spans(html, comments, found.start, found.end),
        )
        end = found.end
        address, is_made = _raw_address(value, found, token, context.locate(block, offset + found.start), context)
        feed += [before, address]
        page += [before, address if is_made else value]
    rest = without_spans(html, comments, end)
    if any(reference.kind == "made" for reference in context.links[known:]):
        token.meta["text"] = "".join([*page, rest])
    context.named.update(raw_html.names(seen))
    return _RAW_OWN_ID.sub("", "".join([*feed, rest]))


def _raw_address(
    value: str, found: raw_html.Attribute, token: Token, place: Location, context: ConversionContext
) -> tuple[str, bool]:
    """An address in raw HTML with slots, in quotation marks, and whether a picture that a cell carries is in it."""
    written = unescape(value.strip("\"'"))
    shown = list(raw_html.candidates(written)) if found.is_list else [(written.strip(), "")]
    references = [_raw_reference(target, token, place, context) for target, _ in shown]
    filled = [f"{_slot(one, context)} {width}".rstrip() for one, (_, width) in zip(references, shown, strict=True)]
    return f'"{", ".join(filled)}"', any(one.kind == "made" for one in references)


def _raw_reference(target: str, token: Token, place: Location, context: ConversionContext) -> Reference:
    attachments = token.meta.get("attachments")
    if attachments and (path := attached(target, attachments)):
        return Reference(path, "made", place)
    if attachments is not None and is_attachment(target):
        report_missing_attachment(target, place, context)
    return Reference(target, "raw", place)


def _slot(reference: Reference, context: ConversionContext) -> str:
    context.links.append(reference)
    return f"\0{len(context.links) - 1}\0"
