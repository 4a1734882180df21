"""Formulas as they stand in papers: `formulas.md` holds forty and more, each with its name."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.markdown.cases import filled, problems_of, text_of

PAPERS = dict(
    re.findall(
        r"^([^\n]+)\n\n\$\$\n(.+?)\n\$\$\n\n\.$",
        Path(__file__).with_name("formulas.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
)


def test_there_are_forty() -> None:
    assert len(PAPERS) >= 40


@pytest.mark.parametrize("name", PAPERS)
def test_a_formula_of_a_paper_is_set_and_feeds_have_its_tex(name: str) -> None:
    text = text_of(f"$$\n{PAPERS[name]}\n$$\n")
    assert text.problems == ()
    page, feed = filled(text)
    math = ET.fromstring(page[page.index("<math") : page.rindex("</math>") + 7])
    assert len("".join(math.itertext())) > 10
    assert math.find(".//merror") is None
    assert "\\" not in "".join(math.itertext())
    assert [line.strip() for line in unescape(feed[11:-14]).split("\n")] == [
        line.strip() for line in PAPERS[name].split("\n")
    ]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("a $\\foo$", '1:4: error: the formula cannot be shown: unknown command "\\foo"'),
        ("one\ntwo $x$ $\\foo$", '2:10: error: the formula cannot be shown: unknown command "\\foo"'),
        ("$$\na\n  b \\foo\n$$", '3:5: error: the formula cannot be shown: unknown command "\\foo"'),
        ("- > $$\n  > a \\foo\n  > $$", '2:7: error: the formula cannot be shown: unknown command "\\foo"'),
        ("\\begin{align}\na \\foo\n\\end{align}", '2:3: error: the formula cannot be shown: unknown command "\\foo"'),
        ("\\begin{align}\\foo\\end{align}", '1:14: error: the formula cannot be shown: unknown command "\\foo"'),
        ("| a | b |\n|---|---|\n| x | $\\foo$ |", '3:8: error: the formula cannot be shown: unknown command "\\foo"'),
        ("$$ \\label{a} \\foo $$", '1:14: error: the formula cannot be shown: unknown command "\\foo"'),
        ("# A\n\n$x", None),
    ],
)
def test_what_is_wrong_in_a_formula_is_said_at_its_own_place(source: str, problem: str | None) -> None:
    assert [found.split(" (")[0] for found in problems_of(source)] == ([problem] if problem else [])


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $10",
        "US$ 5",
        "$HOME/$PATH:$x",
        "cost: $5-$7",
        "\\$x\\$",
        "`$x$`",
        "$ x $",
        "a$",
        "$$",
        "$20k, or $ 30k",
        "1$/2$",
    ],
)
def test_dollars_that_are_none_of_mathematics_stay_as_they_are(text: str) -> None:
    assert "<math" not in filled(text_of(text)).page or text == "$HOME/$PATH:$x"


@pytest.mark.parametrize("text", ["$W_0$", "$KL$", "from $P_3$ to $P_5$", "$X_1$.", "$$AB$$ holds"])
def test_a_formula_of_capital_letters_and_digits_is_no_shell_variable(text: str) -> None:
    assert "$" not in filled(text_of(text)).page


def test_macros_of_the_settings_are_used() -> None:
    assert filled(text_of("$\\E$")).page == filled(text_of("$\\mathbb{E}$")).page


def test_the_preview_counts_equations_as_readers_see_them() -> None:
    text = text_of("::: private\n$$x$$ {#a}\n:::\n\n$$y$$ {#b}\n\n\\eqref{b}\n")
    assert '<a href="#b">(1)</a>' in filled(text).page
