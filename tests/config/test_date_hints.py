"""Dates in other forms: the one to write, where it is certain."""

import pytest

from blog.config.date_hints import list_readings, suggest_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("22/11/2026", "2026-11-22"),
        ("22 Nov 2026", "2026-11-22"),
        ("2026/11/22", "2026-11-22"),
        ("November 22, 2026", "2026-11-22"),
        ("22nd of November 2026", "2026-11-22"),
        ("22.11.2026", "2026-11-22"),
        ("5.6.2026", "2026-06-05"),
        ("06/09/2015", ""),
        ("06/06/2015", "2015-06-06"),
        ("11/22/2026", "2026-11-22"),
        ("20261122", "2026-11-22"),
        ("2026-13-02", "2026-02-13"),
        ("2026-02-30", ""),
        ("“2026-11-22”", "2026-11-22"),
        ("Nov 22 2026 9:30", "2026-11-22 09:30"),
        ("22/11/2026 09:30", "2026-11-22 09:30"),
        ("2026.11.22", "2026-11-22"),
        ("Sept 3, 2026", "2026-09-03"),
        ("2026-11-22 25:00", ""),
        ("2015-06", ""),
        ("soon", ""),
        ("3 Mai 2026", ""),
        ("“22 Nov 2026 9:30:07 +0100”", "2026-11-22 09:30:07+01:00"),
    ],
)
def test_a_date_in_another_form_gives_the_one_to_write_where_it_is_certain(text: str, date: str) -> None:
    assert suggest_date(text) == date


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("05/06/2015", ["2015-05-06", "2015-06-05"]),
        ("5-6-2015 9:30", ["2015-05-06 09:30", "2015-06-05 09:30"]),
        ("05/05/2015", ["2015-05-05"]),
        ("31/06/2015", []),
        ("05.06.2015", ["2015-06-05"]),
        ("soon", []),
    ],
)
def test_a_day_that_may_be_two_has_both_readings(text: str, dates: list[str]) -> None:
    assert list_readings(text) == dates
