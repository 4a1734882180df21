"""Tests of `blog.markdown.steps`: titles, headings, summaries, words, footnotes, tables, links."""

from __future__ import annotations

import re

import pytest

from blog.markdown import Heading, MarkdownOptions, Reference, fill_placeholders
from blog.markdown.convert import convert_markdown
from blog.problems import Location
from tests.markdown.cases import filled, page_of, positions_of, problems_of, text_of

CLOSE_HINT = "end it with -->; inside other raw HTML it must not hold an empty line"
NESTED_HINT = "close the first one before the second"
ID_HINT = "give one of them another id"
ROW_HINT = r"write | inside a cell as \|"
AS_TEXT = "the text is shown as a plain paragraph"
CALLOUT_HINT = "the callouts are NOTE, TIP, IMPORTANT, WARNING and CAUTION, alone on their line"
ATTRIBUTE_HINT = "the attributes are id, class, width and height"


def summary_of(source: str) -> str:
    """The summary of `source`."""
    return text_of(source).summary


def words_of(source: str) -> int:
    """How many words `source` has."""
    return text_of(source).words


def test_the_first_title_leaves_the_text_as_its_title() -> None:
    text = text_of("intro\n\n# A *title* with `code` & <b>more</b>\n\n# Second\n", takes_title=True)
    assert text.title == "A title with code & more"
    assert text.headings == (Heading("second", "Second", 2),)
    assert filled(text).feed == "<p>intro</p>\n<h2>Second</h2>\n"


def test_an_underlined_title_is_a_title() -> None:
    text = text_of("Long\ntitle\n===\n\ntext\n", takes_title=True)
    assert (text.title, text.html) == ("Long title", "<p>text</p>\n")


def test_a_title_that_leaves_moves_no_other_heading() -> None:
    text = text_of("# Title\n\n## Part\n", takes_title=True)
    assert text.headings == (Heading("part", "Part", 2),)


def test_a_text_without_title_keeps_its_headings() -> None:
    text = text_of("## Part\n", takes_title=True)
    assert (text.title, text.headings) == ("", (Heading("part", "Part", 2),))


def test_a_title_that_is_not_wanted_stays() -> None:
    text = text_of("# Title\n")
    assert (text.title, text.headings) == ("", (Heading("title", "Title", 2),))


def test_a_title_in_a_passage_is_no_title() -> None:
    assert text_of("::: private\n# Secret\n:::\n\n# Open\n", takes_title=True).title == "Open"


def test_a_comment_in_a_title_is_no_part_of_it() -> None:
    assert text_of("# Open <!-- secret -->\n", takes_title=True).title == "Open"


def test_the_own_id_of_a_title_is_no_part_of_it() -> None:
    assert text_of("# Title {#own}\n", takes_title=True).title == "Title"


def test_the_own_id_of_a_title_that_left_is_no_anchor() -> None:
    assert text_of("# Title {#own}\n", takes_title=True).anchors == ()


def test_no_footnote_leads_back_to_the_title_that_left() -> None:
    text = text_of("# Title[^a]\n\ntext\n\n[^a]: note\n", takes_title=True)
    assert 'href="#fnref:1"' not in text.html or 'id="fnref:1"' in text.html


@pytest.mark.parametrize(
    ("title", "column", "thing"),
    [("A [b](c.md)", 5, "a link"), ("![a](b.png)", 3, "an image"), ("A <https://x.org>", 5, "a link"),
     ("A https://x.org", 5, "a link"), ("A[^1]", 4, "a footnote")],
)  # fmt: skip
def test_a_title_with_more_than_words_is_an_error_where_that_stands(title: str, column: int, thing: str) -> None:
    text = text_of(f"Text[^1]\n\n# {title}\n\n[^1]: Note\n", takes_title=True)
    assert [(p.location.line, p.location.column, p.severity, p.code, p.message, p.hint) for p in text.problems] == [
        (3, column, "error", "title", f"a title cannot have {thing}", "move it into the text")
    ]


def test_a_heading_that_is_no_title_may_hold_links_and_pictures() -> None:
    assert text_of("# Title\n\n# A [b](c.md) ![d](e.png)\n", takes_title=True).problems == ()
    assert problems_of("# A [b](c.md)\n") == []


