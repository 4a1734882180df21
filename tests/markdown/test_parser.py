"""Tests of `blog.markdown.parser`: nesting, comments, containers, safe links."""

from __future__ import annotations

import pytest

from blog.markdown.parser import parser_for
from tests.markdown.cases import filled, page_of, problems_of, text_of

TOO_DEEP = "error: nested too deeply (use fewer levels of lists and quotations)"


def lists(depth: int) -> str:
    """Lists in each other, each with its own word."""
    return "".join(f"{'  ' * level}- word{level}.\n" for level in range(depth))


def quotations(depth: int) -> str:
    """Quotations in each other, each with its own word."""
    return "\n".join(f"{'>' * level} word{level}.\n{'>' * level}" for level in range(1, depth + 1))


def test_forty_lists_in_each_other_keep_every_word() -> None:
    text = text_of(lists(40))
    assert text.problems == ()
    assert [f"word{level}." in text.html and f"word{level}." in text.feed_html for level in range(40)] == [True] * 40
    assert text.html.count("<ul>") == 40


def test_ninety_nine_quotations_in_each_other_keep_every_word() -> None:
    text = text_of(quotations(99))
    assert text.problems == ()
    assert [f"word{level}." in text.html for level in range(1, 100)] == [True] * 99
    assert text.html.count("<blockquote>") == 99


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (lists(60), "56:111"),
        (lists(200), "56:111"),
        (f"one\n\n{'>' * 112} two", "3:114"),
        ("> - " * 150 + "one", "1:3"),
    ],
)
def test_what_is_nested_deeper_is_one_error(source: str, place: str) -> None:
    assert problems_of(source) == [f"{place}: {TOO_DEEP}"]


@pytest.mark.parametrize("depth", [1, 40, 55, 56, 57, 58, 59, 60, 61, 62, 80, 120])
def test_no_depth_drops_a_word_in_silence(depth: int) -> None:
    for source in (lists(depth), quotations(depth)):
        text = text_of(source)
        complete = all(f"word{level}." in text.html for level in range(1, depth))
        assert complete or problems_of(source)


@pytest.mark.parametrize("depth", [10, 119, 120, 121, 150, 500])
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "](x)"), ("*a ", "*"), ("**a ", "**"), ("[^", "]"), ("[", "]"), ("<b>", "</b>")]
)
def test_no_depth_of_marks_in_a_line_drops_a_word(opening: str, closing: str, depth: int) -> None:
    forms = filled(text_of(f"first {opening * depth}middle{closing * depth} last\n"))
    for word in ("first", "middle", "last"):
        assert word in forms.page
        assert word in forms.feed


def test_images_in_each_other_drop_no_word() -> None:
    text = text_of(f"first {'![' * 1000}middle{'](x)' * 1000} last\n")
    assert "middle" in text.html or text.problems


@pytest.mark.parametrize("url", ["JAVASCRIPT:x", " javascript:x", "vbscript:x", "data:x", "file:x", "\tdata:x"])
def test_an_address_that_runs_code_or_reads_the_disk_is_not_safe(url: str) -> None:
    assert not parser_for("en").validateLink(url)


@pytest.mark.parametrize(
    "url", ["", "a.md", "javascript", "x/javascript:x", "https://e.org", "mailto:a@b.c", "database:x", "#data:"]
)
def test_every_other_address_is_safe(url: str) -> None:
    assert parser_for("en").validateLink(url)


@pytest.mark.parametrize(
    "url", ["java&#10;script:x", "<java\tscript:x>", "%6Aavascript:x", "&#1;javascript:x", "javascript&colon;x"]
)
def test_no_disguise_makes_a_link_of_an_address_that_runs_code(url: str) -> None:
    forms = filled(text_of(f"[a]({url})"))
    assert 'href="javascript:' not in forms.page.lower()


@pytest.mark.parametrize(
    "above", ["one", "> one", "- one", "| a |\n|---|\n| b |", "one\n: two", "[^1]: one", "# one", "[a]: b"]
)
def test_a_passage_may_begin_right_below_anything(above: str) -> None:
    text = text_of(f"{above}\n::: private\nsecret\n:::\n")
    assert "secret" not in text.html
    assert text.private_passages == 1
    assert not [problem for problem in text.problems if problem.severity == "error"]


@pytest.mark.parametrize(
    "inside", ["one", "> one", "- one", "| a |\n|---|\n| b |", "one\n: two", "[^1]: one", "# one", "[a]: b"]
)
def test_a_passage_may_end_right_below_anything(inside: str) -> None:
    text = text_of(f"::: private\n{inside}\n:::\nopen")
    assert (filled(text).page, text.problems) == ("<p>open</p>\n", ())


def test_two_colons_are_text() -> None:
    assert page_of(":: private") == "<p>:: private</p>\n"


def test_a_mark_indented_by_four_columns_is_code() -> None:
    assert "::: private" in page_of("    ::: private\n")


def test_a_parser_is_made_once_for_a_language() -> None:
    assert parser_for("de") is parser_for("de")
    assert parser_for("de") is not parser_for("en")


def test_an_open_comment_in_alternative_text_is_said_where_it_stands() -> None:
    assert problems_of("some ![one <!-- two](x.png)")[0].startswith("1:12:")
