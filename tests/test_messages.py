"""What was found and done, in words."""

from pathlib import Path

import pytest

from blog.check import Checked
from blog.errors import Place, Problem, Severity
from blog.messages import annotation, checked_lines, counted, lines_of, printable, without_repeats

ERROR = Problem(Place("content/a.md", 3, 8), "unknown-key", 'unknown key "dratf"', 'did you mean "draft"?')


def test_a_problem_is_a_line_that_editors_understand_and_a_hint_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(lines_of(ERROR, tmp_path / "site", str)) == [
        'site/content/a.md:3:8: error: unknown key "dratf"', '  hint: did you mean "draft"?',
    ]  # fmt: skip
    assert list(lines_of(Problem(Place("a.md"), "x", "m", "", "note"), tmp_path, str.upper)) == ["a.md:1:1: NOTE: m"]


def test_an_annotation_is_one_line_whatever_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    odd = Problem(Place("a:b,c%.md", 1, 2), "x", "100% wrong\r\n::error::forged", "two\nlines", "warning")
    assert annotation(odd, tmp_path) == (
        r"::warning file=a%3Ab%2Cc%25.md,line=1,col=2,title=x::100%25 wrong\r\n::error::forged%0Ahint: two\nlines"
    )
    note = Problem(Place("a.md"), "gap", "m", "", "note")
    assert annotation(note, tmp_path) == "::notice file=a.md,line=1,col=1,title=gap::m"


def test_control_characters_are_shown_and_not_sent_to_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec é") == r"a\x1b[2Jb\u202ec é"


@pytest.mark.parametrize(("count", "said"), [(0, "0 posts"), (1, "1 post"), (1234, "1,234 posts")])
def test_things_are_counted(count: int, said: str) -> None:
    assert counted(count, "post") == said


def many(severity: Severity) -> list[Problem]:
    return [Problem(Place("a.md", line), "k", "m", "", severity) for line in range(1, 9)]


def test_of_notes_of_one_kind_five_are_shown_and_of_others_all() -> None:
    other = Problem(Place("b.md"), "other", "m", "", "note")
    assert without_repeats([*many("note"), other]) == [*many("note")[:5], other]
    assert without_repeats(many("warning")) == many("warning")


@pytest.mark.parametrize(
    ("found", "external", "said"),
    [
        (Checked((), 1, 1, 1), False, ["checked 1 post, 1 page, 1 link: 0 errors, 0 warnings, 0 notes in 0.25 s"]),
        (
            Checked((ERROR, *many("note")), 2, 30, 4000, (), 1, 0), True,
            ["checked 2 posts, 30 pages, 4,000 links, 1 address of other sites (1 asked now): 1 error, 0 warnings, 8 notes in 0.25 s"],
        ),
        (
            Checked((), 2, 3, 4, (), 3, 4), True,
            ["checked 2 posts, 3 pages, 4 links, 7 addresses of other sites (3 asked now): 0 errors, 0 warnings, 0 notes in 0.25 s"],
        ),
        (
            Checked((ERROR,), 2, 0, 0), True,
            [
                "checked 2 posts: 1 error, 0 warnings, 0 notes in 0.25 s",
                "mend the errors first: pages, links and feeds are looked at once the site builds",
            ],
        ),
    ],
)  # fmt: skip
def test_a_check_says_what_it_has_looked_at(found: Checked, external: bool, said: list[str]) -> None:
    assert list(checked_lines(found, 0.25, external=external)) == said
