"""Tests of `blog.markdown.percent_comments`: what stands between two ``%%`` is in no output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from blog.markdown import ConvertedText, MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.problems import Location
from tests.support.bounds import processor
from tests.support.publishing import post, publish
from tests.support.sites import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

ON = MarkdownOptions(extensions=("wikilinks",))
WIKI = f"{SETTINGS}[markdown]\nwikilinks = true\n"


def convert(text: str, options: MarkdownOptions = ON) -> ConvertedText:
    return convert_markdown(text, Location("a.md"), options)


def problems(text: str) -> list[str]:
    return [
        f"{problem.location.line}:{problem.location.column} {problem.code}: {problem.message} ({problem.hint})"
        for problem in convert(text).problems
    ]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a %%TOKEN%% b", "<p>a b</p>\n"),
        ("a %% TOKEN `x %% b", "<p>a b</p>\n"),
        ("a %%\nTOKEN\n%% b", "<p>a b</p>\n"),
        ("%%TOKEN%%", "<p></p>\n"),
        ("a\n%%\nTOKEN\n\n- TOKEN\n\n%%\nb", "<p>a</p>\n<p>b</p>\n"),
        ("a\n\n%% TOKEN\n\n```\nTOKEN\n```\nTOKEN %%\n\nb", "<p>a</p>\n<p>b</p>\n"),
        ("> a\n>\n> %%\n> TOKEN\n>\n> %%\n>\n> b", "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>\n"),
        ("- a\n\n  %%\n  TOKEN\n\n  %%\n- b", "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n"),
        ("`%% a %%` and \\%% b \\%%", "<p><code>%% a %%</code> and %% b %%</p>\n"),
        ("**a %% TOKEN ** %% b**", "<p><strong>a b</strong></p>\n"),
        ("%% <!-- TOKEN --> %% b", "<p> b</p>\n"),
    ],
)  # fmt: skip
def test_a_comment_is_not_published(text: str, html: str) -> None:
    made = convert(text)
    assert made.html.replace("<p> b", "<p>b") == html.replace("<p> b", "<p>b")
    assert made.problems == ()
    assert "TOKEN" not in made.html + made.feed_html + made.summary


def test_a_comment_has_no_part_in_headings_captions_and_descriptions() -> None:
    for rule in ("", "github", "kramdown", "pandoc"):
        made = convert("## A %% TOKEN %% b", MarkdownOptions(extensions=("wikilinks",), heading_ids=rule))
        assert [(heading.id, heading.text) for heading in made.headings] == [("a-b", "A b")], rule
    for source in (
        "![x %% TOKEN %% y](a.png)", "Table: x %% TOKEN %% {#tab-a}\n\n| a |\n|---|\n| b |", "| a %%TOKEN%% |\n|---|\n| b |",
        "a[^1]\n\n[^1]: b %% TOKEN %%", "[a %% TOKEN %%](b.md)", "term\n: def %% TOKEN %%", "- [ ] a %%TOKEN%%",
        "> [!NOTE]\n> a %%TOKEN%%", "a^[b %%TOKEN%%]",
    ):  # fmt: skip
        made = convert(source)
        assert made.problems == (), source
        assert "TOKEN" not in made.html + made.feed_html + made.summary, source


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a %% b", [r"1:3 open-comment: the comment is not closed (end it with %%; for two signs write \%%, or `%%` for code)"]),
        ("%%\na\n\nb", [r"1:1 open-comment: the comment is not closed (end it with %%; for two signs write \%%, or `%%` for code)"]),
        ("| a %% | b %% |\n|---|---|\n| c | d |", [
            r"1:5 open-comment: the comment is not closed (end it with %%; for two signs write \%%, or `%%` for code)",
            r"1:12 open-comment: the comment is not closed (end it with %%; for two signs write \%%, or `%%` for code)",
        ]),
        ("%%\na\n%% b\n", ["3:4 comment-in-text: text stands behind the end of a comment (begin it on the next line)"]),
        ('[a](b.md "x %% y %%")', [
            "1:1 comment-in-text: a comment stands where it would be published (take it out of the address, title or attribute)",
        ]),
        ("[a](b%%x%%.md)", [
            "1:1 comment-in-text: a comment stands where it would be published (take it out of the address, title or attribute)",
        ]),
        ('```python {title="a %% b %%"}\nx\n```', [
            "1:1 comment-in-text: a comment stands where it would be published (take it out of the address, title or attribute)",
        ]),
        ('::: theorem {title="a %% b %%"}\nx\n:::', [
            "1:1 comment-in-text: a comment stands where it would be published (take it out of the address, title or attribute)",
        ]),
        ("<div>\n%% a %%\n</div>", [
            ('2:1 foreign-comment: "%%" begins a comment in other tools; here it would be published '
            "(write <!-- … -->, or ::: private; to show the sign, put it between ` and `)"),
        ]),
        ("a <span title='x %% TOKEN %%'>b</span>", [
            "1:3 comment-in-text: a comment stands where it would be published (take it out of the address, title or attribute)",
        ]),
        ("<div title='x'>\n\na\n\n</div> %% TOKEN %%", [
            ('5:8 foreign-comment: "%%" begins a comment in other tools; here it would be published '
            "(write <!-- … -->, or ::: private; to show the sign, put it between ` and `)"),
        ]),
        ("$$\nx %% TOKEN\nTOKEN %%\n$$", [
            '2:1 foreign-comment: "%%" in a formula hides its own line alone, and no lines between two of them (write % for a remark of TeX)',
        ]),
        ("a %%%% b", ["1:3 open-comment: %%%% is an empty comment: what follows would be published (write %% … %%)"]),
        ("%%%%\nTOKEN\n%%%%", ["1:1 open-comment: %%%% is an empty comment: what follows would be published (write %% … %%)"]),
        ("a %% b <!-- c %% d --> e", [
            ("1:3 nested-comment: an HTML comment begins inside a comment between %% and %%, and ends behind it "
            "(close the inner one before the outer one)"),
        ]),
    ],
)  # fmt: skip
def test_what_would_be_published_is_an_error(text: str, found: list[str]) -> None:
    assert problems(text) == found


def test_the_author_sees_comments_in_the_preview() -> None:
    author = MarkdownOptions(extensions=("wikilinks",), for_author=True)
    made = convert("a %% TOKEN %% b\n\n%%\nSECRET\n\n%%\n", author)
    assert '<span class="private">%% TOKEN %%</span>' in made.html
    assert "SECRET" in made.html
    assert "TOKEN" not in made.feed_html
    assert made.comments == 2


def test_a_file_that_only_a_comment_names_is_hidden(tmp_path: Path) -> None:
    text = "a %% ![[one.png|x]] and [[two.csv]] and ![x](three.png) %%\n\n%%\n\n[[deep/four.csv]]\n\n%%\n\n[[five.csv]]"
    names = ("img/one.png", "two.csv", "posts/three.png", "deep/four.csv", "x/five.csv")
    made = publish(
        tmp_path,
        {"blog.toml": WIKI, "content/posts/a.md": post(text=text), **{f"content/{name}": b"x" for name in names}},
    )
    assert [name for name in names if name in made] == ["x/five.csv"]


@pytest.mark.parametrize(
    "hidden",
    [
        "[[plot.png\\|300]]", "![[plot.png\\|a\\|b]]", "[[plot.png|x [1] y]]", "[x](<plot.png>)", "[x]( <plot.png> 't')",
        "```csv {file='plot.png'}\n```", '```chart {x=a y=b csv="plot.png"}\n```', "![[ plot.png ]]", "[[plot.png#a]]",
    ],
)  # fmt: skip
def test_a_hidden_name_hides_its_file_in_any_form(tmp_path: Path, hidden: str) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": WIKI,
        "content/posts/plot.png": b"x",
        "content/posts/my data.csv": b"x",
    }
    for text in (
        f"a\n\n%%\n\n{hidden}\n\n%%\n",
        f"a\n\n<!--\n{hidden}\n-->\n",
        f"a\n\n::: private\n\n{hidden}\n\n:::\n",
    ):
        for name in ("plot.png", "my data.csv"):
            made = publish(tmp_path, files | {"content/posts/a.md": post(text=text.replace("plot.png", name))})
            found = [path for path in made if path.endswith((".png", ".csv"))]
            assert f"posts/{name}" not in found, (text, name)


@pytest.mark.parametrize(
    "piece", ["%%", "%% ", "a %%", "%%\n", "%%\n\n", "- %%\n", "> %%\n\n", "%% <!-- ", "\\%%", "`%%"]
)
def test_many_marks_take_linear_time(piece: str) -> None:
    with processor(20):
        convert(piece * 3_000)