def test_a_title_in_a_quotation_is_no_title() -> None:
    assert text_of("> # Quoted\n\n# Real\n", takes_title=True).title == "Real"


def test_headings_are_listed_with_id_text_and_level() -> None:
    assert text_of("# One & *two*\n\n### Three {#own}\n\n###### Six\n").headings == (
        Heading("one--two", "One & two", 2),
        Heading("own", "Three", 4),
        Heading("six", "Six", 6),
    )


def test_ids_begin_with_the_prefix_of_their_text_except_own_ones() -> None:
    text = convert_markdown("## One\n\n## Two {#two}\n", Location("a.md"), MarkdownOptions("en"), prefix="context-")
    assert [heading.id for heading in text.headings] == ["context-one", "two"]


def test_every_id_of_a_text_is_an_anchor() -> None:
    source = "## One\n\n## Two {#own}\n\n![a](a.png){#image}\n\n<div id=raw></div>\n\na <a name='old'>b</a> <b ID=\"c\">d</b>\n"
    assert text_of(source).anchors == ("c", "image", "old", "one", "own", "raw")


def test_ten_thousand_equal_headings_take_no_time() -> None:
    assert text_of("## Same\n\n" * 10_000).headings[-1].id == "same-9999"


def test_equal_headings_in_a_text_with_a_prefix_get_distinct_ids() -> None:
    text = convert_markdown("## One\n\n## One\n", Location("a.md"), MarkdownOptions("en"), prefix="context-")
    assert len({heading.id for heading in text.headings}) == 2


def test_ids_of_footnotes_begin_with_the_prefix_of_their_text_on_pages_and_with_that_of_the_entry_in_feeds() -> None:
    text = convert_markdown("a[^1] b[^1]\n\n[^1]: note\n", Location("a.md"), MarkdownOptions("en"), prefix="context-")
    for html, start in ((text.html, "context-"), (fill_placeholders(text.feed_html, (), "entry-"), "entry-")):
        ids = [f"{start}fn:1", f"{start}fnref:1", f"{start}fnref:1:2"]
        assert sorted(re.findall(r'id="([^"]*)"', html)) == ids
        assert sorted(set(re.findall(r'href="#([^"]*)"', html))) == ids


@pytest.mark.parametrize(
    "picture", ["![a](b.png){#intro}", "x ![a](b.png){#intro}", "<a id='intro'></a>", "x <a name=intro></a>"]
)
def test_a_heading_does_not_take_an_id_that_its_author_gave_below(picture: str) -> None:
    text = text_of(f"## Intro\n\n{picture}\n")
    assert (text.headings[0].id, text.anchors, text.problems) == ("intro-1", ("intro", "intro-1"), ())


def test_a_heading_does_not_take_the_id_of_raw_html() -> None:
    html = text_of('## Intro\n\n<div id="intro"></div>\n').html
    assert html.count('id="intro"') == 1


def test_an_own_id_that_raw_html_has_too_is_an_error() -> None:
    assert problems_of('## One {#x}\n\n<div id="x"></div>\n')


@pytest.mark.parametrize(("title", "ident"), [("हिन्दी", "हिन्दी"), ("cafe\u0301", "cafe\u0301")])
def test_ids_keep_whole_letters(title: str, ident: str) -> None:
    assert text_of(f"## {title}\n").headings[0].id == ident


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("One two. Three.\n\nFour.", "One two. Three."),
        (
            "# Title\n\nOne *two* `three`\n[four](x.md)  \nfive <b>six</b> ![seven](x.png).",
            "One two three four five six .",
        ),
        ("![a](a.png)\n\n- item\n\n> quoted\n\nOne.", "One."),
        ("> quoted\n\n- item", "quoted"),
        ("# Only a heading", "Only a heading"),
        ("```\ncode\n```", ""),
        ("", ""),
        ("::: private\nSecret.\n:::\n\nOpen.", "Open."),
        ("One[^a].\n\n[^a]: Note.", "One."),
        ('"One" -- it\'s', "“One” – it’s"),
        ("<!-- secret -->\n\nOne <!-- secret --> two.", "One two."),
    ],
)
def test_the_summary_is_the_first_paragraph_as_plain_text(source: str, expected: str) -> None:
    assert summary_of(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("One. <!-- more --> Two.\n\nThree.", "One."),
        ("One.\n\nTwo.\n\n<!--more-->\n\nThree.", "One. Two."),
        ("One.\n\n- a\n- b <!-- MORE --> c\n\nThree.", "One. a b"),
        ("> One.\n>\n> <!-- More -->\n>\n> Two.", "One."),
        ("<!-- more -->\n\nOne.", ""),
        ("One.\n\n<!-- more and more -->\n\nTwo.", "One."),
        ("One.\n\n`<!-- more -->`", "One."),
        ("::: private\n<!-- more -->\n:::\n\nOne.\n\nTwo.\n\n<!-- more -->\n", "One. Two."),
    ],
)
def test_the_summary_is_what_stands_above_more(source: str, expected: str) -> None:
    assert summary_of(source) == expected


