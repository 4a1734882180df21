"""``::: private``: a passage that only the author sees.

It is removed from the block tokens before inline text, footnotes and link definitions are parsed, so that none of
these can carry a part of it into the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from markdown_it.token import Token

from blog.config.hiding_marks import fold_text
from blog.markdown.comment_spans import blank, without_comments
from blog.markdown.context import ConversionContext
from blog.markdown.directive_marks import directive_call, looks_private
from blog.markdown.directive_pairs import as_text, pair_marks
from blog.markdown.directives import PRIVATE, directive_tokens, visible_directives
from blog.markdown.hidden_references import NO_COMMENT, VisibleTokens, record_hidden_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from markdown_it.rules_core import StateCore
    from markdown_it.utils import EnvType

_MARK_LINE = re.compile(r"^[^\w\n:`]*+(?P<mark>::[^\w\n]*+private\b|:::[^\n]*+)", re.IGNORECASE | re.MULTILINE)
_FULL_WIDTH_COMMENT = re.compile(r"(?!<!)[<＜][!！][-－—–―]")
"""The opening of a comment in full-width characters."""


def remove_passages(state: StateCore, context: ConversionContext) -> list[Token]:
    """Return the block tokens of ``state`` without private passages, and with a token pair for each other directive.

    Footnotes and link definitions of a passage are removed from ``state``.
    """
    tokens = state.tokens
    visible = VisibleTokens(context)
    hidden: list[Token] = []
    ranges: list[tuple[int, int]] = []
    for index, partner in sorted(pair_marks(tokens, context).items()):
        token = tokens[index]
        if partner is not None and token.info == PRIVATE:
            passage = tokens[index + 1 : partner]
            hidden += passage
            visible.hide(Token("passage", "", 0, level=token.level, meta={"tokens": passage}))
            ranges.append(_line_range(token, tokens[partner]))
        elif partner is not None:
            for directive_token in _directive_tokens(tokens, index, partner, context):
                visible.add(directive_token)
        elif token.type == "container":
            for text_token in as_text(token):
                visible.add(text_token)
        else:
            visible.add(token)
            _check_text(token, context)
    if ranges:
        context.private_passages += len(ranges)
        _read_hidden(state, hidden, context)
        _forget_definitions(state, ranges)
    return visible.all()


def _line_range(opening: Token, closing: Token) -> tuple[int, int]:
    """Return the first line of a passage, from 0, and the line behind its last one."""
    first = (opening.map or [0])[0]
    end = (closing.map or [0, 0])[1]
    return first, end


def _directive_tokens(tokens: list[Token], index: int, partner: int, context: ConversionContext) -> list[Token]:
    """Return the tokens for the mark at ``index``."""
    opening = tokens[min(index, partner)]
    directive = visible_directives(context.manner.blocks)[opening.info]
    call = directive_call(opening, directive)
    return directive_tokens(call, directive, 1 if index < partner else -1, tokens[index].level)


def _check_text(token: Token, context: ConversionContext) -> None:
    """Report a passage that is no block and would be published: in code, in raw HTML, or within a paragraph."""
    match token.type:
        case "fence":
            _check_fence(token, context)
        case "code_block":
            _check_indented_code(token, context)
        case "inline":
            _check_full_width_comment(token, context)
            _check_mark_lines(token, "like this", context)
        case "html_block":
            _check_mark_lines(token, "inside raw HTML", context)
        case "formula_block":
            _check_mark_lines(token, "inside a formula", context)


def _check_indented_code(token: Token, context: ConversionContext) -> None:
    if _has_private_mark(token.content):
        message = '"::: private" is indented by four spaces: it is code, and published'
        context.warn(context.start(token), "private-in-code", message, "indent it less, or show it in a block with ```")


def _check_full_width_comment(token: Token, context: ConversionContext) -> None:
    if comment := _FULL_WIDTH_COMMENT.search(token.content):
        context.error(context.locate(token, comment.start()), "bogus-comment", *NO_COMMENT)


def _check_fence(token: Token, context: ConversionContext) -> None:
    if not _is_closed(token, context) and _has_private_mark(token.content):
        message = 'the code block is not closed, and holds "::: private"'
        context.error(context.start(token), "open-code", message, f"close it with a line {token.markup}")


def _check_mark_lines(token: Token, position: str, context: ConversionContext) -> None:
    """Report the first mark in ``token`` that is probably meant to hide text; ``position`` describes its place."""
    for start, mark in _mark_lines(without_comments(token.content, blank)):
        if looks_private(mark):
            message = f"a private passage cannot begin {position}"
            hint = "write ::: private alone on a line, with an empty line before it, not indented further than the text"
            context.error(context.locate(token, start), "private-in-text", message, hint)
            return


def _mark_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the offset and the text of each mark in ``text``, also of one in characters that look like colons."""
    if text.isascii():
        for match in _MARK_LINE.finditer(text):
            yield match.start("mark"), match["mark"]
        return
    start = 0
    for line in text.split("\n"):  # folding shifts columns within a line, but no line
        folded_match = _MARK_LINE.match(fold_text(line))
        if folded_match is not None:
            yield start + min(folded_match.start("mark"), len(line)), folded_match["mark"]
        start += len(line) + 1


