"""Tests of `blog.markdown.attributes`: mistakes in braces behind an image, a link or code."""

from __future__ import annotations

import pytest

from tests.markdown.cases import one_line, page_of, problems_of, text_of

LIST = "(the attributes are id, class, width and height)"
NOT_ALONE = "has no effect: the image is not alone in its paragraph (put empty lines around the image)"


def advice_of(source: str) -> list[str]:
    text = text_of(source)
    assert text.problems == ()
    return [one_line(problem) for problem in text.advice]


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        (
            '![a](b.png){.right heigth=3 style="x:y" align=left}',
            [
                '1:20: warning: unknown attribute "heigth": it is left out (did you mean "height"?)',
                f'1:29: warning: the attribute "style" is not allowed: it is left out {LIST}',
                '1:41: warning: the attribute "align" is not allowed: it is left out (write {.left}, {.right} or {.wide})',
            ],
        ),
        (
            "one\n> [a](b){#x target=_blank}",
            [f'2:13: warning: the attribute "target" is not allowed: it is left out {LIST}'],
        ),
        (
            "`a` and `b`{width=3 title=c}",
            [
                '1:21: warning: the attribute "title" is not allowed: it is left out (write it behind the address: ![…](loss.png "title"))'
            ],
        ),
        (
            "![a](b.png){width=10em}",
            ["1:13: warning: left out: width=10em (write pixels, such as width=300, or a part of the text's width, such as width=50%)"],
        ),
        ("![a](b.png){width: 50%}", ["1:12: warning: {width: 50%} is shown as text (write {width=50%})"]),
        ("![a](b.png){left}", ["1:12: warning: {left} is shown as text (write {.left})"]),
        ("![a](b.png){wide height}", ["1:12: warning: {wide height} is shown as text (write attributes such as {.right width=50%})"]),
        ("![a](b.png){.left", ["1:12: warning: {.left has no }, and is shown as text (write {.left})"]),
        ("![a](b.png){width=50% and more", ["1:12: warning: {width=50% has no }, and is shown as text (write {width=50%})"]),
        ("x ![{](b.png) {.left}", ["1:15: warning: {.left} stands apart from the image, and is shown as text (take out the space)"]),
        ("text ![a](b.png){.left} text", [f"1:18: warning: .left {NOT_ALONE}"]),
        ("- ![a](b.png){#x .wide}", [f"1:18: warning: .wide {NOT_ALONE}"]),
        ("| a |\n|---|\n| ![a](b.png){.right} |", [f"3:15: warning: .right {NOT_ALONE}"]),
        ("[![a](b.png)](c.md){.left}", ["1:21: warning: .left has no effect on a link (write it behind the image: ![…](…){.left})"]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_braces_is_said_at_the_attribute(source: str, problems: list[str]) -> None:
    assert problems_of(source) == problems


@pytest.mark.parametrize(
    ("attribute", "problem"),
    [
        ("width=53%", "width=53% is shown as 55% (write width=55%, or a number of pixels)"),
        ('width="150%"', "width=150% is shown as 100% (write width=100%, or a number of pixels)"),
        ("width=0%", "width=0% is shown as 5% (write width=5%, or a number of pixels)"),
        (".rigth", 'unknown class ".rigth" (did you mean .right?)'),
        (".lft", 'unknown class ".lft" (did you mean .left?)'),
        (".Wide", 'unknown class ".Wide" (did you mean .wide?)'),
        (".leftt", 'unknown class ".leftt" (did you mean .left?)'),
    ],
)
def test_a_size_that_is_rounded_and_a_class_that_is_misspelled_are_advice(attribute: str, problem: str) -> None:
    assert advice_of(f"![a](b.png){{#x {attribute}}}") == [f"1:16: warning: {problem}"]


@pytest.mark.parametrize(
    "source",
    [
        "![a](b.png){.left}", "![a](b.png){.wide width=50%}", "![a](b.png){width=50px height=20}", "![a](b.png){.light .bright .night .ide .figure}",
        "[![a](b.png){.left}](c.md)", "- ![a](b.png){.left}\n\n- b", "![a](b.png){.right}\nPhoto by Ada", "![a](b.png) and {left}",
        "![a](b.png){width=55%}", "[a](b){.left}", "`a`{.left}", "`![a](b.png){left}`",
    ],
)  # fmt: skip
def test_right_attributes_are_silent(source: str) -> None:
    assert advice_of(source) == []


def test_attributes_in_a_private_passage_are_silent() -> None:
    assert problems_of("::: private\nx ![a](b.png){.left foo=1}{x}\n:::\n\ntext") == []


@pytest.mark.parametrize("braces", ["{{< x >}}", "{% x %}", "{: .left}", "{>>x<<}"])
def test_braces_of_other_generators_are_not_said_twice(braces: str) -> None:
    assert "unknown-attribute" not in [problem.code for problem in text_of(f"![a](b.png){braces}").problems]


def test_what_is_said_to_be_shown_as_text_is_shown() -> None:
    assert "{left}" in page_of("![a](b.png){left}")
