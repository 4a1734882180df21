"""Words of others: quotations with the name of who said them, and discussions quoted comment by comment."""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.summary import BREAKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.markdown.context import ConversionContext

_DASH = re.compile(r"\s*(?:[—―]\s*|–\s*(?!\d)|--(?:\s+|(?=[^\W\da-z_]|$)))")
"""Not that of ``--lr 3e-4``, and no minus."""
_SAYS = re.compile(r"(.{0,80}?):(?:\s+|$)")
_GONE = re.compile(r"(\[(?:deleted|removed)\])(:\s*)?", re.IGNORECASE)
_ALONE = re.compile(
    r"<(?:[!?]|(?:area|br|embed|hr|img|input|link|meta|source|track|wbr)\b)|.*/>$", re.IGNORECASE | re.DOTALL
)
"""Raw HTML that nothing has to close."""


def attribute_quotations(tokens: list[Token], _context: ConversionContext) -> list[Token]:
    """The last line of a quotation, if it begins with a dash, names who said it; in a dialogue every line does."""
    if not any(token.type == "blockquote_open" for token in tokens):
        return tokens
    made: list[Token] = []
    opened: list[int] = []
    for token in tokens:
        made.append(token)
        if token.type == "blockquote_open":
            opened.append(len(made) - 1)
        elif token.type == "blockquote_close":
            start = opened.pop()
            if name := _take_name(made, start):
                made.insert(start, Token("quotation_open", "figure", 1, level=token.level, block=True))
                made += [
                    Token("attribution_open", "figcaption", 1, block=True),
                    name,
                    Token("attribution_close", "figcaption", -1, block=True),
                    Token("quotation_close", "figure", -1, level=token.level, block=True),
                ]
    return made


def _take_name(made: list[Token], start: int) -> Token | None:
    """Take the last line of the quotation from ``start`` on, which ends ``made``, if it is a name."""
    last = made[-4:-1]
    own = made[start].level + 2
    if [token.type for token in last] != ["paragraph_open", "inline", "paragraph_close"] or last[1].level != own:
        return None
    texts = [token.content for token in made[start:] if token.type == "inline" and token.level == own]
    lines = [line for text in texts for line in text.split("\n")]
    is_alone = made[start + 1] is last[0] and len(lines) == 1
    if is_alone or [bool(_DASH.match(line)) for line in lines].count(True) != 1:
        return None
    before, after = _split_behind_last_break(last[1].children or [])
    dash = _DASH.match(after[0].content) if after and after[0].type == "text" else None
    if dash is None or (dash.end() == len(after[0].content) and len(after) == 1):
        return None
    after[0].content = after[0].content[dash.end() :]
    last[1].children = before
    if not before:
        del made[-4:-1]
    return _with_children(last[1], after)


def _split_behind_last_break(children: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """The lines before the last one, and that; nothing is the last line if something is open where it begins."""
    at = max((index for index, child in enumerate(children) if child.type in BREAKS), default=-1)
    if sum(_nesting(child) for child in children[: max(at, 0)]):
        return list(children), []
    return list(children[: max(at, 0)]), list(children[at + 1 :])


def _with_children(block: Token, children: list[Token]) -> Token:
    """A part of an inline token: positions are still those of the whole."""
    part = copy(block)
    part.children = children
    return part


def set_threads(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """In a ``::: thread`` each item of a list is a comment: its first words, in bold, say who wrote it."""
    if not any(token.type == "thread_open" for token in tokens):
        return tokens
    made: list[Token] = []
    depth = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        depth += (token.type == "thread_open") - (token.type == "thread_close")
        made.append(token)
        index += 1
        if depth and token.type == "list_item_open":
            block = tokens[index : index + 3]
            comment = _comment(block) if [part.type for part in block[:2]] == ["paragraph_open", "inline"] else None
            if comment is None:
                message, hint = "a comment in a thread begins with who wrote it", "write - **name**: …, or - [deleted]"
                context.warn(context.start(token), "thread", message, hint)
            else:
                made += comment
                index += 3
    return made


def _comment(block: list[Token]) -> list[Token] | None:
    """The paragraph that begins a comment as its writer's name and the rest; None if no name begins it."""
    children = block[1].children or []
    shown = [child for child in children if child.content or child.nesting]
    if not shown:
        return None
    first = shown[1] if shown[0].type == "link_open" and len(shown) > 1 else shown[0]
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
        _with_children(block[1], who),
        Token("speaker_close", "p", -1, block=True),
    ]
    return name + ([paragraph, _with_children(block[1], rest), closing] if rest else [])


def _split_name(children: list[Token]) -> tuple[list[Token], list[Token]]:
    """Up to a colon soon behind the bold words, or behind ``[deleted]``; else up to the end of the line."""
    start = next(index for index, child in enumerate(children) if child.content or child.nesting)
    first = children[start]
    if first.type == "text" and (gone := _GONE.match(first.content)) and gone[2]:
        name, said = copy(first), copy(first)
        name.content, said.content = gone[1], first.content[gone.end() :]
        return [name], [said, *children[start + 1 :]]
    end, behind = _first_break(children), _balanced_end(children, start) + 1
    if behind < end and children[behind].type == "text" and (found := _SAYS.match(children[behind].content)):
        said = copy(children[behind])
        said.content = said.content[found.end() :]
        children[behind].content = found[1]
        rest = [said, *children[behind + 1 :]] if said.content else children[behind + 1 :]
        return children[: behind + 1], _without_first_break(rest)
    return children[:end], _without_first_break(children[end:])


def _balanced_end(children: list[Token], start: int) -> int:
    """Where what begins at ``start`` ends."""
    depth = 0
    for index in range(start, len(children)):
        depth += children[index].nesting
        if depth == 0:
            return index
    return len(children)


def _nesting(child: Token) -> int:
    """As markdown-it's own, and that of raw HTML."""
    if child.type != "html_inline" or _ALONE.match(child.content):
        return child.nesting
    return -1 if child.content.startswith("</") else 1


def _first_break(children: list[Token]) -> int:
    """Where the first line ends, if nothing is open there; else where all ends."""
    depth = 0
    for index, child in enumerate(children):
        depth += _nesting(child)
        if child.type in BREAKS and depth == 0:
            return index
    return len(children)


def _without_first_break(children: list[Token]) -> list[Token]:
    return children[1:] if children and children[0].type in BREAKS else children
