"""Tests of `blog.markdown.link_slips`: addresses that lead nowhere, and text that was meant as a link."""

from __future__ import annotations

import pytest

from tests.markdown.cases import one_line, problems_of, text_of


def advice_of(source: str) -> list[str]:
    text = text_of(source)
    assert text.problems == ()
    return [one_line(problem) for problem in text.advice]


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("a [g](htp://x.test)", '1:3: warning: "htp" is not a known kind of address (did you mean http://x.test?)'),
        ("[g](htps://x.test)", '1:1: warning: "htps" is not a known kind of address (did you mean https://x.test?)'),
        ("[g](mailot:a@x.test)", '1:1: warning: "mailot" is not a known kind of address (did you mean mailto:a@x.test?)'),
        ("[d](http:/x.test/a)", '1:1: warning: "http:/x.test/a" has too few slashes (write http://x.test/a)'),
        ("[d](https:x.test)", '1:1: warning: "https:x.test" has too few slashes (write https://x.test)'),
        ("[n](mailto:rae)", '1:1: warning: "mailto:rae" is no e-mail address (write mailto:rae@example.org)'),
        ("a [o] (about.md)", '1:3: warning: "[o] (about.md)" is no link: it is shown as text (take out the space: [o](about.md))'),
        ("[o] (https://x.test)", '1:1: warning: "[o] (https://x.test)" is no link: it is shown as text (take out the space: [o](https://x.test))'),
        ("[b](my file.md)", '1:3: warning: "](my file.md)" is no link: it is shown as text (write [b](<my file.md>))'),
        ("![c](my file.png)", '1:4: warning: "](my file.png)" is no link: it is shown as text (write ![c](<my file.png>))'),
        ("[*b*](my file.md)", '1:5: warning: "](my file.md)" is no link: it is shown as text (write [*b*](<my file.md>))'),
        ("[c][ref]", '1:3: warning: "][ref]" is no link: it is shown as text (add a line [ref]: address)'),
        ('![x](loss.png "unclosed)', '1:4: warning: the caption has no closing " (write (loss.png "unclosed"))'),
        ("a [x](a.md 'one)", "1:5: warning: the title has no closing ' (write (a.md 'one'))"),
    ],
)  # fmt: skip
def test_slips_in_links_are_advice_with_the_right_link(source: str, advice: str) -> None:
    assert advice_of(source) == [advice]


@pytest.mark.parametrize(
    "source",
    [
        "[a](tel:1) [b](vscode:x) [c](mailto:a@b.c) [d](mailto:?subject=x) [e](doi:10/1) [f](ftp://x.test)", "[a](http://x.test) [b](https://x.test)",
        "an array [a] (x) and [1] (see b.md)", "f[x] (a.md)", "`[o] (about.md)`", "\\[o] (about.md)", "[o](a.md) (b.md)", '![a](b.png "c")',
    ],
)  # fmt: skip
def test_links_and_brackets_in_prose_are_silent(source: str) -> None:
    assert advice_of(source) == []


@pytest.mark.parametrize("link", ["[c](_x.md)", '[c](~/x.md "one")', "![c](_x.png)", "[c](a%20b.md)"])
def test_a_link_beside_one_that_failed_is_none_that_failed(link: str) -> None:
    problem = '1:3: warning: "](my file.md)" is no link: it is shown as text (write [b](<my file.md>))'
    assert advice_of(f"[b](my file.md) and {link}\n") == [problem]


def test_a_path_of_the_machine_that_is_shown_as_text_is_one_problem() -> None:
    text = text_of("see [b](~/my file.md)\n")
    assert ([problem.code for problem in text.problems], text.advice) == (["machine-path"], ())


def test_a_definition_that_nothing_uses_is_named() -> None:
    hint = r"(delete the line; if it is text, write \[My Unused])"
    assert problems_of("text\n\n> [My Unused]: x.md\n") == [
        f"3:3: warning: nothing uses [My Unused]: the line is not shown {hint}"
    ]
