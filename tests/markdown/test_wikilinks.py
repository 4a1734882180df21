"""Tests of `blog.markdown.wikilinks`: the syntax of links and images by name."""

from __future__ import annotations

import re

import pytest

from blog.markdown import ConvertedText, MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.problems import Location
from tests.support.bounds import processor

_KINDS = re.compile(r"\0[(\[)\]c]\d+\0")
"""Placeholders for what depends on the kind of an image, such as a chart."""
ON = MarkdownOptions(extensions=("wikilinks",))


def convert(text: str, options: MarkdownOptions = ON) -> ConvertedText:
    return convert_markdown(text, Location("a.md"), options)


def problems(text: str, options: MarkdownOptions = ON) -> list[str]:
    return [
        f"{problem.location.line}:{problem.location.column} {problem.code}: {problem.message} ({problem.hint})"
        for problem in convert(text, options).problems
    ]


@pytest.mark.parametrize(
    ("text", "html", "targets"),
    [
        ("See [[week-4]].", 'See <a href="\x000\x00">week-4</a>.', ["week-4"]),
        ("[[Week 4: Loss|the *loss*]]", '<a href="\x000\x00">the <em>loss</em></a>', ["Week 4: Loss"]),
        ("[[week-4#A part]] [[#Here]]", '<a href="\x000\x00">week-4 &gt; A part</a> <a href="\x001\x00">Here</a>',
         ["week-4#A part", "#Here"]),
        ("**[[a]]** [[b| ]]", '<strong><a href="\x000\x00">a</a></strong> <a href="\x001\x00">b</a>', ["a", "b"]),
        ("[[a b.pdf]]", '<a href="\x000\x00">a b.pdf</a>', ["a b.pdf"]),
        ("[x [[a]] y](b.md)", '[x <a href="\x000\x00">a</a> y](b.md)', ["a"]),
        ("[[a|x `]]` y]]", '<a href="\x000\x00">x `</a>` y]]', ["a"]),
        ("x ![[a.png|say|300x20]] y", 'x <img src="\x000\x00" alt="say" width="300" height="20"\x00*0\x00 loading="lazy"> y', ["a.png"]),
        ("x ![[a.png|say what]] y", 'x <img src="\x000\x00" alt="say what"\x00+0\x00 loading="lazy"> y', ["a.png"]),
    ],
)  # fmt: skip
def test_a_wikilink_is_a_link_or_an_image(text: str, html: str, targets: list[str]) -> None:
    made = convert(text)
    assert _KINDS.sub("", made.html) == f"<p>{html}</p>\n"
    assert [link.target for link in made.links] == targets
    assert all(link.is_name for link in made.links)
    assert made.problems == ()


@pytest.mark.parametrize(
    "text",
    ["`[[a]]`", r"\[[a]]", "[[]]", "[[ ]]", "[[#]]", "[[a", "[[a]", "[[a[b]c]]", "    [[a]]", "```\n[[a]]\n```"],
)
def test_what_is_no_wikilink_is_text(text: str) -> None:
    assert not any(link.is_name for link in convert(text).links)
    assert problems(text) == []


def test_links_of_markdown_stay() -> None:
    assert convert("[[1]](#note)\n\n## Note").html.startswith('<p><a href="\x000\x00">[1]</a></p>')
    assert convert("[[label]]\n\n[label]: b.md").html == '<p>[<a href="\x000\x00">label</a>]</p>\n'
    assert [link.target for link in convert("[[1]](b.md) [[label]]\n\n[label]: c.md").links] == ["b.md", "c.md"]


def test_a_bar_in_a_table_is_escaped() -> None:
    made = convert("| a |\n|---|\n| [[week-4\\|words]] |\n")
    assert '<td><a href="\x000\x00">words</a></td>' in made.html
    assert [link.target for link in made.links] == ["week-4"]


def test_an_image_alone_is_a_figure_with_attributes() -> None:
    made = convert("![[a.png|say|300]]{#fig-a .right}\n\nSee @fig-a.")
    html = _KINDS.sub("", made.html)
    assert '<figure class="right" id="fig-a"><img src="\x000\x00" alt="say" width="300"' in html
    assert "Figure\xa01" in made.html


def test_an_image_needs_a_description_and_a_text_cannot_be_embedded() -> None:
    assert problems("![[a.png|300]]") == [
        (
            '1:1 no-alternative: the image "a.png" has no alternative text '
            "(say behind a bar what it shows: ![[a.png|loss over time]])"
        )
    ]
    assert problems("x ![[week-4]] ![[week-3.md|a]] ![[Week 3. Loss]]") == [
        '1:3 wikilink: "![[week-4]]" embeds another text, which this program does not do (write a link: [[week-4]])',
        '1:15 wikilink: "![[week-3.md|a]]" embeds another text, which this program does not do (write a link: [[week-3.md|a]])',
        '1:32 wikilink: "![[Week 3. Loss]]" embeds another text, which this program does not do (write a link: [[Week 3. Loss]])',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "See ![[loss.png]] and [[other]] and [[other|that one]].",
            [
                ("1:5", "![[loss.png]]", "![…](loss.png)"), ("1:23", "[[other]]", "[other](other.md)"),
                ("1:37", "[[other|that one]]", "[that one](other.md)"),
            ],
        ),
        (
            "[[Other note#Some heading|x y]] ![[note]] ![[loss.png|300]]",
            [
                ("1:1", "[[Other note#Some heading|x y]]", "[x y](<Other note.md#some-heading>)"),
                ("1:33", "![[note]]", "[note](note.md)"), ("1:43", "![[loss.png|300]]", "![…](loss.png)"),
            ],
        ),
        ("- item\n  > [[a note#^3f2a]]", [("2:5", "[[a note#^3f2a]]", "[a note#^3f2a](<a note.md>)")]),
    ],
)  # fmt: skip
def test_without_the_setting_each_is_an_error_with_the_link_in_markdown(
    text: str, found: list[tuple[str, str, str]]
) -> None:
    assert problems(text, MarkdownOptions()) == [
        f'{place} wikilink: "{link}" is a link of Obsidian: here it would be shown as text '
        f"(write {markdown}, or set wikilinks = true below [markdown] in blog.toml)"
        for place, link, markdown in found
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x[[1]] and x[[i]]", "[[1, 2], [3, 4]]", "[[a, b]]", "[[nodiscard]]", "[[gnu::pure]]", "[[TOC]]", "[[1]]",
        "[[1]](#n)\n\n## N", "`[[a]]`", r"\[[week-4]]", "[[ -z $x ]]", "[[label]]\n\n[label]: b.md",
    ],
)  # fmt: skip
def test_without_the_setting_other_brackets_are_text(text: str) -> None:
    assert problems(text, MarkdownOptions()) == []


@pytest.mark.parametrize("piece", ["[[", "[[a", "[[a]]", "![[a", "[[a|", "[[a|b]] [", "]]", "[[a#", "[[[a]]]"])
@pytest.mark.parametrize("options", [ON, MarkdownOptions()])
def test_many_brackets_take_linear_time(piece: str, options: MarkdownOptions) -> None:
    with processor(20):
        convert(piece * 3_000, options)
