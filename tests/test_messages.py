"""What was found and done, in words."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.check.check import CheckReport
from blog.messages import (
    annotation,
    as_json,
    checked_as_json,
    checked_lines,
    lines_of,
    shown_path,
    without_repeats,
)
from blog.preview.state import line
from blog.problems import Location, Problem, Severity
from blog.site.visibility import HiddenDocument
from blog.system.standard_streams import harmless, printable
from blog.text import counted

ERROR = Problem(Location("content/a.md", 3, 8), "unknown-key", 'unknown key "dratf"', 'did you mean "draft"?')


def test_a_problem_is_a_line_that_editors_understand_and_a_hint_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(lines_of(ERROR, tmp_path / "site", str)) == [
        'site/content/a.md:3:8: error: unknown key "dratf"', '  hint: did you mean "draft"?',
    ]  # fmt: skip
    assert list(lines_of(Problem(Location("a.md"), "x", "m", "", "note"), tmp_path, str.upper)) == ["a.md:1:1: NOTE: m"]


def test_a_path_outside_of_the_current_folder_is_shown_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "a/b"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    assert shown_path(tmp_path, "content/a.md") == f"{tmp_path}/content/a.md"
    assert shown_path(tmp_path / "a", "c.md") == f"{tmp_path}/a/c.md"
    assert shown_path(Path("../.."), "c.md") == f"{tmp_path}/c.md"
    assert shown_path(here, "..c.md") == "..c.md"
    assert shown_path(here / "x/..", "c.md") == "c.md"
    assert shown_path(here, str(tmp_path)) == str(tmp_path)


def test_an_annotation_is_one_line_whatever_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    odd = Problem(Location("a:b,c%.md", 1, 2), "x", "100% wrong\r\n::error::forged", "two\nlines", "warning")
    assert annotation(odd, tmp_path) == (
        r"::warning file=a%3Ab%2Cc%25.md,line=1,col=2,title=x::100%25 wrong\r\n::error::forged%0Ahint: two\nlines"
    )
    note = Problem(Location("a.md"), "gap", "m", "", "note")
    assert annotation(note, tmp_path) == "::notice file=a.md,line=1,col=1,title=gap::m"


odd = st.one_of(
    st.text(),
    st.binary(max_size=20).map(os.fsdecode),
    st.sampled_from(
        ["\ud800", "\u2028::error::x", "##[error]x", "\n::set-output name=a::b", "\x1b]0;x\x07", "\x85", "100%\r"]
    ),
)


@settings(max_examples=300)
@given(odd, odd, odd)
def test_json_is_one_line_of_utf_8_whatever_names_messages_and_hints_hold(path: str, message: str, hint: str) -> None:
    found = Problem(Location(path), "x", message, hint)
    held = (HiddenDocument(path, "draft", ""),)
    for text in (
        as_json(ok=False, problems=[found], root=Path(), message=message),
        checked_as_json(CheckReport((found,), 1, 1, 1, held), Path(), 0.5),
    ):
        assert len(text.encode().decode().splitlines()) == 1
        assert "##[" not in text
        assert text.isprintable()
        (told,) = json.loads(text)["diagnostics"]
        assert (told["message"], told["hint"]) == (printable(message), printable(hint))


@settings(max_examples=300)
@given(odd, odd, odd)
def test_no_name_message_or_hint_adds_a_command_to_a_log(path: str, message: str, hint: str) -> None:
    found = Problem(Location(path), "x", message, hint)
    line = annotation(found, Path())
    line.encode()
    assert line.isprintable()
    assert "##[" not in line
    command, _, data = line[2:].partition("::")
    assert command.startswith("error file=" if path else "error title=")
    assert command.count(",") == (3 if path else 0)
    assert command.count(":") == 0
    assert line == f"::{command}::{data}"
    for said in harmless("\n".join(lines_of(found, Path(), str))).split("\n"):
        assert said.isprintable()
        assert not said.lstrip().startswith("::")
        assert "##[" not in said


def test_a_problem_that_is_in_no_file_has_no_position() -> None:
    problem = Problem(Location(""), "wrong-name", "--label is empty", "write a word or two")
    assert list(lines_of(problem, Path(), str)) == ["error: --label is empty", "  hint: write a word or two"]
    assert annotation(problem, Path()) == "::error title=wrong-name::--label is empty%0Ahint: write a word or two"
    (diagnostic,) = json.loads(as_json(ok=False, problems=[problem], root=Path()))["diagnostics"]
    assert (diagnostic["path"], diagnostic["cell"], diagnostic["line"], diagnostic["column"]) == ("", None, 1, 1)


@pytest.mark.parametrize(
    ("location", "position", "place"),
    [
        (Location("a.ipynb", 2, 7, 5), "cell 5, line 2, column 7", (5, 2, 7)),
        (Location("a.ipynb", 0, 0, 5), "cell 5", (5, 1, 1)),
    ],
)
def test_a_problem_in_a_notebook_names_its_cell(
    location: Location, position: str, place: tuple[int, int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    problem = Problem(location, "x", "m")
    assert list(lines_of(problem, tmp_path, str)) == [f"a.ipynb: {position}: error: m"]
    assert line(problem) == f"a.ipynb: {position}: error: m"
    assert annotation(problem, tmp_path) == f"::error file=a.ipynb,title=x::{position}: m"
    (diagnostic,) = json.loads(as_json(ok=False, problems=[problem], root=tmp_path))["diagnostics"]
    assert (diagnostic["cell"], diagnostic["line"], diagnostic["column"]) == place


def test_control_characters_are_shown_and_not_sent_to_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec é") == r"a\x1b[2Jb\u202ec é"


@pytest.mark.parametrize(("count", "said"), [(0, "0 posts"), (1, "1 post"), (1234, "1,234 posts")])
def test_things_are_counted(count: int, said: str) -> None:
    assert counted(count, "post") == said


def many(severity: Severity) -> list[Problem]:
    return [Problem(Location("a.md", line), "k", "m", "", severity) for line in range(1, 9)]


def test_of_notes_of_one_kind_five_are_shown_and_of_others_all() -> None:
    other = Problem(Location("b.md"), "other", "m", "", "note")
    assert without_repeats([*many("note"), other]) == [*many("note")[:5], other]
    assert without_repeats(many("warning")) == many("warning")


@pytest.mark.parametrize(
    ("found", "external", "said"),
    [
        (CheckReport((), 1, 1, 1), False, ["checked 1 post, 1 page, 1 link: 0 errors, 0 warnings, 0 notes in 0.25 s"]),
        (
            CheckReport((ERROR, *many("note")), 2, 30, 4000, (), 1, 0), True,
            ["checked 2 posts, 30 pages, 4,000 links, 1 address of other sites (1 requested now): 1 error, 0 warnings, 8 notes in 0.25 s"],
        ),
        (
            CheckReport((), 2, 3, 4, (), 3, 4), True,
            ["checked 2 posts, 3 pages, 4 links, 7 addresses of other sites (3 requested now): 0 errors, 0 warnings, 0 notes in 0.25 s"],
        ),
        (
            CheckReport((ERROR,), 2, 0, 0), True,
            [
                "checked 2 posts: 1 error, 0 warnings, 0 notes in 0.25 s",
                "correct the errors first: pages, links and feeds are checked once the site builds",
            ],
        ),
    ],
)  # fmt: skip
def test_a_check_says_what_it_has_looked_at(found: CheckReport, external: bool, said: list[str]) -> None:
    assert list(checked_lines(found, 0.25, external=external)) == said
