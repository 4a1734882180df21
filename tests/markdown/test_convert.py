"""Tests of `blog.markdown`: every form as a case, and what `convert` and `fill` promise of every text."""

from __future__ import annotations

import pytest

from tests.markdown.cases import FOLDER, Case, as_in_cases, filled, read, text_of

CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in read(path)]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.where} {case.title}" for case in CASES])
def test_every_case_gives_the_page_the_feed_and_the_problems_that_it_shows(case: Case) -> None:
    text = text_of(case.source)
    forms = filled(text)
    assert forms.page == case.page
    assert forms.feed == case.feed
    assert [line for problem in text.problems for line in as_in_cases(problem)] == list(case.problems)