def test_a_long_first_paragraph_is_summed_up_by_its_first_sentences() -> None:
    one, two, three = "A" * 99 + ".", "B" * 98 + "!", "C" * 10 + "?"
    assert summary_of(f"{one} {two} {three}") == f"{one} {two}"


def test_a_first_sentence_that_is_long_stays_whole() -> None:
    first = "word " * 60 + "end."
    assert summary_of(f"{first} Second. Third.") == first


def test_a_first_sentence_without_end_is_cut_between_words() -> None:
    summary = summary_of("longword, " * 60)
    assert summary == "longword, " * 39 + "longword…"
    assert len(summary) <= 401


def test_a_sentence_ends_behind_its_closing_quotation_mark() -> None:
    one = "He said: “" + "a" * 150 + ".”"
    assert summary_of(f"{one} {'b' * 90} c. d.") == one


def test_japanese_sentences_end_without_a_space() -> None:
    sentence = "あ" * 89 + "。"
    assert summary_of(sentence * 4) == sentence * 2


def test_the_name_of_a_callout_is_no_summary() -> None:
    assert summary_of("> [!NOTE]\n> One.") == "One."


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", 0),
        ("one two  three\nfour", 4),
        ("# one\n\n- two\n- three\n\n> four\n\n| five |\n|---|\n| six |\n", 6),
        ("it's state-of-the-art, i.e. 3.14 e-mails", 5),
        ("— … ! 5 %", 1),
        ("one[^a]\n\n[^a]: two three", 3),
        ("[one](two.md) ![three](four.png) `five` <b six>seven</b>", 3),
        ("```\nnot counted\n```", 0),
        ("one <!-- two --> three\n\n::: private\nfour\n:::", 2),
        ("日本語の文章です", 4),
        ("日本語", 2),
        ("我在学习 Python 编程", 4),
        ("한국어 문장 세 단어", 4),
        ("Ünïcödé ёлка", 2),
    ],
)
def test_words_are_counted_as_a_reader_reads_them(source: str, expected: int) -> None:
    assert words_of(source) == expected


def test_the_name_of_a_callout_is_not_counted() -> None:
    assert words_of("> [!NOTE]\n> One two.") == 2


def test_links_are_slots_that_lead_to_what_was_written() -> None:
    text = text_of("[a](a.md) ![b](b.png 'c') <img src=d.png> <https://e.org>\n")
    assert filled(text).page == (
        '<p><a href="a.md">a</a> <img src="b.png" alt="b" title="c" loading="lazy"> <img src=d.png> '
        '<a href="https://e.org">https://e.org</a></p>\n'
    )
    assert filled(text).feed == (
        '<p><a href="a.md">a</a> <img src="b.png" alt="b" title="c"> <img src="d.png"> '
        '<a href="https://e.org">https://e.org</a></p>\n'
    )
    assert sorted(text.links, key=lambda link: link.location) == [
        Reference("a.md", "link", Location("a.md", 1, 1)),
        Reference("b.png", "image", Location("a.md", 1, 11)),
        Reference("d.png", "raw", Location("a.md", 1, 36)),
        Reference("https://e.org", "link", Location("a.md", 1, 43)),
    ]


