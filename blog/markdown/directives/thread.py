"""``::: thread``: a discussion quoted comment by comment.

Tokens go in; those of each list item in a thread come out as a name and the comment. No word is dropped.
"""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.quotations import nesting_of, with_children
from blog.markdown.summary import BREAKS

if TYPE_CHECKING:
    from blog.markdown.context import ConversionContext

_SAYS = re.compile(r"(.{0,80}?):(?:\s+|$)")
_GONE = re.compile(r"(\[(?:deleted|removed)\])(:\s*)?", re.IGNORECASE)


def set_threads(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Return ``tokens`` with each list item of a thread as a comment: its first words, in bold, name its writer."""
    if not any(token.type == "thread_open" for token in tokens):
        return tokens
    result: list[Token] = []
    depth = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        depth += (token.type == "thread_open") - (token.type == "thread_close")
        result.append(token)
        index += 1
        if depth and token.type == "list_item_open":
            block = tokens[index : index + 3]
            comment = (
                _split_comment(block) if [part.type for part in block[:2]] == ["paragraph_open", "inline"] else None
            )
            if comment is None:
                message, hint = "a comment in a thread begins with who wrote it", "write - **name**: …, or - [deleted]"
                context.warn(context.start(token), "thread", message, hint)
            else:
                result += comment
                index += 3
    return result


def _split_comment(block: list[Token]) -> list[Token] | None:
    """Return the first paragraph of a comment as the tokens of a name and of the rest, or None without a name."""
    children = block[1].children or []
    visible = [child for child in children if child.content or child.nesting]
    if not visible:
        return None
    first = visible[1] if visible[0].type == "link_open" and len(visible) > 1 else visible[0]
    gone = first.type == "text" and bool(_GONE.match(first.content))
    if not gone and first.type != "strong_open":
        return None
    who, rest = _split_name(children)
    paragraph = copy(block[0])
    paragraph.hidden, paragraph.meta = False, {}
    closing = copy(block[2])
    closing.hidden = False
    name = [
        Token("speaker_open", "p", 1, block=True, meta={**block[0].meta, "gone": gone}),
        with_children(block[1], who),
        Token("speaker_close", "p", -1, block=True),
    ]
    return name + ([paragraph, with_children(block[1], rest), closing] if rest else [])


def _split_name(children: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return the name and what follows: it ends at a colon near the bold words or ``[deleted]``, else with its line."""
    start = next(index for index, child in enumerate(children) if child.content or child.nesting)
    first = children[start]
    if first.type == "text" and (gone := _GONE.match(first.content)) and gone[2]:
        name, said = copy(first), copy(first)
        name.content, said.content = gone[1], first.content[gone.end() :]
        return [name], [said, *children[start + 1 :]]
    end, behind = _first_break(children), _balanced_end(children, start) + 1
    if behind < end and children[behind].type == "text" and (colon := _SAYS.match(children[behind].content)):
        said = copy(children[behind])
        said.content = said.content[colon.end() :]
        children[behind].content = colon[1]
        rest = [said, *children[behind + 1 :]] if said.content else children[behind + 1 :]
        return children[: behind + 1], _without_first_break(rest)
    return children[:end], _without_first_break(children[end:])


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
