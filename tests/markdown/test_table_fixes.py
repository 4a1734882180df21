"""Tests of `blog.markdown.table_fixes`: columns of numbers are aligned at their end."""

from __future__ import annotations

import re

import pytest

from blog.markdown import MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.problems import Location


def classes(cells: list[str], rule: str = "---", head: str = "x") -> set[str]:
    """The classes of all cells of a column."""
    rows = "".join(f"| a | {cell} |\n" for cell in cells)
    html = convert_markdown(f"| n | {head} |\n|---|{rule}|\n{rows}", Location("a.md"), MarkdownOptions()).html
    found = re.findall(r"<t[hd]\b([^>]*)>", html)
    assert {name for name in found[::2] if "class" in name} == set(), "the column of names"
    return {(re.findall('class="([^"]+)"', attributes) or [""])[0] for attributes in found[1::2]}


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "20"], ["0.91", "**0.93**"], ["0.91 ± 0.02", "0.9 +/- 0.1"], ["-3", "−4", "+5"], ["1,234", "1.234,5", "12 345"],
        ["1e-3", "3E+4"], ["91 %", "92%"], ["$12", "€ 9"], ["3 ms", "12 GB", "4k", "2.1×"], ["$0.93$", "`7`"], ["< 1", "~40"],
        ["3/4", "10–20"], ["1", "", "–", "n/a"], [".5", "1."],
    ],
)  # fmt: skip
def test_numbers_stand_at_the_end_of_their_column(cells: list[str]) -> None:
    assert classes(cells) == {"right"}


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "two"],
        ["", "–"],
        ["Week 4"],
        ["2026-01-31"],
        ["ResNet50"],
        ["v1.2"],
        ["3 weeks ago"],
        ["1", "<b>2</b> x"],
        ["x1"],
    ],
)
def test_other_columns_stay_as_they_are(cells: list[str]) -> None:
    assert classes(cells) == {""}


@pytest.mark.parametrize(("rule", "expected"), [(":--", "left"), (":-:", "center"), ("--:", "right")])
def test_what_the_author_wrote_stays(rule: str, expected: str) -> None:
    assert classes(["1", "2"], rule) == {expected}


def test_the_head_is_aligned_with_its_numbers_also_if_it_is_empty() -> None:
    assert classes(["1"], head="") == {"right"}


def test_feeds_align_by_style() -> None:
    text = convert_markdown("| n | x |\n|---|---|\n| a | 1 |\n", Location("a.md"), MarkdownOptions())
    assert '<td style="text-align:right">1</td>' in text.feed_html
