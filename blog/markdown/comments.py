"""HTML comments: removal from text, titles and raw HTML; errors where they would be published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.config.hiding_marks import contains_comment
from blog.config.settings import WIKILINKS
from blog.markdown import raw_html
from blog.markdown.comment_spans import (
    COMMENT,
    MORE,
    blank,
    comment_spans,
    comments_end,
    without_comments,
    without_spans,
)
from blog.markdown.hidden_references import (
    IN_ATTRIBUTE,
    VisibleTokens,
    record_bogus_comment,
    record_comment,
    record_hidden_text,
)
from blog.markdown.percent_comments import MARK, record_percent_comment
from blog.markdown.summary import BREAKS, children_of

if TYPE_CHECKING:
    from blog.markdown.context import ConversionContext


def remove_comments(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Remove comments; a token takes the place of ``<!-- more -->``; a comment that is not closed is an error.

    For the author's preview a comment stays between the inline tokens of its block.
    """
    visible = VisibleTokens(context)
    for token in tokens:
        if token.type == "html_block":
            _add_html(token, visible, context)
        elif token.type == "percent_block":
            record_percent_comment(token.content, 0, context, token)
            visible.hide(Token("comment", "", 0, block=True, meta={"content": token.content}))
        else:
            _clean_block(token, context)
            visible.add(token)
    return visible.all()


def _add_html(token: Token, visible: VisibleTokens, context: ConversionContext) -> None:
    """Add raw HTML to ``visible``, or hide it if all of it is comments."""
    rest = _strip_comments(token, context)
    if "<!--" in rest:
        location = context.locate(token, token.content.rfind("<!--"))
        hint = "end it with -->; inside other raw HTML it must not hold an empty line"
        context.error(location, "open-comment", "the comment is not closed", hint)
    has_more = MORE.search(token.content) is not None
    if has_more:
        visible.add(Token("more", "", 0, level=token.level))
    if rest.strip():
        token.meta["text"] = rest
        visible.add(token)
        return
    visible.drop(token)
    if not has_more:
        visible.hide(Token("comment", "", 0, block=True, meta={"content": token.content}))


def _strip_comments(token: Token, context: ConversionContext) -> str:
    """Return raw HTML without its comments; record what they hide, and their positions in the token."""
    html = token.content
    for match in COMMENT.finditer(html, 0, comments_end(html)):
        record_comment(match[0], match.start(), context, token)
    bogus = list(raw_html.bogus_comments(without_comments(html, blank)))
    for comment in bogus:
        record_bogus_comment(comment, html, comment.start, context, token)
    token.meta["comments"] = comment_spans(html, bogus)
    return without_spans(html, token.meta["comments"])


def _clean_block(block: Token, context: ConversionContext) -> None:
    """Remove comments from the inline tokens of a block; in the info string of a fence they are an error."""
    for child in block.children or ():
        _clean_inline(child, block, context)
    if children_of(block, "comment"):
        block.children = _close_gaps(block.children or [])
        if not context.manner.for_author:
            block.children = [child for child in block.children if child.type != "comment"]
    if block.type == "fence" and _contains_comment(block.info, context):
        context.error(context.start(block), "comment-in-text", *IN_ATTRIBUTE)


def _close_gaps(children: list[Token]) -> list[Token]:
    """Return inline tokens without the spaces that a comment leaves: one in a line, all at the edge of a line."""
    edge = Token("softbreak", "br", 0)
    visible = [edge, *(child for child in children if child.type != "comment"), edge]
    index = 0
    for child in children:
        if child.type == "comment":
            _close_gap(visible[index], visible[index + 1])
        else:
            index += 1
    return [child for child in children if child.type != "text" or child.content]


def _close_gap(before: Token, after: Token) -> None:
    """Remove the spaces between two tokens with a comment between them."""
    ends_line = after.type in BREAKS
    if before.type == "text" and (ends_line or after.content.startswith(" ")):
        before.content = before.content.rstrip(" ")
    elif before.type in BREAKS and after.type == "text":
        after.content = after.content.lstrip(" ")


def _clean_inline(child: Token, block: Token, context: ConversionContext) -> None:
    """Remove comments from titles and inline HTML; in addresses and other attributes they are errors."""
    if "title" in child.attrs:
        title = str(child.attrs["title"])
        record_hidden_text(title, context, block)
        context.comments += len(COMMENT.findall(title, 0, comments_end(title)))
        if (visible := without_comments(title)) != title:
            child.attrs["title"] = visible
    values = [str(value).replace("%3C", "<").replace("%25", "%") for value in child.attrs.values()]
    if any(_contains_comment(value, context) for value in values):
        context.error(context.locate(block, child.meta.get("at", 0)), "comment-in-text", *IN_ATTRIBUTE)
    if child.type == "html_inline":
        child.meta["text"] = without_comments(child.content)
        if _contains_comment(child.meta["text"], context):
            context.error(context.locate(block, child.meta.get("at", 0)), "comment-in-text", *IN_ATTRIBUTE)
    if child.children:  # the alternative text of an image
        for inner in child.children:
            _clean_inline(inner, block, context)
        child.children = [inner for inner in child.children if inner.type != "comment"]


def _contains_comment(text: str, context: ConversionContext) -> bool:
    """Return whether an address or attribute contains a comment, in this site's syntax or what was meant as one."""
    return contains_comment(text) or (MARK in text and WIKILINKS in context.manner.extensions)
