"""Tests of `blog.markdown.passages`: nothing that an author hid is in anything that comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.markdown.cases import everything_of, filled, page_of, problems_of, text_of

if TYPE_CHECKING:
    from blog.markdown import Text

OPEN_HINT = "end it with a line ::: (after raw HTML or inside a list, leave an empty line before it)"
KNOWN_NAME = "the names known here are private, pull and thread"


def leaks(text: Text) -> bool:
    """Whether SECRET is in anything that can reach an output although nothing stops the build."""
    stopped = any(problem.severity == "error" for problem in text.problems)
    return not stopped and "SECRET" in everything_of(text).upper()


def withheld_links_of(source: str) -> list[tuple[str, str, int, int]]:
    """What only hidden text points at: kind, target, line, column."""
    links = text_of(source).withheld_links
    return [(link.kind, link.target, link.place.line, link.place.column) for link in links]


@pytest.mark.parametrize(
    "form",
    [
        "SECRET",
        "# SECRET",
        "## SECRET {#SECRET}",
        "SECRET\n===",
        "- SECRET\n  - SECRET",
        "> SECRET",
        "> [!NOTE]\n> SECRET",
        "> [!SECRET]\n> x",
        "- [ ] SECRET",
        "| SECRET |\n|---|\n| SECRET | SECRET |",
        "SECRET\n: SECRET",
        "x[^SECRET]\n\n[^SECRET]: SECRET",
        "[^SECRET]: SECRET",
        "[x]: SECRET.md 'SECRET'",
        "[x](SECRET.md 'SECRET') ![SECRET](SECRET.png){#SECRET}",
        "```SECRET {title=SECRET}\nSECRET\n```",
        "    SECRET",
        '<div id="SECRET" title="SECRET"><img src="SECRET.png">SECRET</div>\n',
        'a <b id="SECRET">SECRET</b> <a href="SECRET.md">b</a>',
        "<!-- SECRET -->",
        "x <!-- SECRET --> SECRET",
        "https://SECRET.example.org and SECRET@example.org",
        "SECRET <!-- more --> SECRET",
        "::: note\nSECRET\n:::",
        "::: private\nSECRET\n:::\n\nSECRET",
        "* * *\nSECRET\n* * *",
        "SECRET\\\nSECRET  \nSECRET",
        "[^1]: SECRET\n\n    SECRET",
    ],
)
def test_no_form_in_a_passage_reaches_any_output(form: str) -> None:
    text = text_of(f"open [x]\n\n::: private\n\n{form}\n\n:::\n\nopen [x] [^SECRE]\n")
    assert not [problem for problem in text.problems if problem.severity == "error"]
    assert "SECRET" not in everything_of(text).upper()
    assert filled(text).page == "<p>open [x]</p>\n<p>open [x] [^SECRE]</p>\n"
    assert text.withheld == 1


@pytest.mark.parametrize(
    "source",
    [
        "# One <!-- SECRET -->",
        "[<!-- SECRET -->one](x.md '<!-- SECRET -->')",
        "![one<!-- SECRET -->](x.png '<!-- SECRET -->')",
        "a ![one<!-- SECRET -->](x.png) b",
        "| a | <!-- SECRET --> |\n|---|---|\n| <!-- SECRET --> | b |",
        "one\n: <!-- SECRET --> two",
        "one[^1]\n\n[^1]: <!-- SECRET -->two",
        "- [ ] <!-- SECRET --> one",
        "> [!NOTE]\n> <!-- SECRET -->",
        "> [!NOTE]\n> one <!-- SECRET -->",
        "<div><!-- SECRET --></div>",
        "<pre>\n<!-- SECRET\n\nSECRET -->\n</pre>",
        "<div id='<!-- SECRET -->'>",
        "a <b id='<!-- SECRET -->' title=\"<!-- SECRET -->\">c</b>",
        "a <a href='<!-- SECRET -->x'>c</a>",
        "<img src='<!-- SECRET -->x'>\n",
        "*a <!-- SECRET* --> b",
        "<!-- [SECRET]: SECRET.md -->\n\n[SECRE]",
        "a <!-- `SECRET --> b",
        "a <!-- more SECRET --> b",
        "<!-- ::: note\n\nSECRET -->\n\na",
        "- <!-- SECRET -->\n- a",
        "  <!--\n  SECRET\n\n  SECRET\n-->\na",
        "<details>\n<summary>a <!-- SECRET\nSECRET --></summary>\n\nb\n\n</details>",
    ],
)
def test_no_comment_reaches_any_output(source: str) -> None:
    assert "SECRET" not in everything_of(text_of(source)).upper()


@pytest.mark.parametrize(
    "source",
    [
        "> ::: private\nSECRET",
        "- ::: private\n  one\n\nSECRET\n\n:::",
        "::: private\n```\n:::\nSECRET",
        "::: private\n<!--\n:::\nSECRET",
        "::: private\n::: note\n:::\nSECRET",
        "one <!--\n\nSECRET -->",
        "one <!--\n- SECRET -->",
        "one <!--\n> SECRET -->",
        "one <!--\n[^1]: SECRET -->",
        "one <!--\n# SECRET -->",
        "| <!-- | SECRET --> |\n|---|---|",
        "> <!--\n\nSECRET -->",
        "- <!--\n\nSECRET -->",
        "<div>\n<!--\n\nSECRET -->\n</div>",
        "<div>\n::: private\nSECRET\n:::\n</div>",
        "<pre>\n::: Private\nSECRET\n:::\n</pre>",
        "> <div>\n> :::private\n> SECRET\n> :::\n> </div>",
        "- <div>\n  ::: {.private}\n  SECRET\n  :::\n  </div>",
        "::: privte\nSECRET\n:::",
        "::: privates\nSECRET\n:::",
        "::: private-notes\nSECRET\n:::",
        "::: _private_\nSECRET\n:::",
        "one ::: private\nSECRET\n:::",
        "\\::: private\nSECRET\n\n:::",
        "::: private\nSECRET\n:::\nSECRET\n:::",
    ],
)
def test_what_would_show_a_part_of_hidden_text_is_an_error(source: str) -> None:
    text = text_of(source)
    assert [problem for problem in text.problems if problem.severity == "error"]
    assert not leaks(text)


def test_a_comment_that_leaves_its_passage_is_an_error() -> None:
    assert not leaks(text_of("::: private\none <!-- two\n:::\nSECRET -->\n"))


@pytest.mark.parametrize("source", ["one <!-- a <!-- b --> SECRET -->", "<!-- a --> <!-- b <!-- c --> SECRET -->"])
def test_a_comment_in_a_comment_is_an_error_wherever_it_is(source: str) -> None:
    assert not leaks(text_of(source))


def test_a_footnote_that_only_a_hidden_footnote_uses_is_hidden_too() -> None:
    assert not leaks(text_of("::: private\n[^a]\n:::\n\n[^a]: one [^b]\n[^b]: SECRET\n"))


@pytest.mark.parametrize(
    "source",
    ["one\n    ::: private\n    SECRET\n    :::\n", "- one\n      ::: private\n      SECRET\n      :::\n"],
)
def test_a_passage_that_is_indented_too_far_below_text_is_an_error(source: str) -> None:
    assert not leaks(text_of(source))


@pytest.mark.parametrize("source", ["`::: private`", "one\n`::: private` two", "- `::: private` begins it"])
def test_a_mark_in_a_code_span_is_code(source: str) -> None:
    assert problems_of(source) == []
    assert "<code>::: private</code>" in page_of(source)


@pytest.mark.parametrize("indent", ["    ", "\t", "      "])
def test_a_passage_in_indented_code_is_code_and_stays_with_a_warning(indent: str) -> None:
    text = text_of(f"one\n\n{indent}::: private\n{indent}two\n{indent}:::\n")
    rest = indent.removeprefix("    ").replace("\t", "")
    assert f"<code>{rest}::: private\n{rest}two\n{rest}:::\n</code>" in text.html
    assert (text.withheld, [problem.code for problem in text.problems]) == (0, ["private-in-code"])


@pytest.mark.parametrize(
    "mark",
    [
        ":::\u00a0private",
        ":::\u202fprivate",
        ":::\u200bprivate",
        "::: {#a .private}",
        "::: (private)",
        '::: "private"',
        "::: *private*",
        "::: not private",
        "::: note private",
    ],
)
def test_a_mark_that_names_private_in_any_other_way_hides_or_is_an_error(mark: str) -> None:
    assert not leaks(text_of(f"{mark}\nSECRET\n:::\n"))


def test_a_name_that_is_nearly_private_in_raw_html_is_an_error() -> None:
    assert not leaks(text_of("<div>\n::: privat\nSECRET\n:::\n</div>\n"))


def test_a_comment_in_the_label_of_a_footnote_in_a_footnote_is_left_out() -> None:
    assert not leaks(text_of("a[^1]\n\n[^1]: b [^c<!--SECRET-->]\n\n    [^c<!--SECRET-->]: d\n"))


def test_a_comment_in_raw_html_in_alternative_text_is_left_out() -> None:
    assert not leaks(text_of('a ![<b title="<!-- SECRET -->">](x.png) c'))


@pytest.mark.parametrize("source", ["<!-- ![a](secret.png) -->", "one <!-- ![a](secret.png) --> two"])
def test_what_only_a_comment_points_at_is_withheld(source: str) -> None:
    assert [link.target for link in text_of(source).withheld_links] == ["secret.png"]


def test_what_only_a_hidden_footnote_points_at_is_withheld() -> None:
    text = text_of("::: private\n[^a]\n:::\n\n[^a]: ![b](secret.png)\n")
    assert [link.target for link in text.withheld_links] == ["secret.png"]


def test_a_passage_that_is_commented_out_is_only_a_comment() -> None:
    assert problems_of("<!--\n::: private\none\n:::\n-->\n") == []


@pytest.mark.parametrize(
    "source",
    [
        "::: private\n- one\n  :::\n\nSECRET\n",
        "::: private\n> one\n> :::\n\nSECRET\n",
        "::: private\n- :::\n\nSECRET\n\n```\n:::\n",
    ],
)
def test_an_end_that_stands_deeper_than_the_beginning_is_an_error(source: str) -> None:
    assert not leaks(text_of(source))


def test_nothing_is_said_about_names_inside_a_passage() -> None:
    assert problems_of("::: private\n::: note\none\n:::\n:::\n") == []


@pytest.mark.parametrize("mark", ["::: note Mind the gap", "::: *gap*", "::: Mind the gap :::"])
def test_the_words_behind_an_unknown_name_stay(mark: str) -> None:
    assert "gap" in page_of(f"{mark}\none\n:::\n")


def test_a_label_in_open_raw_html_hides_no_footnote() -> None:
    assert "words" in page_of("<div>[^a]</div>\n\n[^a]: words\n")


def test_every_outermost_passage_is_counted_once() -> None:
    source = "::: private\none\n:::\n\n- :::: private\n  ::: private\n  two\n  :::\n  ::::\n\n> ::: private\n> :::\n"
    assert text_of(source).withheld == 3


def test_comments_and_passages_with_an_error_are_not_counted() -> None:
    assert text_of("one <!-- two -->\n\n::: private\nthree\n").withheld == 0


def test_what_a_passage_points_at_is_known_with_its_position() -> None:
    source = (
        "one\n\n"
        "> ::: private\n"
        "> [a](a.md) ![b](b.png) [c][] [d][]\n"
        '> <img src="e.png">\n'
        ">\n"
        "> [c]: c.md\n"
        ">\n"
        '> <div><a href="f.md">f</a></div>\n'
        "> :::\n"
    )
    assert withheld_links_of(source.replace("</div>\n", "</div>\n>\n") + "\n[d]: d.md\n") == [
        ("link", "a.md", 4, 3),
        ("image", "b.png", 4, 13),
        ("link", "c.md", 4, 25),
        ("link", "d.md", 4, 31),
        ("raw", "e.png", 5, 12),
        ("raw", "f.md", 9, 16),
    ]


def test_what_a_passage_points_at_is_none_of_the_links() -> None:
    text = text_of("[a](a.md)\n\n::: private\n[b](b.md)\n:::\n\n[c](c.md)\n")
    assert [link.target for link in text.links] == ["a.md", "c.md"]
    assert [link.target for link in text.withheld_links] == ["b.md"]


def test_an_open_comment_in_a_passage_is_an_error_since_it_may_end_outside() -> None:
    text = text_of("::: private\none <!-- two\n\n![a <!-- b](c.png)\n:::\n\nthree\n")
    assert [problem.code for problem in text.problems] == ["open-comment", "open-comment"]
    assert filled(text).page == "<p>three</p>\n"


def test_a_definition_that_is_hidden_does_not_stand_before_an_open_one_with_other_case() -> None:
    assert (
        page_of("::: private\n[A B]: secret.md\n:::\n\n[a b]\n\n[a  b]: open.md\n")
        == '<p><a href="open.md">a b</a></p>\n'
    )


def test_an_open_definition_stands_for_a_hidden_one() -> None:
    source = "::: private\n[a]: secret.md\n:::\n\n[a]\n\n[a]: open.md\n"
    assert page_of(source) == '<p><a href="open.md">a</a></p>\n'


def test_a_hidden_definition_and_an_open_one_are_not_twice_the_same() -> None:
    assert problems_of("::: private\n[a]: secret.md\n:::\n\n[a]\n\n[a]: open.md\n") == []


def test_a_definition_written_twice_is_a_warning_at_the_second() -> None:
    assert problems_of("[a]\n\n[a]: one.md\n[A]: two.md\n") == [
        "4:1: warning: this link is defined twice: the first definition counts (keep one)"
    ]


def test_the_first_of_several_open_definitions_stands() -> None:
    source = "[a]: secret.md\n:::\n\n[a]\n\n[a]: one.md\n[a]: two.md\n"
    assert page_of(f"::: private\n{source}") == '<p><a href="one.md">a</a></p>\n'


def test_a_definition_before_a_passage_stays_known() -> None:
    assert page_of("[a]: a.md\n\n::: private\nb\n:::\n\n[a]\n") == '<p><a href="a.md">a</a></p>\n'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("::: private\none", [f"1:1: error: the private passage is not closed ({OPEN_HINT})"]),
        (" ::: Private\none", [f"1:2: error: the private passage is not closed ({OPEN_HINT})"]),
        ("- one\n  ::: private\n  two", [f"2:3: error: the private passage is not closed ({OPEN_HINT})"]),
        ("a\n\n> > ::: private\n> > two", [f"3:5: error: the private passage is not closed ({OPEN_HINT})"]),
        (
            ":::: private\none\n:::",
            [
                f"1:1: error: the private passage is not closed ({OPEN_HINT.replace(':::', '::::')})",
                "3:1: error: ::: closes nothing",
            ],
        ),
        ("one\n\n  ::::", ["3:3: error: :::: closes nothing"]),
        ("> :::", ["1:3: error: ::: closes nothing"]),
        ("::: privat\n:::", ['1:1: error: unknown name in "::: privat" (did you mean "private"?)']),
        ("::: Privately\n:::", ['1:1: error: unknown name in "::: Privately" (did you mean "private"?)']),
        ("::: aside\n:::", [f'1:1: warning: unknown name in "::: aside": its text stays ({KNOWN_NAME})']),
        ("::: {.aside}\n:::", [f'1:1: warning: unknown name in "::: {{.aside}}": its text stays ({KNOWN_NAME})']),
        (
            "::: aside\none",
            [
                f'1:1: warning: unknown name in "::: aside": its text stays ({KNOWN_NAME})',
                f'1:1: error: the "::: aside" is not closed ({OPEN_HINT})',
            ],
        ),
        (
            "one\n\n<div>\n::: private\n</div>",
            [
                (
                    "4:1: error: a private passage cannot begin inside raw HTML "
                    "(write ::: private alone on a line, with an empty line before it, not indented further than the text)"
                )
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_container_is_said_where_it_stands(source: str, expected: list[str]) -> None:
    assert problems_of(source) == expected


@pytest.mark.parametrize(
    ("source", "start"), [("<div>\n  ::: private\n</div>", "2:3:"), ("<pre>\n\n::: private\n</pre>", "3:1:")]
)
def test_a_passage_in_raw_html_is_said_where_its_mark_stands(source: str, start: str) -> None:
    assert problems_of(source)[0].startswith(start)


def test_a_passage_that_an_open_code_block_swallows_is_an_error() -> None:
    source = "```python\nx = 1\n\n::: private\nSECRET\n:::\n"
    assert problems_of(source) == [
        '1:1: error: the code block is not closed, and holds "::: private" (close it with a line ```)'
    ]
    assert problems_of(source + "```\n") == []


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a <!-- x -->", "a"),
        ("a <!-- x --> b", "a b"),
        ("a<!-- x --> b <!-- y --><!-- z -->c", "a b c"),
        ("a *b* <!-- x -->\nc", "a *b*\nc"),
        ("## <!-- x --> A <!-- y -->", "## A"),
        ("![a](p.png) <!-- x -->", "![a](p.png)"),
        ("| a <!-- x --> | <!-- y --> b |\n|---|---|", "| a | b |\n|---|---|"),
    ],
)
def test_a_comment_in_a_line_leaves_no_gap(hidden: str, shown: str) -> None:
    assert filled(text_of(hidden)) == filled(text_of(shown))
