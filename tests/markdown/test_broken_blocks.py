"""Tables that are none, and the marks of a merge that was not finished."""

from __future__ import annotations

import pytest

from blog.markdown import MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.problems import Location
from tests.markdown.cases import one_line

CELLS = r"(give each row as many cells as the head; write | inside a cell as \|)"
EMPTY = "this looks like a table: empty lines stand between its rows (take out the empty lines)"
HEAD = "(write | a | b |, and |---|---| below it)"


def said(source: str) -> list[str]:
    text = convert_markdown(source, Location("a.md"), MarkdownOptions("en"))
    return [one_line(problem) for problem in (*text.problems, *text.advice)]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (
            "---\n\n| model | acc |\n|---|---|---|\n| a | 0.9 | 1 |\n",
            f"3:1: warning: this looks like a table: its head has 2 cells, the line below 3 {CELLS}",
        ),
        (
            "> a | b\n> --|--|--\n> 1|2\n",
            f"1:3: warning: this looks like a table: its head has 2 cells, the line below 3 {CELLS}",
        ),
        (
            "- x\n\n  | a |\n  |:-:|---|\n",
            f"3:3: warning: this looks like a table: its head has 1 cell, the line below 2 {CELLS}",
        ),
        (
            "Words\n| `a|b` | c |\n|---|---|\n",
            f"2:1: warning: this looks like a table: its head has 3 cells, the line below 2 {CELLS}",
        ),
        ("| a | b |\n\n|---|---|\n\n| 1 | 2 |\n\n| 3 | 4 |\n", f"1:1: warning: {EMPTY}"),
        ("| a | b |\n\n|:--|--:|\n| 1 | 2 |\n", f"1:1: warning: {EMPTY}"),
        (
            "| a | b |\n|---|---|\n| 1 | 2 |\n\n| 3 | 4 |\n",
            "5:1: warning: this looks like a row of the table above: an empty line stands between them (take out the empty line)",
        ),
        (
            "| a | b |\n|—|—|\n| 1 | 2 |\n",
            "1:1: warning: this looks like a table: the line below its head has other dashes than - (write |---|---|)",
        ),
        (
            "| a | b |\n| 1 | 2 |\n",
            "1:1: warning: this looks like a table: below its head there is no line |---|---| (write |---|---| below the head)",
        ),
        (
            "+---+---+\n| a | b |\n+===+===+\n| 1 | 2 |\n+---+---+\n",
            f"1:1: warning: this looks like a grid table of Pandoc or reStructuredText: it is shown as text {HEAD}",
        ),
        (
            "Name   Count\n\n------- ------\nx      1\n",
            f"3:1: warning: this looks like a table of Pandoc: it is shown as text {HEAD}",
        ),
    ],
)
def test_what_looks_like_a_table_and_is_none_is_said(source: str, line: str) -> None:
    assert said(source) == [line]


@pytest.mark.parametrize(
    "source",
    [
        "a | b in a sentence\n", "a | b\nc | d\n", "|x| = |y|\n", "|x| is\n|y| is\n", "$|a|b|$\n$|c|d|$\n", "1 + 2 | 3\n", "+1 and +2+\n",
        "| a | b |\n|---|---|\n| 1 |\n\nwords | words\n", "| a |\n|---|\n| 1 |\n", "- - -\n", "--- ---\n", "* * *\n", "a\n---\nb | c\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n[x](y.md) | [z](w.md)\n", "```\n| a | b |\n|---|\n```\n", "    | a | b |\n    |---|\n",
        "::: private\n| a | b |\n|---|\n:::\n\nx\n", "x <!--\n| a | b |\n|---|\n--> y\n",
    ],
)  # fmt: skip
def test_bars_in_a_sentence_real_tables_and_what_nobody_sees_are_no_broken_tables(source: str) -> None:
    assert said(source) == []


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> branch\n", "1:1"),
        ("a\n<<<<<<< HEAD\nmine\n\n=======\ntheirs\n>>>>>>> branch\n", "2:1"),
        ("- a\n<<<<<<< HEAD\n- b\n=======\n- c\n>>>>>>> x\n", "2:1"),
        ("| a |\n|---|\n\n<<<<<<< HEAD\n| b |\n=======\n| c |\n>>>>>>> x\n", "4:1"),
        ("<div>\n<<<<<<< HEAD\n</div>\n", "2:1"),
    ],
)
def test_a_merge_that_was_not_finished_is_an_error(source: str, place: str) -> None:
    message = 'error: "<<<<<<< HEAD" is a mark of a merge: both versions of the text would be published'
    assert f"{place}: {message} (keep one of them, and take the marks out)" in said(source)


@pytest.mark.parametrize(
    "source",
    [
        "```\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> c\n```\n", "    <<<<<<< HEAD\n", "`<<<<<<< HEAD`\n", "a <<<<<<< b\n", "x <!--\n<<<<<<< HEAD\n--> y\n",
        "::: private\n<<<<<<< HEAD\n:::\n\nx\n", "<!--\n<<<<<<< HEAD\n-->\n",
    ],
)  # fmt: skip
def test_marks_of_a_merge_in_code_and_in_what_nobody_sees_are_none(source: str) -> None:
    assert said(source) == []


@pytest.mark.parametrize(
    "link",
    ["[z](~/x.png)", '[z](~/x.png "a title")', "[z](</home/ada/my x.png>)", "![z](~/x.png)", "[z](/Users/ada/x.png)"],
)
def test_a_link_to_the_machine_is_no_path_that_is_shown_as_text(link: str) -> None:
    problems = said(f"see [b](my file.md) and {link} and ../x.png, /home/, /Users/ada\n")
    assert [problem for problem in problems if "machine" in problem] == []


def test_a_path_that_is_shown_as_text_is_said_beside_a_link_to_the_same_file() -> None:
    hint = "put the file beside the text, and write its name; or put the path into `code`"
    problem = f'1:20: error: "~/x.png x" is a path of your machine, and is shown as text ({hint})'
    assert problem in said("[z](~/x.png) a [b](~/x.png x)\n")
