"""``::: thread``: a discussion quoted comment by comment.

Tokens go in; those of each list item in a thread come out as a name and the comment. No word is dropped.
"""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING, Literal

from blog.markdown.directives import BlockDirective, markup_token
from blog.markdown.quote_attribution import nesting_of, with_children
from blog.markdown.summary import BREAKS

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

_NAME_END = re.compile(r"(.{0,80}?):(?:\s+|$)")
_DELETED = re.compile(r"\[(?:deleted|removed)\]", re.IGNORECASE)
_DELETED_NAME_END = re.compile(r"(\[(?:deleted|removed)\]):\s*", re.IGNORECASE)


def _set_comments(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Return ``tokens`` with each list item of a thread as a comment, whose first words, in bold, name its writer."""
    result: list[Token] = []
    depth = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "markup" and token.info == "thread":
            depth += token.nesting
        result.append(token)
        index += 1
        if depth == 0 or token.type != "list_item_open":
            continue
        comment = _split_comment(tokens[index : index + 3])
        if comment:
            result += comment
            index += 3
        else:
            message, hint = "a comment in a thread begins with who wrote it", "write - **name**: …, or - [deleted]"
            context.warn(context.start(token), "thread", message, hint)
    return result


def _split_comment(block: list[Token]) -> list[Token]:
    """Return the first paragraph of a comment as the tokens of a name and of the rest; none without a name."""
    if [token.type for token in block] != ["paragraph_open", "inline", "paragraph_close"]:
        return []
    opening, text, closing = block
    children = text.children or []
    kind = _name_kind(children)
    if kind is None:
        return []
    name, rest = _split_name(children)
    page = '<p class="speaker gone">' if kind == "deleted" else '<p class="speaker">'
    speaker = markup_token("speaker", 1, page=page, feed="<p>")
    speaker.meta |= opening.meta
    comment = [speaker, with_children(text, name), markup_token("speaker", -1, page="</p>\n", feed="</p>\n")]
    if rest:
        opening, closing = copy(opening), copy(closing)
        opening.hidden = closing.hidden = False
        opening.meta = {}
        comment += [opening, with_children(text, rest), closing]
    return comment


def _name_kind(children: list[Token]) -> Literal["deleted", "bold"] | None:
    """Return how a comment names its writer, in bold or as ``[deleted]``, also in a link; None if it does not."""
    visible = filter(_is_visible, children)
    first = next(visible, None)
    if first is not None and first.type == "link_open":
        first = next(visible, first)
    if first is None:
        return None
    if first.type == "text" and _DELETED.match(first.content):
        return "deleted"
    return "bold" if first.type == "strong_open" else None


def _is_visible(child: Token) -> bool:
    """Return False for a token that renders nothing, such as a comment."""
    return bool(child.content or child.nesting)


def _split_name(children: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return the name and the rest: it ends at a colon near the bold words or ``[deleted]``, else with its line."""
    start = next(index for index, child in enumerate(children) if _is_visible(child))
    parts = _split_text(children[start], _DELETED_NAME_END)
    if parts:
        name, rest = parts
        return [name], [rest, *children[start + 1 :]]
    line_end = _first_break(children)
    behind = _balanced_end(children, start) + 1
    if behind < line_end:
        parts = _split_text(children[behind], _NAME_END)
        if parts:
            name, rest = parts
            following = children[behind + 1 :]
            if rest.content:
                following.insert(0, rest)
            return [*children[:behind], name], _without_first_break(following)
    return children[:line_end], _without_first_break(children[line_end:])


def _split_text(child: Token, name_end: re.Pattern[str]) -> tuple[Token, Token] | None:
    """Split a text in two tokens: the first group of ``name_end``, and the text behind its colon; None without one."""
    match = name_end.match(child.content) if child.type == "text" else None
    if match is None:
        return None
    first, rest = copy(child), copy(child)
    first.content, rest.content = match[1], child.content[match.end() :]
    return first, rest


def _balanced_end(children: list[Token], start: int) -> int:
    """Return the index at which the element that opens at ``start`` closes."""
    depth = 0
    for index in range(start, len(children)):
        depth += children[index].nesting
        if depth == 0:
            return index
    return len(children)


def _first_break(children: list[Token]) -> int:
    """Return the index of the first line break outside of any element, or the number of ``children``."""
    depth = 0
    for index, child in enumerate(children):
        depth += nesting_of(child)
        if child.type in BREAKS and depth == 0:
            return index
    return len(children)


def _without_first_break(children: list[Token]) -> list[Token]:
    return children[1:] if children and children[0].type in BREAKS else children


DIRECTIVES = {
    "thread": BlockDirective(
        page=('<blockquote class="thread">\n', "</blockquote>\n"),
        feed=("<blockquote>\n", "</blockquote>\n"),
        step=_set_comments,
    )
}
