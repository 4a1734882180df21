"""Tests of `blog.markdown`: every form as a case, and what `convert` and `fill` promise of every text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from blog.markdown import ConvertedText, convert, fill_placeholders
from blog.problems import Location, Problem
from tests.markdown.cases import FOLDER, Case, as_in_cases, filled, read, rewrite, text_of
from tests.support.bounds import processor

if TYPE_CHECKING:
    from pathlib import Path

CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in read(path)]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.where} {case.title}" for case in CASES])
def test_every_case_gives_the_page_the_feed_and_the_problems_that_it_shows(case: Case) -> None:
    text = text_of(case.source)
    forms = filled(text)
    assert forms.page == case.page
    assert forms.feed == case.feed
    assert [line for problem in text.problems for line in as_in_cases(problem)] == list(case.problems)


def test_an_empty_text_gives_an_empty_text() -> None:
    assert text_of("") == ConvertedText()


def test_every_slot_is_closed_by_its_own_target_escaped() -> None:
    text = text_of("[a](one.md) ![b](two.png)")
    assert fill_placeholders(text.html, ['/a?b=1&c="', "/two.png"]) == (
        '<p><a href="/a?b=1&amp;c=&quot;">a</a> <img src="/two.png" alt="b" loading="lazy"></p>\n'
    )


def test_a_text_without_slots_stays_as_it_is() -> None:
    assert fill_placeholders("<p>one</p>", []) == "<p>one</p>"


def test_ids_of_a_feed_entry_begin_with_its_prefix() -> None:
    feed = fill_placeholders(text_of("one[^a]\n\n[^a]: two\n").feed_html, [], "x-")
    assert 'href="#x-fn:1" id="x-fnref:1"' in feed
    assert "\0" not in feed


def test_no_character_of_a_text_can_pass_for_a_slot() -> None:
    text = text_of("one \0000\000 &#0; two\n\n`\0:\0`\n")
    assert "\0" not in text.html + text.feed_html


def test_what_is_too_deep_for_python_is_an_error_and_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(*_: object) -> str:
        raise RecursionError

    monkeypatch.setattr(convert, "page_html", too_deep)
    text = text_of("one [a](b)\n")
    assert (text.html, text.feed_html, text.summary, text.words) == ("", "", "", 0)
    assert text.problems == (Problem(Location("a.md"), "nesting", "nested too deeply", "use fewer levels"),)


def test_texts_do_not_know_each_other() -> None:
    first = text_of("[a]: one.md\n\n## One\n\n[^b]: two\n")
    assert text_of("[a] [^b]\n\n## One\n").headings == first.headings
    assert text_of("[a]\n").html == "<p>[a]</p>\n"


@pytest.mark.parametrize("end", ["", "\n", "\n\n\n", "  \n"])
def test_the_end_of_a_text_does_not_matter(end: str) -> None:
    assert text_of(f"one\n\n- two{end}").html == "<p>one</p>\n<ul>\n<li>two</li>\n</ul>\n"


FILE = """\
# Heading

Words about the cases.

one
.
*a*
.
<p><em>a</em></p>
.

two
.
a ![b](c) [^d]
.
<p>page</p>
.
<p>feed</p>
.
! 1:1: error: x
!   hint: y

Words after them.
"""


def test_cases_are_read_with_everything_that_belongs_to_them(tmp_path: Path) -> None:
    path = tmp_path / "some.md"
    path.write_text(FILE, encoding="utf-8")
    one, two = "<p><em>a</em></p>\n", "a ![b](c) [^d]\n"
    assert read(path) == [
        Case("some:5", range(8, 10), "one", "*a*\n", one, one, ()),
        Case(
            "some:12", range(15, 21), "two", two, "<p>page</p>\n", "<p>feed</p>\n", ("! 1:1: error: x", "!   hint: y")
        ),
    ]


def test_cases_are_rewritten_and_the_words_around_them_stay(tmp_path: Path) -> None:
    path = tmp_path / "some.md"
    path.write_text(FILE, encoding="utf-8")
    rewrite(path)
    image = '<p>a <img src="c" alt="b"> [^d]</p>'
    expected = FILE.replace("<p>page</p>", image.replace('"b">', '"b" loading="lazy">')).replace("<p>feed</p>", image)
    said = "! 1:11: warning: there is no footnote [^d]\n!   hint: add a line [^d]: …"
    assert path.read_text(encoding="utf-8") == expected.replace("! 1:1: error: x\n!   hint: y", said)


LONG = 200_000


@pytest.mark.parametrize(
    "piece",
    ["[", "![", "[^", '"', "'a ", "a <!-- x -->", "<a b='"],
)
def test_the_time_for_a_long_line_of_marks_grows_no_faster_than_the_line(piece: str) -> None:
    text = "a " + piece * (LONG // len(piece))
    with processor(3):
        assert text_of(text).problems == ()
