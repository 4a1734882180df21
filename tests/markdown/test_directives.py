"""Tests of `blog.markdown.directives` and `directive_marks`: what holds for each directive, and their attributes."""

import re

import pytest

from blog.markdown.directives import DirectiveCall, Form, visible_directives
from tests.markdown.cases import everything_of, problems_of, text_of

NAMES = sorted(visible_directives())
ATTRIBUTES = {"publications": ' {author="Turing"}'}
"""Attributes without which a directive has no effect."""


def forms_of(name: str) -> tuple[Form, Form]:
    """The HTML around the content of a directive on a page and in a feed."""
    directive = visible_directives()[name]
    page = directive.page if isinstance(directive.page, tuple) else directive.page(DirectiveCall(name))
    feed = directive.feed if isinstance(directive.feed, tuple) else directive.feed(DirectiveCall(name))
    return page, feed


@pytest.mark.parametrize("name", NAMES)
def test_a_directive_stands_around_its_content_on_the_page_and_in_the_feed(name: str) -> None:
    text = text_of(f"::: {name}{ATTRIBUTES.get(name, '')}\n- **A**: *so*\n:::\n\nEnd")
    for html, (opening, closing) in zip((text.html, text.feed_html), forms_of(name), strict=True):
        before, _, rest = html.partition(opening)
        content, _, behind = rest.partition(closing)
        assert not before
        assert "<em>so</em>" in content
        assert behind == "<p>End</p>\n"
    assert "class=" not in text.feed_html
    assert [problem.code for problem in text.problems] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_private_passage_inside_a_directive_leaves_no_byte(name: str) -> None:
    mark = f":::: {name}{ATTRIBUTES.get(name, '')}"
    hidden = text_of(f"{mark}\n- **A**: so\n\n::: private\nSECRET\n:::\n\n::::\n")
    assert "SECRET" not in everything_of(hidden)
    assert re.sub(r"\0!\d+\0", "", hidden.html) == text_of(f"{mark}\n- **A**: so\n\n::::\n").html


@pytest.mark.parametrize(
    "mark",
    [
        '::: theorem {#thm-a title="The *b*"}',
        ":::theorem{#thm-a title='The *b*'}",
        '::: {.theorem #thm-a title="The *b*"}',
        '::: {#thm-a .theorem title="The *b*"} :::',
        '::: THEOREM { title="The *b*" , #thm-a }',
    ],
)
def test_attributes_of_a_mark_may_be_written_as_in_pandoc(mark: str) -> None:
    source = f"- {mark}\n  x\n  :::\n"
    assert problems_of(source) == []
    assert '<div class="theorem" id="thm-a">\n<p class="theorem-name">' in text_of(source).html
    assert "(The <em>b</em>)" in text_of(source).html
    assert text_of(source).anchors == ("thm-a",)


_FORM = 'write ::: theorem {#id title="…"}'


@pytest.mark.parametrize(
    ("mark", "problems"),
    [
        ('::: theorem {titel="a"}', ['1:16: warning: unknown word "titel" (did you mean "title"?)']),
        ('::: theorem {title="a" foo=1 .bar}',
         [f'1:26: warning: unknown word "foo" ({_FORM})', f'1:32: warning: unknown word ".bar" ({_FORM})']),
        ("::: theorem {!}", [f'1:16: warning: unknown word "!" ({_FORM})']),
        ("::: theorem {title}", ['1:16: warning: "title" has no value (write title="…")']),
        ('::: theorem {title="a}', [f'1:22: warning: a quote in the braces has no closing " ({_FORM})']),
        ("::: theorem {#a #b}", ['1:19: warning: "#b" is written twice (keep one)']),
        ("::: theorem {title=a title=b}", ['1:24: warning: "title" is written twice (keep one)']),
        ("::: pull {#a}", ['1:13: warning: unknown word "#a" (::: pull has no attributes)']),
        ('::: theorem <!-- a --> {foo title="`a`"}', [f'1:27: warning: unknown word "foo" ({_FORM})']),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_attributes_of_a_mark_is_a_warning_at_the_word(mark: str, problems: list[str]) -> None:
    assert problems_of(f"> {mark}\n> x\n> :::\n") == problems


@pytest.mark.parametrize(
    ("mark", "hint"),
    [
        ('::: theorm {title="a"}', 'did you mean "theorem"?'),
        ("::: {.theorm}", 'did you mean "theorem"?'),
        ('::: theorem title="a"', 'write attributes in braces: ::: theorem {key="value"}'),
    ],
)
def test_a_mark_with_attributes_and_an_unknown_name_is_a_warning_with_what_to_write(mark: str, hint: str) -> None:
    message = f'unknown name in "{mark}": the text is shown as plain paragraphs'
    assert problems_of(f"{mark}\nx\n:::\n") == [f"1:1: warning: {message} ({hint})"]


def test_an_id_that_is_used_twice_is_an_error() -> None:
    message = 'the id "thm-a" is used twice: first in line 1 (give one of them another id)'
    assert problems_of("::: theorem {#thm-a}\nx\n:::\n::: lemma {#thm-a}\nx\n:::\n") == [f"4:1: error: {message}"]
