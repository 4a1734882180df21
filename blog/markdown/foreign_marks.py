"""Marks that hide a part of a text in other tools, and not in Markdown: each is an error at its location.

These are comments of template languages and of dialects of Markdown, passages that are shown in other formats only, and
code blocks that Quarto, R Markdown, Jupytext and MyST would leave out. docs/hidden.md names the source of each.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from blog.config.hiding_marks import find_foreign_comments
from blog.config.settings import WIKILINKS
from blog.markdown.chunk_options import find_chunk_options, find_fence_options
from blog.markdown.leftovers import without_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

_ANY = re.compile(r"\{[%:{#/>. -]|%%|<%|\[/|\]:|\]\{|^/{4}|^#\+|^%[ \t]", re.MULTILINE)
"""Matches in each text that has one of the comments: most texts have none, and are searched once."""
_MOST = 20
"""Number of comments that are reported in one paragraph."""
_HINT = "write <!-- … -->, or ::: private; to show the sign, put it between ` and `"
_TEXT_BLOCKS = frozenset({"inline", "html_block"})
_LINE_COMMENT = re.compile(r"(?:\A|(?<=[^\d\n]\n))%[ \t]+(?=\S)")
"""Matches a comment of MyST: at the start of a line that does not continue ``50 % of``."""
_OPEN_JINJA = re.compile(r"^\{#-?(?:\s|$)", re.MULTILINE)
_PUNCTUATION = r"[^\w\s|*]"
_PERCENT = re.compile(rf"(?<![%\\])%%(?!%)(?!(?<={_PUNCTUATION}%%){_PUNCTUATION})")
"""Matches ``%%`` that is not quoted, as in ``"%%"``."""
_AFTER_NUMBER = re.compile(r"\d\s?\Z")
_LINE_EDGE = frozenset({"", "\n"})
_EXECUTABLE = re.compile(r"\s*\{[^{]")
_MYST_TAGS = re.compile(r"^[ \t]*:?tags:[^\n]*\b(?:remove[-_](?:cell|input|output)|private)\b[^\n]*", re.MULTILINE)


class _Percent(NamedTuple):
    """A ``%%``, which opens and closes comments of Obsidian."""

    block: Token
    start: int
    may_open: bool
    """True if no word ends before it; a number may."""
    may_close: bool
    """True if no word begins after it."""
    follows_number: bool
    begins_line: bool
    ends_line: bool

    @property
    def is_whole_line(self) -> bool:
        return self.begins_line and self.ends_line


def report_foreign_marks(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Report what other tools would not show; the tokens stay as they are."""
    percents: list[_Percent] = []
    previous_type = ""
    for token in tokens:
        is_paragraph = previous_type == "paragraph_open"
        previous_type = token.type
        if token.meta.get("output"):
            continue
        if token.type == "fence":
            _check_fence(token, context)
        elif token.type in _TEXT_BLOCKS and _ANY.search(token.content):
            text = without_code(token)
            _check_comments(text, token, context)
            if is_paragraph:
                _check_myst(text, token, context)
                _check_jinja(text, token, context)
            if WIKILINKS not in context.manner.extensions:
                percents += _find_percents(text, token)
            elif token.type == "html_block" and "%%" in text:  # elsewhere the parser hides them
                _report_mark("%%", text.index("%%"), "Obsidian", token, context)
        elif token.type == "formula_block" and WIKILINKS in context.manner.extensions:
            _check_formula(token, context)
    _check_percents(percents, context)
    return tokens


def _check_comments(text: str, block: Token, context: ConversionContext) -> None:
    for comment in islice(find_foreign_comments(text), _MOST):
        _report_mark(comment.text, comment.at, comment.tool, block, context)


def _check_formula(formula: Token, context: ConversionContext) -> None:
    """Report ``%%`` in a formula: to TeX it begins a remark of one line, and what follows would be shown."""
    first, end = formula.map or (0, 0)
    for row in range(first, min(end, len(context.lines))):
        if "%%" in context.lines[row]:
            message = '"%%" in a formula hides its own line alone, and no lines between two of them'
            context.error(context.locate_row(row), "foreign-comment", message, "write % for a remark of TeX")
            return


def _check_myst(text: str, block: Token, context: ConversionContext) -> None:
    """Report a line of a paragraph that is a comment of MyST."""
    comment = _LINE_COMMENT.search(text) if block.level == 1 else None
    if comment:
        _report_mark("%", comment.start(), "MyST", block, context)


def _check_jinja(text: str, block: Token, context: ConversionContext) -> None:
    """Report a line of a paragraph that opens a comment of Jinja whose end is in a later paragraph."""
    opening = _OPEN_JINJA.search(text)
    if opening is None or block.map is None or "#}" in text:
        return
    if context.last_row_with("#}") >= block.map[0]:
        _report_mark("{#", opening.start(), "Jinja", block, context)


def _report_mark(mark: str, start: int, tool: str, block: Token, context: ConversionContext) -> None:
    """Report a mark at ``start`` of ``block``."""
    passage = "a text that is not shown" if tool == "attributes" else "a comment"
    message = f'"{mark}" begins {passage} in other tools; here it would be published'
    context.error(context.locate(block, start), "foreign-comment", message, _HINT)


def _find_percents(text: str, block: Token) -> Iterator[_Percent]:
    for match in _PERCENT.finditer(text):
        start, end = match.span()
        before, after = text[max(start - 2, 0) : start], text[end : end + 1]
        follows_number = _AFTER_NUMBER.search(before) is not None
        yield _Percent(
            block,
            start,
            may_open=follows_number or not before[-1:].isalnum(),
            may_close=not after.isalnum(),
            follows_number=follows_number,
            begins_line=before[-1:] in _LINE_EDGE,
            ends_line=after in _LINE_EDGE,
        )


def _check_percents(percents: list[_Percent], context: ConversionContext) -> None:
    """Report the comments of Obsidian: a pair of marks, or a mark that is a whole line and has no partner."""
    opening: _Percent | None = None
    for mark in percents:
        if opening and _is_comment(opening, mark):
            _report_mark("%%", opening.start, "Obsidian", opening.block, context)
            opening = None
        elif mark.may_open:
            opening = mark
    if opening and opening.is_whole_line:
        _report_mark("%%", opening.start, "Obsidian", opening.block, context)


def _is_comment(opening: _Percent, closing: _Percent) -> bool:
    """Return whether two marks enclose a comment: both are in one block, or both are at the edge of a line."""
    if not closing.may_close:
        return False
    if opening.follows_number and closing.follows_number:
        return False
    if opening.block is closing.block:
        return True
    return opening.begins_line and (closing.begins_line or closing.ends_line)


def _check_fence(fence: Token, context: ConversionContext) -> None:
    """Report code that Quarto, R Markdown, Jupytext or MyST would leave out."""
    options = list(find_fence_options(fence.info))
    if _EXECUTABLE.match(fence.info):
        options += [option for option in find_chunk_options(fence.content) if "|" in option.text]
        first_lines = fence.content.split("\n", 9)[:9]
        tags = _MYST_TAGS.search("\n".join(first_lines))
        if tags:
            _report_code(tags[0].strip(), fence, context)
    for option in options:
        if option.hides and not option.exports:
            _report_code(option.text, fence, context)
            return


def _report_code(mark: str, fence: Token, context: ConversionContext) -> None:
    message = f'"{mark}" hides nothing here: the code would be published'
    context.error(
        context.start(fence), "foreign-comment", message, "put it between ::: private and :::, or take it out"
    )
