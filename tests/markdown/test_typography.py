"""Tests of `blog.markdown.typography`: quotation marks of each language, dashes, dots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from blog.markdown.patches import quotation_marks
from blog.markdown.typography import quotes_for
from tests.markdown.cases import page_of


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "“a ‘b’ c”"),
        ("en-GB", "“a ‘b’ c”"),
        ("xx", "“a ‘b’ c”"),
        ("", "“a ‘b’ c”"),
        ("de", "„a ‚b‘ c“"),
        ("DE-at", "„a ‚b‘ c“"),
        ("fr", "«\u202fa “b” c\u202f»"),
        ("pl", "„a ‚b’ c”"),
        ("ru", "«a „b“ c»"),
        ("es", "«a “b” c»"),
        ("sv", "”a ’b’ c”"),
        ("ja", "「a 『b』 c」"),
    ],
)
def test_quotation_marks_are_those_of_the_language(language: str, expected: str) -> None:
    assert page_of("\"a 'b' c\"", language) == f"<p>{expected}</p>\n"


@pytest.mark.parametrize("language", ["cs", "da", "de", "es", "fi", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv"])
def test_every_language_has_four_marks(language: str) -> None:
    assert len(quotes_for(language)) == 4


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a -- b", "a – b"),
        ("a --", "a –"),
        ("-- a", "– a"),
        ("1--2", "1–2"),
        ("a---b", "a—b"),
        ("a --- b", "a — b"),
        ("--option", "--option"),
        ("a --option b", "a --option b"),
        ("a-- b", "a-- b"),
        ("a ---- b", "a ---- b"),
        ("a --> b", "a --&gt; b"),
        ("a <-- b", "a &lt;-- b"),
        ("and so on...", "and so on…"),
        ("a - b", "a - b"),
        ("f(c) (r) (tm) +-", "f(c) (r) (tm) +-"),
        ("*a--b* **c...**", "<em>a–b</em> <strong>c…</strong>"),
        ("`a -- b...`", "<code>a -- b...</code>"),
        (r"a \-- b", "a -- b"),
        ("[a -- b](c--d)", '<a href="c--d">a – b</a>'),
        ("it's Anna's", "it’s Anna’s"),
        (r"\"a\"", "&quot;a&quot;"),
        ('<b title="a -- b">c</b>', '<b title="a -- b">c</b>'),
    ],
)
def test_dashes_dots_and_apostrophes_are_those_of_print(typed: str, shown: str) -> None:
    assert page_of(typed) == f"<p>{shown}</p>\n"


def test_a_bare_address_keeps_its_dashes_and_the_text_after_it_does_not() -> None:
    address = "https://example.org/a--b...c"
    assert page_of(f"{address} -- x...") == f'<p><a href="{address}">{address}</a> – x…</p>\n'


@pytest.mark.parametrize("tag", ["script", "code", "kbd"])
def test_code_in_raw_html_stays_as_typed(tag: str) -> None:
    assert page_of(f'a <{tag}>--x "y"</{tag}>') == f"<p>a <{tag}>--x &quot;y&quot;</{tag}></p>\n"


_QUOTED = st.sampled_from(
    [*'\'""a 1.*_()\n', "—", "**", "[", "](b)", "`c`", "<b>", "</b>", "\\'", "![x", "é", "don't", " "]
)


@pytest.mark.parametrize("language", ["en", "fr", "de"])
@given(text=st.lists(_QUOTED, max_size=30).map("".join))
def test_quotation_marks_are_those_that_markdown_it_would_set(language: str, text: str) -> None:
    theirs = MarkdownIt("commonmark", {"typographer": True, "quotes": quotes_for(language)}).enable("smartquotes")
    ours = MarkdownIt("commonmark", {"typographer": True, "quotes": quotes_for(language)}).enable("smartquotes")
    ours.core.ruler.at("smartquotes", quotation_marks)
    assert ours.render(text) == theirs.render(text)
