"""Tests of `blog.markdown.attribute_list`: items, offsets, values of each kind, and required attributes."""

import pytest

from blog.markdown import MarkdownOptions
from blog.markdown.attribute_list import (
    AttributePlace,
    AttributeRule,
    ListedAttribute,
    Unread,
    missing_attributes,
    parse_attributes,
    report_attributes,
)
from blog.markdown.context import ConversionContext
from blog.problems import Location
from tests.markdown.cases import one_line
from tests.support.bounds import processor

RULES = (AttributeRule("file", "path", required=True), AttributeRule("width", "number"), AttributeRule("open", "flag"))


def problems_in(text: str) -> list[str]:
    """What is wrong with a list that may have an id, a file, a width and ``open``."""
    context = ConversionContext([text], Location("a.md"), MarkdownOptions(), "")
    place = AttributePlace(
        RULES, allows_id=True, locate=lambda offset: Location("a.md", 1, offset + 1), suggest=lambda word: f"no {word}"
    )
    report_attributes(parse_attributes(text), place, context)
    return list(map(one_line, context.problems))


def test_items_have_a_kind_a_name_a_value_and_an_offset() -> None:
    attributes = parse_attributes("#fig-a .wide, title=\"a 'b', c\" n=3, open", 10)
    assert attributes.items == (
        ListedAttribute("id", "fig-a", "", "#fig-a", 10),
        ListedAttribute("class", "wide", "", ".wide", 17),
        ListedAttribute("value", "title", "a 'b', c", "title=\"a 'b', c\"", 24),
        ListedAttribute("value", "n", "3", "n=3,", 41),
        ListedAttribute("flag", "open", "", "open", 46),
    )
    assert attributes.unread == ()
    assert (attributes.ident, attributes.values) == ("fig-a", {"title": "a 'b', c", "n": "3", "open": ""})


def test_what_is_no_item_is_returned_with_its_offset() -> None:
    assert parse_attributes('a=1 !? b="c').unread == (Unread("!?", 4), Unread('="', 8))


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("file=a width=3 open #x", []),
        ("width=-0.5 open=true", []),
        ("width=wide", ['1:1: warning: width="wide" is no number (write width=3)']),
        ("open=often", ['1:1: warning: open="often": "open" has no value (write open)']),
        ("file", ['1:1: warning: "file" has no value (write file="…")']),
        ("a widht=3", ['1:1: warning: unknown word "a" (no a)', '1:3: warning: unknown word "widht" (did you mean "width"?)']),
        ("#a# ##", ['1:1: warning: unknown word "#a#" (no #a#)', '1:5: warning: unknown word "##" (no ##)']),
        ("file='a <!-- b'", ["1:1: error: a comment stands inside an attribute, where it would be published (take it out of the attribute)"]),
        ('open "file', ['1:6: warning: a quote in the braces has no closing " (no )']),
    ],
)  # fmt: skip
def test_each_problem_is_reported_at_its_item(text: str, problems: list[str]) -> None:
    assert problems_in(text) == problems


@pytest.mark.parametrize("text", ["", "width=3", "file", "file=''", "file=' '"])
def test_a_required_attribute_without_a_value_is_missing(text: str) -> None:
    assert missing_attributes(parse_attributes(text), RULES) == ["file"]


@pytest.mark.parametrize("piece", ['"', "a=", "a='", "#", "!", 'a="b"', ","])
def test_lists_are_read_in_linear_time(piece: str) -> None:
    with processor(4):
        parse_attributes(piece * 50_000)