def test_every_link_has_a_slot_in_the_feed_and_every_slot_a_link() -> None:
    text = text_of("[a](a.md) <img src=b.png>\n\n<div><a href=c></div>\n\n![d](d.png)\n")
    assert sorted(text.feed_html.split("\0")[1::2]) == ["+3", "0", "1", "2", "3"]
    assert text.html.split("\0")[1::2] == ["1", "[3", "(3", "3", "+3", "c3", ")3", "]3"]


def test_targets_in_raw_html_are_read_as_a_browser_reads_them() -> None:
    source = "<a href='a?b=1&amp;c=2'>x</a> <img src= d.png > <video poster=\" e.png \"> <a href=''> <a data-href=f>\n"
    assert [link.target for link in text_of(source).links] == ["a?b=1&c=2", "d.png", "e.png", ""]


def test_pictures_for_several_widths_are_filled_in_feeds() -> None:
    assert [link.target for link in text_of('<img srcset="a.png 1x, b.png 2x">\n').links] == ["a.png", "b.png"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[a](b)", [("b", 1, 1)]),
        ("one\ntwo [a](b) [c](d)\n  three ![e](f)", [("b", 2, 5), ("d", 2, 12), ("f", 3, 9)]),
        ("- one\n- two [a](b)\n\n  three\n  [c](d)", [("b", 2, 7), ("d", 5, 3)]),
        ("1. > - [a](b)\n   >   [c](d)", [("b", 1, 8), ("d", 2, 8)]),
        ("> one\nlazy [a](b)", [("b", 2, 6)]),
        ("## One [a](b) ##", [("b", 1, 8)]),
        ("[a](b)\n===", [("b", 1, 1)]),
        ("| x | [a](b) |\n|---|---|\n| [c](d) | y [e](f) |", [("b", 1, 7), ("d", 3, 3), ("f", 3, 14)]),
        ("Term [a](b)\n: one\n  [c](d)\n: two [e](f)", [("b", 1, 6), ("d", 3, 3), ("f", 4, 7)]),
        ("x[^1]\n\n[^1]: one [a](b)\n\n    two [c](d)", [("b", 3, 11), ("d", 5, 9)]),
        ("> [!NOTE]\n> one [a](b)", [("b", 2, 7)]),
        ("one *two [a](b)*", [("b", 1, 10)]),
        ("[![a](b)](c)", [("c", 1, 1), ("b", 1, 2)]),
        ("one <a href=b>a</a>\n<img\nsrc='c'>", [("b", 1, 13), ("c", 3, 5)]),
        ("<div>\n  <a\n  href='b'>c</a>\n</div>", [("b", 3, 8)]),
        ("> <div>\n> <a href='b'>c</a>\n> </div>", [("b", 2, 11)]),
        ("see www.b.org and <https://c.org>", [("http://www.b.org", 1, 5), ("https://c.org", 1, 19)]),
        ("[a][b] [b]\n\n[b]: c", [("c", 1, 1), ("c", 1, 8)]),
        ("\"quoted\" -- 'x' [a](b)", [("b", 1, 17)]),
        ("one <!-- two\nthree --> [a](b)", [("b", 2, 11)]),
        ("日本語 [a](b)", [("b", 1, 5)]),
        ("-\t[a](b)", [("b", 1, 3)]),
        ("one\\\n[a](b)", [("b", 2, 1)]),
    ],
)  # fmt: skip
def test_a_link_is_found_where_it_stands(source: str, expected: list[tuple[str, int, int]]) -> None:
    found = positions_of(source)
    assert sorted(found, key=lambda link: link[1:]) == expected


@pytest.mark.parametrize(
    ("source", "column"), [("see https://a.org", 5), ("see d@e.org", 5), ("see mailto:d@e.org", 5)]
)
def test_a_bare_address_is_found_at_its_first_letter(source: str, column: int) -> None:
    assert [place[1:] for place in positions_of(source)] == [(1, column)]


def test_a_link_in_a_task_is_found_where_it_stands() -> None:
    assert positions_of("- [x] [a](b)\n") == [("b", 1, 7)]


def test_a_link_in_the_second_of_two_equal_cells_is_found_there() -> None:
    assert positions_of("| a | b |\n|---|---|\n| [a](b) | [a](b) |\n") == [("b", 3, 3), ("b", 3, 12)]


