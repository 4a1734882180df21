"""Tests of `blog.markdown.inline_marks`: spellings that a site turns on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from blog.config.settings import EXTENSIONS
from blog.markdown import ConvertedText, MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.markdown.inline_marks import INLINE_MARKS
from blog.problems import Location
from tests.support.bounds import processor
from tests.support.publishing import post, publish
from tests.support.sites import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

ALL = MarkdownOptions(extensions=EXTENSIONS)


def convert(text: str, options: MarkdownOptions = ALL) -> ConvertedText:
    return convert_markdown(text, Location("a.md"), options)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a ==b *c* d== e", "a <mark>b <em>c</em> d</mark> e"),
        ("H~2~O, x^2^ and e^-x^", "H<sub>2</sub>O, x<sup>2</sup> and e<sup>-x</sup>"),
        (r"x^a\ b^", "x<sup>a\u00a0b</sup>"),
        ("~~gone~~ and a~b~", "<s>gone</s> and a<sub>b</sub>"),
        ("==a `==` b==", "<mark>a <code>==</code> b</mark>"),
        ("==a [b==](/x/) c==", '<mark>a <a href="\x000\x00">b==</a> c</mark>'),
        ("**==a==**, ==**b**==", "<strong><mark>a</mark></strong>, <mark><strong>b</strong></mark>"),
        ("==a^2^==", "<mark>a<sup>2</sup></mark>"),
        ("==a\nb==", "<mark>a\nb</mark>"),
        ("x==y and z==w", "x==y and z==w"),
        ("a == b == c", "a == b == c"),
        ("== a== and ==b ==", "== a== and ==b =="),
        ("===a===", "===a==="),
        (r"\==a== and \~b~ \^c^", "==a== and ~b~ ^c^"),
        ("about ~5 or ~6 of them, 2^10 and 2^11", "about ~5 or ~6 of them, 2^10 and 2^11"),
        ("a^b c^ and ~x y~", "a^b c^ and ~x y~"),
        ("^^a^^ ~a~~", "^^a^^ ~a~~"),
        ("==a <!-- == --> b==", "<mark>a b</mark>"),
        ("`==a==` <kbd>==b==</kbd>", "<code>==a==</code> <kbd><mark>b</mark></kbd>"),
    ],
)  # fmt: skip
def test_words_between_marks_are_an_element(text: str, html: str) -> None:
    assert convert(text).html == f"<p>{html}</p>\n"


def test_without_the_settings_the_marks_are_text() -> None:
    assert convert("==a== H~2~O x^2^", MarkdownOptions()).html == "<p>==a== H~2~O x^2^</p>\n"
    assert convert("==a== x^2^", MarkdownOptions(extensions=("superscript",))).html == "<p>==a== x<sup>2</sup></p>\n"


def test_notes_stay_notes() -> None:
    assert 'role="doc-noteref"' in convert("a^[some words] and b^[^1]\n\n[^1]: c").html


def test_titles_summaries_and_captions_have_the_words() -> None:
    text = convert('## H~2~O\n\n==Some== words.\n\n![x](a.png "CO~2~ *now*")')
    assert [heading.text for heading in text.headings] == ["H2O"]
    assert text.summary == "Some words."
    assert "CO<sub>2</sub> <em>now</em></figcaption>" in text.html


def test_a_comment_between_marks_is_not_published() -> None:
    for source in ("==a <!-- TOKEN --> b==", "x^<!--TOKEN-->^", "x~a<!--TOKEN-->b~", "==a <!-- TOKEN == b -->"):
        text = convert(source)
        assert "TOKEN" not in text.html + text.feed_html + text.summary


@pytest.mark.parametrize(
    "piece", ["==", "==a ", "^", "^a", "~a ", "~", "==a^b~", "==a [", "^a^", "==`", "^\\ ", "~\\ a"]
)
def test_many_marks_take_linear_time(piece: str) -> None:
    with processor(20):
        convert(piece * 3_000)


def test_the_settings_turn_them_on(tmp_path: Path) -> None:
    settings = f'{SETTINGS}[markdown]\nextensions = ["highlight"]\n'
    made = publish(tmp_path, {"blog.toml": settings, "content/posts/a.md": post(text="A ==b== c^2^.")})
    assert "A <mark>b</mark> c^2^." in made["posts/a/index.html"]
    assert "&lt;mark&gt;b&lt;/mark&gt;" in made["feed.xml"]


def test_each_name_of_the_settings_has_its_marks() -> None:
    assert tuple(sorted(INLINE_MARKS)) == EXTENSIONS
