"""Comments between ``%%`` and ``%%``, as in Obsidian, in sites that turn wikilinks on.

A comment in a paragraph ends there. One that begins a line may go on over empty lines; it ends at the next line with
``%%``. Only code hides the mark. What is not closed is an error. <https://help.obsidian.md/syntax#Comments>
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.hidden_references import record_hidden_text
from blog.markdown.patches import offset_in_block

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext

MARK = "%%"


def add_percent_comments(parser: MarkdownIt, interrupts: list[str]) -> None:
    """Add the rules to a parser; ``interrupts`` are the blocks that a comment ends."""
    parser.block.ruler.before("table", "percent_block", percent_block, {"alt": interrupts})
    parser.inline.ruler.before("html_inline", "percent_comment", percent_comment)


def percent_block(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    """Block rule for a comment that begins a line and ends in a later one."""
    if state.is_code_block(line):
        return False
    first = _line(state, line)
    if not first.startswith(MARK) or MARK in first[len(MARK) :]:
        return False
    last = _find_last_line(state, line, end_line)
    if last < 0:
        return False
    if silent:
        return True
    token = state.push("percent_block", "", 0)
    token.content = state.getLines(line, last + 1, state.blkIndent, keepLastLF=True)
    token.map = [line, last + 1]
    token.markup = MARK
    state.line = last + 1
    rest = _line(state, last).partition(MARK)[2]
    if rest.strip():
        context: ConversionContext = state.env["notes"]
        place = context.locate_word(Token("", "", 0, map=[last, last + 1], markup=MARK), rest.strip())
        message = "text stands behind the end of a comment"
        context.error(place, "comment-in-text", message, "begin it on the next line")
    return True


def _find_last_line(state: StateBlock, line: int, end_line: int) -> int:
    """Return the line that closes the comment which begins in ``line``, in the same list or quotation, or -1."""
    for last in range(line + 1, end_line):
        is_outside = state.sCount[last] < state.blkIndent and not state.isEmpty(last)
        if is_outside:
            return -1
        if MARK in _line(state, last):
            return last
    return -1


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def percent_comment(state: StateInline, silent: bool) -> bool:
    """Inline rule for a comment in a paragraph; a mark without a partner is an error."""
    if not state.src.startswith(MARK, state.pos):
        return False
    end = state.src.find(MARK, state.pos + len(MARK), state.posMax)
    context: ConversionContext = state.env["notes"]
    block = context.block
    if not silent and block is not None:
        start = offset_in_block(state, block)
        if state.src.startswith(2 * MARK, state.pos):
            message = "%%%% is an empty comment: what follows would be published"
            context.error_once(context.locate(block, start), "open-comment", message, "write %% … %%")
        if end < 0:
            message, hint = "the comment is not closed", r"end it with %%; for two signs write \%%, or `%%` for code"
            context.error_once(context.locate(block, start), "open-comment", message, hint)
        else:
            text = state.src[state.pos : end + len(MARK)]
            record_percent_comment(text, start, context, block)
            state.push("comment", "", 0).meta["content"] = text
    if end < 0:
        return False
    state.pos = end + len(MARK)
    return True


def record_percent_comment(text: str, start: int, context: ConversionContext, block: Token) -> None:
    """Count a comment at ``start`` of ``block`` and record its references; it may end inside no other comment."""
    context.comments += 1
    if text.rfind("<!--") > text.rfind("-->"):
        message = "an HTML comment begins inside a comment between %% and %%, and ends behind it"
        context.error(
            context.locate(block, start), "nested-comment", message, "close the inner one before the outer one"
        )
    record_hidden_text(text, context, block, start)