def test_a_link_behind_an_escaped_bar_is_found_where_it_stands() -> None:
    assert positions_of("| a |\n|---|\n| x \\| [a](b) |\n") == [("b", 3, 8)]


def test_a_link_below_a_comment_in_raw_html_is_found_where_it_stands() -> None:
    assert positions_of('<div>\n<!-- one\ntwo -->\n<a href="b">c</a>\n</div>\n') == [("b", 4, 9)]


def test_footnotes_are_numbered_by_first_use_and_lead_back_to_every_use() -> None:
    html = text_of("[^b] [^a] [^b]\n\n[^a]: A\n[^b]: B\n").html
    assert html.index("fnref:1") < html.index("fnref:2") < html.index("fnref:1:2") < html.index("B ") < html.index("A ")
    assert html.count('href="#fnref:1"') == html.count('href="#fnref:1:2"') == html.count('href="#fnref:2"') == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("one\n\n[^a]: two", [f"3:1: warning: nothing refers to the footnote [^a]: {AS_TEXT} (write [^a] where it belongs, or delete the footnote)"]),
        ("- one\n\n  [^a]: two", [f"3:3: warning: nothing refers to the footnote [^a]: {AS_TEXT} (write [^a] where it belongs, or delete the footnote)"]),
        ("x[^a]\n\n[^a]: one\n[^a]: two", ["4:1: warning: the footnote [^a] is written twice: this text is shown as a plain paragraph (delete one of them, or give it another name)"]),
        ("one [^a]\n\n[^a] two", ["3:1: warning: this looks like the footnote [^a], without its colon (write [^a]: …)"]),
        ("[^a] one [^a]\n\n> [^a] : two", ["3:3: warning: this looks like the footnote [^a], without its colon (write [^a]: …)"]),
        ("one [^a]\n\n> [^a] - two", ["3:3: warning: this looks like the footnote [^a], without its colon (write [^a]: …)"]),
        ("one\n[^a] two\n\n`[^a] three`", ["2:1: warning: there is no footnote [^a] (add a line [^a]: …)"]),
        ("[^a] one", ["1:1: warning: there is no footnote [^a] (add a line [^a]: …)"]),
        ("one ![two [^a]](b.png)", ["1:11: warning: there is no footnote [^a] (add a line [^a]: …)"]),
        ("one [^lsos]\n\n[^loss]: two", ["1:5: warning: there is no footnote [^lsos] (did you mean [^loss]?)"]),
        (
            "one [^note1]\n\n[^note2]: two",
            [
                "1:5: warning: there is no footnote [^note1] (add a line [^note1]: …)",
                f"3:1: warning: nothing refers to the footnote [^note2]: {AS_TEXT} (write [^note2] where it belongs, or delete the footnote)",
            ],
        ),
        ("one [^a]", ["1:5: warning: there is no footnote [^a] (add a line [^a]: …)"]),
        ("one\n> two [^a-b]", ["2:7: warning: there is no footnote [^a-b] (add a line [^a-b]: …)"]),
        (
            "one <!-- [^a] -->\n\n[^a]: two",
            ["3:1: warning: the footnote [^a] is left out: only hidden text refers to it"],
        ),
        ("one <!-- two", ["1:5: error: the comment is not closed (end it with -->)"]),
        ("one\n- two *three <!-- four*", ["2:14: error: the comment is not closed (end it with -->)"]),
        ("one\n\n> <!-- two", [f"3:3: error: the comment is not closed ({CLOSE_HINT})"]),
        ("<div>\n<b> <!-- two\n</div>", [f"2:5: error: the comment is not closed ({CLOSE_HINT})"]),
        ("<!-- one --> <!-- two", [f"1:14: error: the comment is not closed ({CLOSE_HINT})"]),
        (
            "<div> <!-- one <!-- two --> --></div>",
            [
                f"1:7: error: a comment begins inside a comment: both end at the first --> ({NESTED_HINT})",
            ],
        ),
        ("## A {#x}\n\n- ## B {#x}", [f'3:8: error: the id "x" is used twice: first in line 1 ({ID_HINT})']),
        ("## A {#x}\n\n![a](b){#x}", [f'1:6: error: the id "x" is used twice: also in line 3 ({ID_HINT})']),
        ("## A {#ä/b}", ['1:6: error: "ä/b" cannot be an id (use letters, digits, hyphens and dots)']),
        ("one\n\n> [!HINT] two", [f"3:3: warning: unknown callout [!HINT]: the text is shown as a plain quotation ({CALLOUT_HINT})"]),
        ("> [!NTOE]\n> one", ["1:3: warning: unknown callout [!NTOE]: the text is shown as a plain quotation (did you mean [!NOTE]?)"]),
        ("> [!warn]\n> one", ["1:3: warning: unknown callout [!warn]: the text is shown as a plain quotation (did you mean [!WARNING]?)"]),
        (
            "> [!Note] one",
            ["1:3: warning: [!Note] does not stand alone on its line: the text is shown as a plain quotation (continue the text on the next line, behind >)"],
        ),
        ("a|b\n-|-\n1|2|3\n1|2\n|1|2|3|4|", [
            f"3:1: error: the row has 3 cells, the head of the table 2 ({ROW_HINT})",
            f"5:1: error: the row has 4 cells, the head of the table 2 ({ROW_HINT})",
        ]),
        ("- |a|\n  |-|\n  |1|2|", [f"3:3: error: the row has 2 cells, the head of the table 1 ({ROW_HINT})"]),
        ("|a|b|\n|-|-|\n|1\\||2\\|3|", []),
        ("one ![a](b){onload=x}", [f'1:13: warning: the attribute "onload" is not allowed: it is left out ({ATTRIBUTE_HINT})']),
        ("one\n[a](b){style=x title=y}", [
            f'2:8: warning: the attribute "style" is not allowed: it is left out ({ATTRIBUTE_HINT})',
            '2:16: warning: the attribute "title" is not allowed: it is left out (write it behind the address: ![…](loss.png "title"))',
        ]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_stands(source: str, expected: list[str]) -> None:
    assert problems_of(source) == expected


def test_problems_come_in_the_order_of_the_text_and_once() -> None:
    source = "[^a] [b](c){x=y}\n\n::: note\n\n<!-- c --> <!-- d\n"
    assert [line.split(":")[:2] for line in problems_of(source)] == [
        ["1", "1"],
        ["1", "13"],
        ["3", "1"],
        ["3", "1"],
        ["5", "12"],
    ]
    assert len(problems_of("[^a] and [^a] *again*")) == 2


def test_a_footnote_written_inside_another_is_a_footnote() -> None:
    assert "[^b]" not in page_of("one[^a]\n\n[^a]: two[^b]\n\n    [^b]: three\n")


def test_every_missing_footnote_is_said() -> None:
    assert len(problems_of("one [^a] two [^b]")) == 2


def test_a_missing_footnote_is_said_where_it_is_missing() -> None:
    assert problems_of("`[^a]` and [^a]")[0].startswith("1:12:")


def test_an_escaped_bracket_is_no_footnote() -> None:
    assert problems_of(r"one \[^a]") == []


def test_attributes_of_code_in_a_line_are_said_where_they_stand() -> None:
    assert problems_of("one `a`{style=x}")[0].startswith("1:9:")


def test_an_own_id_may_have_a_comment_behind_it() -> None:
    assert text_of("## One {#own} <!-- two -->\n").headings == (Heading("own", "One", 2),)


def test_a_row_in_a_quotation_is_said_where_it_stands() -> None:
    assert problems_of("> |a|\n> |-|\n> |1|2|")[0].startswith("3:3:")


@pytest.mark.parametrize("thing", ["`a`", "[a](b)", "![a](b)"])
def test_no_words_in_braces_are_dropped_in_silence(thing: str) -> None:
    source = f"one {thing}{{% two words %}} three"
    assert "two words" in page_of(source) or problems_of(source)


@pytest.mark.parametrize(("item", "box"), [("- [x]\tone", "☑"), ("- [ ]\n  one", "☐")])
def test_a_box_may_have_any_white_space_behind_it(item: str, box: str) -> None:
    assert box in filled(text_of(item)).feed


def test_a_link_definition_that_nothing_uses_is_said() -> None:
    assert problems_of("one\n\n[Update]: fixed\n")