def _has_private_mark(text: str) -> bool:
    return any(looks_private(mark) for _, mark in _mark_lines(text))


def _is_closed(fence: Token, context: ConversionContext) -> bool:
    """Return True if a code block ends with a fence; False if the block or text around it ends it."""
    first, end = fence.map or [0, 1]
    last = ""
    if end - 1 > first:
        last = context.lines[end - 1].strip("> \t")
    return len(last) >= len(fence.markup) and not last.strip(fence.markup[0])


def _read_hidden(state: StateCore, tokens: list[Token], context: ConversionContext) -> None:
    """Parse the inline text of passages apart from the page, to record their references.

    Only one problem in them is reported: a comment that does not end inside its passage.
    """
    apart = ConversionContext(context.lines, context.origin, context.manner, "", context.inputs)
    apart.rows = context.rows
    env: dict[str, object] = {"notes": apart, "references": dict(state.env.get("references", {}))}
    for token in tokens:
        if token.type == "inline":
            token.children = []
            apart.block = token
            state.md.inline.parse(token.content, state.md, env, token.children)
    record_hidden_tokens(tokens, apart)
    context.hidden_links += apart.hidden_links
    context.hidden_notes |= apart.hidden_notes
    context.problems += [problem for problem in apart.problems if problem.code == "open-comment"]


def _forget_definitions(state: StateCore, ranges: list[tuple[int, int]]) -> None:
    """Remove the link definitions and footnotes whose lines are in ``ranges``, which is sorted, from ``state``."""

    def is_hidden(lines: list[int]) -> bool:
        before = bisect_left(ranges, (lines[0] + 1,))
        return before > 0 and lines[0] < ranges[before - 1][1]

    definitions = state.env.get("references", {})
    for label, definition in list(definitions.items()):
        if is_hidden(definition["map"]):
            del definitions[label]
    state.env["duplicate_refs"] = _public_duplicates(state.env, is_hidden)
    _forget_footnotes(state, is_hidden)


def _forget_footnotes(state: StateCore, is_hidden: Callable[[list[int]], bool]) -> None:
    """Remove the footnotes that are not in public text from ``state``."""
    footnotes = state.env.get("footnotes", {}).get("refs", {})
    public_labels = set()
    for token in state.tokens:
        if token.type == "footnote_reference_open" and not is_hidden(token.map or [0]):
            public_labels.add(":" + token.meta["label"])
    for label in footnotes.keys() - public_labels:
        del footnotes[label]


def _public_duplicates(env: EnvType, is_hidden: Callable[[list[int]], bool]) -> list[Any]:
    """Return the public link definitions that repeat one; a first one that was private is replaced in ``env``."""
    definitions = env.get("references", {})
    duplicates = []
    for definition in env.get("duplicate_refs", ()):
        if is_hidden(definition["map"]):
            continue
        if definitions.setdefault(definition["label"], definition) is not definition:
            duplicates.append(definition)
    return duplicates
