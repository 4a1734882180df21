"""Tests of `blog.markdown.context`: where in the file a character of a block stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from markdown_it.token import Token

from blog.markdown import MarkdownOptions
from blog.markdown.context import ConversionContext
from blog.markdown.convert import convert_markdown
from blog.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence


def place(
    source: str, rows: Sequence[int], content: str, offset: int = 0, origin: Location | None = None
) -> tuple[int, int]:
    """Line and column of the character at `offset` of the block `content` that takes these rows of `source`."""
    context = ConversionContext(source.split("\n"), origin or Location("a.md"), MarkdownOptions(), "")
    found = context.locate(Token("inline", "", 0, map=list(rows), content=content), offset)
    return found.line, found.column


@pytest.mark.parametrize(
    ("source", "rows", "content", "offset", "expected"),
    [
        ("one two", (0, 1), "one two", 4, (1, 5)),
        ("x\n\n> - one two", (2, 3), "one two", 4, (3, 9)),
        ("> one\n> two three", (0, 2), "one\ntwo three", 8, (2, 7)),
        ("one\n    two three", (0, 2), "one\ntwo three", 8, (2, 9)),
        ("  <div>\n  <b>", (0, 2), "  <div>\n  <b>", 10, (2, 3)),
        ("   :::", (0, 1), "", 0, (1, 4)),
        ("| a\\|b |", (0, 1), "a|b", 0, (1, 1)),
        ("one", (5, 6), "two", 0, (6, 1)),
    ],
)
def test_a_character_is_found_in_its_line(
    source: str, rows: tuple[int, int], content: str, offset: int, expected: tuple[int, int]
) -> None:
    assert place(source, rows, content, offset) == expected


def test_what_has_no_rows_stands_at_the_beginning() -> None:
    context = ConversionContext(["one"], Location("a.md", 4, 2), MarkdownOptions(), "")
    assert context.locate(None) == context.locate(Token("inline", "", 0)) == Location("a.md", 4, 2)


def test_lines_are_counted_from_the_origin_and_columns_only_in_its_line() -> None:
    text = convert_markdown("[a](b) [c](d)\n[e](f)", Location("a.md", 7, 11), MarkdownOptions("en"))
    assert [(link.location.line, link.location.column) for link in text.links] == [(7, 11), (7, 18), (8, 1)]


def test_errors_and_warnings_are_noted_as_they_come() -> None:
    context = ConversionContext([""], Location("a.md"), MarkdownOptions(), "")
    context.error(Location("a.md", 2), "one", "first", "do this")
    context.warn(Location("a.md", 1), "two", "second")
    assert context.problems == [
        Problem(Location("a.md", 2), "one", "first", "do this", "error"),
        Problem(Location("a.md", 1), "two", "second", "", "warning"),
    ]
