"""The history of a text, as its author writes it in front matter."""

import datetime as dt

import pytest

from blog.content.front_matter import FrontMatter, parse_front_matter
from blog.content.front_matter_block import split_front_matter
from blog.content.revision_history import Change
from blog.problems import Location
from tests.support.sites import told

FORM = "write - 2026-01-31: what changed"
COMMENT = "leave the comment out, or use a YAML comment: # …"
TOML_FORM = 'write { date = 2026-01-31, text = "…" }'


def parsed(block: str, fence: str = "---") -> tuple[FrontMatter, list[str]]:
    """What a block says whose first line is line 2 of the file, and what is said about it."""
    found, problems = parse_front_matter(split_front_matter(f"{fence}\n{block}\n{fence}\n", "a.md")[0], "post", ())
    return found, told(problems)


def told_of(block: str, fence: str = "---") -> list[str]:
    return parsed(block, fence)[1]


def history(block: str, fence: str = "---") -> list[tuple[str, str]]:
    found, problems = parsed(block, fence)
    assert problems == []
    return [(change.day.isoformat(), change.text) for change in found.changes]


BOTH = [("2024-03-01", "Mended a sum"), ("2025-01-02", "Added a note")]


@pytest.mark.parametrize(
    ("block", "fence"),
    [
        ("changes:\n  - 2024-03-01: Mended a sum\n  - 2025-01-02: Added a note", "---"),
        ("changes:\n  - 2025-1-2: Added a note\n  - '2024-03-01': 'Mended a sum'", "---"),
        ("changes:\n- 2025-01-02: >\n    Added\n    a note\n- 2024-03-01: Mended a sum", "---"),
        ("changes: [{date: 2024-03-01, text: Mended a sum}, {2025-01-02: Added a note}]", "---"),
        ("changes = [{ date = 2024-03-01, text = 'Mended a sum' }, { 2025-01-02 = 'Added a note' }]", "+++"),
        ("[[changes]]\ndate = 2025-01-02\ntext = 'Added a note'\n[[changes]]\ndate = '2024-03-01'\ntext = 'Mended a sum'",
         "+++"),
    ],
)  # fmt: skip
def test_a_history_is_read_in_every_form_and_the_oldest_change_comes_first(block: str, fence: str) -> None:
    assert history(block, fence) == BOTH


@pytest.mark.parametrize(
    "block",
    [
        "changes: [2024-03-01: one, 2024-03-02: two, 2024-03-02: three]",
        "changes: [2024-03-02: three, 2024-03-02: two, 2024-03-01: one]",
    ],
)
def test_changes_of_one_day_keep_their_order(block: str) -> None:
    assert [text for _, text in history(block)] == ["one", "two", "three"]


def test_a_change_stands_where_its_date_does() -> None:
    assert parsed("changes:\n  - 2024-03-01: a")[0].changes == (
        Change(dt.date(2024, 3, 1), "a", Location("a.md", 3, 5)),
    )


@pytest.mark.parametrize("block", ["changes:", "changes: []"])
def test_no_changes_are_no_history(block: str) -> None:
    assert history(block) == []


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("changes: Mended", f'2:10 error wrong-type: "changes" must be a list -- {FORM}'),
        ("changes:\n  2024-03-01: a", f'3:3 error wrong-type: "changes" must be a list -- {FORM}'),
        ("changes:\n  - Mended", f"3:5 error wrong-type: a change needs a date and a text -- {FORM}"),
        ("changes:\n  - 2024-03-01", f"3:5 error wrong-type: a change needs a date and a text -- {FORM}"),
        ("changes: [{}]", f"2:11 error wrong-type: a change needs a date and a text -- {FORM}"),
        ("changes: [[2024-03-01: a]]", f"2:11 error wrong-type: a change needs a date and a text -- {FORM}"),
        ("changes:\n  - 2024-03-01:", f"3:5 error empty: a change needs a text -- {FORM}"),
        ("changes:\n  - 2024-03-01: ' '", f"3:17 error empty: a change needs a text -- {FORM}"),
        ("changes:\n  - 2024-03-01: [a]", "3:17 error wrong-type: what a change says must be text -- write - 2026-01-31: what changed"),
        ("changes:\n  - {date: 2024-03-01}", f"3:12 error empty: a change needs a text -- {FORM}"),
        ("changes:\n  - {text: a}", f"3:5 error missing-key: a change needs a date -- {FORM}"),
        ("changes:\n  - {date: , text: a}", f"3:5 error missing-key: a change needs a date -- {FORM}"),
        ("changes:\n  - {date: 2024-03-01, text: a, by: me}", '3:33 error unknown-key: unknown key "by" -- the keys here are date and text'),
        ("changes:\n  - 2024-03-01: a\n    2024-03-02: b",
         f"4:5 error same-key: a change has one date and one text -- {FORM}"),
        ("changes:\n  - 2024-13-01: a",
         '3:5 error wrong-date: "2024-13-01" is not a date: there is no month 13 -- write 2024-01-13'),
        ("changes:\n  - 2024-03-01 09:00: a",
         "3:5 error wrong-date: a change has a day and no time -- write it as 2026-01-31"),
        ("changes:\n  - 2024-03-01: a <!-- b -->",
         f'3:17 error comment-in-text: "text" is published as typed, with its comment -- {COMMENT}'),
    ],
)  # fmt: skip
def test_a_wrong_form_is_told_with_its_position_and_the_right_one(block: str, line: str) -> None:
    assert told_of(block) == [line]


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("changes = 'Mended'", f'2:11 error wrong-type: "changes" must be a list -- {TOML_FORM}'),
        ("changes = ['Mended']", f"2:12 error wrong-type: a change needs a date and a text -- {TOML_FORM}"),
        ("changes = [{ date = 2024-03-01T10:00:00, text = 'a' }]",
         "2:21 error wrong-date: a change has a day and no time -- write it as 2026-01-31"),
        ("changes = [{ 2024-03-01 = 3 }]", '2:27 error wrong-type: what a change says must be text -- write { date = 2026-01-31, text = "…" }'),
    ],
)  # fmt: skip
def test_a_wrong_form_of_toml_is_told_with_that_of_toml(block: str, line: str) -> None:
    assert told_of(block, "+++") == [line]


def test_all_wrong_changes_are_told_together_and_the_right_ones_are_read() -> None:
    found, lines = parsed("changes:\n  - Mended\n  - soon: a\n  - 2024-03-01: b")
    assert [change.text for change in found.changes] == ["b"]
    assert len(lines) == 2
