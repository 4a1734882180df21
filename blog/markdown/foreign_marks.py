"""Marks by which other tools hide a part of a text, and Markdown does not: each is an error at its place.

These are comments of template languages and of dialects of Markdown, passages that are shown in other formats only, and
code blocks that Quarto, R Markdown, Jupytext and MyST would leave out. Where each is known from: docs/hidden.md.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from blog.config.hiding_marks import find_foreign_comments
from blog.markdown.chunk_options import chunk_options, find_chunk_options
from blog.markdown.leftovers import without_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

_ANY = re.compile(r"\{[%:{#/>. -]|%%|<%|\[/|\]:|\]\{|^/{4}|^#\+|^%[ \t]", re.MULTILINE)
"""Stands in every comment that is looked for: most texts have none."""
_MOST = 20
"""Comments that are told of one paragraph."""
_HINT = "write <!-- … -->, or ::: private; to show the sign, put it between ` and `"
_LINE_COMMENT = re.compile(r"(?:\A|(?<=[^\d\n]\n))%[ \t]+(?=\S)")
"""A comment of MyST: at the start of a line that does not continue ``50 % of``."""
_OPEN_JINJA = re.compile(r"^\{#-?(?:\s|$)", re.MULTILINE)
_PERCENT = re.compile(r"(?<![%\\])%%(?!%)")
_EXECUTABLE = re.compile(r"\s*\{[^{]")
_MYST_TAGS = re.compile(r"^[ \t]*:?tags:[^\n]*\b(?:remove[-_](?:cell|input|output)|private)\b[^\n]*", re.MULTILINE)


class _Percent(NamedTuple):
    """A ``%%``, which begins and ends comments of Obsidian."""

    block: Token
    at: int
    opens: bool
    closes: bool
    behind_number: bool
    begins_line: bool
    ends_line: bool


def refuse_foreign(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Note what other tools would not show; the tokens stay as they are."""
    percents: list[_Percent] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.meta.get("output"):
            continue
        if token.type == "fence":
            _check_fence(token, context)
        elif token.type in {"inline", "html_block"} and _ANY.search(token.content):
            text = without_code(token)
            _check_comments(text, token, context)
            if before is not None and before.type == "paragraph_open":
                _check_lines(text, token, context)
            percents += _percents(text, token)
    _check_percents(percents, context)
    return tokens


def _check_comments(text: str, block: Token, context: ConversionContext) -> None:
    for found in islice(find_foreign_comments(text), _MOST):
        _refuse(found.text, found.at, found.tool, block, context)


def _check_lines(text: str, block: Token, context: ConversionContext) -> None:
    """Note lines of a paragraph that begin a comment; one of Jinja may end in a later paragraph."""
    found = _LINE_COMMENT.search(text) if block.level == 1 else None
    if found:
        _refuse("%", found.start(), "MyST", block, context)
    found = _OPEN_JINJA.search(text)
    if found and block.map and "#}" not in text and context.last_row_with("#}") >= block.map[0]:
        _refuse("{#", found.start(), "Jinja", block, context)


def _refuse(mark: str, at: int, tool: str, block: Token, context: ConversionContext) -> None:
    what = "a comment" if tool != "attributes" else "a text that is not shown"
    message = f'"{mark}" begins {what} in other tools; here it would be published'
    context.error(context.locate(block, at), "foreign-comment", message, _HINT)


def _percents(text: str, block: Token) -> Iterator[_Percent]:
    for found in _PERCENT.finditer(text):
        before, after = text[: found.start()][-2:], text[found.end() : found.end() + 1]
        if _is_punctuation(before[-1:]) and _is_punctuation(after):
            continue  # quoted, as in "%%"
        begins, ends = not before or before[-1] == "\n", not after or after == "\n"
        yield _Percent(
            block, found.start(), not before[-1:].isalnum(), not after.isalnum(),
            bool(re.search(r"\d\s?$", before)), begins, ends,
        )  # fmt: skip


def _is_punctuation(char: str) -> bool:
    return bool(char) and not char.isalnum() and not char.isspace() and char not in "|*_"


def _check_percents(percents: list[_Percent], context: ConversionContext) -> None:
    """Note the comments of Obsidian: two marks in one block, or one that begins a line and a later one."""
    opening: _Percent | None = None
    for mark in percents:
        if opening and mark.closes and _is_comment(opening, mark):
            _refuse("%%", opening.at, "Obsidian", opening.block, context)
            opening = None
        elif (mark.begins_line and mark.ends_line) or mark.opens or mark.behind_number:
            opening = mark
    if opening and opening.begins_line and opening.ends_line:
        _refuse("%%", opening.at, "Obsidian", opening.block, context)


def _is_comment(opening: _Percent, closing: _Percent) -> bool:
    if opening.behind_number and closing.behind_number:
        return False
    return opening.block is closing.block or (opening.begins_line and (closing.begins_line or closing.ends_line))


def _check_fence(fence: Token, context: ConversionContext) -> None:
    """Note code that Quarto, R Markdown, Jupytext or MyST would leave out."""
    found = list(chunk_options(fence.info))
    if _EXECUTABLE.match(fence.info):
        found += [directive for directive in find_chunk_options(fence.content) if "|" in directive.text]
        if tags := _MYST_TAGS.search("\n".join(fence.content.split("\n", 9)[:9])):
            context.error(context.start(fence), "foreign-comment", *_in_fence(tags[0].strip()))
    for directive in found:
        if directive.hides and not directive.exports:
            context.error(context.start(fence), "foreign-comment", *_in_fence(directive.text))
            return


def _in_fence(mark: str) -> tuple[str, str]:
    return (
        f'"{mark}" hides nothing here: the code would be published',
        "put it between ::: private and :::, or take it out",
    )
