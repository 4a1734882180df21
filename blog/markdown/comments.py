"""HTML comments: they are removed from text, titles and attributes, or reported where they would be published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.config.hiding_marks import contains_comment
from blog.markdown import raw_html
from blog.markdown.comment_text import (
    COMMENT,
    MORE,
    blank,
    comment_spans,
    comments_end,
    without_comments,
    without_spans,
)
from blog.markdown.hidden_text import VisibleTokens, record_bogus_comment, record_comment, record_hidden_text
from blog.markdown.summary import BREAKS

if TYPE_CHECKING:
    from blog.markdown.context import ConversionContext


def remove_comments(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Comments leave raw HTML; ``<!-- more -->`` leaves a mark; a comment that is not closed is an error."""
    kept = VisibleTokens()
    for token in tokens:
        if token.type == "html_block":
            rest = _without_comments(token, context)
            if "<!--" in rest:
                at = token.content.rfind("<!--")
                hint = "end it with -->; inside other raw HTML it must not hold an empty line"
                context.error(context.locate(token, at), "open-comment", "the comment is not closed", hint)
            if MORE.search(token.content):
                kept.add(Token("more", "", 0, level=token.level))
            if not rest.strip():
                kept.hide_comment(token, shown=not MORE.search(token.content))
                continue
            token.meta["text"] = rest
        for child in token.children or ():
            _clean(child, token, context)
        if any(child.type == "comment" for child in token.children or ()):
            token.children = _without_gaps(token.children or [])
        if token.type == "fence" and contains_comment(token.info):
            context.error(context.start(token), "comment-in-text", *_IN_ATTRIBUTE)
        kept.add(token)
    return kept.all()


def _without_comments(token: Token, context: ConversionContext) -> str:
    """Return raw HTML without its comments, and note what these hide; where they stand is noted in the token."""
    html = token.content
    for found in COMMENT.finditer(html, 0, comments_end(html)):
        record_comment(found[0], found.start(), context, token)
    bogus = list(raw_html.bogus_comments(without_comments(html, blank)))
    for comment in bogus:
        record_bogus_comment(comment, html, comment.start, context, token)
    token.meta["comments"] = comment_spans(html, bogus)
    return without_spans(html, token.meta["comments"])


_IN_ATTRIBUTE = "a comment stands where it would be published", "take it out of the address, title or attribute"


def _without_gaps(children: list[Token]) -> list[Token]:
    """Inline tokens; of the two spaces around a comment one goes with it, and at the end of a line each."""
    shown = [None, *(child for child in children if child.type != "comment"), None]
    at = 0
    for child in children:
        if child.type != "comment":
            at += 1
            continue
        before, after = shown[at], shown[at + 1]
        ends = after is None or after.type in BREAKS
        if before and before.type == "text" and (ends or (after and after.content.startswith(" "))):
            before.content = before.content.rstrip(" ")
        elif after and after.type == "text" and (before is None or before.type in BREAKS):
            after.content = after.content.lstrip(" ")
    return [child for child in children if child.type != "text" or child.content]


def _clean(child: Token, block: Token, context: ConversionContext) -> None:
    """Take comments out of titles and inline HTML; in addresses and other attributes they are errors."""
    if "title" in child.attrs:
        title = str(child.attrs["title"])
        record_hidden_text(title, context, block)
        context.comments += len(COMMENT.findall(title, 0, comments_end(title)))
        child.attrs["title"] = without_comments(title)
    if any(contains_comment(str(value).replace("%3C", "<")) for value in child.attrs.values()):
        context.error(context.locate(block, child.meta.get("at", 0)), "comment-in-text", *_IN_ATTRIBUTE)
    if child.type == "html_inline":
        child.meta["text"] = without_comments(child.content)
    for inner in child.children or ():
        _clean(inner, block, context)
