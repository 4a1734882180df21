"""Tests of `blog.markdown.unclosed`: formulas, code blocks, bold words and code that nothing closes."""

from __future__ import annotations

import pytest

from tests.markdown.cases import one_line, problems_of, text_of

DOLLAR = r"warning: a $ opens a formula that nothing closes (close it, or write \$)"
DOLLARS = r"warning: a $$ opens a formula that nothing closes (close it, or write \$\$)"
NOT_CLOSED = "warning: the code block is not closed:"


def advice_of(source: str) -> list[str]:
    return [one_line(problem) for problem in text_of(source).advice]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("the loss $\\mathcal{L} is bad", f"1:10: {DOLLAR}"),
        ("the $x^2 is bad and $y$ is not", f"1:5: {DOLLAR}"),
        ("one\n> two $p(x) = \\frac{1}{2}", f"2:7: {DOLLAR}"),
        ("($\\E[x], say)", f"1:2: {DOLLAR}"),
        ("| a | b |\n|---|---|\n| x | $x_{ij} |", f"3:7: {DOLLAR}"),
        ("## The $\\alpha of it", f"1:8: {DOLLAR}"),
        ("One $$ a = b", f"1:5: {DOLLARS}"),
        ("$$ \\frac{a}{b}\n\nText.", f"1:1: {DOLLARS}"),
        ("`$x^2` costs $\\beta `$`", f"1:14: {DOLLAR}"),
    ],
)
def test_a_formula_that_nothing_closes_is_a_warning_at_its_dollar_sign(source: str, problem: str) -> None:
    assert problems_of(source) == [problem]


@pytest.mark.parametrize(
    "source",
    [
        "costs $5, $ 5, US$5 and 5$", "$HOME/$USER and $PATH^x", "$HOME\\bin", "$dir\\bin", "$foo_bar", "`$x^2`", "\\$x^2", "a $$", "$$–$$$ ^x", "$(pwd)",
        "$x$ and $x^2$", "$$\nx^2\n$$", "```\n$x^2\n```", "the $ sign ^ and _{", "<!-- $x^2 -->", "::: private\n$x^2\n:::\n\na", "cheap $$ places = good",
        "$env:X\\Documents", "a regex ^a$|^b$", '<a title="$x^2">a</a>', "$5^2 is not $25",
    ],
)  # fmt: skip
def test_prices_shells_and_code_open_no_formula(source: str) -> None:
    assert problems_of(source) == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "a\n\n```python\nx = 1\n\nThis is a sentence, of course.\n",
            f"3:1: {NOT_CLOSED} it runs to the end of the text (end it with a line ```)",
        ),
        ("~~~~\nx = 1\n\n## Heading\n", f"1:1: {NOT_CLOSED} it runs to the end of the text (end it with a line ~~~~)"),
        (
            "- ```python\n  x = 1\n\n  This is a sentence, of course.\n\nEnd.",
            f"1:3: {NOT_CLOSED} it runs to the end of the list or quotation (end it with a line ```)",
        ),
        (
            "```python\nx = 1\n\nText.\n\n```python\ny = 2\n```\n",
            f"1:1: {NOT_CLOSED} the next one begins in line 6 (end it with a line ```)",
        ),
    ],
)
def test_a_code_block_that_takes_the_text_below_it_is_a_warning(source: str, problem: str) -> None:
    assert problems_of(source) == [problem]


@pytest.mark.parametrize(
    "source",
    [
        "```\nx = 1\n", "```\nx = 1\n\ny = 2\n", "```\nThis is a sentence, of course.\n", "```python\nx = 1\n\n# A comment, of course.\nf(x)\n",
        "```\na\n\nThis is a sentence, of course.\n```\n", "````markdown\n```python\nx\n```\n\nThis is a sentence, of course.\n````\n",
        'a\n\n```python\n"""\n    ```python\n    x\n    ```\n"""\n```\n', "> ```\n> A sentence, of course.\n>\n> And one more, of course.\n> ```\n",
        "    code\n\n    This is a sentence, of course.\n", "::: private\n```\na\n\nThis is a sentence, of course.\n```\n:::\n\na",
    ],
)  # fmt: skip
def test_a_code_block_that_takes_no_text_is_silent(source: str) -> None:
    assert problems_of(source) == []


def test_a_code_block_with_a_private_passage_in_it_is_one_error() -> None:
    source = "```\nx\n\nThis is a sentence, of course.\n\n::: private\nx\n:::\n"
    assert problems_of(source) == [
        '1:1: error: the code block is not closed, and holds "::: private" (close it with a line ```)'
    ]


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("a **bold word here.", r"1:3: warning: ** opens bold words that nothing closes (write **bold word here**, or \*\*)"),
        ("> **Note: this", r"1:3: warning: ** opens bold words that nothing closes (write **Note**, or \*\*)"),
        ("a `loss.backward() here", r"1:3: warning: ` opens code that nothing closes (write `loss.backward()`, or \`)"),
        ("a [^3 here", "1:3: warning: the footnote reference [^3 has no ] (write [^3])"),
        ("a[^3. Here", "1:2: warning: the footnote reference [^3 has no ] (write [^3])"),
    ],
)  # fmt: skip
def test_marks_that_nothing_closes_are_advice(source: str, advice: str) -> None:
    assert problems_of(source) == []
    assert advice_of(source) == [advice]


@pytest.mark.parametrize(
    "source",
    [
        "pass **kwargs and *args on", "f(**my_dict)", "2**n and 2 ** n", "a ** b", "* *a*", "**a** and **b**", "a *lone star", "`quoted' words", "Hawai`i",
        "a \\`tick", "``a ` b``", "the class [^abc]x is", "$a **b$", "`**a`", "a \\**b",
    ],
)  # fmt: skip
def test_stars_and_ticks_that_open_nothing_are_silent(source: str) -> None:
    assert advice_of(source) == []
