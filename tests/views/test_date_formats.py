"""Dates, pauses and large numbers as readers see them."""

import datetime as dt

import pytest

from blog.config.words import WordTables
from blog.views.date_formats import longest_pause, roughly
from blog.views.page_parts import Date
from blog.views.page_views import Pause

DAY = dt.date(2023, 5, 3)
ENGLISH = WordTables().words()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ""),
        (50, "50"),
        (350, "350"),
        (1_240, "1,200"),
        (40_950, "41,000"),
        (99_600, "100,000"),
        (1_234_567, "1,200,000"),
    ],
)
def test_a_large_number_is_said_in_two_digits(count: int, words: str) -> None:
    assert roughly(count, ENGLISH) == words


def test_the_longest_pause_is_the_newest_of_those_as_long() -> None:
    days = [dt.date(2024, 1, 1), dt.date(2024, 1, 11), dt.date(2024, 1, 12), dt.date(2024, 1, 22)]
    pause = Pause(
        "1 week",
        Date("2024-01-12", "12 January 2024", "12 January", "12 January 2024"),
        Date("2024-01-22", "22 January 2024", "22 January", "22 January 2024"),
    )
    assert longest_pause(days, ENGLISH) == longest_pause(days[::-1], ENGLISH) == pause


def test_posts_of_one_day_leave_no_pause() -> None:
    assert longest_pause([], ENGLISH) is longest_pause([DAY], ENGLISH) is longest_pause([DAY, DAY], ENGLISH) is None


def test_a_pause_is_in_the_language() -> None:
    found = longest_pause([dt.date(2024, 1, 1), dt.date(2024, 3, 1)], WordTables().words("de-AT"))
    assert found is not None
    assert (found.span, found.first.text, found.last.text) == ("2 Monate", "1. Jänner 2024", "1. März 2024")
