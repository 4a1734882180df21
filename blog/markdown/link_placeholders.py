"""Links and images, in Markdown and in raw HTML → references, with a placeholder for each address."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from blog.markdown import raw_html
from blog.markdown.comment_spans import blanks, comment_spans, without_spans
from blog.markdown.context import ConversionContext, attached, is_attachment, report_missing_attachment
from blog.markdown.hidden_references import references
from blog.markdown.result import Reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

    from blog.problems import Location

RAW_ID = re.compile(r"""\s(?:id|name)\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE)
_ID_ATTRIBUTE = re.compile(r"""(?<=[\s"'])id\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE)


def set_references(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Put placeholders in links, images and the feed form of raw HTML."""
    for token in tokens:
        if token.type == "html_block":
            _set_raw_references(token, 0, token, context)
        if token.children:
            _set_inline_references(token, token.children, context)
    return tokens


def _set_inline_references(block: Token, children: list[Token], context: ConversionContext) -> None:
    for child in children:
        if child.type == "html_inline":
            _set_raw_references(child, child.meta.get("at", 0), block, context)
    for reference, child in references(block, children, context):
        attribute = "href" if child.type == "link_open" else "src"
        child.attrs[attribute] = _add_reference(reference, context)


def _set_raw_references(token: Token, offset: int, block: Token, context: ConversionContext) -> None:
    """Set the feed form of raw HTML: without comments, with placeholders for its URLs. Record other names in it.

    The form for pages has placeholders only for images that a notebook cell carries.
    """
    html = token.content
    comments = token.meta.get("comments")
    if comments is None:
        comments = comment_spans(html)
    visible = without_spans(html, comments, instead=blanks)
    feed: list[str] = []
    page: list[str] = []
    end = 0
    has_attachment = False
    for attribute in raw_html.addresses(visible):
        before = without_spans(html, comments, end, attribute.start)
        value = without_spans(html, comments, attribute.start, attribute.end)
        end = attribute.end
        location = context.locate(block, offset + attribute.start)
        filled, is_attachment_value = _fill_attribute(value, attribute, token, location, context)
        has_attachment |= is_attachment_value
        feed += [before, filled]
        page += [before, filled if is_attachment_value else value]
    rest = without_spans(html, comments, end)
    if has_attachment:
        token.meta["text"] = "".join([*page, rest])
    context.named.update(raw_html.names(visible))
    token.meta["feed"] = _ID_ATTRIBUTE.sub("", "".join([*feed, rest]))


def _fill_attribute(
    value: str, attribute: raw_html.Attribute, token: Token, location: Location, context: ConversionContext
) -> tuple[str, bool]:
    """Return the value of an attribute with placeholders, in quotation marks, and whether an attachment is in it."""
    decoded = unescape(value.strip("\"'"))
    candidates: Iterable[tuple[str, str]] = [(decoded.strip(), "")]
    if attribute.is_list:
        candidates = raw_html.candidates(decoded)
    filled: list[str] = []
    has_attachment = False
    for url, width in candidates:
        reference = _raw_reference(url, token, location, context)
        has_attachment |= reference.kind == "made"
        filled.append(f"{_add_reference(reference, context)} {width}".rstrip())
    return f'"{", ".join(filled)}"', has_attachment


def _raw_reference(url: str, token: Token, location: Location, context: ConversionContext) -> Reference:
    """Return the reference of a URL in raw HTML; in a notebook it may be an attachment, which has to exist."""
    attachments = token.meta.get("attachments")
    if attachments is None:
        return Reference(url, "raw", location)
    path = attached(url, attachments)
    if path:
        return Reference(path, "made", location)
    if is_attachment(url):
        report_missing_attachment(url, location, context)
    return Reference(url, "raw", location)


def _add_reference(reference: Reference, context: ConversionContext) -> str:
    """Add a reference to the links of the text, and return its placeholder."""
    context.links.append(reference)
    return f"\0{len(context.links) - 1}\0"
